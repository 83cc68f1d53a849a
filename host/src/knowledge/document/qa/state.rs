//! A state is whether a question with its answer is in use: 状态 停用, 是否有效 否, `enabled` false.

use super::role::plain;
use crate::knowledge::fold::even;

/// Values that nobody knows of which a note is made, and characters of a name or value that are looked at.
pub(super) const MAX_UNSURE: usize = 20;
const MAX_SAID: usize = 80;
/// Digits of a day or a time, which says nothing of use.
const DATED: usize = 3;
/// What stands before 状态 and `status` in names of columns that say whether a question is in use.
const STATES_OF: &[&str] = &[
    "",
    "启用",
    "停启用",
    "启禁用",
    "启停",
    "有效",
    "生效",
    "发布",
    "上架",
    "上下架",
    "上线",
    "上下线",
    "开启",
    "开关",
    "开放",
    "显示",
    "展示",
    "可见",
    "使用",
    "审核",
    "审批",
    "当前",
    "数据",
    "记录",
    "知识",
    "知识库",
    "知识点",
    "问题",
    "问答",
    "词条",
    "条目",
    "文章",
    "faq",
    "publish",
    "publication",
    "article",
    "knowledge",
    "question",
    "entry",
    "current",
    "review",
    "approval",
];
/// States of other things as well, where 已关闭 may say that a case was solved.
const OPEN_STATES: &[&str] = &["", "当前", "数据", "记录", "问题", "question", "current"];
/// What such names may be besides, also behind 是否 and `is`.
const STATES: &[&str] = &[
    "启用",
    "有效",
    "有效性",
    "生效",
    "发布",
    "上架",
    "上线",
    "在线",
    "可用",
    "在用",
    "使用",
    "可见",
    "开启",
    "显示",
    "展示",
    "公开",
    "开放",
    "激活",
    "启停",
    "启用停用",
    "启用禁用",
    "上下架",
    "上架下架",
    "上下线",
    "开关",
    "enabled",
    "enable",
    "active",
    "valid",
    "published",
    "publish",
    "online",
    "live",
    "available",
    "visible",
    "visibility",
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
    "草稿",
    "是否草稿",
    "是否隐藏",
    "是否下线",
    "是否关闭",
    "是否屏蔽",
    "是否归档",
    "删除标志",
    "删除标记",
    "逻辑删除",
    "del",
    "isdel",
    "delflag",
    "deleteflag",
    "draft",
    "isdraft",
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
    "停",
    "停止",
    "暂停",
    "暂停使用",
    "关",
    "隐藏",
    "封存",
    "注销",
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
    "待审",
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
    "suspended",
    "paused",
    "stopped",
    "rejected",
    "withdrawn",
    "removed",
    "private",
    "unavailable",
    "invisible",
    "inreview",
    "pendingreview",
];
/// What they say of one that is.
const IN_USE: &[&str] = &[
    "启用",
    "启用中",
    "启",
    "正常",
    "有效",
    "生效",
    "生效中",
    "发布",
    "上线",
    "上架",
    "在线",
    "在用",
    "使用",
    "使用中",
    "可用",
    "可见",
    "显示",
    "展示",
    "公开",
    "开放",
    "开启",
    "开",
    "激活",
    "通过",
    "审",
    "审核",
    "审核通过",
    "审批",
    "审批通过",
    "永久",
    "永久有效",
    "长期",
    "长期有效",
    "on",
    "ok",
    "normal",
    "enabled",
    "active",
    "valid",
    "published",
    "online",
    "live",
    "available",
    "approved",
    "visible",
    "public",
];
/// What comes before a word of use that does not hold, or not yet: 待上线, 尚未启用.
const NOT_YET: &[&str] = &["待", "等待", "未", "尚未", "暂未", "不", "暂不", "非", "即将", "not", "notyet"];
const USES: &[&str] = &["提交", "复审", "复核", "开通"];
const NO: &[&str] = &["否", "不是", "不", "no", "n", "false", "f", "×", "✗", "✘", "x"];
const YES: &[&str] = &["是", "yes", "y", "true", "t", "√", "✓", "✔", "1"];

/// What a column or a field says of questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QuestionState {
    /// Whether they are in use; `by_number`: 0 says that they are not. Of a column that is just called 状态 no number tells, since
    /// some systems write 0 for what is normal. `is_open`: it may be the state of a case, which is closed once it is solved.
    InUse { by_number: bool, is_open: bool },
    /// Whether they are not.
    OutOfUse,
}

impl QuestionState {
    /// The state that a name is one of.
    pub(super) fn named(name: &str) -> Option<Self> {
        let plain = plain(name);
        // 启用/停用 is 启用停用, and 状态：1启用0停用 is 状态.
        let bare: String = plain.split(':').next()?.chars().filter(|c| c.is_alphanumeric()).collect();
        if OPPOSITES.contains(&bare.as_str()) {
            return Some(Self::OutOfUse);
        }
        let of = ["状态", "status", "state"].iter().find_map(|end| bare.strip_suffix(*end));
        if let Some(of) = of.filter(|of| STATES_OF.contains(of)) {
            let said: String = even(name).take(MAX_SAID).filter(|c| c.is_alphanumeric()).collect();
            let by_number = OFF.iter().any(|off| said.contains(&format!("0{off}")));
            return Some(Self::InUse { by_number, is_open: OPEN_STATES.contains(&of) });
        }
        let asked = ["是否", "is"].iter().find_map(|start| bare.strip_prefix(*start)).unwrap_or(&bare);
        STATES.contains(&asked).then_some(Self::InUse { by_number: true, is_open: false })
    }

    /// Whether a question with this value is not in use.
    pub(super) fn is_off(self, value: &str) -> bool {
        let value = &*said(value);
        let bare = value.strip_prefix('已').unwrap_or(value);
        let is_off = OFF.contains(&value) || OFF.contains(&bare);
        match self {
            Self::InUse { by_number, is_open } => {
                let mut rests = NOT_YET.iter().filter_map(|start| value.strip_prefix(*start));
                is_off
                    || value == "关闭"
                    || bare == "关闭" && !is_open
                    || rests.any(|rest| USES.contains(&rest) || IN_USE.contains(&rest))
                    || NO.contains(&value)
                    || by_number && value == "0"
            }
            // Some systems write 2 for what is deleted.
            Self::OutOfUse => is_off || YES.contains(&value) || matches!(value.as_bytes(), [b'1'..=b'9']),
        }
    }

    /// Whether it is known what a value says, if it says anything of use.
    pub(super) fn knows(self, value: &str) -> bool {
        let said = &*said(value);
        let bare = said.strip_prefix('已').unwrap_or(said);
        let is_number = || match self {
            Self::InUse { by_number, .. } => by_number && matches!(said, "0" | "1"),
            Self::OutOfUse => said == "0",
        };
        said.is_empty()
            || self.is_off(said)
            || IN_USE.contains(&bare)
            || matches!(self, Self::OutOfUse) && NO.contains(&said)
            || YES.contains(&said) && said != "1"
            || is_number()
            || said.chars().filter(char::is_ascii_digit).count() >= DATED
    }
}

/// A value without spaces and case.
fn said(value: &str) -> String {
    even(value).filter(|c| !c.is_whitespace()).take(MAX_SAID).collect()
}

#[cfg(test)]
mod tests;
