use crate::knowledge::document::{Block, DocumentPart, Format, Parsed};

/// What a table of a page is read as, whose first row is said to name its columns: its questions, and how many texts beside.
fn read(names: &[&str], rows: &[&[&str]]) -> (Vec<String>, usize) {
    let row = |row: &[&str]| row.iter().map(|&cell| cell.to_owned()).collect::<Vec<String>>();
    let rows = std::iter::once(row(names)).chain(rows.iter().map(|cells| row(cells))).collect();
    let table = DocumentPart::Table { titles: vec![], header_rows: Some(1), rows };
    let document = Parsed { parts: vec![table], ..Parsed::default() }.into_document(Format::Html).unwrap();
    let all = document.blocks.len();
    let asked = |block: Block| match block {
        Block::Question { question, answer, .. } => Some(format!("{question}={answer}")),
        Block::Prose { .. } => None,
    };
    let questions: Vec<String> = document.blocks.into_iter().filter_map(asked).collect();
    let texts = all - questions.len();
    (questions, texts)
}

#[test]
fn questions_below_names_of_groups_are_read_as_such() {
    let rows: &[&[&str]] = &[&["1", "售后", "怎么退货？", "七天内"], &["2", "售后", "怎么换货？", "十五天"]];
    for names in [
        ["基本信息 编号", "基本信息 分类", "知识内容 标准问", "知识内容 标准答案"],
        ["编号", "分类", "问答知识内容 标准问", "问答知识内容 口径"],
        ["编号", "分类", "标准问", "标准答案"],
    ] {
        let wanted = ["怎么退货？=七天内", "怎么换货？=十五天"].map(str::to_owned).to_vec();
        assert_eq!(read(&names, rows), (wanted, 0), "{names:?}");
    }
}

#[test]
fn names_that_only_begin_alike_are_no_questions() {
    let rows: &[&[&str]] = &[&["1", "2", "3", "4"], &["5", "6", "7", "8"]];
    for names in [
        // What faults are listed under, figures, texts with their titles, and words that are no group's.
        ["检查情况 问题", "检查情况 时间", "落实情况 回复", "落实情况 责任人"],
        ["Sales Q", "Sales A", "Costs Q", "Costs A"],
        ["公告 标题", "公告 内容", "发布 部门", "发布 日期"],
        ["价格 平日", "价格 周末", "票种 名称", "票种 说明"],
        ["编号", "所属 分类", "知识内容 标准问", "补充 口径"],
    ] {
        let (questions, texts) = read(&names, rows);
        assert!(questions.is_empty() && texts > 0, "{names:?}: {questions:?}");
    }
}

#[test]
fn a_state_below_the_name_of_a_group_says_what_is_in_use_or_that_faults_are_listed() {
    let names = ["知识内容 标准问", "知识内容 标准答案", "管理信息 状态", "管理信息 更新时间"];
    let rows = |first: &'static str, second: &'static str| {
        [["怎么退货？", "七天内", first, "五月"], ["怎么换货？", "十五天", second, "六月"]]
    };
    let read = |[first, second]: [[&str; 4]; 2]| read(&names, &[&first, &second]);
    assert_eq!(read(rows("启用", "停用")), (vec!["怎么退货？=七天内".to_owned()], 0));
    assert!(read(rows("处理中", "已解决")).0.is_empty());
}
