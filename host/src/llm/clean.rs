//! Takes the secrets the process knows out of an answer, also where its pieces cut one.

use std::collections::VecDeque;

use super::error::ModelError;
use super::event::AnswerEvent;
use crate::message::{CallPiece, ToolCall};
use crate::redact::{RedactedStream, Redactor};

/// What comes of waiting for an answer's next event.
pub(super) type NextEvent = Result<Option<AnswerEvent>, ModelError>;

/// One answer on its way through a redactor.
pub(super) struct Clean {
    redactor: Redactor,
    text: RedactedStream,
    reasoning: RedactedStream,
    refusal: RedactedStream,
    /// The arguments of each call.
    calls: Vec<RedactedStream>,
    /// What has to go out before anything else is waited for.
    waiting: VecDeque<NextEvent>,
}

impl Clean {
    pub(super) fn new(redactor: Redactor) -> Self {
        let (text, reasoning, refusal) = (redactor.stream(), redactor.stream(), redactor.stream());
        Self { redactor, text, reasoning, refusal, calls: Vec::new(), waiting: VecDeque::new() }
    }

    /// What goes out next of what came already.
    pub(super) fn next(&mut self) -> Option<NextEvent> {
        self.waiting.pop_front()
    }

    /// Whether anything goes out before more is waited for.
    pub(super) fn has_next(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Puts back what was taken out last.
    pub(super) fn put_back(&mut self, came: NextEvent) {
        self.waiting.push_front(came);
    }

    /// Takes what came.
    pub(super) fn pass(&mut self, came: NextEvent) {
        let clean = |stream: &mut RedactedStream, piece: String| text_of(stream.feed(piece.as_bytes()));
        let event = match came {
            Ok(Some(AnswerEvent::Text(piece))) => AnswerEvent::Text(clean(&mut self.text, piece)),
            Ok(Some(AnswerEvent::Reasoning(piece))) => {
                AnswerEvent::Reasoning(clean(&mut self.reasoning, piece))
            }
            Ok(Some(AnswerEvent::Refusal(piece))) => AnswerEvent::Refusal(clean(&mut self.refusal, piece)),
            Ok(Some(AnswerEvent::Call(piece))) => {
                if piece.head.is_some() {
                    self.end_call();
                }
                AnswerEvent::Call(self.call(piece))
            }
            other => return self.end(other),
        };
        self.hand_out(event);
    }

    fn hand_out(&mut self, event: AnswerEvent) {
        let is_empty = match &event {
            AnswerEvent::Text(text) | AnswerEvent::Reasoning(text) | AnswerEvent::Refusal(text) => {
                text.is_empty()
            }
            AnswerEvent::Call(piece) => piece.head.is_none() && piece.arguments.is_empty(),
            AnswerEvent::End(_) => false,
        };
        if !is_empty {
            self.waiting.push_back(Ok(Some(event)));
        }
    }

    fn call(&mut self, mut piece: CallPiece) -> CallPiece {
        while self.calls.len() <= piece.index {
            self.calls.push(self.redactor.stream());
        }
        if let Some(head) = &mut piece.head {
            head.id = self.redactor.text(&head.id).into_owned();
            head.name = self.redactor.text(&head.name).into_owned();
        }
        piece.arguments = text_of(self.calls[piece.index].feed(piece.arguments.as_bytes()));
        piece
    }

    /// Hands out what was held back of the last call: the next begins, and clients take that for its end.
    fn end_call(&mut self) {
        let Some(index) = self.calls.len().checked_sub(1) else { return };
        let arguments = text_of(self.calls[index].finish());
        self.hand_out(AnswerEvent::Call(CallPiece { index, head: None, arguments }));
    }

    /// Hands out what was held back, and then the last event of the answer.
    fn end(&mut self, mut last: NextEvent) {
        let reasoning = text_of(self.reasoning.finish());
        self.hand_out(AnswerEvent::Reasoning(reasoning));
        let text = text_of(self.text.finish());
        self.hand_out(AnswerEvent::Text(text));
        let refusal = text_of(self.refusal.finish());
        self.hand_out(AnswerEvent::Refusal(refusal));
        for (index, mut stream) in std::mem::take(&mut self.calls).into_iter().enumerate() {
            let arguments = text_of(stream.finish());
            self.hand_out(AnswerEvent::Call(CallPiece { index, head: None, arguments }));
        }
        if let Ok(Some(AnswerEvent::End(ending))) = &mut last {
            ending.finish_reason = self.redactor.text(&ending.finish_reason).into_owned();
            if let Some(told) = &mut ending.told_beside {
                *told = self.redactor.text(told).into_owned();
            }
            for ToolCall { id, name, arguments } in &mut ending.tool_calls {
                *id = self.redactor.text(id).into_owned();
                *name = self.redactor.text(name).into_owned();
                *arguments = self.redactor.json(arguments).into_owned();
            }
        }
        self.waiting.push_back(last);
    }
}

/// Forms of secrets begin and end at characters, so nothing is lost here.
fn text_of(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests;
