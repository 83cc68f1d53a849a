//! Numerals are how the numbers of a list are written: `numFmt` of ECMA-376, part 1, 17.18.59.

/// A number in the format of this name. Formats that are not known are written as digits.
pub(crate) fn written(number: u32, format: &str) -> String {
    match format {
        "none" => String::new(),
        "upperRoman" => roman(number).to_uppercase(),
        "lowerRoman" => roman(number),
        "upperLetter" => letters(number).to_uppercase(),
        "lowerLetter" => letters(number),
        "decimalZero" => format!("{number:02}"),
        "ordinal" => format!("{number}{}", ordinal_end(number)),
        "numberInDash" => format!("- {number} -"),
        "decimalFullWidth" | "decimalFullWidth2" => {
            number.to_string().chars().filter_map(|c| char::from_u32(c as u32 + 0xfee0)).collect()
        }
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => circled(number),
        "decimalEnclosedParen" => run(number, '⑴', 20).unwrap_or_else(|| format!("({number})")),
        "decimalEnclosedFullstop" => run(number, '⒈', 20).unwrap_or_else(|| format!("{number}.")),
        "ideographEnclosedCircle" => run(number, '㊀', 10).unwrap_or_else(|| number.to_string()),
        "chineseCounting"
        | "chineseCountingThousand"
        | "ideographDigital"
        | "japaneseCounting"
        | "japaneseDigitalTenThousand"
        | "koreanCounting"
        | "taiwaneseCounting"
        | "taiwaneseCountingThousand"
        | "taiwaneseDigital"
        | "koreanDigital2" => {
            if format.contains("igital") {
                digits(number)
            } else {
                counted(number, &ORDINARY)
            }
        }
        "chineseLegalSimplified" => counted(number, &LEGAL_SIMPLIFIED),
        "ideographLegalTraditional" | "japaneseLegal" => counted(number, &LEGAL_TRADITIONAL),
        "ideographTraditional" => of_circle(number, "甲乙丙丁戊己庚辛壬癸"),
        "ideographZodiac" => of_circle(number, "子丑寅卯辰巳午未申酉戌亥"),
        _ => number.to_string(),
    }
}

/// Nought to nine, and the units ten, hundred, thousand, ten thousand, hundred million.
struct Counting {
    digits: [char; 10],
    units: [char; 3],
    groups: [char; 2],
    /// Whether ten is written 十 and not 一十.
    bare_ten: bool,
}

const ORDINARY: Counting = Counting {
    digits: ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'],
    units: ['十', '百', '千'],
    groups: ['万', '亿'],
    bare_ten: true,
};
const LEGAL_SIMPLIFIED: Counting = Counting {
    digits: ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'],
    units: ['拾', '佰', '仟'],
    groups: ['万', '亿'],
    bare_ten: false,
};
const LEGAL_TRADITIONAL: Counting = Counting {
    digits: ['零', '壹', '貳', '參', '肆', '伍', '陸', '柒', '捌', '玖'],
    units: ['拾', '佰', '仟'],
    groups: ['萬', '億'],
    bare_ten: false,
};

/// 一百零一.
fn counted(number: u32, counting: &Counting) -> String {
    if number == 0 {
        return counting.digits[0].to_string();
    }
    let mut text = String::new();
    let mut gap = false;
    for (group, unit) in [(2, Some(counting.groups[1])), (1, Some(counting.groups[0])), (0, None)] {
        let part = number / 10_000_u32.pow(group) % 10_000;
        let before = text.len();
        for place in (0..4).rev() {
            let digit = (part / 10_u32.pow(place) % 10) as usize;
            if digit == 0 {
                gap = !text.is_empty();
                continue;
            }
            if gap {
                text.push(counting.digits[0]);
                gap = false;
            }
            let is_bare = counting.bare_ten && text.is_empty() && place == 1 && digit == 1;
            if !is_bare {
                text.push(counting.digits[digit]);
            }
            if place > 0 {
                text.push(counting.units[place as usize - 1]);
            }
        }
        if let (true, Some(unit)) = (text.len() > before, unit) {
            text.push(unit);
            gap = false;
        }
    }
    text
}

/// 一〇一.
fn digits(number: u32) -> String {
    let digit = |c: char| match c.to_digit(10) {
        Some(0) | None => '〇',
        Some(digit) => ORDINARY.digits[digit as usize],
    };
    number.to_string().chars().map(digit).collect()
}

fn circled(number: u32) -> String {
    match number {
        0 => "⓪".to_owned(),
        1..=20 => run(number, '①', 20).unwrap_or_default(),
        21..=35 => run(number - 20, '㉑', 15).unwrap_or_default(),
        36..=50 => run(number - 35, '㊱', 15).unwrap_or_default(),
        _ => number.to_string(),
    }
}

/// The character that many places behind the first one, which stands for 1.
fn run(number: u32, first: char, most: u32) -> Option<String> {
    let within = (1..=most).contains(&number);
    within.then(|| char::from_u32(first as u32 + number - 1)).flatten().map(String::from)
}

fn of_circle(number: u32, names: &str) -> String {
    let count = names.chars().count() as u32;
    match number {
        0 => "0".to_owned(),
        _ => names.chars().nth(((number - 1) % count) as usize).map(String::from).unwrap_or_default(),
    }
}

/// a to z, then aa to zz.
fn letters(number: u32) -> String {
    let Some(at) = number.checked_sub(1) else { return String::new() };
    let letter = char::from(b'a' + (at % 26) as u8);
    // Word writes one letter more for each time round; nobody means more than a few.
    std::iter::repeat_n(letter, (at / 26 + 1).min(30) as usize).collect()
}

fn roman(number: u32) -> String {
    const SIGNS: [(u32, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    if number > 9999 {
        return number.to_string();
    }
    let mut rest = number;
    let mut text = String::new();
    for (value, sign) in SIGNS {
        while rest >= value {
            text.push_str(sign);
            rest -= value;
        }
    }
    text
}

fn ordinal_end(number: u32) -> &'static str {
    match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    }
}

#[cfg(test)]
mod tests;
