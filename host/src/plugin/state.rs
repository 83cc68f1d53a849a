//! What a plugin keeps for a conversation.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rusqlite::{Connection, OptionalExtension, params};

use super::component::PluginContext;

// The numbers are the interface's (`wit/host.wit`).
const MAX_KEY: usize = 256;
const MAX_VALUE: usize = 64 << 10;
/// Keys and values of one plugin in one conversation.
const MAX_TOTAL: usize = 256 << 10;

/// How often a commit also looks for conversations that have been forgotten.
const PURGE_EVERY: Duration = Duration::from_secs(3600);

/// Why state could not be read or written; see `wit/host.wit`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// Over a limit of the interface; the text says which.
    #[error("{0}")]
    TooLarge(String),
    /// The store failed.
    #[error("{0}")]
    Unavailable(String),
}

impl From<rusqlite::Error> for StateError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Unavailable(format!("the host's state store failed: {error}"))
    }
}

type Entries = BTreeMap<String, Vec<u8>>;
/// `None` removes the key.
type Changes = BTreeMap<String, Option<Vec<u8>>>;

/// The state of all plugins in all conversations: one SQLite file. Cloning shares it.
#[derive(Clone)]
pub struct StateStore {
    inner: Arc<Inner>,
}

struct Inner {
    /// One connection is enough: a turn reads at most once and writes at most once per plugin.
    database: Mutex<Database>,
    ttl: Duration,
}

struct Database {
    connection: Connection,
    purged: SystemTime,
}

impl StateStore {
    /// Opens or creates the file. What a conversation has not written to for `ttl` is removed.
    pub fn open(path: &Path, ttl: Duration) -> Result<Self, StateError> {
        Self::with(Connection::open(path)?, ttl)
    }

    /// A store that ends with the process, for tests and for trying plugins out.
    pub fn in_memory(ttl: Duration) -> Result<Self, StateError> {
        Self::with(Connection::open_in_memory()?, ttl)
    }

