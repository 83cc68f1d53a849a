//! A whole number as clients write it: `3`, and `3.0` of programs that have no other numbers than floats.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, Unexpected, Visitor};
use serde_json::value::RawValue;

/// The largest number up to which every whole one is a float.
const LARGEST: f64 = 9_007_199_254_740_992.0;

/// Reads one that may be left out.
pub(super) fn optional<'de, D: Deserializer<'de>, T: TryFrom<u64>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    struct Number<T>(PhantomData<T>);

    impl<'de, T: TryFrom<u64>> Visitor<'de> for Number<T> {
        type Value = Option<T>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str(std::any::type_name::<T>())
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
            let read = T::try_from(number);
            read.map(Some).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
            match u64::try_from(number) {
                Ok(number) => self.visit_u64(number),
                Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
            }
        }

        fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
            match whole(number).map(u64::try_from) {
                Some(Ok(number)) => self.visit_u64(number),
                Some(Err(_)) => Err(E::invalid_value(Unexpected::Float(number), &self)),
                None => Err(E::invalid_type(Unexpected::Float(number), &self)),
            }
        }
    }

    deserializer.deserialize_any(Number(PhantomData))
}

/// A float that is a whole number.
pub(super) fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() <= LARGEST).then_some(number as i64)
}

/// Whether the JSON is this number, however it is written.
pub(super) fn is(value: &RawValue, number: f64) -> bool {
    value.get().parse() == Ok(number)
}

/// The JSON of a whole number without its point; anything else as it is.
pub(super) fn written(value: Box<RawValue>) -> Box<RawValue> {
    let text = value.get();
    if !text.contains(['.', 'e', 'E']) || text.starts_with('"') {
        return value;
    }
    let whole = text.parse().ok().and_then(whole);
    whole.and_then(|number| serde_json::value::to_raw_value(&number).ok()).unwrap_or(value)
}

#[cfg(test)]
mod tests;
