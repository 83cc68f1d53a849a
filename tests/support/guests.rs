//! Components the tests build themselves: the hostile guests, once for each test run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// A contributor that does what its configuration says.
pub(crate) fn hostile() -> PathBuf {
    component("hostile")
}

/// The component of the guest `describer`, in which each named text has been written: `name`, `version`,
/// `summary`, `model-summary`, `config-schema`, `arguments-schema`, `memory` (mebibytes it takes while it
/// describes itself), `failure` (what it logs and fails with).
pub(crate) fn described(texts: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = std::fs::read(component("describer"))
        .unwrap_or_else(|error| panic!("the component of `describer` cannot be read: {error}"));
    for (name, text) in texts {
        let mark = format!("<<{name}>>~");
        let Some(start) = bytes.windows(mark.len()).position(|bytes| bytes == mark.as_bytes()) else {
            panic!("`describer` has no place for `{name}`");
        };
        let filled = bytes[start + mark.len()..].iter().take_while(|&&byte| byte == b'~').count();
        let place = &mut bytes[start..start + mark.len() + filled];
        assert!(text.len() <= place.len(), "`{name}` is too long for its place");
        place.fill(b'~');
        place[..text.len()].copy_from_slice(text.as_bytes());
    }
    bytes
}

/// The component of a guest in `tests/guests`, such as `hostile` or `formatter`.
pub(crate) fn component(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| build("tests/guests", &[])).join(format!("{}.wasm", name.replace('-', "_")))
}

/// A schema of three kilobytes that checks a value 2^40 times: each of its definitions refers twice to the
/// next.
pub(crate) fn schema_bomb() -> String {
    let mut definitions = String::new();
    for level in 0..40 {
        let next = format!("{{\"$ref\":\"#/$defs/d{}\"}}", level + 1);
        definitions.push_str(&format!("\"d{level}\":{{\"allOf\":[{next},{next}]}},"));
    }
    format!("{{\"$ref\":\"#/$defs/d0\",\"$defs\":{{{definitions}\"d40\":{{\"type\":\"object\"}}}}}}")
}

/// Builds the crates in a folder of the project, with arguments of cargo's that say which; returns the
/// folder their components are in.
pub(crate) fn build(folder: &str, which: &[&str]) -> PathBuf {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    // A folder of their own: cargo locks the one the tests were built in.
    let target = target_folder().join("guests");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // What is meant for the host's own build.
    for variable in ["CARGO_BUILD_TARGET", "RUSTC_WORKSPACE_WRAPPER", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"]
    {
        cargo.env_remove(variable);
    }
    let output = cargo
        .args(["build", "--release", "--locked", "--target", "wasm32-wasip2", "--target-dir"])
        .arg(&target)
        .args(which)
        .current_dir(&sources)
        .output()
        .unwrap_or_else(|error| panic!("cargo does not start: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "what is in {folder} does not build; where the target is missing, run: rustup target add wasm32-wasip2\n{said}"
    );
    target.join("wasm32-wasip2/release")
}

/// `target` in `target/debug/deps/tests-0123`, wherever the user has put it.
pub(crate) fn target_folder() -> PathBuf {
    let test = std::env::current_exe().unwrap_or_else(|error| panic!("a test has a path: {error}"));
    match test.ancestors().nth(3) {
        Some(folder) => folder.to_owned(),
        None => panic!("{} is not in a target folder", test.display()),
    }
}
