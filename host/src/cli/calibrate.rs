//! `qianfan-host kb calibrate`: the threshold that meets a wanted precision.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::evaluate::{MeasureArguments, Own, bar, opened};
use super::{CommandError, counted, load};
use crate::clean;
use crate::config::{Config, Edit, KnowledgeEdit};
use crate::evaluate::{
    Adjusted, Curve, Joint, Measure, Point, Question, Questions, Report, Retrieval, Thresholds, judge_pairs,
};
use crate::knowledge::{HitThresholds, Library, Query};

/// Fewer questions than this are too few to predict others.
const FEW: usize = 50;

/// Finds the lowest threshold of a base at which what is given out is right as often as wanted, and
/// shows the change of the configuration, or writes it.
///
/// Of the questions (see `kb evaluate`) those count that the base should know and those that nothing answers (`-`
/// or []); include some of these, or precision says nothing of strange questions. What all bases do together
/// before and after is told, and what makes that worse is not written. Pairs of questions set
/// `answer_threshold`, with the base's embedder and the file's stored questions.
#[derive(Args)]
pub(super) struct CalibrateArguments {
    /// The knowledge base.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    base: Option<String>,
    /// Set the thresholds of all bases together, so that most questions come out well: they keep a right
    /// passage, or find nothing where nothing is right.
    #[arg(long, conflicts_with = "precision")]
    all: bool,
    /// Questions with what is right for them, or pairs of questions with 1 or 0.
    #[arg(short, long)]
    questions: PathBuf,
    /// The precision wanted, above 0 and at most 1.
    #[arg(short, long, default_value_t = 0.9)]
    precision: f64,
    /// What to set. Default: `answer_threshold` with pairs, else `threshold`, or `question_threshold` where the base
    /// has one and mostly stored questions are found.
    #[arg(long, value_enum, conflicts_with = "all")]
    key: Option<ThresholdKey>,
    /// Write it into the configuration, whose comments and layout stay. Without this the change is
    /// only shown.
    #[arg(long)]
    write: bool,
    /// Write it also where all bases together do worse with it.
    #[arg(long)]
    force: bool,
    /// Write a page with curves to this file.
    #[arg(long)]
    html: Option<PathBuf>,
    /// What the file holds, where that is not seen rightly.
    #[arg(long, value_enum)]
    format: Option<super::evaluate::FormatArgument>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ThresholdKey {
    /// Hits below it are left out.
    Threshold,
    /// Stored questions below it are left out.
    #[value(alias = "question_threshold")]
    QuestionThreshold,
    /// A stored question at or above it gives its standard answer.
    #[value(alias = "answer_threshold")]
    AnswerThreshold,
}

impl ThresholdKey {
    fn name(self) -> &'static str {
        match self {
            Self::Threshold => "threshold",
            Self::QuestionThreshold => "question_threshold",
            Self::AnswerThreshold => "answer_threshold",
        }
    }
}

pub(super) async fn run(path: &Path, arguments: &CalibrateArguments) -> Result<(), CommandError> {
    let told = MeasureArguments {
        format: arguments.format,
        k: vec![1, 3, 5, 10],
        precision: vec![arguments.precision],
        misses: 20,
        cosine: false,
        json: false,
        html: arguments.html.clone(),
    };
    let measure = told.measure()?;
    let config = load(path)?;
    let mut file = told.read(&arguments.questions, false)?;
    let questions = std::mem::replace(&mut file.questions, Questions::Pairs(Vec::new()));
    let run = CalibrationRun { path, config: &config, arguments, measure };
    match questions {
        Questions::Pairs(pairs) => {
            let Some(base) = &arguments.base else {
                return Err("pairs set the answer_threshold of one base; name it instead of --all".into());
            };
            if let Some(key) = arguments.key.filter(|key| *key != ThresholdKey::AnswerThreshold) {
                return Err(format!(
                    "pairs set answer_threshold; give questions with what is right to set {}",
                    key.name()
                ));
            }
            let own = Own::like(&config, base)?;
            let judge = own.judge();
            let bar = bar(pairs.len(), "pairs");
            let threshold = own.settings.answer_threshold;
            let done = |done: usize| bar.set_position(done as u64);
            let report = judge_pairs(&file.name, &pairs, &judge, threshold, &run.measure, &done).await;
            bar.finish_and_clear();
            let report = report.map_err(|error| error.to_string())?.with_skipped(&file);
            told.page(&report)?;
            note(&report);
            let changes = run.chosen(base, ThresholdKey::AnswerThreshold, &report.overall.curve, true)?;
            run.set(&changes, None)
        }
        Questions::Retrieval { corpus: Some(_), .. } => Err(format!(
            "{} brings its own paragraphs; a base is calibrated by questions for what it holds",
            file.name
        )),
        Questions::Retrieval { questions, corpus: None } => {
            let (report, joint) = run.measured(&file.name, questions).await?;
            let report = report.with_skipped(&file);
            told.page(&report)?;
            note(&report);
            match &arguments.base {
                Some(base) => run.one(base, &report, &joint),
                None => run.all(&joint),
            }
        }
    }
}

