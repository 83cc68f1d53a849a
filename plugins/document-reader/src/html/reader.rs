//! The reader of a page, which is shown each element as it opens and as it closes.

use scraper::node::Element;

use super::Links;
use super::blocks::Blocks;
use super::look::{asks, heading_level, is_block, is_note, is_skipped};
use super::row_marks::RowMarks;
use super::styles::ElementLook;
use super::table_use::TableUse;
use crate::grid::Grid;
use crate::left_out::LeftOut;
use crate::math::Math;
use crate::output::{Output, alternative, one_line};
use crate::script::{Script, ScriptLine};

/// The level of terms and summaries that ask: below all that HTML marks.
const ASKING: u8 = 8;

pub(super) struct HtmlReader {
    output: Output,
    left_out: LeftOut,
    line: ScriptLine,
    blocks: Blocks,
    /// How many elements are open that hold no text of the page, hide theirs, strike it out, set it in bold, or show it as it is typed.
    skipped: usize,
    hidden: usize,
    struck: usize,
    bold: usize,
    preformatted: usize,
    /// Raised and lowered elements, innermost last.
    scripts: Vec<Script>,
    in_title: bool,
    heading: Option<u8>,
    /// Whether a line is open that may ask what stands below it, and whether one has asked since.
    in_asking: bool,
    is_asked: bool,
    /// Innermost last.
    tables: Vec<HtmlTable>,
    lists: Vec<HtmlList>,
    /// Open links: where each leads, and what its line had before it.
    links: Vec<(Option<String>, usize)>,
    math: Option<Math>,
    base: Option<String>,
    only_whole: bool,
}

struct HtmlTable {
    grid: Grid,
    /// What its surroundings had said.
    before: String,
    captions: String,
    in_head: bool,
    marks: RowMarks,
    /// Whether the cell has words that are not set in bold.
    has_light: bool,
    is_hidden: bool,
}

struct HtmlList {
    next: Option<i64>,
    kind: char,
}

impl HtmlReader {
    pub(super) fn new(output: Output, links: Links) -> Self {
        let only_whole = matches!(links, Links::Whole);
        let base = match links {
            Links::Of(base) => base,
            Links::AsWritten | Links::Whole => None,
        };
        Self {
            output,
            left_out: LeftOut::default(),
            line: ScriptLine::default(),
            blocks: Blocks::default(),
            skipped: 0,
            hidden: 0,
            struck: 0,
            bold: 0,
            preformatted: 0,
            scripts: Vec::new(),
            in_title: false,
            heading: None,
            in_asking: false,
            is_asked: false,
            tables: Vec::new(),
            lists: Vec::new(),
            links: Vec::new(),
            math: None,
            base,
            only_whole,
        }
    }

    pub(super) fn finish(mut self) -> Result<Output, String> {
        self.push()?;
        self.left_out.tell(&mut self.output);
        Ok(self.output)
    }

