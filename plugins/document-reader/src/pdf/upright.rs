//! Upright lines, as old books and posters have them, may be drawn glyph by glyph with level ones' fonts: each glyph
//! stands right below the one before.

use super::line::Line;

/// Glyphs that are an upright line at least, and the share of a page's glyphs that must be in such lines: cells of
/// tables have a few glyphs below one another too.
const MIN_GLYPHS: usize = 5;
const SHARE: usize = 2;

/// Makes upright lines of lines of one glyph, where most of a page is set so.
pub(super) fn join(lines: Vec<Line>) -> Vec<Line> {
    let all: usize = lines.iter().map(|line| line.text.trim().chars().count()).sum();
    let mut runs: Vec<Vec<Line>> = Vec::new();
    for line in lines {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|last| last.is_glyph_above(&line)) => run.push(line),
            _ => runs.push(vec![line]),
        }
    }
    let in_runs: usize = runs.iter().map(Vec::len).filter(|length| *length >= MIN_GLYPHS).sum();
    let is_upright = in_runs * SHARE > all;
    let mut joined = Vec::new();
    for run in runs {
        if is_upright && run.len() > 1 {
            joined.extend(Line::upright(&run));
        } else {
            joined.extend(run);
        }
    }
    joined
}
