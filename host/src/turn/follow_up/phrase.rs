//! A question taken apart: what it is about, which aspect of that, and what is asked.

use super::words::{
    ASKS, ASPECTS, BEGINS_DOING, DAYS, HANDLES, INTRODUCES, LEVELS, LIFE, MEASURES, NO_DOINGS, NO_HANDLES,
    NO_REGION_ENDS, NO_TAKES_ASKED, NO_TAKES_THING, NOBODY, PARTICLES, PEOPLE, POLITE, REGIONS, TAKES_ASKED,
    TAKES_THING, TRACKS, TURNS_INTO, WHOLE, YEARS, longest_prefix, longest_suffix,
};

/// A longer text, in bytes, is not taken apart.
const LONGEST: usize = 180;

/// A question without what is only polite. The four parts put together are its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Phrase<'a> {
    /// The question.
    pub(super) text: &'a str,
    /// What is asked, where that comes first: `什么是`, `怎么`, or empty.
    pub(super) front: &'a str,
    /// What it is about: `北京大学`; empty where it names nothing.
    pub(super) topic: &'a str,
    /// The aspect of it, with what joins the two: `的学费`; or empty.
    pub(super) aspect: &'a str,
    /// What is asked, where that comes last: `是多少`, or empty.
    pub(super) rest: &'a str,
}

impl<'a> Phrase<'a> {
    /// Takes a question apart that [`clean`] has returned.
    pub(super) fn of(text: &'a str) -> Self {
        let bare = Self { text, front: "", topic: "", aspect: "", rest: text };
        // Several clauses are about several things.
        if text.len() > LONGEST
            || text.contains(['，', ',', '；', ';', '。', '？', '?', '！', '!', '\n', '：'])
        {
            return bare;
        }
        let (front, noun) = front_of(text);
        let after = &text[front..];
        let Some(end) = subject_end(after) else { return bare };
        let (subject, rest) = after.split_at(end);
        // `哪些大学有…`: the first noun is what is asked for.
        let asks_for_noun = ["哪些", "哪个", "哪", "什么", "几", "谁", "多少", "哪几"]
            .iter()
            .any(|w| text[..front].ends_with(w));
        if asks_for_noun && !rest.is_empty() {
            return bare;
        }
        let verb = front > 0 && !noun;
        let split = match aspect_start(subject) {
            // `什么是投档线` is about the word itself.
            0 if longest_prefix(INTRODUCES, text).is_some() => subject.len(),
            _ if verb => subject.len(),
            split => split,
        };
        let (topic, aspect) = subject.split_at(split);
        Self { text, front: &text[..front], topic, aspect, rest }
    }

    /// Whether it names something that a follow-up may be about.
    pub(super) fn has_topic(&self) -> bool {
        let count = self.topic.chars().count();
        (2..=20).contains(&count)
            && !NOBODY.contains(&self.topic)
            && !self.topic.starts_with(['我', '你', '您'])
            && !is_handled(self.topic)
            && !self.topic.chars().all(|c| c.is_ascii_digit() || "分岁元年月日号".contains(c))
    }

