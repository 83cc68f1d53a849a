//! A font tells which characters the bytes of a string show, and how wide they are.
//!
//! The characters come from the font's ToUnicode map; else, for Chinese, Japanese and Korean, from the
//! predefined map the font names (`GBK-EUC-H`, `UniGB-UCS2-H` and so on) and the character collection
//! it leads to; else from the font's encoding and the names of its glyphs.

use std::collections::HashMap;
use std::rc::Rc;

use encoding_rs::{MACINTOSH, WINDOWS_1252};
use hayro_cmap::{BfString, CMap, CMapName, CidFamily, WritingMode, load_embedded};
use hayro_syntax::object::{Array, Dict, Name, Object, Stream, String as Bytes};

mod glyph;
mod program;

/// Fonts kept at a time. A document with a font inline in each of its pages must not keep them all.
const MAX_FONTS: usize = 256;

/// The fonts of a document as far as they were met, and what came of their glyphs.
#[derive(Default)]
pub(super) struct Fonts {
    /// By where in the document a font is written. Fonts written inline have no number of their own (they answer with
    /// that of the object around them), and a name means another font in each page's resources.
    known_fonts: HashMap<*const u8, Rc<PdfFont>>,
    collections: HashMap<&'static str, Option<Rc<CMap>>>,
    /// Glyphs whose characters were found.
    pub(super) known: usize,
    /// Glyphs that might show anything.
    pub(super) unknown: usize,
}

/// What a font makes of a code in a string.
pub(super) struct Glyph {
    /// Empty where it is not known.
    pub(super) text: String,
    /// In thousandths of the font's size.
    pub(super) width: f64,
    /// The one-byte code 32, to which word spacing is added.
    pub(super) is_space: bool,
}

pub(super) struct PdfFont {
    to_unicode: Option<ToUnicode>,
    kind: FontKind,
}

enum ToUnicode {
    Map(Box<CMap>),
    /// Each code is the number of its character.
    Codes,
}

enum FontKind {
    /// One byte, one glyph.
    Simple { characters: Box<[Option<char>; 256]>, first: usize, widths: Vec<f64>, scale: f64 },
    /// Codes of one to four bytes, which lead to the numbers of glyphs (CIDs).
    Composite {
        codes: Box<CMap>,
        collection: Option<Rc<CMap>>,
        /// What the embedded font tells of its glyphs, where nothing else does.
        glyphs: HashMap<u32, char>,
        widths: Vec<Widths>,
        default_width: f64,
        is_vertical: bool,
    },
}

/// Widths of the glyphs from `first` on; the last one is that of all up to `last`.
struct Widths {
    first: u32,
    last: u32,
    widths: Vec<f64>,
}

impl Fonts {
    pub(super) fn get(&mut self, dict: &Dict<'_>) -> Rc<PdfFont> {
        let place = dict.data().as_ptr();
        if let Some(font) = self.known_fonts.get(&place) {
            return Rc::clone(font);
        }
        if self.known_fonts.len() >= MAX_FONTS {
            self.known_fonts.clear();
        }
        let font = Rc::new(self.read(dict));
        self.known_fonts.insert(place, Rc::clone(&font));
        font
    }

