//! A turned table is written from the foot of an upright page to its head, or from its head to its foot, because it is wide.

use super::line::Line;
use super::rule::{Rule, Rules};
use super::sheet::{Item, Sheet};
use super::{aligned, glued, grid};

/// The directions of writing of a table that is turned to the left, and to the right.
const TURNED: [(f64, f64); 2] = [(0.0, 1.0), (0.0, -1.0)];
/// Rows that a turned table has at least, with the names of its columns: upright lines of text stand beside one another too.
const MIN_ROWS: usize = 3;

/// Puts the tables that are turned in the place of the lines they are made of.
pub(super) fn find(sheet: &mut Sheet) {
    for direction in TURNED {
        let lines: Vec<Line> = sheet.lines().filter(|line| line.goes(direction)).cloned().collect();
        if lines.len() < 2 * MIN_ROWS {
            continue;
        }
        let level = lines.into_iter().map(|line| line.turned((1.0, 0.0))).collect();
        let mut turned = Sheet::new(level, rules(&sheet.rules, direction), (sheet.size.1, sheet.size.0));
        grid::find(&mut turned);
        glued::part(&mut turned);
        turned.number();
        aligned::find(&mut turned);
        let is_table = |item: &Item| match item {
            Item::Table(table) => !table.is_loose && table.rows.len() >= MIN_ROWS,
            Item::Line(_) => false,
        };
        if !turned.items.iter().any(is_table) {
            continue;
        }
        let (lines, place) = sheet.take_lines(|line| line.goes(direction));
        let items = turned.items.into_iter().map(|item| upright(item, direction, &lines));
        let items: Vec<Item> = items.collect();
        sheet.items.splice(place..place, items);
    }
}

/// The rules as they are seen where the page is turned so that this direction is level.
fn rules(rules: &Rules, direction: (f64, f64)) -> Rules {
    let kept = |sign: f64| move |rule: &Rule| Rule { at: sign * rule.at, ..*rule };
    let swapped = |sign: f64| move |rule: &Rule| Rule { at: sign * rule.at, from: -rule.to, to: -rule.from };
    let grounds = rules.grounds.iter().copied();
    if direction.1 > 0.0 {
        Rules {
            level: rules.upright.iter().map(kept(-1.0)).collect(),
            upright: rules.level.iter().map(swapped(1.0)).collect(),
            grounds: grounds.map(|[left, bottom, right, top]| [bottom, -right, top, -left]).collect(),
        }
    } else {
        Rules {
            level: rules.upright.iter().map(swapped(1.0)).collect(),
            upright: rules.level.iter().map(kept(-1.0)).collect(),
            grounds: grounds.map(|[left, bottom, right, top]| [-top, left, -bottom, right]).collect(),
        }
    }
}

/// A thing as it stands on the page, among these lines of it.
fn upright(item: Item, direction: (f64, f64), lines: &[Line]) -> Item {
    match item {
        Item::Line(line) => Item::Line(line.turned(direction)),
        Item::Table(mut table) => {
            let ends = || lines.iter().flat_map(|line| [line.start, line.end]).map(|at| at * direction.1);
            let across = || lines.iter().map(|line| -line.height * direction.1);
            let (left, first) =
                (across().fold(f64::INFINITY, f64::min), table.columns.first().copied().unwrap_or_default());
            // Only how far its columns are apart tells it on the next page.
            table.columns.iter_mut().for_each(|column| *column += left - first);
            table.right = across().fold(f64::NEG_INFINITY, f64::max);
            table.top = ends().fold(f64::NEG_INFINITY, f64::max);
            table.bottom = ends().fold(f64::INFINITY, f64::min);
            Item::Table(table)
        }
    }
}
