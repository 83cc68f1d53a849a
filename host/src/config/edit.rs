//! Changing some keys of a configuration file, or a template beside it, and nothing else of it.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, Table, TableLike};

use super::Config;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A file with a part of it changed. Nothing is written yet.
#[derive(Debug)]
pub struct Edit {
    path: PathBuf,
    /// `None` where there is no file yet.
    before: Option<String>,
    after: String,
}

/// A number to set in a `[knowledge.<name>]` table.
#[derive(Debug, Clone, Copy)]
pub struct KnowledgeEdit<'a> {
    /// The base's name.
    pub base: &'a str,
    /// The key.
    pub key: &'static str,
    /// Its new value.
    pub value: f64,
}

/// A key to set in a table `[table.name]`.
#[derive(Debug, Clone)]
pub struct Setting<'a> {
    /// The table's section, such as `knowledge`.
    pub table: &'static str,
    /// Such as the base's name.
    pub name: &'a str,
    /// The key.
    pub key: &'a str,
    /// Its new value; without one the key is taken out.
    pub value: Option<toml_edit::Value>,
}

impl Edit {
    /// Sets numbers of knowledge bases; see [`Self::settings`].
    pub fn knowledge(path: &Path, changes: &[KnowledgeEdit]) -> Result<Self, String> {
        let setting = |&KnowledgeEdit { base, key, value }| Setting {
            table: "knowledge",
            name: base,
            key,
            value: Some(value.into()),
        };
        let settings: Vec<Setting<'_>> = changes.iter().map(setting).collect();
        let edit = Self::settings(path, &settings)?;
        let read = Config::parse(&edit.after, &edit.path);
        read.map_err(|error| refusal(&edit.path, &settings, &error.to_string()))?;
        Ok(edit)
    }

