//! A choice that a reply makes, of those that a plugin offered when it asked back: by its number in any
//! usual writing, or by its own words.

/// The place, from 0, of the choice that `reply` makes.
pub(super) fn chosen(choices: &[String], reply: &str) -> Option<usize> {
    // A choice's own words go before a number: choices may be numbers themselves.
    if let Some(place) = choices.iter().position(|choice| choice.trim() == reply.trim()) {
        return Some(place);
    }
    let said = words(reply);
    if said.is_empty() {
        return None;
    }
    let labels: Vec<(String, String)> =
        choices.iter().map(|choice| (words(choice), letters(choice))).collect();
    // Where marks part numbers in the reply, they do so in the choice.
    let is_whole = said == letters(reply);
    let label = |said: &str| {
        (1..).zip(&labels).position(|(number, (words, letters))| {
            let counted = said.strip_prefix(&format!("{number}")).map(str::trim_start);
            let is = |said: &str| said == words || is_whole && said == letters;
            is(said) || counted.is_some_and(|rest| !rest.is_empty() && is(rest))
        })
    };
    let ends = |said| stripped(said, |text| AROUND_END.iter().find_map(|word| text.strip_suffix(word)));
    let starts = stripped(&said, |text| AROUND_START.iter().find_map(|word| text.strip_prefix(word)));
    let named = starts.iter().flat_map(|said| ends(said)).find_map(label);
    named.or_else(|| ordinal(&said, choices.len())?.checked_sub(1))
}

/// The text, and what is left of it each time that `strip` takes something more away.
fn stripped<'a>(text: &'a str, strip: impl Fn(&'a str) -> Option<&'a str>) -> Vec<&'a str> {
    std::iter::successors(Some(text), |text| strip(text)).take(MOST_WORDS).collect()
}

