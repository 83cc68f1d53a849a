use super::*;

fn choices() -> Vec<String> {
    ["河南", "广东（含深圳）", "GPA 证明"].map(str::to_owned).to_vec()
}

#[test]
fn a_number_in_any_writing_and_the_label_choose() {
    for second in [
        "2",
        "２",
        " 2。",
        "②",
        "二",
        "第二个",
        "第2个",
        "选2",
        "我选第二个吧",
        "2号",
        "第二项",
        "option 2",
        "the second one",
        "广东（含深圳）",
        "广东含深圳",
        "2. 广东（含深圳）",
        "2、广东(含深圳)",
        "选广东（含深圳）",
        "我要广东含深圳",
        "广东（含深圳）吧",
        "那就选 2. 广东（含深圳）吧",
        "就第二个吧",
        "那第二个",
        "那就2",
        "嗯，第二个",
        "好的，2",
        "第二个呢",
        "第二个啊",
        "第二个哈",
        "第二个呗",
        "第二位",
        "第二項",
        "我選第二個",
        "⑵",
        "⒉",
        "贰",
        "貳",
    ] {
        assert_eq!(chosen(&choices(), second), Some(1), "{second}");
    }
    for third in ["3", "三", "最后一个", "就最后一个吧", "the last one", "gpa证明", "ＧＰＡ 证明"]
    {
        assert_eq!(chosen(&choices(), third), Some(2), "{third}");
    }
    let many: Vec<String> = (0..30).map(|n| format!("选项甲{n}")).collect();
    for (said, place) in [("十", 9), ("第十二个", 11), ("二十一", 20), ("30", 29), ("第２９个", 28)]
    {
        assert_eq!(chosen(&many, said), Some(place), "{said}");
    }
}

#[test]
fn anything_else_is_no_choice() {
    for other in [
        "4",
        "0",
        "11",
        "985",
        "一本",
        "第一次",
        "",
        "？",
        "广东的分数线",
        "两个都要",
        "不知道",
        "十",
        "两个",
        "两",
        "2个",
        "我要三个",
        "-2",
        "－2",
        "1、2",
        "不要第二个",
        "不选广东含深圳",
        "后者",
    ] {
        assert_eq!(chosen(&choices(), other), None, "{other}");
    }
    assert_eq!(chosen(&[], "1"), None);
    let many: Vec<String> = (0..30).map(|n| format!("选项甲{n}")).collect();
    for other in ["1、2", "1 2", "①②", "十、二", "2.1", "第1、2个"] {
        assert_eq!(chosen(&many, other), None, "{other}");
    }
    let long = "好的".repeat(100_000);
    assert_eq!(chosen(&many, &long), None);
}

#[test]
fn choices_that_are_numbers_or_two() {
    let two = ["甲班", "乙班"].map(str::to_owned);
    for second in ["后者", "選後者", "后者吧", "选乙班", "我要乙班", "乙班吧", "乙班"] {
        assert_eq!(chosen(&two, second), Some(1), "{second}");
    }
    assert_eq!(chosen(&two, "前者"), Some(0));
    let signed = ["-2", "2", "1,000 元"].map(str::to_owned);
    for (said, place) in [("-2", 0), ("2", 1), ("1000元", 2), ("3. 1,000元", 2)] {
        assert_eq!(chosen(&signed, said), Some(place), "{said}");
    }
    assert_eq!(chosen(&["3".into(), "2".into()], "2"), Some(1), "its own words go before a number");
}
