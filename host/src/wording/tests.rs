//! The tables are held to what the sources say.

use std::path::Path;

use super::*;

fn of(sentence: &'static str, text: &str) -> Option<Vec<(&'static str, String)>> {
    params(sentence, text).map(|params| params.into_iter().collect())
}

#[test]
fn what_stands_in_the_places_is_told_and_another_sentence_is_not_taken_for_it() {
    let some = |pairs: &[(&'static str, &str)]| {
        Some(pairs.iter().map(|(name, text)| (*name, (*text).to_owned())).collect::<Vec<_>>())
    };
    assert_eq!(of("holds no text", "holds no text"), some(&[]));
    assert_eq!(of("holds no text", "holds no text: its pages are scanned"), None);
    assert_eq!(of("{n} row{} left", "3 rows left"), some(&[("n", "3")]));
    assert_eq!(of("{n} row{} left", "1 row left"), some(&[("n", "1")]));
    assert_eq!(
        of("no `{name}`; there are: {known}", "no `甲`; there are: 乙, 丙"),
        some(&[("known", "乙, 丙"), ("name", "甲")])
    );
    assert_eq!(of("no `{name}`; there are: {known}", "no `甲`"), None);
    assert_eq!(of("{why}!", "!"), some(&[("why", "")]));
    assert_eq!(of("{a}x{b}", "axbx"), some(&[("a", "a"), ("b", "bx")]));
    let long = format!("there is no app `{}`; there are: b", "长".repeat(LONGEST));
    assert_eq!(Worded::of_error(&long), None);
    let note = "read as a form of 3 rows, each name with the value beside it\n没有这种话";
    let lines = lines(note);
    assert_eq!(lines[0].worded.as_ref().map(|worded| worded.kind), Some("read_as_form"));
    assert_eq!((lines[1].text, &lines[1].worded), ("没有这种话", &None));
}

#[test]
fn what_mends_a_number_is_told_apart_from_its_bound() {
    for (text, most, example) in [
        ("is 1.5; it must be between 0 and 1, write such as 0.5", "1", Some("0.5")),
        ("is 57; it must be between 0 and 1, write 0.57", "1", Some("0.57")),
        ("is 0s; it must be between 1ms and 1h, such as \"60s\"", "1h", Some("\"60s\"")),
        ("is 0; it must be between 1 and 9, or left out for what the system allows", "9", None),
        ("is 0; it must be between 1 and 9", "9", None),
    ] {
        let told = Worded::of_problem(text).unwrap();
        let place = |name: &str| told.params.get(name).map(String::as_str);
        assert_eq!((told.kind, place("most")), ("out_of_range", Some(most)), "{text}");
        assert_eq!(place("example"), example, "{text}");
    }
}

#[test]
fn a_sentence_within_a_sentence_is_told_as_well() {
    let answer = serde_json::json!({
        "calls": [{"error": "unavailable: http://127.0.0.1:1: the connection was refused, nothing listens there"}],
        "notes": ["没有这种话", "2 right ids name no document there and count as missed (line 2: `9`); correct them, import the documents, or give text to find (`snippet`)"],
        "text": "the client left",
        "logs": [{"message": "unavailable: of a guest"}],
        "seen": {"last_errors": [{"message": "unavailable: of the host"}]},
    });
    let known = known_in(&answer);
    assert_eq!(known.len(), 3, "what no key says is the host's is nobody's: {known:?}");
    assert!(known.contains_key("unavailable: of the host"), "{known:?}");
    let error = &known["unavailable: http://127.0.0.1:1: the connection was refused, nothing listens there"];
    let server = &error.inner["why"];
    let kinds = (error.kind, server.kind, server.inner["why"].kind);
    assert_eq!(kinds, ("plugin_unavailable", "said_of_server", "connection_refused"));
    let problem = "prompts/a.md.j2:18: is not a template: unexpected end of input, expected end of block; each {% for … %} ends with {% endfor %}";
    let told = Worded::of_problem(problem).unwrap();
    assert_eq!((told.kind, &*told.params["place"]), ("template_at", "prompts/a.md.j2:18"));
    assert_eq!(told.inner["why"].inner["why"].kind, "unexpected_end");
    let skipped = Worded::of_any("line 3: does not say what is right; give an id", 0).unwrap();
    assert_eq!((skipped.kind, skipped.inner["why"].kind), ("bad_line", "nothing_right"));
    // However deep one is put into another, it ends.
    let deep = "unavailable: ".repeat(300);
    assert_eq!(Worded::of_any(&deep, 0).unwrap().kind, "plugin_unavailable");
}

/// All rows, each with its table.
fn rows() -> impl Iterator<Item = (&'static str, &'static Row)> {
    [
        ("import", import::ROWS),
        ("error", error::ROWS),
        ("problem", problem::ROWS),
        ("mend", mend::ROWS),
        ("evaluation", evaluation::ROWS),
        ("service", service::ROWS),
        ("template", template::ROWS),
        ("turn", turn::ROWS),
    ]
    .into_iter()
    .flat_map(|(table, rows)| rows.iter().map(move |row| (table, row)))
}

#[test]
fn every_sentence_is_told_from_those_before_it() {
    for (table, (kind, sentence)) in rows() {
        let mut text = String::new();
        for (at, piece) in sentence.split('{').enumerate() {
            match piece.split_once('}').filter(|_| at > 0) {
                Some(("", words)) => text.push_str(words),
                Some((name, words)) => {
                    // Two rows of one kind may differ in how much a place holds.
                    assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{kind}: {name}");
                    text.push('七');
                    text.push_str(words);
                }
                None => text.push_str(piece),
            }
        }
        let rows = match table {
            "import" => import::ROWS,
            "error" => error::ROWS,
            "problem" => problem::ROWS,
            "mend" => mend::ROWS,
            "evaluation" => evaluation::ROWS,
            "service" => service::ROWS,
            "template" => template::ROWS,
            _ => turn::ROWS,
        };
        let told = told(rows, &text, 0);
        let told = told.unwrap_or_else(|| panic!("{table}: {kind} is not told from its own words: {text}"));
        assert_eq!(told.kind, *kind, "{table}: `{text}` is taken for another sentence");
        assert!(told.params.values().all(|value| value.contains('七')), "{kind}: {told:?}");
    }
}

/// Sentences that the sources put together out of parts: their words stand nowhere in one piece.
/// The template engine's own are not ours.
const PUT_TOGETHER: [&str; 60] = [
    "reference_misspelt",
    "reference_of_other_kind",
    "reference_unnameable",
    "not_a_schema",
    "mend_list_meant",
    "embedder_unknown",
    "store_unknown",
    "model_file_missing",
    "file_not_there",
    "key_itself",
    "variable_or_empty",
    "no_scheme",
    "adds_to_a_turn",
    "is_a_formatter",
    "granted_to_none",
    "filter_value_unordered",
    "not_a_component",
    "url_unencoded",
    "not_an_origin",
    "star_misplaced",
    "url_has_user",
    "toml_there_already",
    "folder_for_file",
    "mend_near_or_file",
    "read_as_table",
    "read_as_table_doubtful",
    "read_as_table_kept",
    "read_as_table_rows",
    "hidden_text",
    "struck_text",
    "encoding_doubtful",
    "encoding_guessed",
    "below_zero",
    "too_large",
    "key_unknown",
    "table_unknown",
    "template_endless",
    "template_too_long",
    "template_operation",
    "unexpected_end",
    "unexpected",
    "unknown_statement",
    "unclosed",
    "stored_behind",
    "stored_behind_other",
    "toml_full_width",
    "toml_backslash",
    "page_wants_login",
    "page_gone",
    "page_asked_too_often",
    "page_fails",
    "no_question_read",
    "columns_unnamed",
    "file_not_csv",
    "file_not_text",
    "no_text",
    "template_syntax",
    "template_names_unknown",
    "file_not_json",
    "not_an_object_in_line",
];

/// The texts of all sources as they come out: without the line breaks within them.
fn sources(folder: &Path, out: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_table = path.components().any(|part| part.as_os_str() == "wording");
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !is_table {
            let text = std::fs::read_to_string(&path).unwrap();
            let mut pieces = text.split("\\\n");
            out.push_str(pieces.next().unwrap_or_default());
            pieces.for_each(|piece| out.push_str(piece.trim_start()));
        }
    }
}

