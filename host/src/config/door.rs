//! What the configuration says of the door: keys of `[server]`, and the tables `[keys.<name>]`.

use super::read::Problem;
use super::{Config, ServerSettings, Unread, absent};
use crate::door::{Door, DoorSettings};

impl Config {
    /// What the rules of the door are made from.
    pub fn door_settings(&self) -> DoorSettings<'_> {
        let ServerSettings { admin_key_env, hosts, open, cors_origins, .. } = &self.server;
        DoorSettings {
            admin_key_env: admin_key_env.as_deref(),
            hosts,
            open: *open,
            cors_origins,
            keys: &self.keys,
        }
    }

    pub(super) fn check_door(&self, unread: &Unread, problems: &mut Vec<Problem>) {
        let found = Door::check(&self.door_settings());
        problems.extend(found.into_iter().map(|(key, message)| Problem::new(key, message)));
        for (name, key) in &self.keys {
            for app in key.apps.iter().flatten() {
                if !self.apps.contains_key(app) && !unread.has("apps", app) {
                    let message = absent("app", app, "apps", &self.apps);
                    problems.push(Problem::new(format!("keys.{name}.apps"), message));
                }
            }
        }
    }
}
