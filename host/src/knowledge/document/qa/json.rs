//! Questions and answers as JSON: objects one after the other, one a line or not, or arrays of them. Their fields have the
//! names that data for training and export of other systems have: `question`/`answer`, `instruction`/`input`/`output`,
//! `prompt`/`response`, `messages`, `conversations`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::columns::{Role, plain, plain_field, role};
use super::{Entry, split_variants};
use crate::knowledge::document::table::told;
use crate::knowledge::document::{Document, MAX_PIECES, ParseError};
use crate::message::MediaType;

pub(super) fn parse(text: &str) -> Result<Document, ParseError> {
    let mut reader = Reader { text, ..Reader::default() };
    for value in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
        let value = value
            .map_err(|error| ParseError::Line { line: error.line() as u64, message: error.to_string() })?;
        reader.value(value, 0)?;
    }
    reader.tell();
    Ok(reader.document)
}

#[derive(Default)]
struct Reader<'a> {
    text: &'a str,
    document: Document,
    /// Bytes whose line breaks are counted, and those.
    counted: (usize, u64),
    /// Places in an array, which is written in one line as often as not.
    place: Option<u64>,
    questions: usize,
    asked: usize,
    later_turns: usize,
    kept: BTreeSet<String>,
    unkept: BTreeSet<String>,
}

type Fields<'a> = BTreeMap<String, &'a RawValue>;

impl<'a> Reader<'a> {
    fn value(&mut self, value: &'a RawValue, depth: usize) -> Result<(), ParseError> {
        let line = self.line(value);
        let refuse = |message: String| ParseError::Line { line, message };
        match value.get().as_bytes().first() {
            Some(b'{') => {
                let fields: Fields<'a> =
                    serde_json::from_str(value.get()).map_err(|error| refuse(error.to_string()))?;
                self.object(fields, line, depth)
            }
            Some(b'[') if depth < 2 => {
                let values: Vec<&'a RawValue> =
                    serde_json::from_str(value.get()).map_err(|error| refuse(error.to_string()))?;
                if values.len() > MAX_PIECES {
                    return Err(ParseError::Pieces(MAX_PIECES));
                }
                // Of an array in one line the place says more than the line.
                let is_one_line = values.len() > 1 && !value.get().contains('\n') && depth == 0;
                for (value, place) in values.into_iter().zip(1..) {
                    self.place = is_one_line.then_some(place);
                    self.value(value, depth + 1)?;
                }
                self.place = None;
                Ok(())
            }
            _ => Err(refuse("is no object with a question and an answer".into())),
        }
    }

