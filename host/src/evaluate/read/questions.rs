//! Questions and pairs, out of JSON objects or out of a table.

use serde_json::Value;

use super::objects::{FileObject, scalar};
use super::rows::{FileRows, column};
use super::{FileKind, ReadOptions, names};
use crate::evaluate::question::{Question, QuestionPair, Right, Skipped, letters};
use crate::evaluate::question_file::Questions;

/// Reads questions out of JSON objects.
pub(super) fn of_objects(
    entries: Vec<FileObject>,
    options: ReadOptions,
    skipped: &mut Vec<Skipped>,
) -> Result<Questions, String> {
    if options.kind == Some(FileKind::Squad) {
        return Err("is not in the layout of SQuAD: it has no paragraphs with a context and qas".into());
    }
    let are_pairs = options.kind == Some(FileKind::Pairs)
        || (options.kind.is_none()
            && entries.iter().take(20).any(|entry| entry.get(names::PAIR_STORED).is_some()));
    let mut questions = Vec::new();
    let mut pairs = Vec::new();
    for entry in entries {
        let made = if are_pairs {
            pair_of(&entry).map(|pair| pairs.push(pair))
        } else {
            question_of(&entry, options.right_elsewhere).map(|question| questions.push(question))
        };
        if let Err(reason) = made {
            skipped.push(Skipped { place: entry.place, reason });
        }
    }
    Ok(if are_pairs { Questions::Pairs(pairs) } else { Questions::Retrieval { questions, corpus: None } })
}

fn pair_of(entry: &FileObject) -> Result<QuestionPair, String> {
    let (Some(asked), Some(stored), Some(same)) =
        (entry.text(names::PAIR_ASKED), entry.text(names::PAIR_STORED), entry.text(names::PAIR_SAME))
    else {
        return Err(format!(
            "a pair needs sentence1, sentence2 and label (0 or 1); its fields are {}",
            entry.fields()
        ));
    };
    pair(entry.place.clone(), &asked, &stored, &same)
}

fn pair(place: String, asked: &str, stored: &str, same: &str) -> Result<QuestionPair, String> {
    let same = truth(same).ok_or_else(|| format!("`{same}` is neither 0 nor 1"))?;
    if letters(asked).is_empty() || letters(stored).is_empty() {
        return Err("one of the two questions has no words".into());
    }
    Ok(QuestionPair { place, asked: asked.trim().to_owned(), stored: stored.trim().to_owned(), same })
}

fn truth(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "1" | "1.0" | "true" | "是" => Some(true),
        "0" | "0.0" | "false" | "否" => Some(false),
        _ => None,
    }
}

fn question_of(entry: &FileObject, right_elsewhere: bool) -> Result<Question, String> {
    let text = entry
        .text(names::QUESTION)
        .or_else(|| entry.text(names::QUESTION_ALONE))
        .ok_or_else(|| format!("has no question; its fields are {}", entry.fields()))?;
    let mut right: Vec<Right> = Vec::new();
    let mut said = right_elsewhere;
    if let Some(value) = entry.get(names::RIGHT_IDS) {
        said |= matches!(value, Value::Array(list) if list.is_empty());
        let mut ids = Vec::new();
        match value {
            Value::Array(list) => ids.extend(list.iter().filter_map(scalar)),
            Value::String(list) => ids.extend(split_ids(list)),
            other => ids.extend(scalar(other)),
        }
        said |= ids.iter().any(|id| is_nothing(id));
        right.extend(ids.into_iter().filter(|id| !id.is_empty() && !is_nothing(id)).map(Right::Id));
    }
    if let Some(value) = entry.get(names::RIGHT_TEXT).filter(|_| !right_elsewhere) {
        let texts = match value {
            Value::Array(list) => list.iter().filter_map(scalar).collect(),
            other => scalar(other).into_iter().collect::<Vec<_>>(),
        };
        // A file of questions only, whose question is its text.
        let texts = texts.into_iter().filter(|found| *found != text && !letters(found).is_empty());
        right.extend(texts.map(Right::Text));
    }
    if right.is_empty() && !said {
        return Err(format!(
            "does not say what is right; give ids in `relevant` ([] where nothing is right) or text in `snippet`; its fields are {}",
            entry.fields()
        ));
    }
    question(entry.place.clone(), entry.id(names::QUESTION_ID), &text, entry.text(names::BASE), right)
}

