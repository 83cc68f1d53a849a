//! Holds the map of ARCHITECTURE.md: which part of the host may import which, which room of `plugin`, and that no files
//! import one another in a ring.

mod files;
mod sizes;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use files::{Files, Module};

/// Each part with those it may import and the sentence that says why not others. A part that is not named here
/// is a leaf: it imports nothing of the host, or other leaves only.
const MAP: &[(&str, &[&str], &str)] = &[
    ("knowledge", &[], "knowledge is below plugins, models and turns: it searches, whoever asks"),
    ("llm", &[], "a model's client knows neither plugins nor knowledge"),
    (
        "plugin",
        &["knowledge"],
        "plugins search in knowledge and know nothing of models, turns and the configuration file",
    ),
    ("prompt", &[], "a prompt is made of what it is given"),
    ("evaluate", &["knowledge"], "an evaluation asks the search and nothing else"),
    (
        "web",
        &["knowledge"],
        "what is fetched goes into knowledge; who asks for it and when is not its to know",
    ),
    ("job", &["evaluate", "knowledge", "web"], "a job writes to knowledge or asks it, and nothing else"),
    (
        "config",
        &["door", "knowledge", "llm", "plugin", "web"],
        "the configuration knows the settings of every part, not what runs",
    ),
    ("route", &["config"], "a route is a pure function of the settings and the question"),
    ("trace", &["llm", "plugin", "prompt", "route"], "a trace holds what the parts report"),
    (
        "turn",
        &["config", "knowledge", "llm", "plugin", "prompt", "route", "trace"],
        "a turn is below the doors and the process",
    ),
    (
        "metrics",
        &["job", "knowledge", "llm", "plugin", "trace", "web"],
        "figures are gathered from the parts, which do not know them",
    ),
    (
        "host",
        &[
            "config",
            "door",
            "evaluate",
            "job",
            "knowledge",
            "llm",
            "metrics",
            "plugin",
            "prompt",
            "trace",
            "turn",
            "web",
        ],
        "what lives as long as the process is below the two ways in",
    ),
    (
        "http",
        &[
            "config",
            "door",
            "evaluate",
            "host",
            "job",
            "knowledge",
            "llm",
            "metrics",
            "plugin",
            "prompt",
            "trace",
            "turn",
            "web",
        ],
        "HTTP does not know the command line",
    ),
    (
        "cli",
        &[
            "config",
            "door",
            "evaluate",
            "host",
            "http",
            "job",
            "knowledge",
            "llm",
            "plugin",
            "prompt",
            "route",
            "trace",
            "turn",
            "web",
        ],
        "the command line is at the top",
    ),
];

/// Each room of `plugin` with those it may import and the sentence that says why not others.
const ROOMS: &[(&str, &[&str], &str)] = &[
    ("process", &[], "what all plugins share for the process knows neither a plugin nor a call"),
    ("loaded", &["process"], "a loaded plugin outlives its calls and knows none of them; see `CallData`"),
    ("call", &["loaded", "process"], "what is above the rooms uses them"),
];

/// Where files must not import one another in a ring.
const WITHOUT_RINGS: [&str; 3] = ["evaluate", "knowledge", "plugin"];

/// Files that use what the file of their own folder defines, and are used by it: they are its parts and nobody else
/// imports them.
const PARTS: [(&str, &str); 6] = [
    ("evaluate/ask/judge", "evaluate/ask"),
    ("knowledge/document/encoding/likely", "knowledge/document/encoding"),
    ("knowledge/store/contract/search", "knowledge/store/contract"),
    ("knowledge/store/embedded/file/reader", "knowledge/store/embedded/file"),
    ("knowledge/store/embedded/index/groups", "knowledge/store/embedded/index"),
    ("knowledge/store/embedded/index/postings", "knowledge/store/embedded/index"),
];

/// What a leaf is called, where it is not a part of [`MAP`].
fn is_leaf(part: &str) -> bool {
    MAP.iter().all(|(name, _, _)| *name != part)
}

/// The parts of the host that a source text imports: the first word after each `crate::`, outside comments and
/// unit tests.
fn imports(source: &str) -> BTreeSet<String> {
    let code = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let mut found = BTreeSet::new();
    for after in code.join("\n").split("crate::").skip(1) {
        if let Some(group) = after.strip_prefix('{') {
            found.extend(heads(group));
        } else {
            found.insert(word(after));
        }
    }
    found
}

/// The first word of each member of a group, which is read to its own closing brace.
fn heads(group: &str) -> Vec<String> {
    let (mut depth, mut begins, mut heads) = (0_usize, true, Vec::new());
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            _ if begins && !character.is_whitespace() => {
                heads.push(word(&group[at..]));
                begins = false;
            }
            _ => {}
        }
    }
    heads
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// What is wrong with an import, or nothing.
fn refusal(part: &str, imported: &str) -> Option<String> {
    if imported == part || is_leaf(imported) {
        return None;
    }
    match MAP.iter().find(|(name, _, _)| *name == part) {
        Some((_, allowed, _)) if allowed.contains(&imported) => None,
        Some((_, _, why)) => Some(format!("`{part}` must not import `{imported}`: {why}")),
        None => Some(format!("`{part}` is a leaf and must not import `{imported}`")),
    }
}

/// What is wrong with an import within `plugin`, or nothing.
fn room_refusal(from: &Module, to: &Module) -> Option<String> {
    let room = |module: &Module| match module.as_slice() {
        [part, room, ..] if part == "plugin" => Some(room.clone()),
        _ => None,
    };
    let (_, allowed, why) = ROOMS.iter().find(|(name, _, _)| room(from).as_deref() == Some(name))?;
    // The face gives on what the rooms define, and `read` stands above them.
    let target = room(to).or_else(|| (to.as_slice() == ["plugin"]).then(|| "the face".to_owned()))?;
    if Some(&target) == room(from).as_ref() || allowed.contains(&target.as_str()) {
        return None;
    }
    Some(format!("{} must not import {} ({target}): {why}", from.join("/"), to.join("/")))
}

