//! A role is what the name of a column, or of an object's field, says it holds.

mod standing;
mod words;

use crate::knowledge::fold::even;
use standing::is_approved;
pub(super) use standing::{
    answer_distance, is_denied, is_of_test, is_revised, is_right, is_unchanged, may_be_empty, may_stand,
};
use words::{
    ALSO, ANSWER_ENDS, ANSWERERS, ANSWERS, ASKED, ASKERS, ASKING_ENDS, BESIDE, CONTENT, DENIALS, FILLERS,
    FURTHER_MARKS, GENERAL, HEADS, NAMED, NOT_ASKED, OTHER_ENDS, QUESTIONS, SAID, STORIES, TITLED,
    VARIANT_ENDS, VARIANT_MARKS, VARIANTS, WAYS, WEAK_ANSWER_ENDS, WEAK_ANSWERS, WEAK_QUESTIONS, WORDED,
};

/// What a name says its column or field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ColumnRole {
    Question,
    /// A name that means questions only if another column holds answers.
    WeakQuestion,
    Answer,
    /// A name that means answers only if another column holds questions.
    WeakAnswer,
    Variants,
    Other,
}

/// Characters of a name such as 机器人答.
const SHORT: usize = 6;

/// What a name says, with its marks, its number and what stands in brackets behind it left out.
pub(super) fn role(name: &str) -> ColumnRole {
    let name = plain(name);
    // 整改回复 answers nobody.
    if name.contains("整改") {
        return ColumnRole::Other;
    }
    let found = of(&name);
    if found != ColumnRole::Other {
        return found;
    }
    let behind = |ends: &[&str]| before(&name, ends).map_or(ColumnRole::Other, of);
    match (behind(CONTENT), behind(NAMED), behind(TITLED)) {
        (ColumnRole::Other, named @ (ColumnRole::Question | ColumnRole::Answer), _) => named,
        (ColumnRole::Other, _, ColumnRole::Question) => ColumnRole::Question,
        (found, ..) => found,
    }
}

/// What somebody says, by who it is.
fn spoken(name: &str) -> Option<ColumnRole> {
    let said = |by: &[&str], also: &[&str]| {
        let mut said = by.iter().filter_map(|who| name.strip_prefix(who));
        said.any(|said| SAID.contains(&said) || also.contains(&said))
    };
    if said(ASKERS, ASKED) {
        Some(ColumnRole::WeakQuestion)
    } else if said(ANSWERERS, &[]) {
        Some(ColumnRole::Answer)
    } else {
        None
    }
}

fn of(name: &str) -> ColumnRole {
    if let Some(role) = spoken(name) {
        return role;
    }
    let is = |names: &[&str]| names.contains(&name);
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    let is_short = name.chars().count() <= SHORT && !ends(OTHER_ENDS);
    // 用户还会这样问.
    let is_further = ALSO.iter().any(|mark| name.contains(mark)) && name.ends_with(['问', '说']);
    if is(VARIANTS) || is_further || says_ways(name) {
        ColumnRole::Variants
    } else if is(QUESTIONS) {
        ColumnRole::Question
    } else if is(ANSWERS) {
        ColumnRole::Answer
    } else if is(WEAK_QUESTIONS) {
        ColumnRole::WeakQuestion
    } else if is(WEAK_ANSWERS) || ends(WEAK_ANSWER_ENDS) {
        ColumnRole::WeakAnswer
    } else if (ends(ANSWER_ENDS) || is_short && name.ends_with('答'))
        && (!["是否", "已", "未"].iter().any(|start| name.starts_with(start)) || is_approved(name))
    {
        ColumnRole::Answer
    } else if (ends(ASKING_ENDS) || is_short && name.ends_with('问'))
        && !NOT_ASKED.iter().any(|start| name.starts_with(start))
    {
        ColumnRole::Question
    } else {
        ColumnRole::Other
    }
}

/// Whether a name says that other ways to ask the same stand there: 相似问法, 其他问法.
fn says_ways(name: &str) -> bool {
    let is_behind = |marks: &[&str], ends: &dyn Fn(&str) -> bool| {
        let behind = |(before, rest): (&str, &str)| {
            let rest = FILLERS.iter().fold(rest, |rest, filler| rest.strip_prefix(*filler).unwrap_or(rest));
            !DENIALS.iter().any(|denial| before.ends_with(*denial)) && (rest == "问" || ends(rest))
        };
        marks.iter().filter_map(|mark| name.split_once(*mark)).any(behind)
    };
    let is_way = |rest: &str| VARIANT_ENDS.contains(&rest);
    let is_question = |rest: &str| ASKING_ENDS.contains(&rest) || is_way(rest);
    !is_beside(name) && (is_behind(VARIANT_MARKS, &is_question) || is_behind(FURTHER_MARKS, &is_way))
}

