//! A sign is a mark that says of what a number is, such as % and ￥, or that is part of a number or a name, as in 1.5 and C++. A
//! question's [key](super::terms::question_key) has letters and digits alone, so that signs are words in it: 50% is no 50元.

/// Signs behind a number, each with the word before it and the one behind it that say the same.
const BEHIND: [(&str, &str, &str); 4] =
    [("%", "百分之", ""), ("‰", "千分之", ""), ("°c", "", "度"), ("°", "", "度")];
/// Signs of money before a number, each with the word behind it that says the same.
const BEFORE: [(char, &str); 4] = [('¥', "元"), ('$', "美元"), ('€', "欧元"), ('£', "英镑")];
/// Behind an amount these say of what it is, or that it is the first of two: ￥50元, $50-100.
const SAID_BEHIND: &str = "元块圆美刀欧英镑港日万千百亿人r-~～至到—–";
/// Names that end in signs, each with one in letters alone.
const NAMES: [(&str, &str); 2] = [("c++", "cpp"), ("c#", "csharp")];
/// Measures of which there may be a part, before which a point is of the number; so it is before letters and signs. It is of a time
/// in 9.30开门, of a date in 5.1放假 and of nothing in 4.6级, and 8.5折 is 85折.
const DIVISIBLE: &str = "元 块 倍 万 亿 米 厘米 毫米 公里 千米 平 英寸 寸 公斤 千克 斤 克 吨 升 毫升 度 小时 个小时 天 年 岁 \
     个点 个百分点";

/// The letters and digits of a text in one width and case, with words for its signs. A point stays in a number of which it makes
/// a fraction.
pub(super) fn signs_in_words(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    let mut is_in_word = false;
    while let Some(c) = rest.chars().next() {
        if let Some((name, letters)) = NAMES.iter().find(|(name, _)| !is_in_word && rest.starts_with(name)) {
            made.push_str(letters);
            rest = &rest[name.len()..];
            continue;
        }
        let after = if is_in_word { None } else { amount_in_words(rest, &mut made) };
        is_in_word = after.is_none() && c.is_ascii_alphanumeric();
        rest = after.unwrap_or_else(|| {
            made.extend(Some(c).filter(|c| c.is_alphanumeric()));
            &rest[c.len_utf8()..]
        });
    }
    made
}

/// Writes the number with its signs that a text begins with, and gives what stands behind; `None` where it begins with none.
fn amount_in_words<'a>(text: &'a str, made: &mut String) -> Option<&'a str> {
    let money = BEFORE.iter().find_map(|(sign, unit)| Some((text.strip_prefix(*sign)?.trim_start(), *unit)));
    let text = money.map_or(text, |(behind, _)| behind);
    let (number, behind) = text.split_at(number_end(text));
    if number.is_empty() {
        return None;
    }
    let after = behind.trim_start();
    let sign = BEHIND.iter().find_map(|(sign, word, unit)| Some((after.strip_prefix(sign)?, *word, *unit)));
    let number = written(number, after, sign.is_some() || money.is_some());
    if let Some((behind, word, unit)) = sign {
        // 百分之50% says it twice.
        let is_said = !word.is_empty() && made.ends_with("分之");
        made.extend([if is_said { "" } else { word }, &number, unit]);
        return Some(behind);
    }
    made.push_str(&number);
    made.push_str(
        money.filter(|_| !after.starts_with(|c| SAID_BEHIND.contains(c))).map_or("", |(_, unit)| unit),
    );
    Some(behind)
}

/// Where the number ends that a text begins with: 1,000.50.
fn number_end(text: &str) -> usize {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let mut end = digits(text);
    while end > 0
        && let Some(sign) = text[end..].chars().next().filter(|c| matches!(c, '.' | ','))
    {
        let more = digits(&text[end + sign.len_utf8()..]);
        if more == 0 || sign == ',' && more != 3 {
            break;
        }
        end += sign.len_utf8() + more;
    }
    end
}

/// A number without what only groups its digits, and without a point that makes no fraction. `after` is what stands behind it;
/// `is_signed` says that a sign tells of what it is.
fn written(number: &str, after: &str, is_signed: bool) -> String {
    let is_divisible = is_signed
        || after.starts_with(|c: char| c.is_ascii_lowercase())
        || DIVISIBLE.split_whitespace().any(|measure| after.starts_with(measure));
    match number.split_once('.') {
        Some((_, part)) if is_divisible && !part.contains('.') => {
            // 1.50 is 1.5.
            number.replace(',', "").trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        _ => number.replace(['.', ','], ""),
    }
}

#[cfg(test)]
mod tests;
