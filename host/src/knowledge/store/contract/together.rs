//! Hosts that know nothing of one another write the same documents at the same time. At the end each
//! document is there as one of them has written it, or not at all where it was deleted as well.

use std::collections::BTreeSet;

use futures_util::stream::{self, StreamExt};

use super::*;
use crate::knowledge::digest::edited;

/// Documents, each of which is written in an order of its own.
const ROUNDS: u64 = 1000;
/// Rounds at the same time.
const AT_ONCE: usize = 16;
/// About what writing a document takes: writers that begin so far apart meet at every step.
const APART_MICROS: u64 = 12_000;

/// Numbers that look random and repeat with their seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (x ^ (x >> 31)) % bound
    }
}

/// One version of a document: its texts tell which, and how many there are.
fn version(id: &str, number: u64) -> NewDocument {
    let texts: Vec<String> =
        (0..=number % 3).map(|part| format!("平行志愿第{number}版第{part}段 {id}")).collect();
    let mut document = document(id, &texts.iter().map(String::as_str).collect::<Vec<_>>());
    document.info.digest = format!("digest-{number}");
    document
}

/// Writes one document from several hosts; gives whether it was deleted as well.
async fn round(hosts: &[Arc<dyn Store>], id: &str, seed: u64) -> bool {
    let mut dice = Dice(seed);
    if dice.below(2) == 0 {
        hosts[0].put_document(version(id, 9)).await.unwrap();
    }
    let deletes = dice.below(8) == 0;
    let is_same = dice.below(3) == 0;
    let writers = 2 + dice.below(2);
    let mut work = Vec::new();
    for writer in 0..writers {
        let host = Arc::clone(&hosts[dice.below(hosts.len() as u64) as usize]);
        let document = version(id, if is_same { 0 } else { writer });
        let wait = Duration::from_micros(dice.below(APART_MICROS));
        work.push(tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            host.put_document(document).await.unwrap();
        }));
    }
    if deletes {
        let (host, id) = (Arc::clone(&hosts[1]), id.to_owned());
        let wait = Duration::from_micros(dice.below(APART_MICROS));
        work.push(tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            host.delete_document(&id).await.unwrap();
        }));
    }
    for work in work {
        work.await.unwrap();
    }
    deletes
}

/// Gives how many documents are there.
async fn nothing_is_lost(hosts: &[Arc<dyn Store>]) -> usize {
    let rounds = stream::iter(0..ROUNDS).map(async |seed| {
        let id = format!("{seed}.txt");
        let deleted = round(hosts, &id, seed).await;
        (id, deleted)
    });
    let rounds: Vec<_> = rounds.buffer_unordered(AT_ONCE).collect().await;
    let looked = stream::iter(rounds).map(async |(id, deleted)| {
        let stored = hosts[0].document(&id).await.unwrap();
        if deleted && stored.is_none() {
            return None;
        }
        let found = whole(&*hosts[1], &id).await;
        let is_whole = stored.is_some_and(|stored| found == Some(stored.digest));
        Some((id, is_whole))
    });
    let looked: Vec<(String, bool)> =
        looked.buffer_unordered(AT_ONCE).filter_map(async |looked| looked).collect().await;
    let there = looked.len();
    let lost: BTreeSet<_> = looked.into_iter().filter(|(_, is_whole)| !is_whole).map(|(id, _)| id).collect();
    assert!(lost.is_empty(), "{} of {ROUNDS} are lost: {lost:?}", lost.len());
    let checked = hosts[0].check().await.unwrap();
    assert_eq!(checked, StoreCheck { documents: there, ..StoreCheck::default() }, "nothing is left to mend");
    there
}

