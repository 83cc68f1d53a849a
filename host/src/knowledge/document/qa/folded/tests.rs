use crate::knowledge::document::{Block, Format, parse};

fn stored(text: &str) -> (Vec<(String, String)>, usize) {
    let blocks = parse(text.into(), Format::Markdown, "").unwrap().blocks;
    let all = blocks.len();
    let questions: Vec<_> = blocks
        .into_iter()
        .filter_map(|block| match block {
            Block::Question { question, answer, .. } => Some((question, answer)),
            Block::Prose { .. } => None,
        })
        .collect();
    let texts = all - questions.len();
    (questions, texts)
}

#[test]
fn folded_questions_of_a_text_are_stored_where_nearly_all_ask() {
    let fold = |shown: &str, folded: &str| {
        format!("<details>\n<summary>{shown}</summary>\n\n{folded}\n\n</details>\n\n")
    };
    let asked = format!("{}{}", fold("怎么报名？", "上官网。"), fold("学费多少？", "五千元。"));
    let (questions, texts) = stored(&format!(
        "# 报名须知\n\n招生办整理，如有变化以官网为准。\n\n{asked}## 附则\n\n自发布起施行。\n"
    ));
    let wanted = [("怎么报名？", "上官网。"), ("学费多少？", "五千元。")];
    assert_eq!(questions, wanted.map(|(asked, answer)| (asked.to_owned(), answer.to_owned())));
    assert_eq!(texts, 2, "what stands beside is searched");
    // What folds other things, or one question, is a text as it was.
    let code = format!("{asked}{}{}", fold("代码", "略。"), fold("日志", "略。"));
    for text in [code, fold("怎么报名？", "上官网。"), format!("```\n{asked}```\n")] {
        assert!(stored(&text).0.is_empty(), "{text}");
    }
}

#[test]
fn a_fold_of_folds_holds_a_part_of_the_text() {
    let text = "<details>\n<summary>报名</summary>\n\n<details>\n<summary>怎么报名？</summary>\n\n上官网。\n</details>\n\
        <details>\n<summary>学费多少？</summary>\n\n五千元。\n</details>\n\n</details>\n";
    let (folded, rest) = super::take_folded(text);
    assert_eq!(folded.len(), 2);
    assert!(rest.contains("<summary>报名</summary>"), "{rest}");
    // What stands in a cell in quotes is part of it.
    let cell = "怎么报名？,\"上官网。\n<details>\n<summary>怎么缴费？</summary>\n去银行。\n</details>\n完。\"\n怎么退？,联系我们。\n";
    assert!(super::take_folded(cell).0.is_empty());
    // One that nothing closes is no question.
    assert!(super::take_folded("<details>\n<summary>怎么报名？</summary>\n上官网。\n").0.is_empty());
}
