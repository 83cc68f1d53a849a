//! What an upload says of its documents: in its address, or in parts of a form without a file name.

use axum::extract::multipart::Field;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_DISPOSITION;
use serde_json::Value;

use super::error::{ApiError, Fault};
use crate::knowledge::{Format, Metadata, Source, file_name, refused_scheme};

/// Bytes of one parameter in a form.
const LONGEST_PARAMETER: usize = 64 << 10;

/// Receives a part of a form that has no file name.
pub(super) async fn parameter(name: &str, mut field: Field<'_>) -> Result<String, ApiError> {
    let mut value = Vec::new();
    while let Some(bytes) = field.chunk().await? {
        value.extend_from_slice(&bytes);
        if value.len() > LONGEST_PARAMETER {
            let message = format!("`{name}` is over {LONGEST_PARAMETER} bytes; a file needs a file name");
            return Err(ApiError::new(Fault::InvalidUpload, message));
        }
    }
    Ok(String::from_utf8_lossy(&value).into_owned())
}

/// The name of a form's file that is not UTF-8, as older programs on Chinese Windows send it: read as such a name on a disk is.
pub(super) fn raw_file_name(headers: &HeaderMap) -> Option<String> {
    const MARK: &[u8] = b"filename=\"";
    let header = headers.get(CONTENT_DISPOSITION)?.as_bytes();
    let at = header.windows(MARK.len()).position(|at| at == MARK)?;
    let name = header.get(at + MARK.len()..)?.split(|byte| *byte == b'"').next()?;
    (!name.is_empty()).then(|| file_name(name).into_owned())
}

/// The parameters of an import over HTTP.
#[derive(Default, Clone)]
pub(super) struct UploadParameters {
    /// The document's id: of the body, or of a form's only file, which has its name otherwise.
    id: Option<String>,
    title: Option<String>,
    url: Option<String>,
    /// Where the id's ending does not tell.
    format: Option<Format>,
    /// `meta.<field>` adds one value; `metadata` is a JSON object.
    metadata: Metadata,
    /// Where the documents come from; kept with each.
    pub(super) origin: Option<String>,
    /// Delete other documents of the same origin afterwards.
    pub(super) prune: bool,
}

impl UploadParameters {
    pub(super) fn new(pairs: Vec<(String, String)>) -> Result<Self, ApiError> {
        let mut parameters = Self::default();
        pairs.into_iter().try_for_each(|(name, value)| parameters.set(&name, value))?;
        Ok(parameters)
    }

    /// Takes one more, which may come in a form after the files it describes.
    pub(super) fn set(&mut self, name: &str, value: String) -> Result<(), ApiError> {
        let invalid = |message: String| ApiError::new(Fault::InvalidUpload, message);
        match name {
            "id" => self.id = Some(value),
            "title" => self.title = Some(value),
            "url" => {
                if let Some(scheme) = refused_scheme(&value) {
                    return Err(invalid(format!(
                        "`url` begins with `{scheme}:`, and readers' browsers would run or open what stands behind it; send \
                         the document's page with http: or https:, such as https://www.example.com/help/1, or a path such as /help/1"
                    )));
                }
                self.url = Some(value);
            }
            "origin" => self.origin = Some(value),
            "format" => {
                let format = Format::named(&value).ok_or_else(|| {
                    let known = Format::NAMES.join(", ");
                    invalid(format!("there is no format `{value}`; there are: {known}"))
                })?;
                self.format = Some(format);
            }
            "prune" => {
                self.prune =
                    value.parse().map_err(|_| invalid(format!("prune is `{value}`; it is true or false")))?;
            }
            "metadata" => {
                let value: Value = serde_json::from_str(&value).map_err(|error| {
                    let message = format!("`metadata` is not a JSON object: {error}");
                    ApiError::new(Fault::InvalidMetadata, message)
                })?;
                let given = Metadata::from_json(&value)?;
                self.metadata = given.over(std::mem::take(&mut self.metadata));
            }
            name => match name.strip_prefix("meta.") {
                Some(field) => self.metadata.add(field, &value)?,
                None => {
                    return Err(invalid(format!(
                        "there is no parameter `{name}`; there are: id, title, url, format, metadata, meta.<field>, origin, prune"
                    )));
                }
            },
        }
        Ok(())
    }

    /// Whether the parameters go together.
    pub(super) fn check(&self) -> Result<(), ApiError> {
        if self.prune && self.origin.is_none() {
            let message =
                "prune needs an origin: only documents of the same origin are deleted; add &origin=name";
            return Err(ApiError::new(Fault::InvalidUpload, message));
        }
        Ok(())
    }

    /// What is said of each of the files of a form; an id, a title and a URL are those of one document.
    pub(super) fn files(&self, count: usize) -> Result<impl Fn(Source) -> Source + '_, ApiError> {
        let of_one = [("id", &self.id), ("title", &self.title), ("url", &self.url)];
        if let (Some((name, _)), 2..) = (of_one.iter().find(|(_, value)| value.is_some()), count) {
            let message = format!(
                "`{name}` is of one document, and the form holds {count} files; send each in a form of its own"
            );
            return Err(ApiError::new(Fault::InvalidUpload, message));
        }
        Ok(move |source: Source| {
            let id = self.id.clone().filter(|id| !id.is_empty()).unwrap_or_else(|| source.id.clone());
            self.described(Source { id, ..source })
        })
    }

    fn described(&self, source: Source) -> Source {
        let Self { format, metadata, title, url, .. } = self.clone();
        Source { format, metadata, title, url, ..source }
    }

    /// The one document that the body is; `with` makes it from its id.
    pub(super) fn body(&self, with: impl FnOnce(String) -> Source) -> Result<Source, ApiError> {
        let Some(id) = self.id.clone().filter(|id| !id.is_empty()) else {
            let message = "the document has no id; add ?id=name.md, or upload files as multipart/form-data";
            return Err(ApiError::new(Fault::InvalidUpload, message));
        };
        Ok(self.described(with(id)))
    }
}

#[cfg(test)]
mod tests;
