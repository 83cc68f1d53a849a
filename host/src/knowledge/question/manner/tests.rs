use super::*;

#[test]
fn what_is_of_one_alone_is_counted_up_to_four_characters() {
    let own = |one, two| Manner::of(one, two).own;
    assert_eq!(own("怎么退款", "怎么退款"), 0.0);
    assert_eq!(own("怎么退款", "怎么退货"), 0.0, "one of each");
    assert_eq!(own("如何退款", "怎么退款"), 1.0);
    assert_eq!(own("退款", "退款要多少天"), 0.0, "of the one that has fewer");
    assert_eq!(own("天地玄黄宇宙洪荒", "甲乙丙丁戊己庚辛"), 3.0);
    assert_eq!(own("", ""), 0.0);
}

#[test]
fn what_stands_elsewhere_is_reworded() {
    let reworded = |one, two| Manner::of(one, two).reworded;
    assert_eq!(reworded("怎么退款", "怎么退款"), 0.0);
    assert_eq!(reworded("怎么取快递", "怎么寄快递"), 0.0, "they differ in one place");
    assert_eq!(reworded("退款", "退款要多少天"), 0.0);
    assert_eq!(reworded("天地玄黄", "黄天地玄"), 1.0);
    assert_eq!(reworded("甲天乙", "丙天丁"), 0.25);
    assert_eq!(reworded("啊啊", "啊啊啊"), 0.0, "no character counts twice");
    assert_eq!(reworded("", ""), 0.0);
}

#[test]
fn how_much_longer_one_is_does_not_depend_on_which() {
    let longer = |one, two| Manner::of(one, two).longer;
    assert_eq!(longer("天地玄黄", "甲乙丙丁"), 0.0);
    assert!((longer("天地玄黄", "甲乙") - 2f64.ln()).abs() < 1e-9);
    assert_eq!(longer("天地玄黄", "甲乙"), longer("甲乙", "天地玄黄"));
    assert_eq!(longer("", ""), 0.0);
}

#[test]
fn a_kind_of_question_is_seen_where_both_are_of_it() {
    let of = Manner::of;
    assert!(of("无所畏惧的惧什么意思", "无所畏惧什么意思").about_words);
    assert!(!of("无所畏惧的惧什么意思", "无所畏惧").about_words);
    assert!(of("我老婆的舅舅我叫什么", "我的舅舅的老婆叫什么").of_relatives);
    assert!(!of("爸爸可以代接孩子吗", "妈妈可以代接孩子吗").of_relatives);
    assert!(of("睡衣什么牌子好", "这个睡衣是什么牌子的").judged);
    assert!(!of("睡衣什么牌子好", "什么牌子的睡衣最好").judged);
    assert!(!of("怎么退款好", "怎么退款").judged);
}

#[test]
fn persons_in_another_order_are_turned() {
    let turned = |one, two| Manner::of(one, two).turned;
    assert!(turned("男生喜欢什么样的女生", "女生喜欢什么样的男生"));
    assert!(turned("我给他转账", "他给我转账"));
    assert!(!turned("我能用其他卡吗", "其他卡我能用吗"));
    assert!(!turned("你们给我开发票吗", "我要你们开发票"));
    assert!(!turned("我怎么退款", "怎么退款"));
    assert!(turned("房东不退押金租客怎么办", "租客不退钥匙房东怎么办"));
    assert!(!turned("房东不退押金怎么办", "租客不退押金怎么办"));
}

#[test]
fn me_and_you_are_two() {
    let of_other = |one, two| Manner::of(one, two).of_other;
    assert!(of_other("你最喜欢的一首歌", "我最喜欢的一首歌"));
    assert!(!of_other("你们的地址", "我们的地址"), "of one shop");
    assert!(!of_other("怎么退款", "怎么退款"));
}

#[test]
fn what_is_sought_of_everybody_is_counted() {
    let seeking = |one, two| Manner::of(one, two).seeking;
    assert_eq!(seeking("求推荐好看的小说", "谁有好看的小说"), 2.0);
    assert_eq!(seeking("推荐一款手机", "什么手机好"), 1.0);
    assert_eq!(seeking("有什么要求", "怎么请求退款"), 0.0);
}
