use super::*;

#[test]
fn what_is_filled_in_is_not_looked_at_again_and_other_braces_stay() {
    let texts = Texts { tool_unknown: "{tool} {x} {tools} {tool".into(), ..Texts::default() };
    assert_eq!(texts.unknown_tool("{tools}", &["a", "b"]), "{tools} {x} a、b {tool");
    assert_eq!(texts.unknown_tool("t", &[]), "没有名为 t 的工具，也没有其他工具；请直接回答。");
}

#[test]
fn an_empty_text_and_a_place_that_nothing_fills_are_named() {
    assert_eq!(Texts::default().problems(), []);
    let texts =
        Texts { tool_silent: " ".into(), tool_unknown: "no {name}; {tool}".into(), ..Texts::default() };
    let told: Vec<String> = texts.problems().iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("tool_silent: is empty"), "{told:?}");
    assert_eq!(told[1], "tool_unknown: has {name}, which nothing fills in; there are: {tool}, {tools}");
}

#[test]
fn a_text_without_what_it_is_for_is_named() {
    let texts = Texts {
        rewrite_input: "改写：{question}".into(),
        tool_nothing_because: "没有".into(),
        tool_not_alone: "请单独调用".into(),
        ..Texts::default()
    };
    let told: Vec<String> = texts.problems().iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "rewrite_input: has no `{conversation}`; add it, such as \"…{conversation}…\"",
            "tool_nothing_because: has no `{reason}`; add it, such as \"…{reason}…\"",
        ]
    );
}
