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
    // The enum's own list of its variants, behind the name that is none of them.
    let known = serde_json::from_str::<Format>("\"none\"").unwrap_err().to_string();
    assert_eq!(known.matches('`').count(), 2 * (1 + Format::NAMES.len()), "a format has no name: {known}");
}

#[test]
fn the_page_warns_of_no_file_whose_name_tells_a_format_that_is_read() {
    let page = include_str!("../../../../console/src/screens/base/drop.tsx");
    let (_, names) = page.split_once("const READ = /\\.(").unwrap();
    let (names, _) = names.split_once(")$/i").unwrap();
    let names: Vec<String> = names.split('|').map(|name| name.replace('\\', "")).collect();
    for name in names.iter().filter(|name| !["zip", "tar", "tar.gz", "tgz"].contains(&name.as_str())) {
        assert!(Format::of_path(&format!("a.{name}")).is_some(), "{name}");
    }
    for format in Format::NAMES.into_iter().filter(|format| *format != "qa") {
        assert!(names.iter().any(|name| name == format), "{format}");
    }
}