    pub(super) fn open(
        &mut self,
        element: &Element,
        kind: Option<TableUse>,
        look: ElementLook,
    ) -> Result<(), String> {
        let name = element.name();
        self.skipped += usize::from(is_skipped(name));
        self.hidden += usize::from(look.is_hidden);
        self.struck += usize::from(look.is_struck);
        if let Some(math) = &mut self.math {
            let properties =
                element.attrs().map(|(name, value)| (name.to_owned(), value.to_owned())).take(10);
            return math.open(name, properties.collect());
        }
        match name {
            "title" => self.in_title = true,
            "link" if element.attr("rel") == Some("canonical") => {
                self.output.url = element.attr("href").map(str::to_owned);
            }
            "base" => self.base = element.attr("href").map(str::to_owned).or(self.base.take()),
            "pre" | "textarea" => self.preformatted += 1,
            "b" | "strong" => self.bold += 1,
            "br" if self.line.text().ends_with('\n') => self.part_lines(),
            "br" => self.break_line(),
            "hr" => self.part_lines(),
            "math" => {
                let mut math = Math::default();
                math.open("math", Vec::new())?;
                self.math = Some(math);
            }
            "sup" => self.scripts.push(Script::Raised),
            "sub" => self.scripts.push(Script::Lowered),
            "rt" => self.say("(")?,
            "a" => {
                let target = element.attr("href").map(str::to_owned);
                let from = self.line.text().len();
                self.links.push((target, from));
                if is_note(element) {
                    self.scripts.push(Script::Raised);
                }
            }
            "img" | "area" => {
                if let Some(shown) = element.attr("alt").and_then(alternative) {
                    self.say(&shown)?;
                }
            }
            "input" => self.input(element)?,
            "table" if kind == Some(TableUse::Data) => return self.open_table(),
            "thead" => self.of_table(|table| table.in_head = true),
            "caption" | "td" | "th" if !self.tables.is_empty() => return self.open_cell(),
            "ol" | "ul" => self.lists.push(HtmlList {
                next: (name == "ol")
                    .then(|| element.attr("start").and_then(|at| at.trim().parse().ok()).unwrap_or(1)),
                kind: element.attr("type").and_then(|kind| kind.chars().next()).unwrap_or('1'),
            }),
            _ => {}
        }
        if let Some(level) = heading_level(name).filter(|_| self.tables.is_empty() && !self.is_unseen()) {
            self.push()?;
            self.heading = Some(level);
        } else if is_block(name) || heading_level(name).is_some() || matches!(name, "td" | "th") {
            self.end_block();
        }
        self.blocks.open(name);
        if matches!(name, "dt" | "summary") && self.may_ask() {
            self.push()?;
            self.in_asking = true;
        }
        if name == "li" {
            self.item(element)?;
        }
        if name == "option" && element.attr("selected").is_some() {
            self.say("☑")?;
        }
        Ok(())
    }

    pub(super) fn close(
        &mut self,
        element: &Element,
        kind: Option<TableUse>,
        look: ElementLook,
    ) -> Result<(), String> {
        let name = element.name();
        if let Some(math) = &mut self.math {
            if let Some(said) = math.close() {
                self.math = None;
                self.say(&said)?;
            }
        } else {
            match name {
                "title" => self.in_title = false,
                "pre" | "textarea" => self.preformatted = self.preformatted.saturating_sub(1),
                "b" | "strong" => self.bold = self.bold.saturating_sub(1),
                "sup" | "sub" => drop(self.scripts.pop()),
                "rt" => self.say(")")?,
                "a" => {
                    if is_note(element) {
                        self.scripts.pop();
                    }
                    self.end_link();
                }
                "ol" | "ul" => drop(self.lists.pop()),
                "table" if kind == Some(TableUse::Data) => self.end_table()?,
                "thead" => self.of_table(|table| {
                    table.in_head = false;
                    table.grid.end_section();
                }),
                "tbody" | "tfoot" => self.of_table(|table| table.grid.end_section()),
                "td" | "th" | "caption" if !self.tables.is_empty() => self.end_cell(element, look)?,
                "tr" if !self.tables.is_empty() => self.end_row()?,
                _ => {}
            }
            if matches!(name, "dt" | "summary") && self.in_asking {
                self.end_asking()?;
            } else if matches!(name, "dl" | "details") && self.is_asked && self.may_ask() {
                self.push()?;
                self.is_asked = false;
                self.output.heading(ASKING, "")?;
            } else if heading_level(name).is_some() && self.tables.is_empty() && !self.is_unseen() {
                self.end_heading()?;
            } else if is_block(name) || heading_level(name).is_some() || matches!(name, "td" | "th") {
                self.end_block();
            }
            self.blocks.close(name);
        }
        self.skipped = self.skipped.saturating_sub(usize::from(is_skipped(name)));
        self.hidden = self.hidden.saturating_sub(usize::from(look.is_hidden));
        self.struck = self.struck.saturating_sub(usize::from(look.is_struck));
        Ok(())
    }

    fn is_unseen(&self) -> bool {
        self.skipped + self.hidden > 0
    }

    fn of_table(&mut self, change: impl FnOnce(&mut HtmlTable)) {
        if let Some(table) = self.tables.last_mut() {
            change(table);
        }
    }

