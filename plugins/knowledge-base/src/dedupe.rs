//! The same text found twice: in two bases, or in two documents that copy each other.

use std::collections::HashSet;

use qianfan_plugin::knowledge::Hit;

/// Two texts that share this part of their character pairs say the same.
const ALIKE: f64 = 0.9;

/// At most `limit` hits, each unlike the ones before it. The first of several alike stays: it is the
/// best.
pub(crate) fn distinct(hits: Vec<Hit>, limit: usize) -> Vec<Hit> {
    let mut prints: Vec<Print> = Vec::new();
    let mut kept = Vec::new();
    for hit in hits {
        if kept.len() == limit {
            break;
        }
        let print = Print::of(&hit.text);
        if !prints.iter().any(|other| other.is_like(&print)) {
            prints.push(print);
            kept.push(hit);
        }
    }
    kept
}

/// What two texts are compared by.
struct Print {
    /// Letters and digits only: layout and punctuation do not make a text another one.
    letters: String,
    /// The digits in order: last year's rule is this year's word for word but for a number.
    digits: String,
    pairs: HashSet<(char, char)>,
}

impl Print {
    fn of(text: &str) -> Self {
        let letters: String =
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let digits = letters.chars().filter(|c| c.is_numeric()).collect();
        let pairs = letters.chars().zip(letters.chars().skip(1)).collect();
        Self { letters, digits, pairs }
    }

    fn is_like(&self, other: &Self) -> bool {
        if self.letters == other.letters {
            return true;
        }
        if self.digits != other.digits {
            return false;
        }
        let (few, many) = if self.pairs.len() < other.pairs.len() {
            (&self.pairs, &other.pairs)
        } else {
            (&other.pairs, &self.pairs)
        };
        // The sizes alone already rule most pairs of texts out.
        if (few.len() as f64) < ALIKE * many.len() as f64 {
            return false;
        }
        let shared = few.intersection(many).count();
        let all = few.len() + many.len() - shared;
        shared > 0 && shared as f64 >= ALIKE * all as f64
    }
}

#[cfg(test)]
mod tests {
    use super::Print;

    fn alike(a: &str, b: &str) -> bool {
        Print::of(a).is_like(&Print::of(b))
    }

    #[test]
    fn layout_and_a_changed_letter_do_not_make_a_text_another_one() {
        assert!(alike("平行志愿,是指……", "  平行志愿 是指"));
        let long =
            "平行志愿是指一个志愿中包含若干所平行的院校,考生在填报高考志愿时可在指定的批次同时填报若干所院校";
        assert!(alike(long, &long.replace("若干所院校", "若干所学校")));
        assert!(!alike(long, "录取时按照分数优先的原则,遵循志愿的顺序,逐个检索考生填报的院校"));
    }

    #[test]
    fn texts_that_differ_in_a_number_both_stay() {
        let text = |year, score| {
            format!("{year}年普通类本科批次录取控制分数线为{score}分,达到分数线的考生可以填报本科批次志愿")
        };
        assert!(!alike(&text(2023, 438), &text(2024, 438)));
        assert!(!alike(&text(2024, 438), &text(2024, 442)));
    }

    #[test]
    fn texts_without_letters_are_compared_too() {
        assert!(alike("……", "。"));
        assert!(!alike("", "有字"));
        assert!(!alike("是", "否"));
    }
}
