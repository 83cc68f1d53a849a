//! Bundled plugin: passages and standard answers from the knowledge bases an app is granted, and
//! where an answer is not certain, the choice among the closest questions.

mod dedupe;
mod narrow;
mod offer;

use dedupe::Distinct;
use offer::{Choice, Offer, Reply};
use qianfan_plugin::knowledge::{self, BaseReport, Filters, Hit, Query, Results};
use qianfan_plugin::{
    Answer, Ask, Contribution, Contributor, Description, Failure, MediaType, Passage, Role, Turn, Validate,
    json, log, state,
};
use serde::Deserialize;

struct KnowledgeBase;

qianfan_plugin::export_contributor!(KnowledgeBase);
qianfan_plugin::export_validation!(KnowledgeBase);

/// The operator's configuration; every key may be left out.
#[derive(Deserialize)]
#[serde(default)]
struct Config {
    /// Names of knowledge bases; empty: every one granted.
    knowledge_bases: Vec<String>,
    /// At most so many hits from each base; absent: each base's own.
    top_k: Option<u32>,
    /// Hits below are left out, 0 to 1; absent: each base's own.
    threshold: Option<f64>,
    /// Which documents may be found, by their metadata; absent: all.
    filters: Option<narrow::Narrowing>,
    /// At most so many passages in all, counted after duplicates are gone; absent: all.
    max_passages: Option<usize>,
    /// Whether a standard answer is given out as it is.
    standard_answers: bool,
    /// At most so many questions are offered as a choice where no standard answer is certain; absent:
    /// none.
    offer_choices: Option<usize>,
    /// What is asked above the choices.
    offer_text: String,
    /// What is asked where the chosen question has been deleted meanwhile; `{question}` is that question.
    offer_gone: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            knowledge_bases: Vec::new(),
            top_k: None,
            threshold: None,
            filters: None,
            max_passages: None,
            standard_answers: true,
            offer_choices: None,
            offer_text: "您想问的是下面哪个问题？请选择序号；都不是的话，请直接补充说明：".to_owned(),
            offer_gone: "问题“{question}”已不在知识库中，请换一种问法。".to_owned(),
        }
    }
}

/// Where an offer is kept until the next turn.
const OFFER: &str = "offer";
/// A stored question may be in several documents; the one chosen must be among the hits.
const HITS_OF_A_CHOICE: u32 = 10;

/// What the model may pass.
#[derive(Deserialize)]
struct Arguments {
    query: String,
}

impl Validate for KnowledgeBase {
    type Config = serde_json::Value;

    fn validate(config: &serde_json::Value) -> Vec<(String, String)> {
        let mut problems = narrow::problems(&config["filters"]);
        if config.get("offer_choices").is_some() && config["standard_answers"] == false {
            let message = "has no effect with standard_answers = false; set that to true, or remove this";
            problems.push(("offer_choices".to_owned(), message.to_owned()));
        }
        problems
    }

    fn warnings(config: &serde_json::Value) -> Vec<(String, String)> {
        narrow::warnings(&config["filters"])
    }
}

impl Contributor for KnowledgeBase {
    type Config = Config;

    fn describe() -> Description {
        Description {
            model_summary: "Searches the knowledge bases of this assistant. Call it when the question \
                            is about their subject, with a complete question as the query."
                .to_owned(),
            config_schema: include_str!("config.schema.json").to_owned(),
            arguments_schema: include_str!("arguments.schema.json").to_owned(),
            ..Description::new(
                "knowledge-base",
                env!("CARGO_PKG_VERSION"),
                "Finds passages and standard answers in knowledge bases",
            )
        }
    }

    fn contribute(turn: Turn, config: Config) -> Result<Contribution, Failure> {
        let filters = match config.filters.as_ref().map(|filters| filters.of(&turn)).transpose() {
            Ok(filters) => filters,
            Err(narrow::Unfit::List(text)) => return Err(Failure::InvalidArguments(text)),
            Err(narrow::Unfit::Absent(variable)) => {
                return Err(Failure::InvalidArguments(format!(
                    "nothing was searched: a filter needs the variable `{variable}`, which the request does not have; \
                     `optional = true` would search without that filter"
                )));
            }
        };
        let mut limit = config.offer_choices.filter(|_| config.standard_answers).unwrap_or(0);
        let (mut text, mut rewritten) = match json::arguments::<Arguments>(&turn)? {
            Some(arguments) => (arguments.query, false),
            None => (turn.search_text.clone(), turn.search_text != turn.question),
        };
        // What was offered before, where the reply is a slip.
        let mut again = None;
        if limit > 0
            && let Some(offer) = take_offer(&turn, &config.offer_text)?
        {
            match offer.reply(&turn.question) {
                Reply::Chosen(choice) => {
                    return chosen(choice, &config.knowledge_bases, filters, &config.offer_gone);
                }
                Reply::NoneOfThese => (text, limit, rewritten) = (offer.asked, 0, false),
                Reply::Other if offer::is_slip(&turn.question) => again = Some(offer),
                Reply::Other => {}
            }
        }
        let query = |text: &str| Query {
            text: text.to_owned(),
            knowledge_bases: config.knowledge_bases.clone(),
            top_k: config.top_k,
            threshold: config.threshold,
            filters: filters.clone(),
        };
        // What was said before may have changed a question that is stored just as it was asked. Without
        // a letter nothing can be searched.
        if rewritten && config.standard_answers && turn.question.contains(char::is_alphanumeric) {
            let mut hits = knowledge::search(&query(&turn.question))?.hits;
            if let Some((hit, answer)) = take_answer(&mut hits) {
                log::info(&format!(
                    "the question as it was asked is a stored one, {}: it answers, and `{text}` was not searched",
                    place(&hit)
                ));
                return Ok(Contribution::Answer(standard(hit, answer)));
            }
        }
        let results = knowledge::search(&query(&text))?;
        if let Some(offer) = Offer::of(&text, &results.hits, limit) {
            // What is found for a number says nothing of what is meant, and its list has other numbers.
            let offer = again.unwrap_or(offer);
            log::info(&format!("no answer is certain; offered: {offer}"));
            state::save(OFFER, &offer)?;
            return Ok(Contribution::Ask(offer.ask(&config.offer_text)));
        }
        Ok(contribution(results, &config))
    }
}

