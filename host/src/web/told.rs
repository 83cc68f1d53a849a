//! What an answer says of itself: which kind of document its body is, and what its file is called.

use encoding_rs::{Encoding, UTF_8};
use percent_encoding::percent_decode_str;
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderMap};
use url::Url;

use super::error::FetchError;
use crate::knowledge::Format;

/// Characters of a file's name that are kept.
const MAX_NAME: usize = 200;

/// What is known of a body before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BodyHead {
    /// Without its parameters, in lower case; empty where the server did not say.
    kind: String,
    /// The encoding that the server names.
    charset: Option<&'static Encoding>,
    /// What the file is called: by the server, or by its address.
    pub(super) file_name: Option<String>,
}

impl BodyHead {
    /// What the headers of an answer say that came from this URL.
    pub(super) fn of(headers: &HeaderMap, url: &Url) -> Self {
        let text =
            |name| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let said: String = text(CONTENT_TYPE).unwrap_or_default();
        let kind = said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let charset = parameter(&said, "charset").and_then(|label| Encoding::for_label(label.as_bytes()));
        let disposed = text(CONTENT_DISPOSITION).and_then(|said| disposed_name(&said));
        let file_name = disposed.or_else(|| last_part(url)).map(|name| clean(&name));
        Self { kind, charset, file_name: file_name.filter(|name| !name.is_empty()) }
    }

    /// Most bytes that are read of the body.
    pub(super) fn max_bytes(&self) -> usize {
        const MIB: usize = 1 << 20;
        if self.kind.starts_with("text/") { 20 * MIB } else { 64 * MIB }
    }

    /// The format of the body; `Ok(None)` where its name tells, as an archive's does.
    pub(super) fn format(&self, body: &[u8]) -> Result<Option<Format>, FetchError> {
        let named = self.file_name.as_deref().and_then(Format::of_path);
        // Servers say many things of files; what it is stands in the file.
        if body.starts_with(b"%PDF-") {
            return Ok(Some(Format::Pdf));
        }
        Ok(Some(match self.kind.as_str() {
            "text/html" | "application/xhtml+xml" => Format::Html,
            "text/plain"
            | "application/json"
            | "text/json"
            | "application/csv"
            | "application/vnd.ms-excel"
            | "text/csv"
            | "text/tab-separated-values"
                if named.is_some_and(|named| named.is_text() || self.is_of_excel(named)) =>
            {
                return Ok(named);
            }
            "text/plain" => Format::Txt,
            "text/markdown" | "text/x-markdown" => {
                named.filter(|named| *named == Format::Qa).unwrap_or(Format::Markdown)
            }
            "text/csv" | "text/tab-separated-values" | "application/csv" => Format::Csv,
            "application/jsonl" | "application/x-ndjson" | "application/jsonlines" => Format::Qa,
            "application/pdf" | "application/x-pdf" => Format::Pdf,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            | "application/vnd.ms-word.document.macroenabled.12" => Format::Docx,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            | "application/vnd.ms-excel.sheet.macroenabled.12" => Format::Xlsx,
            "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            | "application/vnd.openxmlformats-officedocument.presentationml.slideshow" => Format::Pptx,
            "application/epub+zip" => Format::Epub,
            "message/rfc822" | "multipart/related" => Format::Eml,
            ""
            | "application/octet-stream"
            | "binary/octet-stream"
            | "application/download"
            | "application/x-download"
            | "application/force-download"
            | "application/zip"
            | "application/x-zip-compressed"
            | "application/gzip"
            | "application/x-gzip"
            | "application/x-tar"
            | "application/x-compressed-tar" => match named {
                None if is_page(body) => Format::Html,
                named => return Ok(named),
            },
            kind => {
                let kind = crate::endpoint::said::cleaned(kind);
                return Err(FetchError::Kind(format!(
                    "is `{kind}`, which is not read; exclude it, or import a page, PDF, Office document or table"
                )));
            }
        }))
    }

    /// Servers take CSV for Excel's own.
    fn is_of_excel(&self, named: Format) -> bool {
        self.kind == "application/vnd.ms-excel" && named == Format::Xlsx
    }

    /// The body of a text in UTF-8, where the server names another encoding that fits: the import finds out by itself
    /// otherwise.
    pub(super) fn text(&self, body: Vec<u8>, format: Option<Format>) -> Vec<u8> {
        let is_text = format.is_some_and(|format| format.is_text() || format == Format::Html);
        let Some(charset) = self.charset.filter(|charset| is_text && *charset != UTF_8) else { return body };
        if std::str::from_utf8(&body).is_ok() || Encoding::for_bom(&body).is_some() {
            return body;
        }
        match charset.decode_without_bom_handling_and_without_replacement(&body) {
            Some(text) => text.into_owned().into_bytes(),
            None => body,
        }
    }
}

fn is_page(body: &[u8]) -> bool {
    let head = body.get(..1024).unwrap_or(body).trim_ascii_start().to_ascii_lowercase();
    head.starts_with(b"<!doctype html") || head.starts_with(b"<html")
}

/// `charset=gbk` in `text/html; charset=gbk`.
fn parameter(header: &str, name: &str) -> Option<String> {
    header.split(';').skip(1).find_map(|part| {
        let (found, value) = part.split_once('=')?;
        found.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// The name in `attachment; filename*=UTF-8''%E7%AB%A0%E7%A8%8B.pdf` (RFC 6266), or in the plain parameter.
fn disposed_name(header: &str) -> Option<String> {
    let extended = parameter(header, "filename*").and_then(|value| {
        let (charset, rest) = value.split_once('\'')?;
        let (_, encoded) = rest.split_once('\'')?;
        let bytes: Vec<u8> = percent_decode_str(encoded).collect();
        Some(Encoding::for_label(charset.as_bytes())?.decode(&bytes).0.into_owned())
    });
    let plain = || {
        parameter(header, "filename").map(|name| percent_decode_str(&name).decode_utf8_lossy().into_owned())
    };
    let name = extended.or_else(plain)?;
    Some(name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned())
}

/// The last part of the path, where it looks like a file.
fn last_part(url: &Url) -> Option<String> {
    let last = url.path_segments()?.next_back()?;
    let name = percent_decode_str(last).decode_utf8_lossy().into_owned();
    name.contains('.').then_some(name)
}

fn clean(name: &str) -> String {
    crate::clean::line(name).trim().chars().take(MAX_NAME).collect()
}

#[cfg(test)]
mod tests {
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
}
