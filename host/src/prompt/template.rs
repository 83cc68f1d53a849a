//! The template of the system message: a file of the operator's, in minijinja's syntax.

use std::collections::BTreeMap;
use std::path::Path;

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use crate::message::{MediaType, Outcome, Passage};

/// What a turn without a template of its own says to the model.
const BUILT_IN: &str = include_str!("built_in.md.j2");

/// A compiled template.
pub struct Template {
    environment: Environment<'static>,
    uses_client_system: bool,
    uses_documents: bool,
}

/// What a template can refer to.
#[derive(Debug, Serialize)]
pub struct TemplateInput<'a> {
    /// The app's title.
    pub app: &'a str,
    /// The client's own system message, or empty.
    pub client_system: &'a str,
    /// Documents whose whole text goes in, their sections numbered before the passages.
    pub documents: &'a [Document],
    /// Passages, each with the `number` the model is to cite it by.
    pub passages: Vec<NumberedPassage<'a>>,
    /// What APIs said.
    pub outcomes: &'a [Outcome],
    /// The request's variables.
    pub variables: &'a BTreeMap<String, String>,
    /// The user's question.
    pub question: &'a str,
}

/// A document whose whole text goes into the prompt.
#[derive(Debug, Clone, Serialize)]
pub struct Document {
    /// The base it is from.
    pub knowledge_base: String,
    /// Its id within the base.
    pub id: String,
    /// What a reader would call it.
    pub title: String,
    /// A link a reader can follow.
    pub url: Option<String>,
    /// In the document's order.
    pub sections: Vec<DocumentSection>,
}

/// A section of such a document.
#[derive(Debug, Clone, Serialize)]
pub struct DocumentSection {
    /// What it is cited by, from 1 through all documents.
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
    /// From 1.
    pub number: usize,
    /// The passage's own fields.
    #[serde(flatten)]
    pub passage: &'a Passage,
}

impl Template {
    /// Compiles the file, or the built-in template where there is none. The error names the
    /// file, the line and what is wrong there.
    pub fn load(path: Option<&Path>) -> Result<Self, String> {
        let (name, source) = match path {
            Some(path) => {
                let source = std::fs::read_to_string(path)
                    .map_err(|error| format!("{}: cannot be read: {error}", path.display()))?;
                (path.display().to_string(), source)
            }
            None => ("built-in".to_owned(), BUILT_IN.to_owned()),
        };
        let uses_client_system = source.contains("client_system");
        let uses_documents = source.contains("documents");
        let mut environment = Environment::new();
        // A misspelt variable must not turn into an empty place in the prompt.
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.map_err(|error| error.to_string())?);
        environment.add_template_owned("prompt", source).map_err(|error| format!("{name}: {error:#}"))?;
        let template = Self { environment, uses_client_system, uses_documents };
        template.try_out().map_err(|error| format!("{name}: {error}"))?;
        Ok(template)
    }

    /// Whether the client's own system message has a place in it.
    pub fn uses_client_system(&self) -> bool {
        self.uses_client_system
    }

    /// Whether documents' whole text has a place in it.
    pub fn uses_documents(&self) -> bool {
        self.uses_documents
    }

    /// The system message. Fails where the template refers to something that is not there.
    pub fn render(&self, input: &TemplateInput<'_>) -> Result<String, String> {
        let template = self.environment.get_template("prompt").map_err(|error| error.to_string())?;
        template.render(minijinja::value::Serde(input)).map_err(|error| format!("{error:#}"))
    }

    /// Renders once with sample data, so that a misspelt name is found at start and not in a turn.
    fn try_out(&self) -> Result<(), String> {
        let passage = Passage {
            text: "文本".into(),
            media_type: Default::default(),
            title: "标题".into(),
            section: vec!["章节".into()],
            url: None,
            knowledge_base: None,
            score: Some(0.5),
        };
        let outcome =
            Outcome {
                text: "结果".into(), media_type: Default::default(), title: "标题".into(), url: None
            };
        let document = Document {
            knowledge_base: "base".into(),
            id: "a.md".into(),
            title: "标题".into(),
            url: None,
            sections: vec![DocumentSection {
                number: 1,
                section: vec!["章节".into()],
                text: "文本".into(),
                media_type: MediaType::Plain,
            }],
        };
        self.render(&TemplateInput {
            app: "app",
            client_system: "",
            documents: &[document],
            passages: vec![NumberedPassage { number: 2, passage: &passage }],
            outcomes: &[outcome],
            variables: &BTreeMap::new(),
            question: "问题",
        })
        .map(drop)
    }
}
