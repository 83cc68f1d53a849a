//! The hostile guests of the tests, compiled once for each test run.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// The component of a guest in `tests/guests`: `hostile` or `formatter`.
pub fn component(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(build).join(format!("{name}.wasm"))
}

fn build() -> PathBuf {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/guests");
    // A folder of their own: cargo locks the one the tests were built in.
    let target = target_folder().join("guests");
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--release", "--locked", "--target", "wasm32-wasip2", "--target-dir"])
        .arg(&target)
        .current_dir(&sources)
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "the guests in tests/guests do not build; where the target is missing, run: rustup target add wasm32-wasip2\n{said}"
    );
    target.join("wasm32-wasip2/release")
}

/// `target` in `target/debug/deps/tests-0123`, wherever the user has put it.
fn target_folder() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    test.ancestors().nth(3).expect("tests are three folders below the target folder").to_owned()
}
