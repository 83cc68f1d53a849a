//! The components that travel inside the binary. The plugins are bytes here, and go through the same
//! door as anyone else's; the document reader is the host's own.

// `BUNDLED`, each plugin's name and component, and `READER`, written by `build.rs`.
include!(concat!(env!("OUT_DIR"), "/bundled.rs"));

/// The component of a bundled plugin, or `None` where no plugin of that name is bundled.
pub(in crate::plugin) fn bundled(name: &str) -> Option<&'static [u8]> {
    BUNDLED.iter().find(|(known, _)| *known == name).map(|(_, component)| *component)
}

/// The names of the bundled plugins.
pub fn names() -> impl Iterator<Item = &'static str> {
    BUNDLED.iter().map(|(name, _)| *name)
}

/// The component that reads documents.
pub(in crate::plugin) fn reader() -> &'static [u8] {
    READER
}

/// Whether these are the bytes of a component that travels in the binary.
pub(in crate::plugin) fn is_bundled(component: &[u8]) -> bool {
    BUNDLED.iter().map(|(_, bundled)| *bundled).chain([READER]).any(|bundled| bundled == component)
}

#[cfg(test)]
mod tests;
