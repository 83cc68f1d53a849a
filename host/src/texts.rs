//! The sentences that the host says to users and models in its own name. They are Chinese, as its users are; what an
//! operator, a developer or a log reads is English and stands where it is found out. What an app says of itself has a key
//! there: `unavailable`, `nothing_found`, `say_more` and `prompt`.

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

/// What stands in place of an older image for a model that takes none.
pub(crate) const IMAGE_LEFT_OUT: &str = "（这里有一张图片，没有提供给模型。）";

/// What stands in place of a part of a message that no model is given, such as a file.
pub(crate) fn part_left_out(kind: &str) -> String {
    format!("（这里有一段 {kind} 类型的内容，没有提供给模型。）")
}

/// How a model is asked to make a question standalone.
pub(crate) const REWRITE: &str = "你为检索改写问题。根据对话，把用户最后的问题改写成一个脱离对话也能看懂的完整问题：\
    补全省略的内容，把代词换成它所指的事物。不要回答问题，不要添加对话中没有的信息。如果最后的问题本身已经完整，原样输出。\
    只输出一行改写后的问题，不要解释，不要加引号。";

/// What each speaker is called in the conversation that goes with [`REWRITE`].
pub(crate) const USER: &str = "用户";
/// The other speaker.
pub(crate) const ASSISTANT: &str = "助手";

/// The conversation and the question to rewrite, each line of the conversation with its speaker.
pub(crate) fn to_rewrite(conversation: &str, question: &str) -> String {
    format!("对话：\n{conversation}\n最后的问题：{question}\n改写后的问题：")
}

/// What a model may do about a call that gave no result.
const INSTEAD: &str = "请不要编造它的结果：能不用它回答的部分照常回答，并告诉用户这项信息现在查不到。";

/// A tool was called with arguments it does not take; `detail` says what is wrong with them.
pub(crate) fn bad_arguments(detail: Option<&str>) -> String {
    let detail = detail.map(|detail| format!("（{detail}）")).unwrap_or_default();
    format!("调用失败：参数不合要求{detail}。请改正参数后再调用一次，或不用它直接回答，不要编造它的结果。")
}

/// A tool gave no answer in time.
pub(crate) fn silent_tool() -> String {
    format!("调用失败：这个工具暂时没有响应，没有给出任何结果。{INSTEAD}")
}

/// Something that a tool asks gave it nothing: it was away, slow or broken, or said no.
pub(crate) fn left_alone_tool() -> String {
    format!("调用失败：这个工具要用的服务没有给出结果。{INSTEAD}")
}

/// A tool broke.
pub(crate) fn broken_tool() -> String {
    format!("调用失败：这个工具出了故障，没有给出任何结果。{INSTEAD}")
}

/// A tool lacked what only the client can send.
pub(crate) fn lacking_tool() -> String {
    format!("调用失败：这个工具缺少需要的信息，没有给出任何结果。{INSTEAD}")
}

/// A tool found something, or nothing, and could not search all it should have.
pub(crate) fn in_part(lack: &str) -> String {
    format!("注意：这次查询{lack}。{INSTEAD}")
}

/// A tool found nothing.
pub(crate) fn nothing(reason: Option<&str>) -> String {
    match reason {
        Some(reason) => format!("没有找到：{reason}"),
        None => "没有找到相关内容。".to_owned(),
    }
}

/// A tool of the client's was called beside others.
pub(crate) fn not_alone(tool: &str) -> String {
    format!("工具 {tool} 没有执行：它必须单独调用，不能与其他工具同时调用。")
}

/// A tool was called that nobody has; `known` are those there are.
pub(crate) fn unknown_tool(tool: &str, known: &[&str]) -> String {
    if known.is_empty() {
        format!("没有名为 {tool} 的工具，也没有其他工具；请直接回答。")
    } else {
        format!("没有名为 {tool} 的工具；可用的工具有：{}。", known.join("、"))
    }
}

/// A source of material gave no answer in time. This and the next two are behind the plugin's name in the prompt.
pub(crate) const SILENT_SOURCE: &str = "暂时没有响应，这次没有查成";
/// Something that a source of material asks gave it nothing: it was away, slow or broken, or said no.
pub(crate) const LEFT_ALONE_SOURCE: &str = "要用的服务没有给出结果，这次没有查成";
/// A source of material broke.
pub(crate) const BROKEN_SOURCE: &str = "出了故障，这次没有查成";

/// A source lacked what it needs; `arguments` are those that the user could tell, if any.
pub(crate) fn lacking_source(arguments: &[String]) -> String {
    if arguments.is_empty() {
        return "缺少需要的信息，这次没有查".to_owned();
    }
    format!("问题里没有说明 {}，这次没有查；可以请用户补充", arguments.join("、"))
}

/// A source could not search all it should have.
pub(crate) fn searched_in_part(found: bool) -> &'static str {
    if found { "只查了一部分，可能有遗漏" } else { "没有完整查成，不能确定有没有" }
}
