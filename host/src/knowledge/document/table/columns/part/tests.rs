use super::*;
use crate::knowledge::document::{Block, delimited};

/// Each row below what stands above it.
fn read(text: &str) -> Vec<String> {
    let shown = |block: &Block| match block {
        Block::Prose { headings, text, .. } => format!("{}|{}", headings.join(">"), text.replace('\n', "/")),
        Block::Question { question, .. } => question.clone(),
    };
    delimited::parse(text).unwrap().blocks.iter().map(shown).collect()
}

#[test]
fn a_row_that_lacks_its_values_heads_no_others_below_a_title_of_two_lines() {
    for name in ["名称", "品名", "商品", "果品", "水果"] {
        for lacking in ["芒果", "芒果,", "芒果,,", "火龙果,"] {
            let rows = read(&format!("2025年目录\n水果\n{name},价格\n香蕉,5\n{lacking}\n梨子,4\n"));
            let fruit = lacking.trim_end_matches(',');
            assert_eq!(
                rows,
                [
                    format!("2025年目录>水果|{name}: 香蕉/价格: 5"),
                    format!("2025年目录|{name}: {fruit}"),
                    format!("2025年目录|{name}: 梨子/价格: 4"),
                ],
                "{lacking}"
            );
        }
    }
    // What its column is called, the title is called as well.
    let rows = read("2025年\n招生专业\n专业,学费\n软件,5500\n法学专业,\n英语,4800\n");
    assert_eq!(rows[1..], ["2025年|专业: 法学专业", "2025年|专业: 英语/学费: 4800"]);
}

#[test]
fn parts_go_on_being_parts_below_a_title_of_two_lines() {
    let last = |text: &str| read(text).pop().unwrap();
    for (text, wanted) in [
        // Two words of one set.
        ("食堂\n早餐\n名称,价格\n包子,2\n午餐\n面条,12\n", "食堂>午餐|名称: 面条/价格: 12"),
        ("食堂\n早餐\n品名,价格\n包子,2\n午餐,\n面条,12\n", "食堂>午餐|品名: 面条/价格: 12"),
        ("菜单\n热菜\n品名,价格\n烤鱼,48\n凉菜\n黄瓜,12\n", "菜单>凉菜|品名: 黄瓜/价格: 12"),
        ("计划\n本科专业\n专业,人数\n软件,60\n专科专业\n护理,40\n", "计划>专科专业|专业: 护理/人数: 40"),
        ("大学\n理工学院\n名称,学费\n软件,5500\n文学院\n英语,4800\n", "大学>文学院|名称: 英语/学费: 4800"),
        // A column that says what its rows are, and one of numbers.
        ("名册\n财务处\n姓名,电话\n张三,62\n教务处\n李四,63\n", "名册>教务处|姓名: 李四/电话: 63"),
        ("大学\n理工学院\n专业,学费\n软件,5500\n文学院\n英语,4800\n", "大学>文学院|专业: 英语/学费: 4800"),
        ("菜单\n炒菜\n序号,菜名\n1,烤鱼\n炖菜\n2,黄瓜\n", "菜单>炖菜|序号: 2/菜名: 黄瓜"),
        // Several, and none of the rows with values is called so.
        ("菜单\n炒菜\n名称,价格\n烤鱼,48\n炖菜\n黄瓜,12\n素菜\n豆腐,9\n", "菜单>素菜|名称: 豆腐/价格: 9"),
    ] {
        assert_eq!(last(text), wanted, "{text}");
    }
    // Where one is called so they may be rows that lack their values.
    let rows = read("目录\n水果\n名称,价格\n香蕉,5\n芒果,\n梨子,4\n青果,\n苹果,6\n");
    assert_eq!(rows.last().unwrap(), "目录|名称: 苹果/价格: 6");
    assert_eq!(rows.len(), 5);
}

#[test]
fn names_that_differ_in_one_word_of_a_set_are_parts_of_one_whole_and_so_are_those_of_what_holds() {
    for (one, other) in
        [("早餐", "午餐"), ("一楼", "三楼"), ("本科专业", "专科专业"), ("早餐", "早餐"), ("水果类", "坚果类")]
    {
        assert!(are_parts(one, other), "{one} {other}");
    }
    for (one, other) in [("水果", "芒果"), ("早餐", "西餐"), ("早餐", "午餐券"), ("上午班", "下晚班")]
    {
        assert!(!are_parts(one, other), "{one} {other}");
    }
}
