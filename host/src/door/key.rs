//! A key is a long random text that lets its holder in. The host keeps only its SHA-256.
//!
//! A plain digest is enough, because a key is not chosen by a person: nobody can try 2^192 of them.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;
use std::time::SystemTime;

use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::clock;
use crate::hex::hex;

/// What every key of this host begins with, so that people and secret scanners know one when they see it.
const PREFIX: &str = "qfh-";
/// Random bytes of a key.
const KEY_BYTES: usize = 24;
/// What every hash begins with, so that another digest can be added one day.
const HASH_PREFIX: &str = "sha256:";

/// One `[keys.<name>]` table: a key that its holder may chat with.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct KeySettings {
    /// `sha256:` and 64 hexadecimal digits, as `qianfan-host key new` prints it.
    pub hash: String,
    /// Names of the apps that the key may use. Absent: every app.
    pub apps: Option<Vec<String>>,
    /// From this moment on the key is refused; a day alone means its start, a time without an offset
    /// is UTC. Absent: never.
    #[schemars(with = "Option<Moment>")]
    pub expires: Option<toml::value::Datetime>,
}

impl KeySettings {
    /// Whether it is refused at this moment because its time is over.
    pub fn has_expired(&self, now: SystemTime) -> bool {
        let now = clock::since_1970(now).as_secs() as i64;
        self.expires.and_then(|when| moment(when).ok()).is_some_and(|expires| expires <= now)
    }
}

/// Stands for a moment of TOML in the configuration's schema.
struct Moment;

impl JsonSchema for Moment {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "date-time".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// The SHA-256 of a key.
#[derive(Clone, Copy)]
pub(super) struct KeyHash([u8; 32]);

impl KeyHash {
    pub(super) fn of(key: &str) -> Self {
        Self(Sha256::digest(key.as_bytes()).into())
    }

    /// Takes the same time whether they are the same or differ in any place.
    pub(super) fn is(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl FromStr for KeyHash {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const MALFORMED: &str = "is not a hash; write what `qianfan-host key new NAME` printed, \"sha256:\" and 64 hexadecimal digits";
        let digits = text.trim().strip_prefix(HASH_PREFIX).ok_or(MALFORMED)?.as_bytes();
        let mut hash = [0; 32];
        if digits.len() != 2 * hash.len() {
            return Err(MALFORMED);
        }
        for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
            for digit in pair {
                let digit = char::from(*digit).to_digit(16).ok_or(MALFORMED)?;
                *byte = *byte << 4 | digit as u8;
            }
        }
        Ok(Self(hash))
    }
}

impl Display for KeyHash {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        write!(f, "{HASH_PREFIX}{}", hex(&self.0))
    }
}

/// A key that was just made. It is printed once, and kept nowhere.
pub struct NewKey(String);

impl NewKey {
    /// Makes one from the system's randomness; the error is for people.
    pub fn generate() -> Result<Self, String> {
        let mut random = [0; KEY_BYTES];
        let provider = rustls::crypto::ring::default_provider();
        provider
            .secure_random
            .fill(&mut random)
            .map_err(|_| "the system gives no random numbers; try again".to_owned())?;
        Ok(Self(format!("{PREFIX}{}", hex(&random))))
    }

    /// The key itself, for whoever is to hold it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the configuration keeps of it.
    pub fn hash(&self) -> String {
        KeyHash::of(&self.0).to_string()
    }
}

/// A client's key, checked.
pub(super) struct ClientKey {
    pub(super) name: String,
    pub(super) hash: KeyHash,
    /// Sorted; `None`: every app.
    pub(super) apps: Option<Vec<String>>,
    /// Seconds since 1970.
    pub(super) expires: Option<i64>,
}

impl ClientKey {
    /// The error has everything that is wrong with the table, by its keys.
    pub(super) fn new(name: &str, settings: &KeySettings) -> Result<Self, Vec<(&'static str, String)>> {
        let mut wrong = Vec::new();
        let hash: Option<KeyHash> =
            settings.hash.parse().map_err(|message: &str| wrong.push(("hash", message.to_owned()))).ok();
        if settings.apps.as_ref().is_some_and(Vec::is_empty) {
            let message = "is empty, so the key could use nothing; name apps, or remove the line for all";
            wrong.push(("apps", message.into()));
        }
        let expires =
            settings.expires.map(moment).transpose().map_err(|message| wrong.push(("expires", message)));
        match (hash, expires) {
            (Some(hash), Ok(expires)) if wrong.is_empty() => {
                Ok(Self { name: name.to_owned(), hash, apps: settings.apps.clone(), expires })
            }
            _ => Err(wrong),
        }
    }

    pub(super) fn is_expired(&self, now: SystemTime) -> bool {
        let now = clock::since_1970(now).as_secs() as i64;
        self.expires.is_some_and(|expires| expires <= now)
    }
}

/// Seconds since 1970 of a moment in TOML.
fn moment(when: toml::value::Datetime) -> Result<i64, String> {
    let Some(date) = when.date else {
        return Err(format!("is {when}, which names no day; write such as 2030-12-31 without quotes"));
    };
    let (hour, minute, second) =
        when.time.map_or((0, 0, 0), |time| (time.hour, time.minute, time.second.unwrap_or(0)));
    let offset = match when.offset {
        Some(toml::value::Offset::Custom { minutes }) => i64::from(minutes),
        Some(toml::value::Offset::Z) | None => 0,
    };
    let days = clock::days_since_1970(i64::from(date.year), i64::from(date.month), i64::from(date.day));
    let minutes = (days * 24 + i64::from(hour)) * 60 + i64::from(minute) - offset;
    Ok(minutes * 60 + i64::from(second))
}

#[cfg(test)]
mod tests;
