//! A formatter that repeats what it is fed, and breaks where the text tells it to.

use std::hint::black_box;

wit_bindgen::generate!({
    path: "../../../wit",
    world: "qianfan:plugin/formatter",
    generate_all,
});

use crate::{
    exports::qianfan::plugin::{
        describe,
        format::{Formatter, Guest, GuestFormatter},
    },
    qianfan::plugin::types::{Description, Failure, Passage},
};

struct Repeater;
export!(Repeater);

impl describe::Guest for Repeater {
    fn describe() -> Description {
        Description {
            name: "repeater".to_owned(),
            version: "0.1.0".to_owned(),
            summary: "Repeats.".to_owned(),
            model_summary: String::new(),
            config_schema: r#"{"type": "object"}"#.to_owned(),
            arguments_schema: r#"{"type": "object"}"#.to_owned(),
        }
    }
}

impl Guest for Repeater {
    type Formatter = Answer;
}

struct Answer {
    sources: usize,
    fed: std::cell::Cell<usize>,
}

impl GuestFormatter for Answer {
    fn open(config: String, sources: Vec<Passage>) -> Result<Formatter, Failure> {
        if config.contains("refuse") {
            return Err(Failure::InvalidConfig("不行".to_owned()));
        }
        Ok(Formatter::new(Answer { sources: sources.len(), fed: std::cell::Cell::new(0) }))
    }

    fn feed(&self, chunk: String) -> Result<String, Failure> {
        self.fed.set(self.fed.get() + 1);
        // The host may have joined it with what came in the same moment.
        let asked = ["LOOP", "PANIC", "FLOOD", "HUGE", "FAIL"].into_iter().find(|asked| chunk.contains(asked));
        match asked {
            Some("LOOP") => loop {
                black_box(());
            },
            Some("PANIC") => panic!("on purpose"),
            // No more than one call may give, where `limits.output` allows it.
            Some("FLOOD") => Ok("x".repeat(3 << 19)),
            Some("HUGE") => Ok("x".repeat(3 << 20)),
            Some(_) => Err(Failure::Other("on purpose".to_owned())),
            None => Ok(chunk),
        }
    }

    fn finish(&self) -> Result<String, Failure> {
        Ok(format!("[{} pieces, {} sources]", self.fed.get(), self.sources))
    }
}
