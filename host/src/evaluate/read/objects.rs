//! JSON: a whole file, or one object a line.

use serde_json::{Map, Value};

use super::super::question::Skipped;
use super::names;

/// Keys under which a whole file may hold its list.
const LISTS: &[&str] = &["questions", "queries", "pairs", "data", "documents", "corpus", "rows"];

/// One object of a file, with the key it stood under.
pub(super) struct FileObject {
    /// Such as `line 12` or `entry 12`.
    pub(super) place: String,
    pub(super) key: Option<String>,
    pub(super) object: Map<String, Value>,
}

/// A JSON file.
pub(super) enum JsonFile {
    Whole(Value),
    Lines(Vec<FileObject>),
}

/// `None` where the text is not JSON at all.
pub(super) fn parse(text: &str, skipped: &mut Vec<Skipped>) -> Result<Option<JsonFile>, String> {
    if !text.trim_start().starts_with(['{', '[']) {
        return Ok(None);
    }
    let whole = match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(object)) if is_row(&object) => {
            return Ok(Some(JsonFile::Lines(vec![FileObject { place: "line 1".into(), key: None, object }])));
        }
        Ok(value) => return Ok(Some(JsonFile::Whole(value))),
        Err(error) => error,
    };
    let mut lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let is_object = |line: &str| serde_json::from_str::<Map<String, Value>>(line).is_ok();
    let Some((first, _)) = lines.clone().next() else { return Ok(None) };
    if !is_object(first) && !lines.clone().nth(1).is_some_and(|(second, _)| is_object(second)) {
        // A table may begin with a bracket.
        return if first.contains('\t') {
            Ok(None)
        } else {
            Err(format!("line {}: is not valid JSON: {whole}", whole.line()))
        };
    }
    let mut entries = Vec::new();
    for (line, number) in lines.by_ref() {
        let place = format!("line {number}");
        match serde_json::from_str(line) {
            Ok(object) => entries.push(FileObject { place, key: None, object }),
            Err(error) => {
                let reason = format!("is not a JSON object: {error}; write one object on each line");
                skipped.push(Skipped { place, reason });
            }
        }
    }
    Ok(Some(JsonFile::Lines(entries)))
}

/// Whether an object is one row of a file that has no other, and not a list or map of rows, whose keys
/// may read like names of columns.
fn is_row(object: &Map<String, Value>) -> bool {
    let texts = || object.iter().filter(|(_, value)| value.is_string()).map(|(key, _)| key.as_str());
    let is = |names| names::position(texts(), names).is_some();
    list_in(object).is_none() && [names::QUESTION, names::PAIR_ASKED, names::TEXT].into_iter().any(is)
}

/// The key under which a whole file has its rows.
fn list_in(object: &Map<String, Value>) -> Option<&'static str> {
    let holds_rows = |key: &&&str| {
        let list = object.get(**key).and_then(Value::as_array);
        list.is_some_and(|list| list.first().is_some_and(Value::is_object))
    };
    LISTS.iter().find(holds_rows).copied()
}

/// The objects of a file, whichever way they are listed.
pub(super) fn entries(json: JsonFile) -> Vec<FileObject> {
    match json {
        JsonFile::Lines(entries) => entries,
        JsonFile::Whole(Value::Array(list)) => of_list(list),
        JsonFile::Whole(Value::Object(mut object)) => {
            if let Some(key) = list_in(&object)
                && let Some(Value::Array(list)) = object.remove(key)
            {
                return of_list(list);
            }
            let entry = |((key, value), number): ((String, Value), usize)| {
                let object = match value {
                    Value::Object(object) => object,
                    // A map from id to text.
                    other => Map::from_iter([("text".to_owned(), other)]),
                };
                FileObject { place: format!("entry {number} (`{key}`)"), key: Some(key), object }
            };
            object.into_iter().zip(1..).map(entry).collect()
        }
        JsonFile::Whole(_) => Vec::new(),
    }
}

fn of_list(list: Vec<Value>) -> Vec<FileObject> {
    let entry = |(value, number): (Value, usize)| {
        let object = match value {
            Value::Object(object) => object,
            other => Map::from_iter([("text".to_owned(), other)]),
        };
        FileObject { place: format!("entry {number}"), key: None, object }
    };
    list.into_iter().zip(1..).map(entry).collect()
}

impl FileObject {
    /// The value under the first of these names.
    pub(super) fn get(&self, names: &[&str]) -> Option<&Value> {
        let at = names::position(self.object.keys().map(String::as_str), names)?;
        self.object.values().nth(at)
    }

    /// The text or number under the first of these names.
    pub(super) fn text(&self, names: &[&str]) -> Option<String> {
        let text = scalar(self.get(names)?)?;
        (!text.trim().is_empty()).then_some(text)
    }

    /// Its own id: a field, or the key it stood under.
    pub(super) fn id(&self, names: &[&str]) -> Option<String> {
        self.text(names).or_else(|| self.key.clone())
    }

    pub(super) fn fields(&self) -> String {
        self.object.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// A text, number or truth value as text.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(u8::from(*truth).to_string()),
        _ => None,
    }
}

/// Question ids with the ids of documents that are right.
pub(super) fn judgements(entries: Vec<FileObject>, skipped: &mut Vec<Skipped>) -> Vec<(String, String)> {
    let mut judged = Vec::new();
    for entry in entries {
        let before = judged.len();
        match &entry.key {
            Some(question) => {
                let right = entry.object.iter().filter(|(_, value)| value.as_f64().is_some_and(|r| r > 0.0));
                judged.extend(right.map(|(document, _)| (question.clone(), document.clone())));
                let list = entry.get(names::RIGHT_TEXT).and_then(Value::as_array);
                let listed = list.into_iter().flatten().filter_map(scalar);
                judged.extend(listed.map(|document| (question.clone(), document)));
            }
            None => {
                let question = entry.text(names::QUESTION_ID);
                let document = entry.text(names::RIGHT_IDS);
                let relevant =
                    entry.text(names::RELEVANCE).is_none_or(|r| r.parse().is_ok_and(|r: f64| r > 0.0));
                match (question, document) {
                    (Some(question), Some(document)) if relevant => judged.push((question, document)),
                    (Some(_), Some(_)) => continue,
                    _ => {}
                }
            }
        }
        if judged.len() == before && entry.key.is_none() {
            let reason = "has no question id and document id; name them query-id and corpus-id".into();
            skipped.push(Skipped { place: entry.place, reason });
        }
    }
    judged
}
