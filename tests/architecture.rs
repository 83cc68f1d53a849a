//! Holds the map of ARCHITECTURE.md: which part of the host may import which, which room of `plugin`, that folders are
//! entered by their faces, and that no files import one another in a ring.

mod files;
mod parsers;
mod sizes;
mod waits;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

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
        &["knowledge", "llm", "plugin", "web"],
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
            "evaluate",
            "host",
            "http",
            "job",
            "knowledge",
            "llm",
            "plugin",
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

/// Modules that are reached past the face of their folder, and why. Every other path goes to a face, which says what
/// of its folder others may use.
const PAST_FACES: &[(&str, &str)] = &[
    ("config/text/fullwidth", "the check says of a value which plain sign its full-width one stands for"),
    ("config/text/repair", "the tree takes off the marks that keep doubled keys apart"),
    ("endpoint/said", "whoever quotes a server cleans what it said in the same way"),
    (
        "plugin/loaded/wit/v0_1",
        "the bindings of one version of the interface, of which `call` has its own side",
    ),
    (
        "plugin/process/bundled",
        "the components in the binary, which are loaded by name and known by their bytes",
    ),
];

/// Whether a part is not in [`MAP`].
fn is_leaf(part: &str) -> bool {
    MAP.iter().all(|(name, _, _)| *name != part)
}

/// The parts that each part imports, itself left out. The crate's two roots name everything and are no parts.
fn parts(imports: &BTreeMap<Module, BTreeSet<Module>>) -> BTreeMap<String, BTreeSet<String>> {
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (from, targets) in imports.iter().filter(|(from, _)| !["lib", "main"].contains(&from[0].as_str())) {
        let others = targets.iter().map(|to| &to[0]).filter(|to| **to != from[0]).cloned();
        graph.entry(from[0].clone()).or_default().extend(others);
    }
    graph
}