    fn read(&mut self, dict: &Dict<'_>) -> PdfFont {
        let to_unicode = match dict.get::<Object<'_>>("ToUnicode") {
            Some(Object::Stream(stream)) => parse(&stream).map(|map| ToUnicode::Map(Box::new(map))),
            // The standard does not say so, but the codes may be the characters themselves.
            Some(Object::Name(name)) if name.starts_with(b"Identity") => Some(ToUnicode::Codes),
            _ => None,
        };
        let is_composite = dict.get::<Name<'_>>("Subtype").is_some_and(|subtype| *subtype == *b"Type0");
        PdfFont { to_unicode, kind: if is_composite { self.composite(dict) } else { simple(dict) } }
    }

    fn composite(&mut self, dict: &Dict<'_>) -> FontKind {
        let encoding = dict.get::<Object<'_>>("Encoding");
        let codes = match encoding {
            Some(Object::Name(name)) => named(CMapName::from_bytes(&name)),
            Some(Object::Stream(stream)) => parse(&stream),
            _ => None,
        };
        let codes = codes.unwrap_or_else(CMap::identity_h);
        let descendant = dict
            .get::<Array<'_>>("DescendantFonts")
            .and_then(|fonts| fonts.iter::<Dict<'_>>().next())
            .unwrap_or_else(Dict::empty);
        let system = descendant.get::<Dict<'_>>("CIDSystemInfo").map(|system| {
            let registry = system.get::<Bytes<'_>>("Registry");
            let ordering = system.get::<Bytes<'_>>("Ordering");
            CidFamily::from_registry_ordering(
                registry.as_deref().unwrap_or_default(),
                ordering.as_deref().unwrap_or_default(),
            )
        });
        let of_codes = codes.metadata().character_collection.as_ref().map(|collection| &collection.family);
        let collection = [system.as_ref(), of_codes].into_iter().flatten().find_map(CidFamily::ucs2_cmap);
        let collection = collection.and_then(|name| self.collection(name));
        // Without these, codes are the numbers of glyphs in the font program and nothing else.
        let glyphs = match dict.get::<Object<'_>>("ToUnicode") {
            Some(Object::Stream(_)) => HashMap::new(),
            _ if collection.is_some() => HashMap::new(),
            _ => glyphs(&descendant),
        };
        FontKind::Composite {
            glyphs,
            is_vertical: codes.metadata().writing_mode == Some(WritingMode::Vertical),
            codes: Box::new(codes),
            collection,
            widths: descendant.get::<Array<'_>>("W").map(|array| widths(&array)).unwrap_or_default(),
            default_width: descendant.get::<f64>("DW").unwrap_or(1000.0),
        }
    }

    /// These have tens of thousands of entries, and all fonts of a document share one.
    fn collection(&mut self, name: CMapName<'static>) -> Option<Rc<CMap>> {
        let key = match name {
            CMapName::AdobeGb1Ucs2 => "GB1",
            CMapName::AdobeCns1Ucs2 => "CNS1",
            CMapName::AdobeJapan1Ucs2 => "Japan1",
            _ => "Korea1",
        };
        self.collections.entry(key).or_insert_with(|| named(name).map(Rc::new)).clone()
    }

    /// The glyphs of a string.
    pub(super) fn glyphs(&mut self, font: &PdfFont, bytes: &[u8]) -> Vec<Glyph> {
        let glyphs = font.glyphs(bytes);
        let known = glyphs.iter().filter(|glyph| !glyph.text.is_empty()).count();
        self.known += known;
        self.unknown += glyphs.len() - known;
        glyphs
    }
}

impl PdfFont {
    pub(super) fn is_vertical(&self) -> bool {
        matches!(self.kind, FontKind::Composite { is_vertical: true, .. })
    }

    fn glyphs(&self, bytes: &[u8]) -> Vec<Glyph> {
        match &self.kind {
            FontKind::Simple { characters, first, widths, scale } => bytes
                .iter()
                .map(|&byte| {
                    let at = usize::from(byte);
                    let width = at.checked_sub(*first).and_then(|at| widths.get(at)).copied();
                    Glyph {
                        text: self.mapped(u32::from(byte)).unwrap_or_else(|| {
                            characters.get(at).copied().flatten().map(String::from).unwrap_or_default()
                        }),
                        width: width.unwrap_or(500.0) * scale,
                        is_space: byte == b' ',
                    }
                })
                .collect(),
            FontKind::Composite { codes, collection, glyphs: own, widths, default_width, .. } => {
                let mut glyphs = Vec::with_capacity(bytes.len() / 2);
                let mut rest = bytes;
                while !rest.is_empty() {
                    let (code, length, cid) = next_code(codes, rest);
                    rest = rest.get(length..).unwrap_or_default();
                    // The font knows its glyphs better than a map that says of codes that they are characters.
                    let own = cid.and_then(|cid| own.get(&cid)).map(|&c| text(BfString::Char(c)));
                    let text =
                        own.filter(|text| !text.is_empty()).or_else(|| self.mapped(code)).or_else(|| {
                            collection
                                .as_ref()?
                                .lookup_bf_string(cid?)
                                .map(text)
                                .filter(|text| !text.is_empty())
                        });
                    glyphs.push(Glyph {
                        text: text.unwrap_or_default(),
                        width: width(widths, cid.unwrap_or(0)).unwrap_or(*default_width),
                        is_space: length == 1 && code == 32,
                    });
                }
                glyphs
            }
        }
    }

