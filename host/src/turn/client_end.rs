//! The client's end of a turn: what is handed out to it, in pieces, in the shape it wants.

use tokio::sync::mpsc;

use super::shape::AnswerShape;
use super::{Piece, TurnError, TurnRequest};
use crate::share::Share;

/// Hands pieces to the client, and counts what they take.
pub(super) struct ClientEnd {
    out: mpsc::Sender<Piece>,
    /// The shape in which the client wants its answer.
    pub(super) shape: AnswerShape,
    /// What the answer takes of the memory that all share.
    memory: Share,
    /// The next text begins a part of the answer of its own, such as what the model says after a tool call.
    begins_part: bool,
    /// How many model calls there were when the model last thought.
    thought_in: Option<usize>,
}

impl ClientEnd {
    pub(super) fn new(request: &TurnRequest, out: mpsc::Sender<Piece>) -> Self {
        Self {
            out,
            shape: AnswerShape::of(&request.parameters),
            memory: request.memory.clone(),
            begins_part: false,
            thought_in: None,
        }
    }

    /// What is said from now on stands apart from what was said before.
    pub(super) fn begin_part(&mut self, said: &str) {
        self.begins_part = !said.is_empty();
    }

    /// Accounts for text that is held back.
    pub(super) fn hold(&mut self, held: &mut String, text: &str) -> Result<(), TurnError> {
        self.memory.grow(text.len()).map_err(|spent| TurnError::Busy(spent.to_string()))?;
        held.push_str(text);
        Ok(())
    }

    /// The text as it goes on behind what was said: below an empty line where it begins a part.
    pub(super) fn behind(&mut self, said: &str, mut text: String) -> String {
        if std::mem::take(&mut self.begins_part) {
            let ends = said.bytes().rev().take_while(|byte| *byte == b'\n').count();
            let begins = text.bytes().take_while(|byte| *byte == b'\n').count();
            text.insert_str(0, &"\n\n"[(ends + begins).min(2)..]);
        }
        text
    }

    /// Hands on what the model thinks in this round. What it thought in an earlier one stands apart.
    pub(super) async fn think(&mut self, round: usize, mut text: String) -> Result<(), TurnError> {
        if self.thought_in.replace(round).is_some_and(|earlier| earlier != round) {
            text.insert_str(0, "\n\n");
        }
        self.hand_out(Piece::Reasoning(text)).await
    }

    /// Hands a piece to the client. Waits while the client is slow; fails where it has left.
    pub(super) async fn hand_out(&mut self, piece: Piece) -> Result<(), TurnError> {
        // One copy for the turn or its trace, one on its way to the client.
        self.memory.grow(2 * piece.len()).map_err(|spent| TurnError::Busy(spent.to_string()))?;
        self.out.send(piece).await.map_err(|_| TurnError::ClientLeft)
    }
}
