//! The template of the system message: a file of the operator's, in minijinja's syntax.

mod braces;
mod broken;
mod names;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, ErrorKind, UndefinedBehavior};
use serde::{Deserialize, Serialize};
use template_checks::calls;

use super::showing::{Showing, holds_all, mark};
use crate::message::{MediaType, Outcome, Passage};
pub use broken::Broken;
use broken::called_in_vain;

/// What a turn without a template of its own says to the model.
const BUILT_IN: &str = include_str!("built_in.md.j2");
/// What the model is told of failures: templates include it by the name `failures`, and it follows those that
/// tell of none.
const FAILURES: &str = include_str!("failures.md.j2");
/// A passage under its number, as the built-in template shows it and as the model reads it where it has called a tool:
/// templates include it by the name `passage`.
const PASSAGE: &str = include_str!("passage.md.j2");
/// Steps of one rendering: some tenths of a second of a processor. A thousand passages take some ten thousand.
const MOST_STEPS: u64 = 2_000_000;
/// Bytes of one message.
const MOST_BYTES: usize = 64 << 20;

/// A compiled template.
pub struct Template {
    environment: Environment<'static>,
    tried: TriedOut,
    source: String,
}

/// What is seen where a template is rendered with marked material.
struct TriedOut {
    shows: Shows,
    lists_cut: Vec<&'static str>,
    one_sided: Vec<(&'static str, Side)>,
}

/// The turns in which a template shows a list that it does not show in the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Those with a system message of the client's.
    WithClientSystem,
    /// Those without.
    WithoutClientSystem,
}

/// What a template has a place for: seen in the message that it makes of marked material.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shows {
    /// The client's own system message.
    pub client_system: bool,
    /// Documents' whole text.
    pub documents: Showing,
    /// What plugins find.
    pub passages: Showing,
    /// What APIs say.
    pub outcomes: Showing,
}

/// What a template can refer to.
#[derive(Debug, Serialize)]
pub struct TemplateInput<'a> {
    /// The app's title.
    pub app: &'a str,
    /// The client's own system message, or empty.
    pub client_system: &'a str,
    /// Documents whose whole text goes in, their sections numbered before the passages.
    pub documents: &'a [PromptDocument],
    /// Passages, each with the `number` the model is to cite it by.
    pub passages: Vec<NumberedPassage<'a>>,
    /// What APIs said.
    pub outcomes: &'a [Outcome],
    /// What failed of what should have been found.
    pub failures: &'a [FailedSource],
    /// Whether the request wanted no plugins, as those do that have a title written.
    pub plain: bool,
    /// Whether the app has plugins or whole texts that answers are to rest on.
    pub has_sources: bool,
    /// The request's variables.
    pub variables: &'a BTreeMap<String, String>,
    /// The user's question.
    pub question: &'a str,
}

/// A plugin that failed, wholly or in part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedSource {
    /// Its name in the configuration.
    pub plugin: String,
    /// What became of it, for the model: never why.
    pub text: String,
}

/// A document whose whole text goes into the prompt.
#[derive(Debug, Clone, Serialize)]
pub struct PromptDocument {
    /// The base it is from.
    pub knowledge_base: String,
    /// Its id within the base.
    pub id: String,
    /// What a reader would call it.
    pub title: String,
    /// A link a reader can follow.
    pub url: Option<String>,
    /// The document's sections, in its order.
    pub sections: Vec<DocumentSection>,
}

/// A section of such a document.
#[derive(Debug, Clone, Serialize)]
pub struct DocumentSection {
    /// What it is cited by, from 1 through all documents; 0 where nothing of it is shown.
    pub number: usize,
    /// Headings above the text, outermost first.
    pub section: Vec<String>,
    /// The text itself.
    pub text: String,
    /// How the text is to be read.
    pub media_type: MediaType,
}

/// A passage and the number it is cited by.
#[derive(Debug, Serialize)]
pub struct NumberedPassage<'a> {
    /// The number, from 1.
    pub number: usize,
    /// The passage's own fields.
    #[serde(flatten)]
    pub passage: &'a Passage,
}

