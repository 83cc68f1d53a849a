//! The walk goes through a part of the document from its beginning to its end, element by element.

use std::collections::HashMap;

use quick_xml::events::BytesStart;

use super::by_hand;
use super::field::{Control, Field, Form, tick};
use super::numbering::{Numbering, is_on};
use super::paragraph::{DocxParagraph, DocxRun, End};
use super::styles::{self, ParagraphStyles, Role};
use super::symbols::SymbolFont;
use super::table::DocxTable;
use crate::bindings::exports::qianfan::reader::documents::Document;
use crate::left_out::LeftOut;
use crate::math::Math;
use crate::output::{Output, one_line};
use crate::package::{Relation, Visitor, Xml, attribute, visit};

/// Tables within tables, and paragraphs within text boxes within paragraphs.
const MAX_NESTING: usize = 100;

#[derive(Default)]
pub(super) struct DocumentWalk {
    styles: ParagraphStyles,
    numbering: Numbering,
    /// Where links lead, by the ids of the part that is read.
    links: HashMap<String, String>,
    /// What diagrams say, by the same ids.
    diagrams: HashMap<String, String>,
    /// Notes at the foot of pages and at the end, by kind and id.
    notes: HashMap<String, String>,
    /// The note that is being read.
    note: Option<(String, String)>,
    output: Output,
    left_out: LeftOut,
    /// Innermost last: a text box is within the paragraph it hangs on.
    paragraphs: Vec<DocxParagraph>,
    /// A paragraph whose end was deleted, and how deep it stands: the next one there goes on with it.
    unended: Option<(usize, DocxParagraph)>,
    /// Innermost last.
    tables: Vec<DocxTable>,
    in_text: bool,
    in_code: bool,
    fields: Vec<Field>,
    /// Open links: where each leads, and what its paragraph had before it.
    hyperlinks: Vec<(Option<String>, usize)>,
    controls: Vec<Control>,
    form: Option<Form>,
    math: Option<Math>,
    /// Comments in the margin, which are no part of the text.
    comments: usize,
}

impl DocumentWalk {
    pub(super) fn new(styles: ParagraphStyles, numbering: Numbering) -> Self {
        Self { styles, numbering, ..Self::default() }
    }

    pub(super) fn set_links(&mut self, relations: HashMap<String, Relation>) {
        let outside =
            relations.into_iter().filter(|(_, relation)| relation.is_outside && relation.kind == "hyperlink");
        self.links = outside.map(|(id, relation)| (id, relation.target)).collect();
    }

