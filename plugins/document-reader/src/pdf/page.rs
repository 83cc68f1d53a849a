//! A page is a program that draws; this runs it as far as it moves and shows text.

use std::rc::Rc;

use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction;
use hayro_syntax::object::{Array, Dict, Name, Number, Object, ObjectIdentifier, Stream, String as Bytes};
use hayro_syntax::page::{Page, Resources};

use super::annotation;
use super::figure::Figures;
use super::font::{Fonts, Glyph, PdfFont};
use super::layer::Layers;
use super::line::{Line, Lines, Placed};
use super::mark::{ContentMark, OpenMarks, Said};
use super::matrix::Matrix;
use super::rule::{Path, Rules};
use super::sheet::Sheet;
use super::strike;
use crate::left_out::LeftOut;
use crate::output::Output;

/// Forms drawn by forms. Real ones nest three deep; a form that draws itself never ends.
const MAX_FORMS: usize = 12;
/// The size of a picture's text, in points: as a caption's.
const PICTURE_TEXT: f64 = 10.0;
/// How far outside its clip a glyph's middle may stand, in sizes of the font.
const NEAR: f64 = 0.4;
/// States saved within one another.
const MAX_STATES: usize = 256;

/// What the pages of a document share.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) fonts: Fonts,
    pub(super) figures: Figures,
    pub(super) layers: Layers,
    pub(super) left_out: LeftOut,
}

/// A page with its lines in the order they are drawn, as it is shown: turned, and from its lower left corner.
pub(super) fn sheet(page: &Page<'_>, shared: &mut Shared, output: &mut Output) -> Result<Sheet, String> {
    let annotations = annotation::of(page, &shared.layers);
    let lines = Lines::with_links(annotations.links);
    let (width, height) = page.render_dimensions();
    let size = (f64::from(width), f64::from(height));
    let mut walk = PageWalk {
        shared,
        output,
        page: page.raw().obj_id(),
        picture: None,
        lines,
        rules: Rules::default(),
        marks: OpenMarks::default(),
        pictures: 0,
    };
    let clip = [0.0, 0.0, size.0, size.1];
    let state = State { to_page: turned(page), clip, ..State::default() };
    if let Some(program) = page.page_stream() {
        walk.run(program, page.resources(), state, 0)?;
    }
    let (lines, rules, has_pictures) = (walk.lines.finish(), walk.rules, walk.pictures > 0);
    let lines = strike::take(lines, &rules, &annotations.strikes, &mut shared.left_out);
    let mut sheet = Sheet::new(lines, rules, size);
    sheet.has_pictures = has_pictures;
    for (mut line, name) in annotations.lines {
        if let Some(name) = name.filter(|_| !sheet.has_beside(&line)) {
            line.text = if line.text.starts_with(['☑', '☐']) {
                format!("{}{name}", line.text)
            } else {
                format!("{name}：{}", line.text)
            };
        }
        output.count(line.text.len())?;
        sheet.insert(line);
    }
    Ok(sheet)
}

/// From the page's own measures to those of the page as it is shown.
pub(super) fn turned(page: &Page<'_>) -> Matrix {
    Matrix(page.initial_transform(false).as_coeffs())
}

struct PageWalk<'a> {
    shared: &'a mut Shared,
    output: &'a mut Output,
    lines: Lines,
    rules: Rules,
    page: Option<ObjectIdentifier>,
    /// The text of the picture that is about to be drawn.
    picture: Option<String>,
    marks: OpenMarks,
    /// Pictures, and other things that may show text, that were drawn.
    pictures: usize,
}

#[derive(Clone)]
struct State {
    to_page: Matrix,
    font: Option<Rc<PdfFont>>,
    size: f64,
    character_spacing: f64,
    word_spacing: f64,
    /// 1 is as wide as the font has it.
    stretch: f64,
    leading: f64,
    rise: f64,
    /// What is drawn shows here only: left, bottom, right and top on the page.
    clip: [f64; 4],
}

