use super::*;

fn json(text: &str) -> Json<'_> {
    Json::parse(text).unwrap()
}

#[test]
fn fields_of_any_shape_are_found_and_the_others_passed_over() {
    let value = json(r#"{"a": 1, "\ud83d": [], "b": {"a": 2}, "c": null, "a": "x", "\u0064": true}"#);
    let [a, b, c, d, e] = value.fields(["a", "b", "c", "d", "e"]);
    assert_eq!(a.unwrap().whole_text().unwrap(), "x");
    assert_eq!(b.unwrap().field("a").unwrap().count(), Some(2));
    assert!(c.is_none() && d.is_some() && e.is_none());
    for other in ["1", "\"a\"", "[{\"a\": 1}]", "null"] {
        assert!(json(other).field("a").is_none(), "{other}");
    }
}

#[test]
fn lists_are_read_to_their_bound() {
    let (items, more) = json("[1, [2], {}]").items(2).unwrap();
    assert_eq!((items.len(), items[1].as_written(), more), (2, "[2]", true));
    assert!(!json("[1]").items(1).unwrap().1 && json("{}").items(1).is_none());
}

#[test]
fn numbers_of_any_kind_are_counts() {
    for (text, count) in [
        ("3", Some(3)),
        ("3.6", Some(4)),
        ("-5", Some(0)),
        ("\"12\"", Some(12)),
        ("1e400", Some(9_007_199_254_740_991)),
        ("18446744073709551616", Some(9_007_199_254_740_991)),
        ("\"many\"", None),
        ("\"NaN\"", None),
        ("true", None),
        ("{}", None),
    ] {
        assert_eq!(json(text).count(), count, "{text}");
    }
}

#[test]
fn what_says_nothing_is_known() {
    for nothing in ["null", "false", "0", "0.0", "\"\"", "\"0\"", "{ }", "[]"] {
        assert!(json(nothing).is_nothing(), "{nothing}");
    }
    for something in ["true", "17", "\"x\"", "{\"a\":1}", "[0]"] {
        assert!(!json(something).is_nothing(), "{something}");
    }
}

#[test]
fn what_json_does_not_have_is_mended_and_the_rest_stays_as_it_is() {
    for (text, mended_to) in [
        ("{\"a\":\"你\t好\"}", Some("{\"a\":\"你\\u0009好\"}")),
        ("{\r\n\t\"a\":\"\\\"\n\0\"}", Some("{\r\n\t\"a\":\"\\\"\\u000a\\u0000\"}")),
        ("[NaN,\"NaN\t\",-Infinity]", Some("[null,\"NaN\\u0009\",null]")),
        ("{\n\t\"a\": \"NaN\\t\"\n}", None),
        ("{\"a\":\"好\"}", None),
    ] {
        let mended = mended(text);
        assert_eq!(mended, mended_to.unwrap_or(text));
        assert_eq!(matches!(mended, Cow::Owned(_)), mended_to.is_some(), "{text}");
        assert!(Json::parse(&mended).is_ok(), "{text}");
    }
    // A text that does not end stays one.
    assert!(Json::parse(&mended("{\"a\":\"你\n好")).unwrap_err().is_eof());
}
