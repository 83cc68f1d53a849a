//! A JSON value, looked at only as far as somebody asks.
//!
//! What an endpoint sends is read field by field: one that is missing, null or of another shape is passed
//! over, and nothing but text that is not JSON at all is an error. Nothing is copied before it is wanted.

use std::borrow::Cow;
use std::fmt::{self, Write};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::text::Joiner;

/// A value within a text that was checked to be JSON.
#[derive(Debug, Clone, Copy)]
pub(super) struct Json<'a>(&'a str);

impl<'a> Json<'a> {
    /// Checks that a text is one JSON value.
    pub(super) fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str::<&RawValue>(text).map(|value| Self(value.get()))
    }

    /// A value that was checked already.
    pub(super) fn of(value: &'a RawValue) -> Self {
        Self(value.get())
    }

    /// The JSON text itself.
    pub(super) fn as_written(self) -> &'a str {
        self.0
    }

    /// The values of an object's fields with these names; all absent where it is not an object. A field that
    /// is `null` is absent, and of two with one name the last counts.
    pub(super) fn fields<const N: usize>(self, names: [&str; N]) -> [Option<Self>; N] {
        let mut fields = [None; N];
        if self.is_object() {
            // Cut short only by what cannot be read, such as half a surrogate pair in a name.
            _ = serde_json::Deserializer::from_str(self.0)
                .deserialize_map(FieldsVisitor { names: &names, found: &mut fields });
        }
        fields.map(|field| field.filter(|Json(text)| *text != "null"))
    }

    /// The value of one field.
    pub(super) fn field(self, name: &str) -> Option<Self> {
        let [field] = self.fields([name]);
        field
    }

    /// The items of a list, at most so many, and whether there are more; `None` where it is not a list.
    pub(super) fn items(self, most: usize) -> Option<(Vec<Self>, bool)> {
        if !self.0.starts_with('[') {
            return None;
        }
        serde_json::Deserializer::from_str(self.0).deserialize_seq(ItemCount { most }).ok()
    }

    pub(super) fn is_object(self) -> bool {
        self.0.starts_with('{')
    }

    /// Whether it is a value that says nothing: `false`, `0`, `"0"`, `""`, `[]` or `{}`.
    pub(super) fn is_nothing(self) -> bool {
        let inside = |close| self.0.get(1..self.0.len() - 1).filter(|_| self.0.ends_with(close));
        match self.0.as_bytes().first() {
            Some(b'"') => self.0 == "\"\"" || self.number() == Some(0.0),
            Some(b'{') => inside('}').is_some_and(|inside| inside.trim().is_empty()),
            Some(b'[') => inside(']').is_some_and(|inside| inside.trim().is_empty()),
            Some(b'f' | b'n') => true,
            _ => self.number() == Some(0.0),
        }
    }

    /// The text that it is. Half of a surrogate pair at its end waits in `joiner` for the other half, in
    /// the next piece of the same text.
    pub(super) fn text(self, joiner: &mut Joiner) -> Option<String> {
        if !self.0.starts_with('"') {
            return None;
        }
        struct JoinedBytes<'a>(&'a mut Joiner);
        impl Visitor<'_> for JoinedBytes<'_> {
            type Value = String;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text")
            }
            // Only as bytes does serde_json hand over a text that holds half of a surrogate pair.
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<String, E> {
                Ok(self.0.join(bytes))
            }
        }
        serde_json::Deserializer::from_str(self.0).deserialize_bytes(JoinedBytes(joiner)).ok()
    }

    /// The whole text of this JSON string, which goes on in no later piece.
    pub(super) fn whole_text(self) -> Option<String> {
        let mut joiner = Joiner::default();
        let text = self.text(&mut joiner)?;
        Some(text + joiner.finish())
    }

    /// The number that it is, also where it stands in quotes.
    pub(super) fn number(self) -> Option<f64> {
        let text = self.0.trim_matches('"').trim();
        let is_number = text.starts_with(|c: char| c.is_ascii_digit() || c == '-');
        is_number.then(|| text.parse().ok())?
    }

    /// How many it says there are of something: nothing negative, and no part of one.
    pub(super) fn count(self) -> Option<u64> {
        /// What a number of every JSON reader can hold.
        const MOST: f64 = 9_007_199_254_740_991.0;
        // A cast from a float stays within the integer's range.
        self.number().map(|number| number.round().clamp(0.0, MOST) as u64)
    }
}

/// The text without what JSON does not have and some write all the same: `null` stands for the numbers that are none,
/// and an escape for each tab, line break or other control character that is within a text as it is.
pub(super) fn mended(text: &str) -> Cow<'_, str> {
    const NO_NUMBERS: [&str; 8] = ["-Infinity", "Infinity", "-NaN", "NaN", "-inf", "inf", "nan", "-nan"];
    let has_control = text.bytes().any(|byte| byte < b' ');
    if !has_control && !NO_NUMBERS.iter().any(|word| text.contains(word)) {
        return Cow::Borrowed(text);
    }
    let (mut out, mut copied) = (String::with_capacity(text.len()), 0);
    let (mut in_text, mut is_escaped) = (false, false);
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            _ if std::mem::take(&mut is_escaped) || place < copied => {}
            b'\\' => is_escaped = in_text,
            b'"' => in_text = !in_text,
            0..=0x1F if in_text => {
                out.push_str(&text[copied..place]);
                // Writing to memory cannot fail.
                _ = write!(out, "\\u{byte:04x}");
                copied = place + 1;
            }
            b'-' | b'I' | b'N' | b'i' | b'n' if !in_text => {
                let rest = &text[place..];
                if let Some(word) = NO_NUMBERS.iter().find(|word| rest.starts_with(**word)) {
                    out.push_str(&text[copied..place]);
                    out.push_str("null");
                    copied = place + word.len();
                }
            }
            _ => {}
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

struct FieldsVisitor<'n, 'f, 'a, const N: usize> {
    names: &'n [&'n str; N],
    found: &'f mut [Option<Json<'a>>; N],
}

impl<'a, const N: usize> Visitor<'a> for FieldsVisitor<'_, '_, 'a, N> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(place) = map.next_key_seed(Name(self.names))? {
            match place {
                Some(place) => self.found[place] = Some(Json(map.next_value::<&RawValue>()?.get())),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// A field's name, as its place among those that are looked for.
struct Name<'n>(&'n [&'n str]);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_bytes(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<usize>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_bytes<E>(self, name: &[u8]) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|known| known.as_bytes() == name))
    }
}

struct ItemCount {
    most: usize,
}

impl<'a> Visitor<'a> for ItemCount {
    type Value = (Vec<Json<'a>>, bool);

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while items.len() < self.most {
            match list.next_element::<&RawValue>()? {
                Some(item) => items.push(Json(item.get())),
                None => return Ok((items, false)),
            }
        }
        let mut more = false;
        while let Some(IgnoredAny) = list.next_element()? {
            more = true;
        }
        Ok((items, more))
    }
}

#[cfg(test)]
mod tests;
