use std::os::unix::fs::MetadataExt;

use super::file::LAST_WRITE;
use super::*;

fn trace(number: usize) -> Trace {
    Trace { id: format!("t{number}"), app: "a".into(), question: "平行志愿".into(), ..Trace::default() }
}

fn large(number: usize) -> Trace {
    Trace { answer: "答".repeat(60_000), ..trace(number) }
}

fn open(path: &Path, traces: usize) -> Result<TraceStore, TraceStoreError> {
    open_with(path, TraceLimits { traces, bytes: 16 << 20 })
}

fn open_with(path: &Path, limits: TraceLimits) -> Result<TraceStore, TraceStoreError> {
    TraceStore::open(path, limits, &Arc::new(Disk::of(path.parent().unwrap())))
}

fn ids(store: &TraceStore, count: usize) -> Vec<String> {
    store.newest(count).unwrap().into_iter().map(|summary| summary.id).collect()
}

#[test]
fn a_trace_is_there_at_once_and_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let store = open(&path, 10).unwrap();
    store.keep(trace(1));
    store.keep(trace(2));
    let at_once = store.get("t1").unwrap().unwrap();
    assert_eq!(ids(&store, 5), ["t2", "t1"]);
    drop(store);

    let store = open(&path, 10).unwrap();
    assert_eq!(store.get("t1").unwrap().unwrap(), at_once);
    assert_eq!(ids(&store, 1), ["t2"]);
    assert_eq!(store.get("t3").unwrap(), None);
}

#[test]
fn a_file_that_is_damaged_while_it_is_in_use_is_put_aside_and_no_later_trace_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let store = open(&path, 1000).unwrap();
    (0..40).for_each(|number| store.keep(large(number)));
    while store.waiting() > 0 {
        std::thread::yield_now();
    }
    // Somebody else's write makes the writer read the file again; then all of it but the first page is spoilt.
    let other = file::reader(&path).unwrap();
    other.execute_batch("CREATE TABLE other (it)").unwrap();
    other.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(other);
    let length = path.metadata().unwrap().len() as usize;
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, &vec![0xa5; length - (16 << 10)], 16 << 10).unwrap();
    (100..120).for_each(|number| store.keep(large(number)));
    drop(store);
    let store = open(&path, 1000).unwrap();
    assert_eq!(ids(&store, 100).len(), 20);
    assert!(store.get("t100").unwrap().is_some() && store.get("t119").unwrap().is_some());
    let names = std::fs::read_dir(folder.path()).unwrap();
    let aside = names.filter(|name| {
        name.as_ref().unwrap().file_name().to_string_lossy().starts_with("traces.db.damaged-")
    });
    assert!(aside.count() >= 1);
}

/// Names of files beside the database that begin like this.
fn beside(path: &Path, begin: &str) -> usize {
    let names = std::fs::read_dir(path.parent().unwrap()).unwrap();
    names.filter(|name| name.as_ref().unwrap().file_name().to_string_lossy().starts_with(begin)).count()
}

#[test]
fn what_is_done_to_the_file_from_outside_is_seen_at_the_next_trace() {
    type Spoil = fn(&Path);
    let spoil: [(&str, Spoil); 5] = [
        ("both written over", |path| {
            for file in [path.to_owned(), path.with_extension("db-wal")] {
                let length = file.metadata().unwrap().len() as usize;
                std::fs::write(&file, vec![0x5a; length.max(4096)]).unwrap();
            }
        }),
        ("the log alone", |path| std::fs::write(path.with_extension("db-wal"), vec![0x5a; 9000]).unwrap()),
        ("cut off", |path| std::fs::write(path, "").unwrap()),
        ("removed", |path| std::fs::remove_file(path).unwrap()),
        ("another in its place", |path| {
            std::fs::write(path.with_extension("new"), "garbage").unwrap();
            std::fs::rename(path.with_extension("new"), path).unwrap();
        }),
    ];
    for (what, spoil) in spoil {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("traces.db");
        let store = open(&path, 1000).unwrap();
        let written = |store: &TraceStore| {
            while store.waiting() > 0 {
                std::thread::yield_now();
            }
        };
        (0..20).for_each(|number| store.keep(large(number)));
        written(&store);
        spoil(&path);
        store.keep(trace(100));
        written(&store);
        assert!(std::fs::read(&path).unwrap().starts_with(b"SQLite format 3"), "{what}");
        assert!(store.get("t100").unwrap().is_some(), "{what}");
        assert_eq!(ids(&store, 100), ["t100"], "{what}: a new file has begun");
        assert!(what == "removed" || beside(&path, "traces.db.damaged-") >= 1, "{what}");
        drop(store);
        assert_eq!(ids(&open(&path, 1000).unwrap(), 100), ["t100"], "{what}");
    }
}

