//! A piece is what a turn hands to its client while it goes on.

use crate::message::CallPiece;

/// One piece of an answer, in the order in which it is to go out. None is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// The answer's text, as the formatters left it.
    Text(String),
    /// What the model thinks before it answers. No formatter sees it.
    Reasoning(String),
    /// Why the model does not answer, where its endpoint says so apart from the text.
    Refusal(String),
    /// A part of a call of one of the client's own tools. All pieces of a call put together are that
    /// call in [`TurnEnd::tool_calls`](super::TurnEnd::tool_calls), at the same index. In a box, since each
    /// turn has room for dozens of pieces that wait.
    Call(Box<CallPiece>),
}

impl Piece {
    /// Bytes of what the others said in it.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Text(text) | Self::Reasoning(text) | Self::Refusal(text) => text.len(),
            Self::Call(piece) => {
                piece.arguments.len() + piece.head.as_ref().map_or(0, |head| head.id.len() + head.name.len())
            }
        }
    }
}
