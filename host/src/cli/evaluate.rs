//! `qianfan-host kb evaluate`: the hit test in bulk.

mod own;
mod texts;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use super::remote::client;
use super::{CommandError, figures, load};
use crate::clean;
use crate::config::Config;
use crate::evaluate::{
    Adjusted, Books, CorpusShelf, FileKind, Measure, Question, QuestionFile, Questions, ReadOptions, Report,
    Retrieval, Right, judge_pairs, page, read, read_qrels, shelf_name,
};
use crate::knowledge::{BaseSettings, Library};
use crate::plugin::SandboxedReader;
pub(super) use own::Own;
use texts::{TemporaryTexts, TextsContent};

/// Asks every question of a file through the search that chat uses, and tells how well what is right
/// was found.
///
/// What the file may be (UTF-8 or GB18030, plain or .gz; seen from what it holds):
///
///   SQuAD JSON (CMRC 2018, DRCD): each question should find its own paragraph. The paragraphs are
///   imported into a base of their own; no configuration is needed.
///
///   Pairs, TAB-separated, question, question, 1 or 0 (LCQMC): would the stored question (second) be
///   taken for the asked one, and its standard answer given? No configuration is needed.
///
///   Questions with ids of right documents: TSV of question and ids (1,5,9), or JSON, one object a
///   line: {"question": "…", "relevant": ["1", "5"], "base": "policy"}. With --corpus they are asked of
///   that corpus, else of configured bases. `[]` or `-` means that nothing is right.
///
///   An operator's CSV with a first row of names: question (问题), and relevant (文档: ids) or snippet
///   (片段: text that the hit or its standard answer must hold), and base (知识库) if wanted.
#[derive(Args)]
#[command(verbatim_doc_comment, after_long_help = EXAMPLES)]
pub(super) struct EvaluateArguments {
    /// Questions or pairs; `-` reads standard input.
    file: PathBuf,
    /// Configured knowledge bases to ask; all where none is named and the file brings no texts.
    #[arg(short, long = "base", value_delimiter = ',', conflicts_with_all = ["corpus", "like", "work"])]
    bases: Vec<String>,
    /// The texts to ask, where they are not a base yet: lines of id, TAB and text; JSON; or files and
    /// folders as `kb import` takes them (their names are the ids). They go into a base of their own.
    #[arg(long)]
    corpus: Option<PathBuf>,
    /// Another corpus that is searched at the same time: how much does it disturb?
    #[arg(long)]
    beside: Vec<PathBuf>,
    /// Which documents are right, where the file of questions does not say: question id, document id,
    /// relevance (as BEIR and MTEB have it, or TREC).
    #[arg(long)]
    qrels: Option<PathBuf>,
    /// Take the settings (embedder, thresholds, window_chars) of this configured base for texts or
    /// pairs that the file brings. Without it: a base's defaults, and no configuration is read.
    #[arg(long)]
    like: Option<String>,
    /// Keep imported texts in this folder: the second run embeds only what is new.
    #[arg(long)]
    work: Option<PathBuf>,
    /// Ask a running server instead, such as http://127.0.0.1:8080 (questions for its own bases).
    #[arg(long, conflicts_with_all = ["corpus", "like", "work", "beside", "qrels"])]
    url: Option<String>,
    #[command(flatten)]
    told: MeasureArguments,
}

const EXAMPLES: &str = "Examples:
  kb evaluate cmrc2018-dev.json --work /tmp/work           recall@k, MRR, nDCG, thresholds
  kb evaluate lcqmc-dev.tsv --precision 0.94,0.95          recall at these precisions
  kb evaluate test.json.gz --corpus answers.json.gz        InsuranceQA, as its package has it
  kb evaluate queries.jsonl --corpus corpus.jsonl --qrels qrels/test.tsv
  kb evaluate questions.csv --base policy --base faq --html report.html

Recall@k is the share of right documents among the first k hits (each question weighs the same),
hit@k the share of questions with any of them. A question counts as answered at a threshold when its
best hit reaches it, and as right when that hit is right: precision = right / answered, recall =
right / questions for which something is right.";

