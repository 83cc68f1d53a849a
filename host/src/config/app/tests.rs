use std::path::Path;

use super::*;
use crate::config::Config;

fn formatters(line: &str) -> (Vec<AppFormatter>, Vec<String>) {
    let text = format!("[apps.shop]\n{line}\n");
    let (config, problems) = Config::of(text.as_bytes(), Path::new("/nowhere/host.toml"));
    let problems = problems.iter().map(ToString::to_string);
    // The app names neither a model nor plugins that are there.
    let own = problems
        .filter(|problem| !problem.contains("is missing; name") && !problem.contains("not configured"));
    (config.apps["shop"].formatters.clone(), own.collect())
}

#[test]
fn a_formatter_is_a_name_or_a_table_and_fails_the_answer_unless_told_otherwise() {
    let (read, problems) = formatters(
        r#"formatters = ["a", { plugin = "b" }, { plugin = "c", on_failure = "continue", except = [] }]"#,
    );
    assert!(problems.is_empty(), "{problems:?}");
    let read: Vec<_> = read.into_iter().map(|f| (f.plugin, f.on_failure, f.except)).collect();
    assert_eq!(
        read,
        [
            ("a".to_owned(), OnFailure::Fail, vec![Exempt::Standard, Exempt::Json]),
            ("b".to_owned(), OnFailure::Fail, vec![Exempt::Standard, Exempt::Json]),
            ("c".to_owned(), OnFailure::Continue, vec![]),
        ]
    );
}

#[test]
fn what_is_wrong_with_a_formatter_is_told() {
    for (text, key) in [
        (r#"formatters = [{ plugin = "a", on_failur = "fail" }]"#, "on_failur"),
        (r#"formatters = [{ plugin = "a", except = ["everything"] }]"#, "standard"),
        (r#"formatters = [{ on_failure = "fail" }]"#, "plugin"),
        ("formatters = [1]", "write it in quotes"),
    ] {
        let (_, problems) = formatters(text);
        assert!(problems.iter().any(|problem| problem.contains(key)), "{text}: {problems:?}");
    }
}
