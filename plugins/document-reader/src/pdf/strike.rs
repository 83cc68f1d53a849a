//! A strike is a rule through the middle of text: what it says is not valid any more, as an old price.

use super::line::Line;
use super::rule::{Rule, Rules};
use crate::left_out::LeftOut;

/// How high above the baseline a strike stands, in sizes of the font.
const LOWEST: f64 = 0.14;
const HIGHEST: f64 = 0.5;
/// How far it may end from the text that it strikes, in sizes of the font. Rules of tables end elsewhere.
const OFF: f64 = 0.6;

/// Takes what is struck out of lines: by rules, or by marks of a reviewer, which may reach further.
pub(super) fn take(lines: Vec<Line>, rules: &Rules, marks: &[Rule], left_out: &mut LeftOut) -> Vec<Line> {
    let mut level = rules.level.clone();
    level.sort_by(|one, other| one.at.total_cmp(&other.at));
    let strikes = |mut line: Line| {
        if !line.goes((1.0, 0.0)) {
            return Some(line);
        }
        let (lowest, highest) = (line.height + LOWEST * line.size, line.height + HIGHEST * line.size);
        let from = level.partition_point(|rule| rule.at < lowest);
        let drawn = level.get(from..).unwrap_or_default().iter().take_while(|rule| rule.at < highest);
        let mut struck: Vec<Rule> =
            drawn.filter(|rule| line.ends_with_text(rule, OFF * line.size)).copied().collect();
        struck.extend(marks.iter().filter(|mark| (lowest..highest).contains(&mark.at)));
        if !struck.is_empty() {
            line.strike(&struck, left_out);
        }
        (!line.text.trim().is_empty()).then_some(line)
    };
    lines.into_iter().filter_map(strikes).collect()
}
