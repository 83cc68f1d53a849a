//! Changing one number of a configuration file, and nothing else of it.

use std::io::Write;
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, TableLike};

use super::Config;

/// A configuration file with one key of a `[knowledge.<name>]` table changed.
#[derive(Debug)]
pub struct Edit {
    path: PathBuf,
    before: String,
    after: String,
}

/// A number to set in a `[knowledge.<name>]` table.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The base's name.
    pub base: &'a str,
    /// The key.
    pub key: &'static str,
    /// Its new value.
    pub value: f64,
}

impl Edit {
    /// Sets keys of knowledge bases. Comments and layout stay. Nothing is written yet.
    pub fn knowledge(path: &Path, changes: &[Change]) -> Result<Self, String> {
        // A link stays a link: what it leads to is changed.
        let path =
            path.canonicalize().map_err(|error| format!("{} cannot be found: {error}", path.display()))?;
        let before = std::fs::read_to_string(&path)
            .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        let lines = || {
            let line = |change: &Change| {
                format!("`{} = {}` into [knowledge.{}]", change.key, change.value, change.base)
            };
            changes.iter().map(line).collect::<Vec<_>>().join(", ")
        };
        let refuse = |cause: &str| format!("{}: {cause}; write {} yourself", path.display(), lines());
        let mut document: DocumentMut = before.parse().map_err(|error: toml_edit::TomlError| {
            refuse(&format!("is not valid TOML: {}", error.message()))
        })?;
        if newlines(&document.to_string()) != newlines(&before) {
            return Err(refuse("its layout could not be kept"));
        }
        for change in changes {
            let table = document
                .get_mut("knowledge")
                .and_then(Item::as_table_like_mut)
                .and_then(|bases| bases.get_mut(change.base))
                .and_then(Item::as_table_like_mut)
                .ok_or_else(|| refuse("has no such table"))?;
            set(table, change.key, change.value);
        }
        let mut after = document.to_string();
        if before.contains("\r\n") {
            after = after.replace("\r\n", "\n").replace('\n', "\r\n");
        }
        let read = Config::parse(&after, &path).map_err(|error| refuse(&error.to_string()))?;
        let is_written = |change: &Change| {
            read.knowledge.get(change.base).is_some_and(|settings| {
                [
                    ("threshold", settings.threshold),
                    ("question_threshold", settings.question_threshold),
                    ("answer_threshold", Some(settings.answer_threshold)),
                ]
                .contains(&(change.key, Some(change.value)))
            })
        };
        if !changes.iter().all(is_written) {
            return Err(refuse("could not be changed"));
        }
        Ok(Self { path, before, after })
    }

    /// Whether the file holds that value already.
    pub fn is_empty(&self) -> bool {
        self.before == self.after
    }

    /// What changes, in the format of `diff -u`.
    pub fn diff(&self) -> String {
        diff(&self.path.display().to_string(), &self.before, &self.after)
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

    fn put(&self, new: &Path) -> std::io::Result<()> {
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(new)?;
        file.set_permissions(std::fs::metadata(&self.path)?.permissions())?;
        file.write_all(self.after.as_bytes())?;
        file.sync_all()?;
        if std::fs::read_to_string(&self.path)? != self.before {
            return Err(std::io::Error::other("it was changed meanwhile; run the command again"));
        }
        std::fs::rename(new, &self.path)
    }
}

fn set(table: &mut dyn TableLike, key: &str, value: f64) {
    let mut new = toml_edit::Value::from(value);
    match table.get_mut(key) {
        Some(Item::Value(old)) => {
            if old.as_float() != Some(value) {
                *new.decor_mut() = old.decor().clone();
                *old = new;
            }
        }
        _ => _ = table.insert(key, Item::Value(new)),
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
    let mut add =
        |mark: char, lines: &[&str]| lines.iter().for_each(|line| text.push_str(&format!("{mark}{line}\n")));
    add(' ', &old[from..same]);
    add('-', &old[same..old_end]);
    add('+', &new[same..new_end]);
    add(' ', &old[old_end..old_end + more]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(text: &str, base: &str, key: &'static str, value: f64) -> Result<(String, String), String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("host.toml");
        std::fs::write(&path, text).unwrap();
        let edit = Edit::knowledge(&path, &[Change { base, key, value }])?;
        edit.write()?;
        let left: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["host.toml"], "nothing else is left");
        Ok((std::fs::read_to_string(&path).unwrap(), edit.diff()))
    }

    #[test]
    fn one_number_changes_and_comments_stay() {
        let text = "# 配置\n[knowledge.faq] # 问答\ntop_k   = 1\nthreshold = 0.6   # 试出来的\n\n# 后面\n[knowledge.help]\nthreshold = 0.5\n";
        let (after, diff) = edited(text, "faq", "threshold", 0.62).unwrap();
        assert_eq!(after, text.replace("threshold = 0.6 ", "threshold = 0.62 "));
        assert!(diff.contains("\n-threshold = 0.6   # 试出来的\n+threshold = 0.62   # 试出来的\n"), "{diff}");
        assert!(diff.contains("@@ -1,7 +1,7 @@\n # 配置\n"), "{diff}");
    }

    #[test]
    fn a_missing_key_is_added_to_its_table() {
        let text = "[knowledge.faq]\ntop_k = 1 # 一个\n\n[knowledge.help]\n";
        let (after, diff) = edited(text, "faq", "answer_threshold", 0.93).unwrap();
        assert_eq!(after, "[knowledge.faq]\ntop_k = 1 # 一个\nanswer_threshold = 0.93\n\n[knowledge.help]\n");
        assert!(diff.contains("+answer_threshold = 0.93\n") && !diff.contains("\n-"), "{diff}");
        for (text, expected) in [
            ("knowledge.faq.top_k = 1\n", "knowledge.faq.threshold = 0.5"),
            ("[knowledge]\nfaq = { top_k = 1 }\n", "threshold = 0.5"),
            ("[knowledge.faq]", "threshold = 0.5"),
        ] {
            let (after, _) = edited(text, "faq", "threshold", 0.5).unwrap();
            assert!(after.contains(expected), "{after}");
        }
    }

    #[test]
    fn windows_line_ends_stay() {
        let text = "[knowledge.faq]\r\nthreshold = 0.6 # 一\r\n";
        let (after, _) = edited(text, "faq", "threshold", 0.7).unwrap();
        assert_eq!(after, "[knowledge.faq]\r\nthreshold = 0.7 # 一\r\n");
    }

    #[test]
    fn what_cannot_be_changed_is_refused_with_the_line_to_write() {
        let error = edited("[knowledge.faq]\n", "help", "threshold", 0.7).unwrap_err();
        assert!(error.contains("`threshold = 0.7` into [knowledge.help]"), "{error}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("host.toml");
        std::fs::write(&path, "[knowledge.faq]\n").unwrap();
        let edit = Edit::knowledge(&path, &[Change { base: "faq", key: "threshold", value: 0.7 }]).unwrap();
        std::fs::write(&path, "[knowledge.faq]\ntop_k = 2\n").unwrap();
        assert!(edit.write().unwrap_err().contains("changed meanwhile"));
        assert!(std::fs::read_to_string(&path).unwrap().contains("top_k"));
    }
}
