//! Reads the settings of the door, and tells every mistake in them with its key and what to write.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Door;
use super::key::{ClientKey, KeyHash, KeySettings};
use super::name::NamedHost;
use super::origin::{Origins, PageOrigin};
use crate::problem::Problem;

/// Characters of the shortest admin key; a shorter one can be guessed.
const SHORTEST_ADMIN_KEY: usize = 16;

/// What the door is made from: keys of `[server]`, and the tables `[keys.<name>]`.
#[derive(Clone, Copy)]
pub struct DoorSettings<'a> {
    /// Name of the environment variable that holds the admin key.
    pub admin_key_env: Option<&'a str>,
    /// Names of this host besides those of loopback.
    pub hosts: &'a [String],
    /// Whether everybody may chat without a key.
    pub open: bool,
    /// Origins whose pages may chat.
    pub cors_origins: &'a [String],
    /// The clients' keys.
    pub keys: &'a BTreeMap<String, KeySettings>,
}

type Problems = Vec<Problem>;

impl Door {
    /// The rules. The admin key is read from the environment here and nowhere else.
    pub fn new(settings: &DoorSettings) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let mut door = Self::without_admin(settings, &mut problems);
        match named(settings.admin_key_env).map(admin_key).transpose() {
            Ok(admin) => door.admin = admin.as_deref().map(KeyHash::of),
            Err(message) => problems.push(Problem::new("server.admin_key_env", message)),
        }
        if let Some(admin) = &door.admin
            && let Some(key) = door.keys.iter().find(|key| bool::from(key.hash.is(admin)))
        {
            let message = "is the hash of the admin key, so that its holder may do everything; make a key of its own with `qianfan-host key new`";
            problems.push(Problem::new(format!("keys.{}.hash", key.name), message));
        }
        if problems.is_empty() { Ok(door) } else { Err(problems) }
    }

    /// What is wrong, as far as the file alone tells.
    pub fn check(settings: &DoorSettings) -> Problems {
        let mut problems = Vec::new();
        Self::without_admin(settings, &mut problems);
        problems
    }

    fn without_admin(settings: &DoorSettings, problems: &mut Problems) -> Self {
        if settings.open && !settings.keys.is_empty() {
            let message = "has no effect beside [keys.<name>], which make every chat need a key; remove one or the other";
            problems.push(Problem::new("server.open", message));
        }
        if settings.admin_key_env.is_some() && named(settings.admin_key_env).is_none() {
            let message = "is empty; write the name of an environment variable, or remove the line";
            problems.push(Problem::new("server.admin_key_env", message));
        }
        Self {
            admin: None,
            keys: keys(settings.keys, problems),
            open: settings.open,
            hosts: hosts(settings.hosts, problems),
            origins: origins(settings, problems),
        }
    }
}

fn keys(settings: &BTreeMap<String, KeySettings>, problems: &mut Problems) -> Vec<Arc<ClientKey>> {
    let mut keys: Vec<Arc<ClientKey>> = Vec::new();
    for (name, settings) in settings {
        let key = match ClientKey::new(name, settings) {
            Ok(key) => key,
            Err(wrong) => {
                let wrong = wrong.into_iter();
                problems
                    .extend(wrong.map(|(key, message)| Problem::new(format!("keys.{name}.{key}"), message)));
                continue;
            }
        };
        if let Some(same) = keys.iter().find(|other| bool::from(other.hash.is(&key.hash))) {
            let message = format!(
                "is that of keys.{} too; each client has a key of its own, `qianfan-host key new` prints one",
                same.name
            );
            problems.push(Problem::new(format!("keys.{name}.hash"), message));
        }
        keys.push(Arc::new(key));
    }
    keys
}

fn hosts(settings: &[String], problems: &mut Problems) -> Vec<NamedHost> {
    let mut hosts = Vec::new();
    for (index, text) in settings.iter().enumerate() {
        match NamedHost::parse(text) {
            Some(host) => hosts.push(host),
            None => {
                let url = url::Url::parse(text).ok();
                let meant =
                    url.as_ref().and_then(url::Url::host_str).filter(|host| NamedHost::parse(host).is_some());
                let mend = meant.map_or_else(
                    || "such as \"chat.example.com\", without scheme, port and path".to_owned(),
                    |host| format!("\"{host}\", without scheme, port and path"),
                );
                let message = format!("`{text}` is not a host's name or address; write {mend}");
                problems.push(Problem::new(format!("server.hosts[{index}]"), message));
            }
        }
    }
    hosts
}

fn origins(settings: &DoorSettings, problems: &mut Problems) -> Origins {
    let mut origins = Vec::new();
    let mut any = false;
    for (index, text) in settings.cors_origins.iter().enumerate() {
        let mut report =
            |message| problems.push(Problem::new(format!("server.cors_origins[{index}]"), message));
        match PageOrigin::parse(text) {
            Some(origin) => origins.push(origin),
            None if text == "*" && settings.keys.is_empty() => report(
                "\"*\" lets every page chat that is open on a machine which reaches this host, without a key; name the origins, or add [keys.<name>]".into(),
            ),
            None if text == "*" => any = true,
            None => report(format!(
                "`{text}` is not an origin; write such as \"https://chat.example.com\", without path and slash at the end"
            )),
        }
    }
    if any { Origins::Any } else { Origins::Listed(origins) }
}

/// An empty name is reported as such, and no variable.
fn named(variable: Option<&str>) -> Option<&str> {
    variable.map(str::trim).filter(|name| !name.is_empty())
}

/// The admin key out of the environment.
fn admin_key(variable: &str) -> Result<String, String> {
    let export = || format!("export {variable}=\"$(qianfan-host key new admin | head -n 1)\"");
    #[expect(clippy::disallowed_methods, reason = "the settings name the variable")]
    let key = match std::env::var(variable) {
        Ok(key) => key.trim().to_owned(),
        Err(std::env::VarError::NotPresent) => String::new(),
        Err(std::env::VarError::NotUnicode(_)) => {
            return Err(format!("the environment variable `{variable}` is not UTF-8; {}", export()));
        }
    };
    if key.is_empty() {
        return Err(format!("the environment variable `{variable}` is not set or is empty; {}", export()));
    }
    if key.chars().count() < SHORTEST_ADMIN_KEY {
        return Err(format!(
            "the key in the environment variable `{variable}` has fewer than {SHORTEST_ADMIN_KEY} characters and could be guessed; {}",
            export()
        ));
    }
    if !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(format!(
            "the key in the environment variable `{variable}` has characters that a header cannot carry; use letters, digits and signs of ASCII, or {}",
            export()
        ));
    }
    crate::redact::learn("server.admin_key_env", &key);
    Ok(key)
}
