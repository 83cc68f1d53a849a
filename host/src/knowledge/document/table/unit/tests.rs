use super::*;

#[test]
fn units_are_told_from_who_is_called_a_unit() {
    for line in [
        "单位：元",
        "单位:万元",
        "（单位：元/年）",
        "金额单位：人民币万元",
        "(万元)",
        "单位 万元",
        "Unit: kg",
        "计量单位：吨、元",
    ] {
        assert!(says_unit(line), "{line}");
    }
    for line in ["单位：示例大学", "编制单位：甲公司", "元", "单位", "（一）", "负责人：张三"]
    {
        assert!(!says_unit(line), "{line}");
    }
    let row = |text: &str| text.split(',').collect::<StringRecord>();
    assert!(is_row_of_units(&row(",人,元/年")) && is_row_of_units(&row("单位,万元,%")));
    assert!(
        !is_row_of_units(&row("张三,人,元"))
            && !is_row_of_units(&row(",,"))
            && !is_row_of_units(&row("单位,数量"))
    );
    assert_eq!((named("学费", "（元/年）"), named("人数", "人")), ("学费（元/年）".into(), "人数".into()));
}
