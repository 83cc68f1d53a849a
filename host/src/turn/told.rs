//! What the model is told of a call that gave nothing: that it did not, and what the model may do
//! about it. Causes are the operator's, who finds them in the trace.

use super::lack::Lack;
use crate::endpoint::said;
use crate::plugin::{CallError, Failure};

/// The end of every text about a failure.
const NEXT: &str = "请不要编造它的结果：能不用它回答的部分照常回答，并告诉用户这项信息现在查不到。";

/// Of a call that failed.
pub(super) fn failed(error: &CallError) -> String {
    match error {
        // The model gave the arguments, so it may mend them.
        CallError::Failed { failure: Failure::InvalidArguments(text) } => {
            let detail = said::fit_for_others(text).map(|text| format!("（{text}）")).unwrap_or_default();
            format!(
                "调用失败：参数不合要求{detail}。请改正参数后再调用一次，或不用它直接回答，不要编造它的结果。"
            )
        }
        CallError::Timeout { .. }
        | CallError::Busy { .. }
        | CallError::Failed { failure: Failure::Unavailable(_) } => {
            format!("调用失败：这个工具暂时没有响应，没有给出任何结果。{NEXT}")
        }
        CallError::Failed { .. } | CallError::Trap { .. } | CallError::Host { .. } => {
            format!("调用失败：这个工具出了故障，没有给出任何结果。{NEXT}")
        }
    }
}

/// Of a plugin that was to find something before the model was asked, and failed: what follows is the
/// template's to say.
pub(super) fn failed_source(error: &CallError) -> &'static str {
    match error {
        CallError::Timeout { .. }
        | CallError::Busy { .. }
        | CallError::Failed { failure: Failure::Unavailable(_) } => "暂时没有响应，这次没有查成",
        CallError::Failed { .. } | CallError::Trap { .. } | CallError::Host { .. } => {
            "出了故障，这次没有查成"
        }
    }
}

/// Of a plugin that was to find something before the model was asked, and lacked what it needs for that. Only what
/// the user can say is of use to the model.
pub(super) fn lacking_source(lack: &Lack) -> String {
    if lack.is_the_clients() || lack.arguments.is_empty() {
        return "缺少需要的信息，这次没有查".to_owned();
    }
    format!("问题里没有说明 {}，这次没有查；可以请用户补充", lack.arguments.join("、"))
}

/// Of a tool that lacked what only the client can send.
pub(super) fn lacking_tool() -> String {
    format!("调用失败：这个工具缺少需要的信息，没有给出任何结果。{NEXT}")
}

/// What the user is told where nobody words an answer and plugins lacked what the question does not say.
pub(super) fn say_more(lacks: &[&str]) -> String {
    format!("还缺少需要的信息：{}。请补充后再问一次。", lacks.join("、"))
}

/// Of a plugin that could not search all it should have.
pub(super) fn searched_in_part(found: bool) -> &'static str {
    if found { "只查了一部分，可能有遗漏" } else { "没有完整查成，不能确定有没有" }
}

/// Of a call that gave what it could, and could not search all it should have.
pub(super) fn in_part(lack: &str) -> String {
    format!("注意：这次查询{lack}。{NEXT}")
}

/// Of a call that found nothing.
pub(super) fn nothing(reason: &str) -> String {
    match said::fit_for_others(reason) {
        Some(reason) => format!("没有找到：{reason}"),
        None => "没有找到相关内容。".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::plugin::TrapKind;

    #[test]
    fn the_model_learns_that_a_tool_gave_nothing_and_not_why_inside() {
        let inside = "https://api.internal:8443/v1 said <html>, /srv/app.py";
        let failures = [
            CallError::Failed { failure: Failure::InvalidArguments(inside.into()) },
            CallError::Failed { failure: Failure::InvalidConfig(inside.into()) },
            CallError::Failed { failure: Failure::Denied(inside.into()) },
            CallError::Failed { failure: Failure::Unavailable(inside.into()) },
            CallError::Failed { failure: Failure::Other(inside.into()) },
            CallError::Trap { cause: TrapKind::Crash, message: inside.into() },
            CallError::Host { message: inside.into() },
            CallError::Timeout { limit: Duration::from_secs(3) },
            CallError::Busy { message: inside.into() },
        ];
        for error in failures {
            let told = failed(&error);
            assert!(told.starts_with("调用失败：") && told.contains("不要编造"), "{error:?}: {told}");
            assert!(told.chars().all(|c| !c.is_ascii_alphanumeric()), "{error:?}: {told}");
        }
        let arguments =
            |text: &str| failed(&CallError::Failed { failure: Failure::InvalidArguments(text.into()) });
        assert!(arguments("`city` is missing").contains("（`city` is missing）"));
        assert_eq!(nothing("no such town"), "没有找到：no such town");
        assert_eq!(nothing(inside), "没有找到相关内容。");
    }
}
