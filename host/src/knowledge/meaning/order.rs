//! An order is what the place of words tells: which stretch of a question stands before another, and which of two things
//! is done first.

use std::collections::BTreeMap;

use super::words::{ALREADY, ALSO_DONE, CLAUSE_SIDES, NO_CLAUSE_BEFORE};
use super::{AnswerType, QuestionMeaning, TextUnit};

/// How the order of two texts with the same units differs.
pub(super) enum Arrangement {
    Equal,
    /// One stretch has changed places with the one beside it.
    Moved,
    /// Two stretches have changed places around what is between them.
    Swapped,
    Other,
}

/// The order of a text beside that of another with the same units.
pub(super) fn arrangement(one: &[TextUnit], other: &[TextUnit]) -> Arrangement {
    let Some(first) = one.iter().zip(other).position(|(a, b)| a != b) else { return Arrangement::Equal };
    let last = one.iter().zip(other).rposition(|(a, b)| a != b).unwrap_or(first);
    let (one, other) = (&one[first..=last], &other[first..=last]);
    let is_moved = (1..one.len()).any(|at| one[at..].iter().chain(&one[..at]).eq(other));
    if is_moved {
        return Arrangement::Moved;
    }
    // A between B against B between A.
    let n = one.len();
    let is_swap = |a: usize, b: usize| {
        one[..a] == other[n - a..] && one[n - b..] == other[..b] && one[a..n - b] == other[b..n - a]
    };
    let is_swapped = (1..n).any(|a| (1..n - a).any(|b| is_swap(a, b)));
    if is_swapped { Arrangement::Swapped } else { Arrangement::Other }
}

/// What of one text is left when each unit of the other has taken one of its own.
pub(super) fn left<'a, T: Ord>(text: &'a [T], other: &[T]) -> Vec<&'a T> {
    let mut counts: BTreeMap<&T, usize> = BTreeMap::new();
    for unit in other {
        *counts.entry(unit).or_default() += 1;
    }
    let mut takes = |unit: &T| match counts.get_mut(unit) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    };
    text.iter().filter(|unit| !takes(unit)).collect()
}

/// How many units two texts begin with alike, and end with behind that.
pub(super) fn shared_ends<T: PartialEq>(one: &[T], two: &[T]) -> (usize, usize) {
    let begin = one.iter().zip(two).take_while(|(a, b)| a == b).count();
    let ends = one[begin..].iter().rev().zip(two[begin..].iter().rev());
    (begin, ends.take_while(|(a, b)| a == b).count())
}

/// How what is asked lies to what is done or so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum ClauseTime {
    /// 发货前.
    Before,
    /// 发货了.
    Done,
    /// 发货的时候. 发货后 is here too: what is asked behind it is mostly asked of it.
    #[default]
    While,
}

impl ClauseTime {
    /// Read from the word that ends the clause.
    pub(super) fn of(word: &str) -> Self {
        match word {
            "前" | "之前" => Self::Before,
            _ => Self::While,
        }
    }
}

/// What is done or so first, and what is asked beside that: 吃药 and 喝酒 in 吃药后多久能喝酒. Both are empty where a question has
/// no such clause.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Clauses {
    first: Vec<TextUnit>,
    then: Vec<TextUnit>,
    time: ClauseTime,
}

impl Clauses {
    pub(super) fn new(content: &[TextUnit], end: Option<(usize, ClauseTime)>) -> Self {
        let clauses = |(end, time)| {
            let (first, then) = content.split_at_checked(end)?;
            Some(Self { first: first.to_vec(), then: then.to_vec(), time })
        };
        end.and_then(clauses).unwrap_or_default()
    }

    /// Whether one asks what is before what the other says is done: 发货前 and 发货了.
    fn lie_before(&self, other: &Self) -> bool {
        self.time == ClauseTime::Before && other.time == ClauseTime::Done && self.first == other.first
    }

    /// Whether what is done first in one is asked in the other, and the other way round.
    pub(super) fn change_places(&self, other: &Self) -> bool {
        let (first, others_first) = (left(&self.first, &other.first), left(&other.first, &self.first));
        let (then, others_then) = (left(&self.then, &other.then), left(&other.then, &self.then));
        let meet = |one: &[&TextUnit], two: &[&TextUnit]| one.iter().any(|unit| two.contains(unit));
        meet(&first, &others_then) && meet(&then, &others_first)
    }
}

impl QuestionMeaning {
    /// Whether what one says first, denies or names for someone is said of the other side in the other.
    pub(super) fn change_places(&self, other: &Self) -> bool {
        self.clauses.change_places(&other.clauses) || self.sides.change_places(&other.sides)
    }

    /// Whether it asks whether something may be so before what is done, and that is all that the other does not say: 入住前可以寄存行李吗
    /// and 入住可以寄存行李吗. 抽血前需要空腹吗 is 抽血需要空腹吗, and 没入住 is 入住前. Nothing is made of 后, for 离职后可以提取吗 is mostly
    /// 离职可以提取吗.
    pub(super) fn asks_before_alone(&self, other: &Self) -> bool {
        let first = &self.clauses.first;
        let is_one_of =
            |unit: &TextUnit, chars: &str| matches!(unit, TextUnit::Char(c) if chars.contains(*c));
        let only_says_when = || {
            left(&other.content, &self.content).is_empty()
                && left(&self.content, &other.content).iter().all(|unit| is_one_of(unit, CLAUSE_SIDES))
        };
        self.clauses.time == ClauseTime::Before
            && self.asks.has(AnswerType::May)
            && self.asks_whether()
            && other.asks_whether()
            // 会前 is one word, and so is 售前; 入职1年前 is of another count.
            && first.len() > 1
            && !first.iter().any(|unit| matches!(unit, TextUnit::Run(_)))
            && !first.last().is_some_and(|last| is_one_of(last, NO_CLAUSE_BEFORE))
            && only_says_when()
            && self.denies == other.denies
            && !other.sides.says_one_of(ALREADY)
    }

    /// Whether one asks what is before what the other says is done; 没付完款 is before it too.
    pub(super) fn lies_before(&self, other: &Self) -> bool {
        self.denies == other.denies && self.clauses.lie_before(&other.clauses)
    }

    /// Whether it asks behind what is done with, and the other does not say that anything is done: 装修完要什么手续 and
    /// 装修要什么手续.
    pub(super) fn finishes_alone(&self, other: &Self) -> bool {
        let says_done = other.finished || other.clauses != Clauses::default();
        self.finished && !says_done && !other.sides.says_one_of(ALSO_DONE)
    }
}

#[cfg(test)]
mod tests;
