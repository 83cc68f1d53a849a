use super::super::json::Json;
use super::*;

fn joined(pieces: &[&str]) -> String {
    let mut joiner = Joiner::default();
    let texts = pieces.iter().map(|piece| Json::parse(piece).unwrap().text(&mut joiner).unwrap());
    let text: String = texts.collect();
    text + joiner.finish()
}

#[test]
fn a_pair_is_one_sign_wherever_it_is_cut() {
    assert_eq!(joined(&[r#""好\ud83d\ude00""#]), "好😀");
    assert_eq!(joined(&[r#""好\ud83d""#, r#""\ude00吗""#]), "好😀吗");
    assert_eq!(joined(&[r#""\ud83d""#, r#""""#, r#""\ude00\ud83d""#, r#""\ude01""#]), "😀😁");
}

#[test]
fn half_a_pair_is_replaced() {
    assert_eq!(joined(&[r#""a\ud83d""#]), "a\u{FFFD}");
    assert_eq!(joined(&[r#""a\ude00b""#]), "a\u{FFFD}b");
    assert_eq!(joined(&[r#""\ud83d\ud83d\ude00""#, r#""x""#]), "\u{FFFD}😀x");
    assert_eq!(joined(&[r#""\ud83d""#, r#""好""#]), "\u{FFFD}好");
}
