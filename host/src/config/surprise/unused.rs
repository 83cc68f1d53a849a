//! What the file configures and nothing of it uses.

use std::collections::BTreeSet;

use crate::config::Config;
use crate::plugin::PluginSettings;
use crate::problem::Problem;

/// The plugin that offers the questions that a base has.
const OFFERS: &str = "builtin:knowledge-base";

impl Config {
    /// Plugins that no app calls, secrets that no plugin is granted, choices that no base offers, and those that no plugin
    /// does.
    pub(super) fn unused(&self) -> Vec<Problem> {
        let mut found = self.unused_plugins();
        found.extend(self.unused_secrets());
        found.extend(self.unused_offers());
        found.extend(self.unused_thresholds());
        found
    }

    /// Choices that a plugin may offer, where no base that it searches has any.
    fn unused_offers(&self) -> Vec<Problem> {
        let offers_none = |name: &str| {
            let is_lost = self.lost.has(&format!("knowledge.{name}.offer_threshold"));
            self.knowledge.get(name).is_some_and(|base| base.offer_threshold.is_none()) && !is_lost
        };
        let plugins = self.plugins.iter().filter(|(_, plugin)| plugin.component == OFFERS);
        let idle = plugins.filter(|(_, plugin)| {
            let bases = searched(plugin);
            offers(plugin) && !bases.is_empty() && bases.into_iter().all(offers_none)
        });
        let message = "has no effect: no base that the plugin searches has offer_threshold; add it to \
                       [knowledge.NAME], such as offer_threshold = 0.6, or remove this";
        idle.map(|(name, _)| Problem::new(format!("plugins.{name}.config.offer_choices"), message)).collect()
    }

    /// Thresholds of choices, where no plugin that searches the base offers any. Another's plugin may do so.
    fn unused_thresholds(&self) -> Vec<Problem> {
        // A plugin that could not be read may be one that does.
        if self.lost.has("plugins") || self.has_unread("plugins") {
            return Vec::new();
        }
        let told = |name: &String| {
            let mut searching =
                self.plugins.iter().filter(|(_, plugin)| searched(plugin).contains(&name.as_str()));
            let (first, _) = searching.clone().next()?;
            if searching.any(|(_, plugin)| plugin.component != OFFERS || offers(plugin)) {
                return None;
            }
            let message = format!(
                "has no effect: no plugin that searches the base has offer_choices; set plugins.{first}.config.offer_choices = 3 \
                 or remove it"
            );
            Some(Problem::new(format!("knowledge.{name}.offer_threshold"), message))
        };
        let bases = self.knowledge.iter().filter(|(_, base)| base.offer_threshold.is_some());
        bases.filter_map(|(name, _)| told(name)).collect()
    }

    fn unused_plugins(&self) -> Vec<Problem> {
        let of_apps = self.apps.values().flat_map(|app| {
            let plugins = app.plugins.iter().map(|entry| entry.plugin.as_str());
            plugins.chain(app.formatters.iter().map(|formatter| formatter.plugin.as_str()))
        });
        let used: BTreeSet<&str> = of_apps.collect();
        // A list that could not be read may have named it.
        let may_be_named = self.lost.has("apps")
            || self.apps.iter().any(|(name, app)| {
                let is_lost = |list: &str, length: usize| {
                    let list = format!("apps.{name}.{list}");
                    self.lost.has(&list)
                        || (0..length).any(|at| self.lost.has(&format!("{list}[{at}].plugin")))
                };
                is_lost("plugins", app.plugins.len()) || is_lost("formatters", app.formatters.len())
            });
        let unused = self.plugins.keys().filter(|name| !used.contains(name.as_str()) && !may_be_named);
        let told = |name: &String| {
            let message = format!(
                "is used by no app; add [[apps.NAME.plugins]] with plugin = \"{name}\" (a formatter: formatters = [\"{name}\"]), or remove \
                 the table"
            );
            Problem::new(format!("plugins.{name}"), message)
        };
        unused.map(told).collect()
    }

    fn unused_secrets(&self) -> Vec<Problem> {
        let grants = self.plugins.values().flat_map(|plugin| &plugin.grants.secrets);
        let used: BTreeSet<&str> = grants.map(|grant| grant.secret.as_str()).collect();
        // Grants that could not be read may have named it.
        let may_be_named = self.lost.has("plugins")
            || self.plugins.keys().any(|plugin| {
                ["", ".grants", ".grants.secrets"]
                    .iter()
                    .any(|part| self.lost.has(&format!("plugins.{plugin}{part}")))
            });
        let unused = self.secrets.iter().filter(|(name, _)| !used.contains(name.as_str()) && !may_be_named);
        let told = |(name, secret): (&String, &crate::plugin::SecretSettings)| {
            let (key, also) = match secret.absent() {
                Some((key, what)) => (format!("secrets.{name}.{key}"), format!(", and {what}")),
                None => (format!("secrets.{name}"), String::new()),
            };
            let message = format!(
                "is granted to no plugin{also}; add secrets = [{{ secret = \"{name}\", host = \"https://…\", header = \"Authorization\" }}] to \
                 [plugins.NAME.grants], or remove the table"
            );
            Problem::new(key, message)
        };
        unused.map(told).collect()
    }
}

/// Bases that a plugin searches: those that its own configuration names, or all that it is granted.
fn searched(plugin: &PluginSettings) -> Vec<&str> {
    let named = plugin.config.as_ref().and_then(|config| config["knowledge_bases"].as_array());
    let bases: Vec<&str> = named.into_iter().flatten().filter_map(|base| base.as_str()).collect();
    if bases.is_empty() { plugin.grants.knowledge.iter().map(String::as_str).collect() } else { bases }
}

fn offers(plugin: &PluginSettings) -> bool {
    let choices = plugin.config.as_ref().and_then(|config| config["offer_choices"].as_u64());
    choices.is_some_and(|choices| choices > 0)
}
