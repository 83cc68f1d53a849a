//! A ledger says what a run has fetched so far, beside the files of its folder, so that a run which was interrupted goes on from
//! there: a site of thousands of pages is asked for at the pace that it wants, which takes hours.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt;

use super::client::Validators;
use crate::knowledge::Format;

/// The ledger's name. The fetched files beside it are called by their numbers.
const LEDGER: &str = "ledger";
/// Seconds after which a page is asked for again all the same.
const LONGEST: u64 = 24 * 3600;

/// What came for one page.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LedgerPage {
    pub(super) url: String,
    /// In seconds since 1970.
    pub(super) asked_at: u64,
    /// `None` where the page was as the base holds it.
    pub(super) file: Option<LedgerFile>,
}

/// A file that came.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LedgerFile {
    pub(super) number: usize,
    pub(super) bytes: u64,
    /// What its server or its address calls it.
    pub(super) name: Option<String>,
    pub(super) format: Option<Format>,
    pub(super) validators: Validators,
    /// The digest of its content, where it is one document.
    #[serde(default)]
    pub(super) content: Option<String>,
    /// Where it came from in the end, where that is another address than its page's.
    #[serde(default)]
    pub(super) sent_to: Option<String>,
}

/// What a run has fetched, in its folder.
#[derive(Debug)]
pub(super) struct FetchLedger {
    folder: PathBuf,
    /// What an earlier run has left, by address.
    left: HashMap<String, LedgerPage>,
    next: usize,
}

impl FetchLedger {
    /// The ledger of a folder, as far as what it says is of the last day and whole. One of another recipe, by which documents are
    /// cut and described, begins anew.
    pub(super) async fn open(folder: &Path, recipe: &str, now: u64) -> io::Result<Self> {
        tokio::fs::create_dir_all(folder).await?;
        let mut ledger = Self { folder: folder.to_owned(), left: HashMap::new(), next: 0 };
        let text = tokio::fs::read(folder.join(LEDGER)).await.unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let mut lines = text.lines();
        let said: Option<String> = lines.next().and_then(|line| serde_json::from_str(line).ok());
        let mut kept = serde_json::to_vec(recipe)?;
        kept.push(b'\n');
        // The last line may be torn.
        let pages = lines.filter_map(|line| serde_json::from_str::<LedgerPage>(line).ok());
        for page in pages.filter(|_| said.as_deref() == Some(recipe)) {
            if page.asked_at > now || now - page.asked_at > LONGEST || !ledger.has(&page).await {
                continue;
            }
            ledger.next = ledger.next.max(page.file.as_ref().map_or(0, |file| file.number + 1));
            kept.extend(line(&page)?);
            ledger.left.insert(page.url.clone(), page);
        }
        let new = folder.join(format!("{LEDGER}.new"));
        tokio::fs::write(&new, kept).await?;
        tokio::fs::rename(&new, folder.join(LEDGER)).await?;
        Ok(ledger)
    }

    /// Whether the file that came for a page is there as it came.
    async fn has(&self, page: &LedgerPage) -> bool {
        let Some(file) = &page.file else { return true };
        tokio::fs::metadata(self.path(file.number)).await.is_ok_and(|found| found.len() == file.bytes)
    }

    /// What an earlier run has left of a page, once.
    pub(super) fn take(&mut self, url: &str) -> Option<LedgerPage> {
        self.left.remove(url)
    }

    /// The number of the next file.
    pub(super) fn next_number(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    /// Where a file is.
    pub(super) fn path(&self, number: usize) -> PathBuf {
        self.folder.join(number.to_string())
    }

    /// Adds what came for a page.
    pub(super) async fn note(&self, page: &LedgerPage) -> io::Result<()> {
        let mut file = tokio::fs::OpenOptions::new().append(true).open(self.folder.join(LEDGER)).await?;
        file.write_all(&line(page)?).await?;
        file.flush().await
    }
}

fn line(page: &LedgerPage) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(page)?;
    line.push(b'\n');
    Ok(line)
}

/// How many pages have come whose files are in this folder. Blocks on the disk.
pub fn pages_fetched(folder: &Path) -> usize {
    let ledger = std::fs::read(folder.join(LEDGER)).unwrap_or_default();
    ledger.iter().filter(|byte| **byte == b'\n').count().saturating_sub(1)
}

#[cfg(test)]
mod tests;
