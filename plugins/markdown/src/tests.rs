//! The formatter as a client sees it; what a renderer makes of it is asked of a renderer.

mod bounds;
mod honest;
mod images;
mod renderers;

use pulldown_cmark::{Event, Options, Parser, Tag};
use qianfan_plugin::{Formatter, Passage};

use super::{Config, Markdown};

fn sources() -> Vec<Passage> {
    let with = |title: &str, url: Option<&str>, section: &[&str]| Passage {
        url: url.map(str::to_owned),
        section: section.iter().map(|heading| (*heading).to_owned()).collect(),
        ..Passage::new(title, "")
    };
    vec![
        with("招生章程", Some("https://a.example/1?a=(b)"), &["第一章", "总则"]),
        with("内部[资料]", None, &[]),
        with("坏链接", Some("javascript:alert(1)"), &[]),
    ]
}

fn format_pieces<'a>(
    pieces: impl IntoIterator<Item = &'a str>,
    config: Config,
    sources: Vec<Passage>,
) -> String {
    let mut formatter = Markdown::open(config, sources).expect("opens");
    let mut out = String::new();
    for piece in pieces {
        out.push_str(&formatter.feed(piece).expect("feeds"));
    }
    out.push_str(&formatter.finish().expect("finishes"));
    out
}

fn format(text: &str) -> String {
    format_pieces([text], Config::default(), sources())
}

/// Formatted, without the list of sources.
fn body(text: &str) -> String {
    let config = serde_json::from_str(r#"{"sources":"none"}"#).expect("a configuration");
    format_pieces([text], config, sources())
}

/// What a renderer of CommonMark, or of GitHub's markdown, would run or follow that it must not.
fn dangers(text: &str) -> Vec<String> {
    let mut dangers = Vec::new();
    let github = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM;
    for options in [Options::empty(), github] {
        for event in Parser::new_ext(text, options) {
            match event {
                Event::Html(html) | Event::InlineHtml(html) => dangers.push(html.into_string()),
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    let seen: String = dest_url.chars().filter(|c| !c.is_control() && *c != ' ').collect();
                    let scheme = seen.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
                    let known = ["http", "https", "mailto", "tel"];
                    if let Some(scheme) = scheme.filter(|scheme| {
                        scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c))
                    }) && !known.contains(&scheme.as_str())
                        // An address in an autolink, which the renderer gives without its scheme.
                        && !dest_url.contains('@')
                    {
                        dangers.push(dest_url.into_string());
                    }
                }
                _ => {}
            }
        }
    }
    dangers
}

#[test]
fn marks_become_links_and_the_cited_are_listed() {
    assert_eq!(
        format("分数线[1][2]。【1】又见[^2]、[1, 3],而[9]没有。"),
        "分数线[[1]](https://a.example/1?a=%28b%29)\\[2\\]。[[1]](https://a.example/1?a=%28b%29)又见\\[2\\]、\
         [[1]](https://a.example/1?a=%28b%29)\\[3\\],而[9]没有。\n\n**参考来源**\n\n\
         - [1] [招生章程 › 第一章 › 总则](https://a.example/1?a=%28b%29)\n\
         - [2] 内部\\[资料\\]\n\
         - [3] 坏链接\n"
    );
    assert_eq!(format("没有引用[9]"), "没有引用[9]");
    assert_eq!(body("[1]"), "[[1]](https://a.example/1?a=%28b%29)");
}

#[test]
fn what_only_looks_like_a_mark_stays() {
    for text in [
        "- [ ] 待办\n- [x] 完成",
        "[1](https://b.example)",
        "`a[1]`",
        "```\na[1]\n```",
        "\\[1\\]",
        "[]",
        "[1,]",
        "【注】",
    ] {
        assert_eq!(format(text), text);
    }
    // Not an image.
    assert_eq!(body("好![1]"), "好! [[1]](https://a.example/1?a=%28b%29)");
}

