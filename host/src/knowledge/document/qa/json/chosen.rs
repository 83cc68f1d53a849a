//! A chosen field is the one of a record that has its question, or its answer.

use super::{RecordFields, texts};
use crate::knowledge::document::qa::role::{
    ColumnRole, answer_distance, asks_beside, distance, is_denied, is_general, is_of_test, is_revised,
    is_unchanged, is_way, may_be_empty, may_stand, role,
};
use crate::knowledge::document::table::is_question;

/// The names of a record's fields with what they say, in the order of the file: its own author put the likeliest first.
pub(super) fn in_file_order<'a>(fields: &'a RecordFields<'_>) -> Vec<(&'a String, ColumnRole)> {
    let mut places: Vec<(usize, &String)> =
        fields.iter().map(|(name, value)| (value.get().as_ptr() as usize, name)).collect();
    places.sort_unstable();
    places.into_iter().map(|(_, name)| (name, role(name))).collect()
}

/// What a field says first; nothing where it is null or no text.
fn said(fields: &RecordFields<'_>, name: &str) -> String {
    let texts = fields.get(name).and_then(|value| texts(value, 0).ok()).unwrap_or_default();
    texts.into_iter().next().unwrap_or_default()
}

/// The field with the question: the one whose name is nearest and that is not empty, unless it holds a label, such as 退货 in
/// 问题标题, and another asks; or of those that seldom are the one that asks.
pub(super) fn question(fields: &RecordFields<'_>, roles: &[(&String, ColumnRole)]) -> Option<String> {
    let of = |wanted: ColumnRole| {
        roles.iter().filter(move |(_, role)| *role == wanted).map(|(name, _)| name.as_str())
    };
    let asks = |name: &&str| is_question(&said(fields, name));
    let is_empty = |name: &str| said(fields, name).trim().is_empty();
    let nearest =
        of(ColumnRole::Question).min_by_key(|name| (asks_beside(name), is_empty(name), distance(name)));
    let asked = nearest.map(|nearest| {
        let asks_instead = |name: &&str| asks(name) && !asks_beside(name) && !is_way(name, nearest);
        let instead = || of(ColumnRole::Question).filter(asks_instead).min_by_key(|name| distance(name));
        if is_general(nearest) || asks(&nearest) { nearest } else { instead().unwrap_or(nearest) }
    });
    let strong = asked.filter(|name| !asks_beside(name));
    let asking = of(ColumnRole::WeakQuestion).find(asks);
    let seldom = asking.or_else(|| of(ColumnRole::WeakQuestion).next());
    let has_answer = of(ColumnRole::Answer).next().is_some();
    let content = || of(ColumnRole::WeakAnswer).find(asks).filter(|_| has_answer);
    let found = strong.filter(|name| !is_empty(name)).or(asking).or(strong).or(seldom);
    found.or_else(content).or(asked).map(str::to_owned)
}

/// The field with the answer: the one whose name is nearest, and of those that are as near the first that is not empty. Where
/// one [may be empty](may_be_empty) and is, the answer is in the next that may stand in its place. One that must not be given
/// is taken where there is no other.
pub(super) fn answer(fields: &RecordFields<'_>, roles: &[(&String, ColumnRole)]) -> Option<String> {
    let of = |wanted: ColumnRole| {
        roles.iter().filter(move |(_, role)| *role == wanted).map(|(name, _)| name.as_str())
    };
    let is_tested = of(ColumnRole::Answer).any(is_of_test);
    let nearness = |name: &&str| {
        let said = said(fields, name);
        let is_empty = said.trim().is_empty();
        let is_elsewhere = is_empty && may_be_empty(name) || is_revised(name) && is_unchanged(&said);
        (is_elsewhere || !may_stand(name), answer_distance(name, is_tested), is_empty)
    };
    let found = of(ColumnRole::Answer).filter(|name| !is_denied(name)).min_by_key(nearness);
    let seldom = || of(ColumnRole::WeakAnswer).next();
    found.or_else(seldom).or_else(|| of(ColumnRole::Answer).next()).map(str::to_owned)
}
