//! The same text found twice: in two bases, in two documents that copy each other, or in an excerpt.

use std::cell::OnceCell;

use qianfan_plugin::knowledge::Hit;

/// Two texts that share this part of their character pairs say the same; a text of which this part is
/// in a better one says nothing new.
const ALIKE: f64 = 0.9;
/// A text is compared with a part of another where it has less than this part of the other's pairs.
const PART: f64 = 0.8;
/// A text with fewer pairs may be in a longer one by chance.
const FEWEST_PAIRS: usize = 20;
/// Characters of a text that are compared: more than a hit shows.
const COMPARED_CHARS: usize = 4000;
/// Pairs that are looked up first; few texts that are unlike pass that.
const SAMPLE: usize = 16;
/// Of the sample, so many must be shared: of two texts that are alike fewer are in one case of ten
/// thousand.
const SHARED_SAMPLE: usize = 9;

/// Hits without those that say the same as a better one.
pub(crate) struct Distinct {
    /// Best first, each unlike the ones before it.
    pub(crate) kept: Vec<Hit>,
    /// What was left out, each with the place of the one kept in its stead.
    pub(crate) merged: Vec<(Hit, usize)>,
}

/// At most `limit` hits. The first of several alike stays: it is the best. A longer text that holds a
/// better one stays too, for what else it says.
pub(crate) fn distinct(hits: Vec<Hit>, limit: usize) -> Distinct {
    let mut prints: Vec<Print> = Vec::new();
    let mut distinct = Distinct { kept: Vec::new(), merged: Vec::new() };
    for hit in hits {
        let print = Print::of(&hit.text);
        match prints.iter().position(|better| better.says(&print)) {
            Some(place) => distinct.merged.push((hit, place)),
            None if distinct.kept.len() < limit => {
                prints.push(print);
                distinct.kept.push(hit);
            }
            None => break,
        }
    }
    distinct
}

/// What two texts are compared by.
struct Print {
    /// Letters and digits only: layout and punctuation do not make a text another one.
    letters: String,
    /// The digits in order: last year's rule is this year's word for word but for a number.
    digits: String,
    /// How many of its characters deny something: one more turns a rule round.
    negations: usize,
    /// Pairs of neighbouring letters in all.
    count: usize,
    /// Made when they are first compared: most texts differ in what is cheaper to see.
    pairs: OnceCell<Vec<Pair>>,
}

/// Two neighbouring letters in one number, and how often they occur.
type Pair = (u64, u32);

impl Print {
    fn of(text: &str) -> Self {
        let (mut letters, mut digits) = (String::with_capacity(text.len()), String::new());
        let (mut count, mut negations) = (0, 0);
        let lowercase = text.chars().filter(|c| is_letter(*c)).flat_map(Lowercase::of);
        for c in lowercase.take(COMPARED_CHARS) {
            letters.push(c);
            count += 1;
            negations += usize::from(matches!(c, '不' | '未' | '无' | '非' | '没' | '勿' | '禁' | '否'));
            if !is_han(c) && c.is_numeric() {
                digits.push(c);
            }
        }
        Self { letters, digits, negations, count: usize::saturating_sub(count, 1), pairs: OnceCell::new() }
    }

    /// Each pair once, ascending.
    fn pairs(&self) -> &[Pair] {
        self.pairs.get_or_init(|| {
            let number = |(a, b)| u64::from(u32::from(a)) << 32 | u64::from(u32::from(b));
            // Sorted and not hashed: this runs in a sandbox that is built to be small.
            let mut each: Vec<u64> =
                self.letters.chars().zip(self.letters.chars().skip(1)).map(number).collect();
            each.sort_unstable();
            each.chunk_by(PartialEq::eq).map(|same| (same[0], same.len() as u32)).collect()
        })
    }

    /// Whether this text says what `other` says, as a whole or in a part of it.
    fn says(&self, other: &Self) -> bool {
        if self.letters == other.letters {
            return true;
        }
        let is_part = (other.count as f64) < PART * self.count as f64;
        if is_part {
            other.count >= FEWEST_PAIRS
                && self.negations >= other.negations
                && self.digits.contains(&other.digits)
                && self.shares_sample(other)
                && self.shared(other) as f64 >= ALIKE * other.count as f64
        } else {
            let shared = || {
                let shared = self.shared(other);
                shared > 0 && shared as f64 >= ALIKE * (self.count + other.count - shared) as f64
            };
            self.digits == other.digits
                && self.negations == other.negations
                && self.shares_sample(other)
                && shared()
        }
    }

    /// How many of the other's pairs are here too, each as often as it is in both.
    fn shared(&self, other: &Self) -> usize {
        let mut mine = self.pairs().iter().peekable();
        let of_both = |&(pair, count): &Pair| {
            while mine.next_if(|(smaller, _)| *smaller < pair).is_some() {}
            mine.next_if(|(same, _)| *same == pair).map_or(0, |(_, times)| count.min(*times) as usize)
        };
        other.pairs().iter().map(of_both).sum()
    }

    /// A cheap look that rules most texts out which are unlike.
    fn shares_sample(&self, other: &Self) -> bool {
        let stride = other.pairs().len() / SAMPLE;
        if stride == 0 {
            return true;
        }
        let sample = other.pairs().iter().step_by(stride).take(SAMPLE);
        let is_here = |pair: u64| self.pairs().binary_search_by_key(&pair, |(pair, _)| *pair).is_ok();
        sample.filter(|(pair, _)| is_here(*pair)).count() >= SHARED_SAMPLE
    }
}

/// The ideographs that most Chinese text is of: letters without case. Asking the tables of Unicode for each
/// takes more time than all the rest.
fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

fn is_letter(c: char) -> bool {
    is_han(c) || c.is_alphanumeric()
}

/// A letter in lower case, which may be several.
enum Lowercase {
    Same(std::iter::Once<char>),
    Other(std::char::ToLowercase),
}

impl Lowercase {
    fn of(c: char) -> Self {
        if is_han(c) { Self::Same(std::iter::once(c)) } else { Self::Other(c.to_lowercase()) }
    }
}

impl Iterator for Lowercase {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match self {
            Self::Same(c) => c.next(),
            Self::Other(several) => several.next(),
        }
    }
}

#[cfg(test)]
mod tests;
