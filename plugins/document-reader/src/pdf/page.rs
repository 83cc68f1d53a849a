//! A page is a program that draws; this runs it as far as it moves and shows text.

use std::rc::Rc;

use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction;
use hayro_syntax::object::{Array, Dict, Name, Number, Object, ObjectIdentifier, Stream, String as Bytes};
use hayro_syntax::page::{Page, Resources};

use super::annotation;
use super::figure::Figures;
use super::font::{Fonts, Glyph, PdfFont};
use super::line::{Line, Lines, Placed};
use super::rule::{Path, Rules};
use super::sheet::Sheet;
use crate::output::Output;

/// Forms drawn by forms. Real ones nest three deep; a form that draws itself never ends.
const MAX_FORMS: usize = 12;
/// The size of a picture's text, in points: as a caption's.
const PICTURE_TEXT: f64 = 10.0;
/// States saved within one another.
const MAX_STATES: usize = 256;

/// A page with its lines in the order they are drawn, as it is shown: turned, and from its lower left corner.
pub(super) fn sheet(
    page: &Page<'_>,
    fonts: &mut Fonts,
    figures: &mut Figures,
    output: &mut Output,
) -> Result<Sheet, String> {
    let annotations = annotation::of(page);
    let lines = Lines::with_links(annotations.links);
    let page_id = page.raw().obj_id();
    let mut walk =
        PageWalk { fonts, figures, page: page_id, picture: None, output, lines, rules: Rules::default() };
    let state = State { to_page: turned(page), ..State::default() };
    if let Some(program) = page.page_stream() {
        walk.run(program, page.resources(), state, 0)?;
    }
    let (width, height) = page.render_dimensions();
    let lines = walk.lines.finish();
    let mut sheet = Sheet::new(lines, walk.rules, (f64::from(width), f64::from(height)));
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
    fonts: &'a mut Fonts,
    output: &'a mut Output,
    lines: Lines,
    rules: Rules,
    figures: &'a mut Figures,
    page: Option<ObjectIdentifier>,
    /// The text of the picture that is about to be drawn.
    picture: Option<String>,
}

/// `[a b c d e f]`, as PDF writes them: a point `(x, y)` goes to `(ax + cy + e, bx + dy + f)`.
#[derive(Clone, Copy)]
pub(super) struct Matrix([f64; 6]);

impl Matrix {
    const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    fn of(numbers: [&Number; 6]) -> Self {
        Self(numbers.map(Number::as_f64))
    }

    fn moved(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    pub(super) fn point(self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// First this, then the other.
    fn then(self, other: Self) -> Self {
        let [a, b, c, d, e, f] = self.0;
        let [oa, ob, oc, od, oe, of] = other.0;
        Self([
            a * oa + b * oc,
            a * ob + b * od,
            c * oa + d * oc,
            c * ob + d * od,
            e * oa + f * oc + oe,
            e * ob + f * od + of,
        ])
    }
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
        }
    }
}

/// Where the next glyph and the next line go.
struct TextState {
    at: Matrix,
    line: Matrix,
}

impl TextState {
    fn next_line(&mut self, x: f64, y: f64) {
        self.line = Matrix::moved(x, y).then(self.line);
        self.at = self.line;
    }

    fn set(&mut self, matrix: Matrix) {
        (self.at, self.line) = (matrix, matrix);
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
        let mut text = TextState { at: Matrix::IDENTITY, line: Matrix::IDENTITY };
        let mut path = Path::default();
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
                    state.font = font_dict(resources, font.0).map(|dict| self.fonts.get(&dict));
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
                I::BeginMarkedContentWithProperties(mark) => {
                    let properties = match mark.1 {
                        Object::Name(name) => resources.properties.get::<Dict<'_>>(name),
                        other => other.clone().into_dict(),
                    };
                    let text = properties.and_then(|properties| self.figures.take(self.page, &properties));
                    self.picture = text.or(self.picture.take());
                }
                I::EndMarkedContent(_) => self.say_picture(state.to_page)?,
                I::XObject(named) if forms < MAX_FORMS => {
                    self.say_picture(state.to_page)?;
                    if let Some(form) = resources.x_objects.get::<Stream<'_>>(named.0) {
                        self.form(&form, resources, &state, forms + 1)?;
                    }
                }
                I::SetGraphicsState(named) => {
                    let states = resources.ext_g_states.get::<Dict<'_>>(named.0);
                    if let Some(font) = states.and_then(|state| state.get::<Array<'_>>("Font")) {
                        state.font = font.iter::<Dict<'_>>().next().map(|dict| self.fonts.get(&dict));
                        state.size = font.iter::<f64>().last().unwrap_or(state.size);
                    }
                }
                other => self.draw(&other, &mut path, state.to_page),
            }
        }
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
            I::CubicTo(to) => return path.move_to(at(&to.4, &to.5)),
            I::CubicStartTo(to) => return path.move_to(at(&to.2, &to.3)),
            I::CubicEndTo(to) => return path.move_to(at(&to.2, &to.3)),
            I::ClosePath(_) => return path.close(),
            I::RectPath(of) => {
                let (x, y) = (of.0.as_f64(), of.1.as_f64());
                let opposite = to_page.point(x + of.2.as_f64(), y + of.3.as_f64());
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
            return Ok(());
        }
        let Ok(program) = form.decoded_data() else { return Ok(()) };
        let mut state = state.clone();
        if let Some(matrix) = dict.get::<Array<'_>>("Matrix")
            && let Ok(matrix) = <[f64; 6]>::try_from(matrix)
        {
            state.to_page = Matrix(matrix).then(state.to_page);
        }
        // A form without resources uses those of whoever draws it.
        match dict.get::<Dict<'_>>("Resources") {
            Some(own) => self.run(&program, &Resources::new(own), state, forms),
            None => self.run(&program, outer, state, forms),
        }
    }

    fn show_string(&mut self, bytes: &[u8], state: &State, text: &mut TextState) -> Result<(), String> {
        let Some(font) = &state.font else {
            self.fonts.unknown += bytes.len();
            return Ok(());
        };
        let pieces = self.fonts.glyphs(font, bytes).into_iter().map(ShownPiece::Glyph).collect();
        self.show(pieces, font, state, text)
    }

    fn show_array(&mut self, array: &Array<'_>, state: &State, text: &mut TextState) -> Result<(), String> {
        let Some(font) = &state.font else {
            self.fonts.unknown += array.iter::<Bytes<'_>>().map(|text| text.len()).sum::<usize>();
            return Ok(());
        };
        let mut pieces = Vec::new();
        for item in array.iter::<Object<'_>>() {
            match item {
                Object::String(bytes) => {
                    pieces.extend(self.fonts.glyphs(font, &bytes).into_iter().map(ShownPiece::Glyph));
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
                placed.push(Placed { text: glyph.text, x, y, along, across, width });
            }
            let (right, up) = if is_vertical { (0.0, -forward) } else { (forward * state.stretch, 0.0) };
            text.at = Matrix::moved(right, up).then(text.at);
        }
        self.lines.add(placed);
        Ok(())
    }
}

fn font_dict<'a>(resources: &Resources<'a>, name: &Name<'_>) -> Option<Dict<'a>> {
    resources.fonts.get::<Dict<'a>>(name)
}
