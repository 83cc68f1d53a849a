//! The sentences that the host says to users and models in its own name. They are Chinese, as its users are; what an
//! operator, a developer or a log reads is English and stands where it is found out. What an app says of itself has keys
//! there: `unavailable`, `nothing_found`, `say_more`, `prompt`, and [`Texts`] for what models read.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::problem::Problem;

/// The default of an app's `unavailable`.
pub(crate) const UNAVAILABLE: &str = "抱歉，资料暂时查不到，现在无法可靠地回答这个问题，请稍后再试。";
/// What a user reads in place of [`UNAVAILABLE`] where asking again does not help before somebody has acted.
pub(crate) const UNAVAILABLE_TILL_MENDED: &str =
    "抱歉，资料现在查不了，要等管理员处理之后才能恢复，现在无法可靠地回答这个问题。";
/// What a user reads of an app without a model and without a `nothing_found` where nothing was found.
pub(crate) const NOTHING_TO_GIVE: &str = "没有找到可以直接回答的内容。";
/// What readers call the documents that hold corrections.
pub(crate) const CORRECTIONS: &str = "人工订正";

/// The default of an app's `say_more`.
pub(crate) const SAY_MORE: &str = "还缺少需要的信息：{missing}。请补充后再问一次。";
/// What stands in a `say_more` for the names of what is missing.
pub(crate) const MISSING: &str = "{missing}";

/// What a user is asked for where nobody words an answer and plugins lacked what the question does not say; `text` is
/// the app's `say_more`.
pub(crate) fn say_more(text: &str, lacks: &[&str]) -> String {
    text.replace(MISSING, &lacks.join("、"))
}

/// What stands in the text of a message that holds nothing but images.
pub(crate) const ONLY_IMAGES: &str = "[图片]";

/// What stands in place of a part of a message that no model is given, such as a file.
pub(crate) fn part_left_out(kind: &str) -> String {
    format!("（这里有一段 {kind} 类型的内容，没有提供给模型。）")
}

/// What a model may do about a call that gave no result.
macro_rules! instead {
    () => {
        "请不要编造它的结果：能不用它回答的部分照常回答，并告诉用户这项信息现在查不到。"
    };
}

/// An `[apps.<name>.texts]` table: what models read in the host's own name, in an app's own language. Absent keys
/// are Chinese.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Texts {
    /// What a model is asked to do with a question that leans on earlier ones.
    pub rewrite: String,
    /// The message that goes with `rewrite`. Holds `{conversation}` and `{question}`.
    pub rewrite_input: String,
    /// What the user is called in `conversation`.
    pub user: String,
    /// What the model is called in `conversation`.
    pub assistant: String,
    /// Stands in place of an older image for a model that takes none.
    pub image_left_out: String,
    /// The model has called a tool with arguments that it does not take; `{detail}` is what is wrong with them, or
    /// nothing.
    pub tool_bad_arguments: String,
    /// A tool gave no answer in time.
    pub tool_silent: String,
    /// What a tool asks gave it nothing: it was away, slow or broken, or said no.
    pub tool_unserved: String,
    /// A tool broke.
    pub tool_broken: String,
    /// A tool lacked what only the client can send.
    pub tool_lacking: String,
    /// A tool could not search all it should have; `{lack}` is `source_in_part` or `source_unsure`.
    pub tool_in_part: String,
    /// A tool found nothing.
    pub tool_nothing: String,
    /// A tool found nothing and says why. Holds `{reason}`.
    pub tool_nothing_because: String,
    /// A tool of the client's was called beside others. Holds `{tool}`.
    pub tool_not_alone: String,
    /// The model has called a tool that nobody has; `{tools}` are those there are.
    pub tool_unknown: String,
    /// The model has called a tool where there is none. Holds `{tool}`.
    pub tool_unknown_and_no_other: String,
    /// A plugin that was called for the turn gave no answer in time. This and the next stand behind the plugin's name
    /// in the prompt.
    pub source_silent: String,
    /// What such a plugin asks gave it nothing.
    pub source_unserved: String,
    /// Such a plugin broke.
    pub source_broken: String,
    /// Such a plugin lacked what only the client can send.
    pub source_lacking: String,
    /// Such a plugin lacked what the question could say. Holds `{arguments}`.
    pub source_lacking_arguments: String,
    /// Such a plugin could not search all it should have, and found something.
    pub source_in_part: String,
    /// Such a plugin could not search all it should have, and found nothing.
    pub source_unsure: String,
    /// Such a plugin found something, and nothing of it fits into the prompt.
    pub source_no_room: String,
    /// In the place of what is cut off a result of an API or a tool that is longer than the prompt has room for.
    pub result_cut: String,
}

