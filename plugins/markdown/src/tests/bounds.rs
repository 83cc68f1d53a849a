//! What an answer can make the formatter give, hold and do.

use qianfan_plugin::{Formatter, Passage};

use super::{Config, Markdown, body, format_pieces, sources};

/// Formats piece by piece, and tells the longest output of one piece and of all.
fn measured(text: &str, sources: Vec<Passage>) -> (usize, usize) {
    let mut formatter = Markdown::open(Config::default(), sources).expect("opens");
    let (mut longest, mut all) = (0, 0);
    for piece in text.as_bytes().chunks(8 << 10) {
        let out = formatter.feed(&String::from_utf8_lossy(piece)).expect("feeds");
        longest = longest.max(out.len());
        all += out.len();
    }
    let rest = formatter.finish().expect("finishes");
    (longest.max(rest.len()), all + rest.len())
}

#[test]
fn a_long_url_cited_over_and_over_stays_small() {
    let long = |length: usize| {
        vec![Passage {
            url: Some(format!("https://a.example/{}", "é".repeat(length))),
            ..Passage::new("长", "")
        }]
    };
    // As long as it may be, once encoded or not, and far longer.
    for length in [300, 900, 100_000, 2_000_000] {
        let mark = format!("[{}1]", "1,".repeat(18));
        let (longest, all) = measured(&mark.repeat(20_000), long(length));
        assert!(longest < 512 << 10, "{length}: {longest} bytes at once");
        assert!(all < 3 << 20, "{length}: {all} bytes in all");
    }
    assert_eq!(format_pieces(["[1,1, 1]"], Config::default(), long(1)).matches("[[1]](").count(), 1);
    let cited = format_pieces(["见[1]"], Config::default(), long(100_000));
    assert!(cited.starts_with("见\\[1\\]") && cited.contains("- [1] 长\n"), "{cited}");
}

#[test]
fn many_sources_with_long_names_make_a_short_list() {
    let source =
        |_| Passage { section: vec!["节".repeat(5000); 50], ..Passage::new("题".repeat(100_000), "") };
    let all: Vec<Passage> = (0..300).map(source).collect();
    let marks: String = (1..=300).map(|number| format!("[{number}]")).collect();
    let (longest, _) = measured(&marks, all);
    assert!(longest < 300 << 10, "{longest}");
}

#[test]
fn no_character_over_and_over_costs_more_than_its_length() {
    let characters = "`~*_[]()!<>|\\\"'$#-+=:.&@/1a ，【】中\u{a0}\u{200b}\n\t";
    let patterns = [
        "![",
        "](",
        "![a](",
        "[a](b(",
        "*a ",
        "_a*",
        "<a",
        "<a:",
        "<https:",
        "`a",
        "``a`",
        "\\",
        "\\`",
        "> ",
        "- ",
        "1. ",
        "|`|",
        "\n```",
        "\n~~~ ",
        "$$\n",
        "\\[",
        "https://",
        "[1]",
        "[1,",
        "![x](https://a.example/x.png)",
        "`\n",
        "<b>\n",
        "**a**",
        "|a|\n|-|\n",
    ];
    let alone: Vec<String> = characters.chars().map(String::from).collect();
    for pattern in alone.iter().map(String::as_str).chain(patterns) {
        let text = pattern.repeat((256 << 10) / pattern.len());
        let (longest, all) = measured(&text, sources());
        assert!(longest <= 6 * (8 << 10) + (512 << 10), "{pattern:?}: {longest} bytes at once");
        assert!(all <= 6 * text.len() + (1 << 20), "{pattern:?}: {all} bytes in all");
    }
}

#[test]
fn little_is_held_back_whatever_is_open() {
    for opening in [
        "![",
        "![a](https://",
        "![a](b \"",
        "<https://",
        "[1,",
        "](",
        "](java",
        "```",
        "~~~ ",
        "````",
        "> > > ",
    ] {
        let mut formatter = Markdown::open(Config::default(), sources()).expect("opens");
        let mut fed = formatter.feed(opening).expect("feeds").len();
        for _ in 0..2000 {
            fed += formatter.feed("abcdefgh").expect("feeds").len();
        }
        assert!(fed + 5000 > 16_000, "{opening}: only {fed} bytes came out");
    }
    assert_eq!(body("![a"), "! [a");
}
