//! A running title is what stands at the edge of page after page: a title, a page number, or both; or across it, as a
//! watermark does.
//!
//! Records and tables look alike from page to page too, so little is taken for one: what is the same to the last digit, but
//! for a number that counts the pages, and stands apart from the text. A title is left out where it comes again, never
//! where it comes first, so that no word of the document is lost.

use std::collections::{HashMap, HashSet};

use super::line::{Line, rows};
use super::sheet::{Item, Sheet};
use crate::output::Output;

/// Pages that must have the same title, and those that must where a number beside it counts them.
const MIN_PAGES: usize = 3;
const MIN_COUNTED: usize = 2;
/// The share of a page's height, at either edge, in which text counts as standing apart.
const MARGIN: f64 = 0.095;
/// How many usual distances of the page's lines stand between a running title and the text.
const APART: f64 = 1.8;
/// A heading is larger than the title that repeats it at the edge of its pages.
const LARGER: f64 = 1.1;
/// Longest heading, in bytes.
const MAX_HEADING: usize = 300;
/// Most characters of a title that a note repeats, and most titles.
const SHOWN: usize = 40;
const MAX_SHOWN: usize = 5;

/// What stood at one edge of a page and was taken from it, for it to be put where it breaks no sentence.
#[derive(Default, Clone)]
pub(super) struct Running {
    pub(super) top: Option<String>,
    pub(super) bottom: Option<String>,
}

impl Running {
    /// The title as a text that nobody takes for a heading of what is below it, as 附件1 or 第一章 would be.
    pub(super) fn said(title: &str, label: &str) -> String {
        let may_head = title.starts_with(|c: char| "第附一二三四五六七八九十（(#".contains(c));
        if may_head { format!("{label}{title}") } else { title.to_owned() }
    }
}

/// The outermost row of a page at one edge.
struct Edge {
    /// Its lines, by their numbers as they were drawn.
    lines: Vec<usize>,
    /// Their texts, from left to right.
    pieces: Vec<String>,
    /// Whether it stands in the page's margin, or apart from the text.
    in_margin: bool,
    is_apart: bool,
    /// Where it stands, in sizes of its font.
    place: i64,
    size: f64,
}

/// What is taken out besides whole titles: what stands beside what changes, as a book's title beside a chapter's.
#[derive(Default)]
struct Parts {
    /// On how many pages each was.
    pages: HashMap<String, usize>,
    /// How many pages repeat the heading of what they are a part of.
    chapters: usize,
}

/// Takes out page numbers, and what stands at the top or bottom of page after page; tells what it was.
pub(super) fn take(sheets: &mut [Sheet], output: &mut Output) -> Vec<Running> {
    let mut kept = vec![Running::default(); sheets.len()];
    let (mut numbers, mut chapters) = (0_usize, 0_usize);
    let mut titles: Vec<(String, usize)> = Vec::new();
    if sheets.len() < 2 {
        return kept;
    }
    take_watermarks(sheets, &mut titles);
    for is_top in [true, false] {
        let edges: Vec<Option<Edge>> = sheets.iter().map(|sheet| edge(sheet, is_top)).collect();
        let counted = counted(&edges);
        let mut parts = Parts::default();
        let is_taken = parts.take(sheets, &edges, &counted, is_top, &mut kept);
        chapters += parts.chapters;
        titles.extend(parts.titles());
        let mut pages = HashMap::<(String, i64), Vec<usize>>::new();
        for (page, edge) in edges.iter().enumerate() {
            let Some(edge) = edge.as_ref().filter(|_| !is_taken.contains(&page)) else { continue };
            let title = title(edge, counted.get(page).copied().flatten());
            if edge.is_apart {
                pages.entry((title, edge.place)).or_default().push(page);
            }
        }
        let mut found: Vec<_> = pages.into_iter().collect();
        found.sort_by_key(|(_, pages)| pages.first().copied());
        for ((title, _), pages) in found {
            // A bare number may as well count records: 学号 1.
            let is_counted = |page: &usize| {
                let edge = edges.get(*page).and_then(Option::as_ref).filter(|edge| edge.in_margin);
                let number = edge.zip(counted.get(*page).copied().flatten());
                let piece = number.and_then(|(edge, at)| edge.pieces.get(at));
                piece.is_some_and(|piece| page_number(piece, false).is_some())
            };
            let is_sure = pages.len() >= MIN_COUNTED && pages.iter().all(is_counted);
            let is_title = !title.is_empty() && (pages.len() >= MIN_PAGES || is_sure);
            if title.is_empty() {
                numbers += pages.len();
            } else if is_title {
                titles.push((title.clone(), pages.len()));
            }
            for (at, &page) in pages.iter().enumerate() {
                let (Some(sheet), Some(Some(edge))) = (sheets.get_mut(page), edges.get(page)) else {
                    continue;
                };
                // A page that has nothing else keeps its title.
                let is_all = edge.lines.len() >= sheet.items.len();
                if !(title.is_empty() || is_title && !is_all) {
                    continue;
                }
                sheet.take_lines(|line| edge.lines.contains(&line.drawn));
                if at == 0
                    && is_title
                    && let Some(kept) = kept.get_mut(page)
                {
                    *(if is_top { &mut kept.top } else { &mut kept.bottom }) = Some(title.clone());
                }
            }
        }
    }
    tell(&titles, numbers, chapters, output);
    kept
}

