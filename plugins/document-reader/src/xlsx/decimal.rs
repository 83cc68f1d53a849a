//! Decimals as a spreadsheet counts: fifteen digits, and halves are rounded up.

/// A number of fifteen digits, which is not negative.
#[derive(Debug)]
pub(super) struct Decimal {
    digits: Vec<u8>,
    /// Digits before the point; less than 0 where noughts follow it.
    point: i32,
}

impl Decimal {
    pub(super) fn new(value: f64) -> Self {
        let said = format!("{:.14e}", value.abs());
        let (digits, exponent) = said.split_once('e').unwrap_or(("0", "0"));
        let digits = digits.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect();
        Self { digits, point: exponent.parse::<i32>().unwrap_or(0) + 1 }
    }

    /// Its digits before the point and so many behind it.
    pub(super) fn fixed(mut self, places: usize) -> (String, String) {
        let keep = self.point + places as i32;
        match usize::try_from(keep) {
            Err(_) => self.digits = vec![],
            Ok(keep) if keep < self.digits.len() => {
                let up = self.digits[keep] >= 5;
                self.digits.truncate(keep);
                if up {
                    self.raise();
                }
            }
            Ok(_) => {}
        }
        // At most 309 digits before the point, and as many behind it as a format has.
        let digit = |at: i32| match usize::try_from(at) {
            Ok(at) => char::from(b'0' + self.digits.get(at).copied().unwrap_or(0)),
            Err(_) => '0',
        };
        let whole: String = (0..self.point).map(digit).collect();
        let whole = whole.trim_start_matches('0');
        let part = (self.point..self.point + places as i32).map(digit).collect();
        (if whole.is_empty() { "0".to_owned() } else { whole.to_owned() }, part)
    }

    fn raise(&mut self) {
        for digit in self.digits.iter_mut().rev() {
            if *digit < 9 {
                *digit += 1;
                return;
            }
            *digit = 0;
        }
        self.digits.insert(0, 1);
        self.point += 1;
    }
}

/// A number without a format: what is stored has two digits more than is shown, and 0.1 + 0.2 is not 0.3.
pub(super) fn general(number: f64) -> String {
    let rounded = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
    if rounded == 0.0 { "0".to_owned() } else { rounded.to_string() }
}

/// A digit in the words of `[DBNum1]` and its like.
pub(super) fn digit(digit: char, words: u8) -> String {
    let of = |names: &str| {
        let at = digit.to_digit(10).unwrap_or(0) as usize;
        names.chars().nth(at).unwrap_or(digit).to_string()
    };
    match words {
        1 => of("〇一二三四五六七八九"),
        2 => of("零壹贰叁肆伍陆柒捌玖"),
        3 => of("０１２３４５６７８９"),
        _ => digit.to_string(),
    }
}

/// A number without a format in those words: 一百二十三.
pub(super) fn in_words(value: f64, words: u8) -> String {
    let said = general(value);
    let format = match words {
        1 => "chineseCountingThousand",
        2 => "chineseLegalSimplified",
        _ => return said,
    };
    let (whole, part) = said.split_once('.').unwrap_or((&said, ""));
    let Ok(whole) = whole.parse::<u32>() else { return said };
    let whole = crate::docx::written(whole, format);
    let part: String = part.chars().map(|c| digit(c, words)).collect();
    if part.is_empty() { whole } else { format!("{whole}.{part}") }
}

/// The fraction nearest to a number from 0 to 1 whose denominator is at most this.
pub(super) fn nearest_fraction(value: f64, most: u64) -> (u64, u64) {
    let mut best = (0, 1);
    let mut error = f64::INFINITY;
    for under in 1..=most.min(9999) {
        let over = (value * under as f64).round();
        let off = (value - over / under as f64).abs();
        if off < error - 1e-12 {
            (best, error) = ((over as u64, under), off);
        }
    }
    best
}
