use super::*;

fn is_off(name: &str, value: &str) -> bool {
    QuestionState::named(name).is_some_and(|state| state.is_off(value))
}

#[test]
fn what_is_out_of_use_is_told_by_name_and_value() {
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
        ("状态", "关闭"),
        ("启用状态", "已关闭"),
        ("是否开启", "已关闭"),
        ("启用状态", "暂停"),
        ("状态(0正常 1停用)", "1"),
        ("状态（0：正常，1：停用，必填）", "1"),
        ("状态(正常0 停用1)", "1"),
        ("status(1:enabled;2:disabled)", "2"),
        ("是否启用（1启用，2停用）", "2"),
        ("审核状态(0待审 1通过 2驳回)", "2"),
        ("状态(1启用 0停用，必填)", "0"),
        ("是否在线", "否"),
        ("在线", "下线"),
        ("状态", "隐藏"),
        ("状态", "待审"),
        ("Status", "Not published"),
        ("是否开启", "否"),
        ("是否可见", "否"),
        ("是否显示", "不显示"),
        ("开关", "关"),
        ("启停", "停用"),
        ("启用/停用", "停用"),
        ("上下架", "下架"),
        ("问答状态", "未发布"),
        ("当前状态", "已停用"),
        ("有效状态", "失效"),
        ("条目状态", "已失效"),
        ("知识库状态", "停用"),
        ("显示状态", "隐藏"),
        ("状态：1启用0停用", "0"),
        ("状态（0-停用，1-启用）", "0"),
        ("发布", "否"),
        ("draft", "true"),
        ("is_draft", "true"),
        ("is_del", "1"),
        ("del_flag", "2"),
        ("is_online", "0"),
        ("visibility", "hidden"),
        ("Active?", "No"),
        ("审核意见", "不通过"),
        ("审核意见", "不同意"),
        ("审核结果", "驳回"),
        ("审批结果", "退回"),
        ("审核结论", "未通过"),
        ("review_result", "Rejected"),
        ("is_correct", "false"),
        ("答案是否正确", "否"),
    ] {
        assert!(is_off(name, value), "{name} {value}");
    }
}

#[test]
fn what_is_in_use_or_says_nothing_of_it_is_kept() {
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
        ("订单状态", "关闭"),
        ("状态", "不限"),
        ("del_flag", "0"),
        ("draft", "false"),
        ("状态（0正常 1停用）", "0"),
        ("状态(正常0 停用1)", "0"),
        ("status(1:enabled;2:disabled)", "1"),
        ("是否启用（1启用，2停用）", "1"),
        ("状态", "停止"),
        ("状态", "已暂停"),
        ("在线", "否"),
        ("开放", "否"),
        ("使用", "否"),
        ("审核意见", "同意"),
        ("审核意见", "建议写明期限"),
        ("审核结果", "0"),
        ("处理意见", "驳回"),
        ("检查结果", "不通过"),
        ("处理结果", "退回"),
        ("correct", "false"),
        ("正确", "否"),
        ("is_correct", "true"),
    ] {
        assert!(!is_off(name, value), "{name} {value}");
    }
}

#[test]
fn a_value_that_nobody_knows_is_told_from_those_that_say_something() {
    let knows = |name: &str, value: &str| QuestionState::named(name).is_some_and(|state| state.knows(value));
    for (name, value) in [
        ("状态", "启用"),
        ("状态", "已发布"),
        ("状态", "停用"),
        ("状态", ""),
        ("状态", "是"),
        ("是否启用", "1"),
        ("发布", "2025-01-01"),
        ("is_del", "0"),
        ("draft", "false"),
        ("Status", "Published"),
        ("状态(0正常 1停用)", "0"),
        ("status(1:enabled;2:disabled)", "1"),
    ] {
        assert!(knows(name, value), "{name} {value}");
    }
    for (name, value) in [
        ("状态", "已关闭"),
        ("状态", "待更新"),
        ("状态", "0"),
        ("status", "1"),
        ("is_online", "2"),
        ("状态", "停止"),
        ("在线", "否"),
        ("状态(0正常 1停用)", "3"),
    ] {
        assert!(!knows(name, value), "{name} {value}");
    }
}

#[test]
fn a_state_of_entries_is_told_from_that_of_a_case() {
    for (name, values, is_of_entries) in [
        ("状态", &["启用", "停用", "启用"][..], true),
        ("状态", &["正常", "已作废"], true),
        ("状态", &["审核通过", "待审"], true),
        ("状态", &["上线", "下线"], true),
        ("状态", &["启用", "启用", "", "启用", "已合并"], true),
        ("状态：1启用0停用", &["1", "0"], true),
        ("发布状态", &[], true),
        ("启用状态", &["1", "0"], true),
        ("审核状态", &["通过", "驳回"], true),
        ("状态", &[], false),
        ("状态", &["1", "0"], false),
        ("状态", &["正常", "正常"], false),
        ("状态", &["打开", "关闭"], false),
        ("状态", &["已解决", "作废"], false),
        ("状态", &["有效", "无效", "已解决", "处理中"], false),
        ("问题状态", &["待处理", "处理中", "已关闭"], false),
        ("审核状态", &["待处理", "已处理"], false),
        ("处理状态", &["启用", "停用"], false),
        ("设备状态", &["启用", "停用"], false),
    ] {
        let found = QuestionState::is_of_entries(name, values.iter().copied());
        assert_eq!(found, is_of_entries, "{name} {values:?}");
    }
}
