use super::plain::numerals;
use super::*;
use crate::knowledge::terms::question_key;

pub(super) fn difference(asked: &str, stored: &str) -> Difference {
    let key = |text| question_key(text).unwrap();
    let (asked, stored) = (key(asked), key(stored));
    let there = QuestionMeaning::of(&asked).against(&asked, &QuestionMeaning::of(&stored), &stored);
    let back = QuestionMeaning::of(&stored).against(&stored, &QuestionMeaning::of(&asked), &asked);
    assert_eq!(there, back, "{asked} {stored}: the same from both sides");
    there
}

pub(super) fn likeness(asked: &str, stored: &str) -> Likeness {
    difference(asked, stored).likeness
}

#[test]
fn words_that_ask_for_the_same_are_one() {
    for (asked, stored) in [
        ("如何退款", "怎么退款？"),
        ("咋个开通手机银行", "怎样开通手机银行"),
        ("录取通知书何时发", "录取通知书什么时候发？"),
        ("几时发货", "啥时候发货"),
        ("能不能货到付款", "可以货到付款吗？"),
        ("能寄液体不", "可否寄液体"),
        ("需不需要预约", "要不要预约"),
        ("护照怎么办", "怎么办理护照"),
        ("请假的流程是什么", "怎么请假"),
        ("请问您好，学费多少钱呢，谢谢", "学费是几多钱"),
        ("支持十五天无理由退货吗", "15天无理由退货支持吗"),
    ] {
        assert!(
            matches!(likeness(asked, stored), Likeness::Equal | Likeness::Moved),
            "{asked} {stored} {:?} {:?}",
            QuestionMeaning::of(&question_key(asked).unwrap()),
            QuestionMeaning::of(&question_key(stored).unwrap())
        );
    }
}

#[test]
fn a_stretch_may_stand_elsewhere_but_two_may_not_change_places() {
    assert_eq!(likeness("怎么取消订单", "订单怎么取消"), Likeness::Moved);
    assert_eq!(likeness("周末银行上班吗", "银行周末上班吗"), Likeness::Moved);
    assert_eq!(likeness("北京到上海的车票", "上海到北京的车票"), Likeness::Swapped);
    assert_eq!(likeness("怎么把水变成冰", "怎么把冰变成水"), Likeness::Swapped);
    assert_eq!(likeness("男生喜欢女生什么", "女生喜欢男生什么"), Likeness::Swapped);
}

