//! The store.

use super::*;

impl StateStore {
    /// Makes everything this much older.
    pub(in crate::plugin) async fn grow_older(&self, seconds: i64) {
        let age = move |connection: &mut Connection| {
            connection.execute("UPDATE state SET written_at = written_at - ?1", [seconds])?;
            Ok(())
        };
        self.inner.writer.write(None, age).await.unwrap();
    }

    /// Rows that were written, removed or made young so far.
    pub(in crate::plugin) async fn written(&self) -> u64 {
        self.inner.writer.write(None, |connection| Ok(connection.total_changes())).await.unwrap()
    }
}

fn changes(key: &str, value: Option<&[u8]>) -> Changes {
    Changes::from([(key.to_owned(), value.map(<[u8]>::to_vec))])
}

async fn load(store: &StateStore, plugin: &str, conversation: &str) -> Entries {
    store.load(plugin.to_owned(), conversation.to_owned()).await.unwrap().entries
}

#[tokio::test]
async fn state_belongs_to_one_plugin_and_one_conversation_and_can_be_forked() {
    let store = StateStore::in_memory(Duration::from_secs(60)).unwrap();
    store.save("a".into(), "one".into(), changes("k", Some(b"v")), None).await.unwrap();
    assert_eq!(load(&store, "a", "one").await.get("k").map(Vec::as_slice), Some(&b"v"[..]));
    assert!(load(&store, "b", "one").await.is_empty());
    assert!(load(&store, "a", "two").await.is_empty());

    store.fork("one", "two").await.unwrap();
    store.save("a".into(), "two".into(), changes("k", None), None).await.unwrap();
    assert!(load(&store, "a", "two").await.is_empty());
    assert_eq!(load(&store, "a", "one").await.len(), 1, "a fork is a copy");

    store.forget("one").await.unwrap();
    assert!(load(&store, "a", "one").await.is_empty());
}