impl Default for Texts {
    fn default() -> Self {
        Self {
            rewrite: "你为检索改写问题。根据对话，把用户最后的问题改写成一个脱离对话也能看懂的完整问题：\
              补全省略的内容，把代词换成它所指的事物。不要回答问题，不要添加对话中没有的信息。如果最后的问题本身已经完整，原样输出。\
              只输出一行改写后的问题，不要解释，不要加引号。".to_owned(),
            rewrite_input: "对话：\n{conversation}\n最后的问题：{question}\n改写后的问题：".to_owned(),
            user: "用户".to_owned(),
            assistant: "助手".to_owned(),
            image_left_out: "（这里有一张图片，没有提供给模型。）".to_owned(),
            tool_bad_arguments: "调用失败：参数不合要求{detail}。请改正参数后再调用一次，或不用它直接回答，不要编造它的结果。".to_owned(),
            tool_silent: concat!("调用失败：这个工具暂时没有响应，没有给出任何结果。", instead!()).to_owned(),
            tool_unserved: concat!("调用失败：这个工具要用的服务没有给出结果。", instead!()).to_owned(),
            tool_broken: concat!("调用失败：这个工具出了故障，没有给出任何结果。", instead!()).to_owned(),
            tool_lacking: concat!("调用失败：这个工具缺少需要的信息，没有给出任何结果。", instead!()).to_owned(),
            tool_in_part: concat!("注意：这次查询{lack}。", instead!()).to_owned(),
            tool_nothing: "没有找到相关内容。".to_owned(),
            tool_nothing_because: "没有找到：{reason}".to_owned(),
            tool_not_alone: "工具 {tool} 没有执行：它必须单独调用，不能与其他工具同时调用。".to_owned(),
            tool_unknown: "没有名为 {tool} 的工具；可用的工具有：{tools}。".to_owned(),
            tool_unknown_and_no_other: "没有名为 {tool} 的工具，也没有其他工具；请直接回答。".to_owned(),
            source_silent: "暂时没有响应，这次没有查成".to_owned(),
            source_unserved: "要用的服务没有给出结果，这次没有查成".to_owned(),
            source_broken: "出了故障，这次没有查成".to_owned(),
            source_lacking: "缺少需要的信息，这次没有查".to_owned(),
            source_lacking_arguments: "问题里没有说明 {arguments}，这次没有查；可以请用户补充".to_owned(),
            source_in_part: "只查了一部分，可能有遗漏".to_owned(),
            source_unsure: "没有完整查成，不能确定有没有".to_owned(),
            source_no_room: "找到了资料，但提问太长，资料放不下，没有交给你；可以请用户缩短提问".to_owned(),
            result_cut: "…（后面还有内容，放不下，没有给出；没有给出不等于没有）".to_owned(),
        }
    }
}

/// Texts that are for nothing but what is filled in.
const NEEDED: [&str; 3] = ["rewrite_input", "tool_nothing_because", "source_lacking_arguments"];

