//! Traces and search results, as people read them. They come as JSON, since they may come from a
//! running server.

use console::style;
use serde_json::Value;

use crate::clean;

/// Prints a turn's trace: routes, plugin calls with their hits, prompt, and times.
pub(super) fn trace(trace: &Value) {
    heading("trace", &text(&trace["id"]));
    outln!("  answered by {}, finish {}", text(&trace["answered_by"]), text(&trace["finish_reason"]));
    if let Some(error) = some(&trace["error"]) {
        outln!("  {} {error}", style("error:").red());
    }
    for failure in items(&trace["failures"]) {
        outln!("  {} {}: {}", style("failed:").red(), text(&failure["plugin"]), text(&failure["text"]));
    }
    search(&trace["search"]);
    outln!("{}", style("  routes").bold());
    for route in items(&trace["routes"]) {
        outln!("    {:<5} {}: {}", text(&route["verdict"]), text(&route["plugin"]), text(&route["reason"]));
    }
    outln!("{}", style("  plugin calls").bold());
    items(&trace["calls"]).for_each(plugin_call);
    items(&trace["whole_text"]).for_each(whole_text);
    items(&trace["model_calls"]).for_each(model_call);
    for formatter in items(&trace["formatters"]) {
        let outcome = some(&formatter["error"]).unwrap_or_else(|| "ok".into());
        outln!("  formatter {}: {outcome}", text(&formatter["plugin"]));
    }
    items(&trace["expenses"]).for_each(expense);
    if let Some(rating) = some(&trace["feedback"]["rating"]) {
        let comment = some(&trace["feedback"]["comment"]).map(|text| format!(": {text}")).unwrap_or_default();
        outln!("  rated {}{comment}", style(rating).bold());
    }
    if let Some(items) = trace["items_cut"].as_u64() {
        outln!("  {items} items of long lists are not kept");
    }
    outln!(
        "  tokens {}{} in, {} out{}; first text {}, turn {}",
        if trace["usage"]["estimated"] == true { "about " } else { "" },
        trace["usage"]["prompt_tokens"],
        trace["usage"]["completion_tokens"],
        trace["cost"].as_f64().map(|cost| format!(", cost {cost:.6}")).unwrap_or_default(),
        milliseconds(&trace["first_text_ms"]),
        milliseconds(&trace["total_ms"])
    );
}

/// What one plugin was asked and did.
fn plugin_call(call: &Value) {
    let ms = &call["report"]["duration_ms"];
    outln!("    {} {}: {}", text(&call["plugin"]), milliseconds(ms), contribution(call));
    for passage in items(&call["contribution"]["passages"]) {
        outln!(
            "      {} {} {}",
            score(&passage["score"]),
            text(&passage["knowledge_base"]),
            text(&passage["title"])
        );
    }
    for search in items(&call["report"]["searches"]) {
        for report in items(&search["bases"]) {
            outln!(
                "      base {}: {} found, best {} (threshold {}){}",
                text(&report["knowledge_base"]),
                report["found"],
                score(&report["best_score"]),
                report["threshold"],
                some(&report["error"]).map(|e| format!(", {e}")).unwrap_or_default()
            );
        }
    }
    for request in items(&call["report"]["http"]) {
        let outcome = some(&request["denied"]).or_else(|| some(&request["error"]));
        let outcome = outcome.unwrap_or_else(|| text(&request["status"]));
        outln!("      http {} {} → {outcome}", text(&request["method"]), text(&request["url"]));
    }
    for line in items(&call["report"]["logs"]) {
        outln!("      log {}: {}", text(&line["level"]), text(&line["message"]));
    }
}

/// A base whose whole text the model was given.
fn whole_text(base: &Value) {
    outln!("  whole text of {} (about {} tokens)", text(&base["knowledge_base"]), base["tokens"]);
    if let Some(error) = some(&base["error"]) {
        outln!("    {} {error}", style("as it was read last:").yellow());
    }
    for document in items(&base["documents"]) {
        outln!(
            "    {} {}: {} sections, about {} tokens",
            text(&document["id"]),
            text(&document["title"]),
            document["sections"],
            document["tokens"]
        );
    }
}

