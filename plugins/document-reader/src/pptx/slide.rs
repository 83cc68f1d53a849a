//! A slide as it is read: its title, and what else stands on it.

use std::collections::HashMap;

use quick_xml::events::BytesStart;

use crate::docx::written;
use crate::grid::{self, Grid, MAX_COLUMNS};
use crate::left_out::LeftOut;
use crate::math::Math;
use crate::output::{Output, alternative};
use crate::package::{Relation, Visitor, Xml, attribute, visit};
use crate::script::{Script, ScriptLine};

#[derive(Default)]
pub(super) struct Slide {
    pub(super) title: String,
    pub(super) pieces: Vec<SlidePiece>,
    pub(super) is_hidden: bool,
}

/// What stands on a slide besides its title.
pub(super) enum SlidePiece {
    Text(String),
    Table(grid::GridTable),
}

#[derive(Default)]
struct SlideWalk<'a> {
    slide: Slide,
    relations: Option<&'a HashMap<String, Relation>>,
    /// The text of the shape or the cell so far.
    text: String,
    line: ScriptLine,
    in_text: bool,
    in_run_properties: bool,
    run: SlideRun,
    /// What the shape is for: `title`, `sldNum`.
    role: String,
    is_shape_hidden: bool,
    bullet: Option<Bullet>,
    /// How far each level has counted, and in which way.
    counted: [Option<(String, u32)>; 9],
    table: Option<SlideTable>,
    math: Option<Math>,
}

#[derive(Default)]
struct SlideRun {
    script: Script,
    is_struck: bool,
    link: Option<String>,
}

/// The numbering of a paragraph.
struct Bullet {
    format: String,
    start: u32,
    level: usize,
}

#[derive(Default)]
struct SlideTable {
    grid: Grid,
    has_header: bool,
    rows: usize,
    span: usize,
    row_span: usize,
    is_merged: bool,
}

impl Slide {
    /// Reads a slide, its notes, or the text of a diagram on it.
    pub(super) fn read(
        xml: Xml<'_>,
        relations: &HashMap<String, Relation>,
        output: &mut Output,
        left_out: &mut LeftOut,
    ) -> Result<Self, String> {
        let walk = SlideWalk { relations: Some(relations), ..SlideWalk::default() };
        let mut reading = SlideReader { walk, output, left_out };
        visit(xml, &mut reading)?;
        Ok(reading.walk.slide)
    }
}

/// A walk with what it adds to.
struct SlideReader<'a> {
    walk: SlideWalk<'a>,
    output: &'a mut Output,
    left_out: &'a mut LeftOut,
}

impl Visitor for SlideReader<'_> {
    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        self.walk.start(element, self.output)
    }

    fn end(&mut self, name: &str) -> Result<(), String> {
        self.walk.end(name, self.output, self.left_out)
    }

    fn characters(&mut self, text: &str) -> Result<(), String> {
        self.walk.characters(text, self.output, self.left_out)
    }
}

