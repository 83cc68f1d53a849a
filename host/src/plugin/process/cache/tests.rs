use std::os::unix::fs::PermissionsExt;

use super::*;

/// The smallest component there is.
const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("qianfan-cache-{}", uuid::Uuid::now_v7()))
}

fn load(cache: &Cache, engine: &Engine) {
    if cache.find(engine, EMPTY).is_none() {
        let file = file(&engine.precompile_component(EMPTY).unwrap());
        cache.keep(engine, EMPTY, &file);
        thaw(engine, &file).unwrap();
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn the_second_load_reads_the_file_and_a_damaged_file_is_replaced() {
    let folder = folder();
    let cache = Cache::open(&folder).unwrap();
    let engine = Engine::default();
    load(&cache, &engine);
    let [path] = files(&folder).try_into().unwrap();
    let whole = fs::read(&path).unwrap();
    let written = fs::metadata(&path).unwrap().ino();
    load(&cache, &engine);
    assert_eq!(fs::metadata(&path).unwrap().ino(), written, "a good file is not written again");

    for damage in [&whole[..whole.len() - 1], &whole[..10], &[]] {
        fs::write(&path, damage).unwrap();
        load(&cache, &engine);
        assert_eq!(fs::read(&path).unwrap().len(), whole.len());
    }
    let mut flipped = whole.clone();
    flipped[DIGEST + 5] ^= 1;
    assert!(thaw(&engine, &flipped).unwrap_err() == "it is damaged");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_file_that_nobody_uses_is_removed_and_a_used_one_stays() {
    let folder = folder();
    let cache = Cache::open(&folder).unwrap();
    let engine = Engine::default();
    load(&cache, &engine);
    let [used] = files(&folder).try_into().unwrap();
    let long_ago = SystemTime::now() - UNUSED - UNFINISHED;
    for name in ["0-1.cwasm", ".new-1", "notes.txt"] {
        write_new(&folder.join(name), &[]).unwrap();
    }
    for file in files(&folder) {
        fs::File::options().append(true).open(file).unwrap().set_modified(long_ago).unwrap();
    }
    load(&cache, &engine);
    Cache::open(&folder).unwrap();
    let mut left = files(&folder);
    left.sort();
    let mut expected = vec![folder.join("notes.txt"), used];
    expected.sort();
    assert_eq!(left, expected);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn another_configuration_has_another_file() {
    let mut config = wasmtime::Config::new();
    config.epoch_interruption(true);
    let other = Engine::new(&config).unwrap();
    assert_ne!(file_name(&Engine::default(), EMPTY), file_name(&other, EMPTY));
    assert_eq!(file_name(&Engine::default(), EMPTY), file_name(&Engine::default(), EMPTY));
}

#[test]
fn the_folder_is_private_and_one_that_is_not_is_refused() {
    let folder = folder();
    Cache::open(&folder).unwrap();
    assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o777, 0o700);
    assert!(files(&folder).is_empty(), "the probe is gone");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o770)).unwrap();
    let error = Cache::open(&folder).unwrap_err();
    assert!(
        error.starts_with("engine.cache_dir: others may write") && error.contains("chmod 700"),
        "{error}"
    );
    fs::remove_dir_all(folder).unwrap();
}
