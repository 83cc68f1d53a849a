use super::*;

#[test]
fn pieces_are_told_apart_by_their_marks() {
    let mark = |piece| DocumentPart::Heading { level: 6, text: mark(piece) };
    let text = |text: &str| DocumentPart::Text(text.into());
    assert_eq!(
        pieces(vec![mark(0), text("甲"), mark(1), text(&super::mark(1)), mark(2), text("乙")], 3),
        [Some(vec![text("甲")]), None, Some(vec![text("乙")])]
    );
    assert_eq!(
        pieces(vec![mark(0), text("甲"), mark(1), text("乙")], 3),
        [Some(vec![text("甲")]), None, None]
    );
    assert!(page("a<b>c", std::slice::from_ref(&(1..4))).contains("</h6>\n<b>\n"));
}
