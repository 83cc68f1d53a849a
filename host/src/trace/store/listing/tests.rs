use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::disk::Disk;
use crate::plugin::{CallReport, HttpReport};
use crate::trace::{KindFilter, PluginCall, Rating, RatingFilter, Trace, TraceLimits, TurnResult};

fn open(path: &Path) -> TraceStore {
    let limits = TraceLimits { traces: 1000, bytes: 64 << 20 };
    TraceStore::open(path, limits, &Arc::new(Disk::of(path.parent().unwrap()))).unwrap()
}

fn trace(number: usize) -> Trace {
    // What a user writes is found in no field but the question's.
    let question = format!("第 {number} 问 \"denied\":\" \"cuts\":[{{");
    let app = if number.is_multiple_of(2) { "even" } else { "odd" };
    let mut trace = Trace { id: format!("t{number}"), app: app.into(), question, ..Trace::default() };
    trace.total_ms = number as f64;
    trace.conversation = format!("c{}", number / 10);
    trace.first_text_ms = Some(number as f64 / 2.0);
    trace.created = 1000 + number as u64;
    if number.is_multiple_of(3) {
        trace.answered_by = "nothing_found".into();
    } else if number % 3 == 1 {
        (trace.answered_by, trace.answer_kind) = ("kb".into(), Some(AnswerKind::Standard));
    }
    if number.is_multiple_of(11) {
        trace.finish_reason = "cancelled".into();
    }
    if number.is_multiple_of(5) {
        trace.error = Some("the model failed".into());
    }
    if number.is_multiple_of(7) {
        trace.degraded = vec!["faq".into()];
        let denied = HttpReport { denied: Some("not granted".into()), ..HttpReport::of_now("GET".into()) };
        trace.calls.push(PluginCall {
            plugin: "search".into(),
            arguments: None,
            contribution: None,
            error: None,
            started_ms: 0.0,
            report: CallReport { http: vec![denied], ..CallReport::default() },
        });
    }
    trace
}

fn ids(store: &TraceStore, filter: &TraceFilter, page: usize) -> Vec<String> {
    let (mut ids, mut before) = (Vec::new(), None);
    loop {
        let TracePage { data, next } = store.list(filter, before.as_deref(), page).unwrap().unwrap();
        assert!(data.len() <= page);
        ids.extend(data.into_iter().map(|listed| listed.summary.id));
        before = next;
        if before.is_none() {
            return ids;
        }
    }
}

#[test]
fn every_filter_finds_the_same_in_memory_and_on_disk_page_by_page() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let store = open(&path);
    (0..100).for_each(|number| store.keep(trace(number)));
    let some = |text: &str| Some(text.to_owned());
    type Holds = fn(usize) -> bool;
    let rate = |store: &TraceStore, number: usize, rating: Rating| {
        assert!(store.rate(&format!("t{number}"), Feedback { rating, comment: None, at: 7 }));
    };
    (0..100).step_by(4).for_each(|number| rate(&store, number, Rating::Down));
    (0..100).step_by(20).for_each(|number| rate(&store, number, Rating::Up));
    rate(&store, 1000, Rating::Up);
    let filters: [(TraceFilter, Holds); 23] = [
        (TraceFilter::default(), |_| true),
        (TraceFilter { app: some("odd"), ..TraceFilter::default() }, |n| n % 2 == 1),
        (TraceFilter { answered_by: some("nothing_found"), ..TraceFilter::default() }, |n| {
            n.is_multiple_of(3)
        }),
        (TraceFilter { min_ms: Some(90.0), ..TraceFilter::default() }, |n| n >= 90),
        (TraceFilter { q: some("第 4"), ..TraceFilter::default() }, |n| n == 4 || n / 10 == 4),
        (TraceFilter { conversation: some("c3"), ..TraceFilter::default() }, |n| n / 10 == 3),
        (TraceFilter { plugin: some("search"), ..TraceFilter::default() }, |n| n.is_multiple_of(7)),
        (TraceFilter { has: Some(Flag::Error), ..TraceFilter::default() }, |n| n.is_multiple_of(5)),
        (TraceFilter { has: Some(Flag::Denial), ..TraceFilter::default() }, |n| n.is_multiple_of(7)),
        (TraceFilter { has: Some(Flag::Degraded), app: some("even"), ..TraceFilter::default() }, |n| {
            n % 14 == 0
        }),
        (TraceFilter { has: Some(Flag::Cut), ..TraceFilter::default() }, |_| false),
        (TraceFilter { rating: Some(RatingFilter::Up), ..TraceFilter::default() }, |n| n % 20 == 0),
        (
            TraceFilter { rating: Some(RatingFilter::Down), app: some("even"), ..TraceFilter::default() },
            |n| n % 4 == 0 && n % 20 != 0,
        ),
        (TraceFilter { rating: Some(RatingFilter::Any), ..TraceFilter::default() }, |n| n % 4 == 0),
        (TraceFilter { rating: Some(RatingFilter::None), ..TraceFilter::default() }, |n| n % 4 != 0),
        (TraceFilter { kind: Some(KindFilter::Standard), ..TraceFilter::default() }, |n| n % 3 == 1),
        (TraceFilter { kind: Some(KindFilter::NothingFound), ..TraceFilter::default() }, |n| n % 3 == 0),
        (TraceFilter { kind: Some(KindFilter::None), ..TraceFilter::default() }, |n| n % 3 == 2),
        (TraceFilter { kind: Some(KindFilter::Model), ..TraceFilter::default() }, |_| false),
        (TraceFilter { from: Some(1010), to: Some(1019), ..TraceFilter::default() }, |n| n / 10 == 1),
        (TraceFilter { result: Some(TurnResult::Ok), ..TraceFilter::default() }, |n| {
            n % 5 != 0 && n % 11 != 0
        }),
        (TraceFilter { result: Some(TurnResult::Error), ..TraceFilter::default() }, |n| {
            n % 5 == 0 && n % 11 != 0
        }),
        (TraceFilter { result: Some(TurnResult::Cancelled), ..TraceFilter::default() }, |n| {
            n.is_multiple_of(11)
        }),
    ];
    let found = |store: &TraceStore| {
        for (filter, is_in) in &filters {
            let expected: Vec<String> =
                (0..100).rev().filter(|n| is_in(*n)).map(|n| format!("t{n}")).collect();
            for page in [1, 7, 200] {
                assert_eq!(ids(store, filter, page), expected, "{filter:?} by {page}");
            }
        }
    };
    found(&store);
    drop(store);
    let store = open(&path);
    found(&store);
    // What is said now is heard before it is written.
    rate(&store, 40, Rating::Down);
    rate(&store, 41, Rating::Up);
    let up = TraceFilter { rating: Some(RatingFilter::Up), ..TraceFilter::default() };
    assert_eq!(ids(&store, &up, 2), ["t80", "t60", "t41", "t20", "t0"]);
    let first = store.list(&TraceFilter::default(), Some("t15"), 1).unwrap().unwrap();
    let listed = &first.data[0];
    assert_eq!((listed.summary.id.as_str(), listed.first_text_ms), ("t14", Some(7.0)));
    assert_eq!(listed.flags, [Flag::Denial, Flag::Degraded]);
    assert_eq!(store.list(&TraceFilter::default(), Some("gone"), 1).unwrap(), None);
}