    /// What it is about with the aspect: `北京大学的学费`.
    pub(super) fn subject(&self) -> &'a str {
        let start = self.front.len();
        &self.text[start..start + self.topic.len() + self.aspect.len()]
    }

    /// The aspect without what joins it to the topic: `学费`.
    pub(super) fn bare_aspect(&self) -> &'a str {
        self.aspect.strip_prefix('的').unwrap_or(self.aspect)
    }

    /// Whether it asks about doing something, as `怎么申请退学` does, and not about a thing.
    pub(super) fn is_about_doing(&self) -> bool {
        !self.front.is_empty() && !front_of(self.text).1
    }

    /// The question with both sides changed: `上海到北京` for `北京到上海`; `None` where it names no two.
    pub(super) fn reversed(&self) -> Option<String> {
        const LONGEST: usize = 10;
        let from = &self.text[self.front.len()..];
        let from = from.strip_prefix(['从', '由', '把', '将']).unwrap_or(from);
        let found =
            TURNS_INTO.iter().filter_map(|word| Some((from.find(word).filter(|at| *at > 0)?, word.len())));
        let (at, len) = found.min_by_key(|(at, len)| (*at, std::cmp::Reverse(*len)))?;
        let one = &from[..at.min(next_ask(from))];
        let after = &from[at + len..];
        let two = &after[..next_ask(after).min(after.find('的').unwrap_or(after.len()))];
        let is_name = |side: &str| (1..=LONGEST).contains(&side.chars().count());
        (is_name(one) && is_name(two)).then(|| {
            let head = &self.text[..self.text.len() - from.len()];
            format!("{head}{two}{}{one}{}", &from[one.len()..at + len], &after[two.len()..])
        })
    }

    /// The question for one region.
    pub(super) fn in_region(&self, region: &str) -> String {
        let Self { text, front, topic, aspect, rest } = self;
        let institution =
            ["大学", "学院", "学校", "中学", "医院", "银行"].iter().any(|end| topic.ends_with(end));
        let bare = front.is_empty() && aspect.starts_with('的') && !topic.contains(['的', '在']);
        // `北京大学河南考生的…` is no place.
        if institution && bare && !region.ends_with("考生") {
            return format!("{topic}在{region}{aspect}{rest}");
        }
        let (year, rest) = text.split_at(leading_year(text));
        format!("{year}{region}{rest}")
    }

    /// Whether what it is about ends in an amount, as 狗住院一天 does: then it is the name of nothing.
    pub(super) fn ends_in_amount(&self) -> bool {
        amounts(self.topic).iter().any(|(start, end, kind)| {
            *start > 0 && *end == self.topic.len() && matches!(kind, ValueKind::Amount(_))
        })
    }

    /// The question about another thing that the same is done with: `可以寄充电宝吗` for `可以寄白酒吗`. `None` where it does
    /// not ask about doing something with one thing, or the other is something to do.
    pub(super) fn doing_with(&self, thing: &str) -> Option<String> {
        let verb = longest_prefix(TAKES_THING, self.topic).filter(|_| self.is_about_doing())?;
        let object = &self.topic[verb.len()..];
        // 打包 is no 打, and 货上门 is no thing that is 送.
        let is_whole = longest_prefix(NO_TAKES_THING, self.topic).is_none()
            && !["上门", "带走", "到家", "回家"].iter().any(|end| object.ends_with(end));
        let count = |text: &str| text.chars().count();
        let is_alike = !object.is_empty() && count(object).abs_diff(count(thing)) <= 1;
        (is_alike && is_whole && is_thing(thing))
            .then(|| format!("{}{verb}{thing}{}{}", self.front, self.aspect, self.rest))
    }

    /// The question about another thing.
    pub(super) fn about(&self, topic: &str) -> String {
        format!("{}{topic}{}{}", self.front, self.aspect, self.rest)
    }
}

/// The question without white space, final marks, and polite words around it.
pub(super) fn clean(text: &str) -> &str {
    let edge = |c: char| c.is_whitespace() || "？?。！!～~…，,、；;.".contains(c);
    let mut text = text.trim_matches(edge);
    while let Some(word) = longest_prefix(POLITE, text) {
        let rest = text[word.len()..].trim_start_matches(edge);
        if rest.is_empty() {
            break;
        }
        text = rest;
    }
    while let Some(word) = longest_suffix(PARTICLES, text) {
        let rest = text[..text.len() - word.len()].trim_end_matches(edge);
        if rest.is_empty() {
            break;
        }
        text = rest;
    }
    text
}

/// Bytes of the words at the beginning that ask and name nothing, and whether a noun must follow.
fn front_of(text: &str) -> (usize, bool) {
    if let Some(word) = longest_prefix(INTRODUCES, text) {
        return (word.len(), true);
    }
    let mut at = 0;
    let mut noun = true;
    while longest_prefix(WHOLE, &text[at..]).is_none()
        && let Some(word) = longest_prefix(ASKS, &text[at..])
    {
        at += word.len();
        noun &= word.starts_with('有') || word.starts_with("哪") || word == "什么";
    }
    (at, noun)
}

