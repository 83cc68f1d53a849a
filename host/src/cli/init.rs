//! `qianfan-host init`: a folder to begin with.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::CommandError;
use crate::clean;
use crate::knowledge::{EmbedderSettings, missing_model_files};

#[derive(Args)]
pub(super) struct InitArguments {
    /// The folder, made where it is missing; nothing in it is overwritten.
    #[arg(default_value = ".")]
    folder: PathBuf,
}

/// The files of a new folder: a configuration that answers as it stands, and what it names.
const FILES: [(&str, &str); 4] = [
    (CONFIG, include_str!("init/host.toml")),
    ("prompts/answer.md.j2", include_str!("init/answer.md.j2")),
    ("knowledge/docs/退换货说明.md", include_str!("init/returns.md")),
    ("knowledge/faq/常见问题.csv", include_str!("init/faq.csv")),
];

const CONFIG: &str = "host.toml";

/// Makes the folder; `named` says that commands find their configuration by another name than the usual.
pub(super) fn run(arguments: &InitArguments, named: bool) -> Result<(), CommandError> {
    let folder = &arguments.folder;
    let shown = clean::line(&folder.display().to_string()).into_owned();
    if folder.exists() && !folder.is_dir() {
        return Err(format!("{shown} is not a folder; name one that is empty or does not exist yet"));
    }
    // A broken link counts as there: what is written to it would land elsewhere.
    let there: Vec<&str> = FILES
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| fs::symlink_metadata(folder.join(name)).is_ok())
        .collect();
    if !there.is_empty() {
        return Err(format!(
            "{shown} has {} already, and nothing is overwritten; name another folder, such as `{} init my-shop`",
            there.join(", "),
            program()
        ));
    }
    for (name, text) in FILES {
        let path = folder.join(name);
        write_new(&path, text).map_err(|error| {
            format!("{} cannot be written: {error}", clean::line(&path.display().to_string()))
        })?;
        outln!("{}", clean::line(&path.display().to_string()));
    }
    tell_next(folder, named);
    Ok(())
}

/// Another process may have been quicker since the look before.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())
}

fn tell_next(folder: &Path, named: bool) {
    let program = program();
    let is_here = folder == Path::new(".");
    let program = if is_here && !named {
        program
    } else {
        format!("{program} -c {}", quoted(&folder.join(CONFIG).to_string_lossy()))
    };
    let data = |base: &str| {
        let path = Path::new("knowledge").join(base);
        let path = if is_here { path } else { folder.join(path) };
        quoted(&path.to_string_lossy())
    };
    outln!();
    // Nothing of what follows can search without it.
    if !missing_model_files(&EmbedderSettings::default()).is_empty() {
        outln!("First, since this machine has no embedding model yet:");
        outln!("  {program} setup model");
        outln!();
    }
    outln!("Next:");
    outln!("  {program} check");
    outln!("  {program} kb import docs {} && {program} kb import faq {}", data("docs"), data("faq"));
    outln!("  {program} serve");
    outln!();
    outln!("Then open http://127.0.0.1:8080/console/, or ask in another terminal:");
    outln!("  {program} chat --url http://127.0.0.1:8080 保修期是多久？");
}

/// How the binary was called, so that what is printed can be pasted.
fn program() -> String {
    let called = std::env::args_os().next().map(|name| name.to_string_lossy().into_owned());
    quoted(&called.filter(|name| !name.is_empty()).unwrap_or_else(|| "qianfan-host".to_owned()))
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let word = clean::line(word);
    let is_plain =
        |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '+' | ':' | '@' | '%');
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.into_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests;
