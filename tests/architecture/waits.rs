//! Holds how tests wait: for something to come about, by `eventually` and `within_patience`, which bound the wait and pause
//! between two looks. A pause of a test's own stands under a comment that says whose time it is.

use std::path::{Path, PathBuf};

use super::sizes::sources;

/// The lines of a source, from 1, that pause without a comment above them.
fn bare_pauses(source: &str) -> Vec<usize> {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let is_bare = |at: usize| {
        let is_pause = lines[at].contains("sleep(") && !lines[at].starts_with("//");
        is_pause && !at.checked_sub(1).is_some_and(|above| lines[above].starts_with("//"))
    };
    (0..lines.len()).filter(|at| is_bare(*at)).map(|at| at + 1).collect()
}

#[test]
fn no_test_sleeps_without_saying_why() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let is_test = |path: &Path| {
        if path.starts_with(root.join("tests")) {
            return !path.starts_with(root.join("tests/support"));
        }
        path.iter().any(|part| part == "tests" || part == "tests.rs")
    };
    let all: Vec<(PathBuf, String)> =
        sources(&["tests", "host/src", "plugins"].map(|folder| root.join(folder)));
    let tests: Vec<&(PathBuf, String)> = all.iter().filter(|(path, _)| is_test(path)).collect();
    assert!(tests.len() > 100, "the tests were not found");
    let found: Vec<String> = tests
        .iter()
        .filter(|(path, _)| !path.ends_with("architecture/waits.rs"))
        .flat_map(|(path, source)| {
            bare_pauses(source).into_iter().map(move |line| format!("{}:{line}", path.display()))
        })
        .collect();
    assert!(
        found.is_empty(),
        "wait for what must come about by `eventually`; where the time itself is the subject, say so above:\n{}",
        found.join("\n")
    );
}

#[test]
fn a_pause_without_a_comment_is_found() {
    let source = "// sleep(1)\nlook();\n    sleep(A).await;\n// The silence is the subject.\nsleep(B);\n";
    assert_eq!(bare_pauses(source), [3]);
}
