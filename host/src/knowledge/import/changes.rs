//! Changes that people have made in a document here, when it is imported anew.
//!
//! They may be made while the import is embedding, and were told as done then. So what an import writes names the changes
//! that it has ([`NewDocument::changes_of`](super::super::store::NewDocument::changes_of)), its store leaves a document
//! alone that has others, and the import goes on with those.

use std::collections::{HashMap, VecDeque};

use super::super::blocking::blocking;
use super::super::chunk::{OffWindow, Pieces, Section, Window};
use super::super::digest::{before_edits, edited, has_same_content, is_edited};
use super::super::store::{Store, StoreError};
use super::super::switch::{switch_all, switch_section, switched_off};
use super::prepare::{PreparedDocument, stopped};

/// How a note begins on what could not stay.
const CHANGED: &str = "was changed here since it was imported";

/// A document with what was changed here in the one that it replaces, and what could not stay of that.
pub(super) async fn with_changes_there(
    store: &dyn Store,
    prepared: PreparedDocument,
) -> Result<(PreparedDocument, Option<String>), StoreError> {
    let there = store.pieces(&prepared.document.info.id).await?;
    let Some((stored, before)) = there.filter(|(stored, _)| is_edited(&stored.digest)) else {
        return Ok((prepared, None));
    };
    let work = move || {
        let is_same_content = has_same_content(&stored.digest, &prepared.document.info.digest);
        let (mut prepared, note) = with_changes(prepared, before, is_same_content);
        prepared.document.changes_of = Some(stored.digest);
        Ok((prepared, note))
    };
    blocking(work, |error| StoreError::Broken(stopped(error))).await
}

/// A document as it is now imported, with the changes that were made here in `before`, and a note on what of them could not
/// stay. Of the same content, under another title or with other metadata, all stay; else what is said as before stays off, and all of a
/// document does that was off as a whole, unless its only section was and it has several now.
fn with_changes(
    prepared: PreparedDocument,
    before: Pieces,
    is_same_content: bool,
) -> (PreparedDocument, Option<String>) {
    let (mut info, mut new) = prepared.document.into_pieces();
    // One that is made anew while it is stored has the changes that were there before.
    switch_all(&mut new, false);
    // A document that is called 常见问题 now may be cut in another way.
    let (pieces, note) = if is_same_content && before.sections.len() == new.sections.len() {
        (before, None)
    } else {
        let mut pieces = new.clone();
        let note = switch_as_before(&mut pieces, &before);
        (pieces, note)
    };
    info.digest = if pieces == new { before_edits(&info.digest).to_owned() } else { edited(&info.digest) };
    info.windows = u32::try_from(pieces.windows.len()).unwrap_or(u32::MAX);
    // What was said of a version that was changed meanwhile holds no more.
    info.notes.retain(|note| !note.starts_with(CHANGED));
    info.notes.extend(note.clone());
    (PreparedDocument::new(info, pieces), note)
}

/// Switches off what was off before and is said again, or all of it where all was off.
fn switch_as_before(pieces: &mut Pieces, before: &Pieces) -> Option<String> {
    // Where there was one section only, nobody knows whether it or the document was meant. Where there is again one, it is that
    // one's next text in either case; of several the others were never switched off.
    let is_whole = match before.sections.len() {
        0 => false,
        1 => pieces.sections.len() == 1,
        _ => true,
    };
    let was_off = before.windows.is_empty() && is_whole;
    let mut said: HashMap<String, VecDeque<u32>> = HashMap::new();
    for (key, section) in keys(pieces).into_iter().zip(0_u32..) {
        said.entry(key).or_default().push_back(section);
    }
    let (mut lost, mut replaced) = (0_usize, 0_usize);
    for (key, section) in keys(before).into_iter().zip(&before.sections) {
        match said.get_mut(&key).and_then(VecDeque::pop_front) {
            Some(same) => switch_section(pieces, same, section.off.is_some()),
            None if section.off.is_some() && !was_off => lost += 1,
            None => replaced += 1,
        }
    }
    if was_off {
        switch_all(pieces, true);
    }
    let on = format!(
        "{lost} of its switched-off sections are on again, since the file does not say the same there any more"
    );
    let gone = format!(
        "{replaced} of its sections are gone or as the file has them now, and with them what was edited in them"
    );
    let told: Vec<String> = [(lost, on), (replaced, gone)]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(_, told)| told)
        .collect();
    (!told.is_empty()).then(|| format!("{CHANGED}: {}; look at it", told.join(", and ")))
}

/// What each section says, and how it is asked for, switched off or not.
fn keys(pieces: &Pieces) -> Vec<String> {
    let mut windows: Vec<Vec<OffWindow>> =
        pieces.sections.iter().map(|section| section.off.clone().unwrap_or_default()).collect();
    for window in &pieces.windows {
        let Window { section, .. } = window;
        let is_question =
            pieces.sections.get(*section as usize).is_some_and(|section| section.answer.is_some());
        if let Some(of_section) = windows.get_mut(*section as usize) {
            of_section.push(switched_off(window, is_question));
        }
    }
    let key = |(section, windows): (&Section, Vec<OffWindow>)| {
        let Section { headings, text, media_type, answer, off: _ } = section;
        format!("{:?}", (headings, text, media_type, answer, windows))
    };
    pieces.sections.iter().zip(windows).map(key).collect()
}