impl Default for State {
    fn default() -> Self {
        Self {
            to_page: Matrix::IDENTITY,
            font: None,
            size: 0.0,
            character_spacing: 0.0,
            word_spacing: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
            clip: [f64::NEG_INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::INFINITY],
        }
    }
}

impl State {
    /// Lets nothing show beyond these corners.
    fn cut(&mut self, [left, bottom, right, top]: [f64; 4]) {
        let [old_left, old_bottom, old_right, old_top] = self.clip;
        self.clip = [left.max(old_left), bottom.max(old_bottom), right.min(old_right), top.min(old_top)];
    }

    /// Whether a glyph shows: its middle stands within the clip, or nearly.
    fn shows(&self, glyph: &Placed) -> bool {
        let size = glyph.across.0.hypot(glyph.across.1).max(glyph.along.0.hypot(glyph.along.1));
        let x = glyph.x + glyph.along.0 * glyph.width / 2.0 + glyph.across.0 * 0.3;
        let y = glyph.y + glyph.along.1 * glyph.width / 2.0 + glyph.across.1 * 0.3;
        let [left, bottom, right, top] = self.clip;
        let near = NEAR * size;
        // What is no number stands nowhere, and is sorted out where lines are made.
        !(x < left - near || x > right + near || y < bottom - near || y > top + near)
    }
}

/// Where the next glyph and the next line go.
struct TextState {
    at: Matrix,
    line: Matrix,
    /// Whether glyphs whose width is not known stand before the next one, so that it stands somewhere near.
    is_near: bool,
}

impl TextState {
    fn next_line(&mut self, x: f64, y: f64) {
        self.line = Matrix::moved(x, y).then(self.line);
        self.at = self.line;
        self.is_near = false;
    }

    fn set(&mut self, matrix: Matrix) {
        *self = Self { at: matrix, line: matrix, is_near: false };
    }
}

/// A piece of what one operator shows.
enum ShownPiece {
    Glyph(Glyph),
    /// Thousandths of the font's size, backwards.
    Back(f64),
}