    /// Where a value begins.
    fn line(&mut self, value: &RawValue) -> u64 {
        if let Some(place) = self.place {
            return place;
        }
        let at = (value.get().as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let (counted, lines) = self.counted;
        let more = self
            .text
            .as_bytes()
            .get(counted..at)
            .map_or(0, |bytes| bytes.iter().filter(|&&byte| byte == b'\n').count());
        self.counted = (at.max(counted), lines + more as u64);
        self.counted.1 + 1
    }

    fn object(&mut self, fields: Fields<'a>, line: u64, depth: usize) -> Result<(), ParseError> {
        let refuse = |message: String| ParseError::Line { line, message };
        if let Some(messages) = ["messages", "conversations", "conversation", "dialogue"]
            .iter()
            .find_map(|name| fields.get(*name))
        {
            let turns = turns(messages).map_err(|error| refuse(error.to_string()))?;
            let asked = turns.iter().position(|(is_user, _)| *is_user == Some(true));
            let answered = asked.and_then(|asked| {
                turns
                    .iter()
                    .skip(asked)
                    .position(|(is_user, _)| *is_user == Some(false))
                    .map(|place| place + asked)
            });
            let text =
                |place: Option<usize>| place.and_then(|place| turns.get(place)).map(|(_, text)| text.clone());
            self.later_turns += usize::from(answered.is_some_and(|place| place + 1 < turns.len()));
            let entry = Entry {
                question: text(asked).unwrap_or_default(),
                variants: Vec::new(),
                answer: text(answered).unwrap_or_default(),
                media_type: MediaType::Plain,
            };
            return self.add(entry, line);
        }
        let roles: Vec<(&String, Role)> = fields.keys().map(|name| (name, role(name))).collect();
        let first = |wanted: &[Role]| {
            wanted.iter().find_map(|wanted| {
                roles.iter().find(|(_, role)| role == wanted).map(|(name, _)| (*name).clone())
            })
        };
        // `standard_question` and the like go before the others.
        let strong =
            |name: &&String| ["standard", "标准", "主", "instruction"].iter().any(|mark| name.contains(mark));
        let main = roles
            .iter()
            .filter(|(_, role)| *role == Role::Question)
            .map(|(name, _)| *name)
            .find(strong)
            .cloned();
        let question = main.or_else(|| first(&[Role::Question, Role::WeakQuestion]));
        let answer = first(&[Role::Answer, Role::WeakAnswer]);
        let (Some(question), Some(answer)) = (question, answer) else {
            let lists: Vec<&&RawValue> =
                fields.values().filter(|value| value.get().starts_with('[')).collect();
            return match lists.as_slice() {
                [list] if depth < 2 => self.value(list, depth.max(1)),
                _ => Err(refuse(format!(
                    "has no question and answer among its fields ({}); name them `question` and `answer`",
                    told(fields.keys().map(String::as_str))
                ))),
            };
        };
        let text = |name: &str| -> Result<Vec<String>, ParseError> {
            match fields.get(name) {
                Some(value) => texts(value, 0).map_err(|message| refuse(format!("`{name}` {message}"))),
                None => Ok(Vec::new()),
            }
        };
        let mut asked = text(&question)?.into_iter();
        let mut question_text = asked.next().unwrap_or_default();
        let mut variants: Vec<String> = asked.collect();
        if plain(&question) == "instruction"
            && let Some(input) = text("input")?.into_iter().next().filter(|input| !input.trim().is_empty())
        {
            question_text = format!("{question_text}\n{input}");
        }
        for (name, role) in &roles {
            if **name != question && matches!(role, Role::Variants | Role::Question) {
                let is_list = fields.get(*name).is_some_and(|value| value.get().starts_with('['));
                for variant in text(name)? {
                    if is_list { variants.push(variant) } else { split_variants(&variant, &mut variants) }
                }
            }
        }
        let media_type = match fields.get("media_type") {
            Some(value) => serde_json::from_str(value.get()).map_err(|error| refuse(error.to_string()))?,
            None => MediaType::Plain,
        };
        let used = |name: &str| name == question || name == answer || matches!(name, "media_type" | "input");
        for (name, role) in &roles {
            if !used(name)
                && !matches!(role, Role::Variants | Role::Question)
                && let Some(value) = fields.get(*name)
            {
                self.keep(name, value);
            }
        }
        let entry = Entry {
            question: question_text,
            variants,
            answer: text(&answer)?.into_iter().next().unwrap_or_default(),
            media_type,
        };
        self.add(entry, line)
    }

    fn add(&mut self, mut entry: Entry, line: u64) -> Result<(), ParseError> {
        entry.variants.truncate(MAX_PIECES + 1);
        let (asked, before) = (entry.variants.len(), self.document.left_out.len());
        entry.add(line, &mut self.document)?;
        if self.document.left_out.len() == before {
            self.questions += 1;
            self.asked += asked;
        }
        Ok(())
    }

    /// Another field says what the document is about.
    fn keep(&mut self, name: &str, value: &RawValue) {
        let field = plain_field(name);
        let values = texts(value, 0).unwrap_or_else(|_| vec![value.get().to_owned()]);
        let is_simple =
            !value.get().starts_with('{') && !matches!(field.as_str(), "id" | "system" | "history");
        for value in values.iter().filter(|value| !value.trim().is_empty() && value.as_str() != "null") {
            if is_simple && self.document.metadata.add(&field, value).is_ok() {
                self.kept.insert(field.clone());
            } else if self.unkept.len() < MAX_PIECES {
                self.unkept.insert(name.to_owned());
            }
        }
    }

    fn tell(&mut self) {
        let mut told_as = format!("read as {} questions", self.questions);
        if self.asked > 0 {
            told_as.push_str(&format!(" with {} other ways to ask", self.asked));
        }
        for (what, names) in
            [("metadata of the document", &self.kept), ("not used, or not all of it", &self.unkept)]
        {
            if !names.is_empty() {
                told_as.push_str(&format!("; {what}: {}", told(names.iter().map(String::as_str))));
            }
        }
        if self.later_turns > 0 {
            told_as
                .push_str(&format!("; of {} dialogues only the first question and answer", self.later_turns));
        }
        self.document.tell(told_as);
    }
}

/// A text, or the texts of a list; of lists of lists, as some have their answers, the first of each.
fn texts(value: &RawValue, depth: usize) -> Result<Vec<String>, String> {
    let json = value.get();
    match json.as_bytes().first() {
        Some(b'"') => serde_json::from_str(json).map(|text| vec![text]).map_err(|error| error.to_string()),
        Some(b'n') => Ok(Vec::new()),
        Some(b'[') if depth < 2 => {
            let values: Vec<&RawValue> = serde_json::from_str(json).map_err(|error| error.to_string())?;
            let mut found = Vec::new();
            for value in values.into_iter().take(MAX_PIECES + 1) {
                let inner = texts(value, depth + 1)?;
                found.extend(inner.into_iter().take(1));
            }
            Ok(found)
        }
        Some(b'{') if depth < 2 => {
            let fields: Fields<'_> = serde_json::from_str(json).map_err(|error| error.to_string())?;
            let text = ["text", "content", "value", "answer"].iter().find_map(|name| fields.get(*name));
            text.map_or_else(|| Err("is no text".to_owned()), |text| texts(text, depth + 1))
        }
        _ => Err("is no text; write it in quotes".to_owned()),
    }
}

#[derive(Deserialize)]
struct Turn<'a> {
    #[serde(alias = "from", default)]
    role: String,
    #[serde(alias = "value", alias = "text", borrow)]
    content: Option<&'a RawValue>,
}

/// What was said, and whether the user said it; `None` for neither user nor assistant.
fn turns(messages: &RawValue) -> Result<Vec<(Option<bool>, String)>, serde_json::Error> {
    let turns: Vec<Turn<'_>> = serde_json::from_str(messages.get())?;
    let said = turns.into_iter().take(MAX_PIECES).map(|turn| {
        let is_user = match turn.role.to_lowercase().as_str() {
            "user" | "human" | "用户" | "客户" => Some(true),
            "assistant" | "gpt" | "bot" | "model" | "客服" | "助手" => Some(false),
            _ => None,
        };
        let texts = turn.content.and_then(|content| texts(content, 0).ok()).unwrap_or_default();
        (is_user, texts.join("\n"))
    });
    Ok(said.collect())
}
