//! `kb show` and `kb edit`: a document as it is in its base, and changes to it.

use clap::Args;

use super::{CommandError, counted};
use crate::clean;
use crate::knowledge::{Base, Preview, SectionChange, SectionView};

/// Sections read at a time.
const PAGE: usize = 1000;

#[derive(Args)]
pub(in crate::cli) struct EditArguments {
    /// The knowledge base.
    pub(super) base: String,
    /// The document's id, as `kb list` prints it.
    document: String,
    /// The section's number, as `kb show` prints it; none to switch the whole document off or on.
    #[arg(long)]
    section: Option<u32>,
    /// The text of a section that is not a question.
    #[arg(long, requires = "section")]
    text: Option<String>,
    /// The question.
    #[arg(long, requires = "section")]
    question: Option<String>,
    /// Another way to ask it, instead of those there are; more than one may be given.
    #[arg(long = "variant", requires = "section")]
    variants: Vec<String>,
    /// The answer, byte for byte.
    #[arg(long, requires = "section")]
    answer: Option<String>,
    /// Switch it off: nothing finds it any more.
    #[arg(long, conflicts_with = "on")]
    off: bool,
    /// Switch it on again.
    #[arg(long)]
    on: bool,
}

pub(super) async fn run(base: &Base, arguments: &EditArguments) -> Result<(), CommandError> {
    let EditArguments { document, section, text, question, variants, answer, off, on, .. } = arguments;
    let switched = (*off || *on).then_some(*off);
    let changed = match (*section, switched) {
        (Some(section), _) => {
            let change = SectionChange {
                text: text.clone(),
                question: question.clone(),
                variants: (!variants.is_empty()).then(|| variants.clone()),
                answer: answer.clone(),
                off: switched,
            };
            if change == SectionChange::default() {
                return Err(
                    "nothing to change: add --text, --question, --variant, --answer, --off or --on".into()
                );
            }
            base.change_section(document, section, &change).await
        }
        (None, Some(off)) => base.switch(document, off).await,
        (None, None) => {
            return Err("nothing to change: add --off or --on, or --section and what it is to say".into());
        }
    };
    match changed.map_err(|error| error.to_string())? {
        Some(changed) => {
            outln!(
                "{}: {}: {}, {}",
                base.name(),
                clean::line(document),
                counted(changed.sections, "section"),
                counted(changed.windows, "window")
            );
            Ok(())
        }
        None => Err(format!("{} has no {document}; see kb list", base.name())),
    }
}

pub(super) async fn show(base: &Base, document: &str, json: bool) -> Result<(), CommandError> {
    let mut from = 0;
    let mut whole: Option<Preview> = None;
    loop {
        let page = base.sections_of(document, from, PAGE).await.map_err(|error| error.to_string())?;
        let Some(page) = page else { return Err(format!("{} has no {document}; see kb list", base.name())) };
        let read = page.sections.len();
        from += u32::try_from(read).unwrap_or(u32::MAX);
        match &mut whole {
            None => whole = Some(page),
            Some(whole) => whole.sections.extend(page.sections),
        }
        if read < PAGE {
            break;
        }
    }
    let Some(whole) = whole else { return Ok(()) };
    if json {
        let text = serde_json::to_string_pretty(&whole).map_err(|error| error.to_string())?;
        outln!("{}", clean::json(&text));
    } else {
        print(&whole);
    }
    Ok(())
}

/// A document with its sections, for reading.
pub(super) fn print(preview: &Preview) {
    let document = &preview.document;
    let state = preview.state.map(|state| format!("{state}\t")).unwrap_or_default();
    outln!(
        "{state}{}\t{}\t{}\t{}",
        clean::line(&document.id),
        clean::line(&document.title),
        counted(document.sections, "section"),
        counted(document.windows, "window")
    );
    for (field, values) in document.metadata.fields() {
        outln!("  {}", clean::line(&format!("{field}={}", values.join(","))));
    }
    for note in &document.notes {
        outln!("  note: {}", clean::line(note));
    }
    for section in &preview.sections {
        print_section(section);
    }
    let more = (document.sections as usize).saturating_sub(preview.sections.len());
    if more > 0 {
        outln!("and {} more", counted(more, "section"));
    }
}

fn print_section(section: &SectionView) {
    let off = if section.off { " (off)" } else { "" };
    outln!("[{}]{off} {}", section.id, clean::line(&section.section.join(" > ")));
    match (&section.question, &section.answer) {
        (Some(question), Some(answer)) => {
            outln!("  ? {}", clean::line(question));
            section.variants.iter().for_each(|variant| outln!("  ? {}", clean::line(variant)));
            answer.lines().for_each(|line| outln!("  {}", clean::line(line)));
        }
        _ => {
            section.text.lines().for_each(|line| outln!("  {}", clean::line(line)));
            let windows: Vec<String> =
                section.windows.iter().map(|[from, to]| format!("{from}–{to}")).collect();
            outln!("  windows: {}", windows.join(", "));
        }
    }
}