impl SlideWalk<'_> {
    fn start(&mut self, element: &BytesStart<'_>, output: &mut Output) -> Result<(), String> {
        let local = element.local_name();
        let name = local.as_ref();
        let value = |name: &str| attribute(element, name);
        let number = |name: &str| value(name).and_then(|value| value.parse::<i64>().ok());
        if let Some(math) = &mut self.math {
            self.in_text = name == "t";
            return math
                .open(name, value("val").map(|value| ("val".to_owned(), value)).into_iter().collect());
        }
        match name {
            "oMath" => {
                let mut math = Math::default();
                math.open(name, Vec::new())?;
                self.math = Some(math);
            }
            "sld" => self.slide.is_hidden = value("show").is_some_and(|show| show == "0" || show == "false"),
            "sp" | "pic" | "graphicFrame" | "cxnSp" => {
                self.role.clear();
                self.is_shape_hidden = false;
                self.counted = Default::default();
            }
            "ph" => self.role = value("type").unwrap_or_else(|| "body".to_owned()),
            "cNvPr" => {
                self.is_shape_hidden |=
                    value("hidden").is_some_and(|hidden| hidden == "1" || hidden == "true");
                if let (Some(shown), false) =
                    (value("descr").and_then(|text| alternative(&text)), self.is_shape_hidden)
                {
                    output.count(shown.len())?;
                    self.slide.pieces.push(SlidePiece::Text(shown));
                }
            }
            "chart" => output
                .note("The text of charts was left out; write it as text where it is needed.".to_owned()),
            "oleObj" => output.note("Embedded objects cannot be read and were left out.".to_owned()),
            "tbl" => self.table = Some(SlideTable::default()),
            "tblPr" => self.of_table(|table| {
                table.has_header = value("firstRow").is_some_and(|on| on == "1" || on == "true")
            }),
            "tc" => self.of_table(|table| {
                let span = |name: &str| number(name).and_then(|span| usize::try_from(span).ok()).unwrap_or(1);
                (table.span, table.row_span) = (span("gridSpan").min(MAX_COLUMNS), span("rowSpan"));
                table.is_merged = ["hMerge", "vMerge"]
                    .iter()
                    .any(|name| value(name).is_some_and(|on| on == "1" || on == "true"));
            }),
            "pPr" => {
                let level = number("lvl").and_then(|level| usize::try_from(level).ok()).unwrap_or(0).min(8);
                self.bullet = Some(Bullet { format: String::new(), start: 1, level });
            }
            "buAutoNum" => {
                if let Some(bullet) = &mut self.bullet {
                    bullet.format = value("type").unwrap_or_default();
                    bullet.start = number("startAt").and_then(|start| u32::try_from(start).ok()).unwrap_or(1);
                }
            }
            "r" | "fld" => self.run = SlideRun::default(),
            "rPr" => {
                self.in_run_properties = true;
                self.run.is_struck = value("strike").is_some_and(|strike| strike != "noStrike");
                self.run.script = match number("baseline").unwrap_or(0) {
                    1.. => Script::Raised,
                    0 => Script::Plain,
                    _ => Script::Lowered,
                };
            }
            "hlinkClick" if self.in_run_properties => {
                let relation = value("id").and_then(|id| self.relations?.get(&id));
                let target = relation.filter(|relation| relation.is_outside);
                self.run.link = target.map(|relation| relation.target.clone());
            }
            "t" => self.in_text = true,
            "br" => self.line.say("\n", Script::Plain),
            _ => {}
        }
        Ok(())
    }

    fn of_table(&mut self, change: impl FnOnce(&mut SlideTable)) {
        if let Some(table) = &mut self.table {
            change(table);
        }
    }

    fn characters(&mut self, text: &str, output: &mut Output, left_out: &mut LeftOut) -> Result<(), String> {
        if !self.in_text {
            return Ok(());
        }
        output.count(text.len())?;
        match &mut self.math {
            Some(math) => math.text(text),
            None if self.slide.is_hidden => {}
            None if self.is_shape_hidden => left_out.hidden(text),
            None if self.run.is_struck => left_out.struck(text),
            None => self.line.say(text, self.run.script),
        }
        Ok(())
    }

    fn end(&mut self, name: &str, output: &mut Output, left_out: &mut LeftOut) -> Result<(), String> {
        if let Some(math) = &mut self.math {
            self.in_text = false;
            if let Some(said) = math.close() {
                self.math = None;
                self.run = SlideRun::default();
                self.in_text = true;
                self.characters(&said, output, left_out)?;
                self.in_text = false;
            }
            return Ok(());
        }
        match name {
            "t" => self.in_text = false,
            "rPr" => self.in_run_properties = false,
            "r" => {
                if let Some(target) = self.run.link.take() {
                    let line = self.line.text();
                    if let Some(link) = crate::link::said(line, &target) {
                        output.count(link.len())?;
                        line.push_str(&link);
                    }
                }
            }
            "p" => self.paragraph(),
            "tc" => {
                let text = std::mem::take(&mut self.text).trim().to_owned();
                if let Some(table) = &mut self.table {
                    // What is merged is said by the cell it belongs to.
                    if !table.is_merged {
                        table.grid.cell(text, table.span, table.row_span, output)?;
                    }
                }
            }
            "tr" => {
                if let Some(table) = &mut self.table {
                    let is_header = table.has_header && table.rows == 0;
                    table.rows += 1;
                    table.grid.end_row(is_header, output)?;
                }
            }
            "tbl" => {
                if let Some(table) = self.table.take().filter(|_| !self.is_shape_hidden) {
                    self.slide.pieces.push(SlidePiece::Table(table.grid.finish()));
                }
            }
            // Each point of a diagram is a text of its own.
            "txBody" | "pt" if self.table.is_none() => {
                let text = std::mem::take(&mut self.text);
                let text = text.trim();
                match self.role.as_str() {
                    _ if text.is_empty() => {}
                    "title" | "ctrTitle" if self.slide.title.is_empty() => {
                        text.clone_into(&mut self.slide.title)
                    }
                    "sldNum" | "dt" | "ftr" | "hdr" => {}
                    _ => self.slide.pieces.push(SlidePiece::Text(text.to_owned())),
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn paragraph(&mut self) {
        let text = self.line.take();
        let text = text.trim();
        let bullet = self.bullet.take();
        let level = bullet.as_ref().map_or(0, |bullet| bullet.level);
        if text.is_empty() {
            return;
        }
        let number = bullet.filter(|bullet| !bullet.format.is_empty()).map(|bullet| {
            let next = match &self.counted[level] {
                Some((format, last)) if *format == bullet.format => last + 1,
                _ => bullet.start,
            };
            let said = numbered(next, &bullet.format);
            self.counted[level] = Some((bullet.format, next));
            said
        });
        // A paragraph begins the counting of all levels below it, and one without a number that of its own.
        for below in self.counted.iter_mut().skip(level + usize::from(number.is_some())) {
            *below = None;
        }
        for piece in [number.as_deref().unwrap_or_default(), text, "\n"] {
            self.text.push_str(piece);
        }
    }
}

/// A number as `arabicPeriod`, `ea1ChsPlain` and so on write it. ECMA-376, part 1, 20.1.10.61.
fn numbered(number: u32, format: &str) -> String {
    let kinds = [
        ("alphaLc", "lowerLetter"),
        ("alphaUc", "upperLetter"),
        ("romanLc", "lowerRoman"),
        ("romanUc", "upperRoman"),
        ("circleNum", "decimalEnclosedCircle"),
        ("ea1", "chineseCountingThousand"),
    ];
    let kind = kinds.iter().find(|(start, _)| format.starts_with(start)).map_or("decimal", |(_, kind)| kind);
    let said = written(number, kind);
    if format.ends_with("ParenBoth") {
        format!("({said}) ")
    } else if format.ends_with("ParenR") {
        format!("{said}) ")
    } else if format.ends_with("Period") {
        format!("{said}. ")
    } else if kind == "chineseCountingThousand" {
        format!("{said}、")
    } else {
        format!("{said} ")
    }
}
