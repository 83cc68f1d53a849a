//! A filter says which documents of a base a search may find, by their metadata. It never changes
//! a score: windows are counted over the whole base.
//!
//! Values are compared as what both sides are: numbers as numbers, ISO dates and times as moments,
//! everything else as text, byte for byte. So `2024` equals `2024.0`, and `2024-06-07` is before
//! `2024-06-07T09:00:00+08:00`. A number with a leading zero or more than 15 digits is a text: it
//! is a code, such as a postcode.
//!
//! **Filters** (`knowledge/filter.rs`) are checked once and work before the candidates are cut: the embedded
//! index passes over the windows of documents that are not admitted, Qdrant gets a condition. There every
//! window carries its document's metadata as keywords `name` and `name=value`, one index for all fields, and
//! numbers and moments in indexed float fields. Windows are counted over the whole base all the same, so that
//! a filter changes no score.

mod told;
mod written;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::metadata::{Metadata, check_name};
use crate::clock;

/// Tests of one filter.
const MAX_TESTS: usize = 32;
/// Values of one `in` or `nin`.
const MAX_VALUES: usize = 256;

/// Which documents may be found. No tests: all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Whether one test that holds is enough.
    pub(super) any: bool,
    pub(super) tests: Vec<Test>,
}

/// A test as it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct TestSource {
    /// The field of the metadata.
    pub field: String,
    /// How it is compared.
    pub operator: Operator,
    /// What with: one value, for `in` and `nin` one or more, for `exists` none, `true` or `false`.
    pub values: Vec<String>,
}

/// How a field is compared. A field with several values passes where one of them does, and passes
/// `ne` and `nin` where none of them is among the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operator {
    /// Equals the value.
    Eq,
    /// Does not equal the value; a document without the field passes.
    Ne,
    /// Is one of the values.
    In,
    /// Is none of the values; a document without the field passes.
    Nin,
    /// Is above the value, a number or date.
    Gt,
    /// Is the value, a number or date, or above.
    Gte,
    /// Is below the value, a number or date.
    Lt,
    /// Is the value, a number or date, or below.
    Lte,
    /// The document has the field, or with `false` does not have it.
    Exists,
}

impl Operator {
    /// Each of them; its length is that of the enum as long as the last one stays the last.
    const ALL: [Self; Self::Exists as usize + 1] =
        [Self::Eq, Self::Ne, Self::In, Self::Nin, Self::Gt, Self::Gte, Self::Lt, Self::Lte, Self::Exists];

    /// The word for it in a filter.
    const fn word(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::In => "in",
            Self::Nin => "nin",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::Exists => "exists",
        }
    }
}

/// Why a filter cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FilterError(String);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Test {
    pub(super) field: String,
    pub(super) check: ValueTest,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ValueTest {
    OneOf(Vec<Scalar>),
    NoneOf(Vec<Scalar>),
    Beyond(Comparison, Scalar),
    Exists(bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Above,
    AtLeast,
    Below,
    AtMost,
}

/// A value as what it is compared as.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar {
    Number(f64),
    /// Milliseconds since 1970, in UTC where the text names no offset.
    Moment(i64),
    Text(String),
}

/// A plain decimal number is never NaN.
impl Eq for Scalar {}

impl Filter {
    /// Checks a filter. With `any`, a document passes if one test holds; without it, all must hold.
    pub fn new(any: bool, tests: impl IntoIterator<Item = TestSource>) -> Result<Self, FilterError> {
        let tests: Vec<Test> = tests.into_iter().map(Test::new).collect::<Result<_, _>>()?;
        if tests.len() > MAX_TESTS {
            return Err(FilterError(format!("has {} filters; at most {MAX_TESTS} can be used", tests.len())));
        }
        Ok(Self { any, tests })
    }

    /// Whether a document may be found.
    pub(super) fn admits(&self, metadata: &Metadata) -> bool {
        let mut holds = self.tests.iter().map(|test| test.holds(metadata.values(&test.field)));
        if self.any && !self.tests.is_empty() { holds.any(|holds| holds) } else { holds.all(|holds| holds) }
    }
}

