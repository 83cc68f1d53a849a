//! A condition is what narrows a question to a case of it: when, of whom or where it is asked. 周末图书馆几点关门 is not
//! answered by what answers 图书馆几点关门.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use super::answer_type::{AnswerType, AnswerTypes};
use super::order::shared_ends;
use super::words::{ADDRESSES, ADDS_NOTHING, CONDITIONS, DAYS, HOSTS};
use super::{QuestionMeaning, TextUnit};

/// Asked for where each case has an answer of its own: what something is, it mostly is in every case.
pub(super) const OF_A_CASE: AnswerTypes = AnswerTypes::of(&[
    AnswerType::How,
    AnswerType::When,
    AnswerType::HowLong,
    AnswerType::Price,
    AnswerType::HowMany,
    AnswerType::Where,
    AnswerType::May,
    AnswerType::Whether,
]);

impl QuestionMeaning {
    /// Whether both ask for the same, of which each case has an answer of its own, and what one has more stands in one place
    /// between what both have, and says something.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        let asks_of_a_case = !self.asks.is_empty() && self.asks.is_in(OF_A_CASE);
        let says_one = |question: &Self| question.content.contains(&TextUnit::Run("1".into()));
        let (one, two) = (&self.content, &other.content);
        let (begin, end) = shared_ends(one, two);
        let longer = if one.len() > two.len() { one } else { two };
        asks_of_a_case
            && self.asks_alike(other)
            // 洗一次牙 is 洗牙.
            && says_one(self) == says_one(other)
            && begin + end == one.len().min(two.len())
            && !adds_nothing(&longer[begin..longer.len() - end])
    }
}

/// Whether units are a word that makes no case of what it stands in: 快递正常多久能到.
fn adds_nothing(units: &[TextUnit]) -> bool {
    let is = |word: &str| {
        word.chars().count() == units.len()
            && word.chars().zip(units).all(|(c, unit)| *unit == TextUnit::Char(c))
    };
    ADDS_NOTHING.split_whitespace().any(is)
}

/// Words by their first character, the longest first, each with the first of those that name the same case.
static CASES: LazyLock<HashMap<char, Vec<(&str, &str)>>> = LazyLock::new(|| {
    let mut cases: HashMap<char, Vec<_>> = HashMap::new();
    for group in CONDITIONS.iter().chain(DAYS) {
        let case = group.split_whitespace().next().unwrap_or_default();
        for word in group.split_whitespace() {
            cases.entry(word.chars().next().unwrap_or_default()).or_default().push((word, case));
        }
    }
    cases.values_mut().for_each(|words| words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len())));
    cases
});

/// The cases that a question names, [`DAYS`] among them or not. 未成年人 names one, though 成年人 stands in it.
pub(super) fn conditions(key: &str, with_days: bool) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    if names_a_floor(key) {
        found.insert("楼");
    }
    if is_in_part(key) {
        found.insert("部分");
    }
    let (address, asked) = addressed(key).unwrap_or_default();
    let mut rest = key;
    while let Some(c) = rest.chars().next() {
        let words = CASES.get(&c).into_iter().flatten();
        let step = match words.copied().find(|(word, _)| rest.starts_with(word)) {
            Some((word, case)) => {
                let is_asked = word == asked && key[..key.len() - rest.len()].ends_with(address);
                let is_day = DAYS.iter().any(|group| group.starts_with(case));
                if !is_asked && (with_days || !is_day) {
                    found.insert(case);
                }
                word.len()
            }
            None => c.len_utf8(),
        };
        rest = &rest[step..];
    }
    found
}

/// Who is asked by a key, with what makes them so: 贵公司 in 贵公司可以开发票吗.
pub(super) fn addressed(key: &str) -> Option<(&'static str, &'static str)> {
    let addresses = ADDRESSES.split_whitespace().filter(|address| key.contains(address));
    let hosts = |address| HOSTS.split_whitespace().map(move |host| (address, host));
    let mut all = addresses.flat_map(hosts);
    all.find(|(address, host)| {
        key.match_indices(address).any(|(at, _)| key[at + address.len()..].starts_with(host))
    })
}

/// Whether a key asks of a part of something: 可以部分退款吗, 只退一部分. 第一部分 is a part that has a name.
fn is_in_part(key: &str) -> bool {
    let is_asked_of = |before: &str| {
        (before.is_empty()
            || before.ends_with(['以', '否', '先', '一', '能', '退', '付', '交', '买', '还', '只']))
            && !["第一", "功能", "性能"].iter().any(|word| before.ends_with(word))
            || ["提前", "支持", "进行"].iter().any(|word| before.ends_with(word))
            || before.strip_suffix("申请").is_some_and(|before| {
                // 表格的申请部分 is a part that has a name.
                before.is_empty() || before.ends_with(['以', '能', '否', '想', '要', '只'])
            })
    };
    key.match_indices("部分").any(|(at, _)| is_asked_of(&key[..at]))
}

/// Whether a key names a floor: 三楼, 2层.
fn names_a_floor(key: &str) -> bool {
    let is_number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十负".contains(c);
    let mut floors = key.match_indices(['楼', '层']);
    floors.any(|(at, _)| key[..at].ends_with(is_number))
}