#[test]
fn whoever_reads_a_damaged_file_has_it_put_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let store = open(&path, 1000).unwrap();
    (0..40).for_each(|number| store.keep(large(number)));
    drop(store);
    let store = open(&path, 1000).unwrap();
    let length = path.metadata().unwrap().len() as usize;
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, &vec![0xa5; length - (16 << 10)], 16 << 10).unwrap();
    assert!(store.newest(100).is_err());
    let began = std::time::Instant::now();
    while beside(&path, "traces.db.damaged-") == 0 || store.newest(100).is_err() {
        assert!(began.elapsed() < std::time::Duration::from_secs(60), "no new file begins");
        // The pause between two looks.
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(ids(&store, 100), Vec::<String>::new());
}

#[test]
fn the_oldest_go_where_the_limit_is_reached() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let store = open(&path, 3).unwrap();
    (0..600).for_each(|number| store.keep(trace(number)));
    drop(store);
    let store = open(&path, 3).unwrap();
    assert_eq!(ids(&store, 10), ["t599", "t598", "t597"]);
}

#[test]
fn where_not_even_one_fits_the_newest_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let store = open_with(&path, TraceLimits { traces: 100, bytes: 10 }).unwrap();
    (0..9).for_each(|number| store.keep(large(number)));
    drop(store);
    assert_eq!(ids(&open(&path, 100).unwrap(), 10), ["t8"]);
}

/// What the file and everything beside it take on the disk.
fn on_disk(path: &Path) -> u64 {
    let files = std::fs::read_dir(path.parent().unwrap()).unwrap();
    files.map(|file| file.unwrap().metadata().unwrap()).map(|file| file.size()).sum()
}

#[test]
fn the_file_and_all_beside_it_never_measure_more_than_they_may() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let limits = TraceLimits { traces: 100_000, bytes: 16 << 20 };
    let store = open_with(&path, limits).unwrap();
    let mut most = 0;
    for number in 0..400 {
        store.keep(large(number));
        if number % 3 == 0 {
            (0..20).for_each(|small| store.keep(Trace { id: format!("s{number}-{small}"), ..trace(0) }));
        }
        most = most.max(on_disk(&path));
    }
    drop(store);
    most = most.max(on_disk(&path));
    assert!(most <= 16 << 20, "{most}");
    let store = open_with(&path, limits).unwrap();
    let kept = ids(&store, 10_000);
    assert!(kept.contains(&"t399".to_owned()) && kept.len() > 40, "the room is used: {}", kept.len());
}

#[test]
fn an_app_that_keeps_much_puts_out_its_own_traces() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let quiet = |number: usize| Trace { id: format!("q{number}"), app: "quiet".into(), ..trace(0) };
    let store = open(&path, 100).unwrap();
    (0..20).for_each(|number| store.keep(quiet(number)));
    // Too many bytes, and too many traces.
    (0..200).for_each(|number| store.keep(large(number)));
    (1000..1500).for_each(|number| store.keep(trace(number)));
    drop(store);
    let kept = ids(&open(&path, 100).unwrap(), 1000);
    assert_eq!(kept.iter().filter(|id| id.starts_with('q')).count(), 20, "{kept:?}");
    assert_eq!(kept.len(), 100);
    assert!(kept.contains(&"t1499".to_owned()));
}

#[test]
fn a_list_tells_the_beginning_of_long_texts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let store = open(&path, 10).unwrap();
    let long = |text: &str| text.repeat(100_000);
    store.keep(Trace { question: long("问"), error: Some(long("错")), cost: Some(0.5), ..trace(1) });
    let at_once = store.newest(10).unwrap();
    drop(store);
    assert_eq!(open(&path, 10).unwrap().newest(10).unwrap(), at_once);
    let summary = serde_json::to_string(&at_once[0]).unwrap();
    assert!(summary.len() < 2048 && summary.contains("…[cut: "), "{summary}");
    assert!(summary.contains("\"prompt_tokens\":0") && summary.contains("\"cost\":0.5"), "{summary}");
}

/// The tables as the first version made them.
const VERSION_1: &str = "
PRAGMA journal_mode = WAL;
CREATE TABLE traces (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, created INTEGER NOT NULL, app TEXT NOT NULL,
    question TEXT NOT NULL, answered_by TEXT NOT NULL, finish_reason TEXT NOT NULL, total_ms REAL NOT NULL,
    bytes INTEGER NOT NULL, body TEXT NOT NULL
);
CREATE INDEX traces_bytes ON traces (number, bytes);
PRAGMA user_version = 1;";

