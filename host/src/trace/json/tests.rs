use serde_json::Value;

use super::*;
use crate::plugin::{CallReport, Level, LogLine};
use crate::trace::{KeptTrace, PluginCall};

fn read(trace: &Trace) -> (usize, Value) {
    let text = written(trace);
    let json: Value = serde_json::from_str(&text).unwrap();
    // Whatever is cut, what is kept can be read as a trace again.
    let kept = KeptTrace::read(json.clone()).unwrap();
    assert_eq!(kept.trace.calls.len(), json["calls"].as_array().unwrap().len());
    assert_eq!(kept.items_cut.map(|items| items as u64), json["items_cut"].as_u64());
    (text.len(), json)
}

#[test]
fn an_ordinary_trace_is_kept_as_it_is() {
    let trace = Trace { question: "分数\n\"优先\"\u{1}\\".into(), ..Trace::default() };
    assert_eq!(written(&trace), serde_json::to_string(&trace).unwrap());
}

#[test]
fn a_long_text_is_cut_between_characters_and_says_how_much_is_missing() {
    let trace = Trace { answer: "答".repeat(1 << 20), ..Trace::default() };
    let (length, trace) = read(&trace);
    let answer = trace["answer"].as_str().unwrap();
    let kept = (LONGEST_TEXT + MARK) / 3;
    let missing = 3 * ((1 << 20) - kept);
    assert_eq!(answer, format!("{}…[cut: {missing} bytes]", "答".repeat(kept)));
    assert!(length < LONGEST_TEXT + 4096, "{length}");
    // Escapes take more room than the text itself.
    let (length, _) = read(&Trace { answer: "\u{1}".repeat(1 << 20), ..Trace::default() });
    assert!(length < LONGEST_TEXT + 4096, "{length}");
}

#[test]
fn a_text_is_not_cut_within_a_secret() {
    redact::learn("models.m", "S3CR3T-0123456789");
    let before = "x".repeat(LONGEST_TEXT + MARK - 8);
    let (_, trace) =
        read(&Trace { answer: format!("{before}S3CR3T-0123456789{before}"), ..Trace::default() });
    let answer = trace["answer"].as_str().unwrap();
    assert!(!answer.contains("S3C") && answer.contains("…[cut: "), "{}", &answer[answer.len() - 60..]);
}

#[test]
fn a_refused_request_keeps_a_short_trace() {
    let question = "问\n".repeat(4 << 20);
    let (length, trace) = read(&Trace { refused: true, question, ..Trace::default() });
    assert!(trace["question"].as_str().unwrap().contains("…[cut: "));
    assert!(length < 8 << 10, "{length}");
}

#[test]
fn lists_are_cut_and_the_whole_stays_short() {
    let line = LogLine { level: Level::Info, message: "日志\"".repeat(700) };
    let call = PluginCall {
        started_ms: 0.0,
        plugin: "p".into(),
        arguments: Some("x".repeat(300 << 10)),
        contribution: None,
        error: None,
        report: CallReport { logs: vec![line; 300], ..CallReport::default() },
    };
    let (_, one) = read(&Trace { calls: vec![call.clone()], ..Trace::default() });
    assert_eq!(one["calls"][0]["report"]["logs"].as_array().unwrap().len(), MOST_ITEMS);
    assert_eq!(one["items_cut"], 300 - MOST_ITEMS);
    let all = Trace { calls: vec![call; 50], answer: "完".repeat(9000), ..Trace::default() };
    let (length, all) = read(&all);
    assert!(length < 2 << 20, "{length}");
    assert!(all["items_cut"].as_u64().unwrap() > 70);
    assert!(all["answer"].as_str().unwrap().starts_with("完完"), "what comes after is still told");
}