impl Texts {
    /// Each text by its key, with the names of what is filled in.
    fn all(&self) -> [(&'static str, &str, &'static [&'static str]); 25] {
        [
            ("rewrite", &self.rewrite, &[]),
            ("rewrite_input", &self.rewrite_input, &["conversation", "question"]),
            ("user", &self.user, &[]),
            ("assistant", &self.assistant, &[]),
            ("image_left_out", &self.image_left_out, &[]),
            ("tool_bad_arguments", &self.tool_bad_arguments, &["detail"]),
            ("tool_silent", &self.tool_silent, &[]),
            ("tool_unserved", &self.tool_unserved, &[]),
            ("tool_broken", &self.tool_broken, &[]),
            ("tool_lacking", &self.tool_lacking, &[]),
            ("tool_in_part", &self.tool_in_part, &["lack"]),
            ("tool_nothing", &self.tool_nothing, &[]),
            ("tool_nothing_because", &self.tool_nothing_because, &["reason"]),
            ("tool_not_alone", &self.tool_not_alone, &["tool"]),
            ("tool_unknown", &self.tool_unknown, &["tool", "tools"]),
            ("tool_unknown_and_no_other", &self.tool_unknown_and_no_other, &["tool"]),
            ("source_silent", &self.source_silent, &[]),
            ("source_unserved", &self.source_unserved, &[]),
            ("source_broken", &self.source_broken, &[]),
            ("source_lacking", &self.source_lacking, &[]),
            ("source_lacking_arguments", &self.source_lacking_arguments, &["arguments"]),
            ("source_in_part", &self.source_in_part, &[]),
            ("source_unsure", &self.source_unsure, &[]),
            ("source_no_room", &self.source_no_room, &[]),
            ("result_cut", &self.result_cut, &[]),
        ]
    }

    /// The names of what is filled into the text of a key.
    pub(crate) fn places(key: &str) -> &'static [&'static str] {
        let texts = Self::default();
        texts.all().into_iter().find(|(known, ..)| *known == key).map_or(&[], |(_, _, places)| places)
    }

    /// Texts that would tell a model nothing or not what they are for, and places in them that nothing fills in.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        for (key, text, places) in self.all() {
            if text.trim().is_empty() {
                let message = "is empty, so the model would read nothing; write a sentence, or remove it";
                found.push(Problem::new(key, message));
            }
            for place in places_of(text).filter(|place| !places.contains(place)) {
                let known = places.iter().map(|place| format!("{{{place}}}")).collect::<Vec<_>>().join(", ");
                let mend = if known.is_empty() {
                    "nothing is filled in here".to_owned()
                } else {
                    format!("there are: {known}")
                };
                found.push(Problem::new(key, format!("has {{{place}}}, which nothing fills in; {mend}")));
            }
            // An empty one is told already.
            let needed = places.iter().filter(|_| NEEDED.contains(&key) && !text.trim().is_empty());
            for place in needed.filter(|place| !places_of(text).any(|there| there == **place)) {
                let message = format!("has no `{{{place}}}`; add it, such as \"…{{{place}}}…\"");
                found.push(Problem::new(key, message));
            }
        }
        found
    }

    /// The message that goes with [`Self::rewrite`].
    pub(crate) fn to_rewrite(&self, conversation: &str, question: &str) -> String {
        filled(&self.rewrite_input, &[("conversation", conversation), ("question", question)])
    }

    /// A tool was called with arguments it does not take; `detail` says what is wrong with them.
    pub(crate) fn bad_arguments(&self, detail: Option<&str>) -> String {
        let detail = detail.map(|detail| format!("（{detail}）")).unwrap_or_default();
        filled(&self.tool_bad_arguments, &[("detail", &detail)])
    }

    /// A tool found something, or nothing, and could not search all it should have.
    pub(crate) fn in_part(&self, lack: &str) -> String {
        filled(&self.tool_in_part, &[("lack", lack)])
    }

    /// A tool found nothing.
    pub(crate) fn nothing(&self, reason: Option<&str>) -> String {
        match reason {
            Some(reason) => filled(&self.tool_nothing_because, &[("reason", reason)]),
            None => self.tool_nothing.clone(),
        }
    }

    /// A tool of the client's was called beside others.
    pub(crate) fn not_alone(&self, tool: &str) -> String {
        filled(&self.tool_not_alone, &[("tool", tool)])
    }

    /// A tool was called that nobody has; `known` are those there are.
    pub(crate) fn unknown_tool(&self, tool: &str, known: &[&str]) -> String {
        if known.is_empty() {
            filled(&self.tool_unknown_and_no_other, &[("tool", tool)])
        } else {
            filled(&self.tool_unknown, &[("tool", tool), ("tools", &known.join("、"))])
        }
    }

    /// A source lacked what it needs; `arguments` are those that the user could tell, if any.
    pub(crate) fn lacking_source(&self, arguments: &[String]) -> String {
        if arguments.is_empty() {
            return self.source_lacking.clone();
        }
        filled(&self.source_lacking_arguments, &[("arguments", &arguments.join("、"))])
    }

    /// A source could not search all it should have.
    pub(crate) fn searched_in_part(&self, found: bool) -> &str {
        if found { &self.source_in_part } else { &self.source_unsure }
    }
}

/// The names in single braces of a text, such as `tool` in `{tool}`.
fn places_of(text: &str) -> impl Iterator<Item = &str> {
    let is_name = |name: &&str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase());
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).filter(is_name)
}

/// A text with what stands for its places. What is filled in is not looked at again.
fn filled(text: &str, pairs: &[(&str, &str)]) -> String {
    let mut whole = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        whole.push_str(before);
        let pair = behind.split_once('}').and_then(|(name, after)| {
            pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value, after))
        });
        match pair {
            Some((value, after)) => {
                whole.push_str(value);
                rest = after;
            }
            None => {
                whole.push('{');
                rest = behind;
            }
        }
    }
    whole + rest
}

#[cfg(test)]
mod tests;
