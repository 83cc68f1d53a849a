use super::*;

fn read(content_type: &str, body: &[u8]) -> Result<String, String> {
    let headers = vec![("content-type".to_owned(), content_type.to_owned())];
    text(&Response { status: 200, headers, body: body.to_vec() })
}

#[test]
fn charsets_come_from_the_mark_the_header_or_the_bytes() {
    let (gbk, ..) = GB18030.encode("价格：1.10");
    let (big5, ..) = encoding_rs::BIG5.encode("價格");
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain("价格".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for (content_type, body, expected) in [
        ("application/json", "价格".as_bytes(), "价格"),
        ("application/json; charset=GBK", &gbk, "价格：1.10"),
        ("text/html;Charset=\"gb2312\"", &gbk, "价格：1.10"),
        ("", &gbk, "价格：1.10"),
        ("text/plain; charset=utf-8", &gbk, "价格：1.10"),
        ("text/plain; charset=big5", &big5, "價格"),
        ("text/plain", &utf16, "价格"),
        ("application/json", b"\xef\xbb\xbf{}", "{}"),
    ] {
        assert_eq!(read(content_type, body).as_deref(), Ok(expected), "{content_type}");
    }
}

#[test]
fn what_is_no_text_is_refused_with_its_type() {
    for (content_type, body) in [
        ("image/png", &b"\x89PNG\r\n\x1a\n\0\0"[..]),
        ("", b"\x1f\x8b\x08\0\xff\xff"),
        ("application/json", b"\xff\xff\xff"),
    ] {
        let error = read(content_type, body).expect_err("no text");
        assert!(error.contains("not text") && error.contains("bytes"), "{error}");
    }
    assert!(read("text/plain; charset=klingon", b"x").expect_err("no charset").contains("klingon"));
}

#[test]
fn a_versions_type_depends_on_no_other_number() {
    for text in [r#"[{"version":3.1},{"version":3.10}]"#, r#"{"appVersion":3.10,"版本号":3.1,"price":3.1}"#]
    {
        let response = Response { status: 200, headers: Vec::new(), body: text.into() };
        let (response, _) = decoded(response, "https://api.example/").expect("text");
        assert_eq!(String::from_utf8_lossy(&response.body), text, "numbers to compare and sort by");
    }
}
