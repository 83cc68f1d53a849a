//! Holds the map of ARCHITECTURE.md: which part of the host may import which.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

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
    ("job", &["knowledge", "web"], "a job writes to knowledge and nothing else"),
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
            "trace",
            "turn",
            "web",
        ],
        "the command line is at the top",
    ),
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