    pub(super) fn add_diagram(&mut self, id: &str, xml: Xml<'_>) -> Result<(), String> {
        let text = crate::pptx::diagram(xml, &mut self.output, &mut self.left_out)?;
        self.diagrams.insert(id.to_owned(), text);
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Document, String> {
        self.left_out.tell(&mut self.output);
        if self.comments > 0 {
            self.output.note(format!("Comments in the margin were left out ({}).", self.comments));
        }
        self.output.give_headings_bodies();
        self.output.finish("holds no text")
    }

    pub(super) fn run(&mut self, body: Xml<'_>) -> Result<(), String> {
        visit(body, self)?;
        // A file that ends early has said what it said.
        while !self.paragraphs.is_empty() {
            self.end("p")?;
        }
        self.end_unended()
    }

    /// Paragraphs and tables that are open.
    fn depth(&self) -> usize {
        self.paragraphs.len() + self.tables.len()
    }

    fn nest(&self, depth: usize) -> Result<(), String> {
        if depth > MAX_NESTING {
            return Err(format!("nests tables and text boxes more than {MAX_NESTING} deep"));
        }
        Ok(())
    }

    fn in_properties(&self) -> bool {
        self.paragraphs.last().is_some_and(|paragraph| paragraph.in_properties)
    }

    fn of_paragraph(&mut self, name: &str, element: &BytesStart<'_>) {
        if name == "p" {
            let here = self.depth();
            let begun = self.unended.take_if(|(depth, _)| *depth == here);
            self.paragraphs.push(begun.map(|(_, begun)| begun.gone_on()).unwrap_or_default());
            return;
        }
        if self.controls.last().is_some_and(|control| control.in_properties) {
            return;
        }
        let Some(paragraph) = self.paragraphs.last_mut() else { return };
        let value = || attribute(element, "val");
        match name {
            "pPr" => paragraph.in_properties = true,
            "r" => paragraph.run = DocxRun::default(),
            "pStyle" => paragraph.style = value(),
            "outlineLvl" => paragraph.outline = value().and_then(|level| styles::outline(&level)),
            "numId" => paragraph.list = value(),
            "ilvl" => paragraph.level = value().and_then(|level| level.parse().ok()),
            "del" | "moveFrom" if paragraph.in_properties => paragraph.end = End::Deleted,
            "vanish" if paragraph.in_properties && paragraph.end == End::There => {
                paragraph.end = if value().as_deref().is_none_or(is_on) { End::Hidden } else { End::There };
            }
            _ if paragraph.in_properties => {}
            "rStyle" => paragraph.run.style = value(),
            "rFonts" => {
                let font = attribute(element, "ascii").or_else(|| attribute(element, "hAnsi"));
                paragraph.run.font = font.as_deref().and_then(SymbolFont::named);
            }
            "position" => {
                paragraph.run.position = value().and_then(|value| value.parse().ok()).unwrap_or(0);
            }
            _ => paragraph.run.look.read(element),
        }
    }

    /// Text that may yet end up in a table counts when it is read, or a table could grow without end.
    fn say(&mut self, text: &str) -> Result<(), String> {
        // An equation may stand between paragraphs.
        let Some(paragraph) = self.paragraphs.last_mut() else { return self.output.text(text) };
        let mut text = paragraph.drawn(text);
        for control in &mut self.controls {
            if control.is_placeholder {
                return Ok(());
            }
            if let (Some(ticked), false) = (control.ticked, control.in_properties) {
                if std::mem::replace(&mut control.is_said, true) {
                    return Ok(());
                }
                text = tick(ticked).into();
            }
        }
        self.output.count(text.len())?;
        let look = paragraph.look(&self.styles);
        if look.hidden == Some(true) {
            self.left_out.hidden(&text);
        } else if look.struck == Some(true) {
            self.left_out.struck(&text);
        } else {
            paragraph.has_light |= look.bold != Some(true) && !text.trim().is_empty();
            let script = paragraph.script(look, &text);
            paragraph.line.say(&text, script);
        }
        Ok(())
    }

    /// Bytes of the paragraph so far.
    fn said(&mut self) -> usize {
        self.paragraphs.last_mut().map_or(0, |paragraph| paragraph.line.text().len())
    }

    fn link(&mut self, from: usize, target: &str) -> Result<(), String> {
        self.output.count(target.len())?;
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.link(from, target);
        }
        Ok(())
    }