impl Template {
    /// Compiles the file, or the built-in template where there is none. Each error names the
    /// file and what is wrong there, with the line.
    pub fn load(path: Option<&Path>) -> Result<Self, Vec<String>> {
        let (name, source) = match path {
            Some(path) => {
                let bytes = std::fs::read(path).map_err(|error| {
                    vec![format!(
                        "{} cannot be read: {error}; let the host's user read it, or name another",
                        path.display()
                    )]
                })?;
                let source = String::from_utf8(bytes).map_err(|_| {
                    vec![format!(
                        "{} is not saved as UTF-8; save it so in the editor (另存为 → 编码 UTF-8)",
                        path.display()
                    )]
                })?;
                (path.display().to_string(), source)
            }
            None => ("built-in".to_owned(), BUILT_IN.to_owned()),
        };
        Self::of(&source).map_err(|broken| {
            let told = |broken: &Broken| match broken.line {
                Some(line) => format!("{name}:{line}: {broken}"),
                None => format!("{name}: {broken}"),
            };
            std::iter::once(&broken).chain(&broken.others).map(told).collect()
        })
    }

    /// Compiles a text. Everything that is wrong with it is in the error.
    pub fn of(source: &str) -> Result<Self, Broken> {
        let made = environment(source, false).and_then(|made| Ok((try_out(&made)?, made)));
        let error = match made {
            Ok((tried, environment)) => {
                // What is not reached now may be in a turn.
                let mut wrong = called_in_vain(&environment, source);
                if wrong.is_empty() {
                    return Ok(Self { environment, tried, source: source.to_owned() });
                }
                let first = wrong.remove(0);
                return Err(Broken { others: wrong, ..first });
            }
            Err(error) => error,
        };
        Err(Broken::all(&error, source))
    }

    /// The text it was compiled from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Names of the request's variables that it uses.
    pub fn variables(&self) -> BTreeSet<String> {
        let Ok(template) = self.environment.get_template("prompt") else { return BTreeSet::new() };
        let names = template.undeclared_variables(true);
        let of_request = names.iter().filter_map(|name| name.strip_prefix("variables."));
        let plain = of_request.filter_map(|name| name.split('.').next()).map(str::to_owned);
        let in_brackets = calls::in_brackets(&self.environment, &self.source).into_iter();
        let in_brackets = in_brackets.filter_map(|name| name.strip_prefix("variables.").map(str::to_owned));
        plain.chain(in_brackets).collect()
    }

    /// Says of names that it refers to and that no turn has that they are not defined; nothing where all are.
    pub fn unknown_names(&self) -> Option<String> {
        let unknown = names::unknown(&self.environment);
        (!unknown.is_empty()).then(|| names::of_names(&unknown))
    }

    /// Says of names in single braces that nobody fills them in; nothing where there are none.
    pub fn in_single_braces(&self) -> Option<String> {
        braces::told(&self.source).map(|(_, told)| told)
    }

    /// What it has a place for.
    pub fn shows(&self) -> Shows {
        self.tried.shows
    }

    /// The lists, such as `passages`, of which it shows some and not the others.
    pub fn lists_cut(&self) -> &[&'static str] {
        &self.tried.lists_cut
    }

    /// The lists that it shows in some turns alone, by whether the client has sent a system message.
    pub fn one_sided(&self) -> &[(&'static str, Side)] {
        &self.tried.one_sided
    }

    /// The system message. Fails where the template refers to something that is not there.
    pub fn render(&self, input: &TemplateInput<'_>) -> Result<String, String> {
        let part = |name| render(&self.environment, name, input).map_err(|error| format!("{error:#}"));
        let mut text = part("prompt")?;
        // A failure that the model does not know of is taken for absence. What a template shows may depend on the turn.
        if !input.failures.iter().all(|failure| text.contains(&failure.text)) {
            text.push_str("\n\n");
            text.push_str(part("failures")?.trim());
        }
        Ok(text)
    }

    /// A passage under the number that it is cited by, for the answer to a tool call.
    pub fn passage(&self, number: usize, passage: &Passage) -> Result<String, String> {
        let input = PassageInput { passage: NumberedPassage { number, passage } };
        render(&self.environment, "passage", &input).map_err(|error| format!("{error:#}"))
    }
}

/// What a passage's own template can refer to.
#[derive(Serialize)]
struct PassageInput<'a> {
    passage: NumberedPassage<'a>,
}

