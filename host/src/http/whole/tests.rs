use super::*;

#[derive(serde::Deserialize)]
struct SampleBody {
    #[serde(default, deserialize_with = "optional")]
    count: Option<u8>,
}

fn read(json: &str) -> Result<Option<u8>, String> {
    serde_json::from_str::<SampleBody>(json).map(|body| body.count).map_err(|error| error.to_string())
}

#[test]
fn whole_floats_are_whole_numbers_and_nothing_else_is() {
    for (json, expected) in [
        (r#"{"count": 3}"#, Some(3)),
        (r#"{"count": 3.0}"#, Some(3)),
        (r#"{"count": 2e2}"#, Some(200)),
        (r#"{"count": -0.0}"#, Some(0)),
        (r#"{"count": null}"#, None),
        ("{}", None),
    ] {
        assert_eq!(read(json), Ok(expected), "{json}");
    }
    for (json, told) in [
        (r#"{"count": 1.5}"#, "invalid type: floating point `1.5`, expected u8"),
        (r#"{"count": -1}"#, "invalid value: integer `-1`, expected u8"),
        (r#"{"count": -1.0}"#, "invalid value: floating point `-1.0`, expected u8"),
        (r#"{"count": 300}"#, "invalid value: integer `300`, expected u8"),
        (r#"{"count": 1e300}"#, "invalid type: floating point"),
        (r#"{"count": "3"}"#, "invalid type: string \"3\", expected u8"),
    ] {
        assert!(read(json).is_err_and(|error| error.starts_with(told)), "{json}: {:?}", read(json));
    }
}

#[test]
fn what_is_passed_on_has_no_point() {
    let raw = |text: &str| serde_json::from_str::<Box<RawValue>>(text).unwrap();
    for (json, expected) in [
        ("1024.0", "1024"),
        ("1e3", "1000"),
        ("-1.0", "-1"),
        ("0.5", "0.5"),
        ("7", "7"),
        (r#""1.0""#, r#""1.0""#),
    ] {
        assert_eq!(written(raw(json)).get(), expected);
    }
    assert!(is(&raw("1.0"), 1.0) && is(&raw("1"), 1.0) && !is(&raw("\"1\""), 1.0) && !is(&raw("2"), 1.0));
}
