//! The console's files, which npm has built into `host/console/dist`, and how they come into the binary.

use std::env;
use std::fs;
use std::path::Path;

use super::failed;

/// Set where a binary without the console must not be built, as for a release.
const REQUIRE: &str = "QIANFAN_REQUIRE_CONSOLE";

/// What a build without the files says.
const MISSING: &str = "host/console/dist is not there, so the binary will have no console; run: make console";

/// Copies the files to where they stay as long as this build, and writes the table of them: name, bytes,
/// and the same bytes as gzip. Without the files the table is empty.
pub(super) fn embed(host: &Path, out: &Path) -> Result<(), String> {
    println!("cargo::rerun-if-env-changed={REQUIRE}");
    let sources = host.join("console");
    let built = sources.join("dist");
    let is_built = built.join("index.html").is_file();
    // A path that is not there would have every build begin anew, so then its folder is watched.
    println!("cargo::rerun-if-changed={}", if is_built { &built } else { &sources }.display());
    if !is_built {
        if env::var_os(REQUIRE).is_some_and(|value| value == "1") {
            return Err(MISSING.to_owned());
        }
        println!("cargo::warning={MISSING}");
    }
    let names = if is_built { names(&built)? } else { Vec::new() };
    let kept = out.join("console");
    fs::create_dir_all(&kept).map_err(|error| failed(&kept, error))?;
    let mut table = String::from("static BUILT: &[(&str, &[u8], &[u8])] = &[\n");
    for name in names {
        let packed = format!("{name}.gz");
        for name in [&name, &packed] {
            fs::copy(built.join(name), kept.join(name)).map_err(|error| failed(&built.join(name), error))?;
        }
        let (plain, packed) = (kept.join(&name), kept.join(&packed));
        table.push_str(&format!("    ({name:?}, include_bytes!({plain:?}), include_bytes!({packed:?})),\n"));
    }
    table.push_str("];\n");
    let file = out.join("console.rs");
    fs::write(&file, table).map_err(|error| failed(&file, error))
}

/// The files that are served, in the order of their names.
fn names(built: &Path) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(built).map_err(|error| failed(built, error))? {
        let name = entry.map_err(|error| failed(built, error))?.file_name();
        let name = name.into_string().map_err(|name| format!("{} is not UTF-8", name.display()))?;
        if [".html", ".js", ".css"].iter().any(|kind| name.ends_with(kind)) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
