//! The plugin interface in a call: one file for each published version, and the one seam where a version's own types
//! become the words of [`crate::message`].

mod v0_1;

use wasmtime::component::Linker;

use super::instance::{CallState, Guest};
use super::turn_input::TurnInput;
use crate::message::{Contribution, Passage};
use crate::plugin::loaded::{ComponentRole, Interface};
use crate::plugin::process::Failure;

/// JSON as text, the way bindings take it.
type JsonString = String;

/// Gives a guest of `role` what it may import, in every version of the interface.
pub(super) fn add_to_linker(linker: &mut Linker<CallState>, role: ComponentRole) -> wasmtime::Result<()> {
    v0_1::add_to_linker(linker, role)
}

pub(super) async fn contribute(
    interface: &Interface,
    guest: &mut Guest<'_>,
    input: &TurnInput,
    config: &JsonString,
) -> wasmtime::Result<Result<Contribution, Failure>> {
    match interface {
        Interface::V0_1(exports) => v0_1::contribute(exports, guest, input, config).await,
    }
}

pub(super) async fn open(
    interface: &Interface,
    guest: &mut Guest<'_>,
    config: &JsonString,
    sources: &[Passage],
) -> wasmtime::Result<Result<OpenFormatter, Failure>> {
    match interface {
        Interface::V0_1(exports) => {
            Ok(v0_1::open(exports, guest, config, sources).await?.map(OpenFormatter::V0_1))
        }
    }
}

/// A formatter within a live instance.
pub(super) enum OpenFormatter {
    V0_1(v0_1::OpenFormatterV01),
}

impl OpenFormatter {
    pub(super) async fn feed(
        &self,
        guest: &mut Guest<'_>,
        chunk: &str,
    ) -> wasmtime::Result<Result<String, Failure>> {
        match self {
            Self::V0_1(formatter) => formatter.feed(guest, chunk).await,
        }
    }

    pub(super) async fn finish(&self, guest: &mut Guest<'_>) -> wasmtime::Result<Result<String, Failure>> {
        match self {
            Self::V0_1(formatter) => formatter.finish(guest).await,
        }
    }
}