/// What is measured, and how it is told.
#[derive(Args)]
pub(super) struct MeasureArguments {
    /// What the file holds, where that is not seen rightly.
    #[arg(long, value_enum)]
    pub(super) format: Option<FormatArgument>,
    /// The k of recall@k.
    #[arg(short, long = "top-k", value_name = "K", value_delimiter = ',', default_value = "1,3,5,10")]
    pub(super) k: Vec<usize>,
    /// Find the lowest threshold that reaches each of these precisions.
    #[arg(short, long, value_delimiter = ',', default_value = "0.9,0.94,0.95,0.99")]
    pub(super) precision: Vec<f64>,
    /// Tell at most so many misses.
    #[arg(long, default_value_t = 20)]
    pub(super) misses: usize,
    /// Tell also what the cosine of the embeddings does alone: what the score has to be better than.
    #[arg(long, conflicts_with = "url")]
    pub(super) cosine: bool,
    /// Print the report as JSON.
    #[arg(long)]
    pub(super) json: bool,
    /// Write a page with curves, which needs nothing else, to this file.
    #[arg(long)]
    pub(super) html: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum FormatArgument {
    /// Paragraphs with their questions.
    Squad,
    /// Two questions and 1 or 0.
    Pairs,
    /// Questions with ids or text of what is right.
    Questions,
}

impl FormatArgument {
    fn kind(self) -> FileKind {
        match self {
            Self::Squad => FileKind::Squad,
            Self::Pairs => FileKind::Pairs,
            Self::Questions => FileKind::Questions,
        }
    }
}

impl MeasureArguments {
    pub(super) fn measure(&self) -> Result<Measure, CommandError> {
        let measure = Measure {
            k: self.k.clone(),
            precision: self.precision.clone(),
            misses: self.misses,
            cosine: self.cosine,
            ..Measure::default()
        };
        measure.checked()
    }

    /// Writes the page, where one is wanted.
    pub(super) fn page(&self, report: &Report) -> Result<(), CommandError> {
        let Some(path) = &self.html else { return Ok(()) };
        std::fs::write(path, page(report)?)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))
    }

    /// Prints the report, and writes the page.
    fn tell(&self, report: &Report) -> Result<(), CommandError> {
        self.page(report)?;
        if self.json {
            let text = serde_json::to_string_pretty(report).map_err(|error| error.to_string())?;
            outln!("{}", clean::json(&text));
        } else {
            out!("{}", figures::table(report));
        }
        Ok(())
    }

    /// Reads a file of questions, and names what of it cannot be read.
    pub(super) fn read(&self, path: &Path, right_elsewhere: bool) -> Result<QuestionFile, CommandError> {
        let options = ReadOptions { kind: self.format.map(FormatArgument::kind), right_elsewhere };
        read(&name_of(path), &bytes_of(path)?, options).map_err(|error| error.to_string())
    }
}

pub(super) async fn run(config: &Path, arguments: &EvaluateArguments) -> Result<(), CommandError> {
    tokio::select! {
        report = evaluate(config, arguments) => arguments.told.tell(&report?),
        // So that a temporary folder goes.
        () = super::signals::stopped() => Err("interrupted; with --work the next run goes on where this one stopped".into()),
    }
}