/// Words that are so short may stand anywhere.
const TELLING: usize = 14;

#[test]
fn every_sentence_is_said_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut said = String::new();
    for folder in [root.join("src"), root.join("../plugins")] {
        sources(&folder, &mut said);
    }
    let said = said.replace("\\\"", "\"").replace("{{", "{").replace("}}", "}");
    let mut lost = Vec::new();
    for (table, (kind, sentence)) in rows().filter(|(_, (kind, _))| !PUT_TOGETHER.contains(kind)) {
        let pieces = sentence.split('{').enumerate();
        let pieces = pieces.map(|(at, piece)| match piece.split_once('}').filter(|_| at > 0) {
            Some((_, words)) => words,
            None => piece,
        });
        for words in pieces.filter(|words| words.len() >= TELLING) {
            if !said.contains(words) {
                lost.push(format!("{table} {kind}: `{words}`"));
            }
        }
    }
    assert!(
        lost.is_empty(),
        "nobody says this (any more); write host/src/wording/*.rs as it is said now:\n{}",
        lost.join("\n")
    );
}

/// What the console says of each kind, as its sources have it: the kind, and the wordings with their places.
fn in_chinese() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("console/src/words");
    let mut said = Vec::new();
    for name in ["facts.zh.ts", "facts.config.zh.ts", "facts.import.zh.ts", "facts.turn.zh.ts"] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let lines = text.lines().filter_map(|line| line.strip_prefix("  ")?.split_once(": "));
        let is_kind =
            |kind: &str| kind.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        let lines = lines.filter(|(kind, _)| is_kind(kind));
        said.extend(lines.map(|(kind, wordings)| (kind.to_owned(), wordings.to_owned())));
    }
    said
}