impl Test {
    fn new(source: TestSource) -> Result<Self, FilterError> {
        let TestSource { field, operator, values } = source;
        let refused = |message: String| FilterError(format!("filter on `{field}`: {message}"));
        check_name(&field).map_err(|message| refused(format!("the field {message}")))?;
        if values.len() > MAX_VALUES {
            return Err(refused(format!("has {} values; at most {MAX_VALUES} can be used", values.len())));
        }
        let one = || match values.as_slice() {
            [one] => Ok(Scalar::of(one)),
            _ => Err(refused(
                format!("`{operator:?}` needs one value; `in` and `nin` take a list").to_lowercase(),
            )),
        };
        let some = || match values.as_slice() {
            [] => Err(refused("needs a list of values".into())),
            values => Ok(values.iter().map(|value| Scalar::of(value)).collect()),
        };
        let beyond = |order| match one()? {
            Scalar::Text(text) => Err(refused(format!(
                "`{text}` is neither a number nor an ISO date such as 2024-06-07, so nothing is above or below it"
            ))),
            bound => Ok(ValueTest::Beyond(order, bound)),
        };
        let check = match operator {
            Operator::Eq => ValueTest::OneOf(vec![one()?]),
            Operator::Ne => ValueTest::NoneOf(vec![one()?]),
            Operator::In => ValueTest::OneOf(some()?),
            Operator::Nin => ValueTest::NoneOf(some()?),
            Operator::Gt => beyond(Comparison::Above)?,
            Operator::Gte => beyond(Comparison::AtLeast)?,
            Operator::Lt => beyond(Comparison::Below)?,
            Operator::Lte => beyond(Comparison::AtMost)?,
            Operator::Exists => match values.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                [] | ["true"] => ValueTest::Exists(true),
                ["false"] => ValueTest::Exists(false),
                _ => return Err(refused("`exists` takes true or false".into())),
            },
        };
        Ok(Self { field, check })
    }

    fn holds(&self, values: &[String]) -> bool {
        let mut values = values.iter().map(|value| Scalar::of(value));
        match &self.check {
            ValueTest::OneOf(wanted) => values.any(|value| wanted.contains(&value)),
            ValueTest::NoneOf(unwanted) => !values.any(|value| unwanted.contains(&value)),
            ValueTest::Beyond(order, bound) => values.any(|value| value.is_beyond(*order, bound)),
            ValueTest::Exists(wanted) => values.next().is_some() == *wanted,
        }
    }
}

impl Scalar {
    pub(super) fn of(text: &str) -> Self {
        let text = text.trim();
        if let Some(number) = number(text) {
            return Self::Number(number);
        }
        match moment(text) {
            Some(moment) => Self::Moment(moment),
            None => Self::Text(text.to_owned()),
        }
    }

    fn is_beyond(&self, order: Comparison, bound: &Self) -> bool {
        let (value, bound) = match (self, bound) {
            (Self::Number(value), Self::Number(bound)) => (*value, *bound),
            (Self::Moment(value), Self::Moment(bound)) => (*value as f64, *bound as f64),
            _ => return false,
        };
        match order {
            Comparison::Above => value > bound,
            Comparison::AtLeast => value >= bound,
            Comparison::Below => value < bound,
            Comparison::AtMost => value <= bound,
        }
    }
}

/// A plain decimal number.
fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let code = whole.len() > 1 && whole.starts_with('0');
    if code || !all_digits(whole) || !all_digits(fraction) || whole.len() + fraction.len() > 16 {
        return None;
    }
    // `-0` is 0.
    text.parse::<f64>().ok().map(|number| number + 0.0)
}

/// Milliseconds since 1970 of `2024-06-07`, or with a time `2024-06-07T09:00[:00[.000]][Z|+08:00]`.
pub(crate) fn moment(text: &str) -> Option<i64> {
    let (date, time) = match text.split_at_checked(10)? {
        (date, "") => (date, None),
        (date, time) => (date, Some(time.strip_prefix(['T', 't', ' '])?)),
    };
    let days = days_of(date)?;
    let milliseconds = time.map_or(Some(0), milliseconds_of_day)?;
    Some(days * 86_400_000 + milliseconds)
}