    fn mapped(&self, code: u32) -> Option<String> {
        let mapped = match self.to_unicode.as_ref()? {
            ToUnicode::Map(map) => map.lookup_bf_string(code)?,
            ToUnicode::Codes => BfString::Char(char::from_u32(code)?),
        };
        Some(text(mapped)).filter(|text| !text.is_empty())
    }
}

/// The next code of a string, the bytes it has, and the glyph it leads to.
fn next_code(codes: &CMap, bytes: &[u8]) -> (u32, usize, Option<u32>) {
    let mut code = 0_u32;
    for (&byte, length) in bytes.iter().take(4).zip(1_u8..) {
        code = code << 8 | u32::from(byte);
        if let Some(cid) = codes.lookup_cid_code(code, length) {
            return (code, usize::from(length), Some(cid));
        }
    }
    // A code that leads nowhere: two bytes are what nearly all have.
    let code = bytes.iter().take(2).fold(0, |code, &byte| code << 8 | u32::from(byte));
    (code, bytes.len().min(2), None)
}

/// Where the symbol fonts of Windows have what lists begin with.
const BULLETS: &str =
    "\u{f0b7}\u{f0a7}\u{f0a8}\u{f06c}\u{f06d}\u{f06e}\u{f06f}\u{f071}\u{f075}\u{f076}\u{f0d8}\u{f0fc}";

/// What no one can read is not text: control characters, and places in private use.
fn text(mapped: BfString) -> String {
    let is_text =
        |c: &char| !c.is_control() && !matches!(*c, '\u{e000}'..='\u{f8ff}' | '\u{fffd}' | '\u{feff}');
    match mapped {
        BfString::Char(c) if BULLETS.contains(c) => "•".to_owned(),
        BfString::Char(c) => Some(c).filter(is_text).map(String::from).unwrap_or_default(),
        BfString::String(text) => text.chars().filter(is_text).collect(),
    }
}

/// The characters of the glyphs of a font that is embedded as TrueType, by their numbers in strings (CIDs).
fn glyphs(descendant: &Dict<'_>) -> HashMap<u32, char> {
    let program = descendant
        .get::<Dict<'_>>("FontDescriptor")
        .and_then(|descriptor| descriptor.get::<Stream<'_>>("FontFile2"))
        .and_then(|program| Some(program::characters(&program.decoded_data().ok()?)))
        .unwrap_or_default();
    match descendant.get::<Stream<'_>>("CIDToGIDMap").and_then(|map| map.decoded_data().ok()) {
        None => program,
        Some(map) => {
            let glyphs = map.chunks_exact(2).map(|two| u32::from(two[0]) << 8 | u32::from(two[1]));
            glyphs.zip(0..=0xffff).filter_map(|(glyph, cid)| Some((cid, *program.get(&glyph)?))).collect()
        }
    }
}

fn named(name: CMapName<'_>) -> Option<CMap> {
    match name {
        CMapName::IdentityH => Some(CMap::identity_h()),
        CMapName::IdentityV => Some(CMap::identity_v()),
        name => CMap::parse(load_embedded(name)?, load_embedded),
    }
}

fn parse(stream: &Stream<'_>) -> Option<CMap> {
    CMap::parse(&stream.decoded_data().ok()?, load_embedded)
}

fn simple(dict: &Dict<'_>) -> FontKind {
    // Type 3 fonts measure in units of their own.
    let matrix = dict.get::<Array<'_>>("FontMatrix").and_then(|matrix| matrix.iter::<f64>().next());
    FontKind::Simple {
        characters: characters(dict),
        first: dict.get::<u32>("FirstChar").unwrap_or(0) as usize,
        widths: dict
            .get::<Array<'_>>("Widths")
            .map(|array| array.iter::<f64>().collect())
            .unwrap_or_default(),
        scale: matrix.map_or(1.0, |scale| scale * 1000.0),
    }
}

