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
/// What stands before 意见 and `result` in names of columns in which a review says whether it lets a question through.
const REVIEWS: &[&str] = &["审核", "审批", "复核", "复审", "review", "approval"];
/// How such names end.
const FOUND: &[&str] = &["意见", "结果", "结论", "result"];
/// Names of columns that say whether the answer beside them is right.
const JUDGED: &[&str] = &["iscorrect", "是否正确", "答案是否正确", "回答是否正确"];
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
/// Those of them that may be of what a question is about, such as a machine, unless 是否 asks.
const STATES_OF_ANY: &[&str] = &["在线", "开放", "使用"];
/// What a machine does that a question is about.
const STOPS: &[&str] = &["停止", "暂停", "stopped", "paused"];
/// Words for what an entry is, and neither a machine nor a case: a column that has one of them is a switch.
const SWITCHES: &[&str] = &[
    "启用",
    "停用",
    "禁用",
    "未启用",
    "不启用",
    "发布",
    "未发布",
    "待发布",
    "上架",
    "下架",
    "未上架",
    "有效",
    "无效",
    "生效",
    "生效中",
    "未生效",
    "失效",
    "作废",
    "草稿",
    "enabled",
    "disabled",
    "published",
    "unpublished",
    "draft",
];
/// What stands in words for entries that others see, or not yet: 审核通过, 待审核. A case is solved, and a machine runs.
const SHOWN: &[&str] = &["审", "隐藏", "下线"];
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
    "退回",
    "打回",
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
    "同意",
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
    /// Whether they are in use. `is_open`: it may be the state of a case, which is closed once it is solved, or of a machine, which
    /// stops; `is_of_any`: also what the question is about may be 在线 or not.
    InUse { numbers: Numbers, is_open: bool, is_of_any: bool },
    /// Whether they are not.
    OutOfUse,
}

/// The digits whose meaning is known, and those of them that say that a question is not in use: a bit each. Of a column that is
/// just called 状态 none is, since some systems write 0 for what is normal, unless its name says so: 状态(0正常 1停用).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Numbers {
    known: u16,
    off: u16,
}

impl Numbers {
    /// 0 and 1, as 否 and 是.
    const NO_AND_YES: Self = Self { known: 0b11, off: 0b1 };

    /// Those that a name explains behind its words: 0正常 1停用, or 正常0 停用1.
    fn explained(name: &str, words: &str) -> Option<Self> {
        let said: String = even(name).take(MAX_SAID).filter(|c| c.is_alphanumeric()).collect();
        let said = said.strip_prefix(words)?;
        let is_digit = |c: char| c.is_ascii_digit();
        let is_before = said.starts_with(is_digit);
        if is_before == said.ends_with(is_digit) {
            return None;
        }
        let state = QuestionState::InUse { numbers: Self::default(), is_open: false, is_of_any: false };
        let mut numbers = Self::default();
        for (at, digit) in said.char_indices().filter_map(|(at, c)| Some((at, c.to_digit(10)?))) {
            let word = if is_before {
                said.get(at + 1..)?.split(is_digit).next()?
            } else {
                said.get(..at)?.rsplit(is_digit).next()?
            };
            let word = ["表示", "代表", "为"].iter().find_map(|is| word.strip_prefix(*is)).unwrap_or(word);
            let begins = |words: &[&str]| {
                words.iter().any(|begin| begin.chars().count() > 1 && word.starts_with(*begin))
            };
            let is_off = state.is_off(word) || begins(OFF);
            let is_known = is_off || !word.is_empty() && state.knows(word) || begins(IN_USE);
            numbers.known |= u16::from(is_known) << digit;
            numbers.off |= u16::from(is_off) << digit;
        }
        (numbers.known != 0).then_some(numbers)
    }

