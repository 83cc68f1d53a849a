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
