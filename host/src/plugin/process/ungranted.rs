//! What a call asked for and was not granted, and the line of the configuration that grants it.

use std::borrow::Cow;

use serde::Serialize;
use toml::Value;
use url::Url;

use super::grant::Grants;
use super::settings::LimitSettings;
use crate::cut::cut;
use crate::reach::{Origin, Reach};
use crate::redact;

/// Bytes that are told of what was asked for: it is a guest's word.
const LONGEST_WHAT: usize = 300;

/// What a plugin may do as it is configured now.
#[derive(Clone, Copy)]
pub(in crate::plugin) struct GrantsInForce<'a> {
    /// Its name in the configuration.
    pub(in crate::plugin) plugin: &'a str,
    pub(in crate::plugin) grants: &'a Grants,
    pub(in crate::plugin) limits: &'a LimitSettings,
}

/// What a call asked for and was not granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ungranted {
    /// A request to this origin.
    Host(String),
    /// The same where a wildcard covers it, which lets out to public addresses only.
    Private(String),
    /// A search in this knowledge base.
    Knowledge(String),
    /// A search that names no base, by a plugin without any.
    AnyKnowledge,
    /// More searches than this many, which was `limits.searches`.
    Searches(u32),
    /// More requests than this many, which was `limits.requests`.
    Requests(u32),
    /// What no line grants, in words.
    Other(String),
}

/// Something a plugin was denied, for the operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Denied {
    /// An origin, the name of a knowledge base, or words.
    pub what: String,
    /// `host`, `knowledge`, `limit` or `other`.
    pub kind: &'static str,
    /// The table that the line belongs to, such as `plugins.kb.grants`.
    pub table: Option<String>,
    /// The whole line as it has to stand there, in place of the one with the same key; absent where no line
    /// grants it.
    pub line: Option<String>,
}

impl Ungranted {
    /// Cuts texts to the length that is shown, because a guest chooses them.
    pub(in crate::plugin) fn shortened(self) -> Self {
        let short = |text: String| match cut(&text, LONGEST_WHAT) {
            Cow::Borrowed(_) => text,
            Cow::Owned(short) => short,
        };
        match self {
            Self::Host(origin) => Self::Host(short(origin)),
            Self::Private(origin) => Self::Private(short(origin)),
            Self::Knowledge(base) => Self::Knowledge(short(base)),
            Self::Other(words) => Self::Other(short(words)),
            limit @ (Self::AnyKnowledge | Self::Searches(_) | Self::Requests(_)) => limit,
        }
    }

    /// Whether a plugin with these grants would get it now.
    pub(super) fn is_granted(&self, now: GrantsInForce<'_>) -> bool {
        let GrantsInForce { grants, limits, .. } = now;
        let reach = |origin: &str| {
            let origin = Url::parse(origin).ok().and_then(|url| Origin::of(&url));
            origin.map_or(Reach::Denied, |origin| grants.reach(&origin))
        };
        match self {
            Self::Host(origin) => reach(origin) != Reach::Denied,
            Self::Private(origin) => reach(origin) == Reach::Exact,
            Self::Knowledge(base) => grants.knowledge.contains(base),
            Self::AnyKnowledge => !grants.knowledge.is_empty(),
            Self::Searches(limit) => limits.searches > *limit,
            Self::Requests(limit) => limits.requests > *limit,
            Self::Other(_) => false,
        }
    }

    /// What the operator reads of it, and the line to write, where the plugin has these grants now.
    pub(in crate::plugin) fn told(&self, now: GrantsInForce<'_>) -> Denied {
        let GrantsInForce { plugin: name, grants, limits } = now;
        let list = |key: &str, granted: &[String], more: &str| {
            let all = granted.iter().map(String::as_str).filter(|granted| *granted != more).chain([more]);
            let all: Vec<Value> = all.map(Value::from).collect();
            (format!("plugins.{name}.grants"), format!("{key} = {}", Value::Array(all)))
        };
        let number = |key: &str, limit: u32| {
            (format!("plugins.{name}.limits"), format!("{key} = {}", limit.max(1).saturating_mul(2)))
        };
        let (kind, what, line) = match self {
            Self::Host(origin) | Self::Private(origin) => {
                ("host", origin.clone(), Some(list("hosts", grants.host_texts(), origin)))
            }
            Self::Knowledge(base) => {
                ("knowledge", base.clone(), Some(list("knowledge", &grants.knowledge, base)))
            }
            Self::AnyKnowledge => ("knowledge", "a search without a knowledge base".to_owned(), None),
            Self::Searches(limit) => {
                let what = format!("more than {limit} searches in one call");
                ("limit", what, Some(number("searches", limits.searches)))
            }
            Self::Requests(limit) => {
                let what = format!("more than {limit} requests in one call");
                ("limit", what, Some(number("requests", limits.requests)))
            }
            Self::Other(words) => ("other", words.clone(), None),
        };
        let shown = |text: &str| cut(&redact::known().text(text), LONGEST_WHAT).into_owned();
        // A name with a secret or without end would not be granted by anybody.
        let line = line.filter(|_| shown(&what) == what);
        let (table, line) = line.unzip();
        Denied { what: shown(&what), kind, table, line }
    }
}
