//! `qianfan-host backup`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{CommandError, load};
use crate::backup::Backup;

#[derive(Args)]
pub(super) struct BackupArguments {
    /// A folder that does not exist yet.
    folder: PathBuf,
}

pub(super) async fn run(path: &Path, arguments: &BackupArguments) -> Result<(), CommandError> {
    let config = load(path)?;
    let (data, into) = (config.data_dir().to_owned(), arguments.folder.clone());
    let made = tokio::task::spawn_blocking(move || Backup::make(&data, &into)).await;
    let Backup { copied, failed } = made.map_err(|error| format!("the backup was lost: {error}"))??;
    for (file, bytes) in &copied {
        outln!("{}\t{bytes} bytes", file.display());
    }
    let elsewhere = config.knowledge.iter().filter(|(_, base)| config.stores.contains_key(&base.store));
    for (name, base) in elsewhere {
        outln!("knowledge base {name} is not in it: it is on the server of [stores.{}]", base.store);
    }
    if failed.is_empty() {
        outln!("{} holds the whole of {}", arguments.folder.display(), config.data_dir().display());
        return Ok(());
    }
    let lines = failed.iter().map(|(file, error)| format!("\n  {}: {error}", file.display()));
    Err(format!(
        "not everything could be copied; what is listed above is whole, and these are missing:{}",
        lines.collect::<String>()
    ))
}
