//! An evaluation is a job that asks questions of bases, once for each variant of their settings, and keeps what it found in
//! files until the job is forgotten.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::work::Halt;
use super::{Job, JobKind, JobRecord, Jobs, JobsShared, record, upload};
use crate::clock;
use crate::evaluate::{Adjusted, Measure, Question, QuestionOutcome, QuestionVerdict, Report, Retrieval};
use crate::knowledge::{Filter, Library};

/// The file that says what is asked for, without the questions.
const ORDER: &str = "order.json";
/// The file of the questions.
const QUESTIONS: &str = "questions.json";
/// Questions that are asked side by side: chat must not wait long for the embedder.
const SIDE_BY_SIDE: usize = 2;

/// Questions on their way through bases.
#[derive(Debug)]
pub struct Evaluation {
    order: EvaluationOrder,
    questions: Vec<Question>,
    library: Arc<Library>,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvaluationOrder {
    /// What the questions are called.
    pub file: String,
    /// What whoever ordered it says of it.
    pub note: Option<String>,
    /// The bases that are asked.
    pub bases: Vec<String>,
    /// How many questions there are.
    pub questions: usize,
    /// What of their file could not be read.
    pub skipped: Vec<String>,
    /// As in [`Measure`].
    pub k: Vec<usize>,
    /// As in [`Measure`].
    pub precision: Vec<f64>,
    /// Misses that a report tells.
    pub misses: usize,
    /// The variants that are asked, at least one.
    pub variants: Vec<Variant>,
}

/// Settings that are tried; what is absent is as it is configured when the job is at work.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// What it is called.
    #[serde(default)]
    pub name: String,
    /// In place of the bases' thresholds.
    #[serde(default)]
    pub threshold: Option<f64>,
    /// In place of the order's bases.
    #[serde(default)]
    pub bases: Option<Vec<String>>,
    /// Which documents may be found.
    #[serde(default)]
    pub filters: Option<Filter>,
}

/// What is known of an evaluation.
#[derive(Debug, Clone)]
pub struct EvaluationView {
    /// The job that asks the questions.
    pub job: JobRecord,
    /// What was asked for.
    pub order: EvaluationOrder,
    /// What each variant came to, as far as it is known, in their order.
    pub reports: Vec<Option<Report>>,
}

/// Which questions of a variant are wanted.
#[derive(Debug, Clone, Default)]
pub struct EvaluationQuery {
    /// The variant's place, from 0.
    pub variant: usize,
    /// Only questions behind this number.
    pub after: Option<usize>,
    /// The most questions of one page.
    pub limit: usize,
    /// Only questions with this verdict.
    pub verdict: Option<VerdictFilter>,
    /// The evaluation and the place of the variant that they are compared with.
    pub against: Option<(String, usize)>,
}

/// Which outcomes are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictFilter {
    /// See [`QuestionVerdict::Right`].
    Right,
    /// See [`QuestionVerdict::Missed`].
    Missed,
    /// See [`QuestionVerdict::WronglyFound`].
    WronglyFound,
    /// See [`QuestionVerdict::RightlyEmpty`].
    RightlyEmpty,
    /// Ended otherwise than in what they are compared with.
    Changed,
    /// Questions that ended better than in the run before.
    Better,
    /// Questions that ended worse than in the run before.
    Worse,
}

/// Some of the questions of a variant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvaluationPage {
    /// In the order they were asked.
    pub data: Vec<ComparedOutcome>,
    /// What to ask for as `after` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<usize>,
    /// How many there are on all pages.
    pub total: usize,
}

/// An outcome beside the one that it is compared with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedOutcome {
    /// The question's place, from 0.
    pub number: usize,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: QuestionOutcome,
    /// What became of the same question there; `None` where it was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<QuestionOutcome>,
}

fn report_of(variant: usize) -> String {
    format!("report-{variant}.json")
}

fn outcomes_of(variant: usize) -> String {
    format!("outcomes-{variant}.json")
}

fn read<T: DeserializeOwned>(file: &Path) -> io::Result<T> {
    Ok(serde_json::from_slice(&std::fs::read(file)?)?)
}

