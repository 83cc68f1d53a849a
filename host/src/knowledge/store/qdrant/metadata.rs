//! Metadata on the server: every window carries its document's, so that a filter works before the
//! candidates are cut.
//!
//! One keyword field holds `name` and `name=value` for every field, so equality and presence need
//! one index whatever the fields are called. Numbers and moments stand in a float field of their
//! own for each field of the metadata, whose name is hashed: a path in a payload cannot hold every
//! letter.

use qdrant_client::qdrant::r#match::MatchValue;
use qdrant_client::qdrant::{
    Condition, CreateFieldIndexCollectionBuilder, FieldType, Filter, Range, RepeatedStrings,
};
use std::sync::PoisonError;

use super::QdrantStore;
use super::ids::hashed;
use super::points::Payload;
use crate::knowledge::filter::{self, Comparison, Scalar, Test, ValueTest};
use crate::knowledge::metadata::Metadata;
use crate::knowledge::store::StoreError;

/// The keyword field.
pub(super) const FIELDS: &str = "fields";

/// What a window carries of its document's metadata.
pub(super) fn window_fields(metadata: &Metadata) -> Payload {
    let mut words = Vec::new();
    let mut payload = Payload::new();
    for (field, values) in metadata.fields() {
        words.push(field.to_owned());
        let (mut numbers, mut moments) = (Vec::new(), Vec::new());
        for value in values.iter().map(|value| Scalar::of(value)) {
            words.push(word(field, &value));
            match value {
                Scalar::Number(number) => numbers.push(number),
                Scalar::Moment(moment) => moments.push(moment as f64),
                Scalar::Text(_) => {}
            }
        }
        for (name, values) in [(number_field(field), numbers), (moment_field(field), moments)] {
            if !values.is_empty() {
                payload.insert(name, values.into());
            }
        }
    }
    if !words.is_empty() {
        payload.insert(FIELDS.to_owned(), words.into());
    }
    payload
}

/// The server's form of a filter.
pub(super) fn condition(filter: &filter::Filter) -> Condition {
    let tests: Vec<Condition> = filter.tests.iter().map(test).collect();
    if filter.any { Filter::should(tests).into() } else { Filter::must(tests).into() }
}

fn test(Test { field, check }: &Test) -> Condition {
    let any_of = |values: &[Scalar]| {
        let strings = values.iter().map(|value| word(field, value)).collect();
        Condition::matches(FIELDS, MatchValue::Keywords(RepeatedStrings { strings }))
    };
    let present = || Condition::matches(FIELDS, MatchValue::Keyword(field.clone()));
    match check {
        ValueTest::OneOf(values) => any_of(values),
        ValueTest::NoneOf(values) => Filter::must_not([any_of(values)]).into(),
        ValueTest::Exists(true) => present(),
        ValueTest::Exists(false) => Filter::must_not([present()]).into(),
        ValueTest::Beyond(order, bound) => match bound {
            Scalar::Number(bound) => Condition::range(number_field(field), range(*order, *bound)),
            Scalar::Moment(bound) => Condition::range(moment_field(field), range(*order, *bound as f64)),
            // A checked filter has none: nothing is above or below a text.
            Scalar::Text(_) => Filter::must_not([Condition::from(Filter::default())]).into(),
        },
    }
}

fn range(order: Comparison, bound: f64) -> Range {
    let mut range = Range::default();
    *match order {
        Comparison::Above => &mut range.gt,
        Comparison::AtLeast => &mut range.gte,
        Comparison::Below => &mut range.lt,
        Comparison::AtMost => &mut range.lte,
    } = Some(bound);
    range
}

/// Equal scalars have equal words. A field's name holds no `=`.
fn word(field: &str, value: &Scalar) -> String {
    match value {
        Scalar::Number(number) => format!("{field}=n{number}"),
        Scalar::Moment(moment) => format!("{field}=m{moment}"),
        Scalar::Text(text) => format!("{field}=t{text}"),
    }
}

fn number_field(field: &str) -> String {
    format!("number-{}", hashed(&[field]))
}

fn moment_field(field: &str) -> String {
    format!("moment-{}", hashed(&[field]))
}

impl QdrantStore {
    /// Has the server index the ranges of a window's metadata that it does not index yet.
    pub(super) async fn index_ranges(&self, fields: &Payload) -> Result<(), StoreError> {
        let known = self.known();
        let lacking: Vec<String> = {
            let indexed = known.indexed.lock().unwrap_or_else(PoisonError::into_inner);
            fields.keys().filter(|&name| name != FIELDS && !indexed.contains(name)).cloned().collect()
        };
        for name in lacking {
            self.again(|| async {
                let request =
                    CreateFieldIndexCollectionBuilder::new(&self.collection, &name, FieldType::Float)
                        .wait(true);
                self.client.create_field_index(request).await.map_err(|error| self.failed(error))
            })
            .await?;
            known.indexed.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
        }
        Ok(())
    }
}
