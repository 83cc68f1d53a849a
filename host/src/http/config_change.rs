//! A change of the configuration over HTTP: how it is received, told, or refused.

use std::path::Path;

use axum::extract::Request;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::body;
use super::decode;
use super::error::{ApiError, Fault};
use super::said;
use crate::config::ConfigError;
use crate::host::{ChangeRefused, Changed, Host};
use crate::problem::Problem;
use crate::prompt::Broken;
use crate::redact;
use crate::wording::Worded;

/// What a change in JSON says.
pub(super) async fn received<T: DeserializeOwned + Send + 'static>(
    host: &Host,
    request: Request,
    most: usize,
) -> Result<T, ApiError> {
    let body = body::receive(host, &mut request.into_body(), most).await?;
    let refuse = |reason: &str| ApiError::invalid_request(reason);
    let read = move |body: &[u8]| decode::fields(body, refuse);
    Ok(body.parse(host, read).await?.0)
}

/// A change as it is answered.
pub(super) fn told(host: &Host, changed: Changed) -> Value {
    let Changed { diff, digest, reloaded, warnings } = changed;
    let warnings = listed(&host.config.path, &warnings);
    let mut told = json!({"diff": redact::known().text(&diff), "applied": false, "digest": digest, "warnings": warnings});
    if let (Some(reloaded), Value::Object(told)) = (reloaded, &mut told)
        && let Value::Object(fields) = json!(reloaded)
    {
        told.extend(fields);
    }
    told
}

/// Why a change was not made.
pub(super) fn not_changed(refused_for: ChangeRefused) -> ApiError {
    match refused_for {
        ChangeRefused::OtherFile(path) => ApiError::new(
            Fault::FileChanged,
            format!("{} was changed since it was read; read it again, and send its digest", path.display()),
        ),
        ChangeRefused::Unchangeable(cause) => ApiError::new(Fault::InvalidConfiguration, cause),
        ChangeRefused::Unwritten(cause) => ApiError::new(Fault::FileNotWritten, cause),
        ChangeRefused::Configuration(error) => refused(&error),
        ChangeRefused::Template(template) => broken(template),
    }
}

/// A configuration that does not take the place of the one that serves.
pub(super) fn refused(error: &ConfigError) -> ApiError {
    let (path, count) = (error.path.display(), error.problems.len());
    let s = if count == 1 { "" } else { "s" };
    let first = error.problems.first().map(ToString::to_string).unwrap_or_default();
    let message = format!(
        "{path} cannot be used ({count} problem{s}), and the configuration before it serves on; {first}"
    );
    ApiError::new(Fault::InvalidConfiguration, message).with("problems", listed(&error.path, &error.problems))
}

/// Problems or warnings of a configuration file, each with its place, cause and mend.
pub(super) fn listed(file: &Path, problems: &[Problem]) -> Vec<Value> {
    let (secrets, file) = (redact::known(), file.to_string_lossy());
    let one = |problem: &Problem| {
        let (cause, mend) = problem.parted();
        let told = json!({
            "file": file,
            "where": problem.key,
            "line": problem.line,
            "message": secrets.text(cause),
            "mend": mend.map(|mend| secrets.text(mend)),
        });
        said::with_kind(told, Worded::of_problem(&secrets.text(&problem.message)))
    };
    problems.iter().map(one).collect()
}

/// A template that cannot be used, with the place.
pub(super) fn broken(Broken { message, line, column, others }: Broken) -> ApiError {
    let told = ApiError::new(Fault::InvalidTemplate, format!("the template cannot be used: {message}"))
        .with("line", line)
        .with("column", column);
    if others.is_empty() {
        return told;
    }
    let other = |Broken { message, line, column, .. }: &Broken| {
        let told = json!({"message": message, "line": line, "column": column});
        said::with_kind(told, Worded::of_problem(message))
    };
    told.with("others", others.iter().map(other).collect::<Vec<_>>())
}
