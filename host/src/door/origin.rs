//! An origin is where a page comes from: scheme, name and port, as a browser sends it in the `Origin` header.

use super::name::{HostName, NamedHost};

/// The origin of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PageOrigin {
    scheme: String,
    at: HostName,
}

impl PageOrigin {
    /// Reads `https://chat.example.com`. Nothing where it is anything more or less, such as the
    /// `null` of a sandboxed frame, which any page can be.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (scheme, at) = text.split_once("://")?;
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
        let scheme = is_scheme.then(|| scheme.to_ascii_lowercase())?;
        let mut at = HostName::parse(at)?;
        // A browser leaves out the port that the scheme means anyway; an operator may write it.
        at.port =
            at.port.filter(|port| HostName { port: None, ..at.clone() }.port_in(&scheme) != Some(*port));
        Some(Self { scheme, at })
    }

    /// Whether a page from there was served under this name. A proxy may have taken the TLS off.
    pub(super) fn is_at(&self, name: &HostName) -> bool {
        matches!(&*self.scheme, "http" | "https")
            && self.at.host == name.host
            && self.at.port_in(&self.scheme) == name.port_in(&self.scheme)
    }

    /// Whether it is a page of one of these names, on the port that its scheme means.
    pub(super) fn is_of(&self, names: &[NamedHost]) -> bool {
        matches!(&*self.scheme, "http" | "https") && self.at.port.is_none() && names.contains(&self.at.host)
    }
}

/// The origins whose pages may chat: `[server] cors_origins`.
#[derive(Debug)]
pub(super) enum Origins {
    /// Every page. Only where every chat needs a key.
    Any,
    /// These; none is the default.
    Listed(Vec<PageOrigin>),
}

impl Origins {
    pub(super) fn admit(&self, origin: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Listed(origins) => {
                PageOrigin::parse(origin).is_some_and(|origin| origins.contains(&origin))
            }
        }
    }
}

#[cfg(test)]
mod tests;
