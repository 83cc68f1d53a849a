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
    /// The media type without parameters, in lower case; empty where the server sent none.
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
            kind => Format::of_media_type(kind).ok_or_else(|| {
                let kind = crate::endpoint::said::cleaned(kind);
                FetchError::Kind(format!(
                    "is `{kind}`, which is not read; exclude it, or import a page, PDF, Office document or table"
                ))
            })?,
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
mod tests;
