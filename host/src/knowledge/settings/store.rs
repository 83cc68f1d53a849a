//! Settings of a store: a `[stores.<name>]` table.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check_endpoint;
use crate::duration;
use crate::endpoint;
use crate::problem::Problem;

/// Nodes that hold a window at least, and that must have a write.
const LEAST_COPIES: u32 = 1;

/// What kind of server a store is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StoreKind {
    /// A Qdrant server or cluster.
    #[default]
    Qdrant,
}

/// One `[stores.<name>]` table.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct StoreSettings {
    /// `"qdrant"`, the only kind so far.
    pub kind: StoreKind,
    /// The server's gRPC address. Default: `http://127.0.0.1:6334`.
    pub url: String,
    /// The environment variable that holds the key. Default: no key is sent.
    #[schemars(example = &"QIANFAN_API_KEY")]
    pub api_key_env: Option<String>,
    /// Put before a base's name to make its collection's. Hosts with the same prefix share
    /// their bases. Default: `qianfan-`.
    pub collection_prefix: String,
    /// The longest a list, a look-up, a deletion or an edit waits as a whole (an edit of a document of several
    /// thousand windows once for each 1024 of them), and an import for each step of a document's write, tries
    /// again included: so a silent server ends any of them after this. Default: 10 s.
    #[serde(with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub timeout: Duration,
    /// The longest a search waits for this store before the turn goes on without it. Default: 2 s.
    #[serde(with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub search_timeout: Duration,
    /// Compare the query with every window, by bytes first and the nearest by their numbers, instead of asking the
    /// server's index of near windows, which may miss one of a hundred: slower the more windows there are.
    /// Default: `false`.
    pub exact: bool,
    /// Nodes of a cluster that hold each window, from 1 on. Of collections that are made from then on.
    /// Default: what the server has as its own (1).
    #[schemars(range(min = LEAST_COPIES))]
    pub replication_factor: Option<u32>,
    /// Nodes that must have a write before it is acknowledged, at most `replication_factor`. Of collections that
    /// are made from then on. Default: what the server has as its own (1).
    #[schemars(range(min = LEAST_COPIES))]
    pub write_consistency_factor: Option<u32>,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self {
            kind: StoreKind::Qdrant,
            url: "http://127.0.0.1:6334".to_owned(),
            api_key_env: None,
            collection_prefix: "qianfan-".to_owned(),
            timeout: Duration::from_secs(10),
            search_timeout: Duration::from_secs(2),
            exact: false,
            replication_factor: None,
            write_consistency_factor: None,
        }
    }
}

impl StoreSettings {
    pub(super) fn problems(&self, table: &str) -> Vec<Problem> {
        let mut found = Vec::new();
        check_endpoint(table, "url", &self.url, self.api_key_env.as_deref(), &mut found);
        for (key, value, example) in
            [("timeout", self.timeout, "10s"), ("search_timeout", self.search_timeout, "2s")]
        {
            let problem = duration::problem(key, value, &endpoint::BOUNDS, example);
            found.extend(problem.map(|problem| problem.below(table)));
        }
        for (key, copies) in [
            ("replication_factor", self.replication_factor),
            ("write_consistency_factor", self.write_consistency_factor),
        ] {
            if copies.is_some_and(|copies| copies < LEAST_COPIES) {
                found.push(Problem::new(
                    format!("{table}.{key}"),
                    "is 0; write a number of nodes from 1 on, or leave it out",
                ));
            }
        }
        let (copies, acknowledged) = (self.replication_factor, self.write_consistency_factor);
        if let Some(acknowledged) = acknowledged
            && acknowledged > copies.unwrap_or(1)
        {
            found.push(Problem::new(
                format!("{table}.write_consistency_factor"),
                format!(
                    "is {acknowledged}, more than replication_factor = {}: a write cannot be on more nodes than hold \
                     it; lower it, or raise replication_factor",
                    copies.unwrap_or(1)
                ),
            ));
        }
        found
    }
}