/// Takes out what stands slanting on page after page, but where it comes first.
fn take_watermarks(sheets: &mut [Sheet], titles: &mut Vec<(String, usize)>) {
    let mut pages = HashMap::<String, Vec<usize>>::new();
    for (page, sheet) in sheets.iter().enumerate() {
        for line in sheet.lines().filter(|line| line.is_slanted()) {
            let pages = pages.entry(line.text.trim().to_owned()).or_default();
            if pages.last() != Some(&page) {
                pages.push(page);
            }
        }
    }
    let mut marks: Vec<_> = pages.into_iter().filter(|(_, pages)| pages.len() >= MIN_PAGES).collect();
    marks.sort_by(|one, other| (&one.1, &one.0).cmp(&(&other.1, &other.0)));
    for (mark, pages) in marks {
        let mut is_kept = false;
        for &page in &pages {
            let Some(sheet) = sheets.get_mut(page) else { continue };
            let is_mark = |line: &Line| line.is_slanted() && line.text.trim() == mark;
            sheet.take_lines(|line| is_mark(line) && std::mem::replace(&mut is_kept, true));
        }
        titles.push((mark, pages.len()));
    }
}

fn tell(titles: &[(String, usize)], numbers: usize, chapters: usize, output: &mut Output) {
    let mut told: Vec<String> = titles
        .iter()
        .take(MAX_SHOWN)
        .map(|(title, pages)| {
            let short: String = title.chars().take(SHOWN).collect();
            let more = if short.len() < title.len() { "…" } else { "" };
            format!("\"{short}{more}\" of {pages} pages is kept once")
        })
        .collect();
    if titles.len() > MAX_SHOWN {
        told.push(format!("{} more titles are kept once each", titles.len() - MAX_SHOWN));
    }
    if chapters > 0 {
        told.push(format!("headings that {chapters} pages repeat at their edge are left out there"));
    }
    if numbers > 0 {
        told.push(format!("the page numbers of {numbers} pages are left out"));
    }
    if !told.is_empty() {
        output.note(format!("Running titles: {}", told.join(", ")));
    }
}

