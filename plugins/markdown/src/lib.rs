//! Bundled plugin: makes a streamed markdown answer whole, linked and safe.
//!
//! - What the stream leaves open when it ends is closed: code, emphasis, links.
//! - Citation marks `[1]`, `[1, 2]`, `[^1]` and `【1】` become links; the sources cited are listed at the
//!   end. A number without a source stays as it is.
//! - Raw HTML is shown as text, links lead to `http`, `https`, `mailto`, `tel` or within the page only,
//!   and images are loaded from where the operator says. Code is left alone.
//!
//! The answer is read character by character, so that how the stream was cut cannot change the result,
//! and text is held back only while its meaning is open: a mark, the scheme of a link, a run of backticks.
//!
//! What is code is decided before what follows is known, and a renderer that decided otherwise would run
//! what was taken for code. So wherever CommonMark leaves room, the output is written in the one way that
//! leaves none: a code span ends on its line, a fence stands where it cannot be anything else, a bare
//! link ends before code. Where that cannot be had, code is written so that it is harmless as text.

mod block;
mod character;
mod citation;
mod code_span;
mod definition;
mod doubt;
mod emphasis;
mod fence;
mod image;
mod inline;
mod link;

use block::Blocks;
use character::cleaned;
use citation::Sources;
use image::{Allowed, Images};
use inline::Inline;
use qianfan_plugin::{Description, Failure, Formatter, Passage};
use serde::Deserialize;

struct Markdown {
    blocks: Blocks,
    /// The last character was a carriage return, which has been passed on as a line feed.
    returned: bool,
    sources: SourceList,
    heading: String,
}

qianfan_plugin::export_formatter!(Markdown);

/// The operator's configuration; every key may be left out.
#[derive(Deserialize)]
#[serde(default)]
struct Config {
    /// Whether the sources cited are listed at the end.
    sources: SourceList,
    /// What stands above the list.
    heading: String,
    /// Which images stay images; the others become links.
    images: Images,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum SourceList {
    List,
    None,
}

impl Default for Config {
    fn default() -> Self {
        Self { sources: SourceList::List, heading: "参考来源".to_owned(), images: Images::default() }
    }
}

impl Formatter for Markdown {
    type Config = Config;

    fn describe() -> Description {
        Description {
            config_schema: include_str!("config.schema.json").to_owned(),
            ..Description::new(
                "markdown",
                env!("CARGO_PKG_VERSION"),
                "Closes, links and cleans markdown while it streams",
            )
        }
    }

    fn open(config: Config, mut sources: Vec<Passage>) -> Result<Self, Failure> {
        let images = Allowed::new(config.images, &mut sources);
        Ok(Self {
            blocks: Blocks::new(Inline::new(Sources::new(sources), images)),
            returned: false,
            sources: config.sources,
            heading: config.heading,
        })
    }

    fn feed(&mut self, chunk: &str) -> Result<String, Failure> {
        let mut out = String::with_capacity(chunk.len() + 16);
        for c in chunk.chars() {
            let returned = std::mem::replace(&mut self.returned, c == '\r');
            match c {
                '\r' => self.blocks.push('\n', &mut out),
                '\n' if returned => {}
                c => {
                    if let Some(c) = cleaned(c) {
                        self.blocks.push(c, &mut out);
                    }
                }
            }
        }
        Ok(out)
    }

    fn finish(&mut self) -> Result<String, Failure> {
        let mut out = String::new();
        let sources = self.blocks.finish(&mut out);
        if self.sources == SourceList::List {
            sources.list(&self.heading, &mut out);
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests;