#[tokio::test]
async fn what_is_older_than_the_ttl_is_not_seen_and_no_call_revives_it() {
    let folder = std::env::temp_dir().join(format!("qianfan-state-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir(&folder).unwrap();
    let path = folder.join("state.db");
    let store = StateStore::open(&path, Duration::from_secs(60)).unwrap();
    store.save("a".into(), "one".into(), changes("k", Some(b"v")), None).await.unwrap();
    store.grow_older(61).await;
    assert!(load(&store, "a", "one").await.is_empty());
    store.save("a".into(), "one".into(), changes("new", Some(b"w")), None).await.unwrap();
    store.fork("one", "two").await.unwrap();
    for conversation in ["one", "two"] {
        assert_eq!(load(&store, "a", conversation).await.into_keys().collect::<Vec<_>>(), ["new"]);
    }
    drop(store);
    // A clock that was ahead comes back: nothing has been deleted by it.
    let store = StateStore::open(&path, Duration::from_secs(3600)).unwrap();
    assert_eq!(load(&store, "a", "one").await.len(), 2);
    let oldest = seconds(SystemTime::now()) - 60;
    store.inner.writer.write(None, move |connection| purge(connection, oldest)).await.unwrap();
    let count = |connection: &Connection| {
        Ok(connection.query_row("SELECT count(*) FROM state", [], |row| row.get::<_, i64>(0))?)
    };
    let left = store.read(count).await.unwrap();
    assert_eq!(left, 2, "what is too old is gone");
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn an_app_that_writes_more_than_its_share_is_told_and_nothing_is_written() {
    let store = StateStore::in_memory(Duration::from_secs(60)).unwrap();
    let soon = || Some(Instant::now() + Duration::from_millis(100));
    let save = async |app: &str, bytes: usize| {
        let changes = changes("k", Some(&vec![0; bytes]));
        fair::on_behalf_of(app, store.save("a".into(), app.into(), changes, soon())).await
    };
    save("busy", 8 << 20).await.unwrap();
    let refused = save("busy", 4 << 20).await.unwrap_err();
    assert!(matches!(&refused, StateError::Unavailable(text) if text.contains("app `busy`")), "{refused}");
    assert_eq!(load(&store, "a", "busy").await["k"].len(), 8 << 20);
    save("quiet", 1 << 20).await.unwrap();
}

#[tokio::test]
async fn reading_waits_for_no_write() {
    let folder = tempfile::tempdir().unwrap();
    let store = StateStore::open(&folder.path().join("state.db"), Duration::from_secs(60)).unwrap();
    store.save("a".into(), "one".into(), changes("k", Some(b"v")), None).await.unwrap();
    let (go, gate) = std::sync::mpsc::channel::<()>();
    let held = store.inner.writer.write(None, move |connection| {
        let transaction = connection.transaction()?;
        transaction.execute("DELETE FROM state", [])?;
        // Held open until the read is over; the channel closes where the test fails.
        _ = gate.recv();
        Ok(())
    });
    let read = async {
        let read = tokio::time::timeout(Duration::from_secs(60), store.load("a".into(), "one".into())).await;
        drop(go);
        read
    };
    let (held, read) = tokio::join!(held, read);
    held.unwrap();
    assert_eq!(read.unwrap().unwrap().entries.len(), 1);
}

#[tokio::test]
async fn what_is_deleted_goes_back_to_the_disk_also_from_a_file_of_an_earlier_version() {
    let folder = tempfile::tempdir().unwrap();
    for (name, is_old) in [("new.db", false), ("old.db", true)] {
        let path = folder.path().join(name);
        if is_old {
            let old = Connection::open(&path).unwrap();
            old.execute_batch(
                "CREATE TABLE large (it); INSERT INTO large VALUES (zeroblob(20000000)); DROP TABLE large",
            )
            .unwrap();
            assert!(std::fs::metadata(&path).unwrap().len() > 20_000_000);
        }
        let store = StateStore::open(&path, Duration::from_secs(60)).unwrap();
        let fill = |connection: &mut Connection| {
            for number in 0..200 {
                connection.execute(
                    "INSERT INTO state VALUES ('a', ?1, 'k', zeroblob(60000), 1)",
                    [format!("conversation {number}")],
                )?;
            }
            Ok(())
        };
        store.inner.writer.write(None, fill).await.unwrap();
        let pages = async || {
            let ask = |connection: &Connection| {
                Ok(connection.query_row("PRAGMA page_count", [], |row| row.get::<_, i64>(0))?)
            };
            store.read(ask).await.unwrap()
        };
        let before = pages().await;
        store.inner.writer.write(None, |connection| purge(connection, 2)).await.unwrap();
        let after = pages().await;
        assert!(before > 2900 && after < FREE_PAGES_KEPT + 100, "{name}: {before}, then {after}");
    }
}

/// Writes over every page of a closed file but the first two: SQLite opens it, and finds the rest broken.
fn damage_inside(path: &std::path::Path) {
    let mut bytes = std::fs::read(path).unwrap();
    assert!(bytes.len() > 3 * 4096, "{} bytes", bytes.len());
    bytes[2 * 4096..].fill(0xa5);
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_damaged_inside_is_put_aside_while_the_store_is_in_use() {
    for reads_first in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.db");
        let store = StateStore::open(&path, Duration::from_secs(60)).unwrap();
        for conversation in 0..50 {
            let conversation = conversation.to_string();
            store.save("a".into(), conversation, changes("k", Some(&[7; 500])), None).await.unwrap();
        }
        drop(store);
        // The threads that have the file close it.
        let closed = async {
            while path.with_file_name("state.db-wal").exists() {
                // The pause between two looks.
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), closed).await.unwrap();
        damage_inside(&path);

        let store = StateStore::open(&path, Duration::from_secs(60)).unwrap();
        if reads_first {
            assert!(load(&store, "a", "7").await.is_empty(), "what it held is forgotten");
        }
        store.save("a".into(), "new".into(), changes("k", Some(b"v")), None).await.unwrap();
        assert_eq!(load(&store, "a", "new").await["k"], b"v");
        assert!(load(&store, "a", "7").await.is_empty());
        let asides = std::fs::read_dir(folder.path()).unwrap().filter(|entry| {
            let name = entry.as_ref().unwrap().file_name().into_string().unwrap();
            name.starts_with("state.db.damaged-") && !name.ends_with("-wal") && !name.ends_with("-shm")
        });
        assert_eq!(asides.count(), 1, "once, whoever has noticed");
        drop(store);
        let again = StateStore::open(&path, Duration::from_secs(60)).unwrap();
        assert_eq!(load(&again, "a", "new").await["k"], b"v", "the new file is on the disk");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_locked_at_the_start_holds_up_nobody_and_is_opened_when_it_is_free() {
    let folder = tempfile::tempdir().unwrap();
    let (path, ttl) = (folder.path().join("state.db"), Duration::from_secs(60));
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let cause = StateStore::open(&path, ttl).err().unwrap();
    let store = StateStore::to_be_opened(&path, ttl, cause).unwrap();
    // Long enough for a try of the writer's, which waits for the lock.
    let begun = Instant::now();
    while begun.elapsed() < file::BUSY_AT_OPENING * 3 {
        let asked = Instant::now();
        let trouble = store.trouble().unwrap();
        assert!(trouble.contains("state.db cannot be opened: ") && trouble.contains("locked"), "{trouble}");
        assert!(store.load("a".into(), "one".into()).await.is_err());
        assert!(store.save("a".into(), "one".into(), changes("k", Some(b"v")), None).await.is_err());
        assert_eq!(store.find(vec!["one".into()]).await, Ok(None), "a turn goes on without it");
        assert!(asked.elapsed() < file::BUSY_AT_OPENING / 2, "it took {:?}", asked.elapsed());
        // The pause between two looks.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    other.execute_batch("ROLLBACK").unwrap();
    let opened = async {
        while store.trouble().is_some() {
            // The pause between two looks.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), opened).await.unwrap();
    store.save("a".into(), "one".into(), changes("k", Some(b"v")), None).await.unwrap();
    assert_eq!(load(&store, "a", "one").await["k"], b"v");
}

#[tokio::test]
async fn a_file_that_proves_damaged_when_it_can_be_opened_at_last_is_put_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    std::fs::write(&path, "garbage ".repeat(3000)).unwrap();
    let full = StateError::Unavailable("the disk was full".into());
    let (file, mut writing) = StateFile::to_be_opened(&path, &full).unwrap();
    assert!(file.trouble().unwrap().ends_with("state.db cannot be opened: the disk was full"));
    file.try_to_open(&mut writing).unwrap();
    assert_eq!(file.trouble(), None);
    let names = std::fs::read_dir(folder.path()).unwrap();
    let aside = names.filter(|entry| {
        entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("state.db.damaged-")
    });
    assert_eq!(aside.count(), 1);
}