    fn with(connection: Connection, ttl: Duration) -> Result<Self, StateError> {
        connection.busy_timeout(Duration::from_secs(5))?;
        // State is small and rebuilt by talking: losing the last write to a power cut is acceptable,
        // a damaged file is not.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS state (
                 plugin TEXT NOT NULL,
                 conversation TEXT NOT NULL,
                 key TEXT NOT NULL,
                 value BLOB NOT NULL,
                 written_at INTEGER NOT NULL,
                 PRIMARY KEY (plugin, conversation, key)
             );
             CREATE INDEX IF NOT EXISTS state_conversation ON state (conversation);
             CREATE INDEX IF NOT EXISTS state_written_at ON state (written_at);
             CREATE TABLE IF NOT EXISTS names (
                 name TEXT PRIMARY KEY,
                 conversation TEXT NOT NULL,
                 written_at INTEGER NOT NULL
             ) WITHOUT ROWID;
             CREATE INDEX IF NOT EXISTS names_written_at ON names (written_at);",
        )?;
        let store = Self {
            inner: Arc::new(Inner { database: Mutex::new(Database { connection, purged: UNIX_EPOCH }), ttl }),
        };
        store.inner.purge_at_times(&mut store.inner.lock())?;
        Ok(store)
    }

    /// The conversation that was last given one of these names, the first of them that is known.
    pub async fn find(&self, names: Vec<String>) -> Result<Option<String>, StateError> {
        self.run(move |inner| {
            let oldest = seconds(SystemTime::now()) - seconds_of(inner.ttl);
            let database = inner.lock();
            let mut statement = database
                .connection
                .prepare_cached("SELECT conversation FROM names WHERE name = ?1 AND written_at >= ?2")?;
            for name in names {
                let found = statement.query_row(params![name, oldest], |row| row.get(0)).optional()?;
                if found.is_some() {
                    return Ok(found);
                }
            }
            Ok(None)
        })
        .await
    }

    /// Gives a conversation names it can be found by; who had one of them loses it. One for which
    /// no plugin keeps anything takes the names away all the same: what they led to is over.
    pub async fn name(&self, conversation: &str, names: Vec<String>) -> Result<(), StateError> {
        let conversation = conversation.to_owned();
        self.run(move |inner| {
            let mut database = inner.lock();
            let transaction = database.connection.transaction()?;
            let holds = "SELECT EXISTS (SELECT 1 FROM state WHERE conversation = ?1)";
            let holds: bool = transaction.query_row(holds, [&conversation], |row| row.get(0))?;
            for name in names {
                if holds {
                    transaction.execute(
                        "INSERT OR REPLACE INTO names (name, conversation, written_at) VALUES (?1, ?2, ?3)",
                        params![name, conversation, seconds(SystemTime::now())],
                    )?;
                } else {
                    transaction.execute("DELETE FROM names WHERE name = ?1", [name])?;
                }
            }
            Ok(transaction.commit()?)
        })
        .await
    }

    /// Copies what all plugins keep for one conversation to another: a conversation that goes on
    /// under a new id, or in two directions, starts from the same state. Keys the other already
    /// has are replaced.
    pub async fn fork(&self, from: &str, to: &str) -> Result<(), StateError> {
        if from == to {
            return Ok(());
        }
        let (from, to) = (from.to_owned(), to.to_owned());
        self.run(move |inner| {
            inner.lock().connection.execute(
                "INSERT OR REPLACE INTO state (plugin, conversation, key, value, written_at)
                 SELECT plugin, ?2, key, value, ?3 FROM state WHERE conversation = ?1",
                params![from, to, seconds(SystemTime::now())],
            )?;
            Ok(())
        })
        .await
    }

    /// Removes what all plugins keep for a conversation.
    pub async fn forget(&self, conversation: &str) -> Result<(), StateError> {
        let conversation = conversation.to_owned();
        self.run(move |inner| {
            inner.lock().connection.execute("DELETE FROM state WHERE conversation = ?1", [conversation])?;
            Ok(())
        })
        .await
    }

    async fn load(&self, plugin: String, conversation: String) -> Result<Entries, StateError> {
        self.run(move |inner| {
            let oldest = seconds(SystemTime::now()) - seconds_of(inner.ttl);
            let database = inner.lock();
            let mut statement = database.connection.prepare_cached(
                "SELECT key, value FROM state WHERE plugin = ?1 AND conversation = ?2 AND written_at >= ?3",
            )?;
            let rows = statement
                .query_map(params![plugin, conversation, oldest], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<Entries, _>>()?)
        })
        .await
    }

    async fn save(&self, plugin: String, conversation: String, changes: Changes) -> Result<(), StateError> {
        self.run(move |inner| {
            let now = seconds(SystemTime::now());
            let mut database = inner.lock();
            let transaction = database.connection.transaction()?;
            for (key, value) in changes {
                match value {
                    Some(value) => transaction.execute(
                        "INSERT OR REPLACE INTO state (plugin, conversation, key, value, written_at)
                         VALUES (?1, ?2, ?3, ?4, ?5)",
                        params![plugin, conversation, key, value, now],
                    )?,
                    None => transaction.execute(
                        "DELETE FROM state WHERE plugin = ?1 AND conversation = ?2 AND key = ?3",
                        params![plugin, conversation, key],
                    )?,
                };
            }
            // A conversation ages as a whole: a key that is only read must not vanish under one
            // that is written every turn.
            transaction.execute(
                "UPDATE state SET written_at = ?3 WHERE plugin = ?1 AND conversation = ?2",
                params![plugin, conversation, now],
            )?;
            transaction.commit()?;
            inner.purge_at_times(&mut database)
        })
        .await
    }

    /// SQLite blocks, so it runs beside the threads that serve.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, StateError> + Send + 'static,
    ) -> Result<T, StateError> {
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || work(&inner))
            .await
            .unwrap_or_else(|_| Err(StateError::Unavailable("the host's state store failed".to_owned())))
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Database> {
        // A panic within a statement rolls its transaction back; the connection stays sound.
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn purge_at_times(&self, database: &mut Database) -> Result<(), StateError> {
        let now = SystemTime::now();
        if now.duration_since(database.purged).is_ok_and(|since| since < PURGE_EVERY) {
            return Ok(());
        }
        database.purged = now;
        let oldest = seconds(now) - seconds_of(self.ttl);
        for table in ["state", "names"] {
            database.connection.execute(&format!("DELETE FROM {table} WHERE written_at < ?1"), [oldest])?;
        }
        Ok(())
    }
}

fn seconds(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, seconds_of)
}

fn seconds_of(duration: Duration) -> i64 {
    // Half the range, so that sums and differences of two stay within it.
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX).min(i64::MAX / 2)
}

/// One call's view of its conversation: read from the store when first touched, written back when
/// the call has succeeded.
pub(super) struct CallEntries {
    context: Arc<PluginContext>,
    conversation: String,
    entries: Option<Entries>,
    changes: Changes,
}

impl CallEntries {
    pub(super) fn new(context: Arc<PluginContext>, conversation: String) -> Self {
        Self { context, conversation, entries: None, changes: Changes::new() }
    }

    pub(super) async fn get(&mut self, key: &str) -> Result<Option<Vec<u8>>, StateError> {
        Ok(self.entries().await?.get(key).cloned())
    }

