//! A number of bytes as an operator writes it: `65536`, `"64MiB"`. A leaf.
//!
//! `bytesize` would read it too, and more than it: it takes `64MB` for a thousandth less than `64MiB`, and fractions. Here
//! one size has one way to be written, what people write instead is told with what they meant, and the schema that
//! `check` reads knows the type by [`ByteSize::FORMAT`]; of this file only twenty lines would go.

use std::borrow::Cow;
use std::fmt;
use std::ops::RangeInclusive;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::half_width::half_width;
use crate::problem::Problem;

/// A number of bytes: `65536`, or text with a unit such as `"64MiB"`, `"512KiB"` or `"1GiB"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(pub usize);

impl ByteSize {
    /// What the configuration's schema calls it.
    pub const FORMAT: &str = "bytes";

    /// Reads text; the error follows the text, and says what to write.
    pub fn read(text: &str) -> Result<Self, String> {
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let unit = text[digits.len()..].trim();
        let factor = match unit {
            "" | "B" => 1_usize,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            _ => return Err(not_a_size(text)),
        };
        let number = digits.parse::<usize>().map_err(|_| not_a_size(text))?;
        number.checked_mul(factor).map(Self).ok_or_else(|| "more than any machine has; write less".to_owned())
    }

    /// What is wrong with a size that has bounds.
    pub fn problem(self, key: &str, bounds: RangeInclusive<usize>) -> Option<Problem> {
        let (least, most) = (Self(*bounds.start()), Self(*bounds.end()));
        let most = if most.0 == usize::MAX { String::new() } else { format!(" and at most {most}") };
        let message = || format!("is {self}; it must be at least {least}{most}");
        (!bounds.contains(&self.0)).then(|| Problem::new(key, message()))
    }

    /// The size that a text with another unit was meant to be, where that can be seen.
    pub fn meant(text: &str) -> Option<Self> {
        meant(text).map(|(size, _)| size)
    }

    fn parse(text: &str) -> Option<Self> {
        Self::read(text).ok()
    }
}

/// How people write that a size is one of each second: the key says so already.
const RATES: [&str; 4] = ["/sec", "/s", "/秒", "每秒"];

/// Cause and mend of a text that is not a size.
fn not_a_size(text: &str) -> String {
    match meant(text) {
        Some((meant, None)) => format!("not a size; write \"{meant}\""),
        Some((meant, Some(rate))) => {
            format!("not a size; write \"{meant}\", without the `{rate}`: the key itself is a rate")
        }
        None => "not a size; write such as \"64MiB\" (units: B, KiB, MiB, GiB)".to_owned(),
    }
}

/// The size that a text was meant to be, where that can be seen, and what in it makes a rate of it.
fn meant(text: &str) -> Option<(ByteSize, Option<&'static str>)> {
    /// Up to here every whole number is a float.
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    let plain: String = text.chars().map(half_width).filter(|c| !c.is_whitespace() && *c != '_').collect();
    let plain = plain.to_lowercase();
    let rate = RATES.into_iter().find(|rate| plain.ends_with(rate) || plain.starts_with(rate));
    let plain = rate.map_or(&*plain, |rate| plain.trim_start_matches(rate).trim_end_matches(rate));
    let (number, unit) = plain.split_at(plain.find(|c: char| !c.is_ascii_digit() && c != '.')?);
    let factor = match unit {
        "b" | "byte" | "bytes" | "字节" => 1_u64,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" | "兆" | "兆字节" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        "t" | "tb" | "tib" => 1 << 40,
        _ => return None,
    };
    let bytes = number.parse::<f64>().ok()? * factor as f64;
    (bytes.fract() == 0.0 && bytes <= LARGEST).then_some((ByteSize(bytes as usize), rate))
}

impl Serialize for ByteSize {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for ByteSize {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Self::FORMAT.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "integer"], "format": Self::FORMAT })
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            n if n >= 1 << 30 && n % (1 << 30) == 0 => write!(f, "{}GiB", n >> 30),
            n if n >= 1 << 20 && n % (1 << 20) == 0 => write!(f, "{}MiB", n >> 20),
            n if n >= 1 << 10 && n % (1 << 10) == 0 => write!(f, "{}KiB", n >> 10),
            n => write!(f, "{n}B"),
        }
    }
}

impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = ByteSize;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of bytes or text such as \"64MiB\" (units: B, KiB, MiB, GiB)")
            }

            fn visit_u64<E: de::Error>(self, n: u64) -> Result<ByteSize, E> {
                usize::try_from(n)
                    .map(ByteSize)
                    .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(n), &self))
            }

            fn visit_i64<E: de::Error>(self, n: i64) -> Result<ByteSize, E> {
                usize::try_from(n)
                    .map(ByteSize)
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(n), &self))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ByteSize, E> {
                ByteSize::parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests;
