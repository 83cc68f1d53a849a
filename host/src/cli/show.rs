//! Traces and search results, as people read them. What others wrote goes through [`clean`].

use console::style;
use serde_json::Value;

use super::counted;
use crate::clean;
use crate::knowledge::{BaseReport, Hit, Results};
use crate::message::Contribution;
use crate::plugin::HttpReport;
use crate::trace::{
    Decision, Expense, KeptTrace, ModelCall, PluginCall, Purpose, SearchText, SearchTextBy, Trace, Verdict,
    WholeBase,
};

/// Prints a turn's trace: routes, plugin calls with their hits, prompt, and times.
pub(super) fn trace(KeptTrace { trace, feedback, items_cut }: &KeptTrace) {
    heading("trace", &line(&trace.id));
    outln!("  answered by {}, finish {}", line(&trace.answered_by), line(&trace.finish_reason));
    if let Some(error) = &trace.error {
        outln!("  {} {}", style("error:").red(), line(error));
    }
    for failure in &trace.failures {
        outln!("  {} {}: {}", style("failed:").red(), line(&failure.plugin), line(&failure.text));
    }
    search(&trace.search);
    outln!("{}", style("  routes").bold());
    for route in &trace.routes {
        outln!("    {:<5} {}: {}", verdict(route), line(&route.plugin), line(&route.reason));
    }
    outln!("{}", style("  plugin calls").bold());
    trace.calls.iter().for_each(plugin_call);
    trace.whole_text.iter().for_each(whole_text);
    trace.model_calls.iter().for_each(model_call);
    for formatter in &trace.formatters {
        let outcome = formatter.error.as_deref().unwrap_or("ok");
        outln!("  formatter {}: {}", line(&formatter.plugin), line(outcome));
    }
    trace.expenses.iter().for_each(expense);
    if let Some(feedback) = feedback {
        let comment = feedback.comment.as_ref().map(|comment| format!(": {}", line(comment)));
        outln!("  rated {}{}", style(feedback.rating.name()).bold(), comment.unwrap_or_default());
    }
    if let Some(items) = items_cut {
        outln!("  {items} items of long lists are not kept");
    }
    outln!(
        "  tokens {}{} in, {} out{}; first text {}, turn {}",
        if trace.usage.estimated { "about " } else { "" },
        trace.usage.prompt_tokens,
        trace.usage.completion_tokens,
        cost(trace.cost),
        milliseconds(trace.first_text_ms),
        milliseconds(trace.total_ms)
    );
}

/// What one plugin was asked and did.
fn plugin_call(call: &PluginCall) {
    let took = milliseconds(call.report.duration.as_secs_f64() * 1e3);
    outln!("    {} {took}: {}", line(&call.plugin), contribution(call));
    if let Some(Contribution::Passages { passages }) = &call.contribution {
        for passage in passages {
            let base = passage.knowledge_base.as_deref().unwrap_or("-");
            outln!("      {} {} {}", score(passage.score), line(base), line(&passage.title));
        }
    }
    for base in call.report.searches.iter().flat_map(|search| &search.bases) {
        outln!(
            "      base {}: {} found, best {} (threshold {}){}",
            line(&base.knowledge_base),
            base.found,
            score(base.best_score),
            base.threshold,
            base.error.as_ref().map(|error| format!(", {}", line(error))).unwrap_or_default()
        );
    }
    for request in &call.report.http {
        outln!("      http {} {} → {}", line(&request.method), line(&request.url), outcome(request));
    }
    for log in &call.report.logs {
        outln!("      log {}: {}", log.level.name(), line(&log.message));
    }
}

/// What became of a request: its status, or why it has none.
fn outcome(request: &HttpReport) -> String {
    match (request.denied.as_ref().or(request.error.as_ref()), request.status) {
        (Some(reason), _) => line(reason),
        (None, Some(status)) => status.to_string(),
        (None, None) => "-".to_owned(),
    }
}

/// A base whose whole text the model was given.
fn whole_text(base: &WholeBase) {
    outln!("  whole text of {} (about {} tokens)", line(&base.knowledge_base), base.tokens);
    if let Some(error) = &base.error {
        outln!("    {} {}", style("as it was read last:").yellow(), line(error));
    }
    for document in &base.documents {
        outln!(
            "    {} {}: {}, about {} tokens",
            line(&document.id),
            line(&document.title),
            counted(document.sections, "section"),
            document.tokens
        );
    }
    for document in &base.not_shown {
        let not = style("not shown by the template").yellow();
        outln!("    {} {}: {not}", line(&document.id), line(&document.title));
    }
}