#[test]
fn a_file_of_the_first_version_is_read_and_made_as_small_as_it_must_be() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let old = Connection::open(&path).unwrap();
    old.execute_batch(VERSION_1).unwrap();
    for number in 0..30 {
        let question = if number == 29 { "长".repeat(500_000) } else { "问".into() };
        let body = format!("{{\"text\":\"{}\"}}", "x".repeat(1 << 20));
        let values = (format!("old{number}"), question, body.len() as i64, body);
        old.execute("INSERT INTO traces VALUES (NULL, ?1, 7, 'a', ?2, 'm', 'stop', 1.5, ?3, ?4)", values)
            .unwrap();
    }
    drop(old);
    let before = on_disk(&path);
    let store = open(&path, 100).unwrap();
    let listed = store.newest(100).unwrap();
    assert_eq!((listed[0].id.as_str(), listed[0].usage, listed.len()), ("old29", None, 30));
    assert!(listed[0].question.len() < 1024, "the question is long in the file");
    store.keep(trace(1));
    drop(store);
    assert!(before > 30 << 20 && on_disk(&path) <= 16 << 20, "{before}, then {}", on_disk(&path));
    let store = open(&path, 100).unwrap();
    let kept = ids(&store, 100);
    assert_eq!(kept[..2], ["t1", "old29"], "{kept:?}");
    assert!(store.get("old29").unwrap().unwrap().starts_with("{\"text\""));
}

#[test]
fn a_file_of_a_newer_host_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let error = open(&path, 3).unwrap_err().to_string();
    assert!(error.contains("traces.db") && error.contains("newer qianfan-host"), "{error}");
}

#[test]
fn an_app_that_leaves_more_than_may_wait_loses_its_own() {
    let mut queue = TraceQueue::default();
    let trace = |app: &str, id: &str| {
        let trace = Trace { id: id.into(), app: app.into(), ..Trace::default() };
        WaitingTrace {
            number: 0,
            summary: Summary::of(&trace),
            body: "x".repeat(100),
            spent: TurnCosts::default(),
        }
    };
    queue.push(trace("quiet", "first"), 500);
    for number in 0..20 {
        queue.push(trace("busy", &number.to_string()), 500);
    }
    queue.push(trace("quiet", "last"), 500);
    let kept: Vec<&str> = queue.waiting.iter().map(|trace| trace.summary.id.as_str()).collect();
    assert_eq!(kept, ["first", "17", "18", "19", "last"]);
    assert_eq!((queue.bytes, queue.lost), (500, 17));
    queue.push(WaitingTrace { body: "x".repeat(900), ..trace("large", "alone") }, 500);
    assert_eq!(queue.waiting.len(), 5, "one that is too large goes itself while others wait");
}

#[test]
fn what_was_written_leaves_the_queue_and_what_overflowed_meanwhile_is_not_missed() {
    let mut queue = TraceQueue::default();
    let waiting = |id: usize| WaitingTrace {
        number: 0,
        summary: Summary::of(&trace(id)),
        body: "x".repeat(100),
        spent: TurnCosts::default(),
    };
    (0..4).for_each(|id| queue.push(waiting(id), 400));
    let batch = queue.batch(TraceLimits { traces: 3, bytes: 1000 });
    // Two of the three are pushed out while they are written.
    (4..6).for_each(|id| queue.push(waiting(id), 400));
    queue.remove_until(batch.last().unwrap().number);
    let left: Vec<&str> = queue.waiting.iter().map(|trace| trace.summary.id.as_str()).collect();
    assert_eq!((left, queue.bytes, queue.lost), (vec!["t3", "t4", "t5"], 300, 2));
}

#[test]
fn traces_that_come_together_are_written_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let store = open(&path, 10_000).unwrap();
    let other = Connection::open(&path).unwrap();
    let versions = || other.query_row("PRAGMA data_version", [], |row| row.get::<_, i64>(0)).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for number in 0..500 {
        store.keep(trace(number));
        seen.insert(versions());
    }
    wait_for(&store, || _ = seen.insert(versions()));
    assert!(seen.len() < 50, "{} transactions for 500 traces", seen.len());
}

#[test]
fn what_another_connection_has_written_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let store = open(&path, 3).unwrap();
    (0..2).for_each(|number| store.keep(trace(number)));
    wait_for(&store, || {});
    let other = Connection::open(&path).unwrap();
    for number in 10..15 {
        let row = "INSERT INTO traces (id, created, app, question, answered_by, finish_reason, total_ms, bytes, body)
                   VALUES (?1, 7, 'b', '问', 'm', 'stop', 1.5, 2, '{}')";
        other.execute(row, [format!("t{number}")]).unwrap();
    }
    store.keep(trace(2));
    wait_for(&store, || {});
    assert_eq!(ids(&store, 10), ["t2", "t14", "t1"], "the app that holds the most gives way");
    // The last trace with an id counts.
    store.keep(Trace { answer: "再说一次".into(), ..trace(2) });
    drop(store);
    let store = open(&path, 3).unwrap();
    assert_eq!(ids(&store, 10), ["t2", "t14"]);
    assert!(store.get("t2").unwrap().unwrap().contains("再说一次"));
}

