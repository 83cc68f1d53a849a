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
        // Its first line keeps its indentation.
        ("<think>想</think>\n\n　　春天来了。", "想", "　　春天来了。"),
        ("<think>想</think>\n \r\n    def f():\n        pass", "想", "    def f():\n        pass"),
        ("<think>想</think>　　春天来了。", "想", "　　春天来了。"),
        ("<think>想</think> 好", "想", "好"),
        ("<think>想</think>\n\n  ", "想", ""),
        ("◁think▷想◁/think▷好", "想", "好"),
        ("<seed:think>想</seed:think>好", "想", "好"),
        // It was cut off, or only thought.
        ("<think>想</thi", "想</thi", ""),
        ("<think>想</think>\n", "想", ""),
        // No tag, and one in the middle.
        ("<thin", "", "<thin"),
        ("<thinking>想</think></thinking>\n好<thinking>", "想</think>", "好<thinking>"),
        ("<thinking>想</thinking", "想</thinking", ""),
        ("<thinkings>好", "", "<thinkings>好"),
        ("<thought>想</thought>好", "想", "好"),
        ("[THINK]想[/THINK]好", "想", "好"),
        ("<Think>想</THINK>好", "想", "好"),
        ("[THIN]好", "", "[THIN]好"),
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
fn the_channel_of_the_answer_is_told_from_the_others() {
    const FINAL: &str = "<|start|>assistant<|channel|>final<|message|>";
    let thought = |rest: &str| format!("<|channel|>analysis<|message|>想 < 二<|end|>{rest}");
    for (text, thoughts, answer) in [
        (thought(&format!("{FINAL}好<|return|>")), "想 < 二", "好"),
        (thought(&format!("{FINAL}好")), "想 < 二", "好"),
        (thought(&format!("\n{FINAL}\n好<|end|>\n")), "想 < 二", "\n好"),
        (thought("<|channel|>final <|constrain|>json<|message|>{\"a\": 1}"), "想 < 二", "{\"a\": 1}"),
        (thought("<|start|>assistant<|message|>好"), "想 < 二", "好"),
        (thought("\n\n好"), "想 < 二", "好"),
        (format!("<|start|>assistant{}", thought(&format!("{FINAL}好"))), "想 < 二", "好"),
        ("<|channel|>final<|message|>好".into(), "", "好"),
        // A call of a tool that the endpoint did not read is for no reader.
        (
            thought(&format!(
                "<|start|>assistant<|channel|>commentary to=functions.kb <|constrain|>json<|message|>{{}}<|call|>{FINAL}好"
            )),
            "想 < 二{}",
            "好",
        ),
        (
            thought("<|start|>assistant to=functions.kb<|channel|>commentary json<|message|>{}<|call|>"),
            "想 < 二{}",
            "",
        ),
        // The model began anew without an end.
        (format!("<|channel|>analysis<|message|>想{FINAL}好"), "想", "好"),
        // It was cut off.
        ("<|channel|>analysis<|message|>想".into(), "想", ""),
        (thought("<|start|>assis"), "想 < 二", ""),
        (thought("<|start|>assistant<|channel|>fin"), "想 < 二", ""),
        (thought(&format!("{FINAL}好<|ret")), "想 < 二", "好<|ret"),
        // What an answer tells of the marks is its text.
        (
            thought(&format!("{FINAL}用 <|end|> 或 <|return|> 结束")),
            "想 < 二",
            "用 <|end|> 或 <|return|> 结束",
        ),
        (
            format!("好 {}", thought(FINAL)),
            "",
            "好 <|channel|>analysis<|message|>想 < 二<|end|><|start|>assistant<|channel|>final<|message|>",
        ),
        ("<|channel|> 是一个标记".into(), "", "<|channel|> 是一个标记"),
        ("<|channel|>final 是最后的通道\n".into(), "", "<|channel|>final 是最后的通道\n"),
        ("<|channel|>finally<|message|>".into(), "", "<|channel|>finally<|message|>"),
        ("<|channel|>anal".into(), "", "<|channel|>anal"),
        ("<|start|>user<|message|>好".into(), "", "<|start|>user<|message|>好"),
    ] {
        for most in [usize::MAX, 3, 2, 1] {
            assert_eq!(sorted(&text, most), (thoughts.into(), answer.into()), "{text}, {most} at a time");
        }
    }
}

/// What is made of a text, in pieces of so many characters, where `kb` and `get_time` may be called.
fn sorted_with_calls(text: &str, most: usize) -> (String, Vec<(String, String)>, String) {
    let mut tags = ThoughtTags::default().calling(vec!["kb".into(), "get_time".into()]);
    let characters: Vec<char> = text.chars().collect();
    let mut all: Vec<SortedPiece> =
        characters.chunks(most).map(|piece| tags.take(piece.iter().collect())).collect();
    all.push(tags.finish());
    let (mut thoughts, mut calls, mut answer) = (String::new(), Vec::new(), String::new());
    for sorted in all {
        thoughts.push_str(&sorted.thoughts);
        answer.push_str(&sorted.text);
        for CallInText { number, name, arguments } in sorted.calls {
            calls.extend(name.map(|name| (name, String::new())));
            assert_eq!(number as usize + 1, calls.len(), "{text}");
            calls.last_mut().unwrap().1.push_str(&arguments);
        }
    }
    (thoughts, calls, answer)
}

