use reqwest::header::{HeaderName, HeaderValue};

use super::*;

fn told(url: &str, headers: &[(HeaderName, &str)]) -> BodyHead {
    let headers = headers
        .iter()
        .map(|(name, value)| (name.clone(), HeaderValue::from_bytes(value.as_bytes()).unwrap()));
    BodyHead::of(&headers.collect(), &Url::parse(url).unwrap())
}

#[test]
fn the_type_tells_the_format_and_the_name_where_it_does_not() {
    for (url, kind, format) in [
        ("https://a.cn/faq.aspx?id=1", "text/html; charset=gbk", Some(Format::Html)),
        ("https://a.cn/faq", "application/PDF", Some(Format::Pdf)),
        ("https://a.cn/notes.md", "text/plain", Some(Format::Markdown)),
        ("https://a.cn/notes", "text/plain", Some(Format::Txt)),
        ("https://a.cn/faq.qa.csv", "text/csv", Some(Format::Qa)),
        ("https://a.cn/faq.csv", "application/vnd.ms-excel", Some(Format::Csv)),
        ("https://a.cn/faq.xlsx", "application/vnd.ms-excel", Some(Format::Xlsx)),
        ("https://a.cn/faq.jsonl", "application/json", Some(Format::Qa)),
        ("https://a.cn/%E7%AB%A0%E7%A8%8B.docx", "application/octet-stream", Some(Format::Docx)),
        ("https://a.cn/all.zip", "application/zip", None),
        ("https://a.cn/x", "", None),
    ] {
        assert_eq!(told(url, &[(CONTENT_TYPE, kind)]).format(b"x"), Ok(format), "{url} {kind}");
    }
    assert_eq!(told("https://a.cn/x", &[]).format(b"\n<!DOCTYPE html><p>"), Ok(Some(Format::Html)));
    assert_eq!(
        told("https://a.cn/x", &[(CONTENT_TYPE, "text/html")]).format(b"%PDF-1.7"),
        Ok(Some(Format::Pdf))
    );
    let refused = told("https://a.cn/x.png", &[(CONTENT_TYPE, "image/png")]).format(b"").unwrap_err();
    assert!(refused.to_string().contains("`image/png`"), "{refused}");
}

#[test]
fn the_file_is_called_as_the_server_says_or_as_its_address() {
    for (said, name) in [
        ("attachment; filename*=UTF-8''%E7%AB%A0%E7%A8%8B.pdf; filename=\"x.pdf\"", "章程.pdf"),
        ("attachment; filename=\"..\\..\\a.pdf\"", "a.pdf"),
        ("inline", "b.html"),
    ] {
        let told = told("https://a.cn/a/b.html", &[(CONTENT_DISPOSITION, said)]);
        assert_eq!(told.file_name.as_deref(), Some(name), "{said}");
    }
    assert_eq!(told("https://a.cn/a/", &[]).file_name, None);
}

#[test]
fn a_text_is_read_in_the_encoding_that_the_server_names() {
    let (big5, _, _) = encoding_rs::BIG5.encode("錄取");
    let told = told("https://a.cn/x", &[(CONTENT_TYPE, "text/html; Charset=\"big5\"")]);
    assert_eq!(told.text(big5.to_vec(), Some(Format::Html)), "錄取".as_bytes());
    assert_eq!(told.text("录取".into(), Some(Format::Html)), "录取".as_bytes(), "UTF-8 after all");
    assert_eq!(told.text(big5.to_vec(), Some(Format::Pdf)), big5.to_vec());
}
