use super::*;

/// Whether two asks with these texts and choices are known by the same.
fn is_one((text, choices): (&str, &[&str]), (again, offered): (&str, &[&str])) -> bool {
    let owned = |all: &[&str]| all.iter().map(|choice| (*choice).to_owned()).collect::<Vec<_>>();
    asked(text, &owned(choices)) == asked(again, &owned(offered))
}

#[test]
fn what_is_counted_down_makes_no_other_ask() {
    let choices = &["甲班", "乙班"][..];
    for (text, again) in [
        ("没听清，还剩2次机会，您要哪个班？", "没听清，还剩1次机会，您要哪个班？"),
        ("您要哪个班？", "第2次没听清了，您要哪个班？"),
        ("第2次没听清了，您要哪个班？", "第三次没听清了，您要哪个班？"),
        ("（尝试 1/3）您要哪个班？", "（尝试 2/3）您要哪个班？"),
        ("您要哪个班？（第1/3次）", "您要哪个班？（第2/3次）"),
        ("请在 60 秒内选择", "请在 45 秒内选择"),
        ("手机号是11位，您要哪个班？", "您要哪个班？"),
        ("You have 2 attempts left.", "You have 1 attempt left."),
        ("Attempt 1 of 3: which?", "Attempt 2 of 3: which?"),
        ("您要哪个班？", "请再说一次，您要哪个班？"),
    ] {
        assert!(is_one((text, choices), (again, choices)), "{text} {again}");
    }
    for (choices, again) in
        [(["重试（剩2次）", "取消"], ["重试（剩1次）", "取消"]), (["余 3", "乙"], ["余 2", "乙"])]
    {
        assert!(is_one(("选哪个？", &choices), ("选哪个？", &again)), "{choices:?}");
    }
}

#[test]
fn any_other_number_or_other_choices_make_another_ask() {
    let choices = &["是", "否"][..];
    for (text, next) in [
        ("第1步，选哪个？", "第2步，选哪个？"),
        ("第一步，选哪个？", "第二步，选哪个？"),
        ("步骤 1：满意吗？", "步骤 2：满意吗？"),
        ("问题1：满意吗？", "问题2：满意吗？"),
        ("(1/5) 满意吗？", "(2/5) 满意吗？"),
        ("1. 满意吗？", "2. 满意吗？"),
        ("Step 1: fine?", "Step 2: fine?"),
        ("Q: 1 of 3, fine?", "Q: 2 of 3, fine?"),
        ("1 / 3 满意吗？", "2 / 3 满意吗？"),
        ("Q. 1: fine?", "Q. 2: fine?"),
        ("Entry 1: fine?", "Entry 2: fine?"),
        ("【1】满意吗？", "【2】满意吗？"),
        ("① 满意吗？", "② 满意吗？"),
        ("项1：满意吗？", "项2：满意吗？"),
        ("## 1\n满意吗？", "## 2\n满意吗？"),
        ("客1要，满意吗？", "客2要，满意吗？"),
        ("第1位乘客，满意吗？", "第2位乘客，满意吗？"),
        ("还剩2题，满意吗？", "还剩1题，满意吗？"),
    ] {
        assert!(!is_one((text, choices), (next, choices)), "{text} {next}");
    }
    assert!(!is_one(("几点？", &["10:00", "11:00"]), ("几点？", &["14:00", "15:00"])));
    assert!(!is_one(("哪天？", &["1号"]), ("哪天？", &["2号"])));
}