fn note(report: &Report) {
    for line in report.skipped.iter().chain(&report.notes) {
        outln!("note: {}", clean::line(line));
    }
}

/// Whether a base holds anything. Fails with why it cannot be searched as in chat.
async fn holds(library: &Library, name: &str, question: Option<&Question>) -> Result<bool, String> {
    let Some(base) = library.base(name) else { return Ok(false) };
    let documents = base.documents().await.map_err(|error| error.to_string())?;
    let Some(question) = question.filter(|_| !documents.is_empty()) else { return Ok(!documents.is_empty()) };
    let query = Query {
        text: question.text.clone(),
        wordings: None,
        bases: vec![name.to_owned()],
        top_k: Some(1),
        threshold: None,
        filter: None,
        context: false,
    };
    let results = library.search(&query).await.map_err(|error| error.to_string())?;
    match results.reports.iter().find_map(|report| report.lack()) {
        Some(lack) => Err(lack.to_owned()),
        None => Ok(true),
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A base, and what a key of its table becomes.
type Set = (String, ThresholdKey, f64);

/// One run of the command.
struct CalibrationRun<'a> {
    path: &'a Path,
    config: &'a Config,
    arguments: &'a CalibrateArguments,
    measure: Measure,
}

impl CalibrationRun<'_> {
    /// Asks the questions of all bases that hold anything: what one base's threshold does shows beside the
    /// others only.
    async fn measured(
        &self,
        file: &str,
        mut questions: Vec<Question>,
    ) -> Result<(Report, Joint), CommandError> {
        let known: Vec<String> = self.config.knowledge.keys().cloned().collect();
        if let Some(base) = self.arguments.base.as_ref().filter(|base| !known.contains(base)) {
            return Err(format!("there is no knowledge base `{base}`; there are: {}", known.join(", ")));
        }
        let (library, answer_thresholds) = opened(self.config, &known).await?;
        let (bases, away) = self.searchable(&library, &questions).await?;
        let before = questions.len();
        questions.retain(|question| question.base.as_ref().is_none_or(|named| bases.contains(named)));
        for (base, cause) in &away {
            outln!(
                "note: {base} is left out, and all bases together are told without it: {}",
                clean::line(cause)
            );
        }
        if questions.len() < before {
            let left_out = counted(before - questions.len(), "question");
            outln!("note: not asked: {left_out} of bases that are left out, empty or not configured");
        }
        let retrieval = Retrieval {
            library: &library,
            bases: bases.clone(),
            corpora: BTreeMap::new(),
            answer_thresholds: Some(answer_thresholds),
            adjusted: Adjusted::default(),
        };
        let told = |error: crate::evaluate::EvaluateError| error.to_string();
        // Where several are searched, the report parts them.
        if let (Some(base), [_]) = (&self.arguments.base, &bases[..]) {
            let before = questions.len();
            questions = retrieval.own_of(base, questions).await.map_err(told)?;
            if questions.len() < before {
                let left_out = counted(before - questions.len(), "question");
                outln!("note: not asked: {left_out} whose right documents {base} does not hold");
            }
        }
        let bar = bar(2 * questions.len(), "questions");
        let asked = questions.len() as u64;
        let joint = Joint::ask(&retrieval, &questions, &self.measure, &|done| {
            bar.set_position(done as u64);
        })
        .await;
        let report = retrieval
            .run(file, questions, &self.measure, &|done| bar.set_position(asked + done as u64))
            .await;
        bar.finish_and_clear();
        Ok((report.map_err(told)?, joint.map_err(told)?))
    }

    /// The bases that hold anything and can be searched, and why others cannot. The one that is calibrated must be
    /// among them.
    async fn searchable(
        &self,
        library: &Library,
        questions: &[Question],
    ) -> Result<(Vec<String>, Vec<(String, String)>), CommandError> {
        let (mut bases, mut away) = (Vec::new(), Vec::new());
        for base in library.bases() {
            let (name, wanted) = (base.name(), self.arguments.base.as_deref());
            match holds(library, name, questions.first()).await {
                Ok(holds) if holds || wanted == Some(name) => bases.push(name.to_owned()),
                Ok(_) => {}
                Err(cause) if wanted == Some(name) => {
                    return Err(format!("{name} cannot be calibrated: {cause}"));
                }
                Err(cause) => away.push((name.to_owned(), cause)),
            }
        }
        match bases.is_empty() {
            true if !away.is_empty() => {
                let told: Vec<String> = away.iter().map(|(base, cause)| format!("{base}: {cause}")).collect();
                Err(format!("no base can be searched; {}", told.join("; ")))
            }
            _ => Ok((bases, away)),
        }
    }

    /// Sets one key of one base by its own questions and those that nothing answers.
    fn one(&self, base: &str, report: &Report, joint: &Joint) -> Result<(), CommandError> {
        let key = self.arguments.key.unwrap_or_else(|| self.key_of(base, joint));
        let own =
            report.parts.iter().find(|part| part.base.as_deref() == Some(base)).unwrap_or(&report.overall);
        let curve = match key {
            ThresholdKey::Threshold | ThresholdKey::QuestionThreshold => &own.curve,
            ThresholdKey::AnswerThreshold => own.answers.as_ref().ok_or_else(|| {
                format!(
                    "no best hit is a stored question, so there is nothing to set answer_threshold by; does [knowledge.{base}] hold a Q&A document?"
                )
            })?,
        };
        let changes = self.chosen(base, key, curve, false)?;
        self.set(&changes, Some(joint))
    }

    /// Sets the thresholds of all bases.
    fn all(&self, joint: &Joint) -> Result<(), CommandError> {
        let now = self.thresholds();
        let keys: BTreeMap<&str, ThresholdKey> =
            now.keys().map(|base| (base.as_str(), self.key_of(base, joint))).collect();
        let key = |base: &str| keys.get(base).copied().unwrap_or(ThresholdKey::Threshold);
        let best = joint.best(&now, |base, value| self.with(base, key(base), value));
        let set = |(base, value): (String, f64)| {
            let key = key(&base);
            (base, key, value)
        };
        let changes: Vec<Set> = best.into_iter().map(set).collect();
        for (base, key, value) in &changes {
            let before = now.get(base).map_or_else(String::new, |now| {
                if now.passages == now.questions {
                    format!(", now {}", now.passages)
                } else {
                    format!(", now {} for passages, {} for stored questions", now.passages, now.questions)
                }
            });
            outln!("{base}: {} = {value}{before}", key.name());
        }
        self.set(&changes, Some(joint))
    }

    fn thresholds(&self) -> Thresholds {
        self.config.knowledge.iter().map(|(name, base)| (name.clone(), base.hit_thresholds())).collect()
    }

    /// The key that decides which of a base's best hits count.
    fn key_of(&self, base: &str, joint: &Joint) -> ThresholdKey {
        let own = self.config.knowledge.get(base).and_then(|settings| settings.question_threshold);
        match own {
            Some(_) if joint.finds_questions(base) => ThresholdKey::QuestionThreshold,
            _ => ThresholdKey::Threshold,
        }
    }

    /// What a base's thresholds become where a key is set to this.
    fn with(&self, base: &str, key: ThresholdKey, value: f64) -> HitThresholds {
        let Some(settings) = self.config.knowledge.get(base) else { return HitThresholds::both(value) };
        let now = settings.hit_thresholds();
        match key {
            ThresholdKey::Threshold => {
                HitThresholds { passages: value, questions: settings.question_threshold.unwrap_or(value) }
            }
            ThresholdKey::QuestionThreshold => HitThresholds { questions: value, ..now },
            ThresholdKey::AnswerThreshold => now,
        }
    }

    /// The change to the lowest threshold that reaches the precision wanted; none where the present one reaches it
    /// and gives out as much that is right.
    fn chosen(
        &self,
        base: &str,
        key: ThresholdKey,
        curve: &Curve,
        pairs: bool,
    ) -> Result<Vec<Set>, CommandError> {
        let name = key.name();
        let Some(point) = curve.wanted.first().and_then(|wanted| wanted.met) else {
            let best = curve.most_precise;
            return Err(format!(
                "no {name} of {base} reaches a precision of {}: the best is {}, at {} with a recall of {}; ask for less, or look at the misses with `kb evaluate {} --base {base}`",
                percent(self.arguments.precision),
                best.precision.map_or_else(|| "none".into(), percent),
                best.threshold,
                percent(best.recall),
                self.arguments.questions.display()
            ));
        };
        let line = |now: &str, point: Point| {
            outln!(
                "{base}: {now}{name} = {}: precision {}, recall {}, {} of {} answered",
                point.threshold,
                point.precision.map_or_else(|| "–".into(), percent),
                percent(point.recall),
                point.answered,
                curve.questions
            );
        };
        if let Some(now) = curve.configured {
            line("now ", now);
        }
        line("", point);
        if curve.questions < FEW {
            let (few, are) =
                (counted(curve.questions, "question"), if curve.questions == 1 { "is" } else { "are" });
            outln!("note: {few} {are} too few to predict others; {FEW} or more are better");
        }
        if curve.questions == curve.answerable && !pairs {
            outln!(
                "note: something is right for every question, so nothing is known of strange ones; add some with `-`"
            );
        }
        let is_as_good = |now: &Point| {
            now.right >= point.right
                && now.precision.is_some_and(|reached| reached >= self.arguments.precision)
        };
        if curve.configured.as_ref().is_some_and(is_as_good) {
            return Ok(Vec::new());
        }
        Ok(vec![(base.to_owned(), key, point.threshold.max(0.0))])
    }

    /// Shows the changes and what they do to all bases together, and writes them where that is wanted.
    fn set(&self, changes: &[Set], joint: Option<&Joint>) -> Result<(), CommandError> {
        let mut after = self.thresholds();
        for (base, key, value) in changes {
            self.check_offer(base, *key, *value)?;
            after.insert(base.clone(), self.with(base, *key, *value));
        }
        let mut is_worse = false;
        if let Some(joint) = joint {
            let (before, after) = (joint.under(&self.thresholds()), joint.under(&after));
            outln!("all bases together, before: {before}");
            outln!("all bases together, after:  {after}");
            is_worse = after.well() < before.well();
        }
        if changes.is_empty() {
            outln!("no other threshold does better, so nothing is changed");
            return Ok(());
        }
        let changes: Vec<_> = changes
            .iter()
            .map(|(base, key, value)| KnowledgeEdit { base, key: key.name(), value: *value })
            .collect();
        let edit = Edit::knowledge(self.path, &changes)?;
        if edit.is_empty() {
            outln!("{} holds it already", self.path.display());
            return Ok(());
        }
        out!("{}", edit.diff());
        match (self.arguments.write, is_worse && !self.arguments.force) {
            (true, true) => Err(
                "not written: fewer questions would come out well; ask for less precision, set all bases with --all, or write it with --force".into(),
            ),
            (true, false) => {
                edit.write()?;
                outln!("written to {}; a running server reads it at SIGHUP or POST /v1/config/reload", self.path.display());
                Ok(())
            }
            (false, true) => {
                outln!("fewer questions would come out well, so --write refuses it without --force");
                Ok(())
            }
            (false, false) => {
                outln!("nothing is written; --write does it");
                Ok(())
            }
        }
    }

    fn check_offer(&self, base: &str, key: ThresholdKey, value: f64) -> Result<(), CommandError> {
        let Some(settings) = self.config.knowledge.get(base).filter(|_| key == ThresholdKey::AnswerThreshold)
        else {
            return Ok(());
        };
        match settings.offer_threshold {
            Some(offer) if value < offer => Err(format!(
                "[knowledge.{base}] has offer_threshold = {offer}, which must not be above answer_threshold; \
                 lower or remove it, then calibrate again"
            )),
            _ => Ok(()),
        }
    }
}
