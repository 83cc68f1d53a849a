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
fn utf8_under_another_name_is_read_and_no_other_charset_is_taken_for_it() {
    let dotted = "图书·价格：1.10 元 😀";
    let by_chance = "统一";
    let (gbk, ..) = GB18030.encode(by_chance);
    assert!(std::str::from_utf8(&gbk).is_ok(), "valid UTF-8 by chance");
    let (sjis, ..) = encoding_rs::SHIFT_JIS.encode("価格は、");
    let (big5, ..) = encoding_rs::BIG5.encode("價格");
    let utf16: Vec<u8> = r#"{"v":"中文"}"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (charset, body, expected) in [
        ("ISO-8859-1", r#"{"v":"中文"}"#.as_bytes(), r#"{"v":"中文"}"#),
        ("windows-1252", "café".as_bytes(), "café"),
        ("gbk", "中文价格".as_bytes(), "中文价格"),
        ("GB2312", dotted.as_bytes(), dotted),
        ("big5", "中文價格".as_bytes(), "中文價格"),
        ("shift_jis", "価格は、".as_bytes(), "価格は、"),
        ("utf-16", r#"{"price":1.5}"#.as_bytes(), r#"{"price":1.5}"#),
        ("utf-16", r#"{"v":"中文"}"#.as_bytes(), r#"{"v":"中文"}"#),
        // What the header says is so.
        ("ISO-8859-1", b"caf\xe9", "café"),
        ("tis-620", b"\xe1\xb4\xa7", "แดง"),
        ("koi8-r", b"\xc5\xa3", "её"),
        ("gbk", &gbk, by_chance),
        ("big5", &big5, "價格"),
        ("shift_jis", &sjis, "価格は、"),
        ("utf-16", &utf16, r#"{"v":"中文"}"#),
    ] {
        let read = read(&format!("application/json;charset={charset}"), body);
        assert_eq!(read.as_deref(), Ok(expected), "{charset}");
    }
}

#[test]
fn a_file_of_printable_characters_is_no_text_and_json_of_a_wrong_type_is() {
    const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Filter/ASCII85Decode/Length 12>>stream\n87cURD]i~>\nendstream\n";
    for (content_type, body) in [
        ("application/pdf", PDF),
        ("application/octet-stream", PDF),
        ("", PDF),
        ("text/plain", b"{\\rtf1\\ansi \\'bc\\'db}"),
        ("Application/PDF; charset=utf-8", b"1 0 obj<</Filter/ASCII85Decode>>"),
        ("image/png", b"iVBORw0KGgoAAAANSUhEUg=="),
        ("application/zip", b"not found"),
    ] {
        let error = read(content_type, body).expect_err("no text");
        assert!(error.contains("not text") && error.contains("bytes"), "{content_type}: {error}");
    }
    for (content_type, body) in [
        ("image/png", r#"{"价格":1.10}"#),
        ("application/pdf", " [1, 2]\n"),
        ("application/octet-stream", "价格：1.10"),
        ("image/svg+xml", "<svg><text>价格</text></svg>"),
        // A request that was done and answered with nothing.
        ("application/zip", ""),
        ("application/json", r#"{"doc":"%PDF-1.4"}"#),
        ("text/plain", "%PDF- 是一种格式"),
        ("text/plain", "%!PS 的意思是 PostScript"),
        ("audio/x-mpegurl", "#EXTM3U\n#EXTINF:10,第一集\n1.ts"),
        ("video/vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n你好"),
    ] {
        assert_eq!(read(content_type, body.as_bytes()).as_deref(), Ok(body), "{content_type}");
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
