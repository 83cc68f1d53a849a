//! The candidates of a question are what its bases have for it before any threshold, so that whoever looks for
//! a threshold sees what each would let in.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde::Serialize;

use super::fold::even;
use super::hit::Hit;
use super::library::Library;
use super::retrieve::{BaseReport, Query, Results, SearchError, SearchTimes};
use super::terms;
use super::threshold::HitThresholds;

/// Candidates of one base where the query does not say.
const USUAL: usize = 100;

/// What was found, whatever its score.
#[derive(Debug, Serialize)]
pub struct Candidates {
    /// The hits of all bases, best `rank` first; none grown and none joined.
    pub hits: Vec<MarkedHit>,
    /// One for each base, in the order asked, with the base's own threshold and what reaches it.
    pub reports: Vec<RawReport>,
    /// How long it took.
    pub times: SearchTimes,
}

/// What became of a base, and both of its thresholds: its hits may be of either kind.
#[derive(Debug, Serialize)]
pub struct RawReport {
    #[serde(flatten)]
    report: BaseReport,
    thresholds: HitThresholds,
}

/// A hit, and what it has in common with the question.
#[derive(Debug, Serialize)]
pub struct MarkedHit {
    #[serde(flatten)]
    hit: Hit,
    /// Words of the question that are in the text, in one width, case and script.
    terms: Vec<String>,
}

impl Library {
    /// At most `top_k` candidates of each base, through the one retrieval path. A base that cannot be
    /// searched says so in its report, also where it is the only one. The query's threshold is not
    /// applied; where it is absent, the base's own is reported.
    pub async fn candidates(&self, query: &Query) -> Result<Candidates, SearchError> {
        let mut bases = Vec::new();
        for name in &query.bases {
            if !bases.contains(name) {
                bases.push(name.clone());
            }
        }
        let Some((first, others)) = bases.split_first() else {
            return Err(SearchError::InvalidQuery("the query names no knowledge base".into()));
        };
        // The first has the question embedded; the others then know its vector.
        let mut found = vec![self.of_base(query, first).await?];
        for other in join_all(others.iter().map(|base| self.of_base(query, base))).await {
            found.push(other?);
        }
        let longest = |time: fn(&SearchTimes) -> f64| {
            found.iter().map(|(found, _)| time(&found.times)).fold(0.0, f64::max)
        };
        let times = SearchTimes {
            embed_ms: longest(|times| times.embed_ms),
            search_ms: longest(|times| times.search_ms),
            rerank_ms: longest(|times| times.rerank_ms),
            total_ms: longest(|times| times.total_ms),
        };
        let asked = runs(&query.text);
        let mut hits = Vec::new();
        let mut reports = Vec::new();
        for (Results { hits: theirs, reports: theirs_too, .. }, thresholds) in found {
            hits.extend(theirs);
            reports.extend(theirs_too.into_iter().map(|report| RawReport { report, thresholds }));
        }
        hits.sort_by(|a, b| b.rank.total_cmp(&a.rank));
        let hits =
            hits.into_iter().map(|hit| MarkedHit { terms: in_common(&asked, &hit.text), hit }).collect();
        Ok(Candidates { hits, reports, times })
    }

    async fn of_base(&self, query: &Query, base: &str) -> Result<(Results, HitThresholds), SearchError> {
        let one = Query {
            bases: vec![base.to_owned()],
            top_k: Some(query.top_k.unwrap_or(USUAL)),
            threshold: Some(0.0),
            context: false,
            ..query.clone()
        };
        let settings = self.base(base).map(|base| base.settings().hit_thresholds());
        let own = query.threshold.map(HitThresholds::both).or(settings).unwrap_or(HitThresholds::both(0.0));
        let own_of = |hit: &Hit| own.of(hit.question.is_some());
        match self.search(&one).await {
            Ok(mut results) => {
                for report in &mut results.reports {
                    report.threshold = results.hits.first().map_or(own.passages, own_of);
                    report.found = results.hits.iter().filter(|hit| hit.score >= own_of(hit)).count();
                }
                Ok((results, own))
            }
            Err(SearchError::Unavailable { cause, lasts }) => {
                let results = Results {
                    hits: Vec::new(),
                    reports: vec![BaseReport {
                        knowledge_base: base.to_owned(),
                        found: 0,
                        best_score: None,
                        threshold: own.passages,
                        error: Some(cause),
                        degraded: None,
                        lasts,
                    }],
                    rerank: None,
                    fees: Vec::new(),
                    times: SearchTimes { embed_ms: 0.0, search_ms: 0.0, rerank_ms: 0.0, total_ms: 0.0 },
                };
                Ok((results, own))
            }
            Err(error) => Err(error),
        }
    }
}

/// The question's stretches of letters, evened out: what can be in common with a text is a part of one.
fn runs(question: &str) -> Vec<Vec<char>> {
    let even: Vec<char> = even(question).take(1000).collect();
    let runs = even.split(|c| !c.is_alphanumeric()).filter(|run| !run.is_empty());
    runs.map(<[char]>::to_vec).collect()
}

/// The longest parts of the question that are in the text: two characters and more where words are not
/// parted by spaces, else whole words.
fn in_common(asked: &[Vec<char>], text: &str) -> Vec<String> {
    let text: String = even(text).collect();
    // In Chinese text a word of another script has no spaces around it either.
    let words: BTreeSet<&str> = text.split(|c: char| !c.is_alphanumeric() || terms::is_unspaced(c)).collect();
    let mut common = Vec::new();
    for run in asked {
        let mut start = 0;
        while start < run.len() {
            let spaced = run[start..].iter().take_while(|c| !terms::is_unspaced(**c)).count();
            if spaced > 0 {
                let word: String = run[start..start + spaced].iter().collect();
                if words.contains(word.as_str()) {
                    common.push(word);
                }
                start += spaced;
                continue;
            }
            let mut longest = 0;
            let mut part = String::new();
            for (length, c) in run[start..].iter().take_while(|c| terms::is_unspaced(**c)).enumerate() {
                part.push(*c);
                if !text.contains(&part) {
                    part.pop();
                    break;
                }
                longest = length + 1;
            }
            if longest > 1 {
                common.push(part);
            }
            start += longest.max(1);
        }
    }
    common.sort();
    common.dedup();
    common
}

#[cfg(test)]
mod tests;
