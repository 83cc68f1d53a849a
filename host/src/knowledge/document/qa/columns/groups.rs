//! A group of columns has a name above theirs, which a reader of documents puts before each of them: 知识内容 标准问.

use csv::StringRecord;

use super::faults::lists_faults;
use crate::knowledge::document::qa::role::is_of_mending;

/// The names of columns without those of their groups, where columns side by side begin with the same word; `None` where there
/// are no groups, or some column says that faults are listed.
pub(super) fn without_groups(names: &[String], below: &[StringRecord]) -> Option<Vec<String>> {
    // English names have spaces of their own: Sales Q beside Sales A.
    let parted = |at: usize| names.get(at)?.split_once(' ').filter(|(group, _)| !group.is_ascii());
    let group = |at: usize| parted(at).map(|(group, _)| group);
    let is_of_one = |left: usize, right: usize| group(left).is_some() && group(left) == group(right);
    let own = |at: usize| {
        let is_grouped = is_of_one(at, at + 1) || at.checked_sub(1).is_some_and(|left| is_of_one(left, at));
        parted(at).filter(|_| is_grouped).map(|(_, own)| own.trim().to_owned())
    };
    let found: Vec<Option<String>> = (0..names.len()).map(own).collect();
    let is_of_faults =
        |at: usize| found.get(at).is_some_and(Option::is_some) && group(at).is_some_and(is_of_mending);
    if found.iter().all(Option::is_none) || (0..names.len()).any(is_of_faults) {
        return None;
    }
    let own: Vec<String> =
        found.into_iter().zip(names).map(|(own, name)| own.unwrap_or_else(|| name.clone())).collect();
    (!lists_faults(&own, below)).then_some(own)
}

#[cfg(test)]
mod tests;
