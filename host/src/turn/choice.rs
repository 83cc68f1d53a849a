//! A choice that a reply makes, of those that a plugin offered when it asked back: by its number in any
//! usual writing, or by its own words.

/// The place, from 0, of the choice that `reply` makes.
pub(super) fn chosen(choices: &[String], reply: &str) -> Option<usize> {
    let said = letters(reply);
    if said.is_empty() {
        return None;
    }
    // A choice's own words go before a number: choices may be numbers themselves.
    let named = (1..).zip(choices).position(|(number, choice)| {
        let choice = letters(choice);
        said == choice || said == format!("{number}{choice}")
    });
    named.or_else(|| ordinal(&said, choices.len())?.checked_sub(1))
}

/// Letters and digits only, without width and case, as words are compared.
pub(super) fn letters(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '①'..='⑨' => char::from_u32(c as u32 - '①' as u32 + '1' as u32).unwrap_or(c),
        _ => c,
    };
    text.chars().map(narrow).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What may stand before a number: longer ones first.
const BEFORE: [&str; 20] = [
    "我想问的是",
    "我想问",
    "我要问",
    "应该是",
    "我选择",
    "我选",
    "我要",
    "选择",
    "选项",
    "就是",
    "问题",
    "option",
    "choice",
    "number",
    "no",
    "the",
    "是",
    "选",
    "要",
    "第",
];
/// What may stand after it.
const AFTER: [&str; 13] =
    ["个问题", "个选项", "个", "项", "条", "题", "种", "号", "吧", "的", "谢谢", "one", "please"];
const NUMERALS: [char; 9] = ['一', '二', '三', '四', '五', '六', '七', '八', '九'];
const WORDS: [&str; 9] =
    ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"];

/// The number that a reply is, such as `1`, `第一个` or `选2吧`; `None` where it is anything else, or
/// more than there are choices. The reply comes without marks, width and case.
fn ordinal(said: &str, choices: usize) -> Option<usize> {
    if matches!(said, "最后一个" | "最后1个" | "thelastone" | "last") {
        return Some(choices);
    }
    let mut rest = said;
    while let Some(less) = BEFORE.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = less;
    }
    while let Some(less) = AFTER.iter().find_map(|word| rest.strip_suffix(word)) {
        rest = less;
    }
    let number = digits(rest).or_else(|| numeral(rest)).or_else(|| place(&WORDS, rest))?;
    (1..=choices).contains(&number).then_some(number)
}

fn digits(text: &str) -> Option<usize> {
    let is_number = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

/// Such as 三, 两, 十, 十二 and 二十一.
fn numeral(text: &str) -> Option<usize> {
    let digit = |text: &str| match text {
        "两" => Some(2),
        text => {
            let mut signs = text.chars();
            let (sign, None) = (signs.next()?, signs.next()) else { return None };
            NUMERALS.iter().position(|numeral| *numeral == sign).map(|place| place + 1)
        }
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
mod tests {
    use super::*;

    fn choices() -> Vec<String> {
        ["河南", "广东（含深圳）", "GPA 证明"].map(str::to_owned).to_vec()
    }

    #[test]
    fn a_number_in_any_writing_and_the_label_choose() {
        for second in [
            "2",
            "２",
            " 2。",
            "②",
            "二",
            "第二个",
            "第2个",
            "选2",
            "我选第二个吧",
            "2号",
            "第二项",
            "option 2",
            "the second one",
            "广东（含深圳）",
            "广东含深圳",
            "2. 广东（含深圳）",
            "2、广东(含深圳)",
        ] {
            assert_eq!(chosen(&choices(), second), Some(1), "{second}");
        }
        for third in ["3", "三", "最后一个", "gpa证明", "ＧＰＡ 证明"] {
            assert_eq!(chosen(&choices(), third), Some(2), "{third}");
        }
        let many: Vec<String> = (0..30).map(|n| format!("选项甲{n}")).collect();
        for (said, place) in [("十", 9), ("第十二个", 11), ("二十一", 20), ("30", 29), ("第２９个", 28)]
        {
            assert_eq!(chosen(&many, said), Some(place), "{said}");
        }
    }

    #[test]
    fn anything_else_is_no_choice() {
        for other in
            ["4", "0", "11", "985", "一本", "第一次", "", "？", "广东的分数线", "两个都要", "不知道", "十"]
        {
            assert_eq!(chosen(&choices(), other), None, "{other}");
        }
        assert_eq!(chosen(&[], "1"), None);
        assert_eq!(chosen(&["3".into(), "2".into()], "2"), Some(1), "its own words go before a number");
    }
}
