use super::*;

#[test]
fn what_is_out_of_use_is_told_by_name_and_value() {
    let is_off =
        |name: &str, value: &str| QuestionState::named(name).is_some_and(|state| state.is_off(value));
    for (name, value) in [
        ("状态", "停用"),
        ("状态", "已下架"),
        ("状态", " 已失效 "),
        ("状态（必填）", "否"),
        ("是否有效", "否"),
        ("是否启用", "0"),
        ("enabled", "FALSE"),
        ("is_active", "no"),
        ("status", "Disabled"),
        ("是否删除", "是"),
        ("deleted", "true"),
        ("发布状态", "草稿"),
        ("上线状态", "待上线"),
        ("状态", "尚未启用"),
    ] {
        assert!(is_off(name, value), "{name} {value}");
    }
    for (name, value) in [
        ("状态", "启用"),
        ("状态", "0"),
        ("状态", "已关闭"),
        ("状态", "待更新"),
        ("审核状态", "审核通过"),
        ("状态", ""),
        ("是否有效", "是"),
        ("enabled", "1"),
        ("是否删除", "否"),
        ("是否删除", "0"),
        ("备注", "停用"),
        ("学校", "否"),
    ] {
        assert!(!is_off(name, value), "{name} {value}");
    }
}
