//! A package is the zip archive of XML files that an Office document is.

use std::collections::HashMap;
use std::io::{BufReader, Cursor, Read as _};

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;
use zip::read::ZipFile;

/// An Office document's files.
pub(crate) struct Package(ZipArchive<Cursor<Vec<u8>>>);

/// One of them, read from its beginning.
pub(crate) type Xml<'a> = Reader<BufReader<ZipFile<'a, Cursor<Vec<u8>>>>>;

/// What an encrypted Office document is: a compound file, the format of old `.doc` and `.xls` too.
const COMPOUND_FILE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// Names the stream of a compound file that holds an encrypted document.
const ENCRYPTED: &str = "EncryptedPackage";

/// Where each kind of Office document mostly has its main part.
const MAIN_PARTS: [(&str, &str); 3] =
    [("docx", "word/document.xml"), ("xlsx", "xl/workbook.xml"), ("pptx", "ppt/presentation.xml")];

/// What is said where a file of the package is broken.
pub(crate) fn damaged(error: impl std::fmt::Display) -> String {
    format!("is damaged; save it anew: {error}")
}

impl Package {
    /// Opens a document that should be of this kind.
    pub(crate) fn open(bytes: Vec<u8>, kind: &str) -> Result<Self, String> {
        if bytes.starts_with(COMPOUND_FILE) {
            let encrypted: Vec<u8> = ENCRYPTED.encode_utf16().flat_map(u16::to_le_bytes).collect();
            return Err(if bytes.windows(encrypted.len()).any(|at| at == encrypted) {
                "is encrypted; save it without a password".to_owned()
            } else {
                format!(
                    "is in the format of before 2007, or encrypted; save it as .{kind} without a password"
                )
            });
        }
        let archive = ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| format!("is not a valid {kind} file, or is damaged; save it anew: {error}"))?;
        let found = MAIN_PARTS.iter().find(|(_, part)| archive.index_for_name(part).is_some());
        match found {
            Some((other, _)) if *other != kind => {
                Err(format!("is a {other} file; end its name with .{other}"))
            }
            _ => Ok(Self(archive)),
        }
    }

    /// The main part, which the package's relations name.
    pub(crate) fn main_part(&mut self) -> Option<String> {
        let mut main = None;
        // Where relations are broken, those before the break are good.
        let _ = elements(self.xml("_rels/.rels")?, |element| {
            let is_main = attribute(element, "Type").is_some_and(|kind| kind.ends_with("/officeDocument"));
            if is_main && main.is_none() {
                main = attribute(element, "Target").map(|part| part.trim_start_matches('/').to_owned());
            }
            Ok(())
        });
        main
    }

    /// What a part's relations lead to, by their ids; none where it has none, or where they are broken.
    pub(crate) fn relations(&mut self, part: &str) -> HashMap<String, Relation> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let separator = if folder.is_empty() { "" } else { "/" };
        let mut found = HashMap::new();
        let Some(relations) = self.xml(&format!("{folder}{separator}_rels/{name}.rels")) else {
            return found;
        };
        let _ = elements(relations, |element| {
            let Some(id) = attribute(element, "Id") else { return Ok(()) };
            let target = attribute(element, "Target").unwrap_or_default();
            let is_outside = attribute(element, "TargetMode").is_some_and(|mode| mode == "External");
            let kind = attribute(element, "Type").unwrap_or_default();
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            let target = if is_outside { target } else { within(folder, &target) };
            found.insert(id, Relation { kind, target, is_outside });
            Ok(())
        });
        found
    }

    /// The bytes of a file; `None` where there is no such one.
    pub(crate) fn file(&mut self, name: &str) -> Result<Option<Vec<u8>>, String> {
        let Ok(mut file) = self.0.by_name(name) else { return Ok(None) };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(damaged)?;
        Ok(Some(bytes))
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

/// What a part of a package is read into, element by element.
pub(crate) trait Visitor {
    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), String>;

    /// An element that is empty ends as well.
    fn end(&mut self, _name: &str) -> Result<(), String> {
        Ok(())
    }

    fn characters(&mut self, _text: &str) -> Result<(), String> {
        Ok(())
    }

    /// Whether an element is passed over with all that is in it. `Fallback` is the second copy that old programs get of
    /// what they would not understand.
    fn passes_over(&self, name: &str) -> bool {
        name == "Fallback"
    }
}

/// Shows a part of a package from its beginning to its end.
pub(crate) fn visit(mut xml: Xml<'_>, visitor: &mut impl Visitor) -> Result<(), String> {
    let mut buffer = Vec::new();
    // Elements within one that is passed over.
    let mut within = 0_usize;
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Eof => return Ok(()),
            Event::Start(_) if within > 0 => within += 1,
            Event::End(_) if within > 0 => within -= 1,
            _ if within > 0 => {}
            Event::Start(element) if visitor.passes_over(element.local_name().as_ref()) => within = 1,
            Event::Start(element) => visitor.start(&element)?,
            Event::Empty(element) => {
                visitor.start(&element)?;
                visitor.end(element.local_name().as_ref())?;
            }
            Event::End(element) => visitor.end(element.local_name().as_ref())?,
            Event::Text(text) => visitor.characters(&text.xml10_content())?,
            Event::CData(text) => visitor.characters(&text.xml10_content())?,
            Event::GeneralRef(reference) => visitor.characters(&resolve(&reference).unwrap_or_default())?,
            _ => {}
        }
    }
}

/// Shows each element of a part where it begins.
pub(crate) fn elements(
    xml: Xml<'_>,
    each: impl FnMut(&BytesStart<'_>) -> Result<(), String>,
) -> Result<(), String> {
    struct Each<F>(F);

    impl<F: FnMut(&BytesStart<'_>) -> Result<(), String>> Visitor for Each<F> {
        fn start(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
            self.0(element)
        }
    }

    visit(xml, &mut Each(each))
}

/// What a part of a package refers to.
#[derive(Debug, Clone)]
pub(crate) struct Relation {
    /// The last word of its type: `hyperlink`, `worksheet`.
    pub(crate) kind: String,
    /// A URL, or the name of another part.
    pub(crate) target: String,
    pub(crate) is_outside: bool,
}

/// The name of the part that is called so from a part in this folder.
pub(crate) fn within(folder: &str, target: &str) -> String {
    if let Some(whole) = target.strip_prefix('/') {
        return whole.to_owned();
    }
    let mut folders: Vec<&str> = folder.split('/').filter(|name| !name.is_empty()).collect();
    for name in target.split('/') {
        match name {
            ".." => drop(folders.pop()),
            "." | "" => {}
            name => folders.push(name),
        }
    }
    folders.join("/")
}

/// The value of an attribute, whatever the prefix of its name.
pub(crate) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    element.attributes().with_checks(false).flatten().find_map(|attribute| {
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
