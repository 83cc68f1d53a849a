use std::collections::BTreeSet;
use std::path::Path;

use super::*;

fn source(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// The sources of a module of `http`.
fn module(name: &str) -> String {
    let http = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http");
    let parts = std::fs::read_dir(http.join(name)).into_iter().flatten();
    let parts = parts.map(|part| source(&part.unwrap().path()));
    source(&http.join(name).with_extension("rs")) + &parts.collect::<String>()
}

/// Whether a handler of the table of paths, such as `jobs::list`, takes the parameters of the query.
fn reads(handler: &str) -> bool {
    let (name, function) = handler.split_once("::").unwrap_or(("", handler));
    let text = if name.is_empty() {
        source(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http.rs"))
    } else {
        module(name)
    };
    let (_, after) = text.split_once(&format!("fn {function}(")).unwrap_or_else(|| panic!("no {handler}"));
    let (signature, _) = after.split_once(") ->").unwrap_or((after, ""));
    signature.contains("Query<")
}

#[test]
fn the_paths_whose_get_reads_parameters_are_those_whose_handler_takes_them() {
    let table = source(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http.rs"));
    let mut reading = BTreeSet::new();
    let mut seen = 0;
    for route in table.split(".route(").skip(1) {
        let path = route.split('"').nth(1).unwrap();
        let Some((_, handler)) = route.split_once("get(") else { continue };
        let handler = handler.split(')').next().unwrap();
        seen += 1;
        if reads(handler) {
            reading.insert(path.to_owned());
        }
    }
    assert!(seen > 20, "{seen}");
    assert_eq!(reading, READ.iter().map(|path| (*path).to_owned()).collect::<BTreeSet<_>>());
}
