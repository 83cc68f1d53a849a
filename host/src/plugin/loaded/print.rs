//! A print tells whether a plugin that is loaded now would be the one that was: it follows from the settings, the
//! bytes of the component and the secrets granted.

use sha2::{Digest, Sha256};

use super::component::component_bytes;
use crate::plugin::process::PluginSettings;
use crate::plugin::process::Secrets;
use crate::plugin::process::bundled;

/// A digest, since secrets are in it; nothing where one of the parts could not be read, which equals no other.
#[derive(Clone)]
pub(super) struct Print(Option<[u8; 32]>);

impl Print {
    pub(in crate::plugin) async fn of(settings: &PluginSettings, secrets: &Secrets) -> Self {
        let mut digest = Sha256::new();
        digest.update(format!("{settings:?}"));
        // A bundled component cannot change while the process runs, so its name is enough.
        let bundled = settings.component.strip_prefix("builtin:").and_then(bundled::bundled);
        if bundled.is_none() {
            let Ok(bytes) = component_bytes("", &settings.component).await else { return Self(None) };
            // Tenths of a second for a large component.
            let hashed = tokio::task::spawn_blocking(move || Sha256::digest(&bytes)).await;
            let Ok(hashed) = hashed else { return Self(None) };
            digest.update(hashed);
        }
        for granted in &settings.grants.secrets {
            let Ok(secret) = secrets.read(&granted.secret) else { return Self(None) };
            digest.update(Sha256::digest(secret));
        }
        Self(Some(digest.finalize().into()))
    }

    /// Whether both are of the same plugin.
    pub(in crate::plugin) fn is(&self, other: &Self) -> bool {
        self.0.is_some() && self.0 == other.0
    }
}