    pub(super) fn text(&mut self, text: &str) -> Result<(), String> {
        if self.in_title {
            let title = text.trim();
            if !title.is_empty() && self.skipped == 0 {
                self.output.title.get_or_insert_with(|| one_line(title));
            }
            return Ok(());
        }
        if let Some(math) = &mut self.math {
            math.text(text);
            return self.output.count(text.len());
        }
        if self.preformatted > 0 {
            return self.say(text);
        }
        let mut spaced = String::with_capacity(text.len());
        for (i, word) in text.split(|c: char| c.is_ascii_whitespace()).enumerate() {
            if i > 0 && !spaced.ends_with(' ') {
                spaced.push(' ');
            }
            spaced.push_str(word);
        }
        // A look at the line would part a raised run from the one that goes on.
        if spaced.starts_with(' ') && (spaced.len() > 1 || self.scripts.is_empty()) {
            let line = self.line.text();
            if line.is_empty() || line.ends_with([' ', '\n']) {
                spaced.remove(0);
            }
        }
        self.say(&spaced)
    }

    fn say(&mut self, text: &str) -> Result<(), String> {
        if self.skipped > 0 || text.is_empty() {
            return Ok(());
        }
        self.output.count(text.len())?;
        if self.hidden > 0 {
            self.left_out.hidden(text);
        } else if self.struck > 0 {
            self.left_out.struck(text);
        } else {
            let is_light = self.bold == 0 && !text.trim().is_empty();
            self.of_table(|table| table.has_light |= is_light);
            self.line.say(text, self.scripts.last().copied().unwrap_or_default());
        }
        Ok(())
    }

    fn break_line(&mut self) {
        let line = self.line.text();
        line.truncate(line.trim_end_matches(' ').len());
        if !line.is_empty() && !line.ends_with('\n') {
            line.push('\n');
        }
    }

    /// Leaves a line empty below one that has ended: a second `<br>`, or a rule, parts what is below from what is above.
    fn part_lines(&mut self) {
        self.break_line();
        let is_unseen = self.is_unseen();
        let line = self.line.text();
        if !is_unseen && line.ends_with('\n') && !line.ends_with("\n\n") {
            line.push('\n');
        }
        let length = line.len();
        self.blocks.part(length);
    }

    fn end_block(&mut self) {
        self.break_line();
        let length = self.line.text().len();
        self.blocks.part(length);
    }

    fn push(&mut self) -> Result<(), String> {
        self.break_line();
        self.blocks.restart();
        let text = self.line.take();
        self.output.text(&text)
    }

    /// The same above a table: a block that stands right above it is a text of its own, which may name the table.
    fn push_above_table(&mut self) -> Result<(), String> {
        self.end_block();
        let mut text = self.line.take();
        let block = text.split_off(self.blocks.last(&text));
        self.blocks.restart();
        self.output.text(&text)?;
        self.output.has_gap |= text.ends_with("\n\n");
        self.output.text(&block)
    }

    fn end_heading(&mut self) -> Result<(), String> {
        let Some(level) = self.heading.take() else { return Ok(()) };
        self.blocks.restart();
        let heading = one_line(&self.line.take());
        if level == 1 && self.output.title.is_none() && !heading.is_empty() {
            self.output.title = Some(heading.clone());
        }
        self.output.heading(level, &heading)
    }

    /// Whether a term or a summary may be a heading here.
    fn may_ask(&self) -> bool {
        self.tables.is_empty() && self.heading.is_none() && !self.in_asking && !self.is_unseen()
    }

    /// A term that asks, and a line to click on that does, are headings of what they show.
    fn end_asking(&mut self) -> Result<(), String> {
        self.in_asking = false;
        self.blocks.restart();
        let line = self.line.take();
        let words = one_line(&line);
        if asks(&words) {
            self.is_asked = true;
            return self.output.heading(ASKING, &words);
        }
        // It is no part of what the question above shows.
        if std::mem::take(&mut self.is_asked) {
            self.output.heading(ASKING, "")?;
        }
        self.line.say(&line, Script::Plain);
        self.end_block();
        Ok(())
    }

    fn end_link(&mut self) {
        let Some((Some(target), from)) = self.links.pop() else { return };
        let base = self.base.as_deref().or(self.output.url.as_deref());
        let target = crate::link::absolute(&target, base);
        if self.only_whole && !target.contains(':') {
            return;
        }
        let line = self.line.text();
        if let Some(link) = line.get(from..).and_then(|text| crate::link::said(text, &target)) {
            // In front of the break that a block in the link has made.
            line.truncate(line.trim_end().len());
            line.push_str(&link);
        }
    }

