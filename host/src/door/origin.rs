//! An origin is where a page comes from: scheme, name and port, as a browser puts it into `PageOrigin`.

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
mod tests {
    use super::*;

    #[test]
    fn origins_are_the_same_whatever_their_spelling() {
        let same =
            |one: &str, other: &str| PageOrigin::parse(one).unwrap() == PageOrigin::parse(other).unwrap();
        assert!(same("https://Chat.Example.com:443", "https://chat.example.com"));
        assert!(same("HTTP://example.com:80", "http://example.com"));
        assert!(same("tauri://localhost", "tauri://localhost"));
        assert!(!same("http://example.com", "https://example.com"));
        assert!(!same("http://example.com:8080", "http://example.com"));
        assert!(!same("https://example.com:80", "https://example.com"));
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for text in [
            "null",
            "",
            "*",
            "example.com",
            "https://",
            "https://a/b",
            "https://u@a",
            "https://a b",
            "://a",
            "1://a",
        ] {
            assert_eq!(PageOrigin::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_page_is_our_own_by_name_and_port() {
        let at = |origin: &str, host: &str| {
            PageOrigin::parse(origin).unwrap().is_at(&HostName::parse(host).unwrap())
        };
        assert!(at("http://127.0.0.1:8080", "127.0.0.1:8080"));
        assert!(at("http://localhost:8080", "LOCALHOST:8080"));
        assert!(at("https://chat.example.com", "chat.example.com"), "a proxy took the TLS off");
        assert!(at("https://chat.example.com", "chat.example.com:443"));
        assert!(!at("http://127.0.0.1:3000", "127.0.0.1:8080"));
        assert!(!at("http://localhost:8080", "127.0.0.1:8080"));
        assert!(!at("tauri://localhost", "localhost"));
    }
}
