use reqwest::header::{HeaderName, HeaderValue};

use super::*;

#[test]
fn a_wait_is_read_in_every_form() {
    let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
    for (name, value, wait) in [
        ("retry-after", "7", Some(7)),
        ("retry-after", " 1.2 ", Some(2)),
        ("retry-after", "0", Some(0)),
        ("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT", Some(10)),
        ("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
        ("retry-after", "Sunday, 06-Nov-94 08:50:37 GMT", Some(60)),
        ("retry-after-ms", "1500", Some(2)),
        ("retry-after", "1e300", Some(LONGEST)),
        ("retry-after", "-3", None),
        ("retry-after", "NaN", None),
        ("retry-after", "soon", None),
        ("x-other", "3", None),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        assert_eq!(seconds_at(&headers, now), wait, "{name}: {value}");
    }
}
