//! A refusal is what hyper answers by itself to what is not a request: a first line or a header it cannot read, or too much
//! of them. No route and no middleware ever sees that, so the answer gets its id, its words and its line in the log on
//! its way out. The preface of HTTP/2 is not answered: whoever speaks that could not read it.

use axum::http::StatusCode;

use crate::http::entry;
use crate::http::routes::Routes;

/// The only header of hyper's own answer that speaks of its body.
const EMPTY: &str = "content-length: 0\r\n";
/// Every answer of the host's own has one.
const HAS_ID: &str = "x-request-id:";
/// Bytes of hyper's own answer, with room.
const LONGEST: usize = 512;

/// The whole answer in place of hyper's own; `None` where these bytes are anything else.
pub(super) fn of(bytes: &[u8], routes: &Routes) -> Option<Vec<u8>> {
    let head = std::str::from_utf8(bytes.get(..LONGEST).unwrap_or(bytes)).ok()?;
    let status = head.strip_prefix("HTTP/1.1 ").or_else(|| head.strip_prefix("HTTP/1.0 "))?.get(..3)?;
    let status = status.parse().ok().and_then(|status| StatusCode::from_u16(status).ok())?;
    let is_hypers = head.len() == bytes.len()
        && head.ends_with("\r\n\r\n")
        && head.contains(EMPTY)
        && !head.contains(HAS_ID)
        && status.is_client_error();
    if !is_hypers {
        return None;
    }
    let (id, body) = entry::refused(&routes.running().now().metrics, status);
    let own =
        format!("content-type: application/json\r\n{HAS_ID} {id}\r\ncontent-length: {}\r\n", body.len());
    Some((head.replacen(EMPTY, &own, 1) + &body).into_bytes())
}
