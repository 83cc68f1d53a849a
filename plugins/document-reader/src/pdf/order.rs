//! The order in which what stands on a page is read. Programs draw things in any order: a price before what it is for, the title
//! last. What stands above something in its column is read before it, and columns of running text from left to right; what
//! else stands beside the text is read as it was drawn.

use std::ops::Range;

use super::line::Line;
use super::sheet::Item;

/// Most things of a page that are put in order; maps and drawings have more.
const MAX_ITEMS: usize = 2000;
/// How far things are apart, in sizes of the font, of which one is above the other.
const ABOVE: f64 = 0.5;
/// The share of the narrower of two things that is over the other where they stand in one column.
const OVER: f64 = 0.5;
/// How far a page's header is from what was drawn after it, in sizes of the font.
const APART: f64 = 4.0;
/// Values are shorter than this, in sizes of the font, and their names narrower than a column of text.
const SHORT: f64 = 5.6;
const MIN_TEXT: f64 = 8.0;
/// Lines that make a column of running text, how near most of them end to its edge, in sizes of the font, and the share of the one
/// of two such that the other has at least, in width, and beside it in height.
const MIN_LINES: usize = 3;
const EDGE: f64 = 2.0;
const ALIKE: f64 = 0.7;
const BESIDE: f64 = 0.3;
/// Most times that two columns of a page change places; three that were drawn from right to left do so three times.
const MAX_TURNS: usize = 10;
/// A text so much larger than another that it is drawn over is a watermark.
const LARGER: f64 = 1.5;

/// Where something stands.
struct Standing {
    left: f64,
    right: f64,
    /// The heights of its first and its last baseline.
    top: f64,
    bottom: f64,
    size: f64,
    /// From where to where what was drawn with it reaches, from the top down without a step back.
    run: Option<(f64, f64)>,
}

pub(super) fn sort(items: &mut Vec<Item>) {
    if items.len() > MAX_ITEMS {
        return;
    }
    set_columns(items);
    set_beside(items);
    let rows = rows(items);
    let mut places = places(items, &rows);
    let runs = runs(&places);
    if runs.len() > 1 {
        for run in runs {
            let reach = reach(places.get(run.clone()).unwrap_or_default());
            let run = places.get_mut(run).unwrap_or_default();
            run.iter_mut().flatten().for_each(|place| place.run = reach);
        }
        let mut unsorted: Vec<Option<Item>> = std::mem::take(items).into_iter().map(Some).collect();
        let sorted = order(&places).into_iter().filter_map(|at| rows.get(at).cloned()).flatten();
        items.extend(sorted.filter_map(|at| unsorted.get_mut(at)?.take()));
    }
    for row in self::rows(items) {
        let row = items.get_mut(row).unwrap_or_default();
        row.sort_by(|one, other| start(one).total_cmp(&start(other)));
    }
}

/// Puts short texts that were drawn one after the other, each at the right of a name, behind those: they are no column.
fn set_beside(items: &mut Vec<Item>) {
    let places: Vec<Option<Standing>> =
        items.iter().map(|item| Standing::of(std::slice::from_ref(item), items)).collect();
    let runs = runs(&places);
    if runs.len() < 2 {
        return;
    }
    let mut names: Vec<usize> = (0..items.len()).collect();
    for run in runs {
        let found: Option<Vec<usize>> = run.clone().map(|at| name_of(items, at, &run)).collect();
        for (at, name) in run.zip(found.into_iter().flatten()) {
            if let Some(own) = names.get_mut(at) {
                *own = name;
            }
        }
    }
    // What stands behind a name may be the name of the next; each is at the left of what it names, so this ends.
    let first = |mut at: usize| {
        while let Some(&name) = names.get(at).filter(|name| **name != at) {
            at = name;
        }
        at
    };
    let mut moved: Vec<(usize, f64, Item)> = std::mem::take(items)
        .into_iter()
        .enumerate()
        .map(|(at, item)| (first(at), start(&item), item))
        .collect();
    moved.sort_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
    items.extend(moved.into_iter().map(|(_, _, item)| item));
}

/// Puts columns of running text from left to right, of which the right one was drawn first.
fn set_columns(items: &mut [Item]) {
    for _ in 0..MAX_TURNS {
        let rows = rows(items);
        let places = places(items, &rows);
        let runs = runs(&places);
        let turned = runs.windows(2).find_map(|pair| turned(&places, pair.first()?, pair.get(1)?));
        let Some((right, left, end)) = turned else { return };
        let at = |row: usize| rows.get(row).map_or(items.len(), |row| row.start);
        let (right, left, end) = (at(right), at(left), at(end));
        if let Some(columns) = items.get_mut(right..end) {
            columns.rotate_left(left - right);
        }
    }
}

