use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::*;

/// Headers of our own that no page reads: what a request has, and what is said to proxies.
const NOT_FOR_PAGES: [&str; 2] = ["x-accel-buffering", "x-conversation-id"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => sources(&path, found),
            false if path.ends_with("tests.rs") => {}
            false => found.push(path),
        }
    }
}

#[test]
fn a_page_may_read_every_header_of_our_own() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http"), &mut files);
    let is_ours = |text: &&str| {
        text.strip_prefix("x-")
            .is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
    };
    let mut ours = BTreeSet::new();
    for file in files {
        let source = std::fs::read_to_string(file).unwrap();
        ours.extend(source.split('"').filter(is_ours).map(str::to_owned));
    }
    let exposed: BTreeSet<&str> = EXPOSED.split(", ").collect();
    assert!(ours.len() > 5, "{ours:?}");
    for header in ours.iter().filter(|header| !NOT_FOR_PAGES.contains(&header.as_str())) {
        assert!(exposed.contains(header.as_str()), "`{header}` is not in EXPOSED");
    }
}
