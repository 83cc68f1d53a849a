//! Why the bytes of a body are no answer.

use crate::endpoint::said;
use crate::llm::error::ModelError;
use crate::llm::report::EndpointReport;

#[derive(Debug)]
pub(in crate::llm) enum AssemblyError {
    /// What came is not an answer and no error either.
    Garbage(String),
    /// A JSON text that ends in its middle: the body was cut off where it is the last, and else it is garbage.
    Unfinished(String),
    BrokenOff(String),
    TooLong(usize),
    /// The endpoint says that there is no answer.
    Reported(EndpointReport),
}

impl AssemblyError {
    pub(in crate::llm) fn into_error(self, model: &str, retry_after: Option<u64>) -> ModelError {
        let model = model.to_owned();
        // All repeat what the endpoint sent.
        match self {
            Self::Garbage(cause) | Self::Unfinished(cause) => {
                ModelError::Garbage { model, cause: said::cleaned(&cause) }
            }
            Self::BrokenOff(cause) => ModelError::BrokenOff { model, cause: said::cleaned(&cause) },
            Self::TooLong(most) => ModelError::TooLong { model, most },
            Self::Reported(EndpointReport { words, meaning }) => {
                ModelError::NoAnswer { model, cause: said::cleaned(&words), meaning, retry_after }
            }
        }
    }

    /// A text that is to be JSON, and is not.
    pub(super) fn not_json(error: &serde_json::Error, text: &str) -> Self {
        let excerpt: String = said::cleaned(text).chars().take(120).collect();
        let cause = format!("{error} in `{excerpt}`");
        if error.is_eof() { Self::Unfinished(cause) } else { Self::Garbage(cause) }
    }
}
