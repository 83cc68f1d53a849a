//! The plugin interface in a call: one file for each published version, and the one seam where a version's own types
//! become the words of [`crate::message`].

mod v0_1;

use wasmtime::Store;
use wasmtime::component::Linker;

use super::instance::CallState;
use super::turn_input::TurnInput;
use crate::message::{Contribution, Passage};
use crate::plugin::loaded::{ComponentRole, LiveExports};
use crate::plugin::process::Failure;

/// JSON as text, the way bindings take it.
type JsonString = String;

/// Gives a guest of `role` what it may import, in every version of the interface.
pub(super) fn add_to_linker(linker: &mut Linker<CallState>, role: ComponentRole) -> wasmtime::Result<()> {
    v0_1::add_to_linker(linker, role)
}

pub(super) async fn contribute(
    exports: &LiveExports,
    store: &mut Store<CallState>,
    input: &TurnInput,
    config: &JsonString,
) -> wasmtime::Result<Result<Contribution, Failure>> {
    match exports {
        LiveExports::V0_1(exports) => v0_1::contribute(exports, store, input, config).await,
    }
}

pub(super) async fn open(
    exports: LiveExports,
    store: &mut Store<CallState>,
    config: &JsonString,
    sources: &[Passage],
) -> wasmtime::Result<Result<OpenFormatter, Failure>> {
    match exports {
        LiveExports::V0_1(exports) => {
            Ok(v0_1::open(exports, store, config, sources).await?.map(OpenFormatter::V0_1))
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
        store: &mut Store<CallState>,
        chunk: &str,
    ) -> wasmtime::Result<Result<String, Failure>> {
        match self {
            Self::V0_1(formatter) => formatter.feed(store, chunk).await,
        }
    }

    pub(super) async fn finish(
        &self,
        store: &mut Store<CallState>,
    ) -> wasmtime::Result<Result<String, Failure>> {
        match self {
            Self::V0_1(formatter) => formatter.finish(store).await,
        }
    }
}
