//! A pair is a column of questions with the column of their answers; a wide table has several: Q1, A1, Q2, A2.

use csv::StringRecord;

use super::role::{
    ColumnRole, answer_distance, asks_beside, distance, is_asked, is_denied, is_general, is_key, is_of_test,
    is_revised, is_unchanged, is_way, may_be_empty, may_stand, number, plain,
};
use crate::knowledge::document::table::is_question;

/// Most pairs of one table: each column is compared with all of them.
const MAX_PAIRS: usize = 200;

/// How the ways to ask in one cell of questions are parted, by what the column is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WaysParted {
    /// The name says nothing: by what each part is like.
    Unsaid,
    /// 单元格内一行一个
    ByLines,
    /// 多个问法用|分隔
    BySigns,
}

impl WaysParted {
    fn of(name: &str) -> Self {
        let says = |marks: &[&str]| marks.iter().any(|mark| name.contains(mark));
        if says(&["一行一个", "每行一", "换行", "per line", "一行一"]) {
            Self::ByLines
        } else if says(&["分隔", "隔开", "分开", "separated"]) {
            Self::BySigns
        } else {
            Self::Unsaid
        }
    }
}

pub(super) struct QaPair {
    pub(super) question: usize,
    pub(super) parted: WaysParted,
    /// Whether only ways to ask have a column, of which the first is the question.
    pub(super) is_of_ways: bool,
    /// What goes with an instruction.
    pub(super) input: Option<usize>,
    pub(super) answer: usize,
    /// Where the answer is whose own cell is empty, or that nobody had to put right.
    pub(super) instead: Option<usize>,
    /// Whether answers were put right where they were wrong, and nothing is said where not.
    is_revised: bool,
    pub(super) variants: Vec<usize>,
    /// Cells right of the last column are variants as well.
    pub(super) variants_from: Option<usize>,
    /// A title, for a text that nobody has asked for.
    pub(super) title: Option<usize>,
}

impl QaPair {
    /// The pairs of columns with these names and roles. `below`: the first rows, of which columns that are seldom called so
    /// show whether they ask; `is_wanted`: whether there must be some; `weak`: whether a column may hold answers that is seldom
    /// called so.
    pub(super) fn find(
        names: &[String],
        roles: &[ColumnRole],
        below: &[StringRecord],
        is_wanted: bool,
        weak: bool,
    ) -> Option<Vec<Self>> {
        let all = |wanted: ColumnRole| {
            roles.iter().enumerate().filter(move |(_, role)| **role == wanted).map(|(at, _)| at)
        };
        if all(ColumnRole::Question).count().min(all(ColumnRole::Answer).count()) > MAX_PAIRS {
            return None;
        }
        if let Some(pairs) = several(names, roles) {
            return Some(pairs);
        }
        // Where other ways to ask have a column, something is asked.
        let asks = |(name, role): (&String, &ColumnRole)| {
            *role == ColumnRole::Variants
                && ["问", "問", "说法", "question"].iter().any(|mark| plain(name).contains(mark))
        };
        let is_wanted = is_wanted || names.iter().zip(roles).any(asks);
        let first = |wanted: ColumnRole| all(wanted).next();
        let name = |at: usize| names.get(at).map_or("", String::as_str);
        let asked = asked(names, all(ColumnRole::Question).collect(), below);
        let strong = asked.filter(|&at| !asks_beside(name(at)));
        let is_tested = all(ColumnRole::Answer).any(|at| is_of_test(name(at)));
        let nearness = |at: &usize| answer_distance(name(*at), is_tested);
        let answers = || all(ColumnRole::Answer).filter(|&at| !is_denied(name(at)));
        let strong_answer = answers().min_by_key(nearness);
        let instead = strong_answer.filter(|&answer| may_be_empty(name(answer))).and_then(|answer| {
            answers().filter(|&at| at != answer && may_stand(name(at))).min_by_key(nearness)
        });
        let answer = match (strong_answer, first(ColumnRole::WeakAnswer)) {
            (Some(answer), _) => answer,
            (None, Some(answer)) if asked.is_some() && weak || is_wanted => answer,
            _ => return None,
        };
        // Where only ways to ask have a column, as Training Phrases beside an Intent, the first of them is the question.
        let way = first(ColumnRole::Variants).filter(|_| first(ColumnRole::Answer).is_some());
        let (keys, mut seldom): (Vec<usize>, Vec<usize>) =
            all(ColumnRole::WeakQuestion).partition(|&at| is_key(name(at)));
        seldom.extend(keys);
        let title = seldom.first().copied();
        if strong_answer.is_some() {
            // 分段内容 is asked where another column answers it.
            seldom.extend(all(ColumnRole::WeakAnswer).filter(|&at| mostly_asks(below, at)));
        }
        if seldom.is_empty() && way.is_none() {
            seldom.extend(asked);
        }
        // Of names that are all seldom those of questions, the one below which most cells ask, or else the first.
        let seldom = seldom.into_iter().rev().max_by_key(|&at| asking(below, at));
        let question = match (strong, seldom, way) {
            (Some(question), ..) => question,
            (None, Some(question), _) if strong_answer.is_some() || is_wanted || asked == Some(question) => {
                question
            }
            (None, None, Some(way)) => way,
            _ => return None,
        };
        let header = name(question);
        let is_instruction = plain(header) == "instruction";
        let input = names.iter().position(|name| is_instruction && plain(name) == "input");
        let mut variants: Vec<usize> = Vec::new();
        for (at, name) in names.iter().enumerate().filter(|(at, _)| *at != question && *at != answer) {
            // A name may stand above the first only of the columns that it is for.
            let goes_on =
                name.is_empty() && at.checked_sub(1).is_some_and(|left| variants.last() == Some(&left));
            if is_way(name, header) || goes_on {
                variants.push(at);
            }
        }
        let is_of_ways = way == Some(question);
        Some(vec![Self {
            question,
            parted: if is_of_ways { WaysParted::ByLines } else { WaysParted::of(header) },
            is_of_ways,
            input,
            answer,
            instead,
            is_revised: is_revised(name(answer)),
            variants_from: (variants.last() == names.len().checked_sub(1).as_ref()).then_some(names.len()),
            variants,
            title: title.filter(|&title| title != question),
        }])
    }