/// Where what is asked begins; the text's length where nothing is.
pub(super) fn next_ask(text: &str) -> usize {
    let mut at = 0;
    while at < text.len() {
        let here = &text[at..];
        if let Some(word) = longest_prefix(WHOLE, here) {
            at += word.len();
        } else if longest_prefix(ASKS, here).is_some() {
            return at;
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// Where what is asked begins, with the verb or preposition that takes it: `找谁修` in `水管漏了找谁修`. `None` where it asks
/// for one of two and the first of them is no place: where that begins is not seen.
fn subject_end(text: &str) -> Option<usize> {
    let mut end = next_ask(text);
    let is_name = |end: usize| longest_suffix(NO_TAKES_ASKED, &text[..end]).is_some();
    if end > 0 && text[end..].starts_with("还是") {
        let place = text[..end].rfind('在').filter(|at| *at > 0)?;
        return (!is_name(place + '在'.len_utf8())).then_some(place);
    }
    let asks_for = ["谁", "哪", "什么", "啥", "几", "何"].iter().any(|word| text[end..].starts_with(word));
    if !asks_for || is_name(end) {
        return Some(end);
    }
    let Some(verb) = longest_suffix(TAKES_ASKED, &text[..end]) else { return Some(end) };
    end -= verb.len();
    while !is_name(end)
        && let Some(word) = longest_suffix(&["该", "得", "先"], &text[..end])
    {
        end -= word.len();
    }
    Some(end)
}

/// Whether a text names a thing, and begins with no verb: 充电宝, and not 充电.
fn is_thing(text: &str) -> bool {
    longest_prefix(NO_DOINGS, text).is_some()
        || longest_prefix(TAKES_THING, text).is_none() && !text.starts_with(|c| BEGINS_DOING.contains(c))
}

/// Whether an object is named with what is done to it left out: `把合同` of `把合同寄给谁`.
fn is_handled(topic: &str) -> bool {
    longest_prefix(HANDLES, topic).is_some() && longest_prefix(NO_HANDLES, topic).is_none()
}

/// Where the aspect begins in a subject, with the `的` before it.
fn aspect_start(subject: &str) -> usize {
    const LONGEST: usize = 6;
    if let Some(join) = subject.rfind('的')
        && join > 0
        && (1..=LONGEST).contains(&subject[join + '的'.len_utf8()..].chars().count())
    {
        return join;
    }
    match longest_suffix(ASPECTS, subject) {
        // Alone it is an aspect of something that is not named; one character before it belongs to it.
        Some(word) if subject[..subject.len() - word.len()].chars().count() == 1 => subject.len(),
        Some(word) if !joined(subject, word) => subject.len() - word.len(),
        _ => subject.len(),
    }
}

/// Whether the last word makes a name with what stands before it, as in `计算机专业`.
fn joined(subject: &str, word: &str) -> bool {
    matches!(word, "专业" | "学院" | "课程" | "考试" | "标准" | "计划数") && subject.len() > word.len()
}

/// Whether the text asks for an aspect of something it does not name: `学费`, `报名条件`.
pub(super) fn is_aspect(text: &str) -> bool {
    let Some(word) = longest_suffix(ASPECTS, text) else { return false };
    let before = &text[..text.len() - word.len()];
    before.is_empty() || (before.chars().count() <= 2 && !joined(text, word) && kind_of(before).is_none())
}

/// The kinds of values of which a question holds one and a follow-up names another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueKind {
    Year,
    Region,
    Level,
    Track,
    People,
    Day,
    /// A number of what one of the groups of [`MEASURES`] measures: 39元 and 59块.
    Amount(usize),
    /// A number alone: 39.
    Number,
}

/// The value's kind, where the text is nothing but a value.
pub(super) fn kind_of(text: &str) -> Option<ValueKind> {
    let found = find_value(text)?;
    if found.2 == ValueKind::Number {
        return (found.0 == 0 && found.1 == text.len()).then_some(ValueKind::Number);
    }
    let region_end = ["省", "市", "自治区", "地区", "考生"].iter().any(|end| &text[found.1..] == *end);
    (found.0 == 0 && (found.1 == text.len() || region_end && found.2 == ValueKind::Region)).then_some(found.2)
}

/// Bytes of the year that the text begins with, or 0.
fn leading_year(text: &str) -> usize {
    let years =
        all_values(text).into_iter().filter(|(start, _, kind)| *start == 0 && *kind == ValueKind::Year);
    years.map(|(_, end, _)| end).max().unwrap_or(0)
}

/// The first value in a text: where it begins and ends, and its kind.
fn find_value(text: &str) -> Option<(usize, usize, ValueKind)> {
    all_values(text).into_iter().min_by_key(|(start, ..)| *start)
}

fn all_values(text: &str) -> Vec<(usize, usize, ValueKind)> {
    let mut found = Vec::new();
    for (kind, words) in [
        (ValueKind::Year, YEARS),
        (ValueKind::Region, REGIONS),
        (ValueKind::Level, LEVELS),
        (ValueKind::Track, TRACKS),
        (ValueKind::People, PEOPLE),
        (ValueKind::Day, DAYS),
    ] {
        for word in words {
            if let Some(start) = text.find(word) {
                let end = start + word.len();
                if kind != ValueKind::Region || !names_an_institution(&text[end..]) {
                    found.push((start, end, kind));
                }
            }
        }
    }
    for (start, _) in text.match_indices("20") {
        let digits = &text[start..];
        let count = digits.bytes().take_while(u8::is_ascii_digit).count();
        let before = text[..start].bytes().next_back().is_some_and(|b| b.is_ascii_digit());
        let is_amount = measure(&digits[count..]).is_some_and(|(_, group)| !MEASURES[group].contains(&"年"));
        if count == 4 && !before && !is_amount {
            let year = if digits[4..].starts_with('年') { 4 + '年'.len_utf8() } else { 4 };
            found.push((start, start + year, ValueKind::Year));
        }
    }
    found.extend(amounts(text));
    found
}

/// Numbers in digits or Chinese numerals, with what they measure, or alone in digits.
fn amounts(text: &str) -> Vec<(usize, usize, ValueKind)> {
    let is_numeral = |c: char| c.is_ascii_digit() || "一二两三四五六七八九十百千半".contains(c);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(is_numeral).map(|step| at + step) {
        let number = text[start..].trim_start_matches(|c| is_numeral(c) || c == '.');
        let end = text.len() - number.len();
        let is_word = text[..start].ends_with(|c: char| c.is_ascii_alphanumeric());
        if let Some((bytes, group)) = measure(number).filter(|_| !is_word) {
            found.push((start, end + bytes, ValueKind::Amount(group)));
        } else if !is_word && text[start..end].bytes().all(|b| b.is_ascii_digit()) && end - start != 4 {
            found.push((start, end, ValueKind::Number));
        }
        at = end;
    }
    found
}

/// The measure that a text begins with: its bytes, and the group it is in. One that goes on as a word of letters is none.
fn measure(text: &str) -> Option<(usize, usize)> {
    let is = |word: &&&str| {
        text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
            && !(word.is_ascii() && text[word.len()..].starts_with(|c: char| c.is_ascii_alphanumeric()))
    };
    let words =
        MEASURES.iter().enumerate().flat_map(|(group, words)| words.iter().map(move |word| (word, group)));
    let longest = words.filter(|(word, _)| is(word)).max_by_key(|(word, _)| word.len())?;
    Some((longest.0.len(), longest.1))
}

/// Whether a region before this belongs to a name, as in `西安电子科技大学`.
fn names_an_institution(text: &str) -> bool {
    let near = text.char_indices().nth(6).map_or(text.len(), |(end, _)| end);
    let near = text[..near].split(['的', '在', '是']).next().unwrap_or_default();
    ["大学", "学院", "中学", "医院", "银行", "师大", "理工", "路"].iter().any(|name| near.contains(name))
}

/// The question with its value of that kind replaced; `None` where it has none, or this one.
pub(super) fn with_value(text: &str, kind: ValueKind, value: &str) -> Option<String> {
    if kind == ValueKind::Number {
        return with_number(text, value);
    }
    let (start, end, _) = all_values(text)
        .into_iter()
        .filter(|(.., found)| *found == kind)
        .min_by_key(|(start, end, _)| (*start, std::cmp::Reverse(*end)))?;
    let mut value = value.to_owned();
    if text[start..end].ends_with('年') && value.bytes().all(|b| b.is_ascii_digit()) {
        value.push('年');
    }
    let mut rest = &text[end..];
    if kind == ValueKind::Region
        && longest_prefix(NO_REGION_ENDS, rest).is_none()
        && let Some(end) = ["省", "市", "自治区"].iter().find(|end| rest.starts_with(**end))
    {
        rest = &rest[end.len()..];
    }
    // 研究生 in the place of 本科 in 本科生: what both end in is said once.
    let shared = ["考生", "生"].iter().find(|end| value.ends_with(**end) && rest.starts_with(**end));
    if let Some(shared) = shared.filter(|_| longest_prefix(LIFE, rest).is_none()) {
        rest = &rest[shared.len()..];
    }
    (text[start..end] != value).then(|| format!("{}{value}{rest}", &text[..start]))
}

/// The question with the number of its only amount replaced, which keeps its measure.
fn with_number(text: &str, number: &str) -> Option<String> {
    let amounts = amounts(text);
    let [(start, end, _)] = *amounts.as_slice() else { return None };
    let amount = &text[start..end];
    let digits = amount.len() - amount.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
    (digits > 0 && &amount[..digits] != number)
        .then(|| format!("{}{number}{}", &text[..start], &text[start + digits..]))
}
