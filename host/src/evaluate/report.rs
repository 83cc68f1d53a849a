//! A report is what an evaluation found, as JSON has it.

use serde::{Deserialize, Serialize};

use super::curve::Curve;
use super::question_file::QuestionFile;
use super::ranking::Ranking;

/// Characters of a text that a report quotes.
const EXCERPT_CHARS: usize = 160;
/// Most unread lines that a report names.
const MOST_SKIPPED: usize = 20;

/// What an evaluation found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The file of questions or pairs.
    pub file: String,
    /// Pairs were judged; else questions were asked.
    pub pairs: bool,
    /// How many questions or pairs were asked.
    pub questions: usize,
    /// What was asked.
    pub bases: Vec<BaseSummary>,
    /// What of the files could not be read: the first few, each with place, cause and mend.
    pub skipped: Vec<String>,
    /// What else a reader must know to judge the figures.
    pub notes: Vec<String>,
    /// Hits asked for.
    pub depth: usize,
    /// How long the questions took, in seconds, without any import.
    pub seconds: f64,
    /// How long one question took, while others were at work beside it.
    pub times: Option<QuestionTimes>,
    /// All bases searched together.
    pub overall: ReportPart,
    /// Where there are several bases: each searched alone.
    pub parts: Vec<ReportPart>,
    /// How many questions or pairs went wrong.
    pub missed: usize,
    /// The first of them: questions whose best hit is not right.
    pub misses: Vec<Miss>,
    /// The worst of them: pairs on the wrong side of the configured threshold.
    pub misjudged: Vec<Misjudged>,
}

impl Report {
    /// Adds what of a file could not be read.
    pub fn with_skipped(mut self, file: &QuestionFile) -> Self {
        let skipped = file.skipped.len();
        self.skipped = file.skipped.iter().take(MOST_SKIPPED).map(ToString::to_string).collect();
        if skipped > self.skipped.len() {
            self.skipped.push(format!("… and {} more", skipped - MOST_SKIPPED));
        }
        self
    }
}

/// A base that was asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BaseSummary {
    /// Its name.
    pub name: String,
    /// Documents it holds.
    pub documents: usize,
    /// Windows it holds.
    pub windows: u64,
    /// Its `threshold`.
    pub threshold: f64,
    /// Its `answer_threshold`.
    pub answer_threshold: f64,
    /// Its `top_k`; the evaluation asks for more where a recall does.
    pub top_k: usize,
}

/// Figures of all bases together, or of one alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportPart {
    /// The base; `None` for all together.
    pub base: Option<String>,
    /// How high what is right comes; `None` for pairs.
    pub ranking: Option<Ranking>,
    /// The same questions as chat searches all bases, each with its threshold and `top_k`: what the others do to
    /// this base.
    pub together: Option<Ranking>,
    /// What `threshold` does; for pairs, what `answer_threshold` does.
    pub curve: Curve,
    /// What `answer_threshold` does, where stored questions were among the best hits.
    pub answers: Option<Curve>,
    /// What the cosine of the embeddings does alone, where that is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cosine: Option<Cosine>,
}

/// What the cosine of the embeddings does without words: what a score has to be better than.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cosine {
    /// The ranking of the hundred best hits by score when they are ordered by their cosine; `None` for pairs.
    pub ranking: Option<Ranking>,
    /// What it does as the likelihood that two questions mean the same; `None` where no hit is a stored question.
    pub answers: Option<Curve>,
}

/// Times of one question, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct QuestionTimes {
    /// Times that embedding a question took.
    pub embed_ms: Spread,
    /// Times that searching took.
    pub search_ms: Spread,
}

/// The middle and the slow end of many times.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Half of the times are below this.
    pub p50: f64,
    /// Nineteen of twenty are below.
    pub p95: f64,
}

impl QuestionTimes {
    pub(super) fn of(embed: Vec<f64>, search: Vec<f64>) -> Self {
        Self { embed_ms: Spread::of(embed), search_ms: Spread::of(search) }
    }
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let rank = (values.len() as f64 * share).ceil() as usize;
            values.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
        };
        Self { p50: at(0.5), p95: at(0.95) }
    }
}

/// A question whose best hit is not right, or that found something where nothing is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Miss {
    /// Where it stands in its file.
    pub place: String,
    /// What was asked.
    pub question: String,
    /// What would have been right; empty where nothing is.
    pub right: Vec<String>,
    /// How the first of it begins, where that is known.
    pub right_text: Option<String>,
    /// The rank of the first right hit; `None` where none came.
    pub right_rank: Option<usize>,
    /// The best score of a right hit.
    pub right_score: Option<f64>,
    /// What came instead.
    pub came: Option<ShortHit>,
}

/// A hit, in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShortHit {
    /// The base's name.
    pub knowledge_base: String,
    /// The document's id.
    pub document: String,
    /// The document's title.
    pub title: String,
    /// Its score.
    pub score: f64,
    /// How its text begins.
    pub text: String,
}

/// A pair on the wrong side of the threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Misjudged {
    /// Where it stands in its file.
    pub place: String,
    /// What a user asks.
    pub asked: String,
    /// What is stored.
    pub stored: String,
    /// Whether they mean the same.
    pub same: bool,
    /// The score the stored question got.
    pub score: f64,
}

/// How a text begins, on one line.
pub(super) fn excerpt(text: &str) -> String {
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(EXCERPT_CHARS) {
        line.truncate(end);
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests;
