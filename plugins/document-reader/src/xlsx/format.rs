//! A number format says how a sheet shows a number: `0.0%`, `yyyy"年"m"月"`, `[>=10000]0!.0,"万";0`. ECMA-376, part 1,
//! 18.8.31.

use super::code::{Compare, Section, Token, parse, sections};
use super::date::{self, Moment};
use super::decimal::{self, Decimal};

/// Longest format that is looked at.
const MAX_CODE: usize = 500;

/// What stands for a format that shows days and times as the system does, whatever follows: as a Chinese one.
fn by_system(code: &str) -> Option<&'static str> {
    let lower = code.to_ascii_lowercase();
    let is = |names: [&str; 2]| names.iter().any(|name| lower.starts_with(name));
    if is(["[$-f800]", "[$-x-sysdate]"]) {
        Some("yyyy\"年\"m\"月\"d\"日\"")
    } else if is(["[$-f400]", "[$-x-systime]"]) {
        Some("h:mm:ss")
    } else {
        None
    }
}

/// A format of up to four sections: of positive numbers, negative ones, nought and text.
#[derive(Debug, Clone, Default)]
pub(super) struct Format {
    sections: Vec<Section>,
}

impl Format {
    pub(super) fn new(code: &str) -> Self {
        let code: String = code.chars().take(MAX_CODE).collect();
        let code = by_system(&code).unwrap_or(&code);
        Self { sections: sections(code).iter().map(|section| parse(section)).collect() }
    }

    /// The format of this number, where it is one of those that files need not write down.
    pub(super) fn built_in(id: u32) -> Option<&'static str> {
        Some(match id {
            1 => "0",
            2 => "0.00",
            3 | 37 | 38 => "#,##0",
            4 | 39 | 40 => "#,##0.00",
            5 | 6 => "¥#,##0;¥-#,##0",
            7 | 8 => "¥#,##0.00;¥-#,##0.00",
            9 => "0%",
            10 => "0.00%",
            11 => "0.00E+00",
            12 => "# ?/?",
            13 => "# ??/??",
            // Each country's Excel shows its own; this one is understood in all.
            14 => "yyyy-mm-dd",
            15 => "d-mmm-yy",
            16 => "d-mmm",
            17 => "mmm-yy",
            18 => "h:mm AM/PM",
            19 => "h:mm:ss AM/PM",
            20 => "h:mm",
            21 => "h:mm:ss",
            22 => "yyyy-mm-dd h:mm",
            27 | 36 | 50 | 52 | 57 => "yyyy\"年\"m\"月\"",
            28 | 29 | 51 | 53 | 54 | 58 => "m\"月\"d\"日\"",
            30 => "m/d/yy",
            31 => "yyyy\"年\"m\"月\"d\"日\"",
            32 => "h\"时\"mm\"分\"",
            33 => "h\"时\"mm\"分\"ss\"秒\"",
            34 | 55 => "上午/下午h\"时\"mm\"分\"",
            35 | 56 => "上午/下午h\"时\"mm\"分\"ss\"秒\"",
            41 | 42 => "#,##0;-#,##0;\"-\"",
            43 | 44 => "#,##0.00;-#,##0.00;\"-\"",
            45 => "mm:ss",
            46 => "[h]:mm:ss",
            47 => "mm:ss.0",
            48 => "##0.0E+0",
            49 => "@",
            _ => return None,
        })
    }

    /// A number as the sheet shows it; nothing where the format shows nothing.
    pub(super) fn number(&self, value: f64, from_1904: bool) -> String {
        let Some((section, signed)) = self.section(value) else { return decimal::general(value) };
        if section.is_date {
            let finely = section
                .tokens
                .iter()
                .any(|token| matches!(token, Token::Date(word) if word.starts_with('.')));
            let moment = Moment::new(value, from_1904, finely);
            return moment.map_or_else(|| decimal::general(value), |moment| section.date(moment));
        }
        let negative = value < 0.0 && !signed;
        let shown = section.number(value.abs());
        // -0.4 as `0` is 0.
        let is_nought = !shown.chars().any(|c| ('1'..='9').contains(&c)) && section.words == 0;
        let sign = if negative && !is_nought { "-" } else { "" };
        format!("{sign}{shown}").trim().to_owned()
    }

    /// A text as the sheet shows it.
    pub(super) fn text(&self, text: String) -> String {
        let section = self.sections.get(3).or_else(|| self.sections.last().filter(|section| section.is_text));
        let Some(section) = section.filter(|section| section.tokens != [Token::Text]) else { return text };
        let pieces = section.tokens.iter().map(|token| match token {
            Token::Literal(literal) => literal.as_str(),
            Token::Text => text.as_str(),
            _ => "",
        });
        pieces.collect()
    }

    /// The section of a number, and whether it shows the sign itself.
    fn section(&self, value: f64) -> Option<(&Section, bool)> {
        let numbers: Vec<&Section> =
            self.sections.iter().take(3).filter(|section| !section.is_text).collect();
        if numbers.iter().any(|section| section.condition.is_some()) {
            let holds = |section: &&&Section| match section.condition {
                Some((compare, than)) => compare.holds(value, than),
                None => true,
            };
            let section = numbers.iter().find(holds)?;
            let of_negatives = matches!(section.condition, Some((Compare::Less | Compare::LessOrEqual, than)) if than <= 0.0);
            return Some((section, of_negatives));
        }
        match numbers.as_slice() {
            [] => None,
            [only] => Some((only, false)),
            [_, negative, ..] if value < 0.0 => Some((negative, true)),
            [_, _, nought] if value == 0.0 => Some((nought, true)),
            [positive, ..] => Some((positive, true)),
        }
    }
}

