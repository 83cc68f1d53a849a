//! The kept questions: an evaluation set that grows by one judged answer at a time. It is a file of questions in the
//! data folder, one JSON object a line, as every evaluation reads it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::question::letters;
use crate::disk;

/// Questions of the file.
const MOST_QUESTIONS: usize = 5000;
/// Bytes of the file, which is read and written as a whole.
const MOST_BYTES: u64 = 16 << 20;
/// Characters of a question; a search sees 1000.
const LONGEST_QUESTION: usize = 2000;
/// Bytes of any other text of a question.
const LONGEST_NAME: usize = 2 << 10;

/// One judged question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptQuestion {
    /// What was asked.
    pub question: String,
    /// The base that should know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Ids of the documents, or of their hits, that are right; empty: nothing is, and nothing should be found.
    pub relevant: Vec<String>,
    /// The app that was asked.
    pub app: String,
    /// Whether its answer was right.
    pub verdict: AnswerVerdict,
    /// The turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// When it was judged, in seconds since 1970.
    pub at: u64,
}

/// Whether an answer was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnswerVerdict {
    /// The answer was right.
    Right,
    /// The answer was wrong.
    Wrong,
}

/// What became of a question that was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    /// Whether an earlier judgement of the same question was replaced.
    pub replaced: bool,
    /// Questions of the file.
    pub total: usize,
}

/// Why the kept questions cannot be changed or read.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// What is wrong with the question, or that there are too many, and what to do.
    #[error("{0}")]
    Refused(String),
    /// The disk is full.
    #[error("{0}")]
    Full(String),
    /// The file.
    #[error("{0}")]
    File(String),
}

/// The file. Lives as long as the process.
#[derive(Debug)]
pub struct KeptQuestions {
    path: PathBuf,
    writing: Mutex<()>,
}

/// A line of the file. What was written by hand stays as it is.
struct KeptLine {
    text: String,
    known: Option<KeptQuestion>,
}

impl KeptQuestions {
    /// The questions of this file, which need not be there yet.
    pub fn at(path: PathBuf) -> Self {
        Self { path, writing: Mutex::default() }
    }

    /// Adds a question, in place of an earlier judgement of the same one. Blocks on the disk.
    pub fn add(&self, question: &KeptQuestion) -> Result<Added, KeptError> {
        check(question)?;
        let text = serde_json::to_string(question).map_err(|error| KeptError::File(error.to_string()))?;
        let _writing = self.lock();
        let mut lines = self.read()?;
        let before = lines.len();
        lines.retain(|line| !line.is_of(&question.app, &question.question));
        let replaced = lines.len() < before;
        lines.push(KeptLine { text, known: None });
        let bytes: usize = lines.iter().map(|line| line.text.len() + 1).sum();
        if lines.len() > MOST_QUESTIONS || bytes as u64 > MOST_BYTES {
            return Err(KeptError::Refused(format!(
                "{MOST_QUESTIONS} questions or {} MiB are kept at most; save what there is as a file of your own, then \
                 delete some",
                MOST_BYTES >> 20
            )));
        }
        self.write(&lines)?;
        Ok(Added { replaced, total: lines.len() })
    }

    /// The file, or its lines of one app. Blocks on the disk.
    pub fn list(&self, app: Option<&str>) -> Result<String, KeptError> {
        let lines = self.read()?;
        let is_wanted = |line: &&KeptLine| {
            app.is_none_or(|app| line.known.as_ref().is_some_and(|question| question.app == app))
        };
        Ok(lines.iter().filter(is_wanted).map(|line| format!("{}\n", line.text)).collect())
    }

    /// Removes a question, of one app or of all, and says how many lines it had. Blocks on the disk.
    pub fn remove(&self, app: Option<&str>, question: &str) -> Result<usize, KeptError> {
        let _writing = self.lock();
        let mut lines = self.read()?;
        let before = lines.len();
        lines.retain(|line| match app {
            Some(app) => !line.is_of(app, question),
            None => !line.asks(question),
        });
        let removed = before - lines.len();
        if removed > 0 {
            self.write(&lines)?;
        }
        Ok(removed)
    }

    fn lock(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self) -> Result<Vec<KeptLine>, KeptError> {
        let failed =
            |error: io::Error| KeptError::File(format!("{} cannot be read: {error}", self.path.display()));
        match fs::metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
            Ok(found) if found.len() > MOST_BYTES => {
                let (path, most) = (self.path.display(), MOST_BYTES >> 20);
                return Err(KeptError::File(format!("{path} is larger than {most} MiB; move it away")));
            }
            Ok(_) => {}
        }
        let text = fs::read(&self.path).map_err(failed)?;
        let text = String::from_utf8_lossy(&text);
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        Ok(lines
            .map(|line| KeptLine { text: line.to_owned(), known: serde_json::from_str(line).ok() })
            .collect())
    }

    /// Writes the file anew. Who reads it finds the old one or the new one.
    fn write(&self, lines: &[KeptLine]) -> Result<(), KeptError> {
        let new = self.path.with_extension("jsonl.new");
        let write = || {
            let mut options = OpenOptions::new();
            let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
            let text: String = lines.iter().map(|line| format!("{}\n", line.text)).collect();
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, &self.path)
        };
        write().map_err(|error| {
            _ = fs::remove_file(&new);
            let told = format!("{} cannot be written: {error}", self.path.display());
            if disk::is_full(&error) { KeptError::Full(told) } else { KeptError::File(told) }
        })
    }
}

impl KeptLine {
    fn is_of(&self, app: &str, question: &str) -> bool {
        self.known.as_ref().is_some_and(|known| known.app == app) && self.asks(question)
    }

    fn asks(&self, question: &str) -> bool {
        self.known.as_ref().is_some_and(|known| known.question.trim() == question.trim())
    }
}

fn check(question: &KeptQuestion) -> Result<(), KeptError> {
    let refused = |text: String| Err(KeptError::Refused(text));
    let KeptQuestion { question, base, relevant, app, trace, .. } = question;
    if letters(question).is_empty() {
        return refused("`question` has no words; write it as a user asked it".into());
    }
    if question.chars().count() > LONGEST_QUESTION {
        return refused(format!("`question` may have {LONGEST_QUESTION} characters; shorten it"));
    }
    let names = [base.as_ref(), Some(app), trace.as_ref()].into_iter().flatten().chain(relevant);
    if let Some(long) = names.into_iter().find(|name| name.len() > LONGEST_NAME) {
        return refused(format!("a name has {} bytes; it may have {LONGEST_NAME}", long.len()));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