async fn evaluate(config: &Path, arguments: &EvaluateArguments) -> Result<Report, CommandError> {
    let measure = arguments.told.measure()?;
    if let Some(url) = &arguments.url {
        return remote(url.trim_end_matches('/'), arguments).await;
    }
    let mut file = arguments.told.read(&arguments.file, arguments.qrels.is_some())?;
    let report = match std::mem::replace(&mut file.questions, Questions::Pairs(Vec::new())) {
        Questions::Pairs(pairs) => {
            if !arguments.bases.is_empty() || arguments.corpus.is_some() || arguments.qrels.is_some() {
                return Err(format!(
                    "{} holds pairs, which bring their own stored questions: leave out --base, --corpus and --qrels (--like takes a base's settings)",
                    file.name
                ));
            }
            let own = Own::of(config, arguments.like.as_deref())?;
            let judge = own.judge();
            let bar = bar(pairs.len(), "pairs");
            let threshold = own.settings.answer_threshold;
            let report = judge_pairs(&file.name, &pairs, &judge, threshold, &measure, &|done| {
                bar.set_position(done as u64)
            })
            .await;
            bar.finish_and_clear();
            report.map_err(|error| error.to_string())?
        }
        Questions::Retrieval { mut questions, corpus } => {
            if let Some(path) = &arguments.qrels {
                let right =
                    read_qrels(&name_of(path), &bytes_of(path)?).map_err(|error| error.to_string())?;
                questions = with_right(questions, right, path)?;
            }
            match (corpus, &arguments.corpus) {
                (Some(_), Some(_)) => {
                    return Err(format!(
                        "{} brings its own paragraphs; leave out --corpus (--beside searches another at the same time)",
                        file.name
                    ));
                }
                (Some(_), None) if !arguments.bases.is_empty() => {
                    return Err(format!(
                        "{} brings its own paragraphs; leave out --base (--like takes a base's settings)",
                        file.name
                    ));
                }
                (Some(corpus), None) => {
                    let first = TemporaryTexts {
                        name: shelf_name(&arguments.file),
                        content: TextsContent::Corpus(corpus),
                    };
                    on_shelf(config, arguments, &file.name, first, questions, &measure).await?
                }
                (None, Some(path)) => {
                    let first = TemporaryTexts::read(path)?;
                    on_shelf(config, arguments, &file.name, first, questions, &measure).await?
                }
                (None, None) => {
                    if !arguments.beside.is_empty() {
                        return Err(
                            "--beside goes with --corpus, or with a file that brings its own texts".into()
                        );
                    }
                    let config = load(config)?;
                    configured(&config, &arguments.bases, &file.name, questions, &measure).await?
                }
            }
        }
    };
    Ok(report.with_skipped(&file))
}

/// Asks bases of the configuration.
pub(super) async fn configured(
    config: &Config,
    bases: &[String],
    file: &str,
    questions: Vec<Question>,
    measure: &Measure,
) -> Result<Report, CommandError> {
    let known = || config.knowledge.keys().cloned().collect::<Vec<_>>();
    if let Some(base) = bases.iter().find(|base| !config.knowledge.contains_key(*base)) {
        return Err(format!("there is no knowledge base `{base}`; there are: {}", known().join(", ")));
    }
    let bases = if bases.is_empty() { known() } else { bases.to_vec() };
    let (library, answer_thresholds) = opened(config, &bases).await?;
    let retrieval = Retrieval {
        library: &library,
        bases,
        corpora: BTreeMap::new(),
        answer_thresholds: Some(answer_thresholds),
        adjusted: Adjusted::default(),
    };
    ask(&retrieval, file, questions, measure).await
}

/// Bases of the configuration, opened so that every stored question shows its answer, and the
/// `answer_threshold` that each has instead.
pub(super) async fn opened(
    config: &Config,
    bases: &[String],
) -> Result<(Library, BTreeMap<String, f64>), CommandError> {
    let mut settings: BTreeMap<String, BaseSettings> = config.knowledge.clone();
    settings.retain(|name, _| bases.contains(name));
    let answer_thresholds =
        settings.iter().map(|(name, base)| (name.clone(), base.answer_threshold)).collect();
    for base in settings.values_mut() {
        (base.answer_threshold, base.offer_threshold) = (0.0, None);
    }
    super::prepare_data_folder(config)?;
    let reader = Arc::new(SandboxedReader::new(config.engine_settings()));
    let library = Library::open(config.data_dir(), &settings, &config.embedders, &config.stores, reader)
        .await
        .map_err(|error| error.to_string())?;
    Ok((library, answer_thresholds))
}

async fn ask(
    retrieval: &Retrieval<'_>,
    file: &str,
    questions: Vec<Question>,
    measure: &Measure,
) -> Result<Report, CommandError> {
    let bar = bar(questions.len(), "questions");
    let report = retrieval.run(file, questions, measure, &|done| bar.set_position(done as u64)).await;
    bar.finish_and_clear();
    report.map_err(|error| error.to_string())
}

