use super::*;

#[test]
fn what_says_nothing_is_no_thought_however_it_is_written() {
    let read = |written: &str| serde_json::from_str::<WrittenThought>(written).unwrap();
    for written in ["null", "false", r#""""#, "{}", "[]", "{ }", "[\n ]"] {
        assert!(matches!(read(written), WrittenThought::Nothing), "{written}");
    }
    assert!(matches!(read(r#" "想" "#), WrittenThought::Text(text) if text == "想"));
    for written in ["true", "0", r#"{"a":1}"#, r#"["想"]"#] {
        assert!(matches!(read(written), WrittenThought::Other), "{written}");
    }
}
