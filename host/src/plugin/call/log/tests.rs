use super::*;

#[test]
fn lines_are_cut_cleaned_and_counted() {
    let mut log = Log::default();
    log.write("p", Level::Info, "一行\n\u{1b}[31m伪造");
    for _ in 0..MAX_LINES {
        log.write("p", Level::Debug, &"字".repeat(MAX_LINE));
    }
    let (lines, dropped) = log.take();
    assert_eq!((lines.len(), dropped), (MAX_LINES, 1));
    assert_eq!(lines[0].message, "一行  [31m伪造");
    assert_eq!(lines[1].message.len(), MAX_LINE / 3 * 3);
}