/// Letters and digits only, without width and case, as words are compared.
pub(super) fn letters(text: &str) -> String {
    text.chars().map(narrow).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The same, where numbers that stand apart stay apart and a number below zero keeps its sign: `1、2` is not
/// 12, and `-2` is not 2.
fn words(text: &str) -> String {
    let mut words = String::new();
    let mut is_apart = false;
    let mut signs = text.trim().chars().peekable();
    while let Some(written) = signs.next() {
        let (number, sign) = (enclosed(written), narrow(written));
        let is_minus = matches!(sign, '-' | '\u{2212}') && words.is_empty();
        if is_minus && signs.peek().is_some_and(|next| narrow(*next).is_ascii_digit()) {
            words.push('-');
        }
        if !sign.is_alphanumeric() {
            is_apart = true;
            continue;
        }
        let is_enclosed = number.is_some();
        let follows_number = words.chars().next_back().is_some_and(is_of_number);
        if follows_number && (is_enclosed || is_apart && is_of_number(sign)) {
            words.push(' ');
        }
        match number {
            Some(number) => words.push_str(&number.to_string()),
            None => words.extend(sign.to_lowercase()),
        }
        is_apart = is_enclosed;
    }
    words
}

fn is_of_number(sign: char) -> bool {
    sign.is_ascii_digit() || sign == '十' || NUMERALS.iter().any(|numerals| numerals.contains(&sign))
}

fn narrow(sign: char) -> char {
    match sign {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(sign as u32 - 0xfee0).unwrap_or(sign),
        '①'..='⑨' => char::from_u32(sign as u32 - '①' as u32 + '1' as u32).unwrap_or(sign),
        _ => sign,
    }
}

/// The number of a sign that holds one, such as ⑵.
fn enclosed(sign: char) -> Option<u32> {
    let first = ['①', '⑴', '⒈', '㈠', '㊀', '❶', 'Ⅰ', 'ⅰ'];
    let most = [20, 20, 20, 10, 10, 10, 12, 12];
    let numbers = first.iter().zip(most).map(|(first, most)| (*first as u32, most));
    let of = |(first, most): (u32, u32)| (sign as u32).checked_sub(first).filter(|n| *n < most);
    numbers.filter_map(of).next().map(|place| place + 1)
}

/// Words that are taken away on one side of a reply, at most.
const MOST_WORDS: usize = 8;
/// What may stand before a choice or its number: longer ones first.
const AROUND_START: [&str; 46] = [
    "我想问的是",
    "我想问",
    "我要问",
    "我想选择",
    "我想选",
    "我想要",
    "我选择",
    "我選擇",
    "应该是",
    "應該是",
    "我还是选",
    "还是选",
    "那就",
    "我选",
    "我選",
    "我要",
    "我想",
    "想要",
    "就要",
    "就选",
    "就選",
    "选择",
    "選擇",
    "就是",
    "好的",
    "可以",
    "对的",
    "the",
    "请",
    "請",
    "嗯",
    "恩",
    "哦",
    "噢",
    "喔",
    "啊",
    "额",
    "呃",
    "好",
    "行",
    "那",
    "就",
    "是",
    "选",
    "選",
    "要",
];
/// What may stand after them.
const AROUND_END: [&str; 26] = [
    "谢谢你",
    "谢谢您",
    "就可以了",
    "就可以",
    "就好了",
    "就好",
    "就行了",
    "就行",
    "谢谢",
    "謝謝",
    "好了",
    "please",
    "吧",
    "的",
    "呢",
    "啊",
    "哈",
    "呗",
    "唄",
    "呀",
    "哦",
    "嘛",
    "啦",
    "喽",
    "咯",
    "了",
];
/// What may stand between them and the number.
const BEFORE_NUMBER: [&str; 11] =
    ["选项", "選項", "问题", "問題", "option", "choice", "number", "no", "the", "第", "号码"];
/// What counts, and after 第 orders.
const MEASURES: [&str; 14] =
    ["个问题", "個問題", "个选项", "個選項", "个", "個", "项", "項", "条", "條", "种", "種", "位", "款"];
/// What orders by itself.
const AFTER_NUMBER: [&str; 5] = ["题", "題", "号", "號", "one"];
const NUMERALS: [[char; 9]; 3] = [
    ['一', '二', '三', '四', '五', '六', '七', '八', '九'],
    ['壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'],
    ['壹', '貳', '參', '肆', '伍', '陸', '柒', '捌', '玖'],
];
const WORDS: [&str; 9] =
    ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"];

/// The number that a reply is, such as `1`, `第一个` or `选2吧`; `None` where it is anything else, such as
/// how many (`两个`), or more than there are choices. The reply comes without marks, width and case.
fn ordinal(said: &str, choices: usize) -> Option<usize> {
    let (mut bare, mut is_ordinal, mut is_counted) = (said, false, false);
    for _ in 0..MOST_WORDS {
        let mut before = BEFORE_NUMBER.iter().chain(&AROUND_START);
        let Some((word, less)) = before.find_map(|word| Some((*word, bare.strip_prefix(word)?))) else {
            break;
        };
        is_ordinal |= word == "第";
        bare = less;
    }
    for _ in 0..MOST_WORDS {
        if let Some(less) = MEASURES.iter().find_map(|word| bare.strip_suffix(word)) {
            (bare, is_counted) = (less, true);
            continue;
        }
        let mut after = AFTER_NUMBER.iter().chain(&AROUND_END);
        let Some(less) = after.find_map(|word| bare.strip_suffix(word)) else { break };
        bare = less;
    }
    match bare {
        "最后一" | "最后1" | "最後一" | "最後1" | "last" => return Some(choices),
        "前者" if choices == 2 => return Some(1),
        "后者" | "後者" if choices == 2 => return Some(2),
        _ if is_counted && !is_ordinal => return None,
        _ => {}
    }
    let number = digits(bare).or_else(|| numeral(bare)).or_else(|| place(&WORDS, bare))?;
    (1..=choices).contains(&number).then_some(number)
}

fn digits(text: &str) -> Option<usize> {
    let is_number = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

/// Such as 三, 十, 十二 and 二十一.
fn numeral(text: &str) -> Option<usize> {
    let digit = |text: &str| {
        let mut signs = text.chars();
        let (sign, None) = (signs.next()?, signs.next()) else { return None };
        let places =
            NUMERALS.iter().filter_map(|numerals| numerals.iter().position(|numeral| *numeral == sign));
        places.map(|place| place + 1).next()
    };
    match text.split_once('十') {
        None => digit(text),
        Some((tens, ones)) => {
            let tens = if tens.is_empty() { Some(1) } else { digit(tens) };
            let ones = if ones.is_empty() { Some(0) } else { digit(ones) };
            Some(tens? * 10 + ones?)
        }
    }
}

fn place(words: &[&str], text: &str) -> Option<usize> {
    words.iter().position(|word| *word == text).map(|place| place + 1)
}

#[cfg(test)]
mod tests;
