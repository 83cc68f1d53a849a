//! Names within archives: they come from every system, in its encoding, and become ids.

use crate::knowledge::document::file_name;
use crate::knowledge::source::{MAX_ID_BYTES, is_passed_over};

/// A name that is refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RefusedName {
    /// In a form that can be shown.
    pub(super) name: String,
    pub(super) reason: String,
}

/// The path of a file within its archive, with `/`; `None` for one that nobody means to import:
/// hidden files, and what Office and macOS add.
pub(super) fn checked(raw: &[u8]) -> Result<Option<String>, RefusedName> {
    let name = file_name(raw);
    if name.len() > MAX_ID_BYTES {
        return Err(RefusedName::new(&name, "has a name that is too long; shorten it"));
    }
    let path = name.replace('\\', "/");
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." if !parts.is_empty() || part == "." => {}
            "" | ".." => return Err(unsafe_name(&name)),
            part if is_passed_over(part) || part == "__MACOSX" => return Ok(None),
            part => parts.push(part),
        }
    }
    let is_drive = path.as_bytes().get(1) == Some(&b':');
    if parts.is_empty() || is_drive || path.contains(char::is_control) {
        return Err(unsafe_name(&name));
    }
    Ok(Some(parts.join("/")))
}

fn unsafe_name(name: &str) -> RefusedName {
    RefusedName::new(
        name,
        "has a name that leads out of its archive or is none; pack it anew with relative names",
    )
}

impl RefusedName {
    fn new(name: &str, reason: &str) -> Self {
        let name = name.chars().filter(|c| !c.is_control()).take(200).collect();
        Self { name, reason: reason.to_owned() }
    }
}

#[cfg(test)]
mod tests;