#[test]
fn what_the_stream_leaves_open_is_closed() {
    for (text, expect) in [
        ("```rust\nfn main() {", "```rust\nfn main() {\n```"),
        ("```rust\nfn main() {\n", "```rust\nfn main() {\n```"),
        ("1. 步骤\n   ```sh\n   ls", "1. 步骤\n   ```sh\n   ls\n   ```"),
        ("> ~~~\n> x", "> ~~~\n> x\n> ~~~"),
        ("执行 `ls -l", "执行 `ls -l`"),
        ("**重要", "**重要**"),
        ("**重要 *很", "**重要 *很***"),
        ("~~删", "~~删~~"),
        ("snake_case 与 2 * 3", "snake_case 与 2 * 3"),
        ("**[官网](https://a.example/x", "**[官网](https://a.example/x)**"),
        ("**好**。", "**好**。"),
        ("````\n```\n", "````\n```\n````"),
    ] {
        assert_eq!(body(text), expect, "{text}");
    }
}

#[test]
fn code_is_left_alone() {
    for text in [
        "```html\n<script>alert(1)</script> [1] [x](javascript:1)\n```\n后",
        "用 `Vec<String>` 与 ``a ` <b>``。",
        "~~~\n<b>\n~~~\n",
        "    <b> 缩进\n\n    [1]\n\n后",
        "- ```\n  <b>\n  ```\n",
        "> ```\n> <b>\n> ```\n",
        "```make\nall:\n\tcc <x>\n```\n",
        "`a | b <c>`",
        "``` 行内 ``` 后",
    ] {
        assert_eq!(body(text), text);
    }
    // Written for a table, where the bar would end the cell and the code with it.
    assert_eq!(body("|a|b|\n|-|-|\n|`x|<b>`|c|\n"), "|a|b|\n|-|-|\n|`x\\|<b>`|c|\n");
}

#[test]
fn html_is_shown_and_not_run() {
    for (text, expect) in [
        ("<script>alert(1)</script>", "&lt;script>alert(1)&lt;/script>"),
        ("a < b 且 c<5", "a < b 且 c<5"),
        ("<!-- x --> <?php ?>", "&lt;!-- x --> &lt;?php ?>"),
        ("<https://a.example/x>", "<https://a.example/x>"),
        ("<javascript:alert(1)>", "&lt;javascript:alert(1)>"),
        ("Vec<String>", "Vec&lt;String>"),
        ("`<b>\n<i>", "`<b>`\n&lt;i>"),
        ("<b", "&lt;b"),
        ("<s\u{0}cript>", "&lt;script>"),
    ] {
        assert_eq!(body(text), expect, "{text}");
    }
}

#[test]
fn nothing_turns_the_direction_of_writing() {
    assert_eq!(body("a\u{202e}b\u{2066}c\u{200f}d\u{feff}e"), "abcde");
    assert_eq!(body("```\nif x\u{202e}\n```\n"), "```\nif x\n```\n", "also not in code");
    assert_eq!(body("一\u{2028}二"), "一\n二");
}

#[test]
fn a_bare_link_takes_no_code() {
    for (text, expect) in [
        ("https://x`<b>`", "https://x `<b>`"),
        ("（www.x.cn`<b>`）", "（www.x.cn `<b>`）"),
        ("用`<b>`，见https://x 与`<i>`", "用`<b>`，见https://x 与`<i>`"),
        ("https://x[1]", "https://x [[1]](https://a.example/1?a=%28b%29)"),
    ] {
        assert_eq!(body(text), expect);
    }
}

#[test]
fn code_that_a_formula_may_have_taken_is_harmless_as_text_too() {
    for (text, expect) in [
        ("$`$ <b> `<b>", "$`$ < b> `< b>"),
        ("价格 $5，见 `a <b` 与 `x < 5`", "价格 $5，见 `a < b` 与 `x < 5`"),
        ("$a<b$\n\n`<b>`", "$a< b$\n\n`<b>`"),
        ("$$\n```\n$$\n<b>\n```\n", "$$\n\n```\n$$\n< b>\n```\n"),
        ("\\[\n```\n![a](b)\n```\n", "\\[\n\n```\n! [a] (b)\n```\n"),
        ("$$ a\nb $$\n```\n<b>\n```\n", "$$ a\nb $$\n\n```\n< b>\n```\n"),
        ("$$\na\n$$\n```\n<b>\n```\n", "$$\na\n$$\n\n```\n<b>\n```\n"),
        ("$$a$$\n```\n<b>\n```\n", "$$a$$\n\n```\n<b>\n```\n"),
    ] {
        assert_eq!(body(text), expect);
    }
}

