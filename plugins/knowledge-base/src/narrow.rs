//! The filters of the configuration, with the turn's variables put into their values.

use nearest::nearest;
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

/// Why a variable of the turn makes no filter.
#[derive(Debug, PartialEq)]
pub(crate) enum Unfit {
    /// The turn does not have it.
    Absent(String),
    /// It is a list where one value is needed; the text says where.
    List(String),
}

impl Narrowing {
    /// The filters of this turn.
    pub(crate) fn of(&self, turn: &Turn) -> Result<Filters, Unfit> {
        let (written, condition) = match self {
            Self::All(written) => (written, Joint::And),
            Self::Joined { filters, condition } => (filters, *condition),
        };
        let mut filters = Vec::with_capacity(written.len());
        for one in written {
            match one.values(turn) {
                Ok((operator, values)) => {
                    filters.push(Filter { field: one.field.clone(), operator: operator.into(), values });
                }
                Err(Unfit::Absent(_)) if one.optional => {}
                Err(unfit) => return Err(unfit),
            }
        }
        let condition = match condition {
            Joint::And => Condition::And,
            Joint::Or => Condition::Or,
        };
        Ok(Filters { condition, filters })
    }
}

impl Narrowing {
    /// Places of filters that must have a variable of the turn's, and its name.
    fn needs(&self) -> Vec<(usize, String)> {
        let (Self::All(written) | Self::Joined { filters: written, .. }) = self;
        let must = written.iter().enumerate().filter(|(_, one)| !one.optional);
        must.flat_map(|(place, one)| one.variables().into_iter().map(move |name| (place, name))).collect()
    }
}

/// Variables that every request must send, by the keys of the filters that need them.
pub(crate) fn warnings(filters: &Value) -> Vec<(String, String)> {
    let table = if filters.is_array() { "filters" } else { "filters.filters" };
    // What the schema refuses is reported already.
    let Ok(narrowing) = Narrowing::deserialize(filters) else { return Vec::new() };
    let told = |(place, variable): (usize, String)| {
        let message = format!(
            "needs the variable `{variable}` in every request: one without it is not searched, and refused unless \
             on_failure = \"continue\"; where requests may lack it, write optional = true, which leaves the filter out"
        );
        (format!("{table}[{place}]"), message)
    };
    narrowing.needs().into_iter().map(told).collect()
}

impl Written {
    /// Names of the variables in its value.
    fn variables(&self) -> Vec<String> {
        let texts = match &self.value {
            Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
            value => value.as_str().into_iter().collect::<Vec<_>>(),
        };
        let named = |text: &str| -> Vec<String> {
            let inside = text.split("{{").skip(1).filter_map(|rest| rest.split_once("}}"));
            inside.map(|(inside, _)| variable(inside).to_owned()).collect()
        };
        let mut names: Vec<String> = texts.into_iter().flat_map(named).collect();
        names.dedup();
        names
    }

