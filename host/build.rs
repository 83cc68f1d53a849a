//! What travels inside the binary: the bundled plugins, which it builds to components, and the console.

#![allow(clippy::disallowed_methods, reason = "cargo tells a build script everything in variables")]

#[path = "build/console.rs"]
mod console;

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates under `plugins/` that are bundled; a crate and its plugin have one name.
const PLUGINS: &[&str] = &["knowledge-base", "search", "http-api", "markdown"];

/// Bundled too, but no plugin: the host has its documents read by it.
const READER: &str = "document-reader";

const TARGET: &str = "wasm32-wasip2";

/// What the outer cargo sets for the host and would change how plugins are built: its compiler wrapper
/// (clippy), its choice of folder and target.
const NOT_FOR_PLUGINS: &[&str] = &[
    "CARGO_BUILD_TARGET",
    "CARGO_BUILD_TARGET_DIR",
    "CARGO_TARGET_DIR",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTFLAGS",
];

fn main() {
    if let Err(problem) = run() {
        println!("cargo::error={problem}");
    }
}

fn run() -> Result<(), String> {
    let host = path("CARGO_MANIFEST_DIR")?;
    let workspace = host.parent().ok_or("host/ has no parent folder")?;
    for input in ["plugins", "wit", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={}", workspace.join(input).display());
    }
    require_target()?;
    let out = path("OUT_DIR")?;
    console::embed(&host, &out)?;
    let target = plugins_target(&out);
    build(workspace, &target)?;
    embed(&target.join(TARGET).join("plugin"), &out)
}

/// Fails with the mend where the toolchain cannot build for the target: cargo's own message would be
/// pages of crates that do not find `core`.
fn require_target() -> Result<(), String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(&rustc)
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .map_err(|error| format!("{} does not start: {error}", rustc.display()))?;
    let folder = String::from_utf8_lossy(&output.stdout);
    if output.status.success() && Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    Err(format!("the target for plugins is missing; add it with: rustup target add {TARGET}"))
}

/// A folder of its own, for the outer cargo holds the lock of the one it builds in; shared by all
/// profiles, for the plugins are the same in each.
fn plugins_target(out: &Path) -> PathBuf {
    let root = out.ancestors().skip(1).find(|folder| folder.join("CACHEDIR.TAG").is_file());
    root.unwrap_or(out).join("plugins")
}

fn build(workspace: &Path, target: &Path) -> Result<(), String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(workspace).args(["build", "--locked", "--profile", "plugin"]);
    command.args(["--target", TARGET]).arg("--target-dir").arg(target);
    for package in PLUGINS.iter().chain([&READER]) {
        command.args(["--package", package]);
    }
    for variable in NOT_FOR_PLUGINS {
        command.env_remove(variable);
    }
    // Set and empty: the flags of a configuration file, meant for the host, do not apply either.
    command.env("CARGO_ENCODED_RUSTFLAGS", "");
    let output = command.output().map_err(|error| format!("cargo does not start: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    for line in String::from_utf8_lossy(&output.stderr).lines() {
        println!("cargo::warning={line}");
    }
    Err("the bundled plugins do not build; cargo's messages stand above".to_owned())
}

/// Copies the components to where they stay as long as this build, and writes the table of them.
fn embed(built: &Path, out: &Path) -> Result<(), String> {
    let mut table = String::from("pub(crate) static BUNDLED: &[(&str, &[u8])] = &[\n");
    for plugin in PLUGINS {
        let kept = keep(plugin, built, out)?;
        table.push_str(&format!("    ({plugin:?}, include_bytes!({kept:?})),\n"));
    }
    let reader = keep(READER, built, out)?;
    table.push_str(&format!("];\npub(crate) static READER: &[u8] = include_bytes!({reader:?});\n"));
    let file = out.join("bundled.rs");
    fs::write(&file, table).map_err(|error| failed(&file, error))
}

fn keep(package: &str, built: &Path, out: &Path) -> Result<PathBuf, String> {
    let component = built.join(package.replace('-', "_")).with_extension("wasm");
    let kept = out.join(package).with_extension("wasm");
    fs::copy(&component, &kept).map_err(|error| failed(&component, error))?;
    Ok(kept)
}

fn failed(path: &Path, error: io::Error) -> String {
    format!("{}: {error}", path.display())
}

fn path(variable: &str) -> Result<PathBuf, String> {
    env::var_os(variable).map(PathBuf::from).ok_or_else(|| format!("{variable} is not set"))
}
