//! Why a request is not let in, and what to do about it.

use super::area::Area;

/// A request that stays outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DoorRefusal {
    /// A key is needed.
    #[error("this needs a key; send it as `Authorization: Bearer <key>`")]
    NoKey,
    /// The key is none that is configured.
    #[error(
        "the key is not known here; send one that whoever runs this host has given out, as `Authorization: Bearer <key>`"
    )]
    WrongKey,
    /// The key was good once.
    #[error("the key has expired; ask whoever runs this host for a new one")]
    Expired,
    /// A client's key is for chat.
    #[error("this key is for chat and its models; {}", if *admin { "this needs the admin key" } else { "this is served without a key, on the host's own machine only" })]
    NotForClients {
        /// Whether there is an admin key.
        admin: bool,
    },
    /// From another machine, without a key.
    #[error("without a key this is served to the host's own machine only; {}", mend(*.0))]
    Remote(Area),
    /// Handed on by a proxy, so that nobody knows from where.
    #[error("a proxy handed this on (it has the header `{header}`), and without a key only the host's own machine is served; {}", mend(*area))]
    Forwarded {
        /// What shows it.
        header: &'static str,
        /// What was asked for.
        area: Area,
    },
    /// The request has two `Host` headers, and nothing says which of them counts.
    #[error("the request has more than one Host header; send one")]
    TwoHosts,
    /// The name cannot be read.
    #[error("the Host header is not a name or address with a port; send such as `Host: 127.0.0.1:8080`")]
    MalformedHost,
    /// A name that may have been made to mean this machine.
    #[error(
        "without a key this host answers only to its own names; call it 127.0.0.1 or localhost, or add the name in the Host header to hosts in [server]"
    )]
    UnknownHost,
    /// A page of another origin sent it.
    #[error("a page of another origin sent this; {}", match area {
        Area::Chat => "send a key with it, or add the page's origin to cors_origins in [server]",
        _ => "only the host's own pages may; behind a proxy, add the name that browsers use to hosts in [server]",
    })]
    OtherPage {
        /// What was asked for.
        area: Area,
    },
    /// A browser that does not say which page sent it.
    #[error(
        "a browser sent this without an Origin, so that the page may be anybody's; send it by other means, or with a key"
    )]
    OldBrowser,
    /// A preflight for a page that may not chat.
    #[error(
        "pages of this origin may not call this; for chat and models, add the origin to cors_origins in [server]"
    )]
    Preflight,
    /// Forms of any page send such a type.
    #[error(
        "a form can send this content type, and none is meant here; send the body as `Content-Type: application/json`"
    )]
    Form,
}

impl DoorRefusal {
    /// Its name among the numbers that are counted.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoKey => "no_key",
            Self::WrongKey => "wrong_key",
            Self::Expired => "expired_key",
            Self::NotForClients { .. } => "not_for_clients",
            Self::Remote(_) => "remote",
            Self::Forwarded { .. } => "forwarded",
            Self::TwoHosts | Self::MalformedHost => "malformed_host",
            Self::UnknownHost => "unknown_host",
            Self::OtherPage { .. } => "other_page",
            Self::OldBrowser => "old_browser",
            Self::Preflight => "preflight",
            Self::Form => "form",
        }
    }
}

/// What an operator can do so that others are served as well.
fn mend(area: Area) -> &'static str {
    match area {
        Area::Chat => "configure [keys.<name>], or open = true in [server]",
        _ => "set admin_key_env in [server] and send that key",
    }
}