/// One call of a model: what it was sent and what it did.
fn model_call(call: &ModelCall) {
    let to = match call.purpose {
        Purpose::FollowUp => "follow-up question to",
        Purpose::Answer => "prompt to",
    };
    let head = format!("  {to} {} (about {} tokens)", line(&call.model), call.estimated_tokens);
    outln!("{}", style(head).bold());
    // A request is in the shape of whoever was asked.
    match serde_json::from_str::<Value>(&call.request_text) {
        Ok(request) => {
            for message in request["messages"].as_array().into_iter().flatten() {
                outln!("    [{}]", line(message["role"].as_str().unwrap_or("-")));
                indented(&content(&message["content"]));
            }
        }
        // A very long request is cut in the trace, and is not JSON any more.
        Err(_) => outln!("    {}", line(&call.request_text)),
    }
    packed(call);
    if !call.reasoning.is_empty() {
        outln!("    thought:");
        indented(&call.reasoning);
    }
    for asked in &call.tool_calls {
        outln!("    called: {} {}", line(&asked.name), line(&asked.arguments));
    }
    if let Some(told) = &call.told_beside {
        outln!("    {} {}", style("told beside its answer:").yellow(), line(told));
    }
    outln!("    first text {}, whole {}", milliseconds(call.first_text_ms), milliseconds(call.total_ms));
    if let Some(error) = &call.error {
        outln!("    {} {}", style("failed:").red(), line(error));
    }
}

/// What went into a prompt, and what did not.
fn packed(call: &ModelCall) {
    for passage in &call.passages {
        outln!(
            "    packed: [{}] {} {} {} ({} tokens{})",
            passage.number,
            score(passage.score),
            line(passage.knowledge_base.as_deref().unwrap_or("-")),
            line(&passage.title),
            passage.tokens,
            if passage.whole { "" } else { ", cut" }
        );
    }
    for cut in &call.cuts {
        outln!("    cut: {} ({} tokens): {}", line(&cut.what), cut.tokens, line(&cut.reason));
    }
    if call.tool_tokens > 0 {
        outln!("    tools: about {} tokens", call.tool_tokens);
    }
}

/// What an embedder or a reranker took. What models took is told with their calls.
fn expense(expense: &Expense) {
    if expense.purpose.is_of_model() {
        return;
    }
    outln!(
        "  {} by {}: {}{} tokens{}",
        expense.purpose.name(),
        line(&expense.model),
        if expense.estimated { "about " } else { "" },
        expense.prompt_tokens,
        cost(expense.cost)
    );
}

/// Prints a turn's trace in five lines: what was searched, what each plugin did, the prompt, the answer, and the id
/// under which there is more. What failed has lines of its own.
pub(super) fn brief(KeptTrace { trace, .. }: &KeptTrace) {
    let row = |name: &str, told: &str| outln!("  {} {told}", style(format!("{name:<8}")).dim());
    let searched = &trace.search;
    row(
        "searched",
        &match &searched.beside {
            None if searched.by == SearchTextBy::None => "as asked".to_owned(),
            Some(beside) => format!("{} | {}", line(&searched.text), line(beside)),
            None => line(&searched.text),
        },
    );
    let plugins: Vec<String> = trace.routes.iter().map(|route| part_of(route, trace)).collect();
    row("plugins", &if plugins.is_empty() { "none".to_owned() } else { plugins.join("; ") });
    let answers: Vec<&ModelCall> =
        trace.model_calls.iter().filter(|call| call.purpose == Purpose::Answer).collect();
    row(
        "prompt",
        &match answers.first() {
            None => "no model was asked".to_owned(),
            Some(first) => format!(
                "{} passages, about {} tokens, to {}{}",
                first.passages.len(),
                first.estimated_tokens,
                line(&first.model),
                if answers.len() > 1 { format!(", in {} calls", answers.len()) } else { String::new() }
            ),
        },
    );
    row(
        "answer",
        &format!(
            "by {}, {}; first text {}, whole {}{}",
            line(&trace.answered_by),
            line(&trace.finish_reason),
            milliseconds(trace.first_text_ms),
            milliseconds(trace.total_ms),
            cost(trace.cost)
        ),
    );
    row("trace", &format!("{} (--trace shows all of it)", line(&trace.id)));
    for failure in &trace.failures {
        row("failed", &format!("{}: {}", line(&failure.plugin), line(&failure.text)));
    }
    if let Some(error) = &trace.error {
        row("error", &line(error));
    }
}

/// What one plugin had to do with a turn.
fn part_of(route: &Decision, trace: &Trace) -> String {
    let plugin = line(&route.plugin);
    let calls: Vec<String> = trace
        .calls
        .iter()
        .filter(|call| call.plugin == route.plugin)
        .map(|call| {
            let best = match &call.contribution {
                Some(Contribution::Passages { passages }) => {
                    passages.iter().filter_map(|passage| passage.score).reduce(f64::max)
                }
                _ => None,
            };
            let best = best.map(|score| format!(", best {score:.3}")).unwrap_or_default();
            let took = milliseconds(call.report.duration.as_secs_f64() * 1e3);
            format!("{}{best} ({took})", contribution(call))
        })
        .collect();
    match calls.is_empty() {
        true => format!("{plugin} {}: {}", verdict(route), line(&route.reason)),
        false => format!("{plugin} {}", calls.join(", ")),
    }
}

