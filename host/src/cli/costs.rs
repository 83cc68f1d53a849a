//! `qianfan-host costs`: what turns came to, out of the data folder or of a running server.

use std::path::Path;

use clap::Args;
use serde_json::{Value, json};

use super::CommandError;
use super::trace::{TraceSource, Traces};
use crate::clean;
use crate::trace::{CostColumn, CostQuery};

#[derive(Args)]
pub(super) struct CostArguments {
    /// The first day, such as 2026-11-01.
    #[arg(long, value_parser = day)]
    from: Option<String>,
    /// The last day.
    #[arg(long, value_parser = day)]
    to: Option<String>,
    /// What rows are told apart by: day, app, model and purpose, separated by commas.
    #[arg(long, value_delimiter = ',', default_values = ["day", "app", "model"], value_parser = super::trace::named::<CostColumn>)]
    by: Vec<CostColumn>,
    #[command(flatten)]
    place: TraceSource,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

fn day(text: &str) -> Result<String, String> {
    if CostQuery::is_day(text) {
        return Ok(text.to_owned());
    }
    Err("it is not a day of the calendar; write one like 2026-11-26".into())
}

pub(super) async fn run(config: &Path, arguments: &CostArguments) -> Result<(), CommandError> {
    let CostArguments { from, to, by, place, json: as_json } = arguments;
    if let Some(problem) = CostQuery::problem(from.as_deref(), to.as_deref()) {
        return Err(problem);
    }
    let costs = match Traces::of(config, place)? {
        Traces::Folder(store) => {
            let query = CostQuery { from: from.clone(), to: to.clone(), by: by.iter().copied().collect() };
            json!(store.costs(&query).map_err(|error| error.to_string())?)
        }
        Traces::Server(server) => {
            let names: Vec<&str> = by.iter().map(|column| column.name()).collect();
            let mut query = vec![("by", names.join(","))];
            let days = [("from", from), ("to", to)];
            query.extend(days.into_iter().filter_map(|(key, day)| Some((key, day.clone()?))));
            server.json("/v1/costs", &query).await?
        }
    };
    if *as_json {
        let text = serde_json::to_string_pretty(&costs).map_err(|error| error.to_string())?;
        outln!("{}", clean::json(&text));
        return Ok(());
    }
    for row in costs["data"].as_array().into_iter().flatten() {
        let apart = by.iter().map(|column| cell(&row[column.name()]));
        let counts = ["turns", "prompt_tokens", "completion_tokens"].map(|key| cell(&row[key]));
        let cost = row["cost"].as_f64().map_or_else(|| "-".to_owned(), |cost| format!("{cost:.6}"));
        let cells: Vec<String> = apart.chain(counts).chain([cost]).collect();
        outln!("{}", cells.join("\t"));
    }
    for key in costs["unpriced_keys"].as_array().into_iter().flatten() {
        outln!("without a price: {}", cell(key));
    }
    Ok(())
}

fn cell(value: &Value) -> String {
    match value {
        Value::String(text) => clean::line(text).into_owned(),
        Value::Null => "-".into(),
        other => other.to_string(),
    }
}
