//! An envelope is an object of a gateway's own around an endpoint's event: `{"code":0,"msg":"ok","data":{"choices":[…]}}`.

use crate::llm::json::Json;

/// The event in an object that has no choices itself; `None` where there is none.
pub(super) fn opened(event: Json<'_>) -> Option<Json<'_>> {
    let inner = event.fields(["data", "result", "response"]);
    inner.into_iter().flatten().find(|inner| inner.field("choices").is_some())
}
