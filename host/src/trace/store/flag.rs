//! A flag is what stands out about a turn.

use serde::{Deserialize, Serialize};

use super::summary::Summary;

/// What stands out about a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flag {
    /// The turn ended with an error.
    Error,
    /// A plugin asked for what it is not granted.
    Denial,
    /// Something did not fit into the prompt.
    Cut,
    /// Nothing was found.
    Nothing,
    /// A base was not searched as it should be.
    Degraded,
}

impl Flag {
    pub(super) const ALL: [Self; 5] = [Self::Error, Self::Denial, Self::Cut, Self::Nothing, Self::Degraded];

    /// How a body that has it reads at some place; for the others the columns say it.
    fn in_body(self) -> Option<&'static str> {
        match self {
            Self::Denial => Some("\"denied\":\""),
            Self::Cut => Some("\"cuts\":[{"),
            Self::Degraded => Some("\"degraded\":[\""),
            Self::Error | Self::Nothing => None,
        }
    }

    pub(super) fn is_of(self, summary: &Summary, body: &str) -> bool {
        match self {
            Self::Error => summary.error.is_some(),
            Self::Nothing => summary.answered_by == "nothing_found",
            _ => self.in_body().is_some_and(|begin| body.contains(begin)),
        }
    }

    /// The condition of SQLite for traces that have it.
    pub(super) fn sql(self) -> String {
        match (self, self.in_body()) {
            (Self::Error, _) => "error IS NOT NULL".to_owned(),
            (_, Some(begin)) => format!("instr(body, '{begin}') > 0"),
            _ => "answered_by = 'nothing_found'".to_owned(),
        }
    }
}
