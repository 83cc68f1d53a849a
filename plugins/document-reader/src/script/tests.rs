use super::*;

#[test]
fn height_is_kept_in_plain_characters() {
    for (text, script, expected) in [
        ("5", Script::Raised, "⁵"),
        ("-12", Script::Raised, "⁻¹²"),
        (" 2 ", Script::Raised, " ² "),
        ("ab", Script::Raised, "^{ab}"),
        ("①", Script::Raised, "①"),
        ("[12]", Script::Raised, "[12]"),
        ("th", Script::Raised, "th"),
        ("2", Script::Lowered, "₂"),
        ("max", Script::Lowered, "_{max}"),
        ("  ", Script::Lowered, "  "),
    ] {
        assert_eq!(set(text, script), expected);
    }
    let mut line = ScriptLine::default();
    for (text, script) in [("x", Script::Plain), ("a", Script::Raised), ("b", Script::Raised)] {
        line.say(text, script);
    }
    line.say("y", Script::Plain);
    assert_eq!(line.take(), "x^{ab}y", "runs of one height are one");
}
