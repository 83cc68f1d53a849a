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

#[test]
fn a_line_may_name_other_ways_to_ask() {
    for text in [
        "问：怎么报名？\n相似问：如何报名；报名流程\n答：登录官网。\n\n问：学费多少？\n答：五千元。\n",
        "问：怎么报名？\n答：登录官网。\n相似问法：如何报名；报名流程\n\n问：学费多少？\n答：五千元。\n",
        "## 怎么报名？\n\n相似问：如何报名|报名流程\n\n登录官网。\n\n## 学费多少？\n\n五千元。\n",
        "## 怎么报名？\n相似问：如何报名\n扩展问：报名流程\n答：登录官网。\n\n## 学费多少？\n五千元。\n",
        "**怎么报名？**\n相似问：如何报名；报名流程\n登录官网。\n\n**学费多少？**\n五千元。\n",
    ] {
        let found: Vec<_> =
            read(text).into_iter().map(|(asked, ways, answer, _)| (asked, ways, answer)).collect();
        let wanted = [("怎么报名？", "登录官网。"), ("学费多少？", "五千元。")];
        let found_pairs: Vec<_> =
            found.iter().map(|(asked, _, answer)| (asked.as_str(), answer.as_str())).collect();
        assert_eq!(found_pairs, wanted, "{text}");
        assert_eq!(found[0].1, ["如何报名", "报名流程"], "{text}");
    }
}

#[test]
fn answers_that_a_page_folds_are_those_of_what_shows() {
    let wanted = [("怎么报名？", "登录官网。\n\n1. 注册\n2. 填表"), ("退费流程", "联系我们。")]
        .map(|(asked, answer)| (asked.to_owned(), answer.to_owned()));
    for text in [
        "# 常见问题\n\n<details>\n<summary>怎么报名？</summary>\n\n登录官网。\n\n1. 注册\n2. 填表\n\n</details>\n\n<details>\n<summary>退费流程</summary>\n\n联系我们。\n\n</details>\n",
        "<details open><summary><b>1. 怎么报名？</b></summary>\n登录官网。\n\n1. 注册\n2. 填表\n</details>\n<Details><Summary>2. 退费流程</Summary>联系我们。</Details>\n",
        "??? question \"怎么报名？\"\n    登录官网。\n\n    1. 注册\n    2. 填表\n\n???+ faq \"退费流程\"\n\n    联系我们。\n",
        "::: details 怎么报名？\n登录官网。\n\n1. 注册\n2. 填表\n:::\n\n::: details 退费流程\n联系我们。\n:::\n",
        "怎么报名？\n\n:   登录官网。\n\n    1. 注册\n    2. 填表\n\n退费流程\n: 联系我们。\n",
    ] {
        assert_eq!(pairs(text), wanted, "{text}");
        assert!(parse(text).unwrap().note().unwrap().contains("read as 2 questions"), "{text}");
    }
    // What stands beside them stays, and code is code.
    let text = "# 须知\n\n招生办整理。\n\n```\n<details>\n<summary>怎么写？</summary>\n如此。\n</details>\n```\n\n<details>\n<summary>怎么报名？</summary>\n\n上官网。\n</details>\n";
    let document = parse(text).unwrap();
    assert_eq!((pairs(text).len(), document.blocks.len()), (1, 2));
    // Their title may ask, and groups of them may have headings.
    for above in ["# 怎么用？\n\n", "# 常见问题\n\n## 售后\n\n"] {
        let folds = "<details><summary>怎么退？</summary>七天内。</details>\n\n## 物流\n\n<details><summary>怎么查？</summary>看订单。</details>\n";
        let found = pairs(&format!("{above}{folds}"));
        assert_eq!(
            found.iter().map(|(asked, _)| asked).collect::<Vec<_>>(),
            ["怎么退？", "怎么查？"],
            "{above}"
        );
    }
}

#[test]
fn what_a_page_folds_within_an_answer_stays_there() {
    for fold in [
        "<details>\n<summary>查看完整日志</summary>\n\nok 1\n\n</details>",
        "<details><summary>报错怎么办？</summary>重启。</details>",
        "银卡\n:   满100元\n\n金卡\n:   满500元",
        "::: details 查看细则\n生鲜除外。\n:::",
        "??? question \"生鲜能退吗？\"\n    不能。",
    ] {
        for [first, second] in [
            ["## 怎么安装？\n\n", "## 怎么卸载？\n\n"],
            ["问：怎么安装？\n答：", "问：怎么卸载？\n答："],
            ["**怎么安装？**\n\n", "**怎么卸载？**\n\n"],
            ["- **怎么安装？**\n\n", "- **怎么卸载？**\n\n"],
            ["1. 怎么安装？\n\n", "2. 怎么卸载？\n\n"],
        ] {
            let text = format!("{first}运行。\n\n{fold}\n\n重启即可。\n\n{second}删除。\n");
            let answer = format!("运行。\n\n{fold}\n\n重启即可。");
            let wanted = [("怎么安装？".to_owned(), answer), ("怎么卸载？".to_owned(), "删除。".to_owned())];
            assert_eq!(pairs(&text), wanted, "{text}");
        }
    }
}

#[test]
fn a_fold_that_is_called_an_answer_is_that_of_the_question_above() {
    let wanted = [("什么是闭包？", "函数。"), ("什么是原型？", "对象。")]
        .map(|(asked, answer)| (asked.to_owned(), answer.to_owned()));
    for name in ["答案", "参考答案：", "查看答案", "点击查看答案 👇", "Show answer"] {
        for fold in [
            format!("<details><summary>{name}</summary>\n\nIT\n\n</details>"),
            format!("::: details {name}\nIT\n:::"),
            format!("??? success \"{name}\"\n    IT"),
        ] {
            for [first, second] in [
                ["## 什么是闭包？", "## 什么是原型？"],
                ["**Q1：什么是闭包？**", "**Q2：什么是原型？**"],
                ["1. 什么是闭包？", "2. 什么是原型？"],
                ["什么是闭包？", "什么是原型？"],
            ] {
                let folded = |answer: &str| fold.replace("IT", answer);
                let text = format!("{first}\n\n{}\n\n{second}\n\n{}\n", folded("函数。"), folded("对象。"));
                assert_eq!(pairs(&text), wanted, "{text}");
            }
        }
    }
    // Bold lines may be called as they are, and what is folded below them a part.
    let text = "**安装**\n\n运行。\n\n<details><summary>日志</summary>ok</details>\n\n**卸载**\n\n删除。\n";
    assert_eq!(pairs(text)[0].1, "运行。\n\n<details><summary>日志</summary>ok</details>");
    let text = "# 帮助\n\n## 怎么安装？\n\n运行。\n\n<details><summary>报错怎么办？</summary>重启。</details>\n<details><summary>太慢怎么办？</summary>等。</details>\n";
    assert_eq!(pairs(text).len(), 1);
    // A question about answers is one.
    let text = "<details><summary>怎么查答案？</summary>看书。</details>\n<details><summary>答案在哪？</summary>书后。</details>\n";
    assert_eq!(pairs(text).len(), 2);
}
