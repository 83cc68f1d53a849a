//! Why a page was not fetched. Each text follows the page's address: cause, then mend.

use std::time::Duration;

use super::robots::TOKEN;

/// Why there is nothing of a page. It is the operator's: it names addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The URL cannot be asked for.
    #[error(
        "is not an http(s) address that can be fetched: it has another scheme, a user name, or a host that ends in a dot"
    )]
    Address,
    /// It is longer than any that a site links to.
    #[error("has an address of more than {0} characters")]
    Long(usize),
    /// It is where nothing is fetched from.
    #[error(
        "leads to {origin}, which is not at a public address ({address} is {kind}); if it is yours, add hosts = [\"{origin}\"] \
         to [fetch]"
    )]
    Forbidden {
        /// Scheme, host and port.
        origin: String,
        /// The address.
        address: String,
        /// What is wrong with it.
        kind: &'static str,
    },
    /// The site does not want it.
    #[error(
        "is kept from the host by robots.txt of {origin} (`Disallow: {rule}`); ask who runs the site to allow `{TOKEN}`, or \
         download it and import the file"
    )]
    Robots {
        /// Scheme, host and port.
        origin: String,
        /// The path of the rule.
        rule: String,
    },
    /// Whether the site wants it is not known.
    #[error("was not asked for, since robots.txt of {origin} cannot be read: it {cause}")]
    RobotsAway {
        /// Scheme, host and port.
        origin: String,
        /// What came of asking for it.
        cause: String,
    },
    /// No connection could be made.
    #[error("cannot be fetched: {origin} cannot be reached ({cause}); it is tried again with the next run")]
    Unreachable {
        /// Scheme, host and port.
        origin: String,
        /// What the network said.
        cause: String,
    },
    /// Its server was away for the pages before.
    #[error(
        "was not asked for, since {origin} had not answered {tries} times in a row; it is tried again with the next run"
    )]
    NotAsked {
        /// Scheme, host and port.
        origin: String,
        /// How often it had been asked.
        tries: u32,
    },
    /// It did not come whole in time.
    #[error("did not come within {0:?}; raise timeout in [fetch] if the site is that slow")]
    Late(Duration),
    /// The connection ended before the page did.
    #[error("broke off: {0}; it is tried again with the next run")]
    BrokenOff(String),
    /// The server said no.
    #[error("answered {status}: {}", meaning(*status))]
    Status {
        /// The HTTP status.
        status: u16,
        /// The wait it asks for, in seconds.
        retry_after: Option<u64>,
    },
    /// It leads on and on.
    #[error("is sent on more than {0} times; name the address that it leads to")]
    Redirects(u32),
    /// The redirect leads nowhere.
    #[error("is sent on to what is not a URL")]
    RedirectedToNothing,
    /// It is larger than any document that is read.
    #[error("has more than {0} MiB, which is the most for a document of its kind; it is not imported")]
    TooLarge(usize),
    /// Its bytes are packed in an unknown way.
    #[error("came packed in a way that cannot be read: {0}")]
    Packed(String),
    /// What came is none that is read.
    #[error("{0}")]
    Kind(String),
    /// What one run may fetch was used up.
    #[error(
        "was left for the next run: this one has fetched {0} MiB, as much as max_upload_bytes in [server] allows"
    )]
    Full(u64),
}

fn meaning(status: u16) -> &'static str {
    match status {
        401 | 403 | 407 => "it wants a login or refuses the host; download it and import the file",
        404 | 410 => "it is not there any more",
        429 => "it is asked too often; raise delay in [fetch]",
        304 => "it said that nothing has changed, which nobody had asked",
        500.. => "its server fails; it is tried again with the next run",
        _ => "which is not a page; open it in a browser to see why",
    }
}

impl FetchError {
    /// Whether its server says that the page is there no more.
    pub(super) fn is_gone(&self) -> bool {
        matches!(self, Self::Status { status: 404 | 410, .. })
    }

    /// Whether its server is likely not to answer for other pages either.
    pub(super) fn is_of_server(&self) -> bool {
        self.may_pass() || matches!(self, Self::Late(_) | Self::RobotsAway { .. })
    }

    /// Whether the same may go well in a moment.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::BrokenOff(_) => true,
            Self::Status { status, .. } => matches!(status, 429 | 500 | 502..=504),
            _ => false,
        }
    }

    /// The wait that the server asks for.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => retry_after.map(Duration::from_secs),
            _ => None,
        }
    }
}
