use super::*;

#[test]
fn a_note_that_several_documents_have_is_said_once() {
    let note = |document: &str, note: &str| Note { document: document.into(), note: note.into() };
    let notes = [note("a.csv", "read as GBK"), note("b.csv", "no header"), note("c.csv", "read as GBK")];
    assert_eq!(by_text(&notes), [("read as GBK", vec!["a.csv", "c.csv"]), ("no header", vec!["b.csv"])]);
}
