use super::*;

#[tokio::test]
async fn the_reserve_is_spent_once_where_there_is_no_room_and_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::serving(folder.path());
    let reserve = folder.path().join(RESERVE);
    assert_eq!(std::fs::metadata(&reserve).unwrap().len(), RESERVE_BYTES, "this disk has room for the test");
    let tries = std::cell::Cell::new(0);
    let deleting = || async {
        tries.set(tries.get() + 1);
        if reserve.exists() { Err("full") } else { Ok(()) }
    };
    disk.with_reserve(|_| true, deleting).await.unwrap();
    assert_eq!(tries.get(), 2);
    assert!(reserve.exists() && !disk.is_short(), "there is room for it again");
    let refused = disk.with_reserve(|_| false, || async { Err::<(), _>("another cause") }).await;
    assert_eq!((refused, reserve.exists()), (Err("another cause"), true));
    // As the serving process leaves it; a command of the line finds it.
    let command = Disk::of(folder.path());
    command.with_reserve(|_| true, deleting).await.unwrap();
}

#[tokio::test]
async fn work_is_tried_again_where_another_has_freed_the_reserve_since() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::serving(folder.path());
    let tries = std::cell::Cell::new(0);
    let deleting = || async {
        tries.set(tries.get() + 1);
        if tries.get() > 1 {
            return Ok(());
        }
        // While this one finds no room, another spends the reserve.
        assert!(disk.spend());
        Err("full")
    };
    disk.with_reserve(|_| true, deleting).await.unwrap();
    assert_eq!(tries.get(), 2);
}

#[test]
fn a_reserve_that_was_spent_is_so_for_the_next_process() {
    let folder = tempfile::tempdir().unwrap();
    assert!(!Disk::of(folder.path()).is_spent(), "there was none yet");
    let disk = Disk::serving(folder.path());
    assert!(!Disk::of(folder.path()).is_spent());
    assert!(disk.spend());
    assert!(Disk::of(folder.path()).is_spent());
    // An earlier version has made the reserve without its mark.
    std::fs::remove_file(folder.path().join(RESERVE_MARK)).unwrap();
    std::fs::write(folder.path().join(RESERVE), "").unwrap();
    assert!(Disk::serving(folder.path()).spend());
    assert!(Disk::of(folder.path()).is_spent());
}
