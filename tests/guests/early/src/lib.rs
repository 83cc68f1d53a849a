//! A contributor that looks into its state while its instance is made, as a runtime does that starts a program before
//! anybody calls it.

use std::sync::OnceLock;

wit_bindgen::generate!({
    path: "../../../wit",
    world: "qianfan:plugin/contributor",
    generate_all,
});

use crate::{
    exports::qianfan::plugin::{contribute, describe},
    qianfan::plugin::{
        state,
        types::{Contribution, Description, Failure, MediaType, Outcome, Turn},
    },
};

/// What it saw when it started.
static SEEN: OnceLock<String> = OnceLock::new();

/// What the toolchain has called when an instance is made, as a language's runtime starts itself.
#[unsafe(no_mangle)]
pub extern "C" fn _initialize() {
    let seen = match state::get("k") {
        Ok(Some(value)) => String::from_utf8_lossy(&value).into_owned(),
        Ok(None) => "nothing".to_owned(),
        Err(error) => format!("{error:?}"),
    };
    SEEN.get_or_init(|| seen);
}

struct Early;
export!(Early);

impl describe::Guest for Early {
    fn describe() -> Description {
        Description {
            name: "early".to_owned(),
            version: "0.1.0".to_owned(),
            summary: "Looks early.".to_owned(),
            model_summary: String::new(),
            config_schema: r#"{"type": "object"}"#.to_owned(),
            arguments_schema: r#"{"type": "object"}"#.to_owned(),
        }
    }
}

impl contribute::Guest for Early {
    /// Says what it saw when it started, and keeps the question for the next call of the conversation.
    fn contribute(turn: Turn, _: String) -> Result<Contribution, Failure> {
        state::set("k", turn.question.as_bytes())
            .map_err(|error| Failure::Unavailable(format!("{error:?}")))?;
        Ok(Contribution::Outcome(Outcome {
            text: SEEN.get().cloned().unwrap_or_default(),
            media_type: MediaType::Plain,
            title: String::new(),
            url: None,
        }))
    }
}