/// Where the column begins that ends a run, where the one at its left begins with the next run, and where that ends; `None` where there
/// are no such columns.
fn turned(
    places: &[Option<Standing>],
    one: &Range<usize>,
    next: &Range<usize>,
) -> Option<(usize, usize, usize)> {
    let near = |upper: &Standing, lower: &Standing| upper.bottom - lower.top < APART * lower.size;
    // Below the left column a footer may stand, and above the right one a header.
    let last = places.get(one.end.checked_sub(1)?)?.as_ref()?;
    let mut end = next.start;
    while let Some(Some(place)) = places.get(end).filter(|_| end < next.end) {
        let above = places.get(end - 1).and_then(Option::as_ref).filter(|_| end > next.start);
        let goes_on = place.top > last.bottom || above.is_none_or(|above| near(above, place));
        if place.right > last.left || !goes_on {
            break;
        }
        end += 1;
    }
    let left = bounds(places.get(next.start..end)?)?;
    let mut begin = one.end - 1;
    while let Some(Some(place)) = begin.checked_sub(1).and_then(|at| places.get(at)) {
        let below = places.get(begin)?.as_ref()?;
        let is_within = place.left > left.right && place.right > last.left && place.is_above(below);
        if !is_within || place.is_above(&left) && !near(place, below) {
            break;
        }
        begin -= 1;
    }
    let right = bounds(places.get(begin..one.end)?)?;
    let alike = |one: f64, other: f64| one.min(other) > ALIKE * one.max(other);
    let beside = left.top.min(right.top) - left.bottom.max(right.bottom);
    let is_beside = beside > BESIDE * (left.top - left.bottom).min(right.top - right.bottom);
    let are_columns = is_column(places.get(begin..one.end)?, &right)
        && is_column(places.get(next.start..end)?, &left)
        && alike(left.right - left.left, right.right - right.left)
        && left.right < right.left
        && is_beside;
    are_columns.then_some((begin, next.start, end))
}

/// Whether these are lines of running text: most of them end near the edge.
fn is_column(lines: &[Option<Standing>], bounds: &Standing) -> bool {
    let ends = |line: &&Standing| line.right > bounds.right - EDGE * line.size;
    let full = lines.iter().flatten().filter(ends).count();
    lines.len() >= MIN_LINES && full * 2 > lines.len() && bounds.right - bounds.left > MIN_TEXT * bounds.size
}

/// All that these take up.
fn bounds(places: &[Option<Standing>]) -> Option<Standing> {
    places.iter().flatten().map(|place| place.with(place)).reduce(|all, place| all.with(&place))
}

/// Where each of these rows stands.
fn places(items: &[Item], rows: &[Range<usize>]) -> Vec<Option<Standing>> {
    rows.iter().map(|row| Standing::of(items.get(row.clone())?, items)).collect()
}

/// The nearest short text at the left of a short one that was not drawn in this run.
fn name_of(items: &[Item], at: usize, run: &Range<usize>) -> Option<usize> {
    let value = items.get(at)?;
    let width = |item: &Item| if let Item::Line(line) = item { line.width() } else { f64::INFINITY };
    let is_name = |(at, item): &(usize, &Item)| {
        !run.contains(at) && width(item) < MIN_TEXT && start(item) < start(value) && is_level(item, value)
    };
    let names = items.iter().enumerate().filter(is_name);
    let nearest = names.max_by(|one, other| start(one.1).total_cmp(&start(other.1)));
    nearest.filter(|_| width(value) < SHORT).map(|(at, _)| at)
}

/// The parts of these that stand beside one another, one after the other.
fn rows(items: &[Item]) -> Vec<Range<usize>> {
    let mut rows: Vec<Range<usize>> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        match rows.last_mut() {
            Some(row) if items.get(row.clone()).unwrap_or_default().iter().all(|one| is_level(one, item)) => {
                row.end = at + 1;
            }
            _ => rows.push(at..at + 1),
        }
    }
    rows
}

fn start(item: &Item) -> f64 {
    match item {
        Item::Line(line) => line.start,
        Item::Table(table) => table.columns.first().copied().unwrap_or_default(),
    }
}

/// Whether these are texts of one row.
fn is_level(one: &Item, other: &Item) -> bool {
    let (Item::Line(one), Item::Line(other)) = (one, other) else { return false };
    let near = ABOVE * one.size.min(other.size);
    one.goes((1.0, 0.0))
        && other.goes((1.0, 0.0))
        && (one.height - other.height).abs() < near
        && (one.end < other.start + near || other.end < one.start + near)
}

