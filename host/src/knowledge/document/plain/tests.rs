use super::super::Block;
use super::*;

#[test]
fn chapters_and_articles_are_headings_and_the_rest_is_as_it_was() {
    let document = parse("示例大学章程\n\n第一章 总则\n\n第一条 为了规范办学，制定本章程。\n包括：\n（一）甲；\n\n第二章 学生\n第二条　学生享有权利。\n").unwrap();
    let shown: Vec<_> = document
        .blocks
        .iter()
        .map(|block| match block {
            Block::Prose { headings, text, .. } => {
                format!("{}|{}", headings.join(">"), text.replace('\n', "/"))
            }
            Block::Question { .. } => String::new(),
        })
        .collect();
    assert_eq!(
        shown,
        [
            "|示例大学章程",
            "第一章 总则>第一条|为了规范办学，制定本章程。/包括：/（一）甲；",
            "第二章 学生>第二条|学生享有权利。"
        ]
    );
    assert_eq!(document.title.as_deref(), Some("示例大学章程"));
    let text = "没有章节。\n第一章里说过。";
    assert!(matches!(&parse(text).unwrap().blocks[..], [Block::Prose { text: all, .. }] if all == text));
}
