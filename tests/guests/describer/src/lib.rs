//! A contributor whose description a test writes into the component: each text has a place of its own in
//! the component's bytes, found by its mark (see `described` in `tests/fixtures`).

use std::hint::black_box;

wit_bindgen::generate!({
    path: "../../../wit",
    world: "qianfan:plugin/contributor",
    generate_all,
});

use crate::{
    exports::qianfan::plugin::{contribute, describe},
    qianfan::plugin::{
        log,
        types::{Contribution, Description, Failure, Turn},
    },
};

/// A place for text: the mark, filled up.
const fn place<const SIZE: usize>(mark: &str) -> [u8; SIZE] {
    let (mark, mut place) = (mark.as_bytes(), [b'~'; SIZE]);
    let mut at = 0;
    while at < mark.len() {
        place[at] = mark[at];
        at += 1;
    }
    place
}

static NAME: [u8; 256] = place("<<name>>");
static VERSION: [u8; 256] = place("<<version>>");
static SUMMARY: [u8; 4096] = place("<<summary>>");
static MODEL_SUMMARY: [u8; 4096] = place("<<model-summary>>");
static CONFIG_SCHEMA: [u8; 80 << 10] = place("<<config-schema>>");
static ARGUMENTS_SCHEMA: [u8; 80 << 10] = place("<<arguments-schema>>");
/// Mebibytes it takes while it describes itself.
static MEMORY: [u8; 64] = place("<<memory>>");
/// What it fails with, and logs, when it is called.
static FAILURE: [u8; 1024] = place("<<failure>>");

/// What a test wrote, or `otherwise`.
fn written(place: &'static [u8], otherwise: &str) -> String {
    // Not what stands here, but what stands there when it runs.
    let text = String::from_utf8_lossy(black_box(place)).trim_end_matches('~').to_owned();
    if text.starts_with("<<") { otherwise.to_owned() } else { text }
}

struct Describer;
export!(Describer);

impl describe::Guest for Describer {
    fn describe() -> Description {
        let mebibytes: usize = written(&MEMORY, "0").parse().unwrap_or_default();
        black_box(vec![1_u8; mebibytes << 20]);
        Description {
            name: written(&NAME, "describer"),
            version: written(&VERSION, "0.1.0"),
            summary: written(&SUMMARY, "Says what it was told to say."),
            model_summary: written(&MODEL_SUMMARY, "Call it."),
            config_schema: written(&CONFIG_SCHEMA, "{}"),
            arguments_schema: written(&ARGUMENTS_SCHEMA, "{}"),
        }
    }
}

impl contribute::Guest for Describer {
    fn contribute(_: Turn, _: String) -> Result<Contribution, Failure> {
        let failure = written(&FAILURE, "");
        if failure.is_empty() {
            return Ok(Contribution::Nothing("nothing to say".to_owned()));
        }
        log::write(log::Level::Warn, &failure);
        Err(Failure::Other(failure))
    }
}
