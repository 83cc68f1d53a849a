//! What turns came to, over HTTP.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{ApiError, Fault};
use super::traces::read;
use crate::cut::cut;
use crate::host::Host;
use crate::trace::{CostColumn, CostQuery};

/// Bytes of the client's own words that an error repeats.
const LONGEST_ECHO: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    from: Option<String>,
    to: Option<String>,
    /// Names of columns, separated by commas; absent: all.
    by: Option<String>,
}

/// `GET /v1/costs?from=2026-11-01&to=2026-11-30&by=day,app,model,purpose`
pub(super) async fn costs(
    State(host): State<Arc<Host>>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Value>, ApiError> {
    let Parameters { from, to, by } = parameters;
    for (key, day) in [("from", &from), ("to", &to)] {
        if let Some(day) = day.as_ref().filter(|day| !is_day(day)) {
            let day = cut(day, LONGEST_ECHO);
            return Err(refused(format!("`{day}` in {key} is not a day; write it like {key}=2026-11-26")));
        }
    }
    let by = match &by {
        Some(list) => list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(column).collect(),
        None => Ok(ALL.map(|(_, column)| column).into_iter().collect::<BTreeSet<_>>()),
    };
    let by = by?;
    let names: Vec<&str> =
        ALL.iter().filter(|(_, column)| by.contains(column)).map(|(name, _)| *name).collect();
    let query = CostQuery { from: from.clone(), to: to.clone(), by: by.clone() };
    let costs = read(host, move |traces| traces.costs(&query)).await?;
    Ok(Json(
        json!({"object": "list", "from": from, "to": to, "today": costs.today, "by": names, "data": costs.data,
                   "unpriced": costs.unpriced, "unpriced_keys": costs.unpriced_keys, "dearest": costs.dearest}),
    ))
}

const ALL: [(&str, CostColumn); 4] = [
    ("day", CostColumn::Day),
    ("app", CostColumn::App),
    ("model", CostColumn::Model),
    ("purpose", CostColumn::Purpose),
];

fn column(name: &str) -> Result<CostColumn, ApiError> {
    let known = ALL.iter().find(|(known, _)| *known == name).map(|(_, column)| *column);
    known.ok_or_else(|| {
        let name = cut(name, LONGEST_ECHO);
        refused(format!("`{name}` in by is not a column; the columns are day, app, model and purpose"))
    })
}

/// Whether it is written like `2026-11-26`.
fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let number = |part: &str, digits: usize| {
        let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| is_number)
    };
    number(year, 4).is_some()
        && number(month, 2).is_some_and(|month| (1..=12).contains(&month))
        && number(day, 2).is_some_and(|day| (1..=31).contains(&day))
}

fn refused(message: String) -> ApiError {
    ApiError::new(Fault::InvalidRequest, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_in_one_way() {
        assert!(["2026-11-26", "0000-01-01", "9999-12-31"].into_iter().all(is_day));
        for wrong in [
            "",
            "2026-11",
            "2026-13-01",
            "2026-00-01",
            "2026-01-32",
            "26-01-01",
            "2026-1-1",
            "+026-01-01",
            "2026-01-01-",
            "今天",
        ] {
            assert!(!is_day(wrong), "{wrong}");
        }
    }
}
