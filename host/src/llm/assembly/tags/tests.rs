use super::*;

/// What is made of a text, in pieces of so many characters.
fn sorted(text: &str, most: usize) -> (String, String) {
    sorted_by(ThoughtTags::default(), text, most)
}

fn sorted_by(mut tags: ThoughtTags, text: &str, most: usize) -> (String, String) {
    let characters: Vec<char> = text.chars().collect();
    let pieces = characters.chunks(most).map(|piece| piece.iter().collect());
    let mut all: Vec<SortedPiece> = pieces.map(|piece| tags.take(piece)).collect();
    all.push(tags.finish());
    let thoughts = all.iter().map(|sorted| sorted.thoughts.as_str()).collect();
    (thoughts, all.iter().map(|sorted| sorted.text.as_str()).collect())
}

#[test]
fn thoughts_at_the_beginning_are_told_from_the_answer_wherever_the_text_is_cut() {
    for (text, thoughts, answer) in [
        ("<think>想</think>好", "想", "好"),
        ("\n <think>\n想 < 二</thin\n</think>\n\n好</think>\n", "\n想 < 二</thin\n", "好</think>\n"),
        ("<think></think>\n\n{\"a\": 1}", "", "{\"a\": 1}"),
        ("◁think▷想◁/think▷好", "想", "好"),
        ("<seed:think>想</seed:think>好", "想", "好"),
        // It was cut off, or only thought.
        ("<think>想</thi", "想</thi", ""),
        ("<think>想</think>\n", "想", ""),
        // No tag, and one in the middle.
        ("<thin", "", "<thin"),
        ("<thinking>好", "", "<thinking>好"),
        ("好<think>想</think>", "", "好<think>想</think>"),
        ("  \n", "", "  \n"),
        ("", "", ""),
    ] {
        for most in [usize::MAX, 3, 2, 1] {
            assert_eq!(sorted(text, most), (thoughts.into(), answer.into()), "{text}, {most} at a time");
        }
    }
}

#[test]
fn what_cannot_be_a_tag_is_not_held() {
    let mut tags = ThoughtTags::default();
    assert_eq!(tags.take("好".into()).text, "好");
    let mut tags = ThoughtTags::default();
    assert_eq!(tags.take("<think>先想一想".into()).thoughts, "先想一想");
    assert_eq!(tags.take("</".into()), SortedPiece::default());
    assert_eq!(tags.take("b>".into()).thoughts, "</b>");
}

#[test]
fn thoughts_that_the_prompt_opened_end_with_their_tag() {
    for (text, thoughts, answer) in [
        ("想一想</think>\n\n好", "想一想", "好"),
        ("<think>\n想</think>好", "\n想", "好"),
        ("◁think▷想◁/think▷好", "想", "好"),
        ("</think>好</think>", "", "好</think>"),
        // It was cut off among its thoughts.
        ("想</th", "想</th", ""),
    ] {
        for most in [usize::MAX, 3, 2, 1] {
            let found = sorted_by(ThoughtTags::of(true), text, most);
            assert_eq!(found, (thoughts.into(), answer.into()), "{text}, {most} at a time");
        }
    }
}
