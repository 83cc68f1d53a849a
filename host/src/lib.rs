//! A WebAssembly plugin host for Qianfan-style chat.
//!
//! Read in this order: [`message`] holds the words everything shares, [`turn`]
//! is one chat turn from request to answer, and [`plugin`], [`knowledge`],
//! [`prompt`] and [`llm`] are what a turn uses. `ARCHITECTURE.md` has the map.

pub mod knowledge;
pub mod message;
pub mod plugin;
