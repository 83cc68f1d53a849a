//! Thoughts are what a model said to itself before an answer, which data for training keep in front of it.

use crate::thought_tags::{CLOSES, OPENS};

/// An answer without the thoughts that it begins with: nobody is to read them. A tag anywhere else is text, and so is one that
/// is not closed.
pub(super) fn without_thoughts(answer: String) -> String {
    let begun = answer.trim_start();
    let behind =
        OPENS.iter().zip(CLOSES).find_map(|(open, close)| begun.strip_prefix(open)?.split_once(close));
    match behind {
        // The lines between belong to neither.
        Some((_, rest)) => rest.trim_start_matches(['\n', '\r', ' ']).to_owned(),
        None => answer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thoughts_before_an_answer_are_left_out_and_nothing_else() {
        for (answer, left) in [
            ("<think>用户想退货</think>七天内", "七天内"),
            ("\n<think>\n想\n</think>\n\n七天内\n", "七天内\n"),
            ("<thinking>想</thinking>七天内", "七天内"),
            ("<think></think>\n\n七天内", "七天内"),
            ("<think>只想</think>", ""),
            ("[THINK]想[/THINK]七天内", "七天内"),
            ("<seed:think>想</seed:think>七天内", "七天内"),
            ("七天内", "七天内"),
            (" 七天内\n", " 七天内\n"),
            ("写 <think>想</think> 这样的标签", "写 <think>想</think> 这样的标签"),
            ("<think>没有结束", "<think>没有结束"),
            ("<thinker>甲</thinker>", "<thinker>甲</thinker>"),
        ] {
            assert_eq!(without_thoughts(answer.to_owned()), left, "{answer}");
        }
    }
}