fn question(
    place: String,
    id: Option<String>,
    text: &str,
    base: Option<String>,
    mut right: Vec<Right>,
) -> Result<Question, String> {
    if letters(text).is_empty() {
        return Err("the question has no words".into());
    }
    let mut seen = Vec::new();
    right.retain(|one| {
        let new = !seen.contains(one);
        seen.push(one.clone());
        new
    });
    Ok(Question {
        place,
        id,
        text: text.trim().to_owned(),
        base: base.map(|base| base.trim().to_owned()),
        right,
    })
}

/// Reads questions out of a table.
pub(super) fn of_rows(
    table: &FileRows,
    options: ReadOptions,
    skipped: &mut Vec<Skipped>,
) -> Result<Questions, String> {
    let columns = QuestionFileColumns::find(table, options)?;
    let rows = &table.rows[usize::from(columns.header)..];
    let mut questions = Vec::new();
    let mut pairs = Vec::new();
    for (line, cells) in rows {
        let place = format!("line {line}");
        let cell = |at: usize| cells.get(at).map(String::as_str).filter(|cell| !cell.is_empty());
        let made = match columns.shape {
            QuestionFileShape::Pairs { asked, stored, same } => match (cell(asked), cell(stored), cell(same))
            {
                (Some(a), Some(b), Some(same)) => {
                    pair(place.clone(), a, b, same).map(|pair| pairs.push(pair))
                }
                _ => Err(format!(
                    "has {} columns; a pair is question, question and 0 or 1, separated by {}",
                    cells.len(),
                    if table.tabs { "tabs" } else { "commas" }
                )),
            },
            QuestionFileShape::Questions { question: asked, id, ids, text, base } => match cell(asked) {
                None => Err("has no question".into()),
                Some(asked) => right_in(ids.and_then(cell), text.and_then(cell), options.right_elsewhere)
                    .and_then(|right| {
                        let own = |at: Option<usize>| at.and_then(cell).map(str::to_owned);
                        question(place.clone(), own(id), asked, own(base), right)
                    })
                    .map(|question| questions.push(question)),
            },
        };
        if let Err(reason) = made {
            skipped.push(Skipped { place, reason });
        }
    }
    Ok(match columns.shape {
        QuestionFileShape::Pairs { .. } => Questions::Pairs(pairs),
        QuestionFileShape::Questions { .. } => Questions::Retrieval { questions, corpus: None },
    })
}

fn right_in(ids: Option<&str>, text: Option<&str>, elsewhere: bool) -> Result<Vec<Right>, String> {
    let mut right: Vec<Right> = Vec::new();
    let nothing = ids.is_some_and(is_nothing) || text.is_some_and(is_nothing);
    if let Some(ids) = ids.filter(|ids| !is_nothing(ids)) {
        right.extend(split_ids(ids).into_iter().filter(|id| !id.is_empty()).map(Right::Id));
    }
    if let Some(text) = text.filter(|text| !is_nothing(text)) {
        if letters(text).is_empty() {
            return Err(format!("the text to find, `{text}`, has no words"));
        }
        right.push(Right::Text(text.to_owned()));
    }
    if right.is_empty() && !nothing && !elsewhere {
        return Err("does not say what is right; give an id or text, or `-` where nothing is right".into());
    }
    Ok(right)
}

fn is_nothing(text: &str) -> bool {
    names::NOTHING.contains(&text.trim().to_lowercase().as_str())
}

/// Ids in one cell: parted by commas, semicolons, bars or spaces after them, or a JSON list.
fn split_ids(cell: &str) -> Vec<String> {
    if cell.starts_with('[')
        && let Ok(Value::Array(list)) = serde_json::from_str(cell)
    {
        return list.iter().filter_map(scalar).collect();
    }
    cell.split([',', '，', ';', '；', '|', '、']).map(|id| id.trim().to_owned()).collect()
}

