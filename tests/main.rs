//! The host from outside: the real binary on a free port, real components, a scripted upstream.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

/// The chat formats, streaming, and an upstream that misbehaves.
mod chat;
/// The command line.
mod command_line;
/// Each contribution, and what becomes of it.
mod contributions;
/// The markdown formatter in a streamed turn.
mod formatting;
/// Plugins that mean harm: each is contained, and the host serves the next turn.
mod hostile;
/// The bundled http-api plugin: templates, extraction, secrets.
mod http_api;
/// Import, listing, deletion and hit test; chat finds the same.
mod knowledge;
/// Metadata, and filters on it from every door.
mod narrowing;
/// The unmodified Python `openai` package.
mod openai_python;
/// When a plugin is called.
mod routes;
