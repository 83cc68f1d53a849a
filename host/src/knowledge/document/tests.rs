use super::*;

#[test]
fn an_empty_document_is_an_error() {
    for format in [Format::Txt, Format::Markdown, Format::Csv] {
        assert_eq!(parse(b" \n ".to_vec(), format, ""), Err(ParseError::Empty), "{format:?}");
    }
}