fn syntax() -> Result<SyntaxConfig, minijinja::Error> {
    SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()
}

fn environment(source: &str, tells_where: bool) -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    // A misspelt variable must not turn into an empty place in the prompt.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_debug(tells_where);
    environment.set_fuel(Some(MOST_STEPS));
    environment.set_syntax(syntax()?);
    environment.add_template_owned("prompt", source.to_owned())?;
    environment.add_template("failures", FAILURES)?;
    environment.add_template("passage", PASSAGE)?;
    Ok(environment)
}

fn render(
    environment: &Environment<'static>,
    name: &str,
    input: &impl Serialize,
) -> Result<String, minijinja::Error> {
    let mut text = BoundedMessage(Vec::new());
    environment.get_template(name)?.render_captured_to(minijinja::value::Serde(input), &mut text).map_err(
        |error| match text.0.len() {
            ..MOST_BYTES => error,
            _ => minijinja::Error::new(
                ErrorKind::WriteFailure,
                format!("it makes a message of more than {} MiB", MOST_BYTES >> 20),
            ),
        },
    )?;
    // What it writes is text.
    Ok(String::from_utf8(text.0).unwrap_or_default())
}

/// A message that refuses to grow past what any model takes.
struct BoundedMessage(Vec<u8>);

impl std::io::Write for BoundedMessage {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.extend_from_slice(&bytes[..bytes.len().min(MOST_BYTES - self.0.len().min(MOST_BYTES))]);
        if self.0.len() >= MOST_BYTES {
            return Err(std::io::Error::other("too long"));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Renders once with marked material: a misspelt name is found at start and not in a turn, and so is what
/// has no place. There are two passages and two outcomes, as a template may show the first alone, and more documents
/// of two sections, as all of these are always wanted. The lists of which only some is shown are named, and those that
/// are shown only with a system message of the client's, or without.
fn try_out(environment: &Environment<'static>) -> Result<TriedOut, minijinja::Error> {
    /// More than a template takes that shows the first few.
    const DOCUMENTS: usize = 8;
    const SECTIONS: usize = 2;
    let marks: [char; 6 + DOCUMENTS * SECTIONS] =
        std::array::from_fn(|place| mark(place).unwrap_or_default());
    let [client_system, failure_text] = [marks[0], marks[1]].map(|mark| mark.to_string());
    let texts = |marks: &[char]| marks.iter().map(|mark| (*mark, tell_tale(*mark))).collect::<Vec<_>>();
    let [passage_texts, outcome_texts, document_texts] = [&marks[2..4], &marks[4..6], &marks[6..]].map(texts);
    // Two that have more in common than their source may be shown once.
    let titled = |texts: &[(char, String)]| -> Vec<(String, String)> {
        texts
            .iter()
            .zip(["标题一", "标题二"])
            .map(|((_, text), title)| (title.into(), text.clone()))
            .collect()
    };
    let passage = |(title, text): (String, String)| Passage {
        text,
        media_type: Default::default(),
        section: vec![format!("{title}的章节")],
        title,
        url: None,
        knowledge_base: None,
        score: Some(0.5),
    };
    let outcome =
        |(title, text): (String, String)| Outcome { text, media_type: Default::default(), title, url: None };
    let passages: Vec<Passage> = titled(&passage_texts).into_iter().map(passage).collect();
    let outcomes: Vec<Outcome> = titled(&outcome_texts).into_iter().map(outcome).collect();
    let section = |(number, (_, text)): (usize, &(char, String))| DocumentSection {
        number,
        section: vec![format!("章节{number}")],
        text: text.clone(),
        media_type: MediaType::Plain,
    };
    let sections: Vec<DocumentSection> = (1..).zip(&document_texts).map(section).collect();
    let document = |(number, sections): (usize, &[DocumentSection])| PromptDocument {
        knowledge_base: "base".into(),
        id: format!("{number}.md"),
        title: format!("文档{number}"),
        url: None,
        sections: sections.to_vec(),
    };
    let documents: Vec<PromptDocument> = (1..).zip(sections.chunks(SECTIONS)).map(document).collect();
    // A template may choose by how many there are.
    let alone = [document((1, &sections[..1]))];
    let failure = FailedSource { plugin: "plugin".into(), text: failure_text };
    let numbered =
        (sections.len() + 1..).zip(&passages).map(|(number, passage)| NumberedPassage { number, passage });
    let mut input = TemplateInput {
        app: "app",
        client_system: "",
        documents: &documents,
        passages: numbered.collect(),
        outcomes: &outcomes,
        failures: &[failure],
        plain: false,
        has_sources: true,
        variables: &BTreeMap::new(),
        question: "问题",
    };
    // Most turns have no system message of the client's, and some templates say other things then.
    let without = render(environment, "prompt", &input)?;
    input.client_system = &client_system;
    let with = render(environment, "prompt", &input)?;
    let seen = |texts: &[(char, String)]| seen_in_both(&without, &with, texts);
    let (mut documents, passages, outcomes) =
        (seen(&document_texts), seen(&passage_texts), seen(&outcome_texts));
    if documents.showing == Showing::Not {
        input.documents = &alone;
        documents.showing = seen_in(&render(environment, "prompt", &input)?, &document_texts[..1]).0;
    }
    let shows = Shows {
        client_system: with.contains(&client_system),
        documents: documents.showing,
        passages: passages.showing,
        outcomes: outcomes.showing,
    };
    let lists = [("documents", documents), ("passages", passages), ("outcomes", outcomes)];
    let lists_cut = lists.iter().filter(|(_, seen)| seen.is_cut).map(|(list, _)| *list).collect();
    let one_sided = lists.iter().filter_map(|(list, seen)| Some((*list, seen.only?))).collect();
    Ok(TriedOut { shows, lists_cut, one_sided })
}

/// How a list is shown.
struct SeenList {
    showing: Showing,
    /// Whether there are others of it that are not shown.
    is_cut: bool,
    only: Option<Side>,
}

/// How the messages without and with a system message of the client's show the texts of a list: the worse of what is
/// seen in both, and what is seen in the one where nothing is in the other.
fn seen_in_both(without: &str, with: &str, texts: &[(char, String)]) -> SeenList {
    let (before, after) = (seen_in(without, texts), seen_in(with, texts));
    let is_cut = before.1 || after.1;
    let (showing, only) = match (before.0, after.0) {
        (Showing::Not, Showing::Not) => (Showing::Not, None),
        (Showing::Not, showing) => (showing, Some(Side::WithClientSystem)),
        (showing, Showing::Not) => (showing, Some(Side::WithoutClientSystem)),
        (Showing::Whole, showing) | (showing, Showing::Whole) => (showing, None),
        (part, _) => (part, None),
    };
    SeenList { showing, is_cut, only }
}

/// How a message shows the texts of a list, those that it shows at all; and whether there are others.
fn seen_in(message: &str, texts: &[(char, String)]) -> (Showing, bool) {
    let shown: Vec<&str> =
        texts.iter().filter(|(mark, _)| message.contains(*mark)).map(|(_, text)| &**text).collect();
    let showing = match shown.as_slice() {
        [] => Showing::Not,
        shown if holds_all(message, shown) => Showing::Whole,
        _ => Showing::Part { missing: 0 },
    };
    (showing, !shown.is_empty() && shown.len() < texts.len())
}

/// A text that shows what is done to it: too long for what cuts, and with lines, markup and letters that have
/// case for what changes them. The mark is in every part.
fn tell_tale(mark: char) -> String {
    /// More than a text in a prompt mostly has.
    const LINES: usize = 400;
    (1..=LINES).map(|line| format!("{mark} line {line} of <b>Text</b> & \"more\"\n\n")).collect()
}

#[cfg(test)]
mod tests;