impl Standing {
    /// Where a row stands. None for what is read as it was drawn.
    fn of(row: &[Item], items: &[Item]) -> Option<Self> {
        let places = row.iter().map(|item| match item {
            Item::Line(line) => {
                let lies_on = |other: &Item| matches!(other, Item::Line(other) if lies_on(line, other));
                let has_place = line.goes((1.0, 0.0)) && !items.iter().any(lies_on);
                has_place.then_some(Self {
                    left: line.start,
                    right: line.end,
                    top: line.height,
                    bottom: line.height,
                    size: line.size,
                    run: None,
                })
            }
            Item::Table(table) => Some(Self {
                left: table.columns.first().copied()?,
                right: table.right,
                top: table.top,
                bottom: table.bottom,
                size: 1.0,
                run: None,
            }),
        });
        places.reduce(|one, other| one.zip(other).map(|(one, other)| one.with(&other))).flatten()
    }

    fn with(&self, other: &Self) -> Self {
        Self {
            left: self.left.min(other.left),
            right: self.right.max(other.right),
            top: self.top.max(other.top),
            bottom: self.bottom.min(other.bottom),
            size: self.size.max(other.size),
            run: None,
        }
    }

    fn is_above(&self, other: &Self) -> bool {
        self.bottom - other.top > ABOVE * self.size.max(other.size)
    }

    /// Whether it is read before the other, whatever was drawn first. It is always above it, so nothing waits for itself.
    fn is_before(&self, other: &Self) -> bool {
        let over = self.right.min(other.right) - self.left.max(other.left);
        let is_over = over > OVER * (self.right - self.left).min(other.right - other.left);
        // What stands above all that was drawn with the other is in no column beside it.
        let is_apart = self.run.zip(other.run).is_some_and(|(own, other)| own.1 > other.0);
        self.is_above(other) && (is_over || is_apart)
    }
}

/// Whether a line is a watermark over the other.
fn lies_on(line: &Line, other: &Line) -> bool {
    let up = (other.height - line.height) / line.size;
    line.size > LARGER * other.size
        && other.goes((1.0, 0.0))
        && (-0.2..0.6).contains(&up)
        && line.start < other.end
        && other.start < line.end
}

/// The first and the last height of these.
fn reach(places: &[Option<Standing>]) -> Option<(f64, f64)> {
    places.iter().flatten().map(|place| (place.top, place.bottom)).reduce(|reach, place| {
        let (top, bottom) = reach;
        (top.max(place.0), bottom.min(place.1))
    })
}

/// The parts of what was drawn in which each thing stands below the one before, or beside it.
fn runs(places: &[Option<Standing>]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let (mut from, mut last): (usize, Option<&Standing>) = (0, None);
    // The height of all that was drawn before the run.
    let mut before = f64::NEG_INFINITY;
    for (at, place) in places.iter().enumerate() {
        let Some(place) = place else { continue };
        let (top, bottom) = reach(places.get(from..at).unwrap_or_default()).unwrap_or_default();
        let is_back = |last: &Standing| place.is_above(last) || place.top - last.bottom > ABOVE * place.size;
        // A header is one row above all else, and its program may have drawn the footer next.
        let is_header = |last: &Standing| {
            let size = last.size.max(place.size);
            top - bottom < ABOVE * size && bottom > before && last.bottom - place.top > APART * size
        };
        if last.is_some_and(|last| is_back(last) || is_header(last)) {
            runs.push(from..at);
            (from, before) = (at, before.max(top));
        }
        last = Some(place);
    }
    runs.push(from..places.len());
    runs
}

/// The numbers of these in the order they are read in: as they were drawn, but for what waits for something else.
fn order(places: &[Option<Standing>]) -> Vec<usize> {
    let mut order = Vec::with_capacity(places.len());
    let mut is_read = vec![false; places.len()];
    let mut waiting = Vec::new();
    for first in 0..places.len() {
        waiting.push(first);
        while let Some(&at) = waiting.last() {
            let is_before = |&other: &usize| match (places.get(other), places.get(at)) {
                (Some(Some(other)), Some(Some(place))) => other.is_before(place),
                _ => false,
            };
            let is_open = |other: &usize| is_read.get(*other) == Some(&false);
            if is_open(&at)
                && let Some(next) = (0..places.len()).filter(is_open).find(is_before)
            {
                waiting.push(next);
                continue;
            }
            waiting.pop();
            if let Some(read) = is_read.get_mut(at).filter(|read| !**read) {
                *read = true;
                order.push(at);
            }
        }
    }
    order
}