/// Writes a file that is there as a whole or not at all.
async fn write(file: PathBuf, content: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_vec(content)?;
    let new = file.with_extension("new");
    tokio::fs::write(&new, text).await?;
    tokio::fs::rename(&new, &file).await
}

impl Evaluation {
    /// An evaluation that has not begun yet.
    pub fn new(order: EvaluationOrder, questions: Vec<Question>, library: &Arc<Library>) -> Self {
        Self { order, questions, library: Arc::clone(library) }
    }

    /// Keeps what is asked for, so that it can go on after a stop.
    pub(super) async fn keep(&self, jobs: &Path, job: &str) -> io::Result<()> {
        let folder = jobs.join(job);
        tokio::fs::create_dir(&folder).await?;
        write(folder.join(QUESTIONS), &self.questions).await?;
        write(folder.join(ORDER), &self.order).await
    }

    /// What an earlier process has kept. Blocks on the disk.
    pub(super) fn kept(jobs: &Path, job: &str, library: &Arc<Library>) -> io::Result<Self> {
        let folder = jobs.join(job);
        Ok(Self::new(read(&folder.join(ORDER))?, read(&folder.join(QUESTIONS))?, library))
    }

    /// One try. Gives whether it was cancelled. Variants that are done stay so.
    pub(super) async fn carry_out(&self, shared: &JobsShared, job: &Job) -> Result<bool, Halt> {
        let folder = shared.folder.join(&job.record().id);
        let each = self.questions.len();
        job.record().documents_total = each * self.order.variants.len();
        for (number, variant) in self.order.variants.iter().enumerate() {
            let progress = |done: usize| {
                let mut record = job.record();
                record.documents_done = record.documents_done.max(number * each + done);
                record.moved_at = Some(clock::seconds());
            };
            if !folder.join(report_of(number)).is_file() {
                job.record().document = Some(variant.name.clone());
                let (report, outcomes) = tokio::select! {
                    found = self.ask(variant, &progress) => found?,
                    () = job.cancel.cancelled() => return Ok(true),
                };
                let failed =
                    |error: io::Error| Halt::Failed(format!("what it found cannot be kept: {error}"));
                write(folder.join(outcomes_of(number)), &outcomes).await.map_err(failed)?;
                write(folder.join(report_of(number)), &report).await.map_err(failed)?;
            }
            progress(each);
        }
        Ok(false)
    }

    async fn ask(
        &self,
        variant: &Variant,
        progress: &(dyn Fn(usize) + Send + Sync),
    ) -> Result<(Report, Vec<QuestionOutcome>), Halt> {
        let retrieval = Retrieval {
            library: &self.library,
            bases: variant.bases.clone().unwrap_or_else(|| self.order.bases.clone()),
            corpora: BTreeMap::new(),
            answer_thresholds: None,
            adjusted: Adjusted { threshold: variant.threshold, filter: variant.filters.clone() },
        };
        let EvaluationOrder { file, k, precision, misses, .. } = &self.order;
        let measure = Measure {
            k: k.clone(),
            precision: precision.clone(),
            misses: *misses,
            side_by_side: SIDE_BY_SIDE,
            cosine: false,
        };
        let found = retrieval.run_in_full(file, self.questions.clone(), &measure, progress).await;
        found.map_err(|error| Halt::Failed(error.to_string()))
    }
}

impl Jobs {
    /// All evaluations that are known, newest first, each without its reports.
    pub async fn evaluations(&self) -> io::Result<Vec<EvaluationView>> {
        let all = self.list().into_iter().filter(|job| job.kind == JobKind::Evaluate).collect();
        self.views(all, false).await
    }

    /// One evaluation with what it has found so far; `None` where there is none with this id.
    pub async fn evaluation(&self, id: &str) -> io::Result<Option<EvaluationView>> {
        let Some(job) = self.get(id).filter(|job| job.kind == JobKind::Evaluate) else { return Ok(None) };
        Ok(self.views(vec![job], true).await?.pop())
    }