    pub(super) async fn set(&mut self, key: String, value: Vec<u8>) -> Result<(), StateError> {
        check_sizes(&key, &value)?;
        let entries = self.entries().await?;
        let others: usize = entries.iter().filter(|(k, _)| **k != key).map(|(k, v)| k.len() + v.len()).sum();
        if others + key.len() + value.len() > MAX_TOTAL {
            return Err(StateError::TooLarge(format!(
                "the plugin's state of a conversation may hold {MAX_TOTAL} bytes and holds {others} besides `{key}`"
            )));
        }
        entries.insert(key.clone(), value.clone());
        self.changes.insert(key, Some(value));
        Ok(())
    }

    pub(super) async fn remove(&mut self, key: String) -> Result<(), StateError> {
        if self.entries().await?.remove(&key).is_some() {
            self.changes.insert(key, None);
        }
        Ok(())
    }

    /// Keeps what the call has written. Does not touch the store where there is nothing to keep.
    pub(super) async fn commit(&mut self) -> Result<(), StateError> {
        let changes = std::mem::take(&mut self.changes);
        if changes.is_empty() {
            return Ok(());
        }
        self.store()?.save(self.context.name.clone(), self.conversation.clone(), changes).await
    }

    fn store(&self) -> Result<&StateStore, StateError> {
        let nothing =
            || StateError::Unavailable("there is no state while a plugin describes itself".to_owned());
        self.context.services.as_ref().map(|services| &services.state).ok_or_else(nothing)
    }

    async fn entries(&mut self) -> Result<&mut Entries, StateError> {
        if self.entries.is_none() {
            self.entries =
                Some(self.store()?.load(self.context.name.clone(), self.conversation.clone()).await?);
        }
        Ok(self.entries.get_or_insert_default())
    }
}

fn check_sizes(key: &str, value: &[u8]) -> Result<(), StateError> {
    if key.is_empty() || key.len() > MAX_KEY {
        let problem = format!("a key measures 1 to {MAX_KEY} bytes, this one {}", key.len());
        return Err(StateError::TooLarge(problem));
    }
    if value.len() > MAX_VALUE {
        let problem = format!("a value measures at most {MAX_VALUE} bytes, that of `{key}` {}", value.len());
        return Err(StateError::TooLarge(problem));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(key: &str, value: Option<&[u8]>) -> Changes {
        Changes::from([(key.to_owned(), value.map(<[u8]>::to_vec))])
    }

    async fn load(store: &StateStore, plugin: &str, conversation: &str) -> Entries {
        store.load(plugin.to_owned(), conversation.to_owned()).await.unwrap()
    }

    #[tokio::test]
    async fn state_belongs_to_one_plugin_and_one_conversation_and_can_be_forked() {
        let store = StateStore::in_memory(Duration::from_secs(60)).unwrap();
        store.save("a".into(), "one".into(), changes("k", Some(b"v"))).await.unwrap();
        assert_eq!(load(&store, "a", "one").await.get("k").map(Vec::as_slice), Some(&b"v"[..]));
        assert!(load(&store, "b", "one").await.is_empty());
        assert!(load(&store, "a", "two").await.is_empty());

        store.fork("one", "two").await.unwrap();
        store.save("a".into(), "two".into(), changes("k", None)).await.unwrap();
        assert!(load(&store, "a", "two").await.is_empty());
        assert_eq!(load(&store, "a", "one").await.len(), 1, "a fork is a copy");

        store.forget("one").await.unwrap();
        assert!(load(&store, "a", "one").await.is_empty());
    }

    #[tokio::test]
    async fn what_is_older_than_the_ttl_is_neither_read_nor_kept() {
        let folder = std::env::temp_dir().join(format!("qianfan-state-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir(&folder).unwrap();
        let path = folder.join("state.db");
        let store = StateStore::open(&path, Duration::from_secs(60)).unwrap();
        store.save("a".into(), "one".into(), changes("k", Some(b"v"))).await.unwrap();
        store.inner.lock().connection.execute("UPDATE state SET written_at = written_at - 61", []).unwrap();
        assert!(load(&store, "a", "one").await.is_empty());
        drop(store);
        let store = StateStore::open(&path, Duration::from_secs(60)).unwrap();
        let left: i64 = store
            .inner
            .lock()
            .connection
            .query_row("SELECT count(*) FROM state", [], |row| row.get(0))
            .unwrap();
        assert_eq!(left, 0);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn keys_and_values_have_the_sizes_the_interface_gives() {
        assert!(check_sizes(&"k".repeat(MAX_KEY), &vec![0; MAX_VALUE]).is_ok());
        assert!(
            matches!(check_sizes("", b""), Err(StateError::TooLarge(text)) if text.contains("1 to 256 bytes"))
        );
        assert!(check_sizes(&"k".repeat(MAX_KEY + 1), b"").is_err());
        assert!(check_sizes("k", &vec![0; MAX_VALUE + 1]).is_err());
    }
}
