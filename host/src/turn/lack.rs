//! A lack is what a plugin needs of a turn and the turn does not hold: a variable that the client has to send, or
//! something that the question does not say. A plugin without it has looked for nothing, which is not to have found
//! nothing.

use std::fmt;

use crate::endpoint::said;
use crate::plugin::{CallError, Failure};

/// How a plugin names a variable it lacks: the SDK's bundled plugins do.
const VARIABLE: &str = "the variable `";
/// How it names an argument, which the question or a model would have given.
const ARGUMENT: &str = "the argument `";
/// Names that are told of one plugin.
const MOST_NAMES: usize = 16;
/// Bytes of a name.
const LONGEST_NAME: usize = 64;

/// What one plugin lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// The plugin's name in the configuration.
    pub plugin: String,
    /// Variables that the client has to send.
    pub variables: Vec<String>,
    /// What the question does not say, by the names of the plugin's arguments.
    pub arguments: Vec<String>,
    /// What the plugin said of it, where it names neither and tells nothing of the operator's.
    pub detail: Option<String>,
}

impl Lack {
    /// What a plugin lacked that failed. Of a model's arguments only a variable is one: the model mends the rest.
    pub(super) fn of(
        plugin: &str,
        error: &CallError,
        variables: &[(String, String)],
        by_model: bool,
    ) -> Option<Self> {
        let CallError::Failed { failure: Failure::InvalidArguments(text) } = error else { return None };
        // Whatever the plugin says, only what is not there can be missing.
        let is_there =
            |name: &String| variables.iter().any(|(known, value)| known == name && !value.trim().is_empty());
        let mut lacked = named(text, VARIABLE);
        lacked.retain(|name| !is_there(name));
        if by_model && lacked.is_empty() {
            return None;
        }
        let arguments = named(text, ARGUMENT);
        let names_nothing = lacked.is_empty() && arguments.is_empty();
        let detail = said::fit_for_others(text).filter(|_| names_nothing).map(|detail| detail.to_string());
        Some(Self { plugin: plugin.to_owned(), variables: lacked, arguments, detail })
    }

    /// Whether the client has to mend it.
    pub fn is_the_clients(&self) -> bool {
        !self.variables.is_empty()
    }
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plugin, variables, arguments, detail } = self;
        let quoted =
            |names: &[String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let s = if variables.len() > 1 { "s" } else { "" };
        match (&variables[..], &arguments[..]) {
            ([first, ..], _) => write!(
                f,
                "the plugin `{plugin}` of this app needs the variable{s} {}, which the request does not have or leaves \
                 empty; send \"variables\": {{\"{first}\": \"…\"}}",
                quoted(variables)
            ),
            ([], [_, ..]) => write!(
                f,
                "the plugin `{plugin}` of this app needs {}, which the question does not say; ask with it",
                quoted(arguments)
            ),
            ([], []) => match detail {
                Some(detail) => {
                    write!(f, "the plugin `{plugin}` of this app cannot use this request: {detail}")
                }
                None => {
                    write!(f, "the plugin `{plugin}` of this app cannot use this request; ask in other words")
                }
            },
        }
    }
}

/// Names behind each `start`, up to the next backtick.
fn named(text: &str, start: &str) -> Vec<String> {
    let names = text.split(start).skip(1).filter_map(|rest| rest.split_once('`'));
    let mut found: Vec<String> = Vec::new();
    for (name, _) in names.take(MOST_NAMES) {
        if !name.is_empty() && name.len() <= LONGEST_NAME && !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests;