    async fn views(&self, jobs: Vec<JobRecord>, with_reports: bool) -> io::Result<Vec<EvaluationView>> {
        let folder = self.shared.folder.clone();
        let read_all = move || {
            let view = |job: JobRecord| {
                let folder = folder.join(&job.id);
                // One whose files were lost is not shown; its job says what happened.
                let order: EvaluationOrder = read(&folder.join(ORDER)).ok()?;
                let variants = if with_reports { order.variants.len() } else { 0 };
                let reports =
                    (0..variants).map(|number| read(&folder.join(report_of(number))).ok()).collect();
                Some(EvaluationView { job, order, reports })
            };
            jobs.into_iter().filter_map(view).collect()
        };
        tokio::task::spawn_blocking(read_all).await.map_err(io::Error::other)
    }

    /// Some of the questions of one variant; `None` where it has found nothing (yet).
    pub async fn evaluation_page(
        &self,
        id: &str,
        query: EvaluationQuery,
    ) -> io::Result<Option<EvaluationPage>> {
        let file = |id: &str, variant: usize| self.shared.folder.join(id).join(outcomes_of(variant));
        // An id names a folder: one that is not a job's is not looked for.
        let known = |id: &str| self.get(id).is_some_and(|job| job.kind == JobKind::Evaluate);
        let against = query.against.as_ref();
        if !known(id) || against.is_some_and(|(other, _)| !known(other)) {
            return Ok(None);
        }
        let now = file(id, query.variant);
        let before = against.map(|(other, variant)| file(other, *variant));
        let page = move || {
            let now: Vec<QuestionOutcome> = read(&now).ok()?;
            let before: Vec<QuestionOutcome> = match before {
                Some(before) => read(&before).ok()?,
                None => Vec::new(),
            };
            Some(EvaluationPage::of(now, before, &query))
        };
        tokio::task::spawn_blocking(page).await.map_err(io::Error::other)
    }

    /// Forgets an evaluation that has ended, with what it found. `false` where it has not.
    pub fn forget_evaluation(&self, id: &str) -> bool {
        let mut jobs = self.shared.all();
        let has_ended = jobs.get(id).is_some_and(|job| {
            let record = job.record();
            record.kind == JobKind::Evaluate && record.state.has_ended()
        });
        if has_ended {
            jobs.remove(id);
            let _ = std::fs::remove_file(record::path(&self.shared.folder, id));
            upload::remove(&self.shared.folder, id);
        }
        has_ended
    }
}

impl EvaluationPage {
    fn of(now: Vec<QuestionOutcome>, before: Vec<QuestionOutcome>, query: &EvaluationQuery) -> Self {
        let mut before: HashMap<String, QuestionOutcome> =
            before.into_iter().map(|outcome| (outcome.question.clone(), outcome)).collect();
        let compared = now.into_iter().enumerate().map(|(number, outcome)| ComparedOutcome {
            number,
            before: before.remove(&outcome.question),
            outcome,
        });
        let wanted: Vec<ComparedOutcome> =
            compared.filter(|one| query.verdict.is_none_or(|verdict| verdict.admits(one))).collect();
        let total = wanted.len();
        let is_after = |one: &ComparedOutcome| query.after.is_none_or(|after| one.number > after);
        let mut left = wanted.into_iter().filter(is_after);
        let data: Vec<ComparedOutcome> = left.by_ref().take(query.limit).collect();
        let next = data.last().map(|last| last.number).filter(|_| left.next().is_some());
        Self { data, next, total }
    }
}

impl VerdictFilter {
    fn admits(self, ComparedOutcome { outcome, before, .. }: &ComparedOutcome) -> bool {
        let before = before.as_ref();
        match self {
            Self::Right => outcome.verdict == QuestionVerdict::Right,
            Self::Missed => outcome.verdict == QuestionVerdict::Missed,
            Self::WronglyFound => outcome.verdict == QuestionVerdict::WronglyFound,
            Self::RightlyEmpty => outcome.verdict == QuestionVerdict::RightlyEmpty,
            Self::Changed => before.is_some_and(|before| outcome.has_changed_from(before)),
            Self::Better => before.is_some_and(|before| outcome.is_better_than(before)),
            Self::Worse => before.is_some_and(|before| before.is_better_than(outcome)),
        }
    }
}
