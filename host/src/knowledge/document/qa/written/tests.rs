use super::super::tests::{parse, read};

fn pairs(text: &str) -> Vec<(String, String)> {
    read(text).into_iter().map(|(question, _, answer, _)| (question, answer)).collect()
}

#[test]
fn questions_are_known_by_marks_bold_print_and_numbers() {
    let wanted = [("怎么报名？", "登录官网。\n\n1. 注册\n2. 填表"), ("学费多少？", "五千元。")]
        .map(|(asked, answer)| (asked.to_owned(), answer.to_owned()));
    for text in [
        "## 怎么报名？\n\n登录官网。\n\n1. 注册\n2. 填表\n\n## 学费多少？\n\n五千元。\n",
        "# 常见问题\n\n## 1. 怎么报名？\n\n登录官网。\n\n1. 注册\n2. 填表\n\n## 2. 学费多少？\n\n五千元。\n",
        "**怎么报名？**\n\n登录官网。\n\n1. 注册\n2. 填表\n\n**学费多少？**\n\n五千元。\n",
        "# 常见问题\n\n**1. 怎么报名？**\n\n登录官网。\n\n1. 注册\n2. 填表\n\n**2. 学费多少？**\n\n五千元。\n",
        "1. **怎么报名？**\n登录官网。\n\n1. 注册\n2. 填表\n\n2. **学费多少？**\n五千元。\n",
        "1. 怎么报名？\n\n登录官网。\n\n1. 注册\n2. 填表\n\n2. 学费多少？\n\n五千元。\n",
        "一、怎么报名？\n登录官网。\n\n1. 注册\n2. 填表\n二、学费多少？\n五千元。\n",
        "1. 怎么报名？\n\n   登录官网。\n\n   1. 注册\n   2. 填表\n\n2. 学费多少？\n\n   五千元。\n",
        "怎么报名？\n登录官网。\n\n1. 注册\n2. 填表\n\n学费多少？\n五千元。\n",
        "**Q1. 怎么报名？**\n\n登录官网。\n\n1. 注册\n2. 填表\n\n**Q2. 学费多少？**\n\n五千元。\n",
        "Q: 怎么报名？\nA: 登录官网。\n\n1. 注册\n2. 填表\n\nQ: 学费多少？\nA: 五千元。\n",
        "问：怎么报名？\n答：登录官网。\n\n1. 注册\n2. 填表\n\n问：学费多少？\n答：五千元。\n",
        "**问：怎么报名？**\n\n**答：**登录官网。\n\n1. 注册\n2. 填表\n\n**问：学费多少？**\n\n**答：**五千元。\n",
        "### Q1：怎么报名？\n\nA1：登录官网。\n\n1. 注册\n2. 填表\n\n### Q2：学费多少？\n\nA2：五千元。\n",
        "【问题】怎么报名？\n【答案】登录官网。\n\n1. 注册\n2. 填表\n\n【问题】学费多少？\n【答案】五千元。\n",
        "# 招生\n\nQ1. 怎么报名？\n\nA1. 登录官网。\n\n1. 注册\n2. 填表\n\n# 缴费\n\nQ2. 学费多少？\n\nA2. 五千元。\n",
    ] {
        assert_eq!(pairs(text), wanted, "{text}");
        assert!(parse(text).unwrap().note().unwrap().starts_with("read as 2 questions; "), "{text}");
    }
    assert_eq!(
        pairs("问：怎么报名？答：登录官网。\n问：学费多少？ 答：五千元。\n"),
        [("怎么报名？", "登录官网。"), ("学费多少？", "五千元。")].map(|(q, a)| (q.to_owned(), a.to_owned()))
    );
    assert_eq!(
        pairs("| 问题 | 答案 |\n|---|---|\n| 怎么报名？ | 登录官网。 |\n"),
        [("怎么报名？".to_owned(), "登录官网。".to_owned())]
    );
}

#[test]
fn an_answer_of_several_paragraphs_is_whole_and_ends_at_the_next_question() {
    let wanted = [("怎么报名？", "上官网, 再填表。\n\n报名后缴费。"), ("学费多少, 何时交？", "五千元。")]
        .map(|(asked, answer)| (asked.to_owned(), answer.to_owned()));
    for text in [
        "怎么报名？\n上官网, 再填表。\n\n报名后缴费。\n\n学费多少, 何时交？\n五千元。\n",
        "怎么报名？\n\n上官网, 再填表。\n\n报名后缴费。\n\n学费多少, 何时交？\n\n五千元。\n",
        "问：怎么报名？\n答：上官网, 再填表。\n\n报名后缴费。\n\n问：学费多少, 何时交？\n答：五千元。\n",
    ] {
        assert_eq!(pairs(text), wanted, "{text}");
    }
    let text = "**怎么报名？**\n\n上官网。\n\n**注意：**\n\n报名后缴费。\n\n**学费多少？**\n\n五千元。\n";
    assert_eq!(pairs(text)[0].1, "上官网。\n\n**注意：**\n\n报名后缴费。");
}

#[test]
fn what_went_in_is_counted_and_what_did_not_is_named() {
    let note = |text: &str| parse(text).unwrap().note().unwrap();
    let told = note("# 常见问题\n\n## 怎么报名？ | 如何报名\n\n上官网。\n\n## 怎么缴费？ | |\n");
    assert!(told.starts_with("read as 1 question with 1 other way to ask; each heading"), "{told}");
    assert!(told.contains("left out for want of a question or an answer: line or place 2"), "{told}");
    let text = "招生办整理，如有变化以官网为准。\n\n问：怎么报名？\n答：上官网。\n";
    assert_eq!(parse(text).unwrap().blocks.len(), 2);
    assert!(note(text).contains("1 text above a question"), "{}", note(text));
}

#[test]
fn tables_and_prose_are_left_to_others() {
    for text in ["问题,答案\n问：怎么报名？,答：上官网。\n", "怎么报名？,上官网。\n1. 怎么缴费？,去银行。\n"]
    {
        assert_eq!(pairs(text).len(), text.lines().filter(|line| line.contains('？')).count(), "{text}");
    }
    let fenced = "## 怎么写？\n\n```\n问：一\n答：二\n```\n";
    assert_eq!(pairs(fenced), [("怎么写？".to_owned(), "```\n问：一\n答：二\n```".to_owned())]);
}