#[test]
fn what_is_done_first_is_told_from_what_is_asked_beside_it() {
    for (asked, stored) in [
        ("喝酒之后多久能吃药", "吃药后多久能喝酒"),
        ("喝了酒多久能吃药", "吃药后多久能喝酒"),
        ("洗完澡多久能打疫苗", "打疫苗后多久能洗澡"),
        ("注销了还能注册吗", "注册后还能注销吗"),
        ("退款后还能开发票吗", "发票开具后还能退款吗"),
        ("请年假前可以转正吗", "转正前可以请年假吗"),
        ("换货的时候可以退款吗", "退款的时候可以换货吗"),
        ("交押金之后签合同吗", "签合同之后交押金吗"),
    ] {
        assert_eq!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
    // The same order, whatever tells it and wherever the rest stands.
    for (asked, stored) in [
        ("吃了药多久可以喝酒", "吃药后多久能喝酒"),
        ("喝酒要等吃药后多久", "吃药后多久能喝酒"),
        ("多久能喝酒吃完药以后", "吃药后多久能喝酒"),
        ("发票在退款之后还能开吗", "退款后还能开发票吗"),
        ("密码忘了怎么办", "忘了密码怎么办"),
        // 后一句 and 时空 name a thing.
        ("歇后语的后一句是什么", "后一句歇后语是什么"),
        ("怎么领取时空猎人礼包", "时空猎人怎么领取礼包"),
    ] {
        assert_ne!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
}

#[test]
fn what_one_asks_more_is_told_from_what_each_has_of_its_own() {
    assert_eq!(likeness("怎么退货", "怎么退会员费"), Likeness::Replaced);
    assert_eq!(likeness("助学金怎么申请", "助学贷款怎么申请"), Likeness::Replaced);
    assert_eq!(likeness("取很多现金要预约吗", "大额取款需要提前约吗"), Likeness::Exchanged);
    assert_eq!(likeness("卡丢了怎么办", "银行卡丢了怎么办"), Likeness::Extended);
    assert_eq!(likeness("商铺的物业费多少钱", "物业费多少钱"), Likeness::Extended);
    assert_eq!(likeness("公积金最多贷多少", "公积金贷款最多贷多少"), Likeness::Inserted);
    assert_eq!(likeness("国内漫游怎么收费", "国际漫游怎么收费"), Likeness::Replaced);
}

#[test]
fn what_is_asked_for_and_opposites_numbers_and_denials_tell_apart() {
    for (asked, stored, found) in [
        ("新生在哪里报到", "新生什么时候报到", AskDifference::Other),
        ("可以提前还款吗", "怎么提前还款", AskDifference::MayHow),
        ("订单为什么取消", "订单怎么取消", AskDifference::Why),
        ("取消订单", "订单怎么取消", AskDifference::Silent),
        ("学费多少", "学费多少钱", AskDifference::Same),
        ("我想取消订单", "怎么取消订单", AskDifference::Same),
    ] {
        assert_eq!(difference(asked, stored).asks, found, "{asked} {stored}");
    }
    assert!(difference("营业厅几点上班", "营业厅几点下班").opposed);
    assert!(difference("一天最多取多少", "一次最多取多少").opposed);
    assert!(difference("寄2公斤多少钱", "寄一公斤多少钱").counted);
    assert!(difference("哪些东西不能寄", "哪些东西可以寄").denied);
    assert!(!difference("要不要预约", "需要预约吗").denied);
}

#[test]
fn a_question_about_a_word_counts_each_word() {
    assert_eq!(likeness("军训要训几天", "军训多少天"), Likeness::Loose);
    assert_ne!(likeness("赤子之心的心是什么意思", "赤子之心是什么意思"), Likeness::Loose);
}

#[test]
fn numbers_are_read_and_hostile_ones_too() {
    assert_eq!(numerals("二十三天四六级一千零五元"), "23天46级1005元");
    assert_eq!(numerals("一下三思"), "一下三思");
    assert_eq!(numerals("百分之二十首付百分之几"), "20首付100分之几");
    let long = format!("{}年", "九千".repeat(1000));
    assert!(numerals(&long).ends_with('年'));
    for key in ["", "不", "不不不", "吗吗吗", "怎么", "是不是", "没", "12a34", "\u{20000}", "a不a", "能否"]
    {
        let meaning = QuestionMeaning::of(key);
        let _ = meaning.against(key, &QuestionMeaning::of("怎么退款"), "怎么退款");
        assert!(key.is_empty() || !meaning.content.is_empty(), "{key}");
    }
}

#[test]
fn whoever_speaks_and_however_an_assistant_is_asked_for_means_the_same() {
    for (asked, stored, expected) in [
        ("你叫啥", "你是谁？", Likeness::Idiom),
        ("请问您怎么称呼呀", "你叫什么名字", Likeness::Idiom),
        ("店喺边度", "店在哪里", Likeness::Equal),
        ("点样退款", "怎么退款", Likeness::Equal),
        ("可唔可以退货", "可以退货吗", Likeness::Equal),
        ("我要退款", "怎么退款", Likeness::Equal),
        ("帮我取消订单", "订单怎么取消", Likeness::Moved),
        ("如何申请退款", "怎么退款？", Likeness::Equal),
        ("会员怎么使用", "会员怎么用", Likeness::Equal),
    ] {
        assert_eq!(likeness(asked, stored), expected, "{asked} {stored}");
    }
    assert_ne!(likeness("你们店在哪里", "你是谁"), Likeness::Idiom);
    assert_ne!(likeness("助学贷款怎么还", "怎么申请助学贷款"), Likeness::Equal);
}

#[test]
fn another_action_another_count_and_other_roles_tell_apart() {
    for (asked, stored) in [
        ("怎么恢复取消的订单", "怎么取消订单"),
        ("取消退款", "怎么退款"),
        ("怎么恢复注销的账号", "怎么注销账号"),
        ("怎么解除挂失", "怎么挂失银行卡"),
    ] {
        assert!(difference(asked, stored).undone, "{asked} {stored}");
    }
    assert!(difference("怎么导入数据", "怎么导出数据").acts_other);
    assert!(difference("免费版可以用多少天", "免费版可以用多少人").opposed);
    assert!(difference("这件衣服多少件起批", "这件衣服多少钱").opposed);
    assert!(difference("一年可以报销几次", "一年可以报销多少").opposed);
    assert!(!difference("报销次数是多少", "可以报销几次").opposed);
    assert!(difference("订单被取消了怎么办", "订单怎么取消").passive);
    for (asked, stored) in [("卖家怎么联系我", "怎么联系卖家"), ("什么可以换积分", "积分可以换什么")]
    {
        assert_eq!(likeness(asked, stored), Likeness::Mixed, "{asked} {stored}");
    }
    assert_ne!(likeness("不能寄什么东西", "什么东西不能寄"), Likeness::Mixed);
    for (asked, stored) in
        [("如何退款", "怎么退款"), ("我想取消订单", "怎么取消订单"), ("定单怎么取消", "怎么取消订单")]
    {
        let found = difference(asked, stored);
        assert!(!found.undone && !found.acts_other && !found.opposed && !found.passive, "{asked} {stored}");
    }
}

#[test]
fn one_stretch_in_the_place_of_another_is_an_exchange() {
    for (asked, stored) in [
        ("狗多久洗一次澡", "猫多久洗一次澡"),
        ("团课需要预约吗", "私教课需要预约吗"),
        ("私教课怎么预约", "怎么预约团课"),
        ("信用卡怎么激活", "借记卡怎么激活"),
        ("研究生的学费是多少", "本科的学费是多少"),
        ("小区里外来人员可以进吗", "小区里外来车辆可以进吗"),
        ("寒假班什么时候开课", "暑假班什么时候开课"),
    ] {
        assert_eq!(likeness(asked, stored), Likeness::Replaced, "{asked} {stored}");
    }
    for (asked, stored) in [("绝育后要注意什么", "绝育前要注意什么"), ("小件多久送到", "大件多久送到")]
    {
        assert!(difference(asked, stored).opposed, "{asked} {stored}");
    }
    assert!(difference("会员可以体验吗", "非会员可以体验吗").denied);
    // Words of one kind that a list of synonyms must not take for one.
    for (asked, stored) in [
        ("免费会员有什么权益", "付费会员有什么权益"),
        ("补年卡多少钱", "办年卡多少钱"),
        ("积分怎么换", "积分怎么转"),
    ] {
        assert_eq!(likeness(asked, stored), Likeness::Replaced, "{asked} {stored}");
    }
    assert_eq!(likeness("停车免费吗", "停车收费吗"), Likeness::Equal);
    assert!(difference("有基础可以学吗", "零基础可以学吗").denied);
    // Words that are known to mean the same are no exchange.
    for (asked, stored) in
        [("网课能退吗", "线上课可以退吗"), ("洗牙痛不痛", "洗牙疼吗"), ("晚上有车位吗", "夜里有停车位吗")]
    {
        let found = likeness(asked, stored);
        assert!(
            matches!(found, Likeness::Equal | Likeness::Near | Likeness::Loose),
            "{asked} {stored} {found:?}"
        );
    }
}

#[test]
fn what_has_changed_places_means_another_thing() {
    for (asked, stored) in [
        ("北京到上海的车票", "上海到北京的车票"),
        ("研究生可以报本科吗", "本科可以报研究生吗"),
        ("我给他转", "他给我转"),
        ("我怎么给他转账", "他怎么给我转账"),
        ("我给朋友转账要手续费吗", "朋友给我转账要手续费吗"),
    ] {
        assert_eq!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
    // Whoever is asked for it is not named: the host's own side does it.
    for (asked, stored) in [
        ("请帮我取消订单", "我怎么取消订单"),
        ("啥时候给我开发票", "我什么时候能开发票"),
        ("给我开发票", "怎么开发票"),
    ] {
        assert_ne!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
}

#[test]
fn how_often_is_not_how_long_and_a_denial_alone_is_contrary() {
    assert!(difference("猫洗一次澡要多久", "猫多久洗一次澡").opposed);
    assert_eq!(likeness("隔多久洗澡", "多久洗一次澡"), Likeness::Equal);
    assert_eq!(likeness("可以不带身份证吗", "可以带身份证吗"), Likeness::Contrary);
    assert!(
        difference("营业到几点", "几点开始营业").opposed
            || likeness("营业到几点", "几点开始营业") != Likeness::Equal
    );
}

#[test]
fn what_is_asked_may_stand_last_or_be_a_price() {
    for (asked, stored) in [
        ("洗牙价格", "洗牙多少钱"),
        ("报名流程", "怎么报名"),
        ("医院地址", "医院在哪里"),
        ("上课时间", "什么时候上课"),
        ("停车费怎么收", "停车多少钱"),
        ("怎么算水费", "水费怎么算"),
        ("怎么收物业费", "物业费怎么收"),
        ("怎么计算取暖费", "取暖费怎么计算"),
        ("年费多少", "年费怎么收费"),
        ("停车要钱吗", "停车收费吗"),
        ("暑假班几号开始开课", "暑假班什么时候开课"),
        ("办年卡要多少钱", "年卡多少钱"),
        ("挂个专家号多少钱", "专家号多少钱"),
        ("每月学费多少", "一个月学费多少"),
    ] {
        let found = likeness(asked, stored);
        assert!(
            matches!(found, Likeness::Equal | Likeness::Moved | Likeness::Near | Likeness::Loose),
            "{asked} {stored} {found:?}"
        );
    }
    // What is to be changed is not asked for.
    for asked in ["我要修改收货地址", "修改收货地址", "帮我改一下收货地址"] {
        let found = likeness(asked, "怎么修改收货地址");
        assert!(matches!(found, Likeness::Equal | Likeness::Loose), "{asked} {found:?}");
    }
    assert_eq!(difference("流程图怎么画", "怎么画流程图").asks, AskDifference::Same);
    assert_ne!(likeness("为什么改价格", "改价格"), Likeness::Equal);
}

#[test]
fn a_case_is_told_by_what_names_it() {
    for (asked, stored, conditioned, led) in [
        ("周末几点开门", "双休日几点开门", false, false),
        ("未成年人可以入住吗", "未满18岁可以入住吗", false, false),
        ("成年人可以入住吗", "未成年人可以入住吗", true, false),
        ("退休人员怎么参保", "怎么参保", true, true),
        ("参保退休人员怎么办理", "参保怎么办理", true, false),
        ("值班室怎么报修", "怎么报修", false, true),
        // A topic beside a question is not asked of a case.
        ("值班室报修", "报修", false, false),
    ] {
        let found = difference(asked, stored);
        assert_eq!((found.conditioned, found.led), (conditioned, led), "{asked} {stored} {found:?}");
    }
}

#[test]
fn what_is_added_in_one_place_is_a_case_of_it() {
    for (asked, stored, conditioned, within) in [
        ("食堂二楼几点开饭", "食堂几点开饭", true, true),
        ("食堂周三几点开饭", "食堂几点开饭", true, true),
        ("门诊特病能报销多少", "门诊能报销多少", false, true),
        ("工资条几号发", "工资几号发", false, true),
        // What something is, it mostly is in every case; one more is none.
        ("中国最高的楼是什么", "中国的楼是什么", false, false),
        ("洗一次牙多少钱", "洗牙多少钱", false, false),
        // 今天 tells when it was.
        ("为什么今天没到账", "为什么没到账", false, false),
    ] {
        let found = difference(asked, stored);
        assert_eq!((found.conditioned, found.within), (conditioned, within), "{asked} {stored} {found:?}");
    }
    assert!(difference("今天末班车几点", "末班车几点").conditioned);
    assert!(difference("可以部分提前还款吗", "可以提前还款吗").conditioned);
    assert!(!difference("第一部分怎么写", "第一题怎么写").conditioned);
    assert!(!difference("功能部分怎么用", "功能怎么用").conditioned);
    assert!(!difference("可以申请部分退款吗", "可以部分退款吗").conditioned);
    assert!(!difference("公积金能申请部分提取吗", "公积金能部分提取吗").conditioned);
    assert!(difference("支持部分退款吗", "支持退款吗").conditioned);
    assert!(!difference("表格的申请部分怎么填", "表格的申请怎么填").conditioned);
    assert!(!difference("银行部分网点怎么走", "银行网点怎么走").conditioned);
    assert!(!difference("只退一部分可以吗", "可以部分退吗").conditioned);
}

#[test]
fn who_is_asked_is_no_case() {
    for asked in ["你们公司可以开发票吗", "贵公司可以开发票吗", "咱公司可以开发票吗", "我们公司可以开发票吗"]
    {
        let found = difference(asked, "可以开发票吗");
        assert_eq!((found.likeness, found.conditioned), (Likeness::Equal, false), "{asked} {found:?}");
    }
    assert_eq!(likeness("你们学校食堂几点开饭", "食堂几点开饭"), Likeness::Equal);
    // Stored for companies, and of one's own.
    assert!(difference("公司可以开户吗", "可以开户吗").conditioned);
    assert_eq!(likeness("你们公司地址在哪里", "公司地址在哪里"), Likeness::Equal);
}

#[test]
fn words_of_one_kind_are_not_one() {
    for (asked, stored) in [
        ("贷记卡怎么激活", "借记卡怎么激活"),
        ("无线耳机保修多久", "有线耳机保修多久"),
        ("居民医保断缴有什么影响", "职工医保断缴有什么影响"),
        ("本周有课吗", "每周有课吗"),
        ("他校学生怎么报名", "本校学生怎么报名"),
        ("怎么给他充值", "怎么给自己充值"),
    ] {
        assert!(difference(asked, stored).opposed, "{asked} {stored}");
    }
    assert!(!difference("有没有无线耳机", "有无线耳机吗").opposed);
}

#[test]
fn one_word_for_another_is_seen_in_what_was_written_too() {
    // 医疗保险 is read as 医保, which leaves nothing of 保险 that both have.
    assert_eq!(likeness("医疗保险几号扣款", "商业保险几号扣款"), Likeness::Replaced);
    assert_eq!(likeness("医疗保险几号扣款", "医保几号扣款"), Likeness::Equal);
}

#[test]
fn what_is_done_with_is_told_from_what_is_to_be_done() {
    for (asked, stored) in [
        ("装修完需要办什么手续", "装修需要办什么手续"),
        ("装修好需要办什么手续", "装修需要办什么手续"),
        ("体检过还要空腹吗", "体检要空腹吗"),
        ("打完疫苗可以洗澡吗", "打疫苗可以洗澡吗"),
        ("开完户需要做什么", "开户需要做什么"),
    ] {
        let found = difference(asked, stored);
        assert!(found.opposed && found.likeness == Likeness::Contrary, "{asked} {stored} {found:?}");
    }
    // Another word says that it is done, or nothing does.
    for (asked, stored) in [
        ("吃完药多久可以喝酒", "吃药后多久能喝酒"),
        ("还完贷款可以再借吗", "还清贷款可以再借吗"),
        ("过生日送什么好", "生日送什么好"),
        ("移动卡好还是联通卡好", "移动卡还是联通卡好"),
        ("会议开完了吗", "会议开了吗"),
    ] {
        assert!(!difference(asked, stored).opposed, "{asked} {stored}");
    }
}

#[test]
fn what_is_denied_may_not_be_what_the_other_says() {
    for (asked, stored) in [
        ("骑了但是没有扣费怎么办", "没有骑但是扣费了怎么办"),
        ("没有付款但有订单怎么办", "付款了但没有订单怎么办"),
        ("没退货退款了怎么办", "退货了没退款怎么办"),
        ("收到货却没显示签收怎么办", "没收到货却显示签收怎么办"),
        ("预约了能不去吗", "没预约能去吗"),
    ] {
        assert_eq!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
    for (asked, stored) in [
        ("为什么没收到短信", "没收到短信是为什么"),
        ("豆浆和什么不能一起吃", "豆浆不能和什么一起吃"),
        ("登录不上怎么办", "不能登录怎么办"),
        ("进不去怎么办", "不能进去怎么办"),
        ("什么东西不能寄", "不能寄什么东西"),
    ] {
        assert_ne!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
}

#[test]
fn who_is_served_is_told_from_whose_thing_is_used() {
    for (asked, stored) in [
        ("可以用孩子的卡给我充值吗", "可以用我的卡给孩子充值吗"),
        ("能用家人医保卡买药吗", "能用医保卡给家人买药吗"),
        ("孩子可以用父母的账号吗", "父母可以用孩子的账号吗"),
        ("父母可以帮我缴费吗", "可以帮父母缴费吗"),
        ("能给孩子的老师办卡吗", "能给老师的孩子办卡吗"),
        ("去程改签后返程还有效吗", "返程改签后去程还有效吗"),
    ] {
        assert_eq!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
    for (asked, stored) in [
        ("孩子请假家长可以吗", "家长可以给孩子请假吗"),
        ("帮我给孩子充值可以吗", "可以给孩子充值吗"),
        ("怎么给我的孩子报名", "怎么给孩子报名"),
        ("专家帮我孩子起名吗", "高人帮我孩子起名吗"),
    ] {
        assert_ne!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
}

#[test]
fn a_word_that_adds_nothing_makes_no_case() {
    for (asked, stored) in [("食堂这边一般几点开饭", "食堂几点开饭"), ("快递正常多久能到", "快递多久能到")]
    {
        assert!(!difference(asked, stored).within, "{asked} {stored}");
    }
    assert!(difference("快递异常多久能到", "快递多久能到").within);
}

#[test]
fn a_measure_behind_an_action_and_a_wish_that_asks_add_nothing() {
    for (asked, stored) in
        [("能加张床不", "可以加床吗"), ("帮我开张发票", "怎么开发票"), ("我想换个教练行不行", "可以换教练吗")]
    {
        assert_eq!(likeness(asked, stored), Likeness::Equal, "{asked} {stored}");
    }
    assert_ne!(likeness("能开多少张发票", "能开多少发票"), Likeness::Equal);
}

#[test]
fn a_name_alone_does_not_ask_what_is_done_with_it() {
    for (asked, stored) in
        [("护照呢", "怎么办护照"), ("离职证明", "离职证明怎么办理"), ("体检", "怎么办体检")]
    {
        assert_eq!(likeness(asked, stored), Likeness::Extended, "{asked} {stored}");
    }
    // What has happened is told to be asked what to do, and an action to be asked how.
    for (asked, stored) in [
        ("漏水", "漏水怎么办"),
        ("密码忘了", "密码忘了怎么办"),
        ("宽带移机", "宽带移机怎么办理"),
        ("请假", "怎么请假"),
        ("我想办护照", "怎么办护照"),
    ] {
        assert_ne!(likeness(asked, stored), Likeness::Extended, "{asked} {stored}");
    }
}

#[test]
fn what_has_fallen_out_of_a_pocket_is_lost() {
    assert_eq!(likeness("银行卡掉了怎么办", "银行卡丢了怎么办"), Likeness::Equal);
    assert_ne!(likeness("身份证掉了怎么办", "身份证怎么办"), Likeness::Equal);
    assert_eq!(likeness("文件删掉了怎么恢复", "文件删除了怎么恢复"), Likeness::Equal);
}

#[test]
fn a_percentage_is_one_in_words_and_in_digits() {
    assert_eq!(likeness("首付百分之二十可以吗", "首付20%可以吗"), Likeness::Equal);
    assert!(difference("首付百分之二十可以吗", "首付百分之十可以吗").counted);
}
