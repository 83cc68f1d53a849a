//! An annotation stands on a page without being drawn by it: the value of a form's field, a text box, a link.

use hayro_syntax::object::{Array, Dict, Name, Object, String as Bytes};
use hayro_syntax::page::Page;

use super::line::Line;
use super::page::turned;
use crate::output::one_line;

/// Most annotations of a page that are read.
const MAX_ANNOTATIONS: usize = 5000;
/// How far a field's own entries may be above it.
const MAX_PARENTS: usize = 16;
/// Longest target of a link, in bytes.
const MAX_TARGET: usize = 1000;
/// Longest name of a field, in bytes.
const MAX_NAME: usize = 300;
/// Most entries of a list of choices.
const MAX_CHOICES: usize = 2000;
/// The size, in points, of text that has none of its own.
const SIZE: f64 = 10.0;

/// Bits of `F` and `Ff`, counted from 0.
const HIDDEN: i32 = 1 << 1;
const NO_VIEW: i32 = 1 << 5;
const PASSWORD: i32 = 1 << 13;
const PUSH_BUTTON: i32 = 1 << 16;

/// What the annotations of a page add to it.
#[derive(Default)]
pub(super) struct Annotations {
    /// Values and text boxes, where they stand, and what a field is called that has no text beside it.
    pub(super) lines: Vec<(Line, Option<String>)>,
    pub(super) links: Vec<Link>,
}

/// Where a link is on its page, and where it leads.
pub(super) struct Link {
    pub(super) corners: [f64; 4],
    pub(super) target: String,
}

pub(super) fn of(page: &Page<'_>) -> Annotations {
    let mut found = Annotations::default();
    let annotations = page.raw().get::<Array<'_>>("Annots");
    let all = annotations.iter().flat_map(|array| array.iter::<Object<'_>>()).filter_map(Object::into_dict);
    for annotation in all.take(MAX_ANNOTATIONS) {
        let Some(corners) = corners(page, &annotation) else { continue };
        if annotation.get::<i32>("F").unwrap_or(0) & (HIDDEN | NO_VIEW) != 0 {
            continue;
        }
        let kind = annotation.get::<Name<'_>>("Subtype");
        match kind.as_deref() {
            Some(b"Widget") => {
                if let Some(value) = value(&annotation) {
                    let mut name = name(&annotation);
                    found.lines.extend(lines(&value, corners).into_iter().map(|line| (line, name.take())));
                }
            }
            Some(b"FreeText") => {
                if let Some(text) = annotation.get::<Bytes<'_>>("Contents") {
                    let lines = lines(&decoded(&text), corners);
                    found.lines.extend(lines.into_iter().map(|line| (line, None)));
                }
            }
            Some(b"Link") => {
                if let Some(target) = target(&annotation) {
                    found.links.push(Link { corners, target });
                }
            }
            _ => {}
        }
    }
    found
}

/// Left, bottom, right and top on the page as it is shown.
fn corners(page: &Page<'_>, annotation: &Dict<'_>) -> Option<[f64; 4]> {
    let numbers: Vec<f64> = annotation.get::<Array<'_>>("Rect")?.iter::<f64>().take(4).collect();
    let [x, y, other_x, other_y] = numbers[..] else { return None };
    let (one, other) = (turned(page).point(x, y), turned(page).point(other_x, other_y));
    let corners = [one.0.min(other.0), one.1.min(other.1), one.0.max(other.0), one.1.max(other.1)];
    corners.iter().all(|at| at.is_finite()).then_some(corners)
}

/// The lines of a text in a box. One line stands in the middle of its box, more begin at its head.
fn lines(text: &str, [left, bottom, right, top]: [f64; 4]) -> Vec<Line> {
    let texts: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let size = if texts.len() < 2 { SIZE.min((top - bottom).max(1.0)) } else { SIZE };
    let first = if texts.len() < 2 { (top + bottom) / 2.0 - 0.35 * size } else { top - size };
    let line = |(text, at): (&&str, f64)| Line::at(text, (left, right), first - at * 1.2 * size, size);
    texts.iter().zip((0_u32..).map(f64::from)).map(line).collect()
}