/// Whether a plain name is of questions that the answer beside them does not answer.
fn is_beside(name: &str) -> bool {
    BESIDE.iter().any(|mark| name.contains(mark))
}

/// Whether something else is asked in a column of this name than what the answer beside it answers: 推荐问题, 追问.
pub(super) fn asks_beside(name: &str) -> bool {
    is_beside(&plain(name))
}

/// How far the name of a column of questions is from that of the ones which are answered: 标准问题 comes before 问题, that
/// before 问题标题, that before 问题内容, which may be a user's whole story, that before 客户问题, and last what is asked beside
/// them.
pub(super) fn distance(name: &str) -> u8 {
    let name = plain(name);
    let is_story = before(&name, STORIES).is_some();
    let is_known = |name: &str| QUESTIONS.contains(&name);
    let rank = if is_beside(&name) {
        4
    } else if ["标准", "标问", "主", "standard", "instruction"].iter().any(|mark| name.contains(mark)) {
        0
    } else if before(&name, HEADS)
        .or(before(&name, CONTENT))
        .or(before(&name, &["body"]))
        .is_some_and(is_known)
    {
        2
    } else if is_known(&name) && !is_story {
        1
    } else {
        3
    };
    2 * rank + u8::from(is_story)
}

/// What stands before one of these ends, if anything does.
fn before<'a>(name: &'a str, ends: &[&str]) -> Option<&'a str> {
    ends.iter().find_map(|end| name.strip_suffix(*end)).filter(|rest| !rest.is_empty())
}

/// Whether a column's name says nothing but that its cells are asked.
pub(super) fn is_general(name: &str) -> bool {
    let name = plain(name);
    distance(&name) <= 1 || GENERAL.contains(&name.as_str())
}

/// Whether a name ends in brackets that say that its questions are asked alike: 问题（相似）.
fn says_alike(name: &str) -> bool {
    let name: String = even(name).take(MAX_NAME).filter(|c| !c.is_whitespace()).collect();
    let within =
        name.split_once(['(', '[', '【']).map(|(_, within)| within.trim_end_matches([')', ']', '】']));
    within.is_some_and(|within| VARIANT_MARKS.contains(&within) || says_ways(within))
}

/// Whether a plain name is of what users ask, in their words: 用户问题, 客户问.
fn is_by_users(name: &str) -> bool {
    let mut asked = ASKERS.iter().filter_map(|who| name.strip_prefix(*who));
    asked.any(|asked| asked == "问" || ASKING_ENDS.contains(&asked))
}

/// Whether a column has other ways to ask what `question` does. Only a name that says so tells: 相似问法, the same name with
/// another number (问题2) or in another language, or how users put it (用户问法). Any other question is another one.
pub(super) fn is_way(name: &str, question: &str) -> bool {
    match role(name) {
        ColumnRole::Variants => true,
        ColumnRole::WeakQuestion => plain(name).ends_with("原话"),
        ColumnRole::Question => {
            let is_alike = says_alike(name);
            let (name, question) = (plain(name), plain(question));
            let single = |name: &str| name.strip_suffix('s').unwrap_or(name).to_owned();
            let (own, main) = (single(&name), single(&question));
            let is_translated = own.is_ascii() != main.is_ascii()
                && [&own, &main].iter().all(|name| GENERAL.contains(&name.as_str()));
            let says = |before: &str| WORDED.contains(&before) || ASKERS.contains(&before);
            let is_worded = WAYS.iter().any(|way| name.ends_with(way)) && !is_beside(&name)
                || name.strip_suffix("说法").is_some_and(says);
            let is_below = matches!(name.as_str(), "子问" | "子问题");
            own == main || is_translated || is_worded || is_alike || is_below || is_by_users(&name)
        }
        _ => false,
    }
}

/// Whether a name is of something that is asked, whoever asks it.
pub(super) fn is_asked(name: &str) -> bool {
    let name = plain(name);
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    (ends(ASKING_ENDS) || name.ends_with('问')) && !ends(OTHER_ENDS)
}

/// Characters of a name that are looked at.
const MAX_NAME: usize = 80;

/// 問題（必填）*, 【问题】 and Question_1 are 问题 and question.
pub(super) fn plain(name: &str) -> String {
    let name: String = even(name).take(MAX_NAME).filter(|c| !c.is_whitespace()).collect();
    let name = name.trim_start_matches(|c| "*#\u{feff}([【{<《「".contains(c));
    let end = name.find(|c| "([【{<".contains(c)).unwrap_or(name.len());
    let name = name.get(..end).unwrap_or_default();
    let is_mark = |c: char| c.is_ascii_digit() || "一二三四五六七八九十*:_-.#)]】}>》」".contains(c);
    let name = name.trim_end_matches(is_mark);
    name.chars().filter(|c| !matches!(c, '_' | '-')).collect()
}

