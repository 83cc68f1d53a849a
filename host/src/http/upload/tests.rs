use axum::http::HeaderValue;

use super::*;

#[test]
fn a_form_s_file_may_have_a_name_in_gbk() {
    let named = |bytes: &[u8]| {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_DISPOSITION, HeaderValue::from_bytes(bytes).unwrap());
        raw_file_name(&headers)
    };
    let (header, _, _) = encoding_rs::GBK.encode("form-data; name=\"file\"; filename=\"招生章程.txt\"");
    assert_eq!(named(&header).as_deref(), Some("招生章程.txt"));
    assert_eq!(named(b"form-data; name=\"title\""), None);
}
