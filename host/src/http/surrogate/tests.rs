use super::*;

#[test]
fn a_lone_half_becomes_a_mark_and_all_else_stays() {
    let text = |json: &[u8]| serde_json::from_slice::<String>(&mended(json)).unwrap();
    for (json, expected) in [
        (r#""好\ud83d""#, "好\u{fffd}"),
        (r#""\uDE00好""#, "\u{fffd}好"),
        (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
        (r#""\ud83dx\ude00""#, "\u{fffd}x\u{fffd}"),
        (r#""\ud83d\n""#, "\u{fffd}\n"),
        (r#""\\ud83d""#, "\\ud83d"),
        (r#""\\\ud83d""#, "\\\u{fffd}"),
        (r#""\ud83d\ude00 \u4f60 😀""#, "😀 你 😀"),
    ] {
        assert_eq!(text(json.as_bytes()), expected, "{json}");
    }
    assert_eq!(text(b"\"\xed\xa0\xbd\xed\xb8\x80\""), "\u{fffd}\u{fffd}", "as some write it in bytes");
    assert_eq!(text("\"퀀\"".as_bytes()), "퀀", "which begins with the same byte");
    for odd in [&b"\\"[..], b"\"\\", b"\"\\u", b"\"\\ud8", b"\\ud83d", b"\xed", b"\xed\xa0", b""] {
        _ = mended(odd);
    }
}
