//! A rule is a straight line that is drawn, or filled, level or upright: what tables are drawn with.

/// Most rules of a page. Pages with more are maps and charts.
const MAX_RULES: usize = 4000;
/// A filled rectangle as thin as this is a rule, in points.
const THIN: f64 = 3.0;
/// Rules shorter than this are parts of drawings.
const SHORT: f64 = 4.0;
/// How far the pieces of one rule may be off its line, and how far apart: where an upright rule crosses it, it may stop.
const OFF: f64 = 0.5;
const APART: f64 = 3.0;

#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// The height of a level rule, the distance from the left of an upright one.
    pub(super) at: f64,
    pub(super) from: f64,
    pub(super) to: f64,
}

#[derive(Debug, Default)]
pub(super) struct Rules {
    pub(super) level: Vec<Rule>,
    pub(super) upright: Vec<Rule>,
    /// Filled rectangles that are no rules, as the ground of cells is: left, bottom, right and top.
    pub(super) grounds: Vec<[f64; 4]>,
}

/// The path that is being drawn.
#[derive(Debug, Default)]
pub(super) struct Path {
    lines: Vec<((f64, f64), (f64, f64))>,
    rectangles: Vec<[f64; 4]>,
    at: (f64, f64),
    start: (f64, f64),
    /// How many curves it has.
    curves: usize,
    /// Left, bottom, right and top of all it reaches.
    pub(super) bounds: Option<[f64; 4]>,
}

impl Path {
    /// Takes a point into what it reaches.
    pub(super) fn reach(&mut self, (x, y): (f64, f64)) {
        let [left, bottom, right, top] = self.bounds.unwrap_or([x, y, x, y]);
        self.bounds = Some([left.min(x), bottom.min(y), right.max(x), top.max(y)]);
    }

    pub(super) fn move_to(&mut self, to: (f64, f64)) {
        self.reach(to);
        (self.at, self.start) = (to, to);
    }

    /// No rule is bent: what a curve leads to is where the next line starts.
    pub(super) fn curve_to<const N: usize>(&mut self, points: [(f64, f64); N]) {
        points.into_iter().for_each(|point| self.reach(point));
        self.curves += 1;
        self.move_to(points.last().copied().unwrap_or(self.at));
    }

    /// Whether it may draw the shape of a character.
    pub(super) fn is_bent(&self) -> bool {
        self.curves > 1
    }

    pub(super) fn line_to(&mut self, to: (f64, f64)) {
        self.reach(to);
        if self.lines.len() < MAX_RULES {
            self.lines.push((self.at, to));
        }
        self.at = to;
    }

    pub(super) fn close(&mut self) {
        self.line_to(self.start);
    }

    /// Corners that lie opposite each other.
    pub(super) fn rectangle(&mut self, one: (f64, f64), other: (f64, f64)) {
        self.reach(one);
        self.reach(other);
        if self.rectangles.len() < MAX_RULES {
            let (left, right) = (one.0.min(other.0), one.0.max(other.0));
            let (bottom, top) = (one.1.min(other.1), one.1.max(other.1));
            self.rectangles.push([left, bottom, right, top]);
        }
        (self.at, self.start) = (one, one);
    }

    pub(super) fn paint(&mut self, rules: &mut Rules, is_stroked: bool) {
        let path = std::mem::take(self);
        if is_stroked {
            for (one, other) in &path.lines {
                rules.add(*one, *other);
            }
        }
        let filled = (!is_stroked).then(|| path.outline()).flatten();
        for [left, bottom, right, top] in path.rectangles.into_iter().chain(filled) {
            let (x, y) = ((left + right) / 2.0, (bottom + top) / 2.0);
            if top - bottom < THIN {
                rules.add((left, y), (right, y));
            } else if right - left < THIN {
                rules.add((x, bottom), (x, top));
            } else if is_stroked {
                rules.add((left, bottom), (right, bottom));
                rules.add((left, top), (right, top));
                rules.add((left, bottom), (left, top));
                rules.add((right, bottom), (right, top));
            } else if rules.grounds.len() < MAX_RULES && (right - left + top - bottom).is_finite() {
                rules.grounds.push([left, bottom, right, top]);
            }
        }
    }

