//! What a plugin keeps for a conversation.

mod age;
mod bandwidth;
mod error;
mod file;
mod seen;
mod writer;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant, SystemTime};

use rusqlite::{Connection, OptionalExtension, params};

use crate::clock;
use crate::fair;
use age::Age;
use bandwidth::Bandwidth;
pub use error::StateError;
use file::{FREE_PAGES_KEPT, StateFile, prepared};
use seen::SeenNames;
use writer::StateWriter;

/// The owner of the host's own entries: no plugin has an empty name.
const HOST: &str = "";

pub(in crate::plugin) type Entries = BTreeMap<String, Vec<u8>>;
/// `None` removes the key.
pub(in crate::plugin) type Changes = BTreeMap<String, Option<Vec<u8>>>;

/// The state of all plugins in all conversations: one SQLite file. Cloning shares it.
#[derive(Clone)]
pub struct StateStore {
    inner: Arc<StateInner>,
}

struct StateInner {
    /// `None` in memory, where the writer reads as well.
    file: Option<Arc<StateFile>>,
    writer: StateWriter,
    /// What the tables may hold.
    seen: Arc<SeenNames>,
    ttl: Duration,
    age: Mutex<Age>,
    bandwidth: Bandwidth,
}

/// What one plugin keeps for one conversation, and when it was last written.
#[derive(Debug, Default)]
pub(in crate::plugin) struct KeptState {
    pub(in crate::plugin) entries: Entries,
    written_at: i64,
}

impl KeptState {
    /// Whether it was written within this time.
    pub(in crate::plugin) fn is_younger_than(&self, age: Duration) -> bool {
        seconds(SystemTime::now()).saturating_sub(self.written_at) < seconds_of(age)
    }
}

impl StateStore {
    /// Opens or creates the file. What a conversation has not written to for `ttl` is not seen any more, and
    /// is deleted when the clock has been steady for a while. A file that is found damaged later is put aside,
    /// and a new one begins.
    pub fn open(path: &Path, ttl: Duration) -> Result<Self, StateError> {
        let (file, writing) = StateFile::open(path)?;
        let file = Arc::new(file);
        let writer = StateWriter::start(writing, Some(Arc::clone(&file)))?;
        let store = Self::of(Some(file), writer, Arc::new(SeenNames::new()), ttl);
        look_through(&store.inner);
        Ok(store)
    }

    /// A store whose file could not be opened, as on a full disk: nothing is kept until its writer, who tries the file
    /// again and again, has opened it. Refuses where no wait helps.
    pub fn to_be_opened(path: &Path, ttl: Duration, cause: StateError) -> Result<Self, StateError> {
        if let StateError::Newer(_) = cause {
            return Err(cause);
        }
        tracing::error!("What plugins keep is unavailable: {}: {cause}", path.display());
        let (file, writing) = StateFile::to_be_opened(path, &cause)?;
        let file = Arc::new(file);
        let writer = StateWriter::start(writing, Some(Arc::clone(&file)))?;
        Ok(Self::of(Some(file), writer, Arc::new(SeenNames::new()), ttl))
    }

    /// Why nothing is kept, where that is so.
    pub fn trouble(&self) -> Option<String> {
        self.inner.file.as_ref().and_then(|file| file.trouble())
    }

    /// Whether there is no file.
    fn is_away(&self) -> bool {
        self.expect_open().is_err()
    }

    /// Refuses while there is no file. Nobody who serves waits for one.
    fn expect_open(&self) -> Result<(), StateError> {
        self.inner.file.as_ref().map_or(Ok(()), |file| file.expect_open())
    }

    /// A store that ends with the process, for tests and for trying plugins out.
    pub fn in_memory(ttl: Duration) -> Result<Self, StateError> {
        let connection = prepared(Connection::open_in_memory()?)?;
        let seen = Arc::new(SeenNames::new());
        seen.load(&connection)?;
        Ok(Self::of(None, StateWriter::start(connection, None)?, seen, ttl))
    }

    fn of(file: Option<Arc<StateFile>>, writer: StateWriter, seen: Arc<SeenNames>, ttl: Duration) -> Self {
        let age = Mutex::new(Age::new(SystemTime::now(), Instant::now()));
        let inner = StateInner { file, writer, seen, ttl, age, bandwidth: Bandwidth::default() };
        Self { inner: Arc::new(inner) }
    }

