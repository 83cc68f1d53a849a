//! The tags that models set around what they think, of each model family.

/// Tags before thoughts.
pub(crate) const OPENS: [&str; 6] =
    ["<think>", "<thinking>", "<thought>", "<seed:think>", "[THINK]", "◁think▷"];
/// The one behind them, of each in the same place.
pub(crate) const CLOSES: [&str; 6] =
    ["</think>", "</thinking>", "</thought>", "</seed:think>", "[/THINK]", "◁/think▷"];
