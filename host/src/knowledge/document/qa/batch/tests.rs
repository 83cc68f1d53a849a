use super::super::tests::{parse, read};

#[test]
fn equal_questions_are_told_apart_by_the_column_that_differs() {
    let text = "学校,问题,相似问,答案,更新时间\n甲大学,学费多少？,一年多少钱,五千元。,一月\n乙大学,学费多少？,,六千元。,二月\n甲大学,有几个校区？,,两个。,一月\n";
    let asked: Vec<(String, Vec<String>, String)> =
        read(text).into_iter().map(|(question, variants, answer, _)| (question, variants, answer)).collect();
    assert_eq!(
        asked,
        [
            ("甲大学学费多少？".into(), vec!["甲大学一年多少钱".into()], "五千元。".into()),
            ("乙大学学费多少？".into(), vec![], "六千元。".into()),
            ("有几个校区？".into(), vec![], "两个。".to_owned()),
        ]
    );
    let note = parse(text).unwrap().note().unwrap();
    assert!(
        note.contains("2 questions with several answers are told apart by 学校")
            && !note.contains("two answers"),
        "{note}"
    );
    let two = "产品,型号,问题,答案\n冰箱,A1,保修多久？,一年。\n冰箱,A2,保修多久？,两年。\n空调,A1,保修多久？,三年。\n";
    assert_eq!(read(two)[2].0, "空调A1保修多久？");
    let json = "{\"question\":\"学费多少？\",\"school\":\"甲大学\",\"answer\":\"五千元。\"}\n{\"question\":\"学费多少\",\"school\":\"乙大学\",\"answer\":\"六千元。\"}\n";
    assert_eq!(read(json)[1].0, "乙大学学费多少");
}

#[test]
fn the_numbers_of_numbered_questions_are_left_out() {
    let asked = |text: &str| read(text).into_iter().map(|(question, ..)| question).collect::<Vec<_>>();
    assert_eq!(
        asked("问题,答案\n1. 怎么登录？,用工号。\n2、怎么退出？,点右上角。\n"),
        ["怎么登录？", "怎么退出？"]
    );
    assert_eq!(asked("问题,答案\n1. 怎么登录？,用工号。\n怎么退出？,点右上角。\n")[0], "1. 怎么登录？");
}

#[test]
fn what_no_column_tells_apart_is_reported() {
    for text in [
        "学校,问题,答案\n甲大学,学费多少？,五千元。\n甲大学,学费多少,六千元。\n",
        "问题,答案,更新时间\n学费多少？,五千元。,2024-01-01\n学费多少,六千元。,2025-01-01\n",
    ] {
        let document = parse(text).unwrap();
        assert!(document.note().unwrap().contains("two answers: 学费多少"), "{text}");
        assert_eq!(read(text)[0].0, "学费多少？");
    }
}