/// One call of a model: what it was sent and what it did.
fn model_call(call: &Value) {
    outln!(
        "{}",
        style(format!(
            "  {} {} (about {} tokens)",
            if call["purpose"] == "follow_up" { "follow-up question to" } else { "prompt to" },
            text(&call["model"]),
            call["estimated_tokens"]
        ))
        .bold()
    );
    let sent = call["request_text"].as_str().unwrap_or_default();
    let request: Value = serde_json::from_str(sent).unwrap_or_default();
    if request.is_null() {
        // A very long request is cut in the trace, and is no JSON any more.
        outln!("    {}", text(&call["request_text"]));
    }
    for message in items(&request["messages"]) {
        outln!("    [{}]", text(&message["role"]));
        for line in lines(&message["content"]) {
            outln!("      {line}");
        }
    }
    packed(call);
    if call["reasoning"].is_string() {
        outln!("    thought:");
        for line in lines(&call["reasoning"]) {
            outln!("      {line}");
        }
    }
    for asked in items(&call["tool_calls"]) {
        outln!("    called: {} {}", text(&asked["name"]), text(&asked["arguments"]));
    }
    outln!(
        "    first text {}, whole {}",
        milliseconds(&call["first_text_ms"]),
        milliseconds(&call["total_ms"])
    );
    if let Some(error) = some(&call["error"]) {
        outln!("    {} {error}", style("failed:").red());
    }
}

/// What went into a prompt, and what did not.
fn packed(call: &Value) {
    for passage in items(&call["passages"]) {
        outln!(
            "    packed: [{}] {} {} {} ({} tokens{})",
            passage["number"],
            score(&passage["score"]),
            text(&passage["knowledge_base"]),
            text(&passage["title"]),
            passage["tokens"],
            if passage["whole"] == true { "" } else { ", cut" }
        );
    }
    for cut in items(&call["cuts"]) {
        outln!("    cut: {} ({} tokens): {}", text(&cut["what"]), cut["tokens"], text(&cut["reason"]));
    }
    if let Some(tools) = call["tool_tokens"].as_u64().filter(|tools| *tools > 0) {
        outln!("    tools: about {tools} tokens");
    }
}

/// What an embedder or a reranker took.
fn expense(expense: &Value) {
    if expense["purpose"] != "embed" && expense["purpose"] != "rerank" {
        return;
    }
    outln!(
        "  {} by {}: {}{} tokens{}",
        text(&expense["purpose"]),
        text(&expense["model"]),
        if expense["estimated"] == true { "about " } else { "" },
        expense["prompt_tokens"],
        expense["cost"].as_f64().map(|cost| format!(", cost {cost:.6}")).unwrap_or_default()
    );
}

/// Prints a turn's trace in five lines: what was searched, what each plugin did, the prompt, the answer, and the id
/// under which there is more. What failed has lines of its own.
pub(super) fn brief(trace: &Value) {
    let row = |name: &str, told: &str| outln!("  {} {told}", style(format!("{name:<8}")).dim());
    let searched = &trace["search"];
    row(
        "searched",
        &match some(&searched["beside"]) {
            _ if searched["by"] == "none" && searched["beside"].is_null() => "as asked".to_owned(),
            Some(beside) => format!("{} | {beside}", text(&searched["text"])),
            None => text(&searched["text"]),
        },
    );
    let plugins: Vec<String> = items(&trace["routes"]).map(|route| part_of(route, trace)).collect();
    row("plugins", &if plugins.is_empty() { "none".to_owned() } else { plugins.join("; ") });
    let answers: Vec<&Value> =
        items(&trace["model_calls"]).filter(|call| call["purpose"] != "follow_up").collect();
    row(
        "prompt",
        &match answers.first() {
            None => "no model was asked".to_owned(),
            Some(first) => format!(
                "{} passages, about {} tokens, to {}{}",
                items(&first["passages"]).count(),
                first["estimated_tokens"],
                text(&first["model"]),
                if answers.len() > 1 { format!(", in {} calls", answers.len()) } else { String::new() }
            ),
        },
    );
    row(
        "answer",
        &format!(
            "by {}, {}; first text {}, whole {}{}",
            text(&trace["answered_by"]),
            text(&trace["finish_reason"]),
            milliseconds(&trace["first_text_ms"]),
            milliseconds(&trace["total_ms"]),
            trace["cost"].as_f64().map(|cost| format!(", cost {cost:.6}")).unwrap_or_default()
        ),
    );
    row("trace", &format!("{} (--trace shows all of it)", text(&trace["id"])));
    for failure in items(&trace["failures"]) {
        row("failed", &format!("{}: {}", text(&failure["plugin"]), text(&failure["text"])));
    }
    if let Some(error) = some(&trace["error"]) {
        row("error", &error);
    }
}