    /// The rectangle that its lines make, if they make one: some programs draw their rules so.
    fn outline(&self) -> Option<[f64; 4]> {
        if !(3..=5).contains(&self.lines.len()) {
            return None;
        }
        let points = || self.lines.iter().flat_map(|(one, other)| [*one, *other]);
        let left = points().map(|at| at.0).fold(f64::INFINITY, f64::min);
        let right = points().map(|at| at.0).fold(f64::NEG_INFINITY, f64::max);
        let bottom = points().map(|at| at.1).fold(f64::INFINITY, f64::min);
        let top = points().map(|at| at.1).fold(f64::NEG_INFINITY, f64::max);
        Some([left, bottom, right, top])
    }
}

impl Rules {
    /// The rules with their pieces put together: browsers draw one for each cell, and those in the middle of a cell that spans
    /// columns touch no rule of the other kind.
    pub(super) fn joined(&self) -> Self {
        Self { level: joined(&self.level), upright: joined(&self.upright), grounds: Vec::new() }
    }

    /// Where the pieces of level rules meet, and where grounds of one height do, as `(height, place)`: browsers draw those of each
    /// cell for itself.
    pub(super) fn seams(&self) -> Vec<(f64, f64)> {
        let rules = self.level.iter().map(|rule| [rule.from, rule.at, rule.to, rule.at]);
        let mut pieces: Vec<[f64; 4]> = rules.chain(self.grounds.iter().copied()).collect();
        pieces.sort_by(|one, other| {
            let order = |at: usize| one.get(at).unwrap_or(&0.0).total_cmp(other.get(at).unwrap_or(&0.0));
            order(1).then(order(3)).then(order(0))
        });
        let meet = |two: &[[f64; 4]]| {
            let ([_, bottom, right, top], [left, other_bottom, _, other_top]) = (two[0], two[1]);
            let is_level = (bottom - other_bottom).abs() < OFF && (top - other_top).abs() < OFF;
            (is_level && (left - right).abs() < APART).then_some(((bottom + top) / 2.0, (left + right) / 2.0))
        };
        pieces.windows(2).filter_map(meet).collect()
    }

    fn add(&mut self, one: (f64, f64), other: (f64, f64)) {
        let (across, up) = ((one.0 - other.0).abs(), (one.1 - other.1).abs());
        if !(across + up).is_finite() || self.level.len() + self.upright.len() >= MAX_RULES {
            return;
        }
        if up < 1.0 && across > SHORT {
            let at = (one.1 + other.1) / 2.0;
            self.level.push(Rule { at, from: one.0.min(other.0), to: one.0.max(other.0) });
        } else if across < 1.0 && up > SHORT {
            let at = (one.0 + other.0) / 2.0;
            self.upright.push(Rule { at, from: one.1.min(other.1), to: one.1.max(other.1) });
        }
    }
}

/// Puts together what lies in one line and touches.
fn joined(rules: &[Rule]) -> Vec<Rule> {
    let mut rules = rules.to_vec();
    rules.sort_by(|one, other| one.at.total_cmp(&other.at));
    let mut joined: Vec<Rule> = Vec::new();
    for line in rules.chunk_by_mut(|one, other| other.at - one.at < OFF) {
        line.sort_by(|one, other| one.from.total_cmp(&other.from));
        let first = joined.len();
        for &rule in &*line {
            match joined.get_mut(first..).and_then(<[Rule]>::last_mut) {
                Some(last) if rule.from - last.to < APART => last.to = last.to.max(rule.to),
                _ => joined.push(rule),
            }
        }
    }
    joined
}