    /// The conversation that was last given one of these names, the first of them that is known.
    pub async fn find(&self, names: Vec<String>) -> Result<Option<String>, StateError> {
        if !names.iter().any(|name| self.inner.seen.may_hold(name)) || self.is_away() {
            return Ok(None);
        }
        let (_, oldest) = self.now_and_oldest();
        self.read(move |connection| {
            let mut statement = connection
                .prepare_cached("SELECT conversation FROM names WHERE name = ?1 AND written_at >= ?2")?;
            for name in &names {
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
        let seen = Arc::clone(&self.inner.seen);
        if !names.iter().any(|name| seen.may_hold(name)) && !seen.may_hold(conversation) {
            return Ok(());
        }
        // A turn goes on without what is kept for it.
        if self.is_away() {
            return Ok(());
        }
        let conversation = conversation.to_owned();
        // Most turns keep nothing, and reading waits for nobody.
        let asked = (conversation.clone(), names.clone());
        let changes = self.read(move |connection| {
            let (conversation, names) = &asked;
            let mut known = connection.prepare_cached("SELECT 1 FROM names WHERE name = ?1")?;
            let mut any = holds(connection, conversation)?;
            for name in names {
                any = any || known.exists([name])?;
            }
            Ok(any)
        });
        if !changes.await? {
            return Ok(());
        }
        let now = seconds(SystemTime::now());
        let name = move |connection: &mut Connection| {
            let transaction = connection.transaction()?;
            let holds = holds(&transaction, &conversation)?;
            for name in &names {
                if holds {
                    seen.note(name);
                    transaction
                        .prepare_cached(
                            "INSERT OR REPLACE INTO names (name, conversation, written_at) VALUES (?1, ?2, ?3)",
                        )?
                        .execute(params![name, conversation, now])?;
                } else {
                    transaction.prepare_cached("DELETE FROM names WHERE name = ?1")?.execute([name])?;
                }
            }
            Ok(transaction.commit()?)
        };
        self.write(None, name).await
    }

    /// Copies what all plugins keep for one conversation to another: a conversation that goes on
    /// under a new id, or in two directions, starts from the same state. Keys the other already
    /// has are replaced.
    pub async fn fork(&self, from: &str, to: &str) -> Result<(), StateError> {
        if from == to || !self.inner.seen.may_hold(from) || self.is_away() {
            return Ok(());
        }
        let (from, to) = (from.to_owned(), to.to_owned());
        // Most conversations have no state, and reading waits for nobody.
        let asked = from.clone();
        let size = self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT coalesce(sum(length(key) + length(value)), 0) FROM state WHERE conversation = ?1",
            )?;
            Ok(statement.query_row([&asked], |row| row.get::<_, i64>(0))?.unsigned_abs())
        });
        let size = size.await?;
        if size == 0 {
            return Ok(());
        }
        self.wait_for_bandwidth(size, None).await?;
        self.inner.seen.note(&to);
        let (now, oldest) = self.now_and_oldest();
        let copy = move |connection: &mut Connection| {
            connection.execute(
                "INSERT OR REPLACE INTO state (plugin, conversation, key, value, written_at)
                 SELECT plugin, ?2, key, value, ?3 FROM state WHERE conversation = ?1 AND written_at >= ?4",
                params![from, to, now, oldest],
            )?;
            Ok(())
        };
        self.write(None, copy).await
    }

    /// Removes what all plugins keep for a conversation.
    pub async fn forget(&self, conversation: &str) -> Result<(), StateError> {
        if self.is_away() {
            return Ok(());
        }
        let conversation = conversation.to_owned();
        let forget = move |connection: &mut Connection| {
            connection.execute("DELETE FROM state WHERE conversation = ?1", [&conversation])?;
            Ok(())
        };
        self.write(None, forget).await
    }

