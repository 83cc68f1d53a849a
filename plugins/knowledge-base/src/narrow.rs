//! The filters of the configuration, with the turn's variables put into their values.

use qianfan_plugin::Turn;
use qianfan_plugin::knowledge::{Condition, Filter, Filters, Operator};
use serde::Deserialize;
use serde_json::Value;

/// A list of filters that must all hold, or the list with its condition.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Narrowing {
    All(Vec<Written>),
    Joined {
        #[serde(default)]
        filters: Vec<Written>,
        #[serde(default)]
        condition: Joint,
    },
}

#[derive(Deserialize, Clone, Copy, Default)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Joint {
    #[default]
    And,
    Or,
}

/// One filter; its value may hold `{{ variables.<name> }}`.
#[derive(Deserialize)]
pub(crate) struct Written {
    operator: Name,
    field: String,
    #[serde(default)]
    value: Value,
    /// Whether it is left out where a variable of its value is absent; otherwise nothing is searched.
    #[serde(default)]
    optional: bool,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Name {
    Eq,
    Ne,
    In,
    Nin,
    Gt,
    Gte,
    Lt,
    Lte,
    Exists,
}

/// A variable that a filter needs and the turn does not have.
#[derive(Debug, PartialEq)]
pub(crate) struct Absent(pub(crate) String);

impl Narrowing {
    /// The filters of this turn.
    pub(crate) fn of(&self, turn: &Turn) -> Result<Filters, Absent> {
        let (written, condition) = match self {
            Self::All(written) => (written, Joint::And),
            Self::Joined { filters, condition } => (filters, *condition),
        };
        let mut filters = Vec::with_capacity(written.len());
        for one in written {
            match one.values(turn) {
                Ok(values) => {
                    let (field, operator) = (one.field.clone(), one.operator.into());
                    filters.push(Filter { field, operator, values });
                }
                Err(_) if one.optional => {}
                Err(absent) => return Err(absent),
            }
        }
        let condition = match condition {
            Joint::And => Condition::And,
            Joint::Or => Condition::Or,
        };
        Ok(Filters { condition, filters })
    }
}

impl Written {
    fn values(&self, turn: &Turn) -> Result<Vec<String>, Absent> {
        match &self.value {
            Value::Null => Ok(Vec::new()),
            Value::Array(values) => values.iter().map(|value| filled(value, turn)).collect(),
            value => Ok(vec![filled(value, turn)?]),
        }
    }
}

/// The text of a value with its variables put in. An empty variable counts as absent.
fn filled(value: &Value, turn: &Turn) -> Result<String, Absent> {
    let Value::String(text) = value else { return Ok(value.to_string()) };
    let (mut filled, mut rest) = (String::new(), text.as_str());
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inside, after)) = after.split_once("}}") else { break };
        let name = inside.trim();
        let name = name.strip_prefix("variables.").unwrap_or(name);
        let known = turn.variables.iter().find(|(variable, _)| variable == name);
        let value = known.map(|(_, value)| value.trim()).filter(|value| !value.is_empty());
        filled.push_str(before);
        filled.push_str(value.ok_or_else(|| Absent(name.to_owned()))?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

impl From<Name> for Operator {
    fn from(name: Name) -> Self {
        match name {
            Name::Eq => Self::Eq,
            Name::Ne => Self::Ne,
            Name::In => Self::In,
            Name::Nin => Self::Nin,
            Name::Gt => Self::Gt,
            Name::Gte => Self::Gte,
            Name::Lt => Self::Lt,
            Name::Lte => Self::Lte,
            Name::Exists => Self::Exists,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn filters(written: Value, variables: &[(&str, &str)]) -> Result<Filters, Absent> {
        let turn = Turn {
            id: "t".to_owned(),
            app: "a".to_owned(),
            question: "问".to_owned(),
            search_text: "问".to_owned(),
            history: Vec::new(),
            variables: variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            arguments: None,
        };
        serde_json::from_value::<Narrowing>(written).expect("filters").of(&turn)
    }

    #[test]
    fn values_hold_the_variables_of_the_turn() {
        let written = json!({"condition": "or", "filters": [
            {"operator": "in", "field": "province", "value": ["{{ variables.province }}", "全国"]},
            {"operator": "gte", "field": "date", "value": "{{variables.year}}-01-01"},
            {"operator": "lt", "field": "year", "value": 2026},
            {"operator": "exists", "field": "draft", "value": false},
        ]});
        let found = filters(written, &[("province", "广东"), ("year", "2024")]).expect("all are there");
        assert_eq!(found.condition, Condition::Or);
        let values: Vec<_> = found.filters.iter().map(|filter| filter.values.join(" ")).collect();
        assert_eq!(values, ["广东 全国", "2024-01-01", "2026", "false"]);
    }

    #[test]
    fn an_absent_variable_ends_the_search_unless_its_filter_is_optional() {
        let written = |optional: bool| {
            json!([
                {"operator": "eq", "field": "province", "value": "{{ variables.province }}", "optional": optional},
                {"operator": "eq", "field": "kind", "value": "政策"},
            ])
        };
        assert_eq!(filters(written(false), &[]), Err(Absent("province".to_owned())));
        assert_eq!(filters(written(false), &[("province", " ")]), Err(Absent("province".to_owned())));
        let found = filters(written(true), &[]).expect("left out");
        assert_eq!(found.filters.len(), 1);
        assert_eq!(found.filters[0].field, "kind");
    }
}
