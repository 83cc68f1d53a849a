//! An envelope is an object of a gateway's own around an endpoint's event: `{"code":0,"msg":"ok","data":{"choices":[…]}}`.

use crate::llm::json::Json;

/// The event in an envelope; `None` where there is none.
pub(super) fn opened(event: Json<'_>) -> Option<Json<'_>> {
    let [choices, data, result, response] = event.fields(["choices", "data", "result", "response"]);
    let mut inner = [data, result, response].into_iter().flatten();
    inner.find(|inner| choices.is_none() && inner.field("choices").is_some())
}