/// The number at a name's end: 2 of 问题2.
pub(super) fn number(name: &str) -> Option<u32> {
    let name: String = even(name).take(MAX_NAME).filter(|c| !c.is_whitespace()).collect();
    let name = name.trim_end_matches(|c| "*:)]】".contains(c));
    let digits = name.len() - name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    if digits > 0 {
        return name.get(name.len() - digits..)?.parse().ok();
    }
    let at = name.chars().last().and_then(|last| "一二三四五六七八九十".chars().position(|c| c == last))?;
    u32::try_from(at + 1).ok()
}

/// Names of columns in lists of faults that somebody must mend by a day: what they call 问题 nobody asks.
const MENDING: &[&str] = &[
    "整改",
    "责任人",
    "责任部门",
    "责任单位",
    "责任领导",
    "牵头",
    "完成时限",
    "完成时间",
    "完成情况",
    "完成期限",
    "解决时限",
    "严重程度",
    "优先级",
    "检查人",
    "检查时间",
    "发现时间",
    "发现人",
    "提出人",
    "验收",
    "销号",
    "进度",
    "是否解决",
    "处理人",
    "处理时间",
    "受理人",
    "受理时间",
    "报修人",
    "报障人",
    "提交人",
    "派单",
    "接单",
    "工单",
    "是否完成",
    "状态",
];

/// Whether a column beside questions says that they are faults: 责任人, 整改措施.
pub(super) fn is_of_mending(name: &str) -> bool {
    let name = plain(name);
    MENDING.iter().any(|mark| name.contains(mark))
}

/// Whether a column or field holds something to choose from: 选项A, C, options.
pub(super) fn is_option(name: &str) -> bool {
    let name = plain(name);
    ["选项", "备选", "候选", "option", "choice"].iter().any(|start| name.starts_with(start))
        || matches!(name.as_str(), "b" | "c" | "d" | "e" | "f")
}

/// Whether some of the names are of things to choose from.
pub(super) fn has_options<'a>(names: impl Iterator<Item = &'a String>) -> bool {
    let (mut options, mut first) = (0_usize, false);
    for name in names {
        options += usize::from(is_option(name));
        // A alone is an answer.
        first |= plain(name) == "a";
    }
    options + usize::from(first && options > 0) >= 2
}

/// Whether a column of this name stands in examinations only.
pub(super) fn is_of_exam(name: &str) -> bool {
    let name = plain(name);
    ["题型", "类型", "难度", "分值", "解析", "得分", "科目", "章节", "题号", "考点", "知识点", "difficulty"]
        .iter()
        .any(|mark| name.contains(mark))
}

/// Whether it is the name of a text's title, or of what it is about, rather than of what somebody asks.
pub(super) fn is_title(name: &str) -> bool {
    is_key(name) || {
        let name = plain(name);
        ["标题", "主题", "名称", "title"].iter().any(|end| name.ends_with(end))
    }
}

/// Whether it is the name of what is looked for rather than asked, which is a question only where nothing else is one.
pub(super) fn is_key(name: &str) -> bool {
    let name = plain(name);
    ["关键词", "关键字", "触发词", "事项"].iter().any(|end| name.ends_with(end))
}

/// Whether the name says that what is asked is to be solved: 题目, 试题.
pub(super) fn is_exercise(name: &str) -> bool {
    let name = plain(name);
    ["题目", "试题", "题干", "考题", "习题"].iter().any(|mark| name.contains(mark))
}

/// Whether an answer chooses rather than tells: A, BD, 对, √.
pub(super) fn is_choice(answer: &str) -> bool {
    let answer: String = answer.chars().filter(|c| c.is_alphanumeric() || "√×✓✗".contains(*c)).collect();
    matches!(answer.as_str(), "对" | "错" | "√" | "×" | "✓" | "✗" | "正确" | "错误" | "正確" | "錯誤")
        || !answer.is_empty() && answer.len() <= 6 && answer.bytes().all(|byte| matches!(byte, b'A'..=b'F'))
}

/// A name as that of a field of metadata.
pub(super) fn plain_field(name: &str) -> String {
    let end =
        name.char_indices().skip(1).find(|(_, c)| "(（[【".contains(*c)).map_or(name.len(), |(at, _)| at);
    let name = name.get(..end).unwrap_or_default();
    name.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}

#[cfg(test)]
mod tests;