    /// What the host itself keeps for a conversation under a key.
    pub async fn recall(&self, conversation: &str, key: &'static str) -> Result<Option<Vec<u8>>, StateError> {
        if !self.inner.seen.may_hold(conversation) || self.is_away() {
            return Ok(None);
        }
        let (_, oldest) = self.now_and_oldest();
        let conversation = conversation.to_owned();
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT value FROM state
                 WHERE plugin = ?1 AND conversation = ?2 AND key = ?3 AND written_at >= ?4",
            )?;
            Ok(statement.query_row(params![HOST, conversation, key, oldest], |row| row.get(0)).optional()?)
        })
        .await
    }

    /// Keeps something of the host's own for a conversation, or forgets it.
    pub async fn remember(
        &self,
        conversation: &str,
        key: &'static str,
        value: Option<Vec<u8>>,
    ) -> Result<(), StateError> {
        if self.is_away() {
            return Ok(());
        }
        let changes = Changes::from([(key.to_owned(), value)]);
        self.save(HOST.to_owned(), conversation.to_owned(), changes, None).await
    }

    /// What a plugin keeps for a conversation.
    pub(in crate::plugin) async fn load(
        &self,
        plugin: String,
        conversation: String,
    ) -> Result<KeptState, StateError> {
        if !self.inner.seen.may_hold(&conversation) {
            return Ok(KeptState::default());
        }
        self.expect_open()?;
        let (_, oldest) = self.now_and_oldest();
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT key, value, written_at FROM state
                 WHERE plugin = ?1 AND conversation = ?2 AND written_at >= ?3",
            )?;
            let mut rows = statement.query(params![plugin, conversation, oldest])?;
            let mut kept = KeptState::default();
            while let Some(row) = rows.next()? {
                kept.entries.insert(row.get(0)?, row.get(1)?);
                kept.written_at = kept.written_at.max(row.get(2)?);
            }
            Ok(kept)
        })
        .await
    }

    /// Writes what has changed, where it can begin in time.
    pub(in crate::plugin) async fn save(
        &self,
        plugin: String,
        conversation: String,
        changes: Changes,
        begin_before: Option<Instant>,
    ) -> Result<(), StateError> {
        self.expect_open()?;
        let size = |(key, value): (&String, &Option<Vec<u8>>)| key.len() + value.as_ref().map_or(0, Vec::len);
        let size = changes.iter().map(size).sum::<usize>();
        self.wait_for_bandwidth(size as u64, begin_before).await?;
        let may_delete = {
            let mut age = self.inner.age.lock().unwrap_or_else(PoisonError::into_inner);
            age.may_delete(SystemTime::now(), Instant::now())
        };
        let times = self.now_and_oldest();
        self.inner.seen.note(&conversation);
        let save = move |connection: &mut Connection| {
            write(connection, &plugin, &conversation, &changes, times)?;
            if may_delete { purge(connection, times.1) } else { Ok(()) }
        };
        self.write(begin_before, save).await
    }

    /// Writes on the writer's thread. Where the file turns out to be damaged, the work is done again on a new one.
    async fn write<T: Send + 'static>(
        &self,
        begin_before: Option<Instant>,
        work: impl Fn(&mut Connection) -> Result<T, StateError> + Send + 'static,
    ) -> Result<T, StateError> {
        let Some(file) = self.inner.file.clone() else {
            return self.inner.writer.write(begin_before, work).await;
        };
        let seen = Arc::clone(&self.inner.seen);
        let work = move |connection: &mut Connection| {
            file.expect_open()?;
            match work(connection) {
                Err(error @ StateError::Damaged(_)) => {
                    file.begin_anew(file.generation(), connection, &error)?;
                    seen.is_all_there_is();
                    work(connection)
                }
                written => written,
            }
        };
        self.inner.writer.write(begin_before, work).await
    }

    /// Has an app that writes much wait, as far as its call has time for it.
    async fn wait_for_bandwidth(&self, bytes: u64, begin_before: Option<Instant>) -> Result<(), StateError> {
        let (app, now) = (fair::app(), Instant::now());
        let wait = self.inner.bandwidth.take(&app, bytes, now);
        // One that is late already is told so by the writer.
        if !wait.is_zero() && begin_before.is_some_and(|deadline| now + wait >= deadline) {
            self.inner.bandwidth.give_back(&app, bytes);
            return Err(StateError::Unavailable(format!(
                "the plugins of app `{app}` write more state than an app may on the whole; write less, or only what has changed"
            )));
        }
        tokio::time::sleep(wait).await;
        Ok(())
    }

    /// The time, and when state was written that is just not too old, in seconds since 1970.
    fn now_and_oldest(&self) -> (i64, i64) {
        let now = seconds(SystemTime::now());
        (now, now - seconds_of(self.inner.ttl))
    }

    /// SQLite blocks, so it runs beside the threads that serve. Where the file turns out to be damaged, the work is done
    /// on the new one, which holds nothing yet.
    async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&Connection) -> Result<T, StateError> + Send + 'static,
    ) -> Result<T, StateError> {
        let Some(file) = &self.inner.file else {
            return self.inner.writer.write(None, move |connection| work(connection)).await;
        };
        let file = Arc::clone(file);
        let reading = tokio::task::spawn_blocking(move || (file.read(&work), work));
        let lost = || StateError::Unavailable("the host's state store failed".to_owned());
        match reading.await.map_err(|_| lost())? {
            ((Err(error @ StateError::Damaged(_)), generation), work) => {
                self.inner.writer.begun_anew(generation, error, Arc::clone(&self.inner.seen)).await?;
                self.inner.writer.write(None, move |connection| work(connection)).await
            }
            ((read, _), _) => read,
        }
    }
}