fn edge(sheet: &Sheet, is_top: bool) -> Option<Edge> {
    let rows = rows(sheet.lines().filter(|line| line.goes((1.0, 0.0))).collect());
    let heights: Vec<f64> = rows.iter().filter_map(|row| row.first()).map(|line| line.height).collect();
    let row = if is_top { rows.first() } else { rows.last() }?;
    let outer = row.first()?;
    let tables = sheet.items.iter().filter_map(|item| match item {
        Item::Line(_) => None,
        Item::Table(table) => Some(if is_top { table.top } else { table.bottom }),
    });
    let beyond = |height: f64| if is_top { height > outer.height } else { height < outer.height };
    let mut near = heights.iter().copied().filter(|height| *height != outer.height).chain(tables.clone());
    if tables.clone().any(beyond) {
        return None;
    }
    let nearest = near.by_ref().map(|height| (height - outer.height).abs()).fold(f64::INFINITY, f64::min);
    let mut steps: Vec<f64> = heights.windows(2).map(|two| two[0] - two[1]).collect();
    steps.sort_by(f64::total_cmp);
    let usual = steps.get(steps.len() / 2).copied().unwrap_or_default();
    let depth = if is_top { sheet.size.1 - outer.height } else { outer.height };
    let in_margin = depth < MARGIN * sheet.size.1;
    Some(Edge {
        pieces: row.iter().flat_map(|line| line.cells()).flat_map(|cell| parted(&cell)).collect(),
        lines: row.iter().map(|line| line.drawn).collect(),
        in_margin,
        is_apart: in_margin || nearest > APART * usual.max(1.2 * outer.size),
        place: (outer.height / outer.size).round() as i64,
        size: outer.size,
    })
}

impl Parts {
    /// Takes parts of titles, and titles that repeat a heading, from edges that stand alike on several pages; gives the
    /// pages that have lost some.
    fn take(
        &mut self,
        sheets: &mut [Sheet],
        edges: &[Option<Edge>],
        counted: &[Option<usize>],
        is_top: bool,
        kept: &mut [Running],
    ) -> HashSet<usize> {
        let headings = headings(sheets, edges);
        let mut pieces = HashMap::<(&str, i64), usize>::new();
        let mut whole = HashMap::<(String, i64), usize>::new();
        let mut places = HashMap::<i64, usize>::new();
        let number = |page: usize| counted.get(page).copied().flatten();
        let running = || edges.iter().enumerate().filter_map(|(at, edge)| Some((at, edge.as_ref()?)));
        for (page, edge) in running().filter(|(_, edge)| edge.in_margin) {
            *places.entry(edge.place).or_default() += 1;
            *whole.entry((title(edge, number(page)), edge.place)).or_default() += 1;
            for piece in edge.said(number(page)) {
                *pieces.entry((piece, edge.place)).or_default() += 1;
            }
        }
        let mut taken = HashSet::new();
        for (page, edge) in running().filter(|(_, edge)| edge.in_margin) {
            let is_whole =
                whole.get(&(title(edge, number(page)), edge.place)).is_some_and(|on| *on >= MIN_PAGES);
            if is_whole || places.get(&edge.place).is_none_or(|on| *on < MIN_PAGES) {
                continue;
            }
            let repeats = |piece: &str| pieces.get(&(piece, edge.place)).is_some_and(|on| *on >= MIN_PAGES);
            let is_heading = |piece: &str| headings.get(piece).is_some_and(|size| *size > LARGER * edge.size);
            let (out, rest): (Vec<&str>, Vec<&str>) =
                edge.said(number(page)).partition(|piece| repeats(piece) || is_heading(piece));
            let Some(sheet) = sheets.get_mut(page).filter(|sheet| edge.lines.len() < sheet.items.len())
            else {
                continue;
            };
            if out.is_empty() {
                continue;
            }
            let (lines, place) = sheet.take_lines(|line| edge.lines.contains(&line.drawn));
            if let (Some(mut line), false) = (lines.into_iter().next(), rest.is_empty()) {
                line.text = rest.join("  ");
                sheet.items.insert(place, Item::Line(line));
            }
            self.chapters += usize::from(out.iter().any(|piece| !repeats(piece)));
            for piece in out.into_iter().filter(|piece| repeats(piece)) {
                let on = self.pages.entry(piece.to_owned()).or_default();
                *on += 1;
                if let Some(kept) = kept.get_mut(page).filter(|_| *on == 1) {
                    let kept = if is_top { &mut kept.top } else { &mut kept.bottom };
                    *kept = Some(
                        [kept.take().as_deref(), Some(piece)]
                            .into_iter()
                            .flatten()
                            .collect::<Vec<_>>()
                            .join(" "),
                    );
                }
            }
            taken.insert(page);
        }
        taken
    }

    fn titles(self) -> impl Iterator<Item = (String, usize)> {
        let mut titles: Vec<(String, usize)> = self.pages.into_iter().collect();
        titles.sort_unstable();
        titles.into_iter()
    }
}

