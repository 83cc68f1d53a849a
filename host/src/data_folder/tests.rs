use super::*;

fn folder(mode: u32) -> (tempfile::TempDir, PathBuf) {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("data");
    fs::create_dir(&folder).unwrap();
    set(&folder, mode);
    (outer, folder)
}

fn set(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

#[test]
fn an_open_folder_of_our_own_is_closed_with_all_that_is_in_it() {
    let (_outer, folder) = folder(0o755);
    fs::create_dir(folder.join("knowledge")).unwrap();
    for (name, before) in [("traces.db", 0o644), ("traces.db-wal", 0o666), ("knowledge/faq.db", 0o644)] {
        fs::write(folder.join(name), "x").unwrap();
        set(&folder.join(name), before);
    }
    set(&folder.join("knowledge"), 0o777);
    prepare(&folder).unwrap();
    assert_eq!((mode(&folder), mode(&folder.join("knowledge"))), (0o700, 0o700));
    for name in ["traces.db", "traces.db-wal", "knowledge/faq.db"] {
        assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
    }
}

#[test]
fn what_stands_in_the_place_of_the_hosts_own_is_told_all_of_it() {
    let (_outer, folder) = folder(0o700);
    for name in ["components", "jobs"] {
        fs::write(folder.join(name), "").unwrap();
    }
    for name in ["state.db", "traces.db"] {
        fs::create_dir(folder.join(name)).unwrap();
    }
    let told = in_the_way(&folder);
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(
        told[0].ends_with(
            "components is a file, not a folder; move it away, or name another folder in data_dir"
        )
    );
    assert!(told[3].contains("traces.db is a folder, not a file; move it away"), "{told:?}");
    assert_eq!(prepare(&folder).unwrap_err(), told[0]);
    let of_file = prepare(&folder.join("jobs")).unwrap_err();
    assert!(
        of_file.ends_with("jobs is a file, not a folder; move it away, or name another folder in data_dir"),
        "{of_file}"
    );
    // What is in the place of a database is put aside and stops nobody.
    for name in ["components", "jobs"] {
        fs::remove_file(folder.join(name)).unwrap();
    }
    prepare(&folder).unwrap();
}

#[test]
fn a_new_folder_is_closed_and_one_for_a_group_stays_so() {
    let outer = tempfile::tempdir().unwrap();
    let new = outer.path().join("a/b");
    prepare(&new).unwrap();
    assert_eq!(mode(&new), 0o700);
    let (_outer, folder) = folder(0o750);
    prepare(&folder).unwrap();
    assert_eq!(mode(&folder), 0o750);
}

#[test]
fn in_a_folder_that_holds_more_only_what_is_ours_is_closed() {
    let (_outer, home) = folder(0o755);
    for name in ["thesis.tex", "traces.db"] {
        fs::write(home.join(name), "x").unwrap();
        set(&home.join(name), 0o644);
    }
    prepare(&home).unwrap();
    assert_eq!((mode(&home), mode(&home.join("thesis.tex"))), (0o755, 0o644));
    assert_eq!((mode(&home.join("traces.db")), mode(&home.join("knowledge"))), (0o600, 0o700));
}

#[test]
fn a_folder_that_others_write_to_is_refused_and_left_as_it_is() {
    let (_outer, home) = folder(0o777);
    fs::write(home.join("thesis.tex"), "x").unwrap();
    let refused = prepare(&home).unwrap_err();
    assert!(refused.contains("holds more") && refused.contains("name a folder in data_dir"), "{refused}");
    assert_eq!(mode(&home), 0o777);
    let (_outer, shared) = folder(0o1777);
    assert!(prepare(&shared).unwrap_err().contains("users share"));
    assert_eq!(mode(&shared), 0o1777);
}

#[test]
fn what_another_user_has_put_there_is_refused() {
    // Only root can give a folder away.
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let (_outer, folder) = folder(0o700);
    let planted = folder.join("knowledge");
    fs::create_dir(&planted).unwrap();
    std::os::unix::fs::chown(&planted, Some(12345), None).unwrap();
    let refused = prepare(&folder).unwrap_err();
    assert!(refused.contains("knowledge") && refused.contains("id 12345"), "{refused}");
    // A container's root in the folder of another user.
    std::os::unix::fs::chown(&folder, Some(12345), None).unwrap();
    prepare(&folder).unwrap();
}

#[test]
fn one_process_at_a_time_serves_from_a_folder() {
    let (_outer, folder) = folder(0o700);
    drop(ServingLock::take(&folder).unwrap());
    assert_eq!(mode(&folder.join(LOCK)) & OTHERS, 0);
    std::fs::write(folder.join(LOCK), "1234567 of an earlier process").unwrap();
    let held = ServingLock::take(&folder).unwrap();
    let refused = ServingLock::take(&folder).unwrap_err();
    let id = std::process::id();
    assert!(refused.starts_with(&format!("the process {id} serves from")), "{refused}");
    // Whoever tidies the folder up does not let a second one in.
    fs::remove_file(folder.join(LOCK)).unwrap();
    assert!(ServingLock::take(&folder).unwrap_err().contains("serves from"));
    drop(held);
    drop(ServingLock::take(&folder).unwrap());
    assert_eq!(fs::read_to_string(folder.join(LOCK)).unwrap(), format!("{id}\n"));
}

#[test]
fn a_link_out_of_the_folder_is_not_followed() {
    let (outer, folder) = folder(0o755);
    let elsewhere = outer.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    set(&elsewhere, 0o755);
    std::os::unix::fs::symlink(&elsewhere, folder.join("jobs")).unwrap();
    prepare(&folder).unwrap();
    assert_eq!(mode(&elsewhere), 0o755);
}