#[test]
fn a_message_to_a_tool_that_was_offered_is_a_call_wherever_the_text_is_cut() {
    const THOUGHT: &str = "<|channel|>analysis<|message|>想<|end|>";
    const CALL: &str = "<|start|>assistant<|channel|>commentary to=functions.kb <|constrain|>json<|message|>";
    const NAMED_FIRST: &str = "<|start|>assistant to=functions.get_time<|channel|>commentary json<|message|>";
    let quoted = format!("写 {CALL}");
    for (text, thoughts, calls, answer) in [
        (format!("{THOUGHT}{CALL}{{\"q\":\"a<b\"}}<|call|>"), "想", vec![("kb", "{\"q\":\"a<b\"}")], ""),
        (format!("{THOUGHT}{NAMED_FIRST}{{}}<|call|>"), "想", vec![("get_time", "{}")], ""),
        // Servers take the mark that the model stops at for none of its text.
        (format!("{THOUGHT}{CALL}{{\"q\":1}}"), "想", vec![("kb", "{\"q\":1}")], ""),
        (format!("{CALL}{{}}<|ca"), "", vec![("kb", "{}")], ""),
        (CALL["<|start|>assistant".len()..].to_owned() + "{}", "", vec![("kb", "{}")], ""),
        (format!("{CALL}<|call|>"), "", vec![("kb", "")], ""),
        (
            format!("{CALL}{{\"q\":1}}<|call|>{NAMED_FIRST}{{}}<|call|>"),
            "",
            vec![("kb", "{\"q\":1}"), ("get_time", "{}")],
            "",
        ),
        (
            format!("{CALL}{{}}<|call|><|start|>assistant<|channel|>final<|message|>好"),
            "",
            vec![("kb", "{}")],
            "好",
        ),
        // A mark in a text of the arguments is no end.
        (
            format!("{CALL}{{\"q\":\"what \\\" is <|end|> ? <|cal\"}}<|call|>"),
            "",
            vec![("kb", "{\"q\":\"what \\\" is <|end|> ? <|cal\"}")],
            "",
        ),
        // The prompt ended with the begin of the message.
        (
            " to=functions.kb<|channel|>commentary json<|message|>{\"q\":1}<|call|>".to_owned(),
            "",
            vec![("kb", "{\"q\":1}")],
            "",
        ),
        ("to=functions.kb 是什么".to_owned(), "", vec![], "to=functions.kb 是什么"),
        ("to=f".to_owned(), "", vec![], "to=f"),
        // The host or the client tells of a tool that was not offered, as of any other call.
        (format!("{THOUGHT}{}{{}}<|call|>", CALL.replace("kb", "kb2")), "想", vec![("kb2", "{}")], ""),
        // Where none is named there is no call, and neither is what is said of one.
        (format!("{THOUGHT}{}{{}}<|call|>", CALL.replace("functions.kb", "python")), "想{}", vec![], ""),
        (format!("{THOUGHT}<|channel|>final<|message|>写 {CALL}"), "想", vec![], quoted.as_str()),
    ] {
        let calls: Vec<(String, String)> =
            calls.iter().map(|(name, arguments)| ((*name).to_owned(), (*arguments).to_owned())).collect();
        for most in [usize::MAX, 3, 2, 1] {
            let found = sorted_with_calls(&text, most);
            assert_eq!(found, (thoughts.into(), calls.clone(), answer.into()), "{text}, {most} at a time");
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
    let mut tags = ThoughtTags::default();
    assert_eq!(tags.take("<|channel|>analysis<|message|>先想一想".into()).thoughts, "先想一想");
    assert_eq!(tags.take("<|end|><|channel|>final<|message|>好".into()).text, "好");
}

#[test]
fn thoughts_that_the_prompt_opened_end_with_their_tag() {
    for (text, thoughts, answer) in [
        ("想一想</think>\n\n好", "想一想", "好"),
        ("<think>\n想</think>好", "\n想", "好"),
        ("◁think▷想◁/think▷好", "想", "好"),
        ("</think>好</think>", "", "好</think>"),
        ("想</seed:think>\n好", "想", "好"),
        ("想</thinking>好</think>", "想", "好</think>"),
        ("想[/THINK]好", "想", "好"),
        ("想</THINK>好", "想", "好"),
        // It was cut off among its thoughts.
        ("想</th", "想</th", ""),
    ] {
        for most in [usize::MAX, 3, 2, 1] {
            let found = sorted_by(ThoughtTags::of(true), text, most);
            assert_eq!(found, (thoughts.into(), answer.into()), "{text}, {most} at a time");
        }
    }
}

#[test]
fn what_no_tag_ends_is_kept_for_the_case_that_it_is_the_answer() {
    for (text, assumed) in [
        ("好 < 二</th", "好 < 二</th"),
        ("\n好", "\n好"),
        ("想</think>好", ""),
        ("<think>想", ""),
        ("<|channel|>analysis<|message|>想", ""),
        (" ", ""),
    ] {
        let characters: Vec<char> = text.chars().collect();
        for most in [characters.len(), 1] {
            let mut tags = ThoughtTags::of(true);
            for piece in characters.chunks(most) {
                tags.take(piece.iter().collect());
            }
            tags.finish();
            assert_eq!(tags.take_assumed(), assumed, "{text}, {most} at a time");
        }
    }
}

#[test]
fn nothing_is_assumed_where_the_endpoint_tells_thoughts_apart() {
    let mut tags = ThoughtTags::of(true);
    tags.assume_nothing();
    assert_eq!(tags.take("好".into()).text, "好");
    let mut tags = ThoughtTags::of(true);
    assert_eq!(tags.take("想</".into()).thoughts, "想");
    tags.assume_nothing();
    assert_eq!(tags.take("b>好".into()).text, "</b>好");
    assert_eq!(tags.take_assumed(), "");
    let mut tags = ThoughtTags::of(true);
    tags.assume_nothing();
    assert_eq!(
        tags.take("<think>想</think>好".into()),
        SortedPiece { thoughts: "想".into(), text: "好".into(), calls: Vec::new() }
    );
}
