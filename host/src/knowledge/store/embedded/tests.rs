use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::knowledge::score::normalise;
use crate::knowledge::store::contract::{Folder, document};
use crate::knowledge::terms::Terms;

const DIMENSIONS: usize = 32;
/// Documents enough for groups, and windows in each.
const DOCUMENTS: usize = 84;
const WINDOWS: usize = 100;

/// The same numbers every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 16) % limit
    }

    /// Between -1 and 1.
    fn number(&mut self) -> f32 {
        self.below(20_001) as f32 / 10_000.0 - 1.0
    }
}

/// A point near one of so many centres.
fn near(centre: u64, random: &mut Random) -> Vec<f32> {
    let mut at = Random(centre * 7919 + 1);
    (0..3).for_each(|_| _ = at.next());
    let mut vector: Vec<f32> = (0..DIMENSIONS).map(|_| at.number() + 0.6 * random.number()).collect();
    assert!(normalise(&mut vector));
    vector
}

/// Characters of which some are in most texts and most in few.
fn text(random: &mut Random) -> String {
    (0..12)
        .map(|_| {
            let most = [4, 40, 400][random.below(3) as usize];
            char::from_u32(0x4e00 + random.below(most) as u32).unwrap()
        })
        .collect()
}

fn random_document(n: usize, windows: usize) -> NewDocument {
    let mut random = Random(n as u64 + 1);
    let texts: Vec<_> = (0..windows).map(|_| text(&mut random)).collect();
    let mut document =
        document(&format!("{n:03}.txt"), &texts.iter().map(String::as_str).collect::<Vec<_>>());
    for window in &mut document.windows {
        window.vector = near(random.below(60), &mut random);
        window.key = None;
    }
    document
}

fn search_for(vector: Vec<f32>, text: &str, limit: usize) -> Search {
    let terms = Arc::new(Terms::of(text));
    Search {
        vector: Some(vector.into()),
        terms,
        asked: None,
        filters: Vec::new(),
        limit,
        context: false,
        visit: Arc::default(),
    }
}

fn random_search(random: &mut Random) -> Search {
    let vector = near(random.below(60), random);
    search_for(vector, &text(random), 10)
}

async fn filled(path: &Path) -> EmbeddedStore {
    let store = EmbeddedStore::open(path.to_owned()).await.unwrap();
    for n in 0..DOCUMENTS {
        store.put_document(random_document(n, WINDOWS)).await.unwrap();
    }
    assert!(!store.shared.index().wants_regrouping(), "there are groups");
    store
}

fn places(candidates: &[Candidate]) -> Vec<(String, u32)> {
    candidates.iter().map(|candidate| (candidate.document.id.clone(), candidate.ordinal)).collect()
}

#[tokio::test]
async fn the_index_finds_what_comparing_everything_finds() {
    let folder = Folder::new();
    let store = filled(&folder.0.join("a.db")).await;
    let everything = store.clone().comparing_all(true);
    let mut random = Random(42);
    let (mut found, mut wanted) = (0, 0);
    for _ in 0..60 {
        let search = random_search(&mut random);
        let quick = store.search(search.clone()).await.unwrap();
        let thorough = everything.search(search).await.unwrap();
        for best in &thorough {
            let same = quick.iter().find(|candidate| {
                candidate.document.id == best.document.id && candidate.ordinal == best.ordinal
            });
            wanted += 1;
            found += usize::from(same.is_some());
            assert!(same.is_none_or(|same| same.parts == best.parts), "one score");
        }
    }
    assert_eq!(wanted, 600);
    assert!(found >= 588, "{found} of {wanted}");
}

#[tokio::test]
async fn what_was_deleted_does_not_come_back() {
    let folder = Folder::new();
    let path = folder.0.join("a.db");
    let store = filled(&path).await;
    for n in (0..DOCUMENTS).step_by(2) {
        assert!(store.delete_document(&format!("{n:03}.txt")).await.unwrap());
    }
    // In the place of some that left.
    for n in 100..105 {
        store.put_document(random_document(n, WINDOWS)).await.unwrap();
    }
    let expected: BTreeSet<_> =
        (1..DOCUMENTS).step_by(2).chain(100..105).map(|n| format!("{n:03}.txt")).collect();
    let reopened = EmbeddedStore::open(path).await.unwrap();
    let mut random = Random(7);
    let mut seen = BTreeSet::new();
    for _ in 0..150 {
        let search = random_search(&mut random);
        let found = store.search(search.clone()).await.unwrap();
        assert_eq!(found.len(), 10);
        seen.extend(found.iter().map(|candidate| candidate.document.id.clone()));
        let everything = store.clone().comparing_all(true).search(search.clone()).await.unwrap();
        let again = reopened.clone().comparing_all(true).search(search).await.unwrap();
        assert_eq!(places(&everything), places(&again));
        assert!(everything.iter().zip(&again).all(|(a, b)| a.parts == b.parts), "counts follow as well");
    }
    assert!(seen.is_subset(&expected), "{seen:?}");
    assert!(seen.len() > 25, "{}", seen.len());
}

