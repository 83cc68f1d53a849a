//! The name by which a request calls this host: its `Host` header, read strictly.
//!
//! A browser cannot be made to lie here. A page whose own name was made to resolve to this machine
//! (DNS rebinding) sends that name, while an IP address or `localhost` can be nobody else's page.

use std::net::{IpAddr, Ipv6Addr};

/// A name or address with its port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HostName {
    pub(super) host: NamedHost,
    pub(super) port: Option<u16>,
}

/// What stands before the port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NamedHost {
    /// An address; one that maps IPv4 into IPv6 is the IPv4 address.
    Address(IpAddr),
    /// A name in lower case, without the dot of the root.
    Name(String),
}

impl HostName {
    /// Reads `name`, `name:8080`, `127.0.0.1`, `[::1]:8080`; nothing where it is none of these.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (address, rest) = rest.split_once(']')?;
                (NamedHost::address(address.parse::<Ipv6Addr>().ok()?.into()), rest)
            }
            None => {
                let (host, _) = text.split_once(':').unwrap_or((text, ""));
                (NamedHost::parse(host)?, &text[host.len()..])
            }
        };
        let port = match port {
            // `name:` is `name`, as in a URL.
            "" | ":" => None,
            // A plus sign is not a digit, but u16 would take it.
            port => {
                let digits = port.strip_prefix(':').filter(|p| p.bytes().all(|b| b.is_ascii_digit()))?;
                Some(digits.parse().ok()?)
            }
        };
        Some(Self { host, port })
    }

    /// The port, or the one that the scheme means without.
    pub(super) fn port_in(&self, scheme: &str) -> Option<u16> {
        self.port.or(match scheme {
            "http" => Some(80),
            "https" => Some(443),
            _ => None,
        })
    }
}

impl NamedHost {
    /// A name or address without a port, also a bare IPv6 address.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.strip_suffix('.').unwrap_or(text);
        if let Ok(address) = text.parse::<IpAddr>() {
            return Some(Self::address(address));
        }
        let is_name = !text.is_empty()
            && text.split('.').all(|label| {
                !label.is_empty()
                    && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            });
        is_name.then(|| Self::Name(text.to_ascii_lowercase()))
    }

    fn address(address: IpAddr) -> Self {
        Self::Address(address.to_canonical())
    }

    /// Whether it can only mean the machine that asks.
    pub(super) fn is_loopback(&self) -> bool {
        match self {
            Self::Address(address) => address.is_loopback(),
            Self::Name(name) => name == "localhost",
        }
    }
}

#[cfg(test)]
mod tests;