/// Waits until nothing waits for the disk, and does something meanwhile.
fn wait_for(store: &TraceStore, mut meanwhile: impl FnMut()) {
    let end = std::time::Instant::now() + Duration::from_secs(60);
    while store.waiting() > 0 {
        assert!(std::time::Instant::now() < end, "they are not written");
        meanwhile();
        // The pause between two looks.
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// A store whose file another connection has locked, and in which a trace waits.
fn locked(path: &Path) -> (TraceStore, Connection) {
    let store = open(path, 10).unwrap();
    let other = Connection::open(path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    store.keep(trace(1));
    (store, other)
}

#[test]
fn what_cannot_be_written_waits_and_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let (store, other) = locked(&path);
    // As long as the writer waits for the lock: it gives up, and tries again after a pause.
    std::thread::sleep(LAST_WRITE + FIRST_PAUSE / 2);
    assert_eq!((store.waiting(), store.lost().get()), (1, 0));
    assert!(store.get("t1").unwrap().is_some());
    other.execute_batch("ROLLBACK").unwrap();
    wait_for(&store, || {});
    drop(store);
    assert_eq!(ids(&open(&path, 10).unwrap(), 5), ["t1"]);
}

#[test]
fn what_cannot_be_written_before_the_end_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _other) = locked(&folder.path().join("traces.db"));
    let lost = store.lost().clone();
    let began = std::time::Instant::now();
    drop(store);
    assert_eq!(lost.get(), 1);
    assert!(began.elapsed() < LAST_WRITE * 3, "the end waits for the disk, and not for ever");
}

/// What a store shares whose file could not be opened yet.
fn without_file(path: &Path, disk: &Path) -> Arc<TracesShared> {
    Arc::new(TracesShared {
        queue: Mutex::default(),
        changed: Condvar::new(),
        path: path.to_owned(),
        reader: Mutex::new(file::nothing().unwrap()),
        unopened: Mutex::new(Some("the disk was full".into())),
        disk: Arc::new(Disk::of(disk)),
        batch: TraceFile::batch(LIMITS),
        lost: Counter::default(),
    })
}

const LIMITS: TraceLimits = TraceLimits { traces: 10, bytes: 16 << 20 };

#[test]
fn without_a_file_what_waits_is_read_and_what_is_not_there_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let shared = without_file(&folder.path().join("traces.db"), folder.path());
    let store = TraceStore { lost: shared.lost.clone(), shared, writer: None };
    store.keep(trace(1));
    assert_eq!(ids(&store, 10), ["t1"]);
    assert!(store.get("t1").unwrap().is_some());
    assert_eq!((store.get("t2").unwrap(), store.app_of("t2").unwrap()), (None, None));
    let page = store.list(&TraceFilter::default(), None, 10).unwrap().unwrap();
    assert_eq!((page.data.len(), page.next), (1, None));
    assert!(store.list(&TraceFilter::default(), Some("t2"), 10).unwrap().is_none());
    assert!(store.costs(&CostQuery::default()).is_ok());
    let trouble = store.trouble().unwrap();
    assert!(trouble.ends_with("traces.db cannot be opened: the disk was full"), "{trouble}");
}

#[test]
fn a_file_that_proves_damaged_when_it_can_be_opened_at_last_is_put_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    std::fs::write(&path, "garbage ".repeat(3000)).unwrap();
    let shared = without_file(&path, folder.path());
    // Whoever leaves it where it is ends here.
    shared.queue().closed = true;
    assert!(shared.opened_at_last(LIMITS).is_some());
    assert_eq!((beside(&path, "traces.db.damaged-"), shared.unopened().clone()), (1, None));
}

#[test]
fn the_end_tries_once_more_to_open_what_could_not_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("away").join("traces.db");
    let shared = without_file(&path, folder.path());
    *shared.unopened() = None;
    let theirs = Arc::clone(&shared);
    let writer = std::thread::spawn(move || theirs.opened_at_last(LIMITS).is_some());
    let end = std::time::Instant::now() + Duration::from_secs(60);
    while shared.unopened().is_none() {
        assert!(std::time::Instant::now() < end, "it was not tried");
        // The pause between two looks.
        std::thread::sleep(Duration::from_millis(1));
    }
    // During the pause after that try.
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    shared.queue().closed = true;
    shared.changed.notify_all();
    assert!(writer.join().unwrap());
}
