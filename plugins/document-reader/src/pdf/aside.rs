//! What a file holds beside its pages: forms that only Adobe's programs fill in, and files that are attached.

use hayro_syntax::Pdf;
use hayro_syntax::object::{Array, Dict, Object, String as Bytes};

use super::annotation::decoded;
use crate::output::{Output, one_line};

/// Most nodes of the tree of names that are looked at, and most names that a note cites.
const MAX_NODES: usize = 1000;
const MAX_NAMED: usize = 5;
/// Longest name of a file, in bytes.
const MAX_NAME: usize = 300;

pub(super) const FOR_ADOBE_ONLY: &str =
    "is a form of the kind XFA, whose pages only Adobe's programs make; print it to a PDF there";

/// Whether the pages are made anew by who opens the file, and those in it say only that.
pub(super) fn is_for_adobe_only(pdf: &Pdf) -> bool {
    let Some(catalog) = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()) else { return false };
    let Some(form) = catalog.get::<Dict<'_>>("AcroForm").filter(|form| form.contains_key("XFA")) else {
        return false;
    };
    let has_fields =
        form.get::<Array<'_>>("Fields").is_some_and(|fields| fields.iter::<Object<'_>>().next().is_some());
    pdf.pages().len() == 1 && (catalog.get::<bool>("NeedsRendering").unwrap_or(false) || !has_fields)
}

/// Tells which files are attached: they are documents of their own.
pub(super) fn tell_attached(pdf: &Pdf, output: &mut Output) {
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    let names = catalog.and_then(|catalog| catalog.get::<Dict<'_>>("Names"));
    let mut waiting: Vec<Dict<'_>> =
        names.and_then(|names| names.get::<Dict<'_>>("EmbeddedFiles")).into_iter().collect();
    let mut found: Vec<String> = Vec::new();
    let mut count = 0_usize;
    for _ in 0..MAX_NODES {
        let Some(node) = waiting.pop() else { break };
        let kids = node.get::<Array<'_>>("Kids");
        let kids = kids.iter().flat_map(|kids| kids.iter::<Object<'_>>()).filter_map(Object::into_dict);
        waiting.extend(kids.take(MAX_NODES.saturating_sub(waiting.len())));
        let files = node.get::<Array<'_>>("Names");
        let files = files.iter().flat_map(|files| files.iter::<Object<'_>>()).filter_map(Object::into_dict);
        for file in files.take(MAX_NODES) {
            count += 1;
            let name = file.get::<Bytes<'_>>("UF").or_else(|| file.get::<Bytes<'_>>("F"));
            let name = name.filter(|name| name.len() <= MAX_NAME).map(|name| one_line(&decoded(&name)));
            found.extend(name.filter(|name| !name.is_empty() && found.len() < MAX_NAMED));
        }
    }
    if count > 0 {
        let more = if count > found.len() { ", …" } else { "" };
        output.note(format!(
            "Attached files are not read: {}{more}; save them and import each",
            found.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", ")
        ));
    }
}