#[test]
fn nothing_reaches_over_code_into_what_follows() {
    for (text, expect) in [
        ("[``](javascript:x)``", "[``] (javascript:x)``"),
        ("[``a`](https://a.cn)<b>``", "[``a`] (https://a.cn)< b>``"),
        ("~~a `~~ <b>`", "~~a `~~ < b>`~~"),
        ("~~`<b>`~~", "~~`< b>`~~"),
        ("**a ``** <b>``", "**a ``** < b>``**"),
        ("[`Vec<T>`](https://a.cn)", "[`Vec<T>`](https://a.cn)"),
        ("[`]: javascript:x`", "[`] : javascript:x`"),
        ("[a\n```\n]: b\n<b>\n```\n", "[a\n\n```\n] : b\n< b>\n```\n"),
        ("[a]: https://b \"c\n```\n\"\n<b>\n```\n", "[a]: https://b \"c\"\n\n```\n\"\n<b>\n```\n"),
        ("[a]: https://b\n\"`\"\n<b>\n", "[a]: https://b\n\\\"`\"`\n&lt;b>\n"),
        ("[a](https://b \"c\\\n`\") <b>`", "[a](https://b \"c\\ \")\n`\") <b>`"),
        ("[a](https://b\\\n`<b>`", "[a](https://b\\ )\n`<b>`"),
    ] {
        assert_eq!(body(text), expect);
    }
}

#[test]
fn a_fence_is_one_for_all() {
    for (text, expect) in [
        ("```a|b\n-|-\n<b>\n```\n", "```a&#124;b\n-|-\n<b>\n```\n"),
        ("```\n```~\n<b>\n```\n", "```\n``` ~\n<b>\n```\n"),
        ("a\n```\n---\n<b>\n```\n", "a\n\n```\n---\n<b>\n```\n"),
        ("- a\n  ```\n  ---\n  <b>\n  ```\n", "- a\n  ```\n  ---\n  < b>\n  ```\n"),
        ("---\n```\n<b>\n```\n", "\n---\n\n```\n<b>\n```\n"),
    ] {
        assert_eq!(body(text), expect);
    }
}

#[test]
fn links_lead_where_they_may() {
    for text in [
        "[x](https://a.example \"题\")",
        "[x](#节)",
        "[x]: https://a.example",
        "[注]: 说明",
        "[x](mailto:a@b.example)",
    ] {
        assert_eq!(body(text), text);
    }
    for text in [
        "[x](javascript:alert(1))",
        "[x]( \tJAVASCRIPT:alert(1))",
        "[x](java&#115;cript:alert(1))",
        "[x](javascript&colon;alert(1))",
        "[x](\njavascript:alert(1))",
        "[x](<javascript:alert(1)>)",
        "[x](< javascript:alert(1)>)",
        "[x](javascript\\:alert(1))",
        "![x](data:text/html,x)",
        "[x][y]\n\n[y]: javascript:alert(1)",
        "[y]:\njavascript:alert(1)\n\n[y]",
        "[9]: vbscript:x\n\n[9]",
        "<vbscript:x>",
    ] {
        assert_ne!(dangers(text), Vec::<String>::new(), "{text} is not what the test is about");
        let formatted = body(text);
        assert_eq!(dangers(&formatted), Vec::<String>::new(), "{text} → {formatted}");
    }
    // No links as they stand, and none after formatting.
    for text in ["[x](\u{1}javascript:x)", "[x](java\nscript:x)", "[1]: vbscript:x\n\n[1]"] {
        assert_eq!(dangers(&body(text)), Vec::<String>::new(), "{text}");
    }
}

