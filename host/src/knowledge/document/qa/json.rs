//! Questions and answers as JSON: objects one after the other, one a line or not, or arrays of them. Their fields have the
//! names that data for training and export of other systems have: `question`/`answer`, `instruction`/`input`/`output`,
//! `prompt`/`response`, `messages`, `conversations`.

mod chosen;
mod thoughts;
mod turns;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::RawValue;

use self::chosen::{answer, in_file_order, question};
use self::thoughts::without_thoughts;
use self::turns::turns;
use super::asked_beside::AskedBeside;
use super::batch::{Batch, BatchCounts};
use super::entry::{QaEntry, split_variants};
use super::role::{
    ColumnRole, asks_beside, has_options, is_asked, is_choice, is_denied, is_option, is_right, is_title,
    is_way, plain_field,
};
use super::state::{MAX_UNSURE, QuestionState, is_switch};
use crate::knowledge::document::table::told;
use crate::knowledge::document::{Block, Document, MAX_PIECES, ParseError, count};
use crate::message::MediaType;

/// Lists and objects around a record.
const MAX_DEPTH: usize = 4;

pub(super) fn parse(text: &str) -> Result<Document, ParseError> {
    let mut reader = JsonReader::read(text, BTreeSet::new())?;
    // 暂停 stood above the 启用 that shows that it is no machine's.
    if !reader.stopped.is_disjoint(&reader.switches) {
        reader = JsonReader::read(text, std::mem::take(&mut reader.switches))?;
    }
    let counts = reader.batch.end(&mut reader.document)?;
    reader.tell(&counts);
    Ok(reader.document)
}

#[derive(Default)]
struct JsonReader<'a> {
    text: &'a str,
    document: Document,
    /// Bytes whose line breaks are counted, and those.
    counted: (usize, u64),
    /// Places in an array, which is written in one line as often as not.
    place: Option<u64>,
    batch: Batch,
    later_turns: usize,
    /// Records that are texts, and those that are examinations' questions.
    texts: usize,
    exercises: usize,
    /// Where a question has several answers, and where one is not in use.
    several: Vec<u64>,
    off: Vec<u64>,
    /// Names of fields with answers beside those that are given.
    spare: BTreeSet<String>,
    kept: BTreeSet<String>,
    unkept: BTreeSet<String>,
    /// Fields that may ask something else, by their names, and values that may say whether a question is in use and that nobody
    /// knows.
    beside: BTreeMap<String, AskedBeside>,
    unsure: BTreeSet<String>,
    /// Names of fields that are switches, and of those with a value that says that a question is not in use if they are.
    switches: BTreeSet<String>,
    stopped: BTreeSet<String>,
}

type RecordFields<'a> = BTreeMap<String, &'a RawValue>;