/// What the map forbids of the imports between parts.
fn refusals(imports: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<String> {
    let mut refused = Vec::new();
    for (from, targets) in imports {
        for to in targets.iter().filter(|_| !["lib", "main"].contains(&from[0].as_str())) {
            refused.extend(refusal(&from[0], &to[0]).map(|why| format!("{}: {why}", from.join("/"))));
        }
    }
    refused
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

/// The host's own sources.
fn host() -> Files {
    Files::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

fn module(path: &str) -> Module {
    path.split('/').map(str::to_owned).collect()
}

#[test]
fn imports_run_one_way() {
    let imports = host().imports();
    let refused = refusals(&imports);
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    let mut graph = parts(&imports);
    assert!(graph.len() > 10, "the sources were not found: {graph:?}");
    let is_unused = |part: &str, allowed: &str| !graph[part].contains(allowed);
    let pairs =
        MAP.iter().flat_map(|(part, allowed, _)| allowed.iter().map(move |allowed| (*part, *allowed)));
    let unused: Vec<_> = pairs.filter(|(part, allowed)| is_unused(part, allowed)).collect();
    assert!(unused.is_empty(), "these are allowed and do not happen; take them off the map: {unused:?}");
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
fn rooms_import_one_way_and_no_files_import_one_another_in_a_ring() {
    let imports = host().imports();
    let of_plugin = imports.iter().flat_map(|(from, to)| to.iter().map(move |to| (from, to)));
    let refused: Vec<String> = of_plugin.filter_map(|(from, to)| room_refusal(from, to)).collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    for (room, ..) in ROOMS {
        let files = imports.keys().filter(|module| module.get(1).is_some_and(|name| name == room));
        assert!(files.count() > 5, "the files of `plugin/{room}` were not found");
    }
    let rings = files::rings(&imports);
    assert!(rings.is_empty(), "these import one another in a ring: {rings:#?}");
}

#[test]
fn folders_are_entered_by_their_faces() {
    let mut unused: BTreeSet<&str> = PAST_FACES.iter().map(|(inner, _)| *inner).collect();
    let mut refused = Vec::new();
    for (from, to) in host().past_faces() {
        match PAST_FACES.iter().find(|(inner, _)| module(inner) == to) {
            Some((inner, _)) => _ = unused.remove(inner),
            None => refused.push(format!("{} reaches past the face of {}", from.join("/"), to.join("/"))),
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    assert!(unused.is_empty(), "nobody reaches past the face of these any more: {unused:?}");
}

/// The imports of made-up sources.
fn made_up<const N: usize>(sources: [(&str, &str); N]) -> Files {
    Files::of(sources.map(|(path, source)| (module(path), files::code_of(source))).into())
}

#[test]
fn a_forbidden_import_is_refused_with_the_sentence_that_forbids_it() {
    let files = made_up([
        ("clean", "pub fn cleaned() {}"),
        // Code stands behind the line that names the unit tests, and it climbs to the crate's root.
        ("knowledge", "#[cfg(test)]\nmod tests;\n\npub mod store;\nuse crate::{clean, turn::{Turns, Seen}};"),
        ("knowledge/store", "// crate::cli\nuse super::super::llm::Usage;"),
        ("llm", "pub struct Usage;\npub(crate) use crate::knowledge::store::Given;"),
        ("turn", "use crate::clean;\nfn f() { clean::cleaned() }"),
        ("cli", ""),
    ]);
    let imports = files.imports();
    assert_eq!(parts(&imports)["knowledge"], ["clean", "llm", "turn"].map(String::from).into());
    let refused = refusals(&imports);
    assert_eq!(refused.len(), 3, "{refused:?}");
    assert!(refused[0].starts_with("knowledge: `knowledge` must not import `turn`: knowledge is below"));
    assert!(refused[1].starts_with("knowledge/store: `knowledge` must not import `llm`: "), "{refused:?}");
    // What is only given on is imported as well.
    assert!(refused[2].starts_with("llm: `llm` must not import `knowledge`: "), "{refused:?}");
    assert!(refusal("clean", "turn").unwrap().contains("is a leaf"));
    assert!(refusal("turn", "knowledge").is_none());
}

#[test]
fn a_path_past_a_face_is_found() {
    let files = made_up([
        ("turn", "mod app;\nuse crate::knowledge::Hit;\nfn f() { app::texts::own() }"),
        ("turn/app", "pub mod texts;\nuse super::round;\nuse texts::own;"),
        ("turn/app/texts", ""),
        (
            "turn/round",
            "use crate::knowledge::store::Section;\nuse super::app;\nfn f() { app::texts::own() }",
        ),
        ("knowledge", "pub mod store;\nmod page;\npub use page::page;\npub use store::Hit;"),
        ("knowledge/page", "pub fn page() {}"),
        ("knowledge/store", "pub struct Hit;"),
        // What has the name of a private module is what the face gives on under it.
        ("web", "use crate::knowledge::page;"),
    ]);
    let past =
        files.past_faces().into_iter().map(|(from, to)| format!("{} -> {}", from.join("/"), to.join("/")));
    assert_eq!(
        past.collect::<Vec<_>>(),
        ["turn -> turn/app/texts", "turn/round -> knowledge/store", "turn/round -> turn/app/texts"]
    );
}

#[test]
fn a_part_may_use_the_file_of_its_folder_and_nothing_else_goes_round() {
    let files = made_up([
        ("web", "mod run;\nmod page;\nfn f() { run::start() }"),
        ("web/run", "use super::Fetched;\nfn f() { super::page::read() }"),
        ("web/page", "fn read() {}"),
        ("job", "mod work;\nfn f() { work::start() }\nuse crate::web::Fetched;"),
        ("job/work", "mod step;\nfn f() { step::begin() }"),
        ("job/work/step", "use crate::job::other::X;"),
        ("job/other", "fn f() { super::work::start() }"),
    ]);
    let rings = files::rings(&files.imports());
    let of_job = ["job/other -> job/work", "job/work -> job/work/step", "job/work/step -> job/other"];
    assert_eq!(rings, [of_job.map(String::from).to_vec()]);
}

#[test]
fn a_call_that_a_loaded_plugin_imports_and_a_ring_are_found() {
    let files = made_up([
        ("plugin", "mod call;\nmod loaded;\npub use call::Log;\npub use loaded::Plugin;"),
        ("plugin/call", "mod log;\nmod state;\npub use log::Log;\npub(super) use state::{State, new};"),
        ("plugin/call/log", "use std::fmt;\nuse super::{state::{self, State}};"),
        ("plugin/call/state", "use crate::plugin::loaded::Plugin;\nfn f(log: super::log::Log) {}"),
        ("plugin/loaded", "mod plugin;\npub use plugin::Plugin;\npub(super) use crate::plugin::call::Log;"),
        (
            "plugin/loaded/plugin",
            "// use crate::cli::X;\nuse crate::plugin::call::{new as made};\nuse crate::plugin::Log;",
        ),
    ]);
    let imports = files.imports();
    let arrows = imports.iter().flat_map(|(from, to)| to.iter().map(move |to| (from, to)));
    let refused: Vec<String> = arrows.filter_map(|(from, to)| room_refusal(from, to)).collect();
    let why = "a loaded plugin outlives its calls and knows none of them; see `CallData`";
    assert_eq!(
        refused,
        [
            format!("plugin/loaded must not import plugin/call/log (call): {why}"),
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