impl Section {
    fn date(&self, moment: Moment) -> String {
        let halves = self.tokens.iter().any(|token| matches!(token, Token::Date(word) if word.contains('/')));
        let mut shown = String::new();
        for token in &self.tokens {
            match token {
                Token::Literal(text) => shown.push_str(text),
                Token::Date(word) => {
                    shown.push_str(&date::shown(moment, word, halves, self.is_chinese, self.words))
                }
                Token::General | Token::Text => shown.push_str(&decimal::general(moment.serial)),
                _ => {}
            }
        }
        shown.trim().to_owned()
    }

    fn number(&self, value: f64) -> String {
        if let Some(slash) = self.tokens.iter().position(|token| *token == Token::Slash) {
            return self.fraction(value, slash);
        }
        if let Some(at) = self.tokens.iter().position(|token| matches!(token, Token::Exponent(_))) {
            return self.exponent(value, at);
        }
        let mut value = value;
        for token in &self.tokens {
            if *token == Token::Percent {
                value *= 100.0;
            }
        }
        let point = self.tokens.iter().position(|token| *token == Token::Point).unwrap_or(self.tokens.len());
        let (whole, part) = self.tokens.split_at(point);
        // A comma behind the last digit divides by a thousand.
        let last = whole.iter().rposition(|token| matches!(token, Token::Digit(_)));
        let scaled = |tokens: &[Token], last: Option<usize>| {
            last.map_or(0, |last| {
                tokens[last + 1..].iter().take_while(|token| **token == Token::Comma).count()
            })
        };
        let last_part = part.iter().rposition(|token| matches!(token, Token::Digit(_)));
        for _ in 0..scaled(whole, last) + scaled(part, last_part) {
            value /= 1000.0;
        }
        let grouped = last.is_some_and(|last| whole[..last].contains(&Token::Comma));
        let places = part.iter().filter(|token| matches!(token, Token::Digit(_))).count();
        let (digits, decimals) = Decimal::new(value).fixed(places);
        let mut shown = if last.is_none() && !self.tokens.contains(&Token::General) && places == 0 {
            self.tokens.iter().map(|token| self.said(token, value)).collect()
        } else {
            self.whole(whole, &digits, grouped, value)
        };
        if point < self.tokens.len() {
            shown.push_str(&self.decimals(part, &decimals));
        }
        shown
    }

    /// What is no digit.
    fn said(&self, token: &Token, value: f64) -> String {
        match token {
            Token::Literal(text) => text.clone(),
            Token::Percent => "%".to_owned(),
            Token::General | Token::Text => decimal::in_words(value, self.words),
            _ => String::new(),
        }
    }

