//! Holds that PDF, Office documents, EPUB, HTML and mail are parsed in the sandbox: nothing that the host's process is made
//! of reads them.

use std::path::{Path, PathBuf};

use super::sizes::sources;

/// What the name of a crate has in it that reads such a format, or the markup and the containers it is made of.
const MARKS: &[&str] = &[
    "calamine", "cfb", "docx", "eml", "epub", "excel", "html", "imap", "mail", "markup", "mime", "mupdf",
    "odf", "office", "opc", "pdf", "poppler", "pptx", "rtf", "scraper", "sgml", "soup", "tika", "xls", "xml",
    "zip",
];

/// Crates of the host that have such a mark, and the one folder or file below `host/src` that may use each.
const ALLOWED: &[(&str, &str)] = &[
    // Lists of pages in the form of sitemaps, which are no documents.
    ("quick-xml", "web/sitemap.rs"),
    // Archives are unpacked, and what is in them goes to the sandbox.
    ("zip", "knowledge/unpack"),
];

/// The names of the crates under `[dependencies]`.
fn dependencies(manifest: &str) -> Vec<&str> {
    let lines = manifest.lines().skip_while(|line| *line != "[dependencies]").skip(1);
    let names = lines.take_while(|line| !line.starts_with('[')).filter(|line| !line.starts_with('#'));
    names.filter_map(|line| Some(line.split_once(['=', '.'])?.0.trim())).collect()
}

/// Those of the crates that look as if they read such a format and are not named in [`ALLOWED`].
fn parsers<'c>(crates: &[&'c str]) -> Vec<&'c str> {
    let is_named = |name: &str| ALLOWED.iter().any(|(allowed, _)| *allowed == name);
    let is_marked = |name: &str| MARKS.iter().any(|mark| name.contains(mark));
    crates.iter().copied().filter(|name| is_marked(name) && !is_named(name)).collect()
}

#[test]
fn documents_are_parsed_in_the_sandbox_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    // The host, and the crates of `plugins/` that are a part of its process.
    for manifest in ["host", "plugins/nearest", "plugins/stand-ins", "plugins/template-checks"] {
        let text = std::fs::read_to_string(root.join(manifest).join("Cargo.toml")).unwrap();
        let crates = dependencies(&text);
        assert!(!crates.is_empty(), "the dependencies of {manifest} were not found");
        let found = parsers(&crates);
        assert!(
            found.is_empty(),
            "{manifest} depends on {found:?}: documents are parsed by `document-reader`, in the sandbox"
        );
    }
    let folder = root.join("host/src");
    let code: Vec<(PathBuf, String)> = sources(std::slice::from_ref(&folder));
    let is_test = |path: &Path| path.iter().any(|part| part == "tests" || part == "tests.rs");
    for (name, place) in ALLOWED {
        let path_of_crate = format!("{}::", name.replace('-', "_"));
        let uses = |source: &str| {
            let behind =
                |at: usize| source[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
            source.match_indices(&path_of_crate).any(|(at, _)| !behind(at))
        };
        let users: Vec<_> = code.iter().filter(|(path, source)| !is_test(path) && uses(source)).collect();
        assert!(!users.is_empty(), "nothing uses `{name}` any more: take it off the list");
        for (path, _) in users {
            let inner = path.strip_prefix(&folder).unwrap();
            let is_there = inner.starts_with(place) || inner.with_extension("") == Path::new(place);
            assert!(is_there, "{} uses `{name}`, which is for {place} only", inner.display());
        }
    }
}

#[test]
fn a_crate_that_parses_documents_is_found() {
    let manifest = "[package]\nname = \"host-html\"\n\n[dependencies]\n# lopdf = \"1\"\nzip = \"9\"\nlopdf = \"1\"\n\
                    quick-xml.workspace = true\nserde = \"1\"\n\n[dev-dependencies]\nscraper = \"1\"\n";
    assert_eq!(dependencies(manifest), ["zip", "lopdf", "quick-xml", "serde"]);
    assert_eq!(parsers(&dependencies(manifest)), ["lopdf"]);
}