#[tokio::test]
async fn a_document_is_found_while_it_is_replaced() {
    let folder = Folder::new();
    let store = EmbeddedStore::open(folder.0.join("a.db")).await.unwrap();
    for n in 0..4 {
        store.put_document(random_document(n, WINDOWS)).await.unwrap();
    }
    let version =
        |n: usize| document("news.txt", &[&format!("平行志愿第{n}版"), &format!("投档规则第{n}版")]);
    let seen_by = |text: &str| {
        let wanted = version(0).windows.remove(0);
        search_for(wanted.vector, text, 2)
    };
    store.put_document(version(0)).await.unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let (writer, flag) = (store.clone(), Arc::clone(&done));
    let writing = tokio::spawn(async move {
        for n in 1..40 {
            writer.put_document(version(n)).await.unwrap();
            writer.put_document(random_document(n % 4, WINDOWS)).await.unwrap();
        }
        flag.store(true, Ordering::SeqCst);
    });
    let search = seen_by("平行志愿版投档规则");
    while !done.load(Ordering::SeqCst) {
        let found = store.search(search.clone()).await.unwrap();
        let texts: Vec<_> = found.iter().map(|c| c.section.text.as_str()).collect();
        let versions: BTreeSet<_> = texts.iter().filter_map(|text| text.split('第').nth(1)).collect();
        assert_eq!((found.len(), versions.len()), (2, 1), "{texts:?}");
    }
    writing.await.unwrap();
}

#[tokio::test]
async fn a_base_imported_anew_with_other_dimensions_is_taken_over() {
    let folder = Folder::new();
    let path = folder.0.join("a.db");
    let serving = EmbeddedStore::open(path.clone()).await.unwrap();
    serving.put_document(random_document(0, 3)).await.unwrap();
    let other = EmbeddedStore::open(path).await.unwrap();
    assert!(other.delete_document("000.txt").await.unwrap());
    let mut document = document("b.txt", &["平行志愿"]);
    document.embedder = "other".into();
    document.windows[0].vector = vec![1.0, 0.0];
    other.put_document(document).await.unwrap();
    let search = search_for(vec![1.0, 0.0], "平行志愿", 3);
    let begun = Instant::now();
    while serving.search(search.clone()).await.unwrap().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(10), "never seen");
        tokio::task::yield_now().await;
    }
    assert_eq!(serving.embedder(&StoreVisit::default()).await.unwrap().as_deref(), Some("other"));
    assert_eq!(serving.search(search).await.unwrap().len(), 1);
}

/// Where the child of the next test writes.
const CHILD: &str = "QIANFAN_TEST_IMPORT_INTO";

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_kill() {
    if let Some(path) = std::env::var_os(CHILD) {
        import_until_killed(path.into()).await;
    }
    let folder = Folder::new();
    let path = folder.0.join("a.db");
    let mut acknowledged = BTreeSet::new();
    for kill in 0..6 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture"])
            .arg("knowledge::store::embedded::tests::what_was_acknowledged_is_there_after_a_kill")
            .env(CHILD, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut ids = lines.filter_map(|line| Some(line.split_once("stored ")?.1.to_owned()));
        acknowledged.extend(ids.by_ref().take(3 + kill));
        child.kill().unwrap();
        child.wait().unwrap();
        // It may have gone on until it was killed.
        acknowledged.extend(ids);

        let store = EmbeddedStore::open(path.clone()).await.unwrap();
        let stored: BTreeSet<_> = store.documents().await.unwrap().into_iter().map(|info| info.id).collect();
        assert!(acknowledged.is_subset(&stored), "{acknowledged:?} {stored:?}");
        for id in &stored {
            let n: usize = id.trim_end_matches(".txt").parse().unwrap();
            let whole = random_document(n, 20);
            for window in &whole.windows {
                let search =
                    search_for(window.vector.clone(), &whole.sections[window.section as usize].text, 1);
                let found = store.search(search).await.unwrap();
                assert_eq!(places(&found), [(id.clone(), window.section)], "no document is half there");
            }
        }
    }
    assert!(acknowledged.len() >= 33, "{}", acknowledged.len());
}

async fn import_until_killed(path: PathBuf) {
    let store = EmbeddedStore::open(path).await.unwrap();
    let first = store.documents().await.unwrap().len();
    for n in first.. {
        let document = random_document(n, 20);
        let id = document.info.id.clone();
        store.put_document(document).await.unwrap();
        let mut out = std::io::stdout();
        writeln!(out, "stored {id}").unwrap();
        out.flush().unwrap();
    }
}

#[tokio::test]
async fn an_import_of_many_windows_is_read_in_steps() {
    let folder = Folder::new();
    let path = folder.0.join("a.db");
    let store = EmbeddedStore::open(path.clone()).await.unwrap();
    // More than one slice, and not a whole number of steps.
    let whole = random_document(1, 173);
    store.put_document(whole.clone()).await.unwrap();
    let reopened = EmbeddedStore::open(path).await.unwrap();
    for window in &whole.windows {
        let search = search_for(window.vector.clone(), &whole.sections[window.section as usize].text, 1);
        for store in [&store, &reopened] {
            let found = store.search(search.clone()).await.unwrap();
            assert_eq!(found[0].ordinal, window.section);
        }
    }
}

#[tokio::test]
async fn a_file_without_a_byte_is_damaged_and_a_new_one_is_never_seen_so() {
    let folder = Folder::new();
    let path = folder.0.join("a.db");
    let opening: Vec<_> = (0..8).map(|_| tokio::spawn(EmbeddedStore::open(path.clone()))).collect();
    for opened in opening {
        opened.await.unwrap().unwrap();
    }
    let names: Vec<_> =
        std::fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().contains("new")), "{names:?}");
    std::fs::write(&path, "").unwrap();
    let Err(error) = EmbeddedStore::open(path.clone()).await else { panic!("taken for an empty base") };
    assert!(error.to_string().contains("it has 0 bytes") && error.to_string().contains("a.db"), "{error}");
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 0, "left as it is");
}