impl<'a> JsonReader<'a> {
    /// Reads all records, where the fields of these names are known to be switches.
    fn read(text: &'a str, switches: BTreeSet<String>) -> Result<Self, ParseError> {
        let mut reader = Self { text, switches, ..Self::default() };
        for value in serde_json::Deserializer::from_str(text).into_iter::<&'a RawValue>() {
            let value = value.map_err(|error| ParseError::Line {
                line: error.line() as u64,
                message: error.to_string(),
            })?;
            reader.value(value, 0)?;
        }
        Ok(reader)
    }

    fn value(&mut self, value: &'a RawValue, depth: usize) -> Result<(), ParseError> {
        let line = self.line(value);
        let refuse = |message: String| ParseError::Line { line, message };
        match value.get().as_bytes().first() {
            Some(b'{') => {
                let fields: RecordFields<'a> =
                    serde_json::from_str(value.get()).map_err(|error| refuse(error.to_string()))?;
                self.object(fields, line, depth)
            }
            Some(b'[') if depth < MAX_DEPTH => {
                let values: Vec<&'a RawValue> =
                    serde_json::from_str(value.get()).map_err(|error| refuse(error.to_string()))?;
                if values.len() > MAX_PIECES {
                    return Err(ParseError::Pieces(MAX_PIECES));
                }
                // The place in the array says more than the line where the array is one line.
                let is_one_line = values.len() > 1 && !value.get().contains('\n') && depth == 0;
                for (value, place) in values.into_iter().zip(1..) {
                    self.place = is_one_line.then_some(place);
                    self.value(value, depth + 1)?;
                }
                self.place = None;
                Ok(())
            }
            _ => Err(refuse("is not an object with a question and an answer".into())),
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

    fn object(&mut self, fields: RecordFields<'a>, line: u64, depth: usize) -> Result<(), ParseError> {
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
            let entry = QaEntry {
                question: text(asked).unwrap_or_default(),
                variants: Vec::new(),
                answer: without_thoughts(text(answered).unwrap_or_default()),
                media_type: MediaType::Plain,
            };
            return self.batch.push(entry, line, std::iter::empty());
        }
        let roles = in_file_order(&fields);
        let first = |wanted: &[ColumnRole]| {
            wanted.iter().find_map(|wanted| {
                roles.iter().find(|(_, role)| role == wanted).map(|(name, _)| (*name).clone())
            })
        };
        let is_said = |(name, role): &(&String, ColumnRole)| {
            *role == ColumnRole::Answer || *role == ColumnRole::Question && !asks_beside(name)
        };
        if !roles.iter().any(is_said)
            && let Some(body) = first(&[ColumnRole::WeakAnswer])
            && first(&[ColumnRole::WeakQuestion]).is_none_or(|title| is_title(&title))
        {
            return self.text(&fields, first(&[ColumnRole::WeakQuestion]), &body, line);
        }
        let question = question(&fields, &roles);
        let answer = answer(&fields, &roles);
        let (Some(question), Some(answer)) = (question, answer) else {
            return self.nested(fields, line, depth);
        };
        self.pair(&fields, &roles, (&question, &answer), line)
    }

    /// An object without a question and an answer may hold records in its one list, or in its one object, as services wrap what
    /// they give. Fields beside an object go with it.
    fn nested(&mut self, mut fields: RecordFields<'a>, line: u64, depth: usize) -> Result<(), ParseError> {
        let refuse = |message: String| ParseError::Line { line, message };
        let holding = |open: char| -> Vec<(String, &'a RawValue)> {
            let is_one = |json: &str| json.starts_with(open) && json.contains('{') && json.contains(':');
            let held = fields.iter().filter(|(_, value)| is_one(value.get()));
            held.map(|(name, value)| (name.clone(), *value)).collect()
        };
        let (lists, objects) = (holding('['), holding('{'));
        match (lists.as_slice(), objects.as_slice()) {
            ([(_, list)], _) if depth < MAX_DEPTH => self.value(list, depth + 1),
            ([], [(name, object)]) if depth < MAX_DEPTH => {
                let inner: RecordFields<'a> =
                    serde_json::from_str(object.get()).map_err(|error| refuse(error.to_string()))?;
                fields.remove(name);
                fields.extend(inner);
                self.object(fields, line, depth + 1)
            }
            _ => Err(refuse(format!(
                "has no question and answer among its fields ({}); name them `question` and `answer`, in one list of objects",
                told(fields.keys().map(String::as_str))
            ))),
        }
    }

    /// A question with its answer, in fields of these names.
    fn pair(
        &mut self,
        fields: &RecordFields<'a>,
        roles: &[(&String, ColumnRole)],
        (question, answer): (&String, &String),
        line: u64,
    ) -> Result<(), ParseError> {
        if self.is_off(fields, is_right(answer), line) {
            return Ok(());
        }
        let refuse = |message: String| ParseError::Line { line, message };
        let text = |name: &str| -> Result<Vec<String>, ParseError> {
            match fields.get(name) {
                Some(value) => texts(value, 0).map_err(|message| refuse(format!("`{name}` {message}"))),
                None => Ok(Vec::new()),
            }
        };
        let answers = if is_denied(answer) { Vec::new() } else { text(answer)? };
        let asked = text(question)?;
        let first = |texts: &[String]| texts.first().cloned().unwrap_or_default();
        if is_exercise(fields, &first(&asked), &first(&answers)) {
            return self.exercise(fields, question);
        }
        let others = fields.iter().filter(|(name, _)| {
            roles.iter().any(|(other, role)| other == name && *role == ColumnRole::Answer) && *name != answer
        });
        let is_other = |(_, value): &(&String, &&RawValue)| {
            texts(value, 0).is_ok_and(|texts| texts.iter().any(|text| !text.trim().is_empty()))
        };
        let spare: Vec<String> = others.filter(is_other).map(|(name, _)| name.clone()).collect();
        if answers.len() > 1 || !spare.is_empty() {
            self.several.push(line);
        }
        self.spare.extend(spare);
        let mut asked = asked.into_iter();
        let mut question_text = asked.next().unwrap_or_default();
        let mut variants: Vec<String> = asked.collect();
        if question == "instruction"
            && let Some(input) = text("input")?.into_iter().next().filter(|input| !input.trim().is_empty())
        {
            question_text = format!("{question_text}\n{input}");
        }
        let mut ways = Vec::new();
        for (name, _) in roles {
            if *name != question && *name != answer && is_way(name, question) {
                ways.push(*name);
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
        let mut kept = Vec::new();
        for (name, role) in roles {
            let is_used = *name == question
                || *name == answer
                || *name == "media_type"
                || (*name == "input" && question == "instruction")
                || ways.contains(name)
                || *role == ColumnRole::Answer;
            if !is_used && let Some(value) = fields.get(*name) {
                let values = texts(value, 0).unwrap_or_else(|_| vec![value.get().to_owned()]);
                let may_ask = *role == ColumnRole::Question || is_asked(name);
                if may_ask && QuestionState::named(name).is_none() && self.beside.len() < MAX_UNSURE {
                    let said = values.first().map_or("", String::as_str);
                    self.beside.entry((*name).clone()).or_default().add(said);
                }
                self.keep(name, value, &values);
                kept.push((name.as_str(), values.into_iter().next().unwrap_or_default()));
            }
        }
        let answer = without_thoughts(answers.into_iter().next().unwrap_or_default());
        let entry = QaEntry { question: question_text, variants, answer, media_type };
        self.batch.push(entry, line, kept.iter().map(|(name, value)| (*name, value.as_str())))
    }

    /// Whether a record says that it is not in use. `is_right`: its answer is, whatever is said of those beside it.
    fn is_off(&mut self, fields: &RecordFields<'a>, is_right: bool, line: u64) -> bool {
        for (name, value) in fields.iter().filter(|(name, _)| !(is_right && QuestionState::judges(name))) {
            let value = value.get().trim_matches('"');
            let Some(state) = QuestionState::named(name).filter(|_| !value.starts_with(['{', '['])) else {
                continue;
            };
            if is_switch(value) {
                self.switches.insert(name.clone());
            }
            let switch = state.as_switch();
            let state = if self.switches.contains(name) { switch } else { state };
            if switch.is_off(value) && !state.is_off(value) {
                self.stopped.insert(name.clone());
            }
            if state.is_off(value) {
                self.off.push(line);
                return true;
            }
            if value != "null" && self.unsure.len() < MAX_UNSURE && !state.knows(value) {
                self.unsure.insert(value.chars().take(MAX_UNSURE).collect());
            }
        }
        false
    }

    /// A text with its title: nobody has asked for it, so it is searched as such.
    fn text(
        &mut self,
        fields: &RecordFields<'a>,
        title: Option<String>,
        body: &str,
        line: u64,
    ) -> Result<(), ParseError> {
        if self.is_off(fields, false, line) {
            return Ok(());
        }
        let of = |name: &str| match fields.get(name).map(|value| texts(value, 0)) {
            Some(Ok(texts)) => Ok(texts.join("\n")),
            Some(Err(message)) => Err(ParseError::Line { line, message: format!("`{name}` {message}") }),
            None => Ok(String::new()),
        };
        let heading = title.as_deref().map_or(Ok(String::new()), of)?;
        let text = of(body)?;
        for (name, value) in fields {
            if Some(name) != title.as_ref() && name != body {
                let values = texts(value, 0).unwrap_or_else(|_| vec![value.get().to_owned()]);
                self.keep(name, value, &values);
            }
        }
        let headings = Some(heading.trim().to_owned()).filter(|heading| !heading.is_empty());
        if text.trim().is_empty() {
            return Ok(());
        }
        self.texts += 1;
        let headings = headings.into_iter().collect();
        self.document.add(Block::Prose { headings, text, media_type: MediaType::Plain })
    }

    /// What examinations ask is a text: its answer chooses, and tells nobody anything.
    fn exercise(&mut self, fields: &RecordFields<'a>, question: &str) -> Result<(), ParseError> {
        let said = |value: &RawValue| texts(value, 0).map(|texts| texts.join("；"));
        let lines: Vec<String> = [question]
            .into_iter()
            .chain(fields.keys().map(String::as_str).filter(|name| *name != question))
            .filter_map(|name| {
                let value = fields.get(name)?;
                Some(format!("{name}: {}", said(value).unwrap_or_else(|_| value.get().to_owned())))
            })
            .collect();
        self.exercises += 1;
        let text = lines.join("\n");
        self.document.add(Block::Prose { headings: Vec::new(), text, media_type: MediaType::Plain })
    }

    /// Another field says what the document is about.
    fn keep(&mut self, name: &str, value: &RawValue, values: &[String]) {
        let field = plain_field(name);
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

    fn tell(&mut self, counts: &BatchCounts) {
        let records = |number: usize| count(number, "record");
        let mut told_as = match (counts.questions, self.texts, self.exercises) {
            (0, texts, 0) if texts > 0 => format!("read as {}, each a text to search", records(texts)),
            (0, 0, exercises) if exercises > 0 => format!("read as {}", records(exercises)),
            _ => counts.told(),
        };
        if counts.questions > 0 && self.texts > 0 {
            told_as.push_str(&format!("; {} without a question: texts to search", records(self.texts)));
        }
        if self.exercises > 0 {
            told_as.push_str(&format!(
                "; {} of an examination, whose answers choose, so texts to search and no standard answers",
                records(self.exercises)
            ));
        }
        told_as.push_str(&counts.told_apart());
        if !self.off.is_empty() {
            let places: Vec<String> = self.off.iter().map(u64::to_string).collect();
            told_as.push_str(&format!(
                "; {} left out as not in use: line or place {}",
                records(self.off.len()),
                told(places.iter().map(String::as_str))
            ));
        }
        if !self.several.is_empty() {
            let places: Vec<String> = self.several.iter().map(u64::to_string).collect();
            told_as.push_str(&format!(
                "; a question has one answer, so of several only one was used: line or place {}",
                told(places.iter().map(String::as_str))
            ));
        }
        if !self.spare.is_empty() {
            let names = told(self.spare.iter().map(String::as_str));
            told_as.push_str(&format!("; fields with another answer that were NOT used: {names}"));
        }
        for (what, names) in
            [("metadata of the document", &self.kept), ("not used, or not all of it", &self.unkept)]
        {
            if !names.is_empty() {
                told_as.push_str(&format!("; {what}: {}", told(names.iter().map(String::as_str))));
            }
        }
        let asked: Vec<&str> =
            self.beside.iter().filter(|(_, said)| said.asks(true)).map(|(name, _)| name.as_str()).collect();
        if !asked.is_empty() {
            told_as.push_str(&format!(
                "; asked beside these and NOT ways to ask the same: {}; where they are, call such a field `variants`",
                told(asked.into_iter())
            ));
        }
        if !self.unsure.is_empty() {
            told_as.push_str(&format!(
                "; taken to be in use, since nothing is known of these values: {}; write `\"enabled\": false` where it is not",
                told(self.unsure.iter().map(String::as_str))
            ));
        }
        if self.later_turns > 0 {
            told_as.push_str(&format!(
                "; of {} only the first question and answer",
                count(self.later_turns, "dialogue")
            ));
        }
        self.document.tell(told_as);
    }
}

/// Whether a record is an examination's: something to choose from in fields of its own, or in the question.
fn is_exercise(fields: &RecordFields<'_>, question: &str, answer: &str) -> bool {
    let is_list =
        |(name, value): (&String, &&RawValue)| is_option(name) && value.get().starts_with(['[', '{']);
    let has_letters = || ["A", "B"].iter().all(|letter| question.contains(letter));
    fields.iter().any(is_list) || has_options(fields.keys()) || is_choice(answer) && has_letters()
}

/// A text, or the texts of a list; some have lists of lists.
fn texts(value: &RawValue, depth: usize) -> Result<Vec<String>, String> {
    let json = value.get();
    match json.as_bytes().first() {
        Some(b'"') => serde_json::from_str(json).map(|text| vec![text]).map_err(|error| error.to_string()),
        Some(b'n') => Ok(Vec::new()),
        // A number is as it is written.
        Some(b'0'..=b'9' | b'-') => Ok(vec![json.to_owned()]),
        Some(b'[') if depth < 2 => {
            let values: Vec<&RawValue> = serde_json::from_str(json).map_err(|error| error.to_string())?;
            let mut found = Vec::new();
            for value in values.into_iter().take(MAX_PIECES + 1) {
                found.extend(texts(value, depth + 1)?);
            }
            Ok(found)
        }
        Some(b'{') if depth < 2 => {
            let fields: RecordFields<'_> = serde_json::from_str(json).map_err(|error| error.to_string())?;
            let text = ["text", "content", "value", "answer"].iter().find_map(|name| fields.get(*name));
            text.map_or_else(|| Err("is not a text".to_owned()), |text| texts(text, depth + 1))
        }
        _ => Err("is not a text; write it in quotes".to_owned()),
    }
}

#[cfg(test)]
mod tests;
