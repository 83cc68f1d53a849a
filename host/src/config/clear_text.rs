//! Secrets that would cross a network in clear text: no mistake that stops the host, but a warning.

use super::Config;
use crate::endpoint::{Address, ApiKey};
use crate::knowledge::EmbedderKind;
use crate::problem::Problem;

impl Config {
    /// A warning for every key and every granted secret that goes to an `http://` origin on another
    /// machine, with the key to change.
    pub fn in_clear_text(&self) -> Vec<Problem> {
        let models = self.models.iter().map(|(name, model)| {
            (format!("models.{name}.base_url"), model.base_url.as_str(), &model.api_key_env)
        });
        let embedders =
            self.embedders.iter().filter(|(_, embedder)| embedder.kind == EmbedderKind::OpenAi).filter_map(
                |(name, embedder)| {
                    let url = embedder.base_url.as_deref()?;
                    Some((format!("embedders.{name}.base_url"), url, &embedder.api_key_env))
                },
            );
        let stores = self
            .stores
            .iter()
            .map(|(name, store)| (format!("stores.{name}.url"), store.url.as_str(), &store.api_key_env));
        let rerank = self
            .rerank
            .iter()
            .map(|rerank| ("rerank.base_url".to_owned(), rerank.base_url.as_str(), &rerank.api_key_env));
        let endpoints =
            models.chain(embedders).chain(stores).chain(rerank).filter_map(|(key, url, variable)| {
                ApiKey::from_env(variable.as_deref()).ok()?.text().map(|_| (key, url))
            });
        let grants = self.plugins.iter().flat_map(|(name, plugin)| {
            plugin.grants.secrets.iter().enumerate().map(move |(at, secret)| {
                (format!("plugins.{name}.grants.secrets[{at}].host"), secret.host.as_str())
            })
        });
        let in_clear = |(key, url): (String, &str)| {
            let address = Address::parse(url).ok().filter(Address::in_clear)?;
            let message = format!(
                "{} is another machine without TLS, so the key that goes there can be read on the way; write https://",
                address.origin()
            );
            Some(Problem::new(key, message))
        };
        let warnings = endpoints.chain(grants).filter_map(in_clear);
        warnings.map(|problem| self.lines.place(problem)).collect()
    }
}
