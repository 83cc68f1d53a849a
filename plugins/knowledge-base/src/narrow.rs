//! The filters of the configuration, with the turn's variables put into their values.

use qianfan_plugin::knowledge::{Condition, Filter, Filters, Operator};
use qianfan_plugin::{Turn, nearest};
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

/// What no turn can make anything of in the filters as they stand: the key, the cause and the mend. What the schema refuses of
/// them hides nothing else.
pub(crate) fn problems(filters: &Value) -> Vec<(String, String)> {
    let (written, table) = match filters {
        Value::Array(written) => (written.as_slice(), "filters"),
        joined => (joined["filters"].as_array().map_or(&[][..], Vec::as_slice), "filters.filters"),
    };
    let mut problems = Vec::new();
    for (index, one) in written.iter().enumerate() {
        let key = format!("{table}[{index}].value");
        let (operator, value) = (&one["operator"], one.get("value").unwrap_or(&Value::Null));
        if let Ok(operator) = Name::deserialize(operator) {
            let name = one["operator"].as_str().unwrap_or_default();
            problems.extend(misfit(operator, name, value).map(|message| (key.clone(), message)));
        }
        for (key, text) in texts(value, &key) {
            problems.extend(misspelt(text).map(|message| (key, message)));
        }
    }
    problems
}

/// Why an operator does not take such a value.
fn misfit(operator: Name, name: &str, value: &Value) -> Option<String> {
    let listed = matches!(operator, Name::In | Name::Nin);
    let mend = "write such as 2024 or \"2024-06-07\"";
    match (operator, value) {
        (Name::Exists, Value::Null | Value::Bool(_)) => None,
        (Name::Exists, Value::String(text)) if ["true", "false"].contains(&&**text) => None,
        (Name::Exists, _) => {
            Some(format!("`{name}` asks whether a field is there; write value = true or false"))
        }
        (_, Value::Null) if listed => {
            Some(format!("is missing, and `{name}` compares with a list; write value = [\"…\"]"))
        }
        (_, Value::Null) => {
            Some(format!("is missing, and `{name}` compares with one value; write value = \"…\""))
        }
        (_, Value::Array(values)) if listed && values.is_empty() => Some(
            "is an empty list, in which nothing is; write one value or more, or remove the filter".to_owned(),
        ),
        (_, Value::Array(_)) if !listed => Some(format!(
            "is a list, and `{name}` compares with one value; write one value, or operator = \"in\""
        )),
        (Name::Gt | Name::Gte | Name::Lt | Name::Lte, Value::String(text)) if !has_order(text) => {
            Some(format!("is neither a number nor a date, so nothing is above or below it; {mend}"))
        }
        _ => None,
    }
}

/// The texts of a value with their keys.
fn texts<'a>(value: &'a Value, key: &str) -> Vec<(String, &'a str)> {
    match value {
        Value::String(text) => vec![(key.to_owned(), text)],
        Value::Array(values) => {
            let texts = values.iter().enumerate().filter_map(|(at, value)| Some((at, value.as_str()?)));
            texts.map(|(at, text)| (format!("{key}[{at}]"), text)).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a text may be a number or a date: one with variables may.
fn has_order(text: &str) -> bool {
    let is_date = text.len() >= 4 && text.bytes().take(4).all(|byte| byte.is_ascii_digit());
    text.contains("{{") || is_date || text.trim().parse::<f64>().is_ok()
}

/// What keeps the variables of a text from being put in, whatever the turn: cause and mend.
fn misspelt(text: &str) -> Option<String> {
    let mend = "write {{ variables.NAME }}";
    if text.contains("{%") {
        return Some(format!("has a `{{%`, and only variables are put in here; {mend}"));
    }
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let Some((inside, after)) = after.split_once("}}") else {
            return Some(format!("has a `{{{{` that is not closed; {mend}"));
        };
        rest = after;
        let name = inside.trim();
        if let Some((name, filter)) = name.split_once('|') {
            let (name, filter) = (name.trim(), filter.trim());
            return Some(format!(
                "applies the filter `{filter}`, and none can be applied here; write {{{{ {name} }}}}"
            ));
        }
        let Some((table, variable)) = name.split_once('.').filter(|(table, _)| *table != "variables") else {
            if name.is_empty() || name == "variables" || name == "variables." {
                return Some(format!("names no variable; {mend}"));
            }
            continue;
        };
        return Some(match nearest(table, ["variables"]) {
            Some(near) => format!("`{table}` is not defined; did you mean `{near}`?"),
            None => format!(
                "`{table}` is not defined, and only variables are put in here; write {{{{ variables.{variable} }}}}"
            ),
        });
    }
    None
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
    fn what_no_turn_can_fill_in_is_told() {
        let told = |operator: &str, value: Value| {
            let written = json!([{"operator": operator, "field": "f", "value": value}]);
            problems(&written)
                .into_iter()
                .map(|(key, message)| format!("{key}: {message}"))
                .collect::<Vec<_>>()
        };
        for (operator, value, expected) in [
            (
                "eq",
                json!("{{ varables.p }}"),
                "filters[0].value: `varables` is not defined; did you mean `variables`?",
            ),
            (
                "in",
                json!(["a", "{{ arguments.p }}"]),
                "filters[0].value[1]: `arguments` is not defined, and only",
            ),
            ("like", json!("{{ varables.p }}"), "filters[0].value: `varables` is not defined"),
            ("eq", json!("{{ variables.p | upcase }}"), "filters[0].value: applies the filter `upcase`"),
            ("eq", json!("{{ variables.p"), "filters[0].value: has a `{{` that is not closed"),
            ("eq", json!("{% if x %}"), "filters[0].value: has a `{%`"),
            ("eq", json!("{{ }}"), "filters[0].value: names no variable"),
            ("eq", json!(["a"]), "filters[0].value: is a list, and `eq`"),
            ("in", json!([]), "filters[0].value: is an empty list"),
            ("gte", Value::Null, "filters[0].value: is missing, and `gte`"),
            ("exists", json!("yes"), "filters[0].value: `exists` asks"),
            ("gt", json!("很久"), "filters[0].value: is neither a number nor a date"),
        ] {
            let told = told(operator, value);
            assert!(told.len() == 1 && told[0].starts_with(expected), "{operator}: {told:?}");
        }
        for (operator, value) in [
            ("eq", json!("{{ variables.省份 }}-{{ year }}")),
            ("eq", json!(3)),
            ("in", json!("全国")),
            ("exists", json!(false)),
            ("exists", Value::Null),
            ("lte", json!("{{ variables.year }}")),
            ("lt", json!("2024-06")),
        ] {
            assert_eq!(told(operator, value), Vec::<String>::new());
        }
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
