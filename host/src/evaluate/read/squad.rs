//! The layouts in which paragraphs come with their questions: SQuAD's (also of CMRC 2018 and DRCD),
//! CMRC's own (`context_text`, `query_text`), and flat rows of `context` and `question`.

use serde_json::{Map, Value};

use super::FileKind;
use super::objects::{JsonFile, scalar};
use crate::evaluate::corpus::Corpus;
use crate::evaluate::question::{Question, Right, Skipped, letters};
use crate::evaluate::question_file::Questions;

/// `None` where the file has another layout.
pub(super) fn parse(
    json: &JsonFile,
    kind: Option<FileKind>,
    skipped: &mut Vec<Skipped>,
) -> Option<Questions> {
    if !matches!(kind, None | Some(FileKind::Squad)) {
        return None;
    }
    let mut reader = SquadReader { corpus: Corpus::default(), questions: Vec::new(), skipped };
    match json {
        JsonFile::Lines(entries) => entries.iter().for_each(|entry| reader.flat(&entry.object, &entry.place)),
        JsonFile::Whole(value) => {
            let list = value.get("data").unwrap_or(value).as_array()?;
            let is_squad = |item: &Value| ["paragraphs", "qas"].iter().any(|key| item.get(key).is_some());
            let nested = list.iter().any(is_squad);
            for (item, number) in list.iter().zip(1..) {
                let place = format!("entry {number}");
                if nested {
                    reader.article(item, &place);
                } else if let Some(object) = item.as_object() {
                    reader.flat(object, &place);
                }
            }
        }
    }
    let SquadReader { corpus, questions, .. } = reader;
    (!corpus.is_empty()).then_some(Questions::Retrieval { questions, corpus: Some(corpus) })
}

struct SquadReader<'a> {
    corpus: Corpus,
    questions: Vec<Question>,
    skipped: &'a mut Vec<Skipped>,
}

impl SquadReader<'_> {
    fn article(&mut self, article: &Value, place: &str) {
        let title = text(article, &["title"]);
        match article.get("paragraphs").and_then(Value::as_array) {
            Some(paragraphs) => {
                for (paragraph, number) in paragraphs.iter().zip(1..) {
                    self.paragraph(paragraph, title.as_deref(), &format!("{place}, paragraph {number}"));
                }
            }
            None => self.paragraph(article, title.as_deref(), place),
        }
    }

    fn paragraph(&mut self, paragraph: &Value, title: Option<&str>, place: &str) {
        let Some(context) = text(paragraph, &["context", "context_text"]) else {
            return self.skip(place, "has no `context`");
        };
        let id = text(paragraph, &["id", "context_id"]);
        let Some(id) = self.corpus.add(id.as_deref(), title, &context) else {
            return self.skip(place, "its `context` has no words");
        };
        let asked = paragraph.get("qas").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for (asked, number) in asked.iter().zip(1..) {
            let place = format!("{place}, question {number}");
            self.question(
                text(asked, &["question", "query_text", "query"]),
                text(asked, &["id", "query_id"]),
                &id,
                &place,
            );
        }
    }

    /// A row of one question with its context.
    fn flat(&mut self, row: &Map<String, Value>, place: &str) {
        let get = |keys: &[&str]| keys.iter().find_map(|key| scalar(row.get(*key)?));
        let (Some(context), Some(question)) =
            (get(&["context", "context_text"]), get(&["question", "query_text"]))
        else {
            // A row without these fields is reported only if an earlier row had them; otherwise the file has
            // another layout.
            if !self.corpus.is_empty() {
                self.skip(place, "has no `context` and `question`");
            }
            return;
        };
        match self.corpus.add(get(&["context_id"]).as_deref(), get(&["title"]).as_deref(), &context) {
            Some(id) => self.question(Some(question), get(&["id", "query_id"]), &id, place),
            None => self.skip(place, "its `context` has no words"),
        }
    }

    fn question(&mut self, question: Option<String>, id: Option<String>, paragraph: &str, place: &str) {
        match question.filter(|question| !letters(question).is_empty()) {
            Some(question) => self.questions.push(Question {
                place: id.clone().map_or_else(|| place.to_owned(), |id| format!("{place} (`{id}`)")),
                id,
                text: question.trim().to_owned(),
                base: None,
                right: vec![Right::Id(paragraph.to_owned())],
            }),
            None => self.skip(place, "has no `question`"),
        }
    }

    fn skip(&mut self, place: &str, reason: &str) {
        self.skipped.push(Skipped { place: place.to_owned(), reason: reason.to_owned() });
    }
}

fn text(value: &Value, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| scalar(value.get(key)?)).filter(|text| !text.trim().is_empty())
}
