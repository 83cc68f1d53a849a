use super::super::tests::{parse, read};

#[test]
fn the_nearest_names_are_taken_wherever_their_columns_stand() {
    for header in ["问题内容,问题标题,答案", "提问内容,提问标题,答案", "question_body,question_title,answer"]
    {
        let found = read(&format!("{header}\n衣服太大了，怎么退？,怎么退货？,七天内。\n"));
        assert_eq!(found[0].0, "怎么退货？", "{header}");
    }
    for header in ["备用答案,问题,答案", "兜底回复,问题,答案", "回答,问题,标准答案", "答案名称,问题,答案内容"]
    {
        let text = format!("{header}\n请转人工,怎么退货？,七天内。\n");
        assert_eq!(read(&text)[0].2, "七天内。", "{header}");
        let note = parse(&text).unwrap().note().unwrap();
        let unused = header.split(',').next().unwrap();
        assert!(note.contains(&format!("NOT used: {unused}")), "{note}");
    }
}

#[test]
fn what_is_stopped_is_not_in_use_where_the_column_is_a_switch() {
    let asked = |first: &str, second: &str| -> Vec<String> {
        let text = format!("问题,答案,状态\n甲？,一。,{first}\n乙？,二。,{second}\n");
        read(&text).into_iter().map(|found| found.0).collect()
    };
    for stopped in ["暂停", "停止", "已停止"] {
        assert_eq!(asked(stopped, "启用"), ["乙？"], "{stopped}");
        assert_eq!(asked("停用", stopped), [""; 0], "{stopped}");
        assert_eq!(asked(stopped, "正常"), ["甲？", "乙？"], "{stopped}: a machine's");
    }
}

#[test]
fn of_answers_in_several_languages_those_in_that_of_the_questions_are_given() {
    let rows =
        [("怎么退货？", "Within 7 days.", "七天内。"), ("怎么换货？", "Within 15 days.", "十五天内。")];
    let answers = |header: &str, rows: &[(&str, &str, &str)]| -> Vec<String> {
        let rows: Vec<String> =
            rows.iter().map(|(asked, one, two)| format!("{asked},{one},{two}\n")).collect();
        read(&format!("{header}\n{}", rows.concat())).into_iter().map(|found| found.2).collect()
    };
    for header in [
        "问题,英文答案,中文答案",
        "问题,答案（英文）,答案（中文）",
        "Question,Answer (en),Answer (zh)",
        "标题,英文回复,中文回复",
    ] {
        assert_eq!(answers(header, &rows), ["七天内。", "十五天内。"], "{header}");
        let text = format!("{header}\n怎么退货？,Within 7 days.,七天内。\n");
        let note = parse(&text).unwrap().note().unwrap();
        let names: Vec<&str> = header.split(',').collect();
        assert!(note.contains(&format!("answer: {}", names[2])), "{note}");
        assert!(note.contains(&format!("NOT used: {}", names[1])), "{note}");
    }
    let english =
        [("How do I return it?", "七天内。", "Within 7 days."), ("How do I pay?", "支付宝。", "By card.")];
    assert_eq!(answers("问题,中文答案,英文答案", &english), ["Within 7 days.", "By card."]);
    let traditional = [("怎麼退貨？", "七天内。", "七天內。"), ("怎麼換貨？", "十五天内。", "十五天內。")];
    assert_eq!(answers("问题,简体答案,繁体答案", &traditional), ["七天內。", "十五天內。"]);
    assert_eq!(answers("问题,繁体答案,简体答案", &rows), ["七天内。", "十五天内。"]);
    // As the file has them where nothing is filled in, where none is in the questions' language, and where a name says none.
    let empty = [("怎么退货？", "Within 7 days.", ""), ("怎么换货？", "Within 15 days.", "")];
    assert_eq!(answers("问题,英文答案,中文答案", &empty), ["Within 7 days.", "Within 15 days."]);
    for header in ["问题,英文答案,日文答案", "问题,英文答案,备用答案", "问题,短信答复,微信答复"]
    {
        assert_eq!(answers(header, &rows)[0], "Within 7 days.", "{header}");
    }
}