impl PageWalk<'_> {
    fn run(
        &mut self,
        program: &[u8],
        resources: &Resources<'_>,
        mut state: State,
        forms: usize,
    ) -> Result<(), String> {
        let mut saved = Vec::new();
        let mut text = TextState { at: Matrix::IDENTITY, line: Matrix::IDENTITY, is_near: false };
        let mut path = Path::default();
        let mut is_clip = false;
        let marks = self.marks.len();
        let mut instructions = TypedIter::new(program);
        while let Some(instruction) = instructions.next() {
            use TypedInstruction as I;
            match instruction {
                I::SaveState(_) if saved.len() < MAX_STATES => saved.push(state.clone()),
                I::RestoreState(_) => state = saved.pop().unwrap_or(state),
                I::Transform(m) => {
                    state.to_page = Matrix::of([&m.0, &m.1, &m.2, &m.3, &m.4, &m.5]).then(state.to_page);
                }
                I::BeginText(_) => text.set(Matrix::IDENTITY),
                I::SetTextMatrix(m) => text.set(Matrix::of([&m.0, &m.1, &m.2, &m.3, &m.4, &m.5])),
                I::TextFont(font) => {
                    state.font = font_dict(resources, font.0).map(|dict| self.shared.fonts.get(&dict));
                    state.size = font.1.as_f64();
                }
                I::CharacterSpacing(spacing) => state.character_spacing = spacing.0.as_f64(),
                I::WordSpacing(spacing) => state.word_spacing = spacing.0.as_f64(),
                I::HorizontalScaling(percent) => state.stretch = percent.0.as_f64() / 100.0,
                I::TextLeading(leading) => state.leading = leading.0.as_f64(),
                I::TextRise(rise) => state.rise = rise.0.as_f64(),
                I::NextLine(to) => text.next_line(to.0.as_f64(), to.1.as_f64()),
                I::NextLineAndSetLeading(to) => {
                    state.leading = -to.1.as_f64();
                    text.next_line(to.0.as_f64(), to.1.as_f64());
                }
                I::NextLineUsingLeading(_) => text.next_line(0.0, -state.leading),
                I::ShowText(show) => self.show_string(show.0, &state, &mut text)?,
                I::NextLineAndShowText(show) => {
                    text.next_line(0.0, -state.leading);
                    self.show_string(show.0, &state, &mut text)?;
                }
                I::ShowTextWithParameters(show) => {
                    state.word_spacing = show.0.as_f64();
                    state.character_spacing = show.1.as_f64();
                    text.next_line(0.0, -state.leading);
                    self.show_string(show.2, &state, &mut text)?;
                }
                I::ShowTexts(show) => self.show_array(show.0, &state, &mut text)?,
                I::BeginMarkedContent(_) => self.marks.begin(ContentMark::default()),
                I::BeginMarkedContentWithProperties(mark) => {
                    let properties = match mark.1 {
                        Object::Name(name) => resources.properties.get::<Dict<'_>>(name),
                        other => other.clone().into_dict(),
                    };
                    self.begin_mark(mark.0, properties);
                }
                I::EndMarkedContent(_) => {
                    self.say_picture(state.to_page)?;
                    self.end_mark()?;
                }
                I::XObject(named) if forms < MAX_FORMS => {
                    self.say_picture(state.to_page)?;
                    if let Some(form) = resources.x_objects.get::<Stream<'_>>(named.0) {
                        self.form(&form, resources, &state, forms + 1)?;
                    }
                }
                I::InlineImage(_) => self.pictures += 1,
                I::ClipNonZero(_) | I::ClipEvenOdd(_) => is_clip = true,
                I::SetGraphicsState(named) => self.set_font(named.0, resources, &mut state),
                other => {
                    let bounds = path.bounds;
                    self.draw(&other, &mut path, state.to_page);
                    // The path that was painted last, or not painted, is the clip of what comes then.
                    if let (Some(bounds), None, true) = (bounds, path.bounds, is_clip) {
                        state.cut(bounds);
                        is_clip = false;
                    }
                }
            }
        }
        while self.marks.len() > marks {
            self.end_mark()?;
        }
        Ok(())
    }

    /// Takes the font that a graphics state of the resources names, where it names one.
    fn set_font(&mut self, name: &Name<'_>, resources: &Resources<'_>, state: &mut State) {
        let states = resources.ext_g_states.get::<Dict<'_>>(name);
        if let Some(font) = states.and_then(|state| state.get::<Array<'_>>("Font")) {
            state.font = font.iter::<Dict<'_>>().next().map(|dict| self.shared.fonts.get(&dict));
            state.size = font.iter::<f64>().last().unwrap_or(state.size);
        }
    }

    fn begin_mark(&mut self, tag: &Name<'_>, properties: Option<Dict<'_>>) {
        let Some(properties) = properties else { return self.marks.begin(ContentMark::default()) };
        let text = self.shared.figures.take(self.page, &properties);
        self.picture = text.or(self.picture.take());
        let fonts = &self.shared.fonts;
        self.marks.begin(ContentMark {
            is_hidden: **tag == *b"OC" && self.shared.layers.hide(&properties),
            said: Said::of(&properties, (fonts.known, fonts.unknown)),
        });
    }

    /// Puts the text of a mark where its glyphs stand, if it has one.
    fn end_mark(&mut self) -> Result<(), String> {
        let Some(said) = self.marks.end() else { return Ok(()) };
        let counted = said.counted;
        let Some(placed) = said.placed() else { return Ok(()) };
        self.output.count(placed.text.len())?;
        // Its text stands in for glyphs that no font knows.
        let fonts = &mut self.shared.fonts;
        (fonts.known, fonts.unknown) = (counted.0 + placed.text.chars().count(), counted.1);
        self.lines.add(vec![placed]);
        Ok(())
    }

    /// Puts the text of a picture where it is drawn.
    fn say_picture(&mut self, to_page: Matrix) -> Result<(), String> {
        if let Some(text) = self.picture.take() {
            self.output.count(text.len())?;
            let (left, bottom) = to_page.point(0.0, 0.0);
            self.lines.put(Line::at(&text, (left, left + PICTURE_TEXT), bottom, PICTURE_TEXT));
        }
        Ok(())
    }

    /// Lines and rectangles are kept as far as they may be the rules of a table.
    fn draw(&mut self, instruction: &TypedInstruction<'_, '_>, path: &mut Path, to_page: Matrix) {
        use TypedInstruction as I;
        let at = |x: &Number, y: &Number| to_page.point(x.as_f64(), y.as_f64());
        let (is_stroked, is_closed) = match instruction {
            I::MoveTo(to) => return path.move_to(at(&to.0, &to.1)),
            I::LineTo(to) => return path.line_to(at(&to.0, &to.1)),
            // No rule is bent: what a curve leads to is where the next line starts.
            I::CubicTo(to) => return path.curve_to([at(&to.0, &to.1), at(&to.2, &to.3), at(&to.4, &to.5)]),
            I::CubicStartTo(to) => return path.curve_to([at(&to.0, &to.1), at(&to.2, &to.3)]),
            I::CubicEndTo(to) => return path.curve_to([at(&to.0, &to.1), at(&to.2, &to.3)]),
            I::ClosePath(_) => return path.close(),
            I::RectPath(of) => {
                let (x, y) = (of.0.as_f64(), of.1.as_f64());
                let (other_x, other_y) = (x + of.2.as_f64(), y + of.3.as_f64());
                // All four reach something where the page is turned.
                path.reach(to_page.point(x, other_y));
                path.reach(to_page.point(other_x, y));
                let opposite = to_page.point(other_x, other_y);
                return path.rectangle(to_page.point(x, y), opposite);
            }
            I::StrokePath(_) | I::FillAndStrokeNonZero(_) | I::FillAndStrokeEvenOdd(_) => (true, false),
            I::CloseAndStrokePath(_) | I::CloseFillAndStrokeNonZero(_) | I::CloseFillAndStrokeEvenOdd(_) => {
                (true, true)
            }
            I::FillPathNonZero(_) | I::FillPathNonZeroCompatibility(_) | I::FillPathEvenOdd(_) => {
                (false, false)
            }
            I::EndPath(_) => return *path = Path::default(),
            _ => return,
        };
        if is_closed {
            path.close();
        }
        self.pictures += usize::from(path.is_bent());
        path.paint(&mut self.rules, is_stroked);
    }

    fn form(
        &mut self,
        form: &Stream<'_>,
        outer: &Resources<'_>,
        state: &State,
        forms: usize,
    ) -> Result<(), String> {
        let dict = form.dict();
        if dict.get::<Name<'_>>("Subtype").is_none_or(|subtype| *subtype != *b"Form") {
            self.pictures += 1;
            return Ok(());
        }
        let Ok(program) = form.decoded_data() else { return Ok(()) };
        let mut state = state.clone();
        if let Some(matrix) = dict.get::<Array<'_>>("Matrix")
            && let Ok(matrix) = <[f64; 6]>::try_from(matrix)
        {
            state.to_page = Matrix(matrix).then(state.to_page);
        }
        let corners = dict.get::<Array<'_>>("BBox").and_then(|corners| <[f64; 4]>::try_from(corners).ok());
        if let Some([x, y, other_x, other_y]) = corners.filter(|[x, y, to_x, to_y]| x != to_x && y != to_y) {
            let mut reach = Path::default();
            for (x, y) in [(x, y), (x, other_y), (other_x, y), (other_x, other_y)] {
                reach.reach(state.to_page.point(x, y));
            }
            reach.bounds.into_iter().for_each(|bounds| state.cut(bounds));
        }
        let is_hidden = dict.get::<Dict<'_>>("OC").is_some_and(|layer| self.shared.layers.hide(&layer));
        self.marks.begin(ContentMark { is_hidden, said: None });
        // A form without resources uses those of whoever draws it.
        match dict.get::<Dict<'_>>("Resources") {
            Some(own) => self.run(&program, &Resources::new(own), state, forms)?,
            None => self.run(&program, outer, state, forms)?,
        }
        self.marks.end();
        Ok(())
    }

    fn show_string(&mut self, bytes: &[u8], state: &State, text: &mut TextState) -> Result<(), String> {
        let Some(font) = &state.font else {
            self.shared.fonts.unknown += bytes.len();
            return Ok(());
        };
        let pieces = self.shared.fonts.glyphs(font, bytes).into_iter().map(ShownPiece::Glyph).collect();
        self.show(pieces, font, state, text)
    }

    fn show_array(&mut self, array: &Array<'_>, state: &State, text: &mut TextState) -> Result<(), String> {
        let Some(font) = &state.font else {
            self.shared.fonts.unknown += array.iter::<Bytes<'_>>().map(|text| text.len()).sum::<usize>();
            return Ok(());
        };
        let mut pieces = Vec::new();
        for item in array.iter::<Object<'_>>() {
            match item {
                Object::String(bytes) => {
                    pieces.extend(self.shared.fonts.glyphs(font, &bytes).into_iter().map(ShownPiece::Glyph));
                }
                Object::Number(back) => pieces.push(ShownPiece::Back(back.as_f64())),
                _ => {}
            }
        }
        self.show(pieces, font, state, text)
    }

    fn show(
        &mut self,
        pieces: Vec<ShownPiece>,
        font: &PdfFont,
        state: &State,
        text: &mut TextState,
    ) -> Result<(), String> {
        let mut placed = Vec::with_capacity(pieces.len());
        let is_vertical = font.is_vertical();
        for piece in pieces {
            let scale = Matrix([state.size * state.stretch, 0.0, 0.0, state.size, 0.0, state.rise]);
            let [a, b, c, d, x, y] = scale.then(text.at).then(state.to_page).0;
            let forward = match &piece {
                ShownPiece::Back(back) => -back / 1000.0 * state.size,
                ShownPiece::Glyph(glyph) => {
                    let spacing =
                        state.character_spacing + if glyph.is_space { state.word_spacing } else { 0.0 };
                    // Vertical glyphs are as high as the font's size unless it says otherwise, and few do.
                    let width = if is_vertical { 1000.0 } else { glyph.width };
                    width / 1000.0 * state.size + spacing
                }
            };
            if let ShownPiece::Glyph(glyph) = piece {
                self.output.count(glyph.text.len())?;
                let (along, across) = if is_vertical { ((-c, -d), (a, b)) } else { ((a, b), (c, d)) };
                let width = if is_vertical { 1.0 } else { glyph.width / 1000.0 };
                let spacing = (state.character_spacing / state.size).max(0.0);
                placed.push(Placed { text: glyph.text, x, y, along, across, width, spacing });
            }
            let (right, up) = if is_vertical { (0.0, -forward) } else { (forward * state.stretch, 0.0) };
            text.at = Matrix::moved(right, up).then(text.at);
        }
        self.hide(&mut placed, state, font.has_widths(), text.is_near);
        text.is_near |= !font.has_widths();
        if let Some(placed) = self.marks.keep(placed) {
            self.lines.add(placed);
        }
        Ok(())
    }

    /// Leaves out glyphs that do not show. Where widths are not known, only the first stands where it is said to.
    fn hide(&mut self, placed: &mut Vec<Placed>, state: &State, is_exact: bool, is_near: bool) {
        let is_hidden = self.marks.are_hidden();
        let first = placed.first().is_none_or(|first| state.shows(first));
        let mut hidden = String::new();
        placed.retain(|glyph| {
            let is_within = is_near || if is_exact { state.shows(glyph) } else { first };
            let shows = !is_hidden && is_within;
            if !shows {
                hidden.push_str(&glyph.text);
            }
            shows
        });
        self.shared.left_out.hidden(&hidden);
    }
}

fn font_dict<'a>(resources: &Resources<'a>, name: &Name<'_>) -> Option<Dict<'a>> {
    resources.fonts.get::<Dict<'a>>(name)
}