    fn has(digits: u16, said: &str) -> bool {
        matches!(said.as_bytes(), [digit @ b'0'..=b'9'] if (digits >> (digit - b'0')) & 1 == 1)
    }
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
            let numbers = Numbers::explained(name, &bare).unwrap_or_default();
            return Some(Self::InUse { numbers, is_open: OPEN_STATES.contains(&of), is_of_any: false });
        }
        let reviewed = FOUND.iter().find_map(|end| bare.strip_suffix(*end));
        if reviewed.is_some_and(|of| REVIEWS.contains(&of)) {
            let numbers = Numbers::explained(name, &bare).unwrap_or_default();
            return Some(Self::InUse { numbers, is_open: false, is_of_any: false });
        }
        if JUDGED.contains(&bare.as_str()) {
            let numbers = Numbers::explained(name, &bare).unwrap_or(Numbers::NO_AND_YES);
            return Some(Self::InUse { numbers, is_open: false, is_of_any: false });
        }
        let asked = ["是否", "is"].iter().find_map(|start| bare.strip_prefix(*start)).unwrap_or(&bare);
        let is_of_any = STATES_OF_ANY.contains(&bare.as_str());
        let usual = if is_of_any { Numbers::default() } else { Numbers::NO_AND_YES };
        let numbers = Numbers::explained(name, &bare).unwrap_or(usual);
        STATES.contains(&asked).then_some(Self::InUse { numbers, is_open: false, is_of_any })
    }

    /// Whether a column of this name with these values says which entries are in use, rather than how far somebody has got with a
    /// case: most of its values say so, and where its name may be of a case, one of them is of nothing else.
    pub(super) fn is_of_entries<'a>(name: &str, values: impl Iterator<Item = &'a str>) -> bool {
        let Some(state) = Self::named(name) else { return false };
        let is_open = matches!(state, Self::InUse { is_open: true, .. });
        // 状态(1启用 0停用) says what its digits mean.
        let is_explained = || {
            let name: String = even(name).take(MAX_SAID).collect();
            SWITCHES.iter().any(|word| name.contains(word))
        };
        let mut is_shown = !is_open || is_explained();
        let (mut all, mut known) = (0_usize, 0_usize);
        // Digits say neither.
        for value in values.map(str::trim).filter(|value| value.contains(|c: char| !c.is_ascii_digit())) {
            let is_known = state.knows(value);
            is_shown |= is_switch(value) || is_known && SHOWN.iter().any(|mark| said(value).contains(mark));
            all += 1;
            known += usize::from(is_known);
        }
        is_shown && known * 4 >= all * 3
    }

    /// Whether a name is of a column that says whether the answer is right: one that was put right beside it is.
    pub(super) fn judges(name: &str) -> bool {
        JUDGED.contains(&plain(name).as_str())
    }

    /// The same of a column with these values.
    pub(super) fn among<'a>(self, mut values: impl Iterator<Item = &'a str>) -> Self {
        if values.any(is_switch) { self.as_switch() } else { self }
    }

    /// The same of a column that is a switch, where 暂停 is said of an entry and of nothing else.
    pub(super) fn as_switch(self) -> Self {
        match self {
            Self::InUse { numbers, is_of_any, .. } => Self::InUse { numbers, is_open: false, is_of_any },
            Self::OutOfUse => self,
        }
    }

    /// Whether a question with this value is not in use.
    pub(super) fn is_off(self, value: &str) -> bool {
        let value = &*said(value);
        let bare = value.strip_prefix('已').unwrap_or(value);
        let is_off = OFF.contains(&value) || OFF.contains(&bare);
        match self {
            Self::InUse { numbers, is_open, is_of_any } => {
                let mut rests = NOT_YET.iter().filter_map(|start| value.strip_prefix(*start));
                is_off && !(is_open && STOPS.contains(&bare))
                    || value == "关闭"
                    || bare == "关闭" && !is_open
                    || rests.any(|rest| USES.contains(&rest) || IN_USE.contains(&rest))
                    || NO.contains(&value) && !is_of_any
                    || Numbers::has(numbers.off, value)
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
            Self::InUse { numbers, .. } => Numbers::has(numbers.known, said),
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

/// Whether a value shows that its column is a switch: 停用 beside 暂停.
pub(super) fn is_switch(value: &str) -> bool {
    let value = &*said(value);
    SWITCHES.contains(&value.strip_prefix('已').unwrap_or(value))
}

/// A value without spaces and case.
fn said(value: &str) -> String {
    even(value).filter(|c| !c.is_whitespace()).take(MAX_SAID).collect()
}

#[cfg(test)]
mod tests;
