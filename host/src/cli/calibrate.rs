//! `qianfan-host kb calibrate`: the threshold that meets a wanted precision.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::evaluate::{Own, Told, bar, configured};
use super::{Failure, load};
use crate::clean;
use crate::config::{Config, Edit};
use crate::evaluate::{Curve, Measure, Questions, Report, judge_pairs};

/// Fewer questions than this say little of the next ones.
const FEW: usize = 50;

/// Finds the lowest threshold of a base at which what is given out is right as often as wanted, and
/// shows the change of the configuration, or writes it.
///
/// Questions (see `kb evaluate`) are asked of the base. Include some for which nothing is right (`-`
/// or []), or precision says nothing of strange questions. Pairs of questions set `answer_threshold`,
/// with the base's embedder and the file's stored questions.
#[derive(Args)]
pub(super) struct CalibrateArguments {
    /// The knowledge base.
    base: String,
    /// Questions with what is right for them, or pairs of questions with 1 or 0.
    #[arg(short, long)]
    questions: PathBuf,
    /// The precision wanted, above 0 and at most 1.
    #[arg(short, long, default_value_t = 0.9)]
    precision: f64,
    /// What to set. Default: `threshold` with questions, `answer_threshold` with pairs.
    #[arg(long, value_enum)]
    key: Option<Key>,
    /// Write it into the configuration, whose comments and layout stay. Without this the change is
    /// only shown.
    #[arg(long)]
    write: bool,
    /// Write a page with curves to this file.
    #[arg(long)]
    html: Option<PathBuf>,
    /// What the file holds, where that is not seen rightly.
    #[arg(long, value_enum)]
    format: Option<super::evaluate::Format>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Key {
    /// Hits below it are left out.
    Threshold,
    /// A stored question at or above it gives its standard answer.
    #[value(alias = "answer_threshold")]
    AnswerThreshold,
}

impl Key {
    fn name(self) -> &'static str {
        match self {
            Self::Threshold => "threshold",
            Self::AnswerThreshold => "answer_threshold",
        }
    }
}

pub(super) async fn run(path: &Path, arguments: &CalibrateArguments) -> Result<(), Failure> {
    let told = Told {
        format: arguments.format,
        k: vec![1, 3, 5, 10],
        precision: vec![arguments.precision],
        misses: 20,
        json: false,
        html: arguments.html.clone(),
    };
    let measure = told.measure()?;
    let config = load(path)?;
    let (key, report) = measured(&config, arguments, &told, &measure).await?;
    told.page(&report)?;
    let curve = match key {
        Key::AnswerThreshold if !report.pairs => report.overall.answers.as_ref().ok_or_else(|| {
            format!(
                "no best hit is a stored question, so there is nothing to set {} by; does [knowledge.{}] hold a Q&A document?",
                key.name(),
                arguments.base
            )
        })?,
        _ => &report.overall.curve,
    };
    choose(path, &config, arguments, key, curve, &report)
}

async fn measured(
    config: &Config,
    arguments: &CalibrateArguments,
    told: &Told,
    measure: &Measure,
) -> Result<(Key, Report), Failure> {
    let mut file = told.read(&arguments.questions, false)?;
    let base = &arguments.base;
    match std::mem::replace(&mut file.questions, Questions::Pairs(Vec::new())) {
        Questions::Pairs(pairs) => {
            if arguments.key == Some(Key::Threshold) {
                return Err(
                    "pairs set answer_threshold; give questions with what is right to set threshold".into()
                );
            }
            let own = Own::like(config, base)?;
            let judge = own.judge();
            let bar = bar(pairs.len(), "pairs");
            let threshold = own.settings.answer_threshold;
            let done = |done: usize| bar.set_position(done as u64);
            let report = judge_pairs(&file.name, &pairs, &judge, threshold, measure, &done).await;
            bar.finish_and_clear();
            let report = report.map_err(|error| error.to_string())?.with_skipped(&file);
            Ok((Key::AnswerThreshold, report))
        }
        Questions::Retrieval { corpus: Some(_), .. } => Err(format!(
            "{} brings its own paragraphs; a base is calibrated by questions for what it holds",
            file.name
        )),
        Questions::Retrieval { questions, corpus: None } => {
            let bases = std::slice::from_ref(base);
            let report = configured(config, bases, &file.name, questions, measure).await?;
            Ok((arguments.key.unwrap_or(Key::Threshold), report.with_skipped(&file)))
        }
    }
}

fn choose(
    path: &Path,
    config: &Config,
    arguments: &CalibrateArguments,
    key: Key,
    curve: &Curve,
    report: &Report,
) -> Result<(), Failure> {
    let (base, key) = (&arguments.base, key.name());
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    for line in report.skipped.iter().chain(&report.notes) {
        outln!("note: {}", clean::line(line));
    }
    let Some(point) = curve.wanted.first().and_then(|wanted| wanted.met) else {
        let best = curve.most_precise;
        return Err(format!(
            "no {key} of {base} reaches a precision of {}: the best is {}, at {} with a recall of {}; ask for less, or look at the misses with `kb evaluate {} --base {base}`",
            percent(arguments.precision),
            best.precision.map_or_else(|| "none".into(), percent),
            best.threshold,
            percent(best.recall),
            arguments.questions.display()
        ));
    };
    if let Some(now) = curve.configured {
        outln!(
            "{base}: now {key} = {}: precision {}, recall {}, {} of {} answered",
            now.threshold,
            now.precision.map_or_else(|| "–".into(), percent),
            percent(now.recall),
            now.answered,
            curve.questions
        );
    }
    outln!(
        "{base}: {key} = {}: precision {}, recall {}, {} of {} answered",
        point.threshold,
        point.precision.map_or_else(|| "–".into(), percent),
        percent(point.recall),
        point.answered,
        curve.questions
    );
    if curve.questions < FEW {
        outln!("note: {} questions say little of the next ones; {FEW} or more are better", curve.questions);
    }
    if curve.questions == curve.answerable && !report.pairs {
        outln!(
            "note: something is right for every question, so nothing is known of strange ones; add some with `-`"
        );
    }
    let value = point.threshold.max(0.0);
    if let Some(settings) = config.knowledge.get(base)
        && key == "answer_threshold"
        && value < settings.threshold
    {
        outln!("note: it is below threshold = {}, under which nothing is found at all", settings.threshold);
    }
    if let Some(offer) = config.knowledge.get(base).and_then(|settings| settings.offer_threshold)
        && key == "answer_threshold"
        && value < offer
    {
        return Err(format!(
            "[knowledge.{base}] has offer_threshold = {offer}, which must not be above answer_threshold; \
             lower or remove it, then calibrate again"
        ));
    }
    let edit = Edit::knowledge(path, base, key, value)?;
    if edit.is_empty() {
        outln!("{} holds it already", path.display());
        return Ok(());
    }
    out!("{}", edit.diff());
    if arguments.write {
        edit.write()?;
        outln!("written to {}; a running server reads it when it is started again", path.display());
    } else {
        outln!("nothing is written; --write does it");
    }
    Ok(())
}
