//! A starved plugin is kept from what it needs in every call: a limit allows none of it, or the key is not granted.

use url::Url;

use crate::config::Config;
use crate::plugin::PluginSettings;
use crate::problem::Problem;

/// Bytes of some ten Chinese characters, more than which every passage has, and nearly every result of an API.
const LEAST_OUTPUT: usize = 32;

impl Config {
    /// Everything that keeps plugins from what they need.
    pub(super) fn starved(&self) -> Vec<Problem> {
        let of = |(name, plugin): (&String, &PluginSettings)| {
            let mut found = allowed_none(name, plugin);
            found.extend(self.without_key(name, plugin));
            found
        };
        self.plugins.iter().flat_map(of).collect()
    }

    /// Baidu's own servers answer no search without a key. One that stands before them may put it in.
    fn without_key(&self, name: &str, plugin: &PluginSettings) -> Option<Problem> {
        let config = plugin.config.as_ref().filter(|_| plugin.component == "builtin:search")?;
        let endpoint = Url::parse(config["endpoint"].as_str()?).ok()?;
        let is_baidus = endpoint.host_str().is_some_and(|host| host.ends_with(".baidubce.com"));
        let is_without = config["provider"] == "baidu"
            && plugin.grants.secrets.is_empty()
            // What could not be read may be its grant.
            && !self.has_unread(&format!("plugins.{name}"));
        let message = || {
            format!(
                "is missing; add [plugins.{name}.grants] with secrets = [{{ secret = \"NAME\", host = \"{}\", header = \
                 \"Authorization\", value = \"Bearer {{secret}}\" }}], since without a key nothing is searched",
                endpoint.origin().ascii_serialization()
            )
        };
        (is_baidus && is_without).then(|| Problem::new(format!("plugins.{name}.grants.secrets"), message()))
    }
}

/// Limits that allow nothing of what the plugin is granted, or less than it can say anything in.
fn allowed_none(name: &str, plugin: &PluginSettings) -> Vec<Problem> {
    let (grants, limits) = (&plugin.grants, &plugin.limits);
    // Another's plugin may say less than a sentence. Nothing at all is refused.
    let says_more = plugin.component.starts_with("builtin:");
    let is_short = says_more && (1..LEAST_OUTPUT).contains(&limits.output.0);
    let none = [
        ("searches", limits.searches == 0 && !grants.knowledge.is_empty(), "0".to_owned(), "every search"),
        ("requests", limits.requests == 0 && !grants.hosts.is_empty(), "0".to_owned(), "every request"),
        ("output", is_short, limits.output.to_string(), "nearly all output"),
    ];
    let told = none.into_iter().filter(|(_, is_none, ..)| *is_none).map(|(key, _, given, what)| {
        let message = format!("is {given}, so that {what} of the plugin fails; remove it");
        Problem::new(format!("plugins.{name}.limits.{key}"), message)
    });
    told.collect()
}