/// The Rust files below a folder with the part of the host each belongs to.
fn sources(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
                let top = path.strip_prefix(folder).unwrap().components().next().unwrap();
                let part = top.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
                found.push((part, path));
            }
        }
    }
    found
}

#[test]
fn imports_run_one_way() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut refused = Vec::new();
    for (part, path) in sources(&folder) {
        // The crate's two roots name everything.
        if part == "lib" || part == "main" {
            continue;
        }
        for imported in imports(&std::fs::read_to_string(&path).unwrap()) {
            refused.extend(refusal(&part, &imported).map(|why| format!("{}: {why}", path.display())));
            if imported != part {
                graph.entry(part.clone()).or_default().insert(imported);
            }
        }
    }
    assert!(graph.len() > 10, "the sources were not found: {graph:?}");
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    // Among the leaves as well: what imports nothing that is left is taken away, until nothing is left.
    let names = |graph: &BTreeMap<String, BTreeSet<String>>| graph.keys().cloned().collect::<BTreeSet<_>>();
    loop {
        let left = names(&graph);
        graph.retain(|_, imported| !imported.is_disjoint(&left));
        if names(&graph) == left {
            break;
        }
    }
    assert!(graph.is_empty(), "these import one another in a circle: {graph:?}");
}

#[test]
fn a_forbidden_import_is_refused_with_the_sentence_that_forbids_it() {
    let source = "use std::fmt;\nuse crate::{fair, turn::{Turns, Seen}};\n// crate::cli\nfn f() -> crate::llm::Usage {}\n";
    assert_eq!(imports(source), ["fair", "llm", "turn"].map(String::from).into());
    let refused: Vec<String> =
        imports(source).iter().filter_map(|imported| refusal("knowledge", imported)).collect();
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert!(refused[0].contains("`knowledge` must not import `llm`: knowledge is below"), "{refused:?}");
    assert!(refusal("clean", "turn").unwrap().contains("is a leaf"));
    assert!(refusal("turn", "knowledge").is_none());
}

#[test]
fn rooms_import_one_way_and_no_files_import_one_another_in_a_ring() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut imports = Files::read(&folder).imports();
    let of_plugin = imports.iter().flat_map(|(from, to)| to.iter().map(move |to| (from, to)));
    let refused: Vec<String> = of_plugin.filter_map(|(from, to)| room_refusal(from, to)).collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    for (room, ..) in ROOMS {
        let files = imports.keys().filter(|module| module.get(1).is_some_and(|name| name == room));
        assert!(files.count() > 5, "the files of `plugin/{room}` were not found");
    }
    imports.retain(|module, _| module.first().is_some_and(|part| WITHOUT_RINGS.contains(&part.as_str())));
    let module = |path: &str| path.split('/').map(str::to_owned).collect::<Module>();
    for (part, whole) in PARTS {
        assert!(part.starts_with(&format!("{whole}/")), "`{part}` is no part of `{whole}`");
        let uses = imports.get_mut(&module(part)).is_some_and(|used| used.remove(&module(whole)));
        assert!(uses, "`{part}` does not use `{whole}` any more: take it off the list");
    }
    let rings = files::rings(&imports);
    assert!(rings.is_empty(), "these import one another in a ring: {rings:#?}");
}

#[test]
fn a_call_that_a_loaded_plugin_imports_and_a_ring_are_found() {
    let module = |path: &str| path.split('/').map(str::to_owned).collect::<Module>();
    let sources = [
        ("plugin", "mod call;\nmod loaded;\npub use call::Log;\npub use loaded::Plugin;"),
        ("plugin/call", "mod log;\nmod state;\npub use log::Log;\npub(super) use state::{State, new};"),
        ("plugin/call/log", "use std::fmt;\nuse super::{state::{self, State}};"),
        ("plugin/call/state", "use crate::plugin::loaded::Plugin;\nfn f(log: super::log::Log) {}"),
        ("plugin/loaded", "mod plugin;\npub use plugin::Plugin;"),
        (
            "plugin/loaded/plugin",
            "// use crate::cli::X;\nuse crate::plugin::call::{new as made};\nuse crate::plugin::Log;",
        ),
    ];
    let sources = sources.map(|(path, source)| (module(path), files::code_of(source)));
    let imports = Files::of(sources.into()).imports();
    let arrows = imports.iter().flat_map(|(from, to)| to.iter().map(move |to| (from, to)));
    let refused: Vec<String> = arrows.filter_map(|(from, to)| room_refusal(from, to)).collect();
    let why = "a loaded plugin outlives its calls and knows none of them; see `CallData`";
    assert_eq!(
        refused,
        [
            format!("plugin/loaded/plugin must not import plugin/call/log (call): {why}"),
            format!("plugin/loaded/plugin must not import plugin/call/state (call): {why}")
        ]
    );
    let rings = files::rings(&imports);
    assert_eq!(rings.len(), 1, "{rings:?}");
    assert!(rings[0].contains(&"plugin/call/log -> plugin/call/state".to_owned()), "{rings:?}");
    let process = room_refusal(&module("plugin/process/engine"), &module("plugin/call/log")).unwrap();
    assert!(process.ends_with("knows neither a plugin nor a call"), "{process}");
    assert!(room_refusal(&module("plugin/call/log"), &module("plugin/process/engine")).is_none());
    assert!(room_refusal(&module("plugin/read"), &module("plugin/call/log")).is_none());
}