    pub(super) fn uses(&self, column: usize) -> bool {
        [Some(self.question), Some(self.answer), self.instead, self.input].contains(&Some(column))
            || self.variants.contains(&column)
    }

    /// The column of a row's answer.
    pub(super) fn answer_of(&self, row: &StringRecord) -> usize {
        let says_none = |cell: &str| cell.trim().is_empty() || self.is_revised && is_unchanged(cell);
        self.instead.filter(|_| row.get(self.answer).is_none_or(says_none)).unwrap_or(self.answer)
    }

    fn new(question: usize, answer: usize, names: &[String]) -> Self {
        let parted = WaysParted::of(names.get(question).map_or("", String::as_str));
        Self {
            question,
            parted,
            is_of_ways: false,
            input: None,
            answer,
            instead: None,
            is_revised: false,
            variants: Vec::new(),
            variants_from: None,
            title: None,
        }
    }
}

/// The one of some columns of questions that the answers are for: that whose name is nearest, unless it holds labels, such as 发票
/// below 问题标题, and another asks. What is just called 问题 holds none.
fn asked(names: &[String], questions: Vec<usize>, below: &[StringRecord]) -> Option<usize> {
    let name = |at: usize| names.get(at).map_or("", String::as_str);
    let nearest = questions.iter().copied().min_by_key(|&at| distance(name(at)))?;
    if is_general(name(nearest)) || mostly_asks(below, nearest) {
        return Some(nearest);
    }
    let asks_instead =
        |at: &usize| !asks_beside(name(*at)) && !is_way(name(*at), name(nearest)) && mostly_asks(below, *at);
    let instead = questions.into_iter().filter(asks_instead).min_by_key(|&at| distance(name(at)));
    Some(instead.unwrap_or(nearest))
}

/// Pairs by their numbers, or one after the other: each column of answers behind one of questions.
fn several(names: &[String], roles: &[ColumnRole]) -> Option<Vec<QaPair>> {
    let of = |wanted: ColumnRole| -> Vec<usize> {
        roles.iter().enumerate().filter(|(_, role)| **role == wanted).map(|(at, _)| at).collect()
    };
    let name = |at: usize| names.get(at).map_or("", String::as_str);
    let mut answers = of(ColumnRole::Answer);
    answers.retain(|&at| !is_denied(name(at)));
    // 追问 is asked beside the question, unless it has an answer of its own: 追问答案, or the next column.
    let is_question = |at: &usize| match roles.get(*at) {
        Some(ColumnRole::Question) => true,
        Some(ColumnRole::Other) => is_asked(name(*at)) && asks_beside(name(*at)),
        _ => false,
    };
    let is_answered = |at: usize| !asks_beside(name(at)) || answers.contains(&(at + 1));
    let questions: Vec<usize> = (0..roles.len()).filter(is_question).filter(|&at| is_answered(at)).collect();
    if questions.len() < 2 || answers.len() < 2 {
        return None;
    }
    let numbered = |column: &usize| names.get(*column).and_then(|name| number(name));
    let mut pairs: Vec<QaPair> = answers
        .iter()
        .filter_map(|answer| {
            let wanted = numbered(answer)?;
            let question = questions.iter().find(|question| numbered(question) == Some(wanted))?;
            Some(QaPair::new(*question, *answer, names))
        })
        .collect();
    let is_own =
        |(at, pair): (usize, &QaPair)| pairs.iter().skip(at + 1).all(|other| other.question != pair.question);
    let are_own = pairs.iter().enumerate().all(is_own);
    if pairs.len() < answers.len() || questions.len() != answers.len() || !are_own {
        pairs = Vec::new();
        let mut before = 0;
        for &answer in &answers {
            let between = questions.iter().filter(|question| (before..answer).contains(*question));
            let question = between.min_by_key(|&&at| distance(name(at)))?;
            pairs.push(QaPair::new(*question, answer, names));
            before = answer + 1;
        }
    }
    // Every other way to ask goes with the question before it.
    for (column, role) in roles.iter().enumerate() {
        if pairs.iter().any(|pair| pair.uses(column)) {
            continue;
        }
        let before = pairs.iter_mut().filter(|pair| pair.question < column).max_by_key(|pair| pair.question);
        match before {
            Some(pair) if is_way(name(column), name(pair.question)) => pair.variants.push(column),
            None if *role == ColumnRole::Variants => return None,
            _ => {}
        }
    }
    Some(pairs)
}

/// Cells of a column that read like questions.
fn asking(below: &[StringRecord], column: usize) -> usize {
    below.iter().filter(|row| row.get(column).is_some_and(is_question)).count()
}

fn mostly_asks(below: &[StringRecord], column: usize) -> bool {
    let filled = below.iter().filter(|row| row.get(column).is_some_and(|cell| !cell.trim().is_empty()));
    let asking = asking(below, column);
    asking > 0 && asking * 10 >= filled.count() * 6
}

#[cfg(test)]
mod tests;
