//! Sends a request, and sends it again where that does no harm and the server has said when.

use std::time::{Duration, SystemTime};

use qianfan_plugin::http::{self, Error, Request, Response};
use qianfan_plugin::log;

/// Times a request is sent at most.
const TRIES: u32 = 3;
/// Waited in all at most: the turn waits as well.
const LONGEST: Duration = Duration::from_secs(5);

/// Sends a request. A GET is sent again after 429 and 503 where `Retry-After` names a time that is short enough.
pub(crate) fn send(request: &Request) -> Result<Response, Error> {
    let mut waited = Duration::ZERO;
    for _ in 1..TRIES {
        let response = http::send(request)?;
        let again = request.method == "GET" && matches!(response.status, 429 | 503);
        let after =
            response.header("retry-after").filter(|_| again).and_then(|text| after(text, SystemTime::now()));
        let Some(pause) = after.filter(|pause| waited.saturating_add(*pause) <= LONGEST) else {
            return Ok(response);
        };
        log::info(&format!(
            "the API answered {}; it is asked again after {pause:?}, as it says",
            response.status
        ));
        std::thread::sleep(pause);
        waited += pause;
    }
    http::send(request)
}

/// How long `Retry-After` asks to wait: seconds, also in parts, or a date.
fn after(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let moment = httpdate::parse_http_date(text).ok()?;
    Some(moment.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests;
