//! The steps of a write: operations that the server carries out in order, and the filters that say on which points.

use qdrant_client::qdrant::points_update_operation::{
    self, Operation, OverwritePayload, PointStructList, SetPayload,
};
use qdrant_client::qdrant::{Condition, Filter, PointStruct};

use super::super::points::{self, KIND_SECTION, KIND_WINDOW, VERSION};
use super::Writing;

/// Writes the document points, each unless a later version has come to count. Nothing else is asked of what is there: a server
/// that was killed carries its log out again from some moment on, where what it finds of a point may be older than what was
/// there then, and each of these steps must do the same all the same.
pub(super) fn heads(writing: &[Writing]) -> Operation {
    let before = writing.iter().map(|one| points::before(&one.id, &one.version));
    new_or_where(writing.iter().map(Writing::head).collect(), Filter::should(before.collect::<Vec<_>>()))
}

/// Writes a document point over this version or an earlier one. Where there is none any more, none is made.
pub(super) fn head_over(writing: &Writing, counted: &str) -> Operation {
    let there = Filter::must([points::until(&writing.id, counted)]);
    Operation::OverwritePayload(OverwritePayload {
        payload: writing.head().payload,
        points_selector: Some(there.into()),
        ..OverwritePayload::default()
    })
}

/// The same for a server that changes nothing by a field without an index. A deletion of the moment before is undone there.
pub(super) fn head_over_or_new(writing: &Writing, counted: &str) -> Operation {
    new_or_where(vec![writing.head()], Filter::must([points::until(&writing.id, counted)]))
}

/// Writes a document point where there is none.
pub(super) fn first_head(writing: &Writing) -> Operation {
    // No version has an empty name: a point that has come meanwhile is left.
    new_or_where(vec![writing.head()], Filter::must([points::keyword(VERSION, "")]))
}

/// Writes points that are not there yet, and those that are where they pass.
fn new_or_where(points: Vec<PointStruct>, filter: Filter) -> Operation {
    Operation::Upsert(PointStructList { points, update_filter: Some(filter), ..PointStructList::default() })
}

/// Makes versions' windows such that searches find them.
pub(in super::super) fn live<'a>(versions: impl IntoIterator<Item = &'a str>) -> Operation {
    let windows = Filter::must([points::kind(KIND_WINDOW), points::any_keyword(VERSION, versions)]);
    Operation::SetPayload(SetPayload {
        payload: [(points::LIVE.to_owned(), true.into())].into(),
        points_selector: Some(windows.into()),
        ..SetPayload::default()
    })
}

pub(super) fn remove(filter: Filter) -> Operation {
    Operation::DeletePoints(points_update_operation::DeletePoints {
        points: Some(filter.into()),
        ..Default::default()
    })
}

/// Sections and windows of one version of a document.
pub(in super::super) fn points_of(document: &str, version: &str) -> Filter {
    points_of_any(document, [version])
}

/// Sections and windows of some versions of a document.
pub(super) fn points_of_any<'a>(document: &str, versions: impl IntoIterator<Item = &'a str>) -> Filter {
    sections_and_windows(points::keyword(points::DOCUMENT, document), versions)
}

/// Sections and windows of one version of each document, where it has one; `None` where none has.
pub(super) fn points_of_all<'a>(versions: impl Iterator<Item = (&'a str, Option<String>)>) -> Option<Filter> {
    let (documents, versions): (Vec<&str>, Vec<String>) =
        versions.filter_map(|(document, version)| Some((document, version?))).unzip();
    // Each version's name is its document's alone.
    let documents = points::any_keyword(points::DOCUMENT, documents);
    (!versions.is_empty()).then(|| sections_and_windows(documents, versions.iter().map(String::as_str)))
}

fn sections_and_windows<'a>(documents: Condition, versions: impl IntoIterator<Item = &'a str>) -> Filter {
    Filter {
        must: vec![documents, points::any_keyword(VERSION, versions)],
        should: vec![points::kind(KIND_SECTION), points::kind(KIND_WINDOW)],
        ..Filter::default()
    }
}