/// What the user was offered in the turn before. It is forgotten with this turn, whatever the reply.
fn take_offer(turn: &Turn, text: &str) -> Result<Option<Offer>, Failure> {
    let last = turn.history.iter().rposition(|message| message.role == Role::Assistant);
    let last_answer = last.map(|last| turn.history[last].content.as_str());
    if let Some(offer) = state::load::<Offer>(OFFER)? {
        state::remove(OFFER)?;
        return Ok(Some(offer).filter(|offer| offer.was_seen_in(last_answer)));
    }
    // Nothing is kept for a client that does not say who it is.
    let before =
        last.and_then(|last| turn.history[..last].iter().rfind(|message| message.role == Role::User));
    let asked = before.map_or(&turn.search_text, |message| &message.content);
    Ok(last_answer.and_then(|said| Offer::read(asked, said, text)))
}

/// The answer that is stored for the chosen question now, in the base it was found in or, where that
/// is not known, in any of `bases`; `gone` is what is asked where it is stored no more.
fn chosen(
    choice: &Choice,
    bases: &[String],
    filters: Option<Filters>,
    gone: &str,
) -> Result<Contribution, Failure> {
    let results = knowledge::search(&Query {
        text: choice.question.clone(),
        knowledge_bases: match &choice.found {
            Some(found) => vec![found.knowledge_base.clone()],
            None => bases.to_vec(),
        },
        top_k: Some(HITS_OF_A_CHOICE),
        threshold: None,
        filters,
    })?;
    if let Some(answer) = offer::answer(results.hits, choice) {
        return Ok(Contribution::Answer(answer));
    }
    log::warn(&format!("the chosen question is not there any more: {}", choice.question));
    Ok(Contribution::Ask(Ask {
        text: gone.replace("{question}", &choice.question),
        media_type: MediaType::Plain,
        choices: Vec::new(),
    }))
}

fn contribution(results: Results, config: &Config) -> Contribution {
    for report in &results.reports {
        if let Some(error) = &report.error {
            log::warn(&format!("{}: {error}", report.knowledge_base));
        }
    }
    let mut hits = results.hits;
    if config.standard_answers
        && let Some((hit, text)) = take_answer(&mut hits)
    {
        return Contribution::Answer(standard(hit, text));
    }
    let limit = config.max_passages.unwrap_or(usize::MAX);
    let Distinct { kept, merged } = dedupe::distinct(hits, limit);
    for (hit, into) in merged {
        let into = kept.get(into).map(place).unwrap_or_default();
        log::info(&format!("{into} says the same as {}: left out", place(&hit)));
    }
    let passages: Vec<Passage> = kept.into_iter().map(Passage::from).collect();
    if passages.is_empty() {
        return Contribution::Nothing(reason(&results.reports));
    }
    Contribution::Passages(passages)
}

/// A stored answer as it is, with the question it is stored for as its source.
fn standard(hit: Hit, text: String) -> Answer {
    Answer { text, media_type: hit.media_type, sources: vec![hit.into()] }
}

/// Where a hit is from, for the operator.
fn place(hit: &Hit) -> String {
    format!("{}/{} ({:.3})", hit.knowledge_base, hit.id, hit.score)
}

/// The stored question that is likeliest the asked one, with its answer. Where one is certain by its
/// base's own threshold, no passage is better, however a weight orders them.
fn take_answer(hits: &mut Vec<Hit>) -> Option<(Hit, String)> {
    let certain = hits.iter().enumerate().filter(|(_, hit)| hit.standard_answer.is_some());
    // Among equals the first is taken, which is the best ranked.
    let (place, _) = certain.rev().max_by(|(_, a), (_, b)| likely(a).total_cmp(&likely(b)))?;
    let mut hit = hits.remove(place);
    let text = hit.standard_answer.take()?;
    Some((hit, text))
}

fn likely(hit: &Hit) -> f64 {
    hit.same.unwrap_or_default()
}

/// Why nothing was found, base by base.
fn reason(reports: &[BaseReport]) -> String {
    if reports.is_empty() {
        return "no knowledge base was searched: none is granted to this plugin".to_owned();
    }
    let lines: Vec<String> = reports.iter().map(base_reason).collect();
    lines.join("; ")
}

fn base_reason(report: &BaseReport) -> String {
    let name = &report.knowledge_base;
    let threshold = report.threshold;
    match (&report.error, report.best_score) {
        (Some(error), _) => format!("{name}: could not be searched: {error}"),
        (None, None) => format!("{name}: nothing matched"),
        (None, Some(best)) if best < threshold => {
            format!("{name}: best {} below threshold {threshold}", below(best, threshold))
        }
        (None, Some(best)) => format!("{name}: best {best:.2}, left out by the limits set"),
    }
}

/// A score in as many digits, two or more, as show that it is below the threshold.
fn below(score: f64, threshold: f64) -> String {
    let shown = |digits: usize| format!("{score:.digits$}");
    (2..17)
        .map(shown)
        .find(|text| text.parse().is_ok_and(|value: f64| value < threshold))
        .unwrap_or_else(|| score.to_string())
}

#[cfg(test)]
mod tests;