/// Days from 1970 to a day of the calendar that is written `2024-06-07`.
fn days_of(date: &str) -> Option<i64> {
    let mut parts = date.split('-');
    let mut part = |length: usize| digits(parts.next()?, length);
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=longest).contains(&day) || parts.next().is_some() {
        return None;
    }
    Some(clock::days_since_1970(year, month, day))
}

fn milliseconds_of_day(time: &str) -> Option<i64> {
    let (time, offset) = match time.find(['Z', 'z', '+', '-']) {
        None => (time, 0),
        Some(at) => match time.split_at(at) {
            (time, "Z" | "z") => (time, 0),
            (time, offset) => {
                let (hours, minutes) = offset.get(1..)?.split_once(':')?;
                let minutes = digits(hours, 2)? * 60 + digits(minutes, 2)?;
                (time, if offset.starts_with('-') { -minutes } else { minutes })
            }
        },
    };
    let mut parts = time.split(':');
    let (hour, minute) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let (second, fraction) = match parts.next() {
        None => (0, 0),
        Some(seconds) => {
            let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
            let fraction: String = fraction.chars().chain("00".chars()).take(3).collect();
            (digits(second, 2)?, digits(&fraction, 3)?)
        }
    };
    if hour > 23 || minute > 59 || second > 60 || parts.next().is_some() || offset.abs() > 24 * 60 {
        return None;
    }
    Some(((hour * 60 + minute - offset) * 60 + second) * 1000 + fraction)
}

fn digits(text: &str, length: usize) -> Option<i64> {
    (text.len() == length && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// One test in JSON or TOML: `{operator, field, value}`, as in Qianfan's `metadata_filters`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTest {
    operator: Operator,
    field: String,
    value: Option<Value>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Junction {
    And,
    Or,
}

impl TryFrom<WrittenTest> for TestSource {
    type Error = FilterError;

    fn try_from(WrittenTest { operator, field, value }: WrittenTest) -> Result<Self, FilterError> {
        let refused = || {
            FilterError(format!(
                "filter on `{field}`: the value must be a text, a number, true, false, or a list of these"
            ))
        };
        let text = |value: Value| match value {
            Value::String(text) => Ok(text),
            Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
            // A TOML date without quotes.
            Value::Object(object) if object.len() == 1 => {
                object.values().next().and_then(Value::as_str).map(str::to_owned).ok_or_else(refused)
            }
            _ => Err(refused()),
        };
        let values = match value {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(values)) if matches!(operator, Operator::In | Operator::Nin) => {
                values.into_iter().map(text).collect::<Result<_, _>>()?
            }
            Some(Value::Array(_)) => {
                return Err(FilterError(format!("filter on `{field}`: only `in` and `nin` take a list")));
            }
            Some(value) => vec![text(value)?],
        };
        Ok(Self { field, operator, values })
    }
}

impl<'de> Deserialize<'de> for Filter {
    /// From `{filters = […], condition = "and" | "or"}`, or from the list alone, all of which must
    /// hold.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FilterVisitor)
    }
}

struct FilterVisitor;

impl<'de> Visitor<'de> for FilterVisitor {
    type Value = Filter;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of {operator, field, value}, or {filters, condition}")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Filter, A::Error> {
        let mut tests = Vec::new();
        while let Some(written) = list.next_element::<WrittenTest>()? {
            tests.push(TestSource::try_from(written).map_err(de::Error::custom)?);
        }
        Filter::new(false, tests).map_err(de::Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Filter, A::Error> {
        let (mut filters, mut any) = (Vec::<WrittenTest>::new(), false);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "filters" => filters = map.next_value()?,
                "condition" => any = matches!(map.next_value()?, Junction::Or),
                other => return Err(de::Error::unknown_field(other, &["filters", "condition"])),
            }
        }
        let tests = filters.into_iter().map(TestSource::try_from).collect::<Result<Vec<_>, _>>();
        Filter::new(any, tests.map_err(de::Error::custom)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
