//! A contributor that does what its configuration says, most of it bad: `{"behaviour": "loop"}`.

mod http;
mod probe;

use std::{collections::BTreeMap, hint::black_box};

use serde::Deserialize;

wit_bindgen::generate!({
    path: "../../../wit",
    world: "qianfan:plugin/contributor",
    generate_all,
});

use crate::{
    exports::qianfan::plugin::{contribute, describe},
    qianfan::plugin::{
        knowledge, log, state,
        types::{Answer, Ask, Contribution, Description, Failure, MediaType, Outcome, Passage, Turn},
    },
};

#[derive(Deserialize)]
#[serde(tag = "behaviour", rename_all = "kebab-case")]
enum Behaviour {
    /// Says what it was given.
    Echo,
    Loop,
    /// Takes memory until there is none.
    Memory,
    Panic,
    Exit,
    /// Recurses without end, keeping nothing of its own: the call stack is the host's.
    Overflow,
    /// The same with large frames, which a Rust guest keeps in its own memory.
    OverflowFrames,
    /// An answer of so many bytes.
    Output {
        bytes: usize,
    },
    /// Writes so many log lines.
    Log {
        lines: usize,
    },
    /// Opens resources of the host until there are no more.
    Resources,
    /// Asks for so many random bytes at once.
    Random {
        bytes: u64,
    },
    Http(http::Request),
    /// Sends the same request so many times.
    Requests {
        times: usize,
        request: http::Request,
    },
    /// Has the host hold what is never sent.
    Hoard {
        what: http::Hoard,
    },
    /// Searches so many times, each time for something else, and gives what it found first.
    Search {
        bases: Vec<String>,
        #[serde(default = "once")]
        times: usize,
    },
    /// Overwrites so many bytes of its memory again and again.
    Fill {
        bytes: usize,
    },
    /// Fills its state with other values so many times.
    Churn {
        times: usize,
    },
    State {
        #[serde(default)]
        set: BTreeMap<String, String>,
        #[serde(default)]
        remove: Vec<String>,
        get: String,
        /// Ends with a failure or a panic after writing.
        #[serde(default)]
        end: String,
    },
    /// Asks back in the first turn of a conversation, and answers in the next with what it kept.
    Ask,
    /// Asks back again and again, until it has had so many replies; tells what they were. A strict one takes its
    /// choices only, and asks the same again in other words after anything else.
    Flow {
        steps: usize,
        #[serde(default)]
        strict: bool,
    },
    /// So many passages, each of its own words.
    Passages {
        count: usize,
    },
    /// Has nothing to add.
    Nothing,
    /// Tries files, environment, arguments and sockets.
    Probe,
}

fn once() -> usize {
    1
}

struct Hostile;
export!(Hostile);

impl describe::Guest for Hostile {
    fn describe() -> Description {
        // A plugin has no grant while it describes itself; what it is told instead is the summary.
        let found = knowledge::search(&knowledge::Query {
            text: "x".to_owned(),
            knowledge_bases: vec!["policies".to_owned()],
            top_k: None,
            threshold: None,
            filters: None,
        });
        Description {
            name: "hostile".to_owned(),
            version: "0.1.0".to_owned(),
            summary: format!("{found:?} {:?}", state::get("k")),
            model_summary: "Never call this.".to_owned(),
            config_schema: r#"{"type": "object", "required": ["behaviour"], "properties": {"behaviour": {"type": "string"}}}"#
                .to_owned(),
            arguments_schema: r#"{"type": "object", "properties": {"city": {"type": "string"}}, "additionalProperties": false}"#
                .to_owned(),
        }
    }
}

impl contribute::Guest for Hostile {
    fn contribute(turn: Turn, config: String) -> Result<Contribution, Failure> {
        let behaviour =
            serde_json::from_str(&config).map_err(|error| Failure::InvalidConfig(error.to_string()))?;
        match behaviour {
            Behaviour::Echo => {
                let arguments = turn.arguments.unwrap_or_default();
                outcome(format!("{} {} {arguments}", turn.question, turn.history.len()))
            }
            Behaviour::Loop => loop {
                black_box(());
            },
            Behaviour::Memory => {
                let mut taken: Vec<Vec<u8>> = Vec::new();
                loop {
                    taken.push(black_box(vec![1; 1 << 20]));
                }
            }
            Behaviour::Panic => panic!("出错了"),
            Behaviour::Exit => std::process::exit(3),
            Behaviour::Overflow => outcome(recurse(1).to_string()),
            Behaviour::OverflowFrames => outcome(recurse_with_frames(1).to_string()),
            Behaviour::Output { bytes } => Ok(Contribution::Answer(Answer {
                text: "x".repeat(bytes),
                media_type: MediaType::Plain,
                sources: Vec::new(),
            })),
            Behaviour::Log { lines } => {
                let line = "长".repeat(4096);
                for _ in 0..lines {
                    log::write(log::Level::Warn, &line);
                }
                outcome("done".to_owned())
            }
            Behaviour::Resources => loop {
                std::mem::forget(wasi::http::types::Fields::new());
            },
            Behaviour::Random { bytes } => {
                // What a bug in a guest's runtime might ask for.
                outcome(probe::random(bytes).to_string())
            }
            Behaviour::Http(request) => request.send().and_then(outcome),
            Behaviour::Requests { times, request } => {
                let mut last = String::new();
                for _ in 0..times {
                    last = request.send()?;
                }
                outcome(last)
            }
            Behaviour::Hoard { what } => what.run(),
            Behaviour::Search { bases, times } => {
                let first = search(turn.search_text.clone(), bases.clone());
                for time in 1..times {
                    search(format!("{}{time}", turn.search_text), bases.clone())?;
                }
                first
            }
            Behaviour::Fill { bytes } => {
                let mut memory = vec![0_u8; bytes];
                loop {
                    black_box(&mut memory).fill(black_box(7));
                }
            }
            Behaviour::Churn { times } => churn(&turn.id, times),
            Behaviour::State { set, remove, get, end } => {
                let unavailable = |error| Failure::Unavailable(format!("{error:?}"));
                for (key, value) in set {
                    state::set(&key, value.as_bytes()).map_err(unavailable)?;
                }
                for key in remove {
                    state::remove(&key).map_err(unavailable)?;
                }
                let value = state::get(&get).map_err(unavailable)?;
                match end.as_str() {
                    "fail" => Err(Failure::Other("on purpose".to_owned())),
                    "panic" => panic!("on purpose"),
                    _ => outcome(
                        value.map_or("-".to_owned(), |value| String::from_utf8_lossy(&value).into_owned()),
                    ),
                }
            }
            Behaviour::Ask => ask(turn),
            Behaviour::Flow { steps, strict } => flow(&turn, steps, strict),
            Behaviour::Passages { count } => Ok(Contribution::Passages((1..=count).map(passage).collect())),
            Behaviour::Nothing => Ok(Contribution::Nothing("没有可说的".to_owned())),
            Behaviour::Probe => outcome(probe::run()),
        }
    }
}