/// Asks texts that are not a base yet.
async fn on_shelf(
    config: &Path,
    arguments: &EvaluateArguments,
    file: &str,
    first: TemporaryTexts,
    questions: Vec<Question>,
    measure: &Measure,
) -> Result<Report, CommandError> {
    let own = Own::of(config, arguments.like.as_deref())?;
    let mut texts = vec![first];
    for path in &arguments.beside {
        let mut more = TemporaryTexts::read(path)?;
        while texts.iter().any(|other| other.name == more.name) {
            more.name.push('-');
        }
        texts.push(more);
    }
    let books: Vec<Books> = texts.iter().map(TemporaryTexts::books).collect();
    let names: Vec<String> = books.iter().map(|books| books.name.clone()).collect();
    let bar = bar(books.iter().map(|books| books.sources.len()).sum(), "documents imported");
    let work = arguments.work.as_ref().map(|work| own.folder_in(work));
    let shelf =
        CorpusShelf::fill(work.as_deref(), &own.settings, &own.embedders, own.reader(), books, &|done| {
            bar.set_position(done as u64)
        })
        .await;
    bar.finish_and_clear();
    let shelf = shelf.map_err(|error| error.to_string())?;
    let corpora = texts.iter().filter_map(|texts| match &texts.content {
        TextsContent::Corpus(corpus) => Some((texts.name.clone(), corpus)),
        TextsContent::Files(_) => None,
    });
    let retrieval = Retrieval {
        library: &shelf.library,
        bases: names.clone(),
        corpora: corpora.collect(),
        answer_thresholds: Some(
            names.into_iter().map(|name| (name, own.settings.answer_threshold)).collect(),
        ),
        adjusted: Adjusted::default(),
    };
    let mut report = ask(&retrieval, file, questions, measure).await?;
    let skipped = retrieval.corpora.values().flat_map(|corpus| &corpus.skipped).map(ToString::to_string);
    let unread: Vec<String> = skipped.chain(shelf.unreadable.iter().cloned()).collect();
    if !unread.is_empty() {
        let first = unread.iter().take(5).cloned().collect::<Vec<_>>().join("; ");
        report.notes.push(format!("{} texts of the corpus could not be read: {first}", unread.len()));
    }
    Ok(report)
}

/// Questions with what another file says is right. Those it says nothing of are left out, as those
/// who made such sets mean it.
fn with_right(
    questions: Vec<Question>,
    mut right: HashMap<String, Vec<String>>,
    path: &Path,
) -> Result<Vec<Question>, CommandError> {
    let judged: Vec<Question> = questions
        .into_iter()
        .filter_map(|question| {
            let ids = right.remove(question.id.as_deref()?)?;
            Some(Question { right: ids.into_iter().map(Right::Id).collect(), ..question })
        })
        .collect();
    if judged.is_empty() {
        return Err(format!(
            "{} judges none of the questions; its first column must hold the ids that the questions have",
            path.display()
        ));
    }
    Ok(judged)
}

async fn remote(url: &str, arguments: &EvaluateArguments) -> Result<Report, CommandError> {
    let told = &arguments.told;
    let list = |values: Vec<String>| values.join(",");
    let mut query = vec![
        ("file", name_of(&arguments.file)),
        ("k", list(told.k.iter().map(ToString::to_string).collect())),
        ("precision", list(told.precision.iter().map(ToString::to_string).collect())),
        ("misses", told.misses.to_string()),
    ];
    if !arguments.bases.is_empty() {
        query.push(("bases", list(arguments.bases.clone())));
    }
    let mut address = url::Url::parse(&format!("{url}/v1/knowledge-bases/evaluate"))
        .map_err(|error| format!("`{url}` is not a URL: {error}; write it like http://127.0.0.1:8080"))?;
    address.query_pairs_mut().extend_pairs(query);
    let unreachable = |error: reqwest::Error| format!("{url} cannot be reached: {error}");
    let request = client(None)?.post(address).body(bytes_of(&arguments.file)?);
    let response = request.send().await.map_err(unreachable)?;
    let is_report = response.status().is_success();
    let body: serde_json::Value = response.json().await.map_err(unreachable)?;
    if !is_report {
        let message = body.pointer("/error/message").and_then(serde_json::Value::as_str);
        return Err(message.unwrap_or("the server refused without a reason").to_owned());
    }
    serde_json::from_value(body)
        .map_err(|error| format!("{url} answered in another format: {error}; is it of this version?"))
}

pub(super) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, CommandError> {
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        let read = std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes);
        return read.map(|_| bytes).map_err(|error| format!("cannot read standard input: {error}"));
    }
    std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// Hidden by itself where stderr is not a terminal.
pub(super) fn bar(length: usize, what: &str) -> ProgressBar {
    let bar = ProgressBar::new(length as u64);
    if let Ok(style) = ProgressStyle::with_template(&format!(
        "{{bar:30}} {{pos}}/{{len}} {what} [{{elapsed}}, {{eta}} left]"
    )) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
