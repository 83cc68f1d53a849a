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
