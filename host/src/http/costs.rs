//! What turns came to, over HTTP.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ApiError;
use super::traces::read;
use crate::cut::cut;
use crate::host::Host;
use crate::trace::{CostColumn, CostQuery};

/// Bytes of the client's own words that an error repeats.
const LONGEST_ECHO: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CostParameters {
    from: Option<String>,
    to: Option<String>,
    /// Names of columns, separated by commas; absent: all.
    by: Option<String>,
}

/// `GET /v1/costs?from=2026-11-01&to=2026-11-30&by=day,app,model,purpose`
pub(super) async fn costs(
    State(host): State<Arc<Host>>,
    Query(parameters): Query<CostParameters>,
) -> Result<Json<Value>, ApiError> {
    let CostParameters { from, to, by } = parameters;
    if let Some(problem) = CostQuery::problem(from.as_deref(), to.as_deref()) {
        return Err(ApiError::invalid_request(problem));
    }
    let by = match &by {
        Some(list) => list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(column).collect(),
        None => Ok(CostColumn::ALL.into_iter().collect::<BTreeSet<_>>()),
    };
    let by = by?;
    let query = CostQuery { from: from.clone(), to: to.clone(), by: by.clone() };
    let costs = read(host, move |traces| traces.costs(&query)).await?;
    Ok(Json(
        json!({"object": "list", "from": from, "to": to, "today": costs.today, "by": by, "data": costs.data,
                   "unpriced": costs.unpriced, "unpriced_keys": costs.unpriced_keys, "dearest": costs.dearest}),
    ))
}

fn column(name: &str) -> Result<CostColumn, ApiError> {
    CostColumn::ALL.into_iter().find(|known| known.name() == name).ok_or_else(|| {
        let name = cut(name, LONGEST_ECHO);
        ApiError::invalid_request(format!(
            "`{name}` in by is not a column; the columns are day, app, model and purpose"
        ))
    })
}
