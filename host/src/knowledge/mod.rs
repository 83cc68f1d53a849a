//! Knowledge bases: import, storage and the one retrieval path.