/// Takes note of what is in the file, beside the threads that serve: it may be much. Where it cannot be read,
/// every look goes to the file and says so.
fn look_through(inner: &Arc<StateInner>) {
    let (Some(file), seen, inner) = (inner.file.clone(), Arc::clone(&inner.seen), Arc::downgrade(inner))
    else {
        return;
    };
    let look = move || match file.read(|connection| seen.load(connection)) {
        (Ok(()), _) => {}
        (Err(error @ StateError::Damaged(_)), generation) => {
            // Whoever waits for nothing has nobody to tell.
            if let Some(inner) = Weak::upgrade(&inner) {
                inner.writer.begin_anew(generation, error, Arc::clone(&inner.seen));
            }
        }
        (Err(error), _) => tracing::warn!("state.db was not read through, so each turn asks it: {error}"),
    };
    if let Err(error) = std::thread::Builder::new().name("state-seen".to_owned()).spawn(look) {
        tracing::warn!("state.db is not read through, so each turn asks it: {error}");
    }
}

fn write(
    connection: &mut Connection,
    plugin: &str,
    conversation: &str,
    changes: &Changes,
    (now, oldest): (i64, i64),
) -> Result<(), StateError> {
    let transaction = connection.transaction()?;
    for (key, value) in changes {
        match value {
            Some(value) => transaction
                .prepare_cached(
                    "INSERT OR REPLACE INTO state (plugin, conversation, key, value, written_at)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![plugin, conversation, key, value, now])?,
            None => transaction
                .prepare_cached("DELETE FROM state WHERE plugin = ?1 AND conversation = ?2 AND key = ?3")?
                .execute(params![plugin, conversation, key])?,
        };
    }
    // A conversation ages as a whole: a key that is only read must not vanish under one that is
    // written every turn. What is too old, and so unseen, is not made young again.
    transaction.execute(
        "UPDATE state SET written_at = ?3
         WHERE plugin = ?1 AND conversation = ?2 AND written_at < ?3 AND written_at >= ?4",
        params![plugin, conversation, now, oldest],
    )?;
    Ok(transaction.commit()?)
}

fn purge(connection: &Connection, oldest: i64) -> Result<(), StateError> {
    for table in ["state", "names"] {
        connection.execute(&format!("DELETE FROM {table} WHERE written_at < ?1"), [oldest])?;
    }
    give_back(connection)
}

/// Gives the disk back what was deleted, but for a little that is soon in use again.
fn give_back(connection: &Connection) -> Result<(), StateError> {
    let free: i64 = connection.query_row("PRAGMA freelist_count", [], |row| row.get(0))?;
    if free > FREE_PAGES_KEPT {
        let count = free - FREE_PAGES_KEPT;
        // It gives back one page for each row that is read of it.
        let mut giving = connection.prepare(&format!("PRAGMA incremental_vacuum({count})"))?;
        let mut given = giving.query([])?;
        while given.next()?.is_some() {}
    }
    Ok(())
}

/// Whether any plugin keeps something for a conversation.
fn holds(connection: &Connection, conversation: &str) -> Result<bool, StateError> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM state WHERE conversation = ?1 LIMIT 1")?;
    Ok(statement.exists([conversation])?)
}

fn seconds(time: SystemTime) -> i64 {
    seconds_of(clock::since_1970(time))
}

fn seconds_of(duration: Duration) -> i64 {
    // Half the range, so that sums and differences of two stay within it.
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX).min(i64::MAX / 2)
}

#[cfg(test)]
mod tests;
