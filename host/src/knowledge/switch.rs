//! A switched-off section has no windows, so that no search finds it, and keeps what they were.

use super::chunk::{OffWindow, Pieces, Window, window_text};

pub(super) fn switch_section(pieces: &mut Pieces, section: u32, off: bool) {
    let Some(of) = pieces.sections.get_mut(section as usize) else { return };
    if off == of.off.is_some() {
        return;
    }
    let is_question = of.answer.is_some();
    if off {
        let (gone, left): (Vec<Window>, Vec<Window>) =
            std::mem::take(&mut pieces.windows).into_iter().partition(|window| window.section == section);
        of.off = Some(gone.iter().map(|window| switched_off(window, is_question)).collect());
        pieces.windows = left;
        return;
    }
    for OffWindow { range, question, key } in of.off.take().unwrap_or_default() {
        let text = question.or_else(|| window_text(of, range.clone()));
        if let Some(text) = text {
            pieces.windows.push(Window { section, range, text, key });
        }
    }
    // Stable: the windows of one section stay in their order.
    pieces.windows.sort_by_key(|window| window.section);
}

/// Switches all sections, and so the document.
pub(super) fn switch_all(pieces: &mut Pieces, off: bool) {
    let sections = u32::try_from(pieces.sections.len()).unwrap_or(u32::MAX);
    (0..sections).for_each(|section| switch_section(pieces, section, off));
}

/// What is kept of a window of a section that is switched off.
pub(super) fn switched_off(window: &Window, is_question: bool) -> OffWindow {
    OffWindow {
        range: window.range.clone(),
        question: is_question.then(|| window.text.clone()),
        key: window.key.clone(),
    }
}