#[test]
fn the_console_says_every_sentence_in_chinese_and_none_that_nobody_says() {
    let said = in_chinese();
    let lost: Vec<&str> = rows()
        .map(|(_, (kind, _))| *kind)
        .filter(|kind| said.iter().all(|(other, _)| other != kind))
        .collect();
    assert!(lost.is_empty(), "no Chinese in host/console/src/words/facts*.ts: {lost:?}");
    for (kind, wordings) in said.iter().filter(|(kind, _)| kind != "template_at") {
        let rows: Vec<&str> = rows().filter(|(_, row)| row.0 == kind).map(|(_, row)| row.1).collect();
        assert!(!rows.is_empty(), "nobody says `{kind}`");
        let places = wordings.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
        // A value in double braces is a template's.
        let places =
            places.filter(|place| place.bytes().all(|b| b.is_ascii_lowercase()) && !place.is_empty());
        for place in places {
            let place = format!("{{{place}}}");
            assert!(rows.iter().any(|row| row.contains(&place)), "`{kind}` has no place {place}");
        }
    }
}

/// A note tells which rows and columns went in and which did not: a place that is left out in Chinese is a loss told to
/// nobody. Only what to do about it may be said in other words.
#[test]
fn the_console_leaves_out_nothing_that_an_import_tells() {
    let said = in_chinese();
    for (kind, sentence) in import::ROWS {
        let chinese = said.iter().find(|(other, _)| other == kind).map_or("", |(_, wordings)| wordings);
        // Several wordings of one kind are held by the test above.
        if chinese.starts_with('[') {
            continue;
        }
        let places = sentence.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
        for place in places.filter(|place| !place.is_empty() && *place != "mend") {
            assert!(chinese.contains(&format!("{{{place}}}")), "`{kind}` leaves out {{{place}}}: {chinese}");
        }
    }
}
