//! A state is whether a question with its answer is in use: 状态 停用, 是否有效 否, `enabled` false.

use super::role::plain;

/// Names of columns and fields that say whether a question is in use.
const STATES: &[&str] = &[
    "状态",
    "狀態",
    "启用",
    "启用状态",
    "是否启用",
    "啟用",
    "有效",
    "有效性",
    "是否有效",
    "发布状态",
    "是否发布",
    "上架状态",
    "是否上架",
    "上线状态",
    "是否上线",
    "生效状态",
    "是否生效",
    "知识状态",
    "问题状态",
    "使用状态",
    "数据状态",
    "是否可用",
    "可用",
    "是否在用",
    "在用",
    "是否使用",
    "审核状态",
    "status",
    "state",
    "enabled",
    "enable",
    "isenabled",
    "isenable",
    "active",
    "isactive",
    "valid",
    "isvalid",
    "published",
    "ispublished",
    "online",
    "available",
    "isavailable",
];
/// Names of columns whose yes means that an entry is switched off.
const OPPOSITES: &[&str] = &[
    "停用",
    "是否停用",
    "禁用",
    "是否禁用",
    "失效",
    "是否失效",
    "作废",
    "是否作废",
    "下架",
    "是否下架",
    "删除",
    "是否删除",
    "过期",
    "是否过期",
    "废弃",
    "是否废弃",
    "disabled",
    "isdisabled",
    "disable",
    "deleted",
    "isdeleted",
    "expired",
    "isexpired",
    "archived",
    "isarchived",
    "inactive",
    "deprecated",
    "hidden",
    "ishidden",
];
/// What they say of a question that is not in use.
const OFF: &[&str] = &[
    "停用",
    "禁用",
    "不启用",
    "未启用",
    "停止使用",
    "下架",
    "未上架",
    "下线",
    "未上线",
    "离线",
    "失效",
    "无效",
    "未生效",
    "作废",
    "废止",
    "废弃",
    "过期",
    "删除",
    "撤回",
    "撤销",
    "撤下",
    "屏蔽",
    "冻结",
    "归档",
    "未发布",
    "不发布",
    "草稿",
    "待发布",
    "待审核",
    "未审核",
    "审核中",
    "未通过",
    "审核未通过",
    "审核不通过",
    "驳回",
    "不可用",
    "off",
    "disabled",
    "inactive",
    "invalid",
    "expired",
    "deprecated",
    "archived",
    "deleted",
    "draft",
    "offline",
    "unpublished",
    "hidden",
    "retired",
    "revoked",
];
/// What comes before a word of use that does not hold, or not yet: 待上线, 尚未启用.
const NOT_YET: &[&str] = &["待", "等待", "未", "尚未", "暂未", "不", "暂不", "即将"];
const USES: &[&str] = &["上线", "上架", "启用", "生效", "发布", "审核", "审批", "提交"];
const NO: &[&str] = &["否", "不是", "不", "no", "n", "false", "f", "×", "✗", "✘", "x"];
const YES: &[&str] = &["是", "yes", "y", "true", "t", "√", "✓", "✔", "1"];

/// What a column or a field says of questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QuestionState {
    /// Whether they are in use; `by_number`: 0 says that they are not. Of a column that is just called 状态 no number tells, since
    /// some systems write 0 for what is normal.
    InUse { by_number: bool },
    /// Whether they are not.
    OutOfUse,
}

impl QuestionState {
    /// The state that a name is one of.
    pub(super) fn named(name: &str) -> Option<Self> {
        let name = plain(name);
        if OPPOSITES.contains(&name.as_str()) {
            return Some(Self::OutOfUse);
        }
        let by_number = !["状态", "狀態", "status", "state"].iter().any(|end| name.ends_with(end));
        STATES.contains(&name.as_str()).then_some(Self::InUse { by_number })
    }

    /// Whether a question with this value is not in use.
    pub(super) fn is_off(self, value: &str) -> bool {
        let value: String = value.split_whitespace().collect::<String>().to_lowercase();
        let bare = value.strip_prefix('已').unwrap_or(&value);
        let mut rests = NOT_YET.iter().filter_map(|start| value.strip_prefix(start));
        let is_not_yet = rests.any(|rest| USES.contains(&rest));
        match self {
            Self::InUse { by_number } => {
                OFF.contains(&value.as_str())
                    || OFF.contains(&bare)
                    || is_not_yet
                    || NO.contains(&value.as_str())
                    || by_number && value == "0"
            }
            Self::OutOfUse => {
                OFF.contains(&value.as_str()) || OFF.contains(&bare) || YES.contains(&value.as_str())
            }
        }
    }
}

#[cfg(test)]
mod tests;
