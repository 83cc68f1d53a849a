//! Loads WebAssembly components and calls them.