/// What one plugin had to do with a turn.
fn part_of(route: &Value, trace: &Value) -> String {
    let plugin = text(&route["plugin"]);
    let calls: Vec<String> = items(&trace["calls"])
        .filter(|call| call["plugin"] == route["plugin"])
        .map(|call| {
            let best = items(&call["contribution"]["passages"]).filter_map(|p| p["score"].as_f64());
            let best = best.fold(None, |best: Option<f64>, score| Some(best.map_or(score, |b| b.max(score))));
            let best = best.map(|score| format!(", best {score:.3}")).unwrap_or_default();
            format!("{}{best} ({})", contribution(call), milliseconds(&call["report"]["duration_ms"]))
        })
        .collect();
    match calls.is_empty() {
        true => format!("{plugin} {}: {}", text(&route["verdict"]), text(&route["reason"])),
        false => format!("{plugin} {}", calls.join(", ")),
    }
}

/// What was searched for the question, and who worded it.
fn search(search: &Value) {
    if search["by"] == "none" {
        outln!("  searched as asked: {}", text(&search["reason"]));
    } else {
        let (by, reason) = (text(&search["by"]), text(&search["reason"]));
        outln!("  searched {} (by {by}: {reason})", style(text(&search["text"])).bold());
    }
    if let Some(beside) = some(&search["beside"]) {
        outln!("  and beside it: {beside}");
    }
}

/// Prints the hits of a search, and what became of each base.
pub(super) fn results(results: &Value) {
    for (index, hit) in items(&results["hits"]).enumerate() {
        let section: Vec<String> = items(&hit["section"]).map(text).collect();
        outln!(
            "{}. {} {} / {} {}",
            index + 1,
            style(score(&hit["score"])).green(),
            text(&hit["knowledge_base"]),
            style(text(&hit["title"])).bold(),
            section.join(" / ")
        );
        outln!(
            "   dense {} lexical {} rerank {} rank {}",
            score(&hit["dense"]),
            score(&hit["lexical"]),
            score(&hit["rerank_score"]),
            score(&hit["rank"])
        );
        if hit["same"].is_number() {
            outln!("   same question {}", score(&hit["same"]));
        }
        let joined: Vec<String> = items(&hit["joined"]).map(text).collect();
        if !joined.is_empty() {
            outln!("   with {}", joined.join(", "));
        }
        for line in lines(&hit["text"]).iter().take(6) {
            outln!("   {line}");
        }
        if let Some(answer) = some(&hit["standard_answer"]) {
            outln!("   {} {answer}", style("standard answer:").cyan());
        }
        if let Some(answer) = some(&hit["offered_answer"]) {
            outln!("   {} {answer}", style("may be offered:").cyan());
        }
    }
    for report in items(&results["reports"]) {
        let words = some(&report["degraded"]).map(|reason| format!("only words were searched: {reason}"));
        let error = some(&report["error"]).or(words);
        let error = error.map(|error| format!(", {error}")).unwrap_or_default();
        outln!(
            "{}: {} hits, best {}, threshold {}{error}",
            text(&report["knowledge_base"]),
            report["found"],
            score(&report["best_score"]),
            report["threshold"]
        );
    }
    if let Some(reason) = some(&results["rerank"]["reason"]) {
        outln!("not reranked: {reason}");
    } else if results["rerank"]["applied"] == true {
        outln!("best {} reranked by {}", results["rerank"]["candidates"], text(&results["rerank"]["model"]));
    }
    outln!(
        "embedding {}, search {}, reranking {}",
        milliseconds(&results["times"]["embed_ms"]),
        milliseconds(&results["times"]["search_ms"]),
        milliseconds(&results["times"]["rerank_ms"])
    );
}

fn contribution(call: &Value) -> String {
    if let Some(error) = some(&call["error"]) {
        return format!("{} {error}", style("failed:").red());
    }
    let said = &call["contribution"];
    match said["kind"].as_str().unwrap_or_default() {
        "passages" => format!("{} passages", said["passages"].as_array().map_or(0, Vec::len)),
        "nothing" => format!("nothing: {}", text(&said["reason"])),
        kind => format!("{kind}: {}", lines(&said["text"]).first().map_or("", String::as_str)),
    }
}

fn heading(kind: &str, name: &str) {
    outln!("{} {name}", style(format!("── {kind}")).dim());
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A value on one line.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => clean::line(text).into_owned(),
        Value::Null => "-".into(),
        other => clean::json(&other.to_string()).into_owned(),
    }
}

/// A text that is there, on one line.
fn some(value: &Value) -> Option<String> {
    value.as_str().map(|_| text(value))
}

/// The lines of a text.
fn lines(value: &Value) -> Vec<String> {
    let text = value.as_str().map_or_else(|| text(value), |text| clean::lines(text).into_owned());
    text.lines().map(str::to_owned).collect()
}

fn score(value: &Value) -> String {
    value.as_f64().map_or_else(|| "-".into(), |score| format!("{score:.3}"))
}

fn milliseconds(value: &Value) -> String {
    value.as_f64().map_or_else(|| "-".into(), |ms| format!("{ms:.1} ms"))
}
