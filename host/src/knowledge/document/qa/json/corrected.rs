//! A corrected answer has its correction in a field beside it, as 机器人回答 in 人工修正: all records together show whether it has.

use super::chosen::said;
use super::{JsonReader, MAX_UNSURE, RecordFields};
use crate::knowledge::document::qa::correction::correction;
use crate::knowledge::document::qa::role::ColumnRole;

impl JsonReader<'_> {
    /// Sees what a record says where its answer may be corrected, and takes that for an answer where it is known to be one.
    pub(super) fn correct(&mut self, fields: &RecordFields<'_>, roles: &mut [(&String, ColumnRole)]) {
        let (names, kinds): (Vec<&str>, Vec<ColumnRole>) =
            roles.iter().map(|(name, role)| (name.as_str(), *role)).unzip();
        let Some((name, role)) = correction(&names, &kinds).and_then(|at| roles.get_mut(at)) else { return };
        if self.corrections.contains(name.as_str()) {
            *role = ColumnRole::Answer;
        } else if self.corrected.len() < MAX_UNSURE || self.corrected.contains_key(name.as_str()) {
            let others = names.iter().zip(&kinds).filter(|(_, role)| **role != ColumnRole::Other);
            let others: Vec<String> = others.map(|(name, _)| said(fields, name)).collect();
            let others: Vec<&str> = others.iter().map(String::as_str).collect();
            self.corrected.entry((*name).clone()).or_default().add(&said(fields, name), &others);
        }
    }
}