fn ask(turn: Turn) -> Result<Contribution, Failure> {
    let unavailable = |error| Failure::Unavailable(format!("{error:?}"));
    if let Some(first) = state::get("first").map_err(unavailable)? {
        let text = format!("{}，{}", String::from_utf8_lossy(&first), turn.question);
        return Ok(Contribution::Answer(Answer { text, media_type: MediaType::Plain, sources: Vec::new() }));
    }
    state::set("first", turn.question.as_bytes()).map_err(unavailable)?;
    Ok(Contribution::Ask(Ask {
        text: "哪个省？".to_owned(),
        media_type: MediaType::Plain,
        choices: vec!["河南".to_owned(), "广东".to_owned()],
    }))
}

/// Begins anew unless it is told that this is a reply.
fn flow(turn: &Turn, steps: usize, strict: bool) -> Result<Contribution, Failure> {
    let unavailable = |error| Failure::Unavailable(format!("{error:?}"));
    let variable = |name: &str| turn.variables.iter().find(|(key, _)| key == name).map(|(_, value)| value);
    let (mut replies, mut again) = (Vec::new(), "");
    if variable("host:resumed").is_some() {
        let kept = state::get("replies").map_err(unavailable)?.unwrap_or_default();
        replies.extend(String::from_utf8_lossy(&kept).split('|').map(str::to_owned).filter(|said| !said.is_empty()));
        let choice = variable("host:choice");
        let chosen = choice.map_or(String::new(), |choice| format!("={choice}"));
        if !strict || choice.is_some() {
            replies.push(format!("{}{chosen}", turn.question));
        } else {
            again = "没听清。";
        }
    }
    state::set("replies", replies.join("|").as_bytes()).map_err(unavailable)?;
    if replies.len() >= steps {
        let text = format!("已登记：{}", replies.join("|"));
        return Ok(Contribution::Answer(Answer { text, media_type: MediaType::Plain, sources: Vec::new() }));
    }
    Ok(Contribution::Ask(Ask {
        text: format!("{again}第{}步，选哪个？", replies.len() + 1),
        media_type: MediaType::Plain,
        choices: vec!["甲班".to_owned(), "乙班".to_owned()],
    }))
}

fn passage(number: usize) -> Passage {
    Passage {
        text: format!("第{number}段说的是{}。", "事".repeat(number)),
        media_type: MediaType::Plain,
        title: format!("标题{number}"),
        section: Vec::new(),
        url: None,
        knowledge_base: None,
        score: Some(0.5),
    }
}

fn churn(turn: &str, times: usize) -> Result<Contribution, Failure> {
    for time in 0..times {
        // Four keys of 60,000 bytes are nearly all that a conversation may hold.
        let value = format!("{turn} {time} ").into_bytes();
        let value: Vec<u8> = value.into_iter().cycle().take(60_000).collect();
        state::set(&(time % 4).to_string(), &value)
            .map_err(|error| Failure::Unavailable(format!("{error:?}")))?;
    }
    outcome("done".to_owned())
}

fn search(text: String, knowledge_bases: Vec<String>) -> Result<Contribution, Failure> {
    let query = knowledge::Query { text, knowledge_bases, top_k: Some(3), threshold: None, filters: None };
    match knowledge::search(&query) {
        Ok(results) => {
            outcome(results.hits.iter().map(|hit| hit.text.as_str()).collect::<Vec<_>>().join("\n"))
        }
        Err(knowledge::Error::Denied(text)) => Err(Failure::Denied(text)),
        Err(error) => Err(Failure::Unavailable(format!("{error:?}"))),
    }
}

fn outcome(text: String) -> Result<Contribution, Failure> {
    Ok(Contribution::Outcome(Outcome {
        text,
        media_type: MediaType::Plain,
        title: "hostile".to_owned(),
        url: None,
    }))
}

#[expect(unconditional_recursion, reason = "that is what it is for")]
fn recurse(depth: u64) -> u64 {
    recurse(black_box(depth) + 1) ^ depth
}

#[expect(unconditional_recursion, reason = "that is what it is for")]
fn recurse_with_frames(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    recurse_with_frames(frame[7] + 1) + frame[3]
}