/// An entry of a field, its own or that of the field it is a part of.
fn inherited<'a, T>(field: &Dict<'a>, get: impl Fn(&Dict<'a>) -> Option<T>) -> Option<T> {
    let mut field = field.clone();
    for _ in 0..MAX_PARENTS {
        if let Some(found) = get(&field) {
            return Some(found);
        }
        field = field.get::<Dict<'a>>("Parent")?;
    }
    None
}

/// What a field is called for people, else for programs.
fn name(field: &Dict<'_>) -> Option<String> {
    let get = |key: &str| {
        inherited(field, |field| field.get::<Bytes<'_>>(key)).map(|name| one_line(&decoded(&name)))
    };
    get("TU").or_else(|| get("T")).filter(|name| !name.is_empty() && name.len() <= MAX_NAME)
}

/// What a field shows.
fn value(field: &Dict<'_>) -> Option<String> {
    let kind = inherited(field, |field| field.get::<Name<'_>>("FT"))?;
    let flags = inherited(field, |field| field.get::<i32>("Ff")).unwrap_or(0);
    match &*kind {
        b"Btn" if flags & PUSH_BUTTON == 0 => {
            let state = field.get::<Name<'_>>("AS");
            let is_on = state.is_some_and(|state| *state != *b"Off");
            Some(if is_on { "☑" } else { "☐" }.to_owned())
        }
        b"Tx" if flags & PASSWORD == 0 => text_of(inherited(field, |field| field.get::<Object<'_>>("V"))?),
        b"Ch" => {
            let chosen: Vec<String> = match inherited(field, |field| field.get::<Object<'_>>("V"))? {
                Object::Array(several) => {
                    several.iter::<Object<'_>>().take(MAX_CHOICES).filter_map(text_of).collect()
                }
                one => text_of(one).into_iter().collect(),
            };
            let choices = inherited(field, |field| field.get::<Array<'_>>("Opt"));
            let shown = |value: &String| shown(choices.as_ref(), value).unwrap_or_else(|| value.clone());
            Some(chosen.iter().take(MAX_CHOICES).map(shown).collect::<Vec<_>>().join("、"))
        }
        _ => None,
    }
}

/// What a choice is called in the list, where that is not the value that is stored.
fn shown(choices: Option<&Array<'_>>, value: &str) -> Option<String> {
    choices?.iter::<Object<'_>>().take(MAX_CHOICES).find_map(|choice| {
        let pair: Vec<String> =
            choice.into_array()?.iter::<Object<'_>>().take(2).filter_map(text_of).collect();
        match &pair[..] {
            [stored, shown] if stored == value => Some(shown.clone()),
            _ => None,
        }
    })
}

fn text_of(value: Object<'_>) -> Option<String> {
    match value {
        Object::String(text) => Some(decoded(&text)),
        Object::Name(name) => Some(name.as_str().to_owned()),
        // Long values are in a stream.
        Object::Stream(stream) => stream.decoded_data().ok().map(|text| decoded(&text)),
        _ => None,
    }
}

/// Text outside of pages: in UTF-16 or UTF-8 where it says so, else in Latin letters, or GBK as programs in China write.
pub(super) fn decoded(bytes: &[u8]) -> String {
    let text = match bytes {
        [0xfe, 0xff, text @ ..] => encoding_rs::UTF_16BE.decode_without_bom_handling(text).0,
        [0xff, 0xfe, text @ ..] => encoding_rs::UTF_16LE.decode_without_bom_handling(text).0,
        [0xef, 0xbb, 0xbf, text @ ..] => String::from_utf8_lossy(text),
        text => match std::str::from_utf8(text) {
            Ok(text) => text.into(),
            Err(_) => encoding_rs::GB18030.decode_without_bom_handling(text).0,
        },
    };
    text.replace('\r', "\n").replace(|c: char| c.is_control() && c != '\n', " ")
}

fn target(link: &Dict<'_>) -> Option<String> {
    let action = link.get::<Dict<'_>>("A")?;
    Some(
        decoded(&action.get::<Bytes<'_>>("URI").filter(|target| target.len() <= MAX_TARGET)?)
            .trim()
            .to_owned(),
    )
}