/// The digest of a document that is whole and found.
async fn whole(store: &dyn Store, id: &str) -> Option<String> {
    let info = store.sound_document(id).await.unwrap()?;
    let number: u64 = info.digest.strip_prefix("digest-")?.parse().ok()?;
    // What is counted as whole is found: one part of it stands for the others.
    let text = format!("平行志愿第{number}版第{}段 {id}", info.windows - 1);
    let found = search(store, &text, 5).await;
    found.iter().find(|candidate| candidate.document.id == id && candidate.section.text == text)?;
    Some(info.digest)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hosts_on_one_qdrant_lose_no_document() {
    let server = QdrantServer::start().await;
    // What is looked for here is whether documents are lost, on a machine that may have other work.
    let patient = StoreSettings { search_timeout: Duration::from_secs(30), ..server.settings.clone() };
    let host = |_| Arc::new(QdrantStore::new("together", &patient, "together").unwrap()) as Arc<dyn Store>;
    let hosts: Vec<_> = (0..2).map(host).collect();
    let there = nothing_is_lost(&hosts).await;
    assert!(there > ROUNDS as usize / 2, "{there}");
}

/// A paused server goes on and carries out a write whose client has already been told that it failed.
#[tokio::test]
async fn of_two_that_write_at_the_same_time_the_one_that_began_later_stands() {
    let server = QdrantServer::start().await;
    let store = server.store("crossed");
    for (id, is_there) in [("new.txt", false), ("there.txt", true)] {
        if is_there {
            store.put_document(version(id, 9)).await.unwrap();
        }
        store.put_crossed(version(id, 1), version(id, 2)).await;
        assert_eq!(whole(&store, id).await.as_deref(), Some("digest-2"), "{id}");
    }
    assert_eq!(store.check().await.unwrap(), StoreCheck { documents: 2, ..StoreCheck::default() });
    assert_eq!(store.points().await, 2 * (1 + 3 + 3), "nothing is left of the others");
}

/// A change is made of what was read, and takes the place of nothing else.
async fn only_what_was_read_is_replaced(store: &dyn Store) {
    let info = async || store.document("a.txt").await.unwrap();
    assert!(store.replace_document(None, version("a.txt", 1)).await.unwrap(), "there was none");
    assert!(!store.replace_document(None, version("a.txt", 2)).await.unwrap(), "there is one");
    let read = info().await;
    assert!(store.replace_document(read.as_ref(), version("a.txt", 3)).await.unwrap());
    assert!(!store.replace_document(read.as_ref(), version("a.txt", 4)).await.unwrap(), "another is there");
    assert_eq!(whole(store, "a.txt").await.as_deref(), Some("digest-3"));
    let read = info().await;
    assert!(store.delete_document("a.txt").await.unwrap());
    assert!(!store.replace_document(read.as_ref(), version("a.txt", 5)).await.unwrap(), "it was deleted");
    assert_eq!(info().await, None);
}

#[tokio::test]
async fn only_what_was_read_is_replaced_on_both_stores() {
    let folder = Folder::new();
    only_what_was_read_is_replaced(&EmbeddedStore::open(folder.0.join("a.db")).await.unwrap()).await;
    let server = QdrantServer::start().await;
    let store = server.store("read");
    only_what_was_read_is_replaced(&store).await;
    store.put_document(version("b.txt", 1)).await.unwrap();
    let read = store.document("b.txt").await.unwrap().unwrap();
    assert!(!store.replace_disturbed(&read, version("b.txt", 2), Some(version("b.txt", 3))).await);
    assert_eq!(whole(&store, "b.txt").await.as_deref(), Some("digest-3"));
    assert_eq!(store.points().await, 1 + 1 + 1, "nothing is left of the other");
    let read = store.document("b.txt").await.unwrap().unwrap();
    assert!(!store.replace_disturbed(&read, version("b.txt", 4), None).await, "it was deleted");
    assert_eq!((store.document("b.txt").await.unwrap(), store.points().await), (None, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_on_one_file_lose_no_document() {
    let folder = Folder::new();
    let mut hosts = Vec::new();
    for _ in 0..2 {
        let store = EmbeddedStore::open(folder.0.join("a.db")).await.unwrap();
        hosts.push(Arc::new(store) as Arc<dyn Store>);
    }
    nothing_is_lost(&hosts).await;
}

/// What would undo a change is left to whoever writes it.
async fn no_change_is_undone(store: &dyn Store) {
    let put = async |number: u64, changes_of: Option<&str>| {
        let new = NewDocument { changes_of: changes_of.map(str::to_owned), ..version("a.txt", number) };
        store.put_documents(vec![new, version(&format!("b{number}.txt"), number)]).await.unwrap()
    };
    assert!(put(1, None).await.is_empty());
    assert!(put(2, None).await.is_empty(), "nobody has changed it");
    let read = store.document("a.txt").await.unwrap();
    let mut changed = version("a.txt", 3);
    changed.info.digest = edited(&changed.info.digest);
    let digest = changed.info.digest.clone();
    assert!(store.replace_document(read.as_ref(), changed.clone()).await.unwrap());
    assert!(store.put_documents(vec![changed]).await.unwrap().is_empty(), "it is itself");
    assert_eq!(put(4, None).await, ["a.txt"]);
    assert_eq!(put(5, Some("digest-3+before")).await, ["a.txt"]);
    assert_eq!(store.document("a.txt").await.unwrap().unwrap().digest, digest);
    assert_eq!(whole(store, "b5.txt").await.as_deref(), Some("digest-5"), "the others go in");
    assert!(put(6, Some(&digest)).await.is_empty());
    assert_eq!(whole(store, "a.txt").await.as_deref(), Some("digest-6"));
}

#[tokio::test]
async fn no_change_is_undone_on_both_stores() {
    let folder = Folder::new();
    no_change_is_undone(&EmbeddedStore::open(folder.0.join("a.db")).await.unwrap()).await;
    no_change_is_undone(&QdrantServer::start().await.store("changed")).await;
}

/// Changes that several processes make in one file at the same time: each has all those before it.
#[tokio::test(flavor = "multi_thread")]
async fn processes_on_one_file_change_what_they_have_read() {
    let folder = Folder::new();
    let path = folder.0.join("a.db");
    EmbeddedStore::open(path.clone()).await.unwrap().put_document(version("a.txt", 0)).await.unwrap();
    let change = async || {
        let store = EmbeddedStore::open(path.clone()).await.unwrap();
        for _ in 0..25 {
            loop {
                let read = store.document("a.txt").await.unwrap().unwrap();
                let mut next = version("a.txt", 0);
                next.info.bytes = read.bytes + 1;
                if store.replace_document(Some(&read), next).await.unwrap() {
                    break;
                }
            }
        }
    };
    let before = EmbeddedStore::open(path.clone()).await.unwrap().document("a.txt").await.unwrap().unwrap();
    tokio::join!(change(), change(), change());
    let after = EmbeddedStore::open(path).await.unwrap().document("a.txt").await.unwrap().unwrap();
    assert_eq!(after.bytes, before.bytes + 75, "none undoes another's");
}
