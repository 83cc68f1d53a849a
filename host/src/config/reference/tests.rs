use std::path::Path;

use super::*;
use crate::config::Config;
use crate::duration;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

#[test]
fn the_reference_as_it_stands_is_the_defaults() {
    let path = Path::new("/nowhere/host.toml");
    let config = Config::parse(&reference(), path).unwrap();
    let empty = Config::parse("", path).unwrap();
    assert_eq!(format!("{:?}", config.server), format!("{:?}", empty.server));
    assert_eq!(format!("{:?}", config.engine), format!("{:?}", empty.engine));
    assert!(config.apps.is_empty() && config.rerank.is_none());
}

#[test]
fn every_key_of_it_can_be_set() {
    let set: String = reference()
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(key) if !key.starts_with(' ') => format!("{key}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let problems = match Config::parse(&set, Path::new("/nowhere/host.toml")) {
        Ok(_) => Vec::new(),
        Err(error) => error.problems,
    };
    let slips: Vec<_> = problems
        .iter()
        .filter(|problem| {
            ["not a key", "not valid", "not a table", "; write", "is missing"]
                .iter()
                .any(|slip| problem.message.contains(slip))
        })
        // These values are only there to show the kind.
        .filter(|problem| {
            !problem.message.contains("environment variable") && !problem.message.contains("URL")
        })
        // A table of each kind has keys of its own.
        .filter(|problem| !problem.message.contains("has no effect with kind"))
        // The tables are called NAME, which is what a name without a letter is taken for.
        .filter(|problem| !problem.message.contains("`…` is not configured"))
        .filter(|problem| !problem.message.contains("is not a hash"))
        .filter(|problem| !problem.message.contains("is not a file's name"))
        .collect();
    assert!(slips.is_empty(), "{slips:#?}\n{set}");
}

#[test]
fn what_a_number_may_be_is_said_once() {
    let text = reference();
    for said in [
        "Default 2. From 1 to 64.\nmax_jobs = 2\n",
        "#max_connections = 4096\n",
        "0.001 to 1000. Default: 1.\n",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    let of = |schema: Json, description| range(&schema, description);
    let bounded = || serde_json::json!({"minimum": 0.0, "maximum": 1.0});
    assert_eq!(of(bounded(), "A share."), Some("From 0 to 1.".to_owned()));
    assert_eq!(of(bounded(), "A share, 0 to 1. Default: 0.5."), None);
    assert_eq!(of(serde_json::json!({"minimum": 0}), "Some."), None);
    assert_eq!(of(serde_json::json!({"minimum": 64}), "Tokens."), Some("At least 64.".to_owned()));
    assert_eq!(of(serde_json::json!({"type": "string"}), "A name."), None);
}

#[test]
fn the_file_in_the_docs_is_the_reference() {
    let path = root().join("docs/reference.toml");
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == reference(),
        "docs/reference.toml is not what the types say: run `qianfan-host config reference > docs/reference.toml`"
    );
}

/// The row of a table in docs/configure.md: its header as the file has it, and the part of the schema.
fn rows() -> Vec<(String, &'static Json)> {
    let mut rows = Vec::new();
    for (name, schema) in SCHEMA["properties"].as_object().unwrap() {
        let named = schema["additionalProperties"].is_object();
        let (header, inner) = match named {
            true => (format!("{name}.<name>"), &schema["additionalProperties"]),
            false => (name.clone(), schema),
        };
        for (key, inner) in inner["properties"].as_object().unwrap() {
            match within(inner) {
                Some((table, TableForm::InAList)) if key == "plugins" => {
                    rows.push((format!("[[{header}.{key}]]"), table))
                }
                Some((table, TableForm::Alone)) if key != "when" => {
                    rows.push((format!("[{header}.{key}]"), table))
                }
                Some((table, TableForm::ByName)) => rows.push((format!("[{header}.{key}.<name>]"), table)),
                _ => {}
            }
        }
        rows.push((format!("[{header}]"), inner));
    }
    rows
}

#[test]
fn the_docs_list_every_key_with_its_default() {
    let docs = std::fs::read_to_string(root().join("docs/configure.md")).unwrap();
    for (header, schema) in rows() {
        let start = format!("| `{header}` |");
        let row = docs.lines().find(|line| line.starts_with(&start));
        let row = row.unwrap_or_else(|| panic!("docs/configure.md has no row for {header}"));
        for (name, key) in schema["properties"].as_object().unwrap() {
            if within(key).is_some_and(|(_, held)| held != TableForm::InAList || name == "plugins") {
                continue;
            }
            let is_named = [format!("`{name}`"), format!(" {name},"), format!(" {name} }}")]
                .iter()
                .any(|name| row.contains(name.as_str()))
                || row.contains(&format!("`{name} = "));
            assert!(is_named, "the row of docs/configure.md for {header} does not name `{name}`");
            let default = match &key["default"] {
                // A sentence for users is in the reference only.
                Json::String(text) if !text.is_empty() && text.is_ascii() => text.clone(),
                Json::Number(number) => number.to_string(),
                Json::Bool(true) => "true".to_owned(),
                _ => continue,
            };
            let begins = format!("`{name}` (");
            let given = row.split(&begins).nth(1).and_then(|rest| rest.split([',', ';', ')', ' ']).next());
            let is_same = match key["format"].as_str() {
                // `75s` and `1m 15s` are one.
                Some(duration::FORMAT) => given.and_then(duration::parse) == duration::parse(&default),
                _ => given == Some(default.as_str()),
            };
            assert!(is_same, "the row of docs/configure.md for {header} does not say {begins}{default}");
        }
    }
}

#[test]
fn the_examples_of_the_readme_and_the_docs_hold_no_unknown_key() {
    let mut blocks = 0;
    let docs = std::fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let texts =
        docs.filter(|path| path.extension().is_some_and(|end| end == "md")).chain([root().join("README.md")]);
    for path in texts {
        let text = std::fs::read_to_string(&path).unwrap();
        for block in text.split("```toml\n").skip(1) {
            let block = block.split("```").next().unwrap();
            blocks += 1;
            let Err(error) = Config::parse(block, &root().join("host.toml")) else { continue };
            let slip = |problem: &&crate::problem::Problem| {
                ["not a key", "not valid TOML", "not a table", "; write a ", "did you mean"]
                    .iter()
                    .any(|slip| problem.message.contains(slip))
            };
            let slips: Vec<_> = error.problems.iter().filter(slip).collect();
            assert!(slips.is_empty(), "{}: {slips:#?}\n{block}", path.display());
        }
    }
    assert!(blocks >= 4, "{blocks}");
}
