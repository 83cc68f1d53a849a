//! A font program is the font itself, embedded in the document: it often tells what its glyphs show where no map of the
//! document does. TrueType mostly keeps the table that leads from characters to glyphs, to be read the other way round;
//! Type 1 names the glyph of each code.

use std::collections::HashMap;

/// Most glyphs a font can have.
const MAX_GLYPHS: usize = 1 << 16;
/// Most ranges of a table that are read.
const MAX_RANGES: usize = 1 << 16;

/// The character of each glyph, as far as the program's `cmap` table leads to it (OpenType specification, `cmap`, formats 4, 6
/// and 12).
pub(super) fn characters(program: &[u8]) -> HashMap<u32, char> {
    let mut found = HashMap::new();
    let Some(cmap) = table(program, b"cmap") else { return found };
    let count = u16_at(cmap, 2).unwrap_or(0);
    for record in (0..usize::from(count)).map(|at| 4 + at * 8) {
        let (Some(platform), Some(encoding), Some(offset)) =
            (u16_at(cmap, record), u16_at(cmap, record + 2), u32_at(cmap, record + 4))
        else {
            break;
        };
        // Only tables whose codes are Unicode are read.
        if platform == 0 || platform == 3 && (encoding == 1 || encoding == 10) {
            read(cmap.get(offset as usize..).unwrap_or_default(), &mut found);
        }
    }
    found
}

/// The codes of a Type 1 program with the names of their glyphs: `dup 12 /fi put`, in the part that is not encrypted.
pub(super) fn encoding(program: &[u8]) -> Vec<(usize, &str)> {
    let find = |bytes: &[u8], word: &[u8]| bytes.windows(word.len()).position(|at| at == word);
    let clear = find(program, b"eexec").and_then(|end| program.get(..end)).unwrap_or_default();
    let table = find(clear, b"/Encoding").and_then(|start| clear.get(start..)).unwrap_or_default();
    let table = find(table, b" def").and_then(|end| table.get(..end)).unwrap_or_default();
    let words: Vec<&str> = std::str::from_utf8(table).unwrap_or_default().split_whitespace().collect();
    words
        .windows(4)
        .filter_map(|words| match words {
            ["dup", code, name, "put"] => Some((code.parse().ok()?, name.strip_prefix('/')?)),
            _ => None,
        })
        .take(256)
        .collect()
}

fn table<'a>(program: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    let count = usize::from(u16_at(program, 4)?);
    let record = (0..count).map(|at| 12 + at * 16).find(|&at| program.get(at..at + 4) == Some(name))?;
    let (offset, length) = (u32_at(program, record + 8)? as usize, u32_at(program, record + 12)? as usize);
    let rest = program.get(offset..)?;
    Some(rest.get(..length).unwrap_or(rest))
}

fn read(table: &[u8], found: &mut HashMap<u32, char>) {
    let mut add = |code: u32, glyph: u32| {
        if glyph != 0
            && found.len() < MAX_GLYPHS
            && let Some(character) = char::from_u32(code)
        {
            found.entry(glyph).or_insert(character);
        }
    };
    match u16_at(table, 0) {
        Some(4) => segments(table, add),
        Some(6) => {
            let first = u32::from(u16_at(table, 6).unwrap_or(0));
            let count = u16_at(table, 8).unwrap_or(0);
            for at in 0..u32::from(count) {
                let Some(glyph) = u16_at(table, 10 + at as usize * 2) else { break };
                add(first + at, u32::from(glyph));
            }
        }
        Some(12) => {
            let count = (u32_at(table, 12).unwrap_or(0) as usize).min(MAX_RANGES);
            for range in (0..count).map(|at| 16 + at * 12) {
                let (Some(first), Some(last), Some(glyph)) =
                    (u32_at(table, range), u32_at(table, range + 4), u32_at(table, range + 8))
                else {
                    break;
                };
                for (code, at) in (first..=last).zip(0_u32..).take(MAX_GLYPHS) {
                    add(code, glyph.saturating_add(at));
                }
            }
        }
        _ => {}
    }
}

/// Format 4: segments of codes, with a number to add to each or a list of glyphs.
fn segments(table: &[u8], mut add: impl FnMut(u32, u32)) {
    let bytes = usize::from(u16_at(table, 6).unwrap_or(0)) & !1;
    let (ends, starts, deltas, offsets) = (14, 16 + bytes, 16 + bytes * 2, 16 + bytes * 3);
    for at in (0..bytes).step_by(2) {
        let (Some(end), Some(start), Some(delta), Some(offset)) = (
            u16_at(table, ends + at),
            u16_at(table, starts + at),
            u16_at(table, deltas + at),
            u16_at(table, offsets + at),
        ) else {
            break;
        };
        for code in start..=end {
            let glyph = match usize::from(offset) {
                0 => Some(code.wrapping_add(delta)),
                offset => u16_at(table, offsets + at + offset + usize::from(code - start) * 2)
                    .map(|glyph| if glyph == 0 { 0 } else { glyph.wrapping_add(delta) }),
            };
            add(u32::from(code), u32::from(glyph.unwrap_or(0)));
        }
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}