/// Pieces that, put together at random, make answers as nasty as they get.
const PIECES: &[&str] = &[
    "\n",
    "\n",
    "\n",
    "\n\n",
    " ",
    "  ",
    "    ",
    "\t",
    "> ",
    ">",
    "- ",
    "* ",
    "1. ",
    "2) ",
    "-",
    "+",
    "#",
    "```",
    "```",
    "~~~",
    "````",
    "`",
    "``",
    "\\",
    "|",
    "|",
    "\n|-|-|\n",
    "---",
    ":-:",
    "<script>",
    "<b",
    ">",
    "</i>",
    "<!--",
    "-->",
    "<?x",
    "<https://a.example>",
    "<javascript:x>",
    "<",
    "[",
    "]",
    "[1]",
    "[9]",
    "【2】",
    "[^1]",
    "[^9]:",
    "(",
    ")",
    "](",
    "]:",
    "!",
    "[x](javascript:y)",
    "javascript:",
    "&#106;",
    "&colon;",
    "data:x",
    "https://b.example",
    "*",
    "**",
    "_",
    "~~",
    "字",
    "word",
    "x\ty",
    "\r\n",
    "\r",
    "\"",
    "'",
    "=",
    "&lt;",
    "$",
    ":",
    "\u{b}",
    "\u{200b}",
];

/// A small generator, so that a failure comes again: xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).expect("fits")
    }

    fn answer(&mut self) -> String {
        let pieces = 1 + self.below(24);
        (0..pieces).map(|_| PIECES[self.below(PIECES.len())]).collect()
    }

    fn pieces<'a>(&mut self, text: &'a str) -> Vec<&'a str> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let count = 1 + self.below(4);
            let at = rest.char_indices().nth(count).map_or(rest.len(), |(at, _)| at);
            let (piece, after) = rest.split_at(at);
            pieces.push(piece);
            rest = after;
        }
        pieces
    }
}

#[test]
fn no_answer_gets_anything_past_a_renderer() {
    let mut random = Random(0x5EED);
    for _ in 0..60_000 {
        let answer = random.answer();
        let formatted = format(&answer);
        assert_eq!(dangers(&formatted), Vec::<String>::new(), "{answer:?} → {formatted:?}");
    }
}

#[test]
fn how_the_stream_was_cut_changes_nothing() {
    let mut random = Random(0xC07);
    for _ in 0..20_000 {
        let answer = random.answer();
        let whole = format(&answer);
        let cut = format_pieces(random.pieces(&answer), Config::default(), sources());
        assert_eq!(whole, cut, "{answer:?}");
    }
}

#[test]
fn text_goes_out_at_once() {
    let mut formatter = Markdown::open(Config::default(), sources()).expect("opens");
    for word in ["省控线", "是", "录取", "**最低", "分**", "要求"] {
        let out = formatter.feed(word).expect("feeds");
        assert!(!out.is_empty(), "{word} was held back");
    }
    let mut held = 0;
    for _ in 0..10_000 {
        held += 1;
        if !formatter.feed("[").expect("feeds").is_empty() {
            held = 0;
        }
        assert!(held < 3);
    }
    let mut formatter = Markdown::open(Config::default(), sources()).expect("opens");
    let out = formatter.feed(&format!("<https:{}", "x".repeat(2000))).expect("feeds");
    assert!(out.len() > 1400);
}

#[test]
fn every_key_of_the_schema_is_a_key_of_the_configuration() {
    let schema: serde_json::Value = serde_json::from_str(&Markdown::describe().config_schema).expect("JSON");
    let example = &schema["examples"][0];
    assert_eq!(
        schema["properties"].as_object().expect("an object").keys().collect::<Vec<_>>(),
        example.as_object().expect("an object").keys().collect::<Vec<_>>()
    );
    serde_json::from_value::<Config>(example.clone()).expect("a configuration");
}
