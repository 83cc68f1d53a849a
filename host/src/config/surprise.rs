//! A surprise is what works as it is written and does something else than whoever wrote it expects, as far as the file alone
//! tells.

mod conditions;
mod context;
mod starved;
mod unfetched;
mod unused;

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use super::shape::template_in;
use super::{AnswerMode, Config};
use crate::duration::shown;
use crate::knowledge::EmbedderKind;
use crate::plugin::ByteSize;
use crate::problem::Problem;

/// A client on a mobile line takes this many bytes a second; a higher `min_rate` cuts it off.
const RATE_OF_A_SLOW_LINE: usize = 256 << 10;
/// The port on which Qdrant serves HTTP unless it is told otherwise, and that of gRPC, which the host speaks.
const QDRANT_HTTP: u16 = 6333;
const QDRANT_GRPC: u16 = 6334;

impl Config {
    /// Everything of the file that works and will surprise at this moment. Lines are not looked up yet.
    pub fn surprises(&self, now: SystemTime) -> Vec<Problem> {
        let mut found = self.of_the_door(now);
        found.extend(self.late_timeouts());
        found.extend(self.http_ports());
        found.extend(self.slow_lines());
        found.extend(self.beyond_context(false));
        found.extend(self.without_plugins());
        found.extend(self.without_answers());
        found.extend(self.prompts_of_no_model());
        found.extend(self.templates_for_people());
        found.extend(self.conditions());
        found.extend(self.unused());
        found.extend(self.unfetched());
        found.extend(self.starved());
        found
    }

    /// Keys whose time is over, and a host that other machines reach with the admin key alone.
    fn of_the_door(&self, now: SystemTime) -> Vec<Problem> {
        let over = self.keys.iter().filter(|(_, key)| key.has_expired(now)).map(|(name, _)| {
            let message = "is over, so the key is refused; write a later day, or remove the table";
            Problem::new(format!("keys.{name}.expires"), message)
        });
        let mut found: Vec<Problem> = over.collect();
        let is_far = self
            .server
            .listen
            .parse::<SocketAddr>()
            .is_ok_and(|address| !address.ip().to_canonical().is_loopback());
        if is_far && self.server.admin_key_env.is_some() && self.keys.is_empty() && !self.server.open {
            let message = "other machines reach the host, and there is no key for clients: whoever chats from there needs the admin \
                           key, which may do everything; make keys with `qianfan-host key new NAME`, or listen on 127.0.0.1";
            found.push(Problem::new("server.listen", message));
        }
        found
    }

    /// Waits that something else ends before their own time is up.
    fn late_timeouts(&self) -> Vec<Problem> {
        let turn = ("server.turn_timeout", self.server.turn_timeout);
        let mut waits: Vec<(String, Duration, (&str, Duration))> = Vec::new();
        for (name, model) in &self.models {
            waits.push((format!("models.{name}.connect_timeout"), model.connect_timeout, turn));
            waits.push((format!("models.{name}.first_byte_timeout"), model.first_byte_timeout, turn));
            waits.push((format!("models.{name}.stall_timeout"), model.stall_timeout, turn));
        }
        for (name, plugin) in &self.plugins {
            waits.push((format!("plugins.{name}.limits.timeout"), plugin.limits.timeout, turn));
        }
        for (name, store) in &self.stores {
            waits.push((format!("stores.{name}.search_timeout"), store.search_timeout, turn));
        }
        for (name, embedder) in self.embedders.iter().filter(|(_, of)| of.kind == EmbedderKind::OpenAi) {
            let whole = ("timeout", embedder.timeout);
            let shorter = if whole.1 < turn.1 { whole } else { turn };
            waits.push((format!("embedders.{name}.question_timeout"), embedder.question_timeout, shorter));
            waits.push((format!("embedders.{name}.connect_timeout"), embedder.connect_timeout, whole));
        }
        for (name, app) in &self.apps {
            waits.extend(
                app.follow_up_timeout.map(|wait| (format!("apps.{name}.follow_up_timeout"), wait, turn)),
            );
        }
        waits.extend(self.rerank.iter().map(|rerank| ("rerank.timeout".to_owned(), rerank.timeout, turn)));
        waits.push(("engine.max_wait".to_owned(), self.engine.max_wait, turn));
        let is_late =
            |(key, wait, (_, end)): &(String, Duration, (&str, Duration))| wait > end && self.is_written(key);
        let told = |(key, wait, (by, end)): (String, Duration, (&str, Duration))| {
            let (wait, end) = (shown(wait), shown(end));
            let message = format!(
                "is {wait}, longer than {by} = {end}, which ends the wait before; lower it, or raise {by}"
            );
            Problem::new(key, message)
        };
        waits.into_iter().filter(is_late).map(told).collect()
    }

