//! A pair is a column of questions with the column of their answers; a wide table has several: Q1, A1, Q2, A2.

use super::role::{ColumnRole, is_key, number, plain};

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
    pub(super) variants: Vec<usize>,
    /// Cells right of the last column are variants as well.
    pub(super) variants_from: Option<usize>,
    /// A title, for a text that nobody has asked for.
    pub(super) title: Option<usize>,
}

impl QaPair {
    /// The pairs of columns with these names and roles. `is_wanted`: whether there must be some; `weak`: whether a column may
    /// hold answers that is seldom called so.
    pub(super) fn find(
        names: &[String],
        roles: &[ColumnRole],
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
        let main = all(ColumnRole::Question)
            .find(|&at| names.get(at).is_some_and(|name| name.contains(['标', '標', '主'])));
        let strong = main.or(first(ColumnRole::Question));
        // 答案名称 stands beside 答案内容.
        let is_text = |at: &usize| names.get(*at).is_some_and(|name| !plain(name).ends_with(['名', '称']));
        let strong_answer = all(ColumnRole::Answer).find(is_text).or(first(ColumnRole::Answer));
        let answer = match (strong_answer, first(ColumnRole::WeakAnswer)) {
            (Some(answer), _) => answer,
            (None, Some(answer)) if strong.is_some() && weak || is_wanted => answer,
            _ => return None,
        };
        let said = |at: &usize| names.get(*at).is_some_and(|name| !is_key(name));
        let weak_question = all(ColumnRole::WeakQuestion).find(said).or(first(ColumnRole::WeakQuestion));
        // Where only ways to ask have a column, as Training Phrases beside an Intent, the first of them is the question.
        let way = first(ColumnRole::Variants).filter(|_| first(ColumnRole::Answer).is_some());
        let question = match (strong, weak_question, way) {
            (Some(question), ..) => question,
            (None, Some(question), _) if first(ColumnRole::Answer).is_some() || is_wanted => question,
            (None, None, Some(way)) => way,
            _ => return None,
        };
        let is_instruction = names.get(question).is_some_and(|name| plain(name) == "instruction");
        let input = names.iter().position(|name| is_instruction && plain(name) == "input");
        let mut variants: Vec<usize> = Vec::new();
        for (at, role) in roles.iter().enumerate().filter(|(at, _)| *at != question) {
            // A name may stand above the first only of the columns that it is for.
            let goes_on = names.get(at).is_some_and(String::is_empty)
                && at.checked_sub(1).is_some_and(|left| variants.last() == Some(&left));
            if matches!(role, ColumnRole::Question | ColumnRole::Variants) || goes_on {
                variants.push(at);
            }
        }
        let header = names.get(question).map_or("", String::as_str);
        let is_of_ways = way == Some(question);
        Some(vec![Self {
            question,
            parted: if is_of_ways { WaysParted::ByLines } else { WaysParted::of(header) },
            is_of_ways,
            input,
            answer,
            variants_from: (variants.last() == names.len().checked_sub(1).as_ref()).then_some(names.len()),
            variants,
            title: weak_question.filter(|&title| title != question),
        }])
    }

    pub(super) fn uses(&self, column: usize) -> bool {
        [Some(self.question), Some(self.answer), self.input].contains(&Some(column))
            || self.variants.contains(&column)
    }

    fn new(question: usize, answer: usize, names: &[String]) -> Self {
        let parted = WaysParted::of(names.get(question).map_or("", String::as_str));
        Self {
            question,
            parted,
            is_of_ways: false,
            input: None,
            answer,
            variants: Vec::new(),
            variants_from: None,
            title: None,
        }
    }
}

/// Pairs by their numbers, or one after the other: each column of answers behind one of questions.
fn several(names: &[String], roles: &[ColumnRole]) -> Option<Vec<QaPair>> {
    let of = |wanted: ColumnRole| -> Vec<usize> {
        roles.iter().enumerate().filter(|(_, role)| **role == wanted).map(|(at, _)| at).collect()
    };
    let (questions, answers) = (of(ColumnRole::Question), of(ColumnRole::Answer));
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
    if pairs.len() < answers.len() || questions.len() != answers.len() {
        pairs = Vec::new();
        let mut before = 0;
        for &answer in &answers {
            let question = questions.iter().find(|question| (before..answer).contains(*question))?;
            pairs.push(QaPair::new(*question, answer, names));
            before = answer + 1;
        }
    }
    // Every other way to ask goes with the question before it.
    for (column, role) in roles.iter().enumerate() {
        let is_used = pairs.iter().any(|pair| pair.uses(column));
        if matches!(role, ColumnRole::Question | ColumnRole::Variants) && !is_used {
            let pair =
                pairs.iter_mut().filter(|pair| pair.question < column).max_by_key(|pair| pair.question)?;
            pair.variants.push(column);
        }
    }
    Some(pairs)
}