    fn input(&mut self, element: &Element) -> Result<(), String> {
        let value = element.attr("value").unwrap_or_default();
        match element.attr("type").unwrap_or("text").to_ascii_lowercase().as_str() {
            "checkbox" | "radio" => self.say(if element.attr("checked").is_some() { "☑" } else { "☐" }),
            "text" | "number" | "date" | "time" | "email" | "tel" | "url" => self.say(value),
            _ => Ok(()),
        }
    }

    /// The number of a list's item, which the browser sets before it.
    fn item(&mut self, element: &Element) -> Result<(), String> {
        let Some(HtmlList { next: Some(next), kind }) = self.lists.last_mut() else { return Ok(()) };
        let number = element.attr("value").and_then(|value| value.trim().parse().ok()).unwrap_or(*next);
        *next = number.saturating_add(1);
        let format = match kind {
            'a' => "lowerLetter",
            'A' => "upperLetter",
            'i' => "lowerRoman",
            'I' => "upperRoman",
            _ => "decimal",
        };
        let said = match u32::try_from(number) {
            Ok(number) if number > 0 => crate::docx::written(number, format),
            _ => number.to_string(),
        };
        self.say(&format!("{said}. "))
    }

    fn open_table(&mut self) -> Result<(), String> {
        if self.tables.is_empty() && self.heading.is_none() {
            self.push_above_table()?;
        }
        self.break_line();
        let table = HtmlTable {
            grid: Grid::default(),
            before: self.line.take(),
            captions: String::new(),
            in_head: false,
            marks: RowMarks::default(),
            has_light: false,
            is_hidden: self.hidden > 0,
        };
        self.tables.push(table);
        Ok(())
    }

    /// What stands in a table outside of its cells belongs to no row.
    fn open_cell(&mut self) -> Result<(), String> {
        let between = self.line.take();
        self.of_table(|table| {
            table.captions.push_str(&between);
            table.has_light = false;
        });
        Ok(())
    }

    fn end_cell(&mut self, element: &Element, look: ElementLook) -> Result<(), String> {
        let text = self.line.take();
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let text = lines.join("\n");
        let Some(table) = self.tables.last_mut() else { return Ok(()) };
        if element.name() == "caption" {
            table.captions.push_str(&text);
            table.captions.push('\n');
            return Ok(());
        }
        // A hidden cell takes no place in its row.
        if self.skipped > 0 || self.hidden > 0 && !table.is_hidden && look.is_hidden {
            return Ok(());
        }
        table.marks.add(element.name() == "th");
        if table.has_light && element.name() == "td" {
            table.grid.has_light();
        }
        let span = |name: &str| element.attr(name).and_then(|span| span.trim().parse::<usize>().ok());
        let rows = match span("rowspan") {
            // To the end of the section.
            Some(0) => usize::MAX,
            rows => rows.unwrap_or(1),
        };
        table.grid.cell(text, span("colspan").unwrap_or(1), rows, &mut self.output)
    }

    fn end_row(&mut self) -> Result<(), String> {
        let Some(table) = self.tables.last_mut() else { return Ok(()) };
        let marks = std::mem::take(&mut table.marks);
        let is_header = table.in_head || marks.are_names();
        if marks.are_pairs() && !is_header {
            table.grid.has_pairs();
        }
        table.grid.end_row(is_header, &mut self.output)
    }

    fn end_table(&mut self) -> Result<(), String> {
        let between = self.line.take();
        let Some(mut table) = self.tables.pop() else { return Ok(()) };
        table.captions.push_str(&between);
        let read = table.grid.finish();
        self.line.say(&table.before, Script::Plain);
        self.blocks.restart();
        let captions = table.captions.trim();
        if self.tables.is_empty() && self.heading.is_none() {
            return read.put_below(captions, &mut self.output);
        }
        self.of_table(|table| table.has_light = true);
        for text in [captions, &read.within_cell()] {
            self.break_line();
            self.output.count(text.len())?;
            self.line.say(text, Script::Plain);
        }
        self.break_line();
        Ok(())
    }
}