    /// Sets keys of a configuration file. Comments and layout stay. Whether the values make sense is for whoever
    /// reads [`Self::after`].
    pub fn settings(path: &Path, settings: &[Setting<'_>]) -> Result<Self, String> {
        // A link stays a link: what it leads to is changed.
        let path =
            path.canonicalize().map_err(|error| format!("{} cannot be found: {error}", path.display()))?;
        let before = std::fs::read_to_string(&path)
            .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        let refuse = |cause: &str| refusal(&path, settings, cause);
        // Editors of Windows begin a file with this mark, which is none of the TOML.
        let (mark, text) = match before.strip_prefix(BYTE_ORDER_MARK) {
            Some(text) => (BYTE_ORDER_MARK, text),
            None => ("", before.as_str()),
        };
        let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
            refuse(&format!("is not valid TOML: {}", error.message()))
        })?;
        if newlines(&document.to_string()) != newlines(text) {
            return Err(refuse("its layout could not be kept"));
        }
        for setting in settings {
            let table = document
                .get_mut(setting.table)
                .and_then(Item::as_table_like_mut)
                .and_then(|tables| tables.get_mut(setting.name))
                .and_then(Item::as_table_like_mut)
                .ok_or_else(|| refuse("has no such table"))?;
            set(table, setting);
        }
        let mut after = document.to_string();
        if before.contains("\r\n") {
            after = after.replace("\r\n", "\n").replace('\n', "\r\n");
        }
        if !settings.iter().all(|setting| is_written(&after, setting)) {
            return Err(refuse("could not be changed"));
        }
        let after = format!("{mark}{after}");
        Ok(Self { path, before: Some(before), after })
    }

    /// Gives a file another text. One that is not there is made.
    pub fn text(path: &Path, after: &str) -> Result<Self, String> {
        let cannot = |error: std::io::Error| format!("{} cannot be read: {error}", path.display());
        let (path, before) = match path.canonicalize() {
            Ok(path) => {
                let before = std::fs::read_to_string(&path).map_err(cannot)?;
                (path, Some(before))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => (path.to_owned(), None),
            Err(error) => return Err(cannot(error)),
        };
        Ok(Self { path, before, after: after.to_owned() })
    }

    /// The file as it is.
    pub fn before(&self) -> Option<&str> {
        self.before.as_deref()
    }

    /// The file as it will be.
    pub fn after(&self) -> &str {
        &self.after
    }

    /// Whether the file holds that value already.
    pub fn is_empty(&self) -> bool {
        self.before.as_ref() == Some(&self.after)
    }

    /// What changes, in the format of `diff -u`.
    pub fn diff(&self) -> String {
        let before = self.before.as_deref().unwrap_or_default();
        diff(&self.path.display().to_string(), before, &self.after)
    }

    /// The lines that go and those that come, without those around them.
    pub fn lines(&self) -> String {
        let diff = self.diff();
        let lines = diff.lines().skip(2).filter(|line| line.starts_with(['-', '+']));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Puts the new file in the old one's place, at once.
    pub fn write(&self) -> Result<(), String> {
        let refuse = |error: std::io::Error| format!("{} cannot be written: {error}", self.path.display());
        // In the same folder, or the rename could not be atomic.
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let new = self.path.with_file_name(format!(".{name}.{}.new", uuid::Uuid::now_v7().simple()));
        let result = self.put(&new);
        if result.is_err() {
            _ = std::fs::remove_file(&new);
        }
        result.map_err(refuse)
    }

    /// Puts the file back that there was before [`Self::write`].
    pub fn take_back(&self) -> Result<(), String> {
        let back = match &self.before {
            Some(before) => {
                let now = Some(self.after.clone());
                return Self { path: self.path.clone(), before: now, after: before.clone() }.write();
            }
            None => std::fs::remove_file(&self.path),
        };
        back.map_err(|error| format!("{} cannot be removed: {error}", self.path.display()))
    }

    fn put(&self, new: &Path) -> std::io::Result<()> {
        if let Some(folder) = new.parent().filter(|_| self.before.is_none()) {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(new)?;
        if self.before.is_some() {
            file.set_permissions(std::fs::metadata(&self.path)?.permissions())?;
        }
        file.write_all(self.after.as_bytes())?;
        file.sync_all()?;
        let now = match std::fs::read_to_string(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            now => Some(now?),
        };
        if now != self.before {
            return Err(std::io::Error::other("it was changed meanwhile; look at it and try again"));
        }
        std::fs::rename(new, &self.path)
    }
}

fn refusal(path: &Path, settings: &[Setting<'_>], cause: &str) -> String {
    let line = |setting: &Setting<'_>| {
        let Setting { table, name, key, value } = setting;
        match value {
            Some(value) => format!("`{key} = {value}` into [{table}.{name}]"),
            None => format!("[{table}.{name}] without `{key}`"),
        }
    };
    let lines = settings.iter().map(line).collect::<Vec<_>>().join(", ");
    format!("{}: {cause}; write {lines} yourself", path.display())
}

fn set(table: &mut dyn TableLike, setting: &Setting<'_>) {
    let Some(value) = &setting.value else {
        table.remove(setting.key);
        return;
    };
    let mut new = value.clone();
    match table.get_mut(setting.key) {
        Some(Item::Value(old)) => {
            if !is_same(old, value) {
                *new.decor_mut() = old.decor().clone();
                *old = new;
            }
        }
        _ => _ = table.insert(setting.key, Item::Value(new)),
    }
}

/// A number may be written with and without a point.
fn is_same(old: &toml_edit::Value, new: &toml_edit::Value) -> bool {
    let number = |value: &toml_edit::Value| value.as_float().or(value.as_integer().map(|whole| whole as f64));
    match (number(old), number(new)) {
        (Some(old), Some(new)) => old == new,
        _ => old.as_str().is_some() && old.as_str() == new.as_str(),
    }
}

/// Whether whoever reads the file finds the setting there.
fn is_written(after: &str, setting: &Setting<'_>) -> bool {
    let Ok(document) = after.parse::<DocumentMut>() else { return false };
    let root: &Table = document.as_table();
    let tables = root.get(setting.table).and_then(Item::as_table_like);
    let table = tables.and_then(|tables| tables.get(setting.name)).and_then(Item::as_table_like);
    let found = table.and_then(|table| table.get(setting.key)).and_then(Item::as_value);
    match (found, &setting.value) {
        (Some(found), Some(value)) => is_same(found, value),
        (found, value) => found.is_none() && value.is_none(),
    }
}

/// The text without what a change may even out: line ends, also a missing last one.
fn newlines(text: &str) -> String {
    text.trim_end().replace("\r\n", "\n")
}

/// Lines around a change.
const CONTEXT: usize = 3;

/// One hunk, from the first line that differs to the last.
fn diff(name: &str, before: &str, after: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let shorter = old.len().min(new.len()) - same;
    let tail = old.iter().rev().zip(new.iter().rev()).take(shorter).take_while(|(a, b)| a == b).count();
    let from = same.saturating_sub(CONTEXT);
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);
    let more = tail.min(CONTEXT);
    let mut text = format!(
        "--- {name}\n+++ {name}\n@@ -{},{} +{},{} @@\n",
        from + 1,
        old_end + more - from,
        from + 1,
        new_end + more - from
    );
    let around = |lines: &[&str]| lines.iter().map(|line| format!(" {line}\n")).collect::<String>();
    text.push_str(&around(&old[from..same]));
    for (mark, line) in merged(&old[same..old_end], &new[same..new_end]) {
        text.push_str(&format!("{mark}{line}\n"));
    }
    text.push_str(&around(&old[old_end..old_end + more]));
    text
}

/// Pairs of lines that are compared at most, of four bytes each.
const MOST_COMPARED: usize = 4 << 20;

/// The lines of both in one order: what goes (`-`), what comes (`+`) and what stays. Where there are very many, all
/// go and all come.
fn merged<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(char, &'a str)> {
    let columns = new.len() + 1;
    let mut lines = Vec::with_capacity(old.len() + new.len());
    let (mut i, mut j) = (0, 0);
    if (old.len() + 1).saturating_mul(columns) <= MOST_COMPARED {
        // How many lines both have in common from a place on.
        let mut common = vec![0_u32; (old.len() + 1) * columns];
        for i in (0..old.len()).rev() {
            for j in (0..new.len()).rev() {
                common[i * columns + j] = if old[i] == new[j] {
                    common[(i + 1) * columns + j + 1] + 1
                } else {
                    common[(i + 1) * columns + j].max(common[i * columns + j + 1])
                };
            }
        }
        while i < old.len() && j < new.len() {
            if old[i] == new[j] {
                lines.push((' ', old[i]));
                (i, j) = (i + 1, j + 1);
            } else if common[(i + 1) * columns + j] >= common[i * columns + j + 1] {
                lines.push(('-', old[i]));
                i += 1;
            } else {
                lines.push(('+', new[j]));
                j += 1;
            }
        }
    }
    lines.extend(old[i..].iter().map(|line| ('-', *line)));
    lines.extend(new[j..].iter().map(|line| ('+', *line)));
    lines
}

#[cfg(test)]
mod tests;
