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
