//! What a plugin's own configuration says it will reach, and is granted or not.
//!
//! A plugin's schema marks such values: `"x-grant": "hosts"` at a URL it sends requests to, `"x-grant": "knowledge"`
//! at the name of a knowledge base it searches. A call to what is not granted can only fail, so it is
//! reported when the plugin is loaded.

use serde_json::Value;
use url::Url;

use crate::plugin::process::{GrantSettings, Grants};
use crate::problem::Problem;
use crate::reach::{Origin, Reach};

/// The schema's keyword.
const KEYWORD: &str = "x-grant";

/// Marked values, each with its key below the plugin's table.
#[derive(Debug, Default)]
pub(super) struct Wants {
    urls: Vec<(String, String)>,
    bases: Vec<(String, String)>,
    /// Whether the schema marks knowledge anywhere, set or not.
    searches: bool,
}

impl Wants {
    pub(in crate::plugin) fn of(schema: &Value, config: &Value) -> Self {
        let mut wants =
            Self { searches: schema.to_string().contains("\"x-grant\":\"knowledge\""), ..Self::default() };
        wants.walk(schema, config, "config".to_owned());
        wants
    }

    fn walk(&mut self, schema: &Value, value: &Value, key: String) {
        match (schema[KEYWORD].as_str(), value) {
            (Some("hosts"), Value::String(url)) => self.urls.push((key, url.clone())),
            (Some("knowledge"), Value::String(base)) => self.bases.push((key, base.clone())),
            (_, Value::Object(fields)) => {
                for (name, field) in fields {
                    self.walk(&schema["properties"][name], field, format!("{key}.{name}"));
                }
            }
            (_, Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.walk(&schema["items"], item, format!("{key}[{index}]"));
                }
            }
            _ => {}
        }
    }

    /// What is wanted and not granted.
    pub(in crate::plugin) fn ungranted(
        &self,
        plugin: &str,
        settings: &GrantSettings,
        grants: &Grants,
        is_bundled: bool,
    ) -> Vec<Problem> {
        let table = format!("plugins.{plugin}");
        let mut problems = Vec::new();
        let denied = |origin: &Origin| grants.reach(origin) == Reach::Denied;
        for (key, url) in &self.urls {
            if let Some(origin) = literal_origin(url).filter(denied) {
                let message = format!(
                    "the plugin may not reach {origin}; add hosts = [\"{origin}\"] to [{table}.grants]"
                );
                problems.push(Problem::new(format!("{table}.{key}"), message));
            }
        }
        for (key, base) in self.bases.iter().filter(|(_, base)| !settings.knowledge.contains(base)) {
            let message = format!(
                "the plugin may not search `{base}`; add knowledge = [\"{base}\"] to [{table}.grants]"
            );
            problems.push(Problem::new(format!("{table}.{key}"), message));
        }
        // Another's plugin may do without.
        if self.searches && is_bundled && settings.knowledge.is_empty() && self.bases.is_empty() {
            let message = format!(
                "is missing: the plugin searches knowledge bases, and may search none; add [{table}.grants] with knowledge = [\"NAME\"]"
            );
            problems.push(Problem::new(format!("{table}.grants.knowledge"), message));
        }
        problems
    }
}

/// The origin of a URL whose scheme, host and port hold no template.
fn literal_origin(url: &str) -> Option<Origin> {
    let literal = url.split("{{").next()?.split("{%").next()?;
    if literal.len() < url.len() {
        // What follows could go on with the host's name.
        let (_, rest) = literal.split_once("://")?;
        rest.find(['/', '?', '#'])?;
    }
    Origin::of(&Url::parse(literal).ok()?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::plugin::process::Secrets;

    #[test]
    fn what_is_marked_and_not_granted_is_reported_with_the_line_to_add() {
        let schema = json!({ "properties": {
            "url": { "x-grant": "hosts" },
            "link": {},
            "bases": { "items": { "x-grant": "knowledge" } }
        }});
        let settings = GrantSettings {
            knowledge: vec!["a".into()],
            hosts: vec!["https://*.example.com".into()],
            ..GrantSettings::default()
        };
        let grants = Grants::check("p", &settings, &Secrets::default()).unwrap();
        let found = |config: Value| {
            let problems = Wants::of(&schema, &config).ungranted("p", &settings, &grants, true);
            problems.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        for url in [
            "https://api.example.com/{{ x }}",
            "https://{{ host }}/x",
            "http://127.0.0.1{{ port }}/",
            "no url",
        ] {
            assert!(found(json!({ "url": url, "link": "http://elsewhere.test" })).is_empty(), "{url}");
        }
        let problems = found(json!({ "url": "http://127.0.0.1:99/{{ x }}", "bases": ["a", "b"] }));
        assert_eq!(problems.len(), 2);
        assert!(
            problems[0].starts_with("plugins.p.config.url: ")
                && problems[0].contains("hosts = [\"http://127.0.0.1:99\"]")
        );
        assert!(
            problems[1].starts_with("plugins.p.config.bases[1]: ")
                && problems[1].contains("knowledge = [\"b\"]")
        );
    }
}
