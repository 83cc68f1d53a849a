//! A filter as JSON: read again, it is the same filter.

use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::{Value, json};

use super::{Comparison, Filter, Scalar, Test, ValueTest};

/// Whole numbers up to this one are the same as floats.
const WHOLE: f64 = 1e15;
const DAY: i64 = 86_400_000;

impl Filter {
    /// About how many bytes its fields and values have.
    pub fn bytes(&self) -> usize {
        let of = |value: &Scalar| match value {
            Scalar::Text(text) => text.len(),
            Scalar::Number(_) | Scalar::Moment(_) => size_of::<f64>(),
        };
        let of_test = |Test { field, check }: &Test| {
            let values = match check {
                ValueTest::OneOf(values) | ValueTest::NoneOf(values) => values.iter().map(of).sum(),
                ValueTest::Beyond(_, bound) => of(bound),
                ValueTest::Exists(_) => 0,
            };
            field.len() + values
        };
        self.tests.iter().map(of_test).sum()
    }
}

impl Serialize for Filter {
    /// As `{"filters": [{"operator", "field", "value"}], "condition": "and" | "or"}`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tests: Vec<Value> = self.tests.iter().map(told).collect();
        let mut filter = serializer.serialize_struct("Filter", 2)?;
        filter.serialize_field("filters", &tests)?;
        filter.serialize_field("condition", if self.any { "or" } else { "and" })?;
        filter.end()
    }
}

fn told(Test { field, check }: &Test) -> Value {
    let some = |one: &str, several: &str, values: &[Scalar]| match values {
        [value] => (one.to_owned(), value_of(value)),
        values => (several.to_owned(), values.iter().map(value_of).collect()),
    };
    let (operator, value) = match check {
        ValueTest::OneOf(values) => some("eq", "in", values),
        ValueTest::NoneOf(values) => some("ne", "nin", values),
        ValueTest::Exists(wanted) => ("exists".to_owned(), json!(wanted)),
        ValueTest::Beyond(order, bound) => {
            let operator = match order {
                Comparison::Above => "gt",
                Comparison::AtLeast => "gte",
                Comparison::Below => "lt",
                Comparison::AtMost => "lte",
            };
            (operator.to_owned(), value_of(bound))
        }
    };
    json!({"operator": operator, "field": field, "value": value})
}

fn value_of(value: &Scalar) -> Value {
    match value {
        Scalar::Number(number) if number.fract() == 0.0 && number.abs() < WHOLE => json!(*number as i64),
        // A JSON number would be written with an exponent, which makes a text of it.
        Scalar::Number(number) => json!(number.to_string()),
        Scalar::Moment(moment) => json!(written(*moment)),
        Scalar::Text(text) => json!(text),
    }
}

/// A moment in UTC, the day alone where it is midnight.
fn written(moment: i64) -> String {
    let (days, rest) = (moment.div_euclid(DAY), moment.rem_euclid(DAY));
    let (year, month, day) = date(days);
    if rest == 0 {
        return format!("{year:04}-{month:02}-{day:02}");
    }
    let (seconds, milliseconds) = (rest / 1000, rest % 1000);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{milliseconds:03}Z",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// The Gregorian day, counted in years that begin in March as in [`crate::clock::days_since_1970`].
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests;
