//! A WebAssembly plugin host for Qianfan-style chat.
//!
//! Read in this order: [`message`] holds the words everything shares, [`turn`] is one chat turn
//! from request to answer, and [`route`], [`plugin`], [`knowledge`], [`prompt`] and [`llm`] are
//! what a turn uses. [`host`] puts them together from a [`config`], [`http`] serves it, [`cli`]
//! starts it. `ARCHITECTURE.md` has the map.

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests start servers and ask them"))]
#![warn(clippy::print_stdout, reason = "the reader of a pipe may have left: write with `outln!`")]

mod again;
mod backup;
mod bounded;
pub mod breaker;
mod byte_size;
pub mod clean;
pub mod cli;
mod clock;
pub mod config;
mod cut;
mod damaged;
mod data_folder;
pub mod descriptors;
pub mod disk;
pub mod door;
mod duration;
pub mod endpoint;
pub mod evaluate;
mod fair;
pub mod fee;
mod generation_pointer;
mod half_width;
mod hex;
pub mod host;
pub mod http;
mod inflate;
pub mod job;
pub mod knowledge;
pub mod llm;
pub mod message;
pub mod metrics;
pub mod plugin;
pub mod problem;
pub mod prompt;
mod reach;
pub mod redact;
pub mod route;
pub mod share;
mod tables;
mod texts;
mod thought_tags;
pub mod trace;
pub mod turn;
pub mod web;
mod weight;
mod wording;
