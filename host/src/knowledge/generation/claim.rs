//! A claim keeps the hosts that share a server from making the next generation of a base at the same time. It is an alias
//! `<prefix><base>.reembed.<owner>.<count>`, since an alias can be renamed by one host only: whoever has it renames it again
//! and again, and one whose count stands still for [`ABANDONED`] is of a host that is gone.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use crate::knowledge::store::{QdrantStore, StoreError};

/// How often whoever has a claim shows it.
pub(in crate::knowledge) const KEEP_CLAIM_EVERY: Duration = Duration::from_secs(5);
/// How long a claim that nobody keeps stands, and a mark: longer than any generation is closing.
pub(in crate::knowledge) const ABANDONED: Duration = Duration::from_secs(30);
/// The pause between two looks at another's claim.
const PAUSE: Duration = Duration::from_millis(500);
/// How often hosts that met one another try again, each after a pause of its own.
const TRIES: u32 = 4;

/// Whether a text is what an owner is known by: letters and digits, as many as a UUID has. Nothing else may stand in the place
/// of an owner: other bases' aliases begin alike where a prefix has dots.
pub(in crate::knowledge) fn is_owner(text: &str) -> bool {
    text.len() == uuid::fmt::Simple::LENGTH && text.bytes().all(|c| c.is_ascii_alphanumeric())
}

/// What the mark of a closing generation begins with; its owner follows.
pub(super) fn mark_start(base: &str) -> String {
    format!("{base}.next.")
}

/// Whether an alias is such a mark.
pub(super) fn is_mark(alias: &str, start: &str) -> bool {
    alias.strip_prefix(start).is_some_and(is_owner)
}

/// The claim to a base's next generation.
pub(super) struct GenerationClaim {
    /// What the alias begins with.
    start: String,
    /// What the mark of a closing generation begins with; see [`Collections`](super::Collections).
    marks: String,
    /// The alias of this host's claim, as it was last renamed, and its owner.
    own: std::sync::Mutex<OwnClaim>,
    /// Held while the alias is renamed.
    keeping: tokio::sync::Mutex<()>,
    abandoned: Duration,
}

#[derive(Debug, Clone, Default)]
struct OwnClaim {
    owner: String,
    count: u64,
    /// Whether there is an alias: a base without a collection has none.
    is_held: bool,
}

impl GenerationClaim {
    /// `base` is what the server calls the first generation.
    pub(super) fn new(base: &str) -> Self {
        Self {
            start: format!("{base}.reembed."),
            marks: mark_start(base),
            own: std::sync::Mutex::default(),
            keeping: tokio::sync::Mutex::default(),
            abandoned: ABANDONED,
        }
    }

    /// The owner of this host's last claim.
    pub(super) fn owner(&self) -> String {
        self.now().owner
    }

    /// Waits until it is clear that nobody keeps another's claim, and takes that away with its marks.
    pub(super) async fn take(
        &self,
        server: &QdrantStore,
        owner: &str,
        serving: &str,
    ) -> Result<bool, StoreError> {
        for tried in 0..TRIES {
            if let Some(is_taken) = self.try_to_take(server, owner, serving).await? {
                return Ok(is_taken);
            }
            tokio::time::sleep(own_pause(owner, tried)).await;
        }
        Ok(false)
    }

    /// `None` where another host has come at the same moment, and both may have given way.
    async fn try_to_take(
        &self,
        server: &QdrantStore,
        owner: &str,
        serving: &str,
    ) -> Result<Option<bool>, StoreError> {
        self.set(OwnClaim { owner: owner.to_owned(), ..OwnClaim::default() });
        let begun = Instant::now();
        let first = self.of_others(server).await?;
        let mut others = first.clone();
        while !others.is_empty() && begun.elapsed() < self.abandoned {
            if others.iter().any(|other| !first.contains(other)) {
                return Ok(Some(false));
            }
            tokio::time::sleep(PAUSE).await;
            others = self.of_others(server).await?;
        }
        for left in server.aliases().await?.into_keys() {
            // Those that an earlier run of this host has left as well.
            if others.contains(&left) || self.is_own(&left) || is_mark(&left, &self.marks) {
                server.drop_alias(&left).await?;
            }
        }
        let own = OwnClaim { owner: owner.to_owned(), count: 0, is_held: true };
        if !server.point_alias(&self.alias(&own), serving).await? {
            return Ok(Some(true));
        }
        self.set(own);
        // Of two that come at the same moment at least one sees the other, and gives way.
        if self.of_others(server).await?.is_empty() {
            return Ok(Some(true));
        }
        self.give_back(server).await?;
        Ok(None)
    }

    pub(super) async fn keep(&self, server: &QdrantStore) -> Result<bool, StoreError> {
        let _keeping = self.keeping.lock().await;
        let own = self.now();
        if !own.is_held {
            return Ok(true);
        }
        let next = OwnClaim { count: own.count + 1, ..own.clone() };
        if server.rename_alias(&self.alias(&own), &self.alias(&next)).await? {
            self.set(next);
            return Ok(true);
        }
        // It may have been renamed by a request whose answer did not come.
        let there = server.aliases().await?;
        let is_there = there.contains_key(&self.alias(&next));
        if is_there {
            self.set(next);
        }
        Ok(is_there)
    }

    /// Another collection serves, and the one before will be dropped with the aliases that point to it.
    pub(super) async fn follow(&self, server: &QdrantStore, serving: &str) -> Result<(), StoreError> {
        let _keeping = self.keeping.lock().await;
        let own = self.now();
        if own.is_held {
            server.point_alias(&self.alias(&own), serving).await?;
        }
        Ok(())
    }

    pub(super) async fn give_back(&self, server: &QdrantStore) -> Result<(), StoreError> {
        let _keeping = self.keeping.lock().await;
        for alias in server.aliases().await?.into_keys().filter(|alias| self.is_own(alias)) {
            server.drop_alias(&alias).await?;
        }
        self.set(OwnClaim { is_held: false, ..self.now() });
        Ok(())
    }

    /// The claims of other hosts.
    async fn of_others(&self, server: &QdrantStore) -> Result<Vec<String>, StoreError> {
        let all = server.aliases().await?.into_keys();
        let own = self.owner();
        Ok(all.filter(|alias| self.owner_of(alias).is_some_and(|owner| owner != own)).collect())
    }

    fn is_own(&self, alias: &str) -> bool {
        self.owner_of(alias) == Some(&self.owner())
    }

    /// Whose claim an alias is; `None` where it is none.
    fn owner_of<'a>(&self, alias: &'a str) -> Option<&'a str> {
        let (owner, count) = alias.strip_prefix(&self.start)?.split_once('.')?;
        let is_count = !count.is_empty() && count.bytes().all(|c| c.is_ascii_digit());
        (is_owner(owner) && is_count).then_some(owner)
    }

    fn alias(&self, claim: &OwnClaim) -> String {
        format!("{}{}.{}", self.start, claim.owner, claim.count)
    }

    fn now(&self) -> OwnClaim {
        self.own.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, claim: OwnClaim) {
        *self.own.lock().unwrap_or_else(PoisonError::into_inner) = claim;
    }
}

/// A pause that another owner hardly has.
fn own_pause(owner: &str, tried: u32) -> Duration {
    let mut hasher = DefaultHasher::new();
    (owner, tried).hash(&mut hasher);
    PAUSE.mul_f64((hasher.finish() % 1000) as f64 / 1000.0)
}

#[cfg(test)]
mod tests;
