use std::collections::BTreeSet;
use std::path::Path;

/// Every name of a function in the sources of a folder.
fn functions(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, names);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let after = text.split("fn ").skip(1);
            names.extend(after.filter_map(|rest| rest.split(['(', '<']).next()).map(str::to_owned));
        }
    }
}

#[test]
fn every_attack_in_the_table_names_a_test_that_there_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut known = BTreeSet::new();
    for folder in ["host/src", "tests", "plugins/markdown/src"] {
        functions(&root.join(folder), &mut known);
    }
    let table = std::fs::read_to_string(root.join("docs/security.md")).unwrap();
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| ")).collect();
    let mut named = 0;
    for row in &rows {
        let tests = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        for name in tests.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
            // Names of tests are sentences; what is shorter is a module or a word.
            if name.matches('_').count() >= 3 {
                named += 1;
                assert!(known.contains(name), "docs/security.md names `{name}`, which is no test: {row}");
            }
        }
    }
    assert!(named > 60, "the table names its tests: {named} in {} rows", rows.len());
}
