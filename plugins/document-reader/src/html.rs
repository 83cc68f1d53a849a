//! HTML is read for its text: headings make sections, scripts and menus are left out.

use ego_tree::iter::Edge;
use html5ever::tendril::{StrTendril, TendrilSink};
use scraper::{Html, HtmlTreeSink, Node};

use crate::bindings::exports::qianfan::reader::documents::Document;
use crate::output::Output;

pub(crate) fn read(bytes: &[u8]) -> Result<Document, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "is not UTF-8 text".to_owned())?;
    let tree = parse(text)?;
    let mut reader = Reader::default();
    // Walked without recursion: a page may nest deeper than the stack.
    for edge in tree.tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(element) => reader.open(element)?,
                Node::Text(text) => reader.text(text),
                _ => {}
            },
            Edge::Close(node) => {
                if let Node::Element(element) = node.value() {
                    reader.close(element.name())?;
                }
            }
        }
    }
    reader.push()?;
    reader.output.finish("holds no text")
}

/// Elements within one another; browsers build no deeper trees either. The parser looks through all
/// that are open at each tag, so that a page of nothing but them costs the square of its length.
const MAX_NESTING: usize = 512;
/// Bytes between two looks at how deep the page is.
const STEP: usize = 4096;

fn parse(text: &str) -> Result<Html, String> {
    let sink = HtmlTreeSink::new(Html::new_document());
    let mut parser = html5ever::parse_document(sink, html5ever::ParseOpts::default());
    let mut rest = text;
    while !rest.is_empty() {
        let mut end = STEP.min(rest.len());
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        let (step, after) = rest.split_at(end);
        rest = after;
        parser.process(StrTendril::from_slice(step));
        let html = parser.tokenizer.sink.sink.0.borrow();
        let newest = html.tree.nodes().next_back();
        if newest.is_some_and(|node| node.ancestors().nth(MAX_NESTING).is_some()) {
            return Err(format!("nests elements more than {MAX_NESTING} deep; save it anew, or as text"));
        }
    }
    Ok(parser.finish())
}

/// Parts two cells of a row.
const CELL_END: &str = " | ";

#[derive(Default)]
struct Reader {
    output: Output,
    text: String,
    /// How many elements that hold no text of the page are open.
    skipped: usize,
    in_title: bool,
    preformatted: usize,
    heading: Option<u8>,
}

impl Reader {
    fn open(&mut self, element: &scraper::node::Element) -> Result<(), String> {
        let name = element.name();
        match name {
            "title" => self.in_title = true,
            "link" if element.attr("rel") == Some("canonical") => {
                self.output.url = element.attr("href").map(str::to_owned);
            }
            "pre" => self.preformatted += 1,
            "br" => self.break_line(),
            _ => {}
        }
        if is_skipped(name) {
            self.skipped += 1;
        } else if let Some(level) = heading_level(name) {
            self.push()?;
            self.heading = Some(level);
        } else if is_block(name) && !self.text.ends_with(CELL_END) {
            self.break_line();
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), String> {
        match name {
            "title" => self.in_title = false,
            "pre" => self.preformatted = self.preformatted.saturating_sub(1),
            "td" | "th" if self.skipped == 0 => {
                self.text.truncate(self.text.trim_end_matches('\n').len());
                self.text.push_str(CELL_END);
            }
            _ => {}
        }
        if is_skipped(name) {
            self.skipped = self.skipped.saturating_sub(1);
        } else if heading_level(name).is_some() {
            if let Some(level) = self.heading.take() {
                let heading = std::mem::take(&mut self.text).trim().replace('\n', " ");
                if level == 1 && self.output.title.is_none() && !heading.is_empty() {
                    self.output.title = Some(heading.clone());
                }
                self.output.heading(level, &heading)?;
            }
        } else if is_block(name) {
            self.break_line();
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if self.in_title {
            let title = text.trim();
            if !title.is_empty() && self.skipped == 0 {
                self.output.title = Some(title.to_owned());
            }
        } else if self.skipped > 0 {
        } else if self.preformatted > 0 {
            self.text.push_str(text);
        } else {
            for (i, word) in text.split(|c: char| c.is_ascii_whitespace()).enumerate() {
                if i > 0 && !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
                    self.text.push(' ');
                }
                self.text.push_str(word);
            }
        }
    }

    fn break_line(&mut self) {
        let kept = self.text.trim_end_matches([' ', '|']).len();
        self.text.truncate(kept);
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn push(&mut self) -> Result<(), String> {
        self.break_line();
        self.output.text(&std::mem::take(&mut self.text))
    }
}

fn is_skipped(name: &str) -> bool {
    matches!(name, "script" | "style" | "noscript" | "template" | "svg" | "nav" | "footer" | "iframe")
}

fn heading_level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "section"
            | "article"
            | "main"
            | "header"
            | "aside"
            | "ul"
            | "ol"
            | "li"
            | "dl"
            | "dt"
            | "dd"
            | "table"
            | "tr"
            | "caption"
            | "blockquote"
            | "pre"
            | "figure"
            | "figcaption"
            | "hr"
            | "form"
            | "body"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::shown;

    #[test]
    fn text_is_read_under_its_headings() {
        let document = read(
            "<html><head><title>招生网</title><script>var x='不要'</script></head><body><nav>首页</nav>\
             <h1>政策</h1><p>第一\n段<b>粗</b>。</p><p>第二段。</p><h2>时间</h2>\
             <table><tr><th>批次</th><th>日期</th></tr><tr><td><p>本科</p></td><td><div>7月</div></td></tr></table></body></html>"
                .as_bytes(),
        )
        .unwrap();
        assert_eq!(document.title.as_deref(), Some("招生网"));
        assert_eq!(
            shown(&document),
            ["# 政策", "第一 段粗。\n第二段。", "## 时间", "批次 | 日期\n本科 | 7月"]
        );
    }

    #[test]
    fn nesting_does_not_overflow_the_stack_and_a_page_without_text_says_so() {
        let nested = |depth: usize| format!("{}底{}", "<div>".repeat(depth), "</div>".repeat(depth));
        assert_eq!(shown(&read(nested(500).as_bytes()).unwrap()), ["底"]);
        for deep in [nested(200_000), "<b>".repeat(20_000), "<table>".to_owned() + &"<div>".repeat(20_000)] {
            assert!(read(deep.as_bytes()).unwrap_err().contains("512 deep"));
        }
        let wide = "<p>段</p><br>".repeat(20_000);
        assert!(read(wide.as_bytes()).is_ok(), "length is not depth");
        assert_eq!(read(b"<script>1</script>").unwrap_err(), "holds no text");
    }
}
