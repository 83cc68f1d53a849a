//! The plugins that travel inside the binary.

/// Name and component of each.
static BUNDLED: &[(&str, &[u8])] = &[];

/// The component of a bundled plugin.
pub(super) fn bundled(name: &str) -> Option<&'static [u8]> {
    BUNDLED.iter().find(|(bundled, _)| *bundled == name).map(|(_, bytes)| *bytes)
}

/// The names there are, for messages.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    BUNDLED.iter().map(|(name, _)| *name)
}
