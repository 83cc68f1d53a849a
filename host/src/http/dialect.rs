//! A dialect is the API that a client speaks.

/// The API in whose format a client expects errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `/v1`: OpenAI's.
    OpenAi,
    /// `/v2`: Qianfan's.
    Qianfan,
    /// `/rpc`: Qianfan's first.
    Rpc,
}

impl Dialect {
    /// The format of the API that a path belongs to.
    pub(super) fn of(path: &str) -> Self {
        let is_in =
            |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if is_in("/v2") {
            Self::Qianfan
        } else if is_in("/rpc") {
            Self::Rpc
        } else {
            Self::OpenAi
        }
    }

    /// A new id for an answer. Whoever was given it may go on from the answer, so all but its time is
    /// drawn anew: ids that count up within a millisecond tell most of their neighbours.
    pub(super) fn new_id(self) -> String {
        let prefix = if self == Self::OpenAi { "chatcmpl" } else { "as" };
        let now = uuid::Timestamp::now(uuid::NoContext);
        format!("{prefix}-{}", uuid::Uuid::new_v7(now).simple())
    }
}
