use super::*;

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch("CREATE TABLE IF NOT EXISTS kept (it)")?;
    Ok(connection)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn garbage_is_put_aside_with_what_is_beside_it_and_a_sound_file_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    for round in 1..=2 {
        std::fs::write(&path, "garbage ".repeat(1000)).unwrap();
        std::fs::write(folder.path().join("state.db-wal"), "old").unwrap();
        or_anew(&path, || open(&path)).unwrap();
        let aside = names(folder.path());
        let aside = aside.iter().filter(|name| name.starts_with("state.db.damaged-"));
        assert_eq!(aside.filter(|name| !name.ends_with("-wal")).count(), round);
    }
    let refused: Result<(), &str> = or_anew(&path, || Err("of a newer version"));
    assert_eq!(refused, Err("of a newer version"));
    assert!(path.exists());
}

#[test]
fn what_is_no_file_is_put_aside_with_what_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    std::fs::create_dir(&path).unwrap();
    std::fs::write(path.join("mine.txt"), "kept").unwrap();
    let told = or_told(&path, || open(&path)).unwrap_err();
    assert!(told.contains("traces.db is damaged: it is a folder, not a file; "), "{told}");
    assert!(path.is_dir(), "a look leaves it");
    or_anew(&path, || open(&path)).unwrap();
    assert!(path.is_file());
    let names = names(folder.path());
    let aside = names.iter().find(|name| name.starts_with("traces.db.damaged-")).unwrap();
    assert_eq!(std::fs::read(folder.path().join(aside).join("mine.txt")).unwrap(), b"kept");

    std::fs::remove_file(&path).unwrap();
    let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    or_anew(&path, || open(&path)).unwrap();
    assert!(path.is_file(), "a socket is no file either");
}

#[test]
fn a_look_leaves_a_damaged_file_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    std::fs::write(&path, "garbage ".repeat(1000)).unwrap();
    let told = or_told(&path, || open(&path)).unwrap_err();
    assert!(told.contains("traces.db is damaged: ") && told.contains("put it back from a backup"), "{told}");
    assert_eq!(names(folder.path()), ["traces.db"]);
    let refused: Result<(), String> = or_told(&path, || Err("of a newer version"));
    assert!(refused.unwrap_err().contains("damaged"), "whatever else is wrong with it");
}

#[test]
fn a_look_finds_damage_behind_the_first_page_and_opens_nothing_then() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    let connection = open(&path).unwrap();
    for _ in 0..100 {
        connection.execute("INSERT INTO kept VALUES (zeroblob(1000))", []).unwrap();
    }
    drop(connection);
    assert!(or_told(&path, || open(&path)).is_ok());
    let sound = std::fs::read(&path).unwrap();
    for page in 1..8 {
        let mut bytes = sound.clone();
        bytes[page * 4096..page * 4096 + 2000].fill(0xa5);
        std::fs::write(&path, bytes).unwrap();
        let told = or_told(&path, || -> rusqlite::Result<()> { panic!("it is opened") }).unwrap_err();
        assert!(told.contains("state.db is damaged: ") && !told.contains('\n'), "{told}");
    }
}
