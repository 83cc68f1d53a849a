//! An area is a part of the paths: who they are for.

/// Who a path is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// Everybody; it tells nothing and changes nothing.
    Public,
    /// Clients of the chat API.
    Chat,
    /// Whoever runs the host.
    Admin,
}

impl Area {
    /// Its name among the numbers that are counted.
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Chat => "chat",
            Self::Admin => "admin",
        }
    }
}
