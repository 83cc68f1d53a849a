//! What a page uses a table for.

use std::collections::HashMap;

use ego_tree::NodeId;
use scraper::Html;

use super::look::heading_level;

/// What a `table` is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TableUse {
    Data,
    /// It sets the page: what stands in it is read as if it were not there.
    Layout,
}

impl TableUse {
    /// A table with other tables or headings in it sets the page, unless it names its columns.
    pub(super) fn of_tables(tree: &Html) -> HashMap<NodeId, Self> {
        let mut kinds = HashMap::new();
        let mut named = HashMap::new();
        for node in tree.tree.nodes() {
            let Some(element) = node.value().as_element() else { continue };
            let is_table = element.name() == "table";
            let role = element.attr("role").is_some_and(|role| matches!(role, "presentation" | "none"));
            if is_table {
                kinds.insert(node.id(), if role { Self::Layout } else { Self::Data });
            }
            if is_table || element.name() == "th" || heading_level(element.name()).is_some() {
                let is_around = |node: &ego_tree::NodeRef<'_, scraper::Node>| {
                    node.value().as_element().is_some_and(|element| element.name() == "table")
                };
                let Some(around) = node.ancestors().find(is_around) else { continue };
                if element.name() == "th" {
                    named.insert(around.id(), ());
                } else {
                    kinds.insert(around.id(), Self::Layout);
                }
            }
        }
        for table in named.keys() {
            kinds.insert(*table, Self::Data);
        }
        kinds
    }
}
