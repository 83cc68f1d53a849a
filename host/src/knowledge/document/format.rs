//! A format is what a document's bytes are, by the name of its file, by its media type, or by what somebody says.
//!
//! A format to come begins here. The compiler leads on to `plugin/read.rs`, which hands it to the component that parses it
//! (`plugins/document-reader`, whose WIT lists the formats), and the tests of this file to the texts that list formats for
//! people.

use serde::{Deserialize, Serialize};

/// What a document's bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Plain text.
    Txt,
    /// CommonMark, with optional front matter: `title`, `url`, and any other field as metadata.
    Markdown,
    /// HTML.
    Html,
    /// Comma-, semicolon- or tab-separated values with a header row. With a question and an
    /// answer column it is read as [`Format::Qa`].
    Csv,
    /// PDF, for the text in it; a scanned page has none.
    Pdf,
    /// Word's documents since 2007.
    Docx,
    /// Excel's workbooks since 2007: each sheet is read as [`Format::Csv`] is.
    Xlsx,
    /// PowerPoint's presentations since 2007.
    Pptx,
    /// Books of web pages.
    Epub,
    /// Messages, and web pages saved with what belongs to them (.eml, .mht).
    Eml,
    /// Questions and standard answers: CSV, markdown with questions as headings, or one JSON
    /// object a line.
    Qa,
}

impl Format {
    /// Names that a request or command line may use.
    pub const NAMES: [&str; 11] =
        ["txt", "markdown", "html", "csv", "qa", "pdf", "docx", "xlsx", "pptx", "epub", "eml"];

    /// The format with this name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "txt" => Self::Txt,
            "markdown" | "md" => Self::Markdown,
            "html" => Self::Html,
            "csv" => Self::Csv,
            "qa" => Self::Qa,
            "pdf" => Self::Pdf,
            "docx" => Self::Docx,
            "xlsx" => Self::Xlsx,
            "pptx" => Self::Pptx,
            "epub" => Self::Epub,
            "eml" => Self::Eml,
            _ => return None,
        })
    }

    /// The format a file's name tells: `.qa.csv`, `.qa.md`, `.qa.txt` and `.jsonl` are questions and answers.
    pub fn of_path(path: &str) -> Option<Self> {
        let path = path.to_ascii_lowercase();
        let (stem, extension) = path.rsplit_once('.')?;
        Some(match extension {
            "csv" | "tsv" | "md" | "markdown" | "txt" | "text" | "json" | "jsonl"
                if stem.ends_with(".qa") =>
            {
                Self::Qa
            }
            "jsonl" => Self::Qa,
            "txt" | "text" => Self::Txt,
            "md" | "markdown" => Self::Markdown,
            "html" | "htm" | "xhtml" => Self::Html,
            "csv" | "tsv" => Self::Csv,
            "pdf" => Self::Pdf,
            "docx" | "docm" | "dotx" | "dotm" => Self::Docx,
            "xlsx" | "xlsm" | "xltx" | "xltm" => Self::Xlsx,
            "pptx" | "pptm" | "ppsx" | "ppsm" | "potx" | "potm" => Self::Pptx,
            "epub" => Self::Epub,
            "eml" | "mht" | "mhtml" => Self::Eml,
            _ => return None,
        })
    }

    /// The format that a server means by a media type, in lower case and without parameters. What only says that there are
    /// bytes, and plain text, which stands for many formats, are for the file's name to tell.
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        Some(match media_type {
            "text/html" | "application/xhtml+xml" => Self::Html,
            "text/markdown" | "text/x-markdown" => Self::Markdown,
            "text/csv" | "text/tab-separated-values" | "application/csv" => Self::Csv,
            "application/jsonl" | "application/x-ndjson" | "application/jsonlines" => Self::Qa,
            "application/pdf" | "application/x-pdf" => Self::Pdf,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            | "application/vnd.ms-word.document.macroenabled.12" => Self::Docx,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            | "application/vnd.ms-excel.sheet.macroenabled.12" => Self::Xlsx,
            "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            | "application/vnd.openxmlformats-officedocument.presentationml.slideshow" => Self::Pptx,
            "application/epub+zip" => Self::Epub,
            "message/rfc822" | "multipart/related" => Self::Eml,
            _ => return None,
        })
    }

    /// What to say of a file whose name tells no format that is read.
    pub(in crate::knowledge) fn unknown(path: &str) -> String {
        let extension = path.rsplit_once('.').map_or_else(String::new, |(_, end)| end.to_ascii_lowercase());
        let mend = match extension.as_str() {
            "doc" | "dot" | "wps" | "wpt" | "rtf" | "odt" | "ott" | "pages" | "hwp" => "save it as .docx",
            "xls" | "xlt" | "xlsb" | "et" | "ett" | "ods" | "numbers" => "save it as .xlsx",
            "ppt" | "pps" | "pot" | "dps" | "dpt" | "odp" | "key" => "save it as .pptx",
            "ofd" | "caj" | "djvu" | "xps" | "ps" | "vsd" | "vsdx" | "one" | "pub" | "dwg" => {
                "save it as .pdf"
            }
            "mobi" | "azw" | "azw3" | "fb2" | "chm" => "save it as .epub",
            "msg" => "save it as .eml",
            "rar" | "7z" | "gz" | "bz2" | "xz" | "zst" => "pack it as .zip, .tar or .tar.gz",
            "png" | "jpg" | "jpeg" | "gif" | "bmp" | "webp" | "tif" | "tiff" | "heic" | "svg" => {
                "import the text that OCR finds in it, or have it read by `kb import --reader`"
            }
            "mp3" | "wav" | "m4a" | "aac" | "flac" | "ogg" | "mp4" | "mov" | "avi" | "mkv" | "webm"
            | "wmv" => "import what is said in it as text",
            "json" => "end its name with .qa.json where it holds questions with answers, or with .txt",
            "log" | "rst" | "tex" | "org" | "adoc" | "xml" | "yaml" | "yml" | "toml" | "ini" | "srt"
            | "vtt" => "end its name with .txt if it is to be read as text",
            "shtml" | "php" | "asp" | "aspx" | "jsp" => "end its name with .html if it is a saved page",
            _ => {
                return format!(
                    "its format is unknown; end its name with .txt, .md, .html, .pdf, .docx, .xlsx, .pptx, .epub, \
                     .eml, .mht, .csv, .qa.csv, .qa.md or .jsonl (.zip, .tar, .tar.gz or .tgz for many), or name one of {}",
                    Self::NAMES.join(", ")
                );
            }
        };
        format!("its format .{extension} cannot be read; {mend}")
    }

    /// Whether it is text that a person can read as it stands.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Txt | Self::Markdown | Self::Csv | Self::Qa)
    }

    /// Whether it is parsed in the host's own process. So is markdown, but for the HTML in it.
    pub(in crate::knowledge) fn is_plain(self) -> bool {
        matches!(self, Self::Txt | Self::Csv | Self::Qa)
    }

    /// Whether it is a zip archive of XML.
    pub(in crate::knowledge) fn is_package(self) -> bool {
        matches!(self, Self::Docx | Self::Xlsx | Self::Pptx | Self::Epub)
    }

    /// Most bytes of a document. Those with pictures in them may have more.
    pub(in crate::knowledge) fn max_bytes(self) -> u64 {
        match self {
            Self::Pdf | Self::Docx | Self::Xlsx | Self::Pptx | Self::Epub | Self::Eml => 64 << 20,
            Self::Txt | Self::Markdown | Self::Html | Self::Csv | Self::Qa => 20 << 20,
        }
    }
}

#[cfg(test)]
mod tests;