    /// The operator and its values. A variable that is a list stands for any of what it holds.
    fn values(&self, turn: &Turn) -> Result<(Name, Vec<String>), Unfit> {
        let written = match &self.value {
            Value::Null => &[][..],
            Value::Array(values) => values.as_slice(),
            value => std::slice::from_ref(value),
        };
        let (mut operator, mut values) = (self.operator, Vec::with_capacity(written.len()));
        for value in written {
            let Some((name, listed)) = whole_list(value, turn) else {
                values.push(filled(value, turn)?);
                continue;
            };
            operator = match operator {
                Name::Eq | Name::In => Name::In,
                Name::Ne | Name::Nin => Name::Nin,
                Name::Gt | Name::Gte | Name::Lt | Name::Lte | Name::Exists => {
                    return Err(Unfit::List(format!(
                        "the variable `{name}` is a list, and the filter of `{}` compares with one value; send one value",
                        self.field
                    )));
                }
            };
            values.extend(listed);
        }
        Ok((operator, values))
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
    let others = ["{variables", "${", "｛｛", "｛variables"];
    if !text.contains("{{") && others.iter().any(|braces| text.contains(braces)) {
        return Some(format!("has a variable in other braces than those that are filled in; {mend}"));
    }
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let Some((inside, after)) = after.split_once("}}") else {
            return Some(format!("has a `{{{{` that is not closed; {mend}"));
        };
        rest = after;
        let name = inside.trim();
        if quoted(name).is_some_and(|(table, _)| table == "variables") {
            continue;
        }
        if let Some((table, _)) = name.split_once('[') {
            let known = ["variables"];
            let text: String = inside
                .chars()
                .filter(|c| !matches!(c, '[' | ']' | '"' | '\'' | '“' | '”' | '‘' | '’'))
                .collect();
            let variable = text.trim().strip_prefix(table.trim()).unwrap_or_default().trim();
            let variable = if variable.is_empty() { "NAME" } else { variable };
            let mend = format!("write {{{{ variables[\"{variable}\"] }}}}");
            return Some(match nearest(table.trim(), known) {
                Some("variables") if table.trim() == "variables" => {
                    format!(
                        "names the variable `{variable}` without its quotes and brackets in order; {mend}"
                    )
                }
                _ => format!("`{}` is not defined; {mend}", table.trim()),
            });
        }
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

/// The name of the variable that stands between the braces.
fn variable(inside: &str) -> &str {
    let name = inside.trim();
    match quoted(name) {
        Some(("variables", variable)) => variable,
        _ => name.strip_prefix("variables.").unwrap_or(name),
    }
}

/// A table and the name between the quotes of `table["name"]`.
fn quoted(name: &str) -> Option<(&str, &str)> {
    let (table, rest) = name.split_once('[')?;
    let inside = rest.trim_end().strip_suffix(']')?.trim();
    let quote = inside.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let text = inside[1..].strip_suffix(quote)?;
    (!text.is_empty() && !text.contains(quote)).then_some((table.trim_end(), text))
}

/// The values of a variable that is a list, where the whole text is that variable.
fn whole_list<'a>(value: &'a Value, turn: &Turn) -> Option<(&'a str, Vec<String>)> {
    let inside = value.as_str()?.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    let name = Some(variable(inside)).filter(|name| !name.contains("{{"))?;
    let (_, text) = turn.variables.iter().find(|(variable, _)| variable == name)?;
    // An empty one holds nothing that could be compared, and counts as absent.
    listed(text).filter(|values| !values.is_empty()).map(|values| (name, values))
}

/// The values of a variable that a client has sent as a list: its text is JSON.
fn listed(text: &str) -> Option<Vec<String>> {
    if !text.trim_start().starts_with('[') {
        return None;
    }
    let values: Vec<Value> = serde_json::from_str(text).ok()?;
    let one = |value: Value| match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    let values: Vec<String> = values.into_iter().map(one).collect::<Option<_>>()?;
    Some(values.into_iter().filter(|value| !value.is_empty()).collect())
}

/// The text of a value with its variables put in. An empty variable counts as absent.
fn filled(value: &Value, turn: &Turn) -> Result<String, Unfit> {
    let Value::String(text) = value else { return Ok(value.to_string()) };
    let (mut filled, mut rest) = (String::new(), text.as_str());
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inside, after)) = after.split_once("}}") else { break };
        let name = variable(inside);
        let known = turn.variables.iter().find(|(variable, _)| variable == name);
        let value = known.map(|(_, value)| value.trim()).filter(|value| !value.is_empty());
        let value = value.ok_or_else(|| Unfit::Absent(name.to_owned()))?;
        match listed(value) {
            None => {}
            Some(values) if values.is_empty() => return Err(Unfit::Absent(name.to_owned())),
            Some(_) => {
                return Err(Unfit::List(format!(
                    "the variable `{name}` is a list, and a filter has it within a text; send one value"
                )));
            }
        }
        filled.push_str(before);
        filled.push_str(value);
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
mod tests;