    fn field(&mut self, kind: &str) -> Result<(), String> {
        match kind {
            "begin" => {
                let from = self.said();
                self.nest(self.fields.len())?;
                self.fields.push(Field::at(from));
            }
            "end" => {
                let Some(field) = self.fields.pop() else { return Ok(()) };
                if field.is_equation() {
                    self.output.note(
                        "Equations that are written as EQ fields cannot be read and were left out."
                            .to_owned(),
                    );
                }
                if let Some(target) = field.target() {
                    self.link(field.from, &target)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn symbol(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        let font = attribute(element, "font").as_deref().and_then(SymbolFont::named);
        let place = attribute(element, "char").and_then(|place| u32::from_str_radix(&place, 16).ok());
        let Some(place) = place else { return Ok(()) };
        match (font, char::from_u32(place)) {
            (Some(font), _) => self.say(font.drawn(place)),
            (None, Some(c)) if !matches!(place, 0xe000..=0xf8ff) => self.say(&c.to_string()),
            _ => Ok(()),
        }
    }

    /// What a picture shows, where somebody has written it down.
    fn picture(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        let shown = attribute(element, "descr").unwrap_or_default();
        match crate::output::alternative(&shown) {
            Some(shown) => self.say(&shown),
            None => Ok(()),
        }
    }

    /// Says a note where it is referred to.
    fn refer(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), String> {
        let id = attribute(element, "id").unwrap_or_default();
        let key = format!("{}{id}", name.trim_end_matches("Reference"));
        match self.notes.get(&key).map(|note| one_line(note)).filter(|note| !note.is_empty()) {
            Some(note) if note.is_ascii() => self.say_plainly(&format!(" (note: {note})")),
            Some(note) => self.say_plainly(&format!("（注：{note}）")),
            None => Ok(()),
        }
    }

    /// Says what stands on the line, however its run looks.
    fn say_plainly(&mut self, text: &str) -> Result<(), String> {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.run = DocxRun::default();
        }
        self.say(text)
    }

    /// Ends a paragraph that nothing goes on with: none follows where it stands.
    fn end_unended(&mut self) -> Result<(), String> {
        let here = self.depth();
        match self.unended.take_if(|(depth, _)| *depth >= here) {
            Some((_, paragraph)) => self.paragraph(DocxParagraph { end: End::Hidden, ..paragraph }),
            None => Ok(()),
        }
    }

    fn paragraph(&mut self, mut paragraph: DocxParagraph) -> Result<(), String> {
        if paragraph.end == End::Deleted {
            self.unended = Some((self.depth(), paragraph));
            return Ok(());
        }
        let written = paragraph.line.take();
        let text = written.trim();
        let style = paragraph.style.as_deref();
        let role = style.map_or(Role::Text, |style| self.styles.role(style));
        let role = paragraph.outline.map_or(role, Role::Heading);
        // A line that is hidden to its end is not there, and not counted.
        if role == Role::Contents || text.is_empty() && paragraph.end == End::Hidden {
            return Ok(());
        }
        let number = self.number(&paragraph);
        self.output.count(number.len())?;
        if let Some((_, note)) = &mut self.note {
            note.push_str(text);
            note.push(' ');
            return Ok(());
        }
        if let Some(table) = self.tables.last_mut() {
            table.line(&number, &written, paragraph.has_light);
            return Ok(());
        }
        let number = if !matches!(role, Role::Text | Role::Caption) && number == "- " { "" } else { &number };
        let line = format!("{number}{text}");
        self.output.has_gap |= text.is_empty();
        match role {
            _ if text.is_empty() => Ok(()),
            Role::Title => self.output.title(text, &line),
            Role::Heading(level) => {
                if level == 1 {
                    self.output.title.get_or_insert_with(|| one_line(text));
                }
                self.output.heading(level, &line)
            }
            Role::Caption => self.output.caption(&line),
            Role::Text | Role::Contents => {
                if let Some(level) = by_hand::level(&line, !paragraph.has_light) {
                    self.output.maybe_heading(level);
                }
                self.output.text(&line)
            }
        }
    }

    /// What Word sets before the paragraph.
    fn number(&mut self, paragraph: &DocxParagraph) -> String {
        let style = paragraph.style.as_deref();
        let by_style = style.and_then(|style| self.styles.list(style));
        let Some(list) = paragraph.list.as_deref().or(by_style).filter(|&list| list != "0") else {
            return String::new();
        };
        let level = paragraph
            .level
            .or_else(|| self.numbering.level_of_style(list, style?))
            .or_else(|| self.styles.list_level(style?))
            .unwrap_or(0);
        self.numbering.next(list, level).unwrap_or_else(|| "- ".to_owned())
    }
}

impl Visitor for DocumentWalk {
    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        let local = element.local_name();
        let name = local.as_ref();
        let value = || attribute(element, "val");
        if let Some(math) = &mut self.math {
            self.in_text = name == "t";
            return math.open(name, value().map(|value| ("val".to_owned(), value)).into_iter().collect());
        }
        match name {
            "oMath" => {
                let mut math = Math::default();
                math.open(name, Vec::new())?;
                self.math = Some(math);
            }
            "t" => self.in_text = true,
            "instrText" => self.in_code = true,
            "tab" | "ptab" if !self.in_properties() => self.say(if self.tables.is_empty() { " " } else { "\t" })?,
            "br" | "cr" => self.say("\n")?,
            "noBreakHyphen" => self.say("-")?,
            "sym" => self.symbol(element)?,
            "object" => self.output.note(
                "Embedded objects (such as MathType equations or workbooks) cannot be read and were left out.".to_owned(),
            ),
            "chart" => self
                .output
                .note("The text of charts was left out; write it as text where it is needed.".to_owned()),
            "relIds" => {
                let diagram = attribute(element, "dm").and_then(|id| self.diagrams.get(&id)).cloned();
                self.say_plainly(&diagram.unwrap_or_default())?;
            }
            "commentReference" => self.comments += 1,
            "altChunk" => {
                self.output.note("A document that is embedded in this one was left out; import it by itself.".to_owned());
            }
            "docPr" => self.picture(element)?,
            "hyperlink" => {
                let target = attribute(element, "id").and_then(|id| self.links.get(&id)).cloned();
                let from = self.said();
                self.nest(self.hyperlinks.len())?;
                self.hyperlinks.push((target, from));
            }
            "fldChar" => self.field(&attribute(element, "fldCharType").unwrap_or_default())?,
            "fldSimple" => {
                self.field("begin")?;
                if let Some(field) = self.fields.last_mut() {
                    field.code(&attribute(element, "instr").unwrap_or_default());
                }
            }
            "footnoteReference" | "endnoteReference" => self.refer(name, element)?,
            "footnote" | "endnote" => {
                let is_rule = attribute(element, "type").is_some_and(|kind| kind != "normal");
                let id = attribute(element, "id").unwrap_or_default();
                self.note = (!is_rule).then(|| (format!("{name}{id}"), String::new()));
            }
            "checkBox" | "ddList" => self.form = Some(Form::default()),
            "sdt" => {
                self.nest(self.controls.len())?;
                self.controls.push(Control::default());
            }
            "tbl" => {
                self.end_unended()?;
                self.tables.push(DocxTable::default());
            }
            _ => {
                if let Some(form) = &mut self.form {
                    form.read(element);
                }
                if let Some(control) = self.controls.last_mut() {
                    control.read(element);
                }
                let is_between = self.paragraphs.is_empty();
                if let Some(table) = self.tables.last_mut() {
                    table.read(element, is_between);
                }
                self.of_paragraph(name, element);
            }
        }
        self.nest(self.depth())
    }

    fn end(&mut self, name: &str) -> Result<(), String> {
        if let Some(math) = &mut self.math {
            self.in_text = false;
            if let Some(said) = math.close() {
                self.math = None;
                self.say(&said)?;
            }
            return Ok(());
        }
        match name {
            "t" => self.in_text = false,
            "instrText" => self.in_code = false,
            "pPr" => {
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.in_properties = false;
                }
            }
            "hyperlink" => {
                if let Some((Some(target), from)) = self.hyperlinks.pop() {
                    self.link(from, &target)?;
                }
            }
            "fldSimple" => self.field("end")?,
            "checkBox" => {
                let form = self.form.take().unwrap_or_default();
                self.say(form.ticked())?;
            }
            "ddList" => {
                let form = self.form.take().unwrap_or_default();
                self.say(form.chosen())?;
            }
            "sdtPr" => {
                if let Some(control) = self.controls.last_mut() {
                    control.in_properties = false;
                }
            }
            "sdt" => drop(self.controls.pop()),
            "footnote" | "endnote" => {
                self.end_unended()?;
                self.notes.extend(self.note.take());
            }
            "p" => {
                self.end_unended()?;
                if let Some(paragraph) = self.paragraphs.pop() {
                    self.paragraph(paragraph)?;
                }
            }
            "tc" | "tr" => {
                self.end_unended()?;
                let Some(table) = self.tables.last_mut() else { return Ok(()) };
                match name {
                    "tc" => table.end_cell(&mut self.output)?,
                    _ => table.end_row(&mut self.output, &mut self.left_out)?,
                }
            }
            "tbl" => {
                let table = self.tables.pop().unwrap_or_default().finish();
                match self.tables.last_mut() {
                    Some(outer) => {
                        let text = table.within_cell();
                        self.output.count(text.len())?;
                        outer.say(&[&text, "\n"], true);
                    }
                    None => table.put(&mut self.output)?,
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn characters(&mut self, text: &str) -> Result<(), String> {
        match (&mut self.math, self.in_code, self.in_text) {
            (_, true, _) => {
                if let Some(field) = self.fields.last_mut() {
                    field.code(text);
                }
                Ok(())
            }
            (Some(math), _, true) => {
                self.output.count(text.len())?;
                math.text(text);
                Ok(())
            }
            (None, _, true) => self.say(text),
            _ => Ok(()),
        }
    }

    /// Elements whose text is not the document's, or that say how something was before it was changed.
    fn passes_over(&self, name: &str) -> bool {
        // Of a paragraph's end or a table's row the same says that it was deleted.
        let is_text = !self.paragraphs.is_empty() && !self.in_properties();
        is_text && matches!(name, "del" | "moveFrom")
            || matches!(name, "Fallback" | "delText" | "delInstrText" | "rt" | "tabs")
            || name.ends_with("PrChange")
    }
}
