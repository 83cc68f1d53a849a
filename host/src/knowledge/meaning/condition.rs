//! A condition is what narrows a question to a case of it: when, of whom or where it is asked. 周末图书馆几点关门 is not
//! answered by what answers 图书馆几点关门.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use super::words::CONDITIONS;

/// Words by their first character, the longest first, each with the first of those that name the same case.
static CASES: LazyLock<HashMap<char, Vec<(&str, &str)>>> = LazyLock::new(|| {
    let mut cases: HashMap<char, Vec<_>> = HashMap::new();
    for group in CONDITIONS {
        let case = group.split_whitespace().next().unwrap_or_default();
        for word in group.split_whitespace() {
            cases.entry(word.chars().next().unwrap_or_default()).or_default().push((word, case));
        }
    }
    cases.values_mut().for_each(|words| words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len())));
    cases
});

/// The cases that a question names. 未成年人 names one, though 成年人 stands in it.
pub(super) fn conditions(key: &str) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    let mut rest = key;
    while let Some(c) = rest.chars().next() {
        let words = CASES.get(&c).into_iter().flatten();
        let step = match words.copied().find(|(word, _)| rest.starts_with(word)) {
            Some((word, case)) => {
                found.insert(case);
                word.len()
            }
            None => c.len_utf8(),
        };
        rest = &rest[step..];
    }
    found
}
