use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::ended;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// The texts that people read, by their paths below the repository.
fn texts() -> Vec<(PathBuf, String)> {
    let mut paths: Vec<PathBuf> =
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]
            .map(PathBuf::from)
            .into();
    let docs = std::fs::read_dir(root().join("docs")).unwrap();
    let docs = docs.map(|entry| Path::new("docs").join(entry.unwrap().file_name()));
    paths.extend(docs.filter(|path| path.extension().is_some_and(|ending| ending == "md")));
    paths.sort();
    paths
        .into_iter()
        .map(|path| (path.clone(), std::fs::read_to_string(root().join(path)).unwrap()))
        .collect()
}

/// The words of a command in a block of code, up to what the shell takes for itself; none for other lines.
fn command(line: &str) -> Option<Vec<String>> {
    let line = line.trim_start().strip_prefix("qianfan-host ")?;
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for character in line.chars().chain([' ']) {
        match character {
            _ if quote == Some(character) => quote = None,
            '"' | '\'' if quote.is_none() => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            ' ' if quote.is_none() => words.extend(word.take()),
            '#' | '>' | '|' | '&' | ';' | '\\' if quote.is_none() && word.is_none() => break,
            _ => word.get_or_insert_default().push(character),
        }
    }
    Some(words)
}

#[test]
fn every_command_that_is_shown_is_one_that_there_is() {
    let mut seen = BTreeSet::new();
    for (path, text) in texts() {
        for words in text.split("```").skip(1).step_by(2).flat_map(|block| block.lines().filter_map(command))
        {
            if !seen.insert(words.clone()) {
                continue;
            }
            // Options and arguments are read before the help is shown.
            let output = ended(Command::new(env!("CARGO_BIN_EXE_qianfan-host")).args(&words).arg("--help"));
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}: qianfan-host {}: {told}", path.display(), words.join(" "));
        }
    }
    assert!(seen.len() > 15, "the commands were not found: {seen:?}");
}

/// The anchor of a heading, as the pages that show Markdown make it.
fn anchor(heading: &str) -> String {
    let kept = heading
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || "-_ ".contains(*c))
        .collect::<String>();
    kept.trim().replace(' ', "-")
}

#[test]
fn links_lead_to_what_is_there() {
    let texts = texts();
    for (path, text) in &texts {
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let (file, place) =
                link.split_once('#').map_or((link, None), |(file, place)| (file, Some(place)));
            if link.contains("://") || link.contains(' ') {
                continue;
            }
            let target = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            assert!(root().join(&target).exists(), "{}: {link} leads nowhere", path.display());
            let Some(place) = place else { continue };
            let text = std::fs::read_to_string(root().join(&target)).unwrap();
            let mut headings = text.lines().filter(|line| line.starts_with('#'));
            let is_there = headings.any(|line| anchor(line.trim_start_matches('#')) == place);
            assert!(is_there, "{}: {link} names no heading of {}", path.display(), target.display());
        }
    }
}

#[test]
fn every_target_of_make_that_is_named_is_one_that_there_is() {
    let makefile = std::fs::read_to_string(root().join("Makefile")).unwrap();
    let targets: BTreeSet<&str> = makefile.lines().filter_map(|line| Some(line.split_once(':')?.0)).collect();
    for (path, text) in texts() {
        for rest in text.split("`make ").skip(1).chain(text.split("\nmake ").skip(1)) {
            let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(rest.len());
            assert!(targets.contains(&rest[..end]), "{}: `make {}`", path.display(), &rest[..end]);
        }
    }
}