struct QuestionFileColumns {
    /// Whether the first row names the columns.
    header: bool,
    shape: QuestionFileShape,
}

#[derive(Clone, Copy)]
enum QuestionFileShape {
    Pairs {
        asked: usize,
        stored: usize,
        same: usize,
    },
    Questions {
        question: usize,
        id: Option<usize>,
        ids: Option<usize>,
        text: Option<usize>,
        base: Option<usize>,
    },
}

impl QuestionFileColumns {
    fn find(table: &FileRows, options: ReadOptions) -> Result<Self, String> {
        let Some((_, first)) = table.rows.first() else { return Err("is empty".into()) };
        let found = |names| column(first, names);
        if options.kind != Some(FileKind::Questions)
            && let (Some(asked), Some(stored), Some(same)) =
                (found(names::PAIR_ASKED), found(names::PAIR_STORED), found(names::PAIR_SAME))
        {
            return Ok(Self { header: true, shape: QuestionFileShape::Pairs { asked, stored, same } });
        }
        let question = found(names::QUESTION)
            .or_else(|| found(names::QUESTION_ALONE).filter(|_| options.right_elsewhere));
        let (ids, text) = (found(names::RIGHT_IDS), found(names::RIGHT_TEXT));
        if options.kind != Some(FileKind::Pairs)
            && let Some(question) = question
            && (ids.is_some() || text.is_some() || options.right_elsewhere)
        {
            let text = text.filter(|&at| at != question && !options.right_elsewhere);
            let shape = QuestionFileShape::Questions {
                question,
                id: found(names::QUESTION_ID).filter(|&at| at != question),
                ids,
                text,
                base: found(names::BASE),
            };
            return Ok(Self { header: true, shape });
        }
        Self::without_header(table, options)
    }

    fn without_header(table: &FileRows, options: ReadOptions) -> Result<Self, String> {
        let sample: Vec<&Vec<String>> = table.rows.iter().take(50).map(|(_, cells)| cells).collect();
        let width = sample.iter().map(|cells| cells.len()).min().unwrap_or(0);
        let labelled = |cells: &&&Vec<String>| cells.last().is_some_and(|last| truth(last).is_some());
        let enough = |count: usize, of: usize| count * 10 >= of * 9;
        let are_pairs = width >= 3 && enough(sample.iter().filter(labelled).count(), sample.len());
        let no_header = |shape| Ok(Self { header: false, shape });
        match options.kind {
            Some(FileKind::Squad) => Err("is not JSON, so it is not a SQuAD file".into()),
            Some(FileKind::Questions) => no_header(Self::plain(width, options)?),
            Some(FileKind::Pairs) if width < 3 => Err(format!(
                "line {}: has {width} columns; a pair is question, question and 0 or 1, separated by tabs",
                table.rows.iter().find(|(_, cells)| cells.len() == width).map_or(1, |(line, _)| *line)
            )),
            Some(FileKind::Pairs) => no_header(Self::pairs(width)),
            None if are_pairs => no_header(Self::pairs(width)),
            None => no_header(Self::plain(width, options)?),
        }
    }

    /// The last three columns: an id may stand before them.
    fn pairs(width: usize) -> QuestionFileShape {
        QuestionFileShape::Pairs { asked: width - 3, stored: width - 2, same: width - 1 }
    }

    fn plain(width: usize, options: ReadOptions) -> Result<QuestionFileShape, String> {
        match (width, options.right_elsewhere) {
            (2, true) => Ok(QuestionFileShape::Questions {
                question: 1,
                id: Some(0),
                ids: None,
                text: None,
                base: None,
            }),
            (2, false) => Ok(QuestionFileShape::Questions {
                question: 0,
                id: None,
                ids: Some(1),
                text: None,
                base: None,
            }),
            (3, false) => Ok(QuestionFileShape::Questions {
                question: 1,
                id: Some(0),
                ids: Some(2),
                text: None,
                base: None,
            }),
            _ => Err(format!(
                "line 1: has {width} columns and does not name them; begin the file with a row of names: `question` (问题), and `relevant` (文档, ids) or `snippet` (片段, text that must be found); or `sentence1`, `sentence2` and `label` for pairs"
            )),
        }
    }
}
