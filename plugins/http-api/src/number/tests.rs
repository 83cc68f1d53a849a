use super::*;

fn printed(text: &str) -> String {
    let (kept, digits) = kept(text);
    let value: Value = serde_json::from_str(&kept).expect("JSON");
    let mut seen = Map::new();
    digits.put(&mut seen);
    json(&value, &seen, false)
}

#[test]
fn every_number_is_printed_as_it_was_written() {
    for text in [
        r#"{"price":1.10,"rate":5.00,"n":-0.50,"e":1e3,"i":42,"s":"1.10 \"2.0\\"}"#,
        "[0.1,0.10,18446744073709551615,-1]",
        "[1.2,3]",
        "{}",
    ] {
        let expected = text.replace("0.1,0.10", "0.10,0.10");
        assert_eq!(printed(text), expected);
    }
    assert_eq!(printed("[123456789012345678901234567890]"), r#"["123456789012345678901234567890"]"#);
    assert_eq!(printed("[3.14159265358979323846]"), r#"["3.14159265358979323846"]"#);
    assert_eq!(printed("[1e999]"), r#"["1e999"]"#);
    for text in ["1.10 元", "<p>1.10</p>", "{1.10", "\""] {
        assert_eq!(kept(text).0, text, "no JSON");
    }
}

#[test]
fn the_digits_that_programs_print_of_a_sum_stay_a_number() {
    for text in ["[0.30000000000000004,39.90419989999999,116.40739630000001]", "[0.12345678901234567]"] {
        assert_eq!(kept(text).0, text);
        assert_eq!(printed(text), text);
    }
    // Two numbers that are one float: the second cannot be held as well.
    assert_eq!(
        printed("[0.30000000000000004,0.30000000000000005,0.30000000000000004]"),
        r#"[0.30000000000000004,"0.30000000000000005",0.30000000000000004]"#
    );
}
