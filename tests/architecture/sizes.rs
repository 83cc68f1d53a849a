//! Holds what a reader of one file relies on: a type's name stands for one thing in its crate, and files and functions are
//! short enough to be read whole.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Lines of one file, its tests included.
const MOST_LINES: usize = 500;
/// Lines of one function, its signature included. Tests that tell one story from outside are longer.
const MOST_LINES_OF_A_FUNCTION: usize = 90;

/// The folders of sources that are a crate, or that a crate's tests or benches are made of. What a macro generates is not
/// among them: types of the plugin interface have the names that `wit/` gives them.
fn crates() -> Vec<Vec<PathBuf>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut crates = vec![
        vec![root.join("host/src")],
        vec![root.join("tests")],
        vec![root.join("benches/overhead"), root.join("benches/overhead.rs"), root.join("tests/support")],
        vec![root.join("benches/faults"), root.join("benches/faults.rs"), root.join("tests/support")],
        vec![root.join("benches/retrieval"), root.join("benches/retrieval.rs"), root.join("tests/support")],
    ];
    for plugin in std::fs::read_dir(root.join("plugins")).unwrap() {
        crates.push(vec![plugin.unwrap().path().join("src")]);
    }
    crates
}

/// The Rust files that are one of `paths` or below one.
fn sources(paths: &[PathBuf]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = paths.to_vec();
    while let Some(path) = open.pop() {
        // Folders of crates of their own, and what `npm` puts beside the tests of the page.
        let is_other = ["guests", "fixtures", "node_modules"].iter().any(|name| path.ends_with(name));
        if path.is_dir() && !is_other {
            open.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let source = std::fs::read_to_string(&path).unwrap();
            found.push((path, source));
        }
    }
    found
}

/// A line of code without its visibility.
fn without_visibility(line: &str) -> &str {
    let Some(rest) = line.trim_start().strip_prefix("pub") else { return line.trim_start() };
    match rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((_, rest)) => rest.trim_start(),
        None => rest.trim_start(),
    }
}

/// The names of the types that a source defines, with their lines from 1. What a trait or an `impl` calls a type within it
/// is not among them.
fn types(source: &str) -> Vec<(&str, usize)> {
    let name = |line: &'_ str| -> Option<usize> {
        let (keyword, _) = without_visibility(line).split_once(' ')?;
        let is_indented = line.starts_with(' ');
        match keyword {
            "enum" | "struct" | "trait" | "union" => Some(keyword.len()),
            "type" if !is_indented => Some(keyword.len()),
            _ => None,
        }
    };
    let mut found = Vec::new();
    for (line, number) in source.lines().zip(1..) {
        let Some(length) = name(line) else { continue };
        let rest = without_visibility(line)[length..].trim_start();
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        if rest[..end].starts_with(char::is_uppercase) {
            found.push((&rest[..end], number));
        }
    }
    found
}

/// The functions of a source with the line each begins in, from 1, and how many lines it has.
fn functions(source: &str) -> Vec<(&str, usize, usize)> {
    let lines: Vec<&str> = source.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let mut words = without_visibility(line).split(' ');
        let is_function = words.find(|word| !["async", "const", "unsafe"].contains(word)) == Some("fn");
        let Some(name) = words.next().filter(|_| is_function) else { continue };
        let indent = &line[..line.len() - line.trim_start().len()];
        let closes = format!("{indent}}}");
        let length = lines[at..].iter().position(|line| *line == closes);
        // One in a line of its own, or a trait's without a body.
        if line.ends_with(';') || line.ends_with('}') {
            continue;
        }
        let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
        found.push((&name[..end], at + 1, length.map_or(0, |length| length + 1)));
    }
    found
}

#[test]
fn no_type_has_the_name_of_another_of_its_crate() {
    let mut twice = Vec::new();
    for folders in crates() {
        let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let sources = sources(&folders);
        assert!(!sources.is_empty(), "the sources of {folders:?} were not found");
        for (path, source) in &sources {
            for (name, line) in types(source) {
                places.entry(name.to_owned()).or_default().push(format!("{}:{line}", path.display()));
            }
        }
        twice.extend(places.into_iter().filter(|(_, places)| places.len() > 1));
    }
    let listed: Vec<String> =
        twice.iter().map(|(name, places)| format!("`{name}`: {}", places.join(", "))).collect();
    assert!(listed.is_empty(), "one name, one meaning; rename all but one of each:\n{}", listed.join("\n"));
}

#[test]
fn files_and_functions_are_short_enough_to_be_read_whole() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let all = ["host/src", "host/build", "host/build.rs", "plugins", "tests", "benches"];
    let mut long = Vec::new();
    for (path, source) in sources(&all.map(|folder| root.join(folder))) {
        let lines = source.lines().count();
        if lines > MOST_LINES {
            long.push(format!("{} has {lines} lines", path.display()));
        }
        let is_story = ["tests", "benches"].iter().any(|folder| path.starts_with(root.join(folder)));
        for (name, line, length) in functions(&source) {
            if length > MOST_LINES_OF_A_FUNCTION && !is_story {
                long.push(format!("{}:{line}: `{name}` has {length} lines", path.display()));
            }
        }
    }
    assert!(long.is_empty(), "look for the noun that is missing:\n{}", long.join("\n"));
}

#[test]
fn a_file_is_taken_in_by_its_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let all = ["host/src", "plugins", "tests"].map(|folder| root.join(folder));
    // Written apart, so that this file does not name itself.
    let elsewhere = ["#[pa", "th ="].concat();
    let found: Vec<PathBuf> = sources(&all)
        .into_iter()
        .filter(|(_, source)| source.contains(&elsewhere))
        .map(|(path, _)| path)
        .collect();
    assert!(found.is_empty(), "make a crate of what two share, as `plugins/nearest` is: {found:?}");
}

#[test]
fn types_and_functions_of_a_source_are_found() {
    let source = "/// struct No\npub(in crate::a) struct Yes<T>(T);\nimpl X for Y {\n    type Item = u8;\n    \
                  enum Inner { A }\n}\ntype Alias = u8;\npub trait Way {\n    fn go(&self);\n}\n\n\
                  pub(super) async fn one(\n    a: u8,\n) {\n    two();\n}\nfn short() {}\n";
    assert_eq!(types(source), [("Yes", 2), ("Inner", 5), ("Alias", 7), ("Way", 8)]);
    assert_eq!(functions(source), [("one", 12, 5)]);
}
