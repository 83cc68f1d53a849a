//! A package is the zip archive of XML files that an Office document is.

use std::io::{BufReader, Cursor};

use quick_xml::events::{BytesRef, BytesStart};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;
use zip::read::ZipFile;

/// An Office document's files.
pub(crate) struct Package(ZipArchive<Cursor<Vec<u8>>>);

/// One of them, read from its beginning.
pub(crate) type Xml<'a> = Reader<BufReader<ZipFile<'a, Cursor<Vec<u8>>>>>;

/// What an encrypted Office document is: a compound file, the format of old `.doc` and `.xls` too.
const COMPOUND_FILE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

impl Package {
    pub(crate) fn open(bytes: Vec<u8>, kind: &str) -> Result<Self, String> {
        expect_package(&bytes, kind)?;
        match ZipArchive::new(Cursor::new(bytes)) {
            Ok(archive) => Ok(Self(archive)),
            Err(error) => Err(format!("is no {kind} file or is damaged: {error}")),
        }
    }

    /// `None` where there is no such file.
    pub(crate) fn xml(&mut self, name: &str) -> Option<Xml<'_>> {
        let file = self.0.by_name(name).ok()?;
        let mut reader = Reader::from_reader(BufReader::new(file));
        // What readers of the original would forgive.
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        Some(reader)
    }
}

/// Tells the two things that are often taken for an Office document of today.
pub(crate) fn expect_package(bytes: &[u8], kind: &str) -> Result<(), String> {
    if bytes.starts_with(COMPOUND_FILE) {
        return Err(format!(
            "is encrypted, or in the format of before 2007; save it as .{kind} without a password"
        ));
    }
    Ok(())
}

/// The value of an attribute, whatever the prefix of its name.
pub(crate) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    element.attributes().flatten().find_map(|attribute| {
        (attribute.key.local_name().as_ref() == name).then(|| {
            attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map(|value| value.into_owned())
                .unwrap_or_default()
        })
    })
}

/// What `&amp;` and `&#20320;` stand for. Entities a document defines itself stand for nothing: they
/// are how a small file becomes a large one.
pub(crate) fn resolve(reference: &BytesRef<'_>) -> Option<String> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Some(character.to_string());
    }
    quick_xml::escape::resolve_predefined_entity(reference).map(str::to_owned)
}
