//! Tests of what stands in a table's cell.

use super::*;

#[test]
fn a_cell_keeps_the_empty_lines_and_the_indentation_within_it() {
    let paragraph = |runs: &str| format!("<w:p><w:r>{runs}</w:r></w:p>");
    let said = |text: &str| format!(r#"<w:t xml:space="preserve">{text}</w:t>"#);
    let cell = |paragraphs: &[String]| format!("<w:tc>{}</w:tc>", paragraphs.concat());
    let line = |text: &str| cell(&[paragraph(&said(text))]);
    let steps = [
        paragraph(""),
        paragraph(&said("　　请这样报名：")),
        paragraph(""),
        paragraph(&format!("{}<w:br/>{}", said("1. 登录 "), said("    填表"))),
        paragraph(&format!("<w:tab/>{}", said("提交"))),
        paragraph(""),
    ];
    let rows = format!(
        "<w:tr>{}{}</w:tr><w:tr>{}{}</w:tr>",
        line(" 问题 "),
        line("答案"),
        cell(&[paragraph(&format!("{}<w:tab/>{}", said("  怎么"), said("报名？")))]),
        cell(&steps)
    );
    let document = read(docx(&format!("<w:tbl>{rows}</w:tbl>"))).unwrap();
    let answer = "　　请这样报名：\n\n1. 登录\n    填表\n\t提交";
    assert_eq!(shown(&document), ["问题 | 答案", &format!("怎么 报名？ | {answer}")]);
    // A frame around text is no answer.
    let document = read(docx(&format!("<w:tbl><w:tr>{}</w:tr></w:tbl>", cell(&steps)))).unwrap();
    assert_eq!(shown(&document), ["请这样报名：\n1. 登录\n填表\n提交"]);
}

#[test]
fn a_first_row_that_alone_is_set_in_bold_names_the_columns_in_word_too() {
    let row = |cells: &str, look: &str| {
        let cell =
            |text: &str| format!("<w:tc><w:p><w:r><w:rPr>{look}</w:rPr><w:t>{text}</w:t></w:r></w:p></w:tc>");
        format!("<w:tr>{}</w:tr>", cells.split('|').map(cell).collect::<String>())
    };
    let headers = |first: &str, below: &str| {
        let rows = row("菜名|口味|联系电话", first) + &row("烧鱼|甜|老王", below) + &row("烤鸭|咸|老李", "");
        let document = read(docx(&format!("<w:tbl>{rows}</w:tbl>"))).unwrap();
        let [Part::Table(table)] = &document.parts[..] else { panic!("{:?}", document.parts) };
        table.header_rows
    };
    assert_eq!(headers("<w:b/>", ""), Some(1));
    assert_eq!(headers("<w:b/>", r#"<w:b w:val="0"/>"#), Some(1));
    assert_eq!(headers("<w:b/>", "<w:b/>"), None, "two rows stand out");
    assert_eq!(headers(r#"<w:b w:val="0"/>"#, ""), None);
}
