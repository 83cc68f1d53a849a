use super::*;

fn database(path: &Path, rows: usize) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.execute_batch("CREATE TABLE IF NOT EXISTS kept (it)").unwrap();
    for _ in 0..rows {
        connection.execute("INSERT INTO kept VALUES (1)", []).unwrap();
    }
    connection
}

fn rows(path: &Path) -> i64 {
    let connection = Connection::open(path).unwrap();
    connection.query_row("SELECT count(*) FROM kept", [], |row| row.get(0)).unwrap()
}

#[test]
fn what_is_committed_is_copied_and_a_damaged_file_stops_no_other() {
    let outer = tempfile::tempdir().unwrap();
    let (data, into) = (outer.path().join("data"), outer.path().join("copy"));
    fs::create_dir_all(data.join("knowledge")).unwrap();
    fs::create_dir_all(data.join("jobs/one")).unwrap();
    fs::create_dir_all(data.join("components")).unwrap();
    // Held open by somebody who has written into the log only.
    let _writing = database(&data.join("state.db"), 3);
    let _served = database(&data.join("knowledge/faq.2.db"), 2);
    database(&data.join("knowledge/faq.db"), 9);
    database(&data.join("knowledge/faq.3.db"), 1);
    fs::write(data.join("knowledge/faq.generation"), "2\n").unwrap();
    database(&data.join("knowledge/plain.db"), 5);
    fs::write(data.join("knowledge/broken.db"), "garbage ".repeat(1000)).unwrap();
    fs::write(data.join("jobs/one.json"), "{}").unwrap();
    fs::write(data.join("jobs/one/0"), "text").unwrap();
    fs::write(data.join("components/x"), "compiled").unwrap();
    let backup = Backup::make(&data, &into).unwrap();
    let copied: Vec<_> = backup.copied.iter().map(|(path, _)| path.to_str().unwrap()).collect();
    assert_eq!(
        copied,
        [
            "jobs/one/0",
            "jobs/one.json",
            "knowledge/faq.2.db",
            "knowledge/faq.generation",
            "knowledge/plain.db",
            "state.db"
        ]
    );
    assert_eq!(backup.failed.len(), 1);
    assert_eq!(backup.failed[0].0, Path::new("knowledge/broken.db"));
    assert_eq!((rows(&into.join("state.db")), rows(&into.join("knowledge/faq.2.db"))), (3, 2));
    assert!(!into.join("knowledge/broken.db").exists() && !outer.path().join("copy.partial").exists());

    let refused = Backup::make(&data, &into).unwrap_err();
    assert!(refused.contains("holds files already"), "{refused}");
    let nothing = Backup::make(&outer.path().join("none"), &outer.path().join("other")).unwrap_err();
    assert!(nothing.contains("nothing to copy"), "{nothing}");
}