    /// Digits are set from the right; the first place takes all that are left.
    fn whole(&self, tokens: &[Token], digits: &str, grouped: bool, value: f64) -> String {
        let mut rest: Vec<char> = if digits == "0" { Vec::new() } else { digits.chars().collect() };
        let first = tokens.iter().position(|token| matches!(token, Token::Digit(_)));
        let mut shown: Vec<String> = Vec::new();
        let mut count = 0;
        let mut set = |digit: char, shown: &mut Vec<String>| {
            if grouped && count > 0 && count % 3 == 0 {
                shown.push(",".to_owned());
            }
            count += 1;
            shown.push(decimal::digit(digit, self.words));
        };
        for (at, token) in tokens.iter().enumerate().rev() {
            match token {
                Token::Digit(kind) => {
                    match (rest.pop(), kind) {
                        (Some(digit), _) => set(digit, &mut shown),
                        (None, '0') => set('0', &mut shown),
                        _ => {}
                    }
                    while first == Some(at) && !rest.is_empty() {
                        set(rest.pop().unwrap_or('0'), &mut shown);
                    }
                }
                token => shown.push(self.said(token, value)),
            }
        }
        shown.reverse();
        shown.concat()
    }

    fn decimals(&self, tokens: &[Token], decimals: &str) -> String {
        let mut shown = String::new();
        let mut digits = decimals.chars().enumerate();
        let significant = decimals.trim_end_matches('0').len();
        for token in tokens {
            match token {
                Token::Point => shown.push('.'),
                Token::Digit(kind) => {
                    let Some((at, digit)) = digits.next() else { continue };
                    if *kind == '0' || at < significant {
                        shown.push_str(&decimal::digit(digit, self.words));
                    }
                }
                token => shown.push_str(&self.said(token, 0.0)),
            }
        }
        shown
    }

    fn exponent(&self, value: f64, at: usize) -> String {
        let signed = matches!(self.tokens[at], Token::Exponent(true));
        let places =
            |tokens: &[Token]| tokens.iter().filter(|token| matches!(token, Token::Digit(_))).count();
        let mantissa = &self.tokens[..at];
        let point = mantissa.iter().position(|token| *token == Token::Point).unwrap_or(mantissa.len());
        let said = format!("{value:.*e}", places(&mantissa[point..]));
        let (digits, exponent) = said.split_once('e').unwrap_or((&said, "0"));
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let sign = if exponent < 0 {
            "-"
        } else if signed {
            "+"
        } else {
            ""
        };
        let width = places(&self.tokens[at..]);
        let end: String = self.tokens[at..].iter().map(|token| self.said(token, value)).collect();
        format!("{digits}E{sign}{:0width$}{end}", exponent.abs())
    }

    fn fraction(&self, value: f64, slash: usize) -> String {
        let below = &self.tokens[slash + 1..];
        let fixed: String = below
            .iter()
            .map_while(|token| match token {
                Token::Literal(text) if text.chars().all(|c| c.is_ascii_digit()) => Some(text.as_str()),
                Token::Digit('0') => Some("0"),
                _ => None,
            })
            .collect();
        let fixed = fixed.parse::<u64>().ok().filter(|&fixed| fixed > 0);
        let width = below.iter().take_while(|token| matches!(token, Token::Digit(_))).count().clamp(1, 4);
        // `#` and a space before the fraction: the whole number stands by itself.
        let before = &self.tokens[..slash];
        let mixed = before
            .iter()
            .skip_while(|token| !matches!(token, Token::Digit(_)))
            .skip_while(|token| matches!(token, Token::Digit(_)))
            .any(|token| matches!(token, Token::Digit(_)));
        let whole = if mixed { value.floor() } else { 0.0 };
        let (over, under) = match fixed {
            Some(under) => (((value - whole) * under as f64).round() as u64, under),
            None => decimal::nearest_fraction(value - whole, 10_u64.pow(width as u32) - 1),
        };
        let (whole, over) = if mixed && over == under { (whole + 1.0, 0) } else { (whole, over) };
        let end: String = below.iter().map(|token| self.said(token, value)).collect();
        let end = if fixed.is_some() { String::new() } else { end };
        match (mixed, whole as u64, over) {
            (true, whole, 0) => format!("{whole}{end}"),
            (true, 0, over) => format!("{over}/{under}{end}"),
            (true, whole, over) => format!("{whole} {over}/{under}{end}"),
            (false, _, over) => format!("{over}/{under}{end}"),
        }
    }
}
