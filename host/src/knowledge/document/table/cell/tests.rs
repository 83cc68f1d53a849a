use super::*;

#[test]
fn kinds_are_told_apart() {
    for cell in [
        "600",
        "1,234.5",
        "15.5%",
        "￥5,500元",
        "2025-07-01",
        "2025年7月1日",
        "09:30",
        "010-11112222",
        "60人",
        "-3",
    ] {
        assert_eq!(kind(cell), CellKind::Number, "{cell}");
    }
    for cell in ["甲大学", "本科批", "列1", "列100", "A座201室的办公室", "第一步", "值0-0"]
    {
        assert_eq!(kind(cell), CellKind::Text, "{cell}");
    }
    for cell in ["G1", "A101", "Q3"] {
        assert_eq!(kind(cell), CellKind::Text, "{cell}");
    }
    assert_eq!(
        (shape("8:00-9:00"), shape("1,234.5"), shape("12月")),
        ("9:9-9:9".into(), "9".into(), "9月".into())
    );
    assert_eq!((whole("165"), whole("16.5"), whole("1月")), (Some(165), None, None));
    assert!(is_label("企业性质") && is_label("报名时间") && is_label("員工人數") && !is_label("计算机学院"));
    assert!(is_total("合 计：") && is_total("總計") && !is_total("合计数"));
    assert_eq!((kind("2024年 位次"), kind("5500 元")), (CellKind::Text, CellKind::Number));
    assert!(is_year("2024") && is_year("2024年") && !is_year("600"));
    assert!(is_label("联系电话：") && is_label("学费（元）") && !is_label("张三"));
    assert!(is_remark("备注：2025年数据") && is_remark("注1：含税") && !is_remark("注册会计师"));
    assert!(is_group("一、理工类") && is_group("（二）文史类") && !is_group("一本线"));
    assert!(is_question("你是谁？") && is_question("如何报名") && !is_question("登录官网报名。"));
}