/// What was searched for the question, and who worded it.
fn search(search: &SearchText) {
    let reason = line(&search.reason);
    let by = match search.by {
        SearchTextBy::None => None,
        SearchTextBy::Rule => Some("rule"),
        SearchTextBy::Model => Some("model"),
    };
    match by {
        None => outln!("  searched as asked: {reason}"),
        Some(by) => outln!("  searched {} (by {by}: {reason})", style(line(&search.text)).bold()),
    }
    if let Some(beside) = &search.beside {
        outln!("  and beside it: {}", line(beside));
    }
}

/// Prints the hits of a search, and what became of each base.
pub(super) fn results(results: &Results) {
    results.hits.iter().enumerate().for_each(|(index, found)| hit(index + 1, found));
    results.reports.iter().for_each(report);
    if let Some(rerank) = &results.rerank {
        match &rerank.reason {
            Some(reason) => outln!("not reranked: {}", line(reason)),
            None if rerank.applied => {
                outln!("best {} reranked by {}", rerank.candidates, line(&rerank.model));
            }
            None => {}
        }
    }
    outln!(
        "embedding {}, search {}, reranking {}",
        milliseconds(results.times.embed_ms),
        milliseconds(results.times.search_ms),
        milliseconds(results.times.rerank_ms)
    );
}

fn hit(number: usize, hit: &Hit) {
    outln!(
        "{number}. {} {} / {} {}",
        style(score(hit.score)).green(),
        line(&hit.knowledge_base),
        style(line(&hit.title)).bold(),
        line(&hit.section.join(" / "))
    );
    outln!(
        "   dense {} lexical {} rerank {} rank {}",
        score(hit.dense),
        score(hit.lexical),
        score(hit.rerank_score),
        score(hit.rank)
    );
    if let Some(same) = hit.same {
        outln!("   same question {}", score(same));
    }
    if !hit.joined.is_empty() {
        outln!("   with {}", line(&hit.joined.join(", ")));
    }
    for text in clean::lines(&hit.text).lines().take(6) {
        outln!("   {text}");
    }
    if let Some(answer) = &hit.standard_answer {
        outln!("   {} {}", style("standard answer:").cyan(), line(answer));
    }
    if let Some(answer) = &hit.offered_answer {
        outln!("   {} {}", style("may be offered:").cyan(), line(answer));
    }
}

fn report(base: &BaseReport) {
    let trouble = match (&base.error, &base.degraded) {
        (Some(error), _) => format!(", {}", line(error)),
        (None, Some(reason)) => format!(", only words were searched: {}", line(reason)),
        (None, None) => String::new(),
    };
    outln!(
        "{}: {}, best {}, threshold {}{trouble}",
        line(&base.knowledge_base),
        counted(base.found, "hit"),
        score(base.best_score),
        base.threshold
    );
}

fn contribution(call: &PluginCall) -> String {
    if let Some(error) = &call.error {
        return format!("{} {}", style("failed:").red(), line(error));
    }
    let first_of = |kind: &str, text: &str| {
        let text = clean::lines(text);
        format!("{kind}: {}", text.lines().next().unwrap_or_default())
    };
    match &call.contribution {
        Some(Contribution::Passages { passages }) => format!("{} passages", passages.len()),
        Some(Contribution::Nothing { reason }) => format!("nothing: {}", line(reason)),
        Some(Contribution::Outcome(outcome)) => first_of("outcome", &outcome.text),
        Some(Contribution::Answer { text, .. }) => first_of("answer", text),
        Some(Contribution::Ask { text, .. }) => first_of("ask", text),
        None => "-".to_owned(),
    }
}

fn verdict(route: &Decision) -> &'static str {
    match route.verdict {
        Verdict::Call => "call",
        Verdict::Offer => "offer",
        Verdict::Skip => "skip",
    }
}

fn heading(kind: &str, name: &str) {
    outln!("{} {name}", style(format!("── {kind}")).dim());
}

/// A text on one line.
fn line(text: &str) -> String {
    clean::line(text).into_owned()
}

/// Prints a text of several lines under what it belongs to.
fn indented(text: &str) {
    for line in clean::lines(text).lines() {
        outln!("      {line}");
    }
}

/// What a message of a request says: a text, or a list of its parts.
fn content(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        parts => clean::json(&parts.to_string()).into_owned(),
    }
}

fn cost(cost: Option<f64>) -> String {
    cost.map(|cost| format!(", cost {cost:.6}")).unwrap_or_default()
}

fn score(score: impl Into<Option<f64>>) -> String {
    score.into().map_or_else(|| "-".into(), |score| format!("{score:.3}"))
}

fn milliseconds(ms: impl Into<Option<f64>>) -> String {
    ms.into().map_or_else(|| "-".into(), |ms| format!("{ms:.1} ms"))
}