impl Edge {
    /// What it says besides its page number, piece by piece.
    fn said(&self, number: Option<usize>) -> impl Iterator<Item = &str> {
        let pieces = self.pieces.iter().enumerate().filter(move |(at, _)| Some(*at) != number);
        pieces.map(|(_, piece)| piece.trim()).filter(|piece| !piece.is_empty())
    }
}

/// The lines of all pages but their edges, with the largest size each is set in.
fn headings(sheets: &[Sheet], edges: &[Option<Edge>]) -> HashMap<String, f64> {
    let mut headings = HashMap::<String, f64>::new();
    for (sheet, edge) in sheets.iter().zip(edges) {
        let is_edge = |line: &Line| edge.as_ref().is_some_and(|edge| edge.lines.contains(&line.drawn));
        for line in sheet.lines().filter(|line| !is_edge(line) && line.text.len() < MAX_HEADING) {
            let size = headings.entry(line.text.trim().to_owned()).or_default();
            *size = size.max(line.size);
        }
    }
    headings
}

/// Which piece of an edge is a page number, by page: one that looks like it and counts up by one from page to page.
fn counted(edges: &[Option<Edge>]) -> Vec<Option<usize>> {
    let numbers: Vec<Vec<(usize, u64)>> = edges
        .iter()
        .map(|edge| {
            let pieces =
                edge.iter().flat_map(|edge| edge.pieces.iter().enumerate().map(move |at| (edge, at)));
            pieces.filter_map(|(edge, (at, piece))| Some((at, page_number(piece, edge.in_margin)?))).collect()
        })
        .collect();
    let has = |page: Option<usize>, number: Option<u64>| {
        page.and_then(|page| numbers.get(page))
            .is_some_and(|found| found.iter().any(|(_, other)| Some(*other) == number))
    };
    numbers
        .iter()
        .enumerate()
        .map(|(page, found)| {
            found.iter().find_map(|&(at, number)| {
                // Two pages apart, where left and right ones have their numbers at different edges.
                let counts = [1_usize, 2].iter().any(|&step| {
                    has(Some(page + step), number.checked_add(step as u64))
                        || has(page.checked_sub(step), number.checked_sub(step as u64))
                });
                counts.then_some(at)
            })
        })
        .collect()
}

/// A title and the page number behind or before it, where one space parts them.
fn parted(cell: &str) -> Vec<String> {
    let spaces = cell.match_indices(' ').map(|(at, _)| at);
    let split = |at| cell.split_at_checked(at).map(|(title, number)| (title.trim(), number.trim()));
    let is_parted = |(one, other): &(&str, &str)| {
        page_number(one, false).is_some() != page_number(other, false).is_some()
    };
    match spaces.filter_map(split).find(is_parted) {
        Some((one, other)) if page_number(cell, false).is_none() => vec![one.to_owned(), other.to_owned()],
        _ => vec![cell.to_owned()],
    }
}

/// What an edge says besides its page number.
fn title(edge: &Edge, number: Option<usize>) -> String {
    let words = edge.pieces.iter().enumerate().filter(|(at, _)| Some(*at) != number);
    words.map(|(_, piece)| piece.trim()).collect::<Vec<_>>().join(" ")
}

/// The number of `第 3 页`, `- 3 -`, `Page 3 of 9` and `3/9`; of a bare `3` where page numbers stand.
fn page_number(text: &str, in_margin: bool) -> Option<u64> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if text.chars().count() > 24
        || !text
            .chars()
            .all(|c| c.is_ascii_digit() || "第页頁共総总/-–—―·•.|,，()（）〔〕[]~～pPageofPAGEOF".contains(c))
    {
        return None;
    }
    let numbers: Vec<&str> =
        text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).collect();
    let (&first, more) = numbers.split_first()?;
    // A price, a share or a date is no page number.
    let is_bare = text.len() == first.len();
    if more.len() > 1 || first.len() > 5 || is_bare && !in_margin || text.contains('.') && !more.is_empty() {
        return None;
    }
    let number = first.parse().ok()?;
    (more.iter().all(|total| total.parse().is_ok_and(|total: u64| total >= number))).then_some(number)
}