/// The characters of a font's codes: of its encoding, changed where the font lists differences.
fn characters(dict: &Dict<'_>) -> Box<[Option<char>; 256]> {
    let described = dict.get::<Dict<'_>>("Encoding");
    let base = match &described {
        Some(encoding) => encoding.get::<Name<'_>>("BaseEncoding"),
        None => dict.get::<Name<'_>>("Encoding"),
    };
    let encoding = if base.as_ref().is_some_and(|base| **base == *b"MacRomanEncoding") {
        MACINTOSH
    } else {
        WINDOWS_1252
    };
    let mut characters = Box::new([None; 256]);
    for (place, byte) in characters.iter_mut().zip(0_u8..=255) {
        let (text, _) = encoding.decode_without_bom_handling(std::slice::from_ref(&byte));
        *place = text.chars().next().filter(|c| !c.is_control());
    }
    let is_dingbats = dict.get::<Name<'_>>("BaseFont").is_some_and(|name| name.ends_with(b"Dingbats"));
    let program = dict
        .get::<Dict<'_>>("FontDescriptor")
        .and_then(|descriptor| descriptor.get::<Stream<'_>>("FontFile2"))
        .filter(|_| described.as_ref().is_some_and(|encoding| encoding.contains_key("Differences")))
        .and_then(|program| Some(program::characters(&program.decoded_data().ok()?)))
        .unwrap_or_default();
    let named = |name: &str| {
        let glyph = name.strip_prefix(['g', 'G']).or_else(|| name.strip_prefix("glyph"));
        let glyph = glyph.and_then(|number| number.parse::<u32>().ok());
        glyph.and_then(|glyph| program.get(&glyph).copied()).or_else(|| {
            // The same names mean other things in that one font.
            glyph::character(name).filter(|_| !is_dingbats || !name.starts_with('a'))
        })
    };
    if base.is_none() {
        let descriptor = dict.get::<Dict<'_>>("FontDescriptor");
        let program = descriptor.and_then(|descriptor| descriptor.get::<Stream<'_>>("FontFile"));
        let program = program.and_then(|program| program.decoded_data().ok()).unwrap_or_default();
        for (code, name) in program::encoding(&program) {
            if let Some(place) = characters.get_mut(code) {
                *place = glyph::character(name);
            }
        }
    }
    let mut at = 0_usize;
    for item in described
        .iter()
        .filter_map(|encoding| encoding.get::<Array<'_>>("Differences"))
        .flat_map(|list| list.iter::<Object<'_>>())
    {
        match item {
            Object::Number(code) => at = usize::try_from(code.as_i64()).unwrap_or(256),
            Object::Name(name) => {
                if let Some(place) = characters.get_mut(at) {
                    *place = named(name.as_str());
                }
                at = at.saturating_add(1);
            }
            _ => {}
        }
    }
    characters
}

/// The `W` array: `first [w w w]` or `first last w`, again and again.
fn widths(array: &Array<'_>) -> Vec<Widths> {
    let mut all = Vec::new();
    let mut numbers: Vec<f64> = Vec::new();
    for item in array.iter::<Object<'_>>() {
        match item {
            Object::Number(number) => numbers.push(number.as_f64()),
            Object::Array(list) => {
                if let Some(first) = numbers.pop() {
                    let widths: Vec<f64> = list.iter::<f64>().collect();
                    let last = first as u32 + (widths.len() as u32).saturating_sub(1);
                    all.push(Widths { first: first as u32, last, widths });
                }
                numbers.clear();
            }
            _ => {}
        }
        if let [first, last, width] = numbers[..] {
            all.push(Widths { first: first as u32, last: last as u32, widths: vec![width] });
            numbers.clear();
        }
    }
    all.sort_by_key(|widths| widths.first);
    all
}

fn width(all: &[Widths], cid: u32) -> Option<f64> {
    let after = all.partition_point(|widths| widths.first <= cid);
    let widths = all.get(after.checked_sub(1)?)?;
    let at = (cid - widths.first) as usize;
    (cid <= widths.last).then(|| widths.widths.get(at).or(widths.widths.last()).copied()).flatten()
}
