use super::*;

#[test]
fn a_file_name_tells_the_format() {
    for (path, format) in [
        ("a/b.TXT", Some(Format::Txt)),
        ("faq.qa.csv", Some(Format::Qa)),
        ("faq.qa.md", Some(Format::Qa)),
        ("faq.jsonl", Some(Format::Qa)),
        ("table.csv", Some(Format::Csv)),
        ("page.htm", Some(Format::Html)),
        ("a/scan.PDF", Some(Format::Pdf)),
        ("章程.docx", Some(Format::Docx)),
        ("分数线.xlsx", Some(Format::Xlsx)),
        ("简介.pptx", Some(Format::Pptx)),
        ("手册.epub", Some(Format::Epub)),
        ("通知.eml", Some(Format::Eml)),
        ("网页.mht", Some(Format::Eml)),
        ("old.doc", None),
        ("README", None),
    ] {
        assert_eq!(Format::of_path(path), format, "{path}");
    }
}

#[test]
fn every_format_is_in_the_texts_that_list_formats_for_people() {
    let of_the_page = include_str!("../../../../console/src/words/en.ts");
    let of_the_page = of_the_page.lines().find(|line| line.trim_start().starts_with("formats:")).unwrap();
    let unknown = Format::unknown("a");
    // What a list names a format by, where that is not its name.
    let shown = |name: &'static str| match name {
        "markdown" => [name, "md"],
        "qa" => [name, "q&a"],
        "txt" => [name, "text"],
        name => [name, name],
    };
    for (text, what) in [
        (include_str!("../../../cli/kb.rs"), "the help of `kb import` in cli/kb.rs"),
        (include_str!("../../../../../docs/import.md"), "docs/import.md"),
        (of_the_page, "`formats` in the console's words/en.ts"),
        (unknown.as_str(), "what is said of an unknown format"),
    ] {
        let text = text.to_lowercase();
        let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '&').collect();
        let is_listed = |name: &&str| words.contains(name);
        let absent = |name: &&'static str| !shown(name).iter().any(is_listed);
        let absent: Vec<_> = Format::NAMES.into_iter().filter(absent).collect();
        assert!(absent.is_empty(), "{what} does not list {absent:?}");
    }
}

#[test]
fn a_format_has_the_name_that_finds_it() {
    for name in Format::NAMES {
        let format = Format::named(name).unwrap();
        let shown = serde_json::to_value(format).unwrap();
        assert_eq!(shown, name, "a request names it as a record does");
    }
}
