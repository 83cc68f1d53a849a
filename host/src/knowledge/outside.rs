//! A reader outside the host: an HTTP service that takes a file and gives markdown, such as one with a model for scanned pages.
//!
//! It gets a POST with the file as the body and its name in `?name=`, and answers with markdown, or with a JSON object that has
//! it as `markdown`, `md_content` or `text`. What it refuses is its document's reason. A web page is no answer: it is a gateway's,
//! which wants a login.

use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::document::{Format, is_page};
use crate::endpoint::{Endpoint, Patience, SetupError};

/// How long it may take for a document: a layout model reads some pages a second.
const PATIENCE: Duration = Duration::from_secs(600);
const CONNECTING: Duration = Duration::from_secs(10);
/// Most bytes of its answer: what markdown may have, in JSON.
const MAX_ANSWER: usize = 40 << 20;

/// The client of such a service.
#[derive(Debug)]
pub struct OutsideReader {
    endpoint: Endpoint,
    url: String,
}

#[derive(Deserialize)]
struct OutsideAnswer {
    #[serde(alias = "md_content", alias = "text")]
    markdown: String,
}

impl OutsideReader {
    /// A service at this address; its key, if it wants one, is in the variable `api_key_env`.
    pub fn new(url: &str, api_key_env: Option<&str>) -> Result<Self, SetupError> {
        let patience = Patience { connect: Some(CONNECTING), whole: Some(PATIENCE) };
        Ok(Self { endpoint: Endpoint::new(url, api_key_env, patience)?, url: url.to_owned() })
    }

    /// Where it is: documents that it has read are others than those the host has read.
    pub(super) fn name(&self) -> &str {
        &self.url
    }

    /// Whether a document of this kind is its to read. Text, tables in text and questions are read as they are.
    pub(super) fn reads(path: &str, format: Option<Format>) -> bool {
        let extension = path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        match format {
            Some(format) => !matches!(format, Format::Txt | Format::Markdown | Format::Csv | Format::Qa),
            None => matches!(
                extension.as_deref(),
                Some(
                    "png"
                        | "jpg"
                        | "jpeg"
                        | "bmp"
                        | "tif"
                        | "tiff"
                        | "gif"
                        | "webp"
                        | "doc"
                        | "ppt"
                        | "pptx"
                        | "xls"
                        | "wps"
                        | "ofd"
                        | "rtf"
                )
            ),
        }
    }

    /// The markdown of a file. The error says, after the document's name, what is wrong.
    pub(super) async fn markdown(&self, name: &str, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
        let refuse = |error: &dyn std::fmt::Display| format!("was not read by the outside reader: {error}");
        let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
        let request = self.endpoint.post_with(&format!("name={name}"));
        let request = request.header("content-type", "application/octet-stream").body(bytes);
        let response = self.endpoint.send(request).await.map_err(|error| refuse(&error))?;
        let kind = response.headers().get("content-type").map(|kind| kind.as_bytes().to_ascii_lowercase());
        let is_declared_page =
            kind.is_some_and(|kind| kind.starts_with(b"text/html") || kind.starts_with(b"application/xhtml"));
        let body = self.endpoint.body(response, MAX_ANSWER).await.map_err(|error| refuse(&error))?;
        let markdown = answered(body, is_declared_page).map_err(|error| refuse(&error))?;
        let most = Format::Markdown.max_bytes();
        if markdown.len() as u64 > most {
            return Err(refuse(&format!(
                "it gave more than {} MiB of markdown; split the document",
                most >> 20
            )));
        }
        Ok(markdown)
    }
}

/// The markdown of an answer.
fn answered(body: Vec<u8>, is_declared_page: bool) -> Result<Vec<u8>, &'static str> {
    let start = body.trim_ascii_start();
    // Markdown may begin with a link.
    if start.starts_with(b"[") && serde_json::from_slice::<IgnoredAny>(&body).is_ok() {
        return Err("its JSON is a list; have it answer with one object that has `markdown`");
    }
    let (markdown, is_declared_page) = match serde_json::from_slice::<OutsideAnswer>(&body) {
        Ok(answer) => (answer.markdown.into_bytes(), false),
        Err(_) if start.starts_with(b"{") => return Err("its JSON has no `markdown`"),
        Err(_) => (body, is_declared_page),
    };
    let markdown = match String::from_utf8(markdown) {
        Ok(text) => unfenced(text).into_bytes(),
        Err(error) => error.into_bytes(),
    };
    // Some models for layout write a table so, and a page may begin with one.
    let is_table = markdown.trim_ascii_start().starts_with(b"<html><body><table");
    if is_declared_page || is_page(&markdown) && !is_table {
        return Err(
            "it answered with an HTML page; have it answer with text/markdown, or JSON with `markdown`",
        );
    }
    Ok(markdown)
}

/// An answer without the fence of code that models put around their markdown, or around each page of it.
fn unfenced(answer: String) -> String {
    fn info(line: &str) -> Option<&str> {
        line.trim().strip_prefix("```").map(|info| info.trim_start_matches('`').trim())
    }
    let is_markdown = |info: &str| ["markdown", "md"].iter().any(|name| info.eq_ignore_ascii_case(name));
    if !answer.trim_start().lines().next().and_then(info).is_some_and(is_markdown) {
        return answer;
    }
    let (mut is_fenced, mut is_code) = (false, false);
    let mut text = String::with_capacity(answer.len());
    for line in answer.split_inclusive('\n') {
        match info(line).filter(|info| !info.contains('`')) {
            Some(info) if !is_fenced && !is_code && is_markdown(info) => is_fenced = true,
            Some("") if is_fenced && !is_code => is_fenced = false,
            mark => {
                is_code = match mark {
                    Some("") => !is_code,
                    Some(_) => true,
                    None => is_code,
                };
                text.push_str(line);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests;
