use serde_json::value::RawValue;

use super::*;

fn shape(format: &str) -> AnswerShape {
    let value = RawValue::from_string(format.to_owned()).unwrap();
    AnswerShape::of(&[("response_format", value)].into_iter().collect())
}

#[test]
fn a_text_of_nobodys_wording_never_breaks_a_reader_of_json() {
    for format in ["null", "1", "{}", r#"{"type": "text"}"#, r#"{"type": 1}"#] {
        assert_eq!(shape(format), AnswerShape::Text, "{format}");
    }
    let (object, schema) =
        (shape(r#"{"type": "json_object"}"#), shape(r#"{"type": "json_schema", "json_schema": {}}"#));
    assert_eq!((object, schema), (AnswerShape::Object, AnswerShape::Schema));
    assert_eq!(object.wrap("好\"".into()), Piece::Text(r#"{"answer":"好\""}"#.into()));
    assert_eq!(schema.wrap("好".into()), Piece::Refusal("好".into()));
    for shape in [AnswerShape::Text, AnswerShape::Object, AnswerShape::Schema] {
        assert_eq!(shape.wrap(r#"{"a": 1}"#.into()), Piece::Text(r#"{"a": 1}"#.into()));
    }
}
