//! What one table says of another, and what the values of a table say together. Every check goes on
//! after what it finds.

mod app;

use std::collections::BTreeMap;

use super::Config;
use crate::door::Door;
use crate::knowledge::{EmbedderSettings, Library, RerankSettings, StoreSettings};
use crate::problem::{AbsentName, Problem, is_name};

impl Config {
    pub(super) fn check(&self, problems: &mut Vec<Problem>) {
        self.check_names(problems);
        let of_server = self.server.problems(|key| self.is_written(&format!("server.{key}")));
        problems.extend(of_server.into_iter().map(|problem| problem.below("server")));
        self.check_door(problems);
        problems.extend(self.engine.problems().into_iter().map(|problem| problem.below("engine")));
        for (name, model) in &self.models {
            problems
                .extend(model.problems().into_iter().map(|problem| problem.below(&format!("models.{name}"))));
        }
        // Defaults stand in for what could not be read, so that a base may refer to it.
        let (mut embedders, mut stores) = (self.embedders.clone(), self.stores.clone());
        embedders
            .extend(self.lost.names("embedders").map(|name| (name.to_owned(), EmbedderSettings::default())));
        stores.extend(self.lost.names("stores").map(|name| (name.to_owned(), StoreSettings::default())));
        problems.extend(Library::check(&self.knowledge, &embedders, &stores));
        self.check_kinds(problems);
        self.check_embedders(problems);
        problems.extend(self.rerank.iter().flat_map(RerankSettings::problems));
        problems.extend(self.fetch.problems().into_iter().map(|problem| problem.below("fetch")));
        for (name, secret) in &self.secrets {
            let table = format!("secrets.{name}");
            // What could not be read may be the one place that it names.
            if !self.lost.has_within(&table) {
                problems.extend(secret.problems().into_iter().map(|problem| problem.below(&table)));
            }
        }
        for name in self.apps.keys() {
            self.check_app(name, problems);
        }
        problems.extend(self.beyond_context(true));
        for (name, plugin) in &self.plugins {
            for (at, base) in plugin.grants.knowledge.iter().enumerate() {
                let key = format!("plugins.{name}.grants.knowledge[{at}]");
                self.expect(&key, "knowledge base", base, "knowledge", &self.knowledge, problems);
            }
            for (at, grant) in plugin.grants.secrets.iter().enumerate() {
                let key = format!("plugins.{name}.grants.secrets[{at}].secret");
                self.expect(&key, "secret", &grant.secret, "secrets", &self.secrets, problems);
            }
        }
    }

    /// Says of bases' embedders and stores that are something else what they are; that they are missing is found with the
    /// bases.
    fn check_kinds(&self, problems: &mut [Problem]) {
        for (base, settings) in &self.knowledge {
            for mut absent in settings.absent(&self.embedders, &self.stores) {
                absent.other = self.other_kind(absent.name, absent.table);
                let key = format!("knowledge.{base}.{}", absent.kind);
                for problem in problems.iter_mut().filter(|problem| problem.key == key) {
                    problem.message = absent.message();
                }
            }
        }
    }

    /// Keys of embedders that their kind does not read. Where some say which kind is meant, the others are right with it.
    fn check_embedders(&self, problems: &mut Vec<Problem>) {
        for (name, embedder) in &self.embedders {
            let key = |key: &str| format!("embedders.{name}.{key}");
            if self.lost.has(&key("kind")) {
                continue;
            }
            /// How many of the keys, from the first, say which kind is meant.
            const TELLING: usize = 2;
            let (keys, message) = embedder.keys_of_other_kind();
            let written: Vec<usize> = (0..keys.len()).filter(|at| self.is_written(&key(keys[*at]))).collect();
            let tells = written.first().is_some_and(|first| *first < TELLING);
            let told = written.into_iter().filter(|at| !tells || *at < TELLING);
            problems.extend(told.map(|at| Problem::new(key(keys[at]), message)));
        }
    }

    fn check_names(&self, problems: &mut Vec<Problem>) {
        let of = |table: &str, names: Vec<&String>| -> Vec<Problem> {
            let bad = names.into_iter().filter(|name| !is_name(name));
            let message = "is not a name; use letters of ASCII, digits, `-` and `_`, at most 64 (`title` may be any text)";
            bad.map(|name| Problem::new(format!("{table}.{name}"), message)).collect()
        };
        problems.extend(of("keys", self.keys.keys().collect()));
        problems.extend(of("models", self.models.keys().collect()));
        problems.extend(of("embedders", self.embedders.keys().collect()));
        problems.extend(of("stores", self.stores.keys().collect()));
        problems.extend(of("knowledge", self.knowledge.keys().collect()));
        for (name, base) in &self.knowledge {
            problems.extend(of(&format!("knowledge.{name}.sources"), base.sources.keys().collect()));
        }
        problems.extend(of("secrets", self.secrets.keys().collect()));
        problems.extend(of("plugins", self.plugins.keys().collect()));
        problems.extend(of("apps", self.apps.keys().collect()));
    }

    fn check_door(&self, problems: &mut Vec<Problem>) {
        problems.extend(Door::check(&self.door_settings()));
        for (name, key) in &self.keys {
            for (at, app) in key.apps.iter().flatten().enumerate() {
                let key = format!("keys.{name}.apps[{at}]");
                if app == "*" {
                    let message = "the app `*` is not configured; name apps, or remove the line for all";
                    problems.push(Problem::new(key, message));
                    continue;
                }
                self.expect(&key, "app", app, "apps", &self.apps, problems);
            }
        }
    }

    /// Reports a name that no table has.
    fn expect<T>(
        &self,
        key: &str,
        kind: &str,
        name: &str,
        table: &str,
        known: &BTreeMap<String, T>,
        problems: &mut Vec<Problem>,
    ) {
        if !known.contains_key(name) && !self.lost.has(&format!("{table}.{name}")) {
            problems.push(Problem::new(key, self.absent(kind, name, table, known)));
        }
    }

    /// Says that a name is not configured, and which was meant or may be meant.
    fn absent<T>(&self, kind: &str, name: &str, table: &str, known: &BTreeMap<String, T>) -> String {
        // What the endpoint calls the model stands for the table.
        let named = self.models.iter().filter(|(_, model)| table == "models" && model.model == name);
        let named: Vec<String> = named.map(|(own, _)| format!("\"{own}\"")).collect();
        if !named.is_empty() {
            let named = named.join(" or ");
            return format!("the model `{name}` is not configured; write {named}, whose `model` that is");
        }
        let known = known.keys().map(String::as_str).collect();
        let other = self.other_kind(name, table);
        AbsentName { kind, name, table, known, other, without: None }.message()
    }

    /// What is configured under this name in another table than was meant, such as "a plugin".
    fn other_kind(&self, name: &str, table: &str) -> Option<&'static str> {
        let kinds = [
            ("models", "a model", self.models.contains_key(name)),
            ("embedders", "an embedder", self.embedders.contains_key(name)),
            ("stores", "a store", self.stores.contains_key(name)),
            ("knowledge", "a knowledge base", self.knowledge.contains_key(name)),
            ("plugins", "a plugin", self.plugins.contains_key(name)),
            ("secrets", "a secret", self.secrets.contains_key(name)),
            ("apps", "an app", self.apps.contains_key(name)),
        ];
        kinds.into_iter().find(|(of, _, is_there)| *is_there && *of != table).map(|(_, what, _)| what)
    }
}