    /// Stores that are asked at the port of the other protocol.
    fn http_ports(&self) -> Vec<Problem> {
        let of = |(name, store): (&String, &crate::knowledge::StoreSettings)| {
            let mut url = url::Url::parse(&store.url).ok().filter(|url| url.port() == Some(QDRANT_HTTP))?;
            url.set_port(Some(QDRANT_GRPC)).ok()?;
            let message = format!(
                "names port {QDRANT_HTTP}, where Qdrant serves HTTP unless it is told otherwise, and the host speaks gRPC; write \
                 \"{}\"",
                url.as_str().trim_end_matches('/')
            );
            Some(Problem::new(format!("stores.{name}.url"), message))
        };
        self.stores.iter().filter_map(of).collect()
    }

    /// A rate that many a client does not reach.
    fn slow_lines(&self) -> Option<Problem> {
        let rate = self.server.min_rate;
        let message = || {
            format!(
                "is {rate} a second, {} Mbit/s: clients on a slower line are cut off in the middle of an upload or an answer; write \
                 at most \"{}\", such as \"16KiB\"",
                rate.0 * 8 / 1_000_000,
                ByteSize(RATE_OF_A_SLOW_LINE)
            )
        };
        (rate.0 > RATE_OF_A_SLOW_LINE).then(|| Problem::new("server.min_rate", message()))
    }

    /// Prompts of apps in which no model words the answer.
    fn prompts_of_no_model(&self) -> Vec<Problem> {
        let direct = self.apps.iter().filter(|(_, app)| app.answer == AnswerMode::Direct);
        let keys = direct.map(|(name, _)| format!("apps.{name}.prompt")).filter(|key| self.is_written(key));
        let message = "has no effect: with answer = \"direct\" no model is asked; remove it";
        keys.map(|key| Problem::new(key, message)).collect()
    }

    /// Signs of a template in texts that people read, or that documents carry, as they stand.
    fn templates_for_people(&self) -> Vec<Problem> {
        let apps = self.apps.iter().map(|(name, app)| (format!("apps.{name}.title"), app.title.as_ref()));
        let bases = self
            .knowledge
            .iter()
            .map(|(name, base)| (format!("knowledge.{name}.title"), base.title.as_ref()));
        let sources = self.knowledge.iter().flat_map(|(name, base)| {
            base.sources.iter().map(move |(source, of)| (format!("knowledge.{name}.sources.{source}"), of))
        });
        let metadata = sources.flat_map(|(table, source)| {
            let fields = source.metadata.iter();
            fields.map(move |(field, text)| (format!("{table}.metadata.{field}"), Some(text)))
        });
        let texts = apps.chain(bases).chain(metadata);
        texts.filter_map(|(key, text)| Some(Problem::new(key, unfilled(text?)?))).collect()
    }

    /// What apps say of plugins that they do not have.
    fn without_plugins(&self) -> Vec<Problem> {
        const KEYS: [&str; 3] = ["nothing_found", "say_more", "flow_timeout"];
        let without = |(name, app): &(&String, &super::AppSettings)| {
            app.plugins.is_empty()
                && app.answer == AnswerMode::Model
                && !self.lost.has(&format!("apps.{name}.plugins"))
        };
        let keys = self
            .apps
            .iter()
            .filter(without)
            .flat_map(|(name, _)| KEYS.map(|key| format!("apps.{name}.{key}")));
        let written = keys.filter(|key| self.is_written(key));
        let message = "has no effect: the app has no plugins; add [[apps.NAME.plugins]] with plugin and route, or remove it";
        written.map(|key| Problem::new(key, message)).collect()
    }

    /// Apps in which nothing answers: no model, and no plugins. A text for what is not found may be meant as the one answer.
    fn without_answers(&self) -> Vec<Problem> {
        let without = |(name, app): &(&String, &super::AppSettings)| {
            app.answer == AnswerMode::Direct
                && app.plugins.is_empty()
                && app.nothing_found.is_none()
                && !self.has_unread(&format!("apps.{name}"))
        };
        let message = "is missing; add [[apps.NAME.plugins]] with plugin = \"NAME\" and route = \"always\", since with answer = \
                       \"direct\" nothing else answers";
        let apps = self.apps.iter().filter(without);
        apps.map(|(name, _)| Problem::new(format!("apps.{name}.plugins"), message)).collect()
    }
}

/// Says of the signs of a template in a text that nothing fills in, where they may be wanted.
fn unfilled(text: &str) -> Option<String> {
    let template = template_in(text)?;
    Some(format!(
        "holds `{template}`, and nothing is filled in here; write the text itself, or ${{NAME}} for a variable of the \
         environment"
    ))
}

#[cfg(test)]
mod tests;
