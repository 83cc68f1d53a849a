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
fn a_name_among_names_is_a_row_and_ends_no_part() {
    let rows = ["姓名: 张三/电话: 62", "姓名: 王小二", "姓名: 李四/电话: 63"];
    for (text, order) in [
        ("人员表\n财务处\n姓名,电话\n张三,62\n王小二,,\n李四,63\n", [0, 1, 2]),
        ("人员表\n财务处\n姓名,电话\n王小二,\n张三,62\n李四,63\n", [1, 0, 2]),
        ("人员表\n财务处\n姓名,电话\n张三,62\n李四,63\n王小二\n", [0, 2, 1]),
    ] {
        assert_eq!(read(text), order.map(|at| format!("人员表>财务处|{}", rows[at])), "{text}");
    }
    let groups = "姓名,电话\n财务处,\n张三,62\n王小二,\n李四,63\n教务处,\n赵六,64\n";
    let expected = rows.map(|row| format!("财务处|{row}"));
    assert_eq!(read(groups)[..3], expected);
    assert_eq!(read(groups)[3], "教务处|姓名: 赵六/电话: 64");
    // The first row, below no part.
    assert_eq!(
        read("姓名,电话\n王小二,\n张三,62\n李四,63\n备注：如有变动另行通知,\n")[..3],
        ["|姓名: 王小二", "|姓名: 张三/电话: 62", "|姓名: 李四/电话: 63"]
    );
}

#[test]
fn what_counts_as_the_rows_do_heads_none_of_them() {
    assert_eq!(
        read("楼栋,床位\n1号楼,\n2号楼,600\n3号楼,580\n"),
        ["|楼栋: 1号楼", "|楼栋: 2号楼/床位: 600", "|楼栋: 3号楼/床位: 580"]
    );
    assert_eq!(
        read("班级,人数\n一年级,\n1班,40\n2班,41\n3班,\n4班,39\n")[2..],
        ["一年级|班级: 3班", "一年级|班级: 4班/人数: 39"]
    );
}

#[test]
fn one_name_above_all_things_of_a_table_is_one_of_them() {
    for (above, name, lacking) in
        [("", "名称", "香蕉,"), ("水果\n", "名称", "芒果,,"), ("2025年目录\n水果\n", "品名", "香蕉,")]
    {
        let rows = read(&format!("{above}{name},价格\n{lacking}\n桃子,5\n梨子,4\n"));
        assert_eq!(rows.len(), 3, "{rows:?}");
        let fruit = lacking.trim_end_matches(',');
        assert!(rows[0].ends_with(&format!("|{name}: {fruit}")) && !rows[2].contains(fruit), "{rows:?}");
    }
    let rows = read("大学\n名称,学费\n文学院,\n英语,5\n日语,4\n");
    assert_eq!(rows[1], "大学>文学院|名称: 日语/学费: 4", "it says that it is a group");
    // Several, one with a number, one without a cell for its value, one of a table whose end is not known yet, and one above a gap.
    let many: String = (0..40).map(|n| format!("桃子{n}号,{n}\n")).collect();
    for text in [
        "名称,价格\n水果,\n桃子,5\n蔬菜,\n白菜,2\n水果,\n梨子,4\n",
        "名称,价格\n一、水果,\n桃子,5\n梨子,4\n",
        "名称,价格\n水果\n桃子,5\n梨子,4\n",
        &format!("名称,价格\n水果,\n{many}"),
        "名称,价格\n蔬菜,\n白菜,2\n\n水果,\n梨子,4\n",
        "类别,价格\n水果,\n桃子,5\n梨子,4\n",
    ] {
        let last = read(text).pop().unwrap();
        assert!(last.split('|').next().unwrap().ends_with("水果"), "{last}");
    }
}

#[test]
fn what_names_a_part_above_people_or_numbers_goes_on_naming_it() {
    for (text, wanted) in [
        ("姓名,电话\n王小二\n张三,62\n李四,63\n", "王小二|姓名: 李四/电话: 63"),
        ("姓名,电话\n金融科,\n张三,62\n李四,63\n", "金融科|姓名: 李四/电话: 63"),
        ("姓名,电话\n唐山,\n张三,62\n上海,\n李四,63\n", "上海|姓名: 李四/电话: 63"),
        ("姓名,电话\n上海,\n张三,62\n唐山,\n李四,63\n", "唐山|姓名: 李四/电话: 63"),
        // A town that may be a person's name, below another one.
        ("人员表\n北京\n姓名,电话\n张三,62\n唐山\n李四,63\n", "人员表|姓名: 李四/电话: 63"),
        ("人员表\n财务处\n姓名,电话\n张三,62\n保卫科\n李四,63\n", "人员表|姓名: 李四/电话: 63"),
        ("班级,人数\n一年级,\n1班,40\n2班,41\n二年级,\n1班,39\n2班,38\n", "二年级|班级: 2班/人数: 38"),
        ("专业,学费\n工科,\n软件,5500\n机械,5000\n", "工科|专业: 机械/学费: 5000"),
        ("序号,名称\n一,\n1,苹果\n2,梨\n", "一|序号: 2/名称: 梨"),
    ] {
        assert_eq!(read(text).pop().unwrap(), wanted, "{text}");
    }
}

#[test]
fn the_kind_of_rows_is_that_of_nearly_all_with_values() {
    let kind = |name: &str, rows: &[&str]| {
        let rows: Vec<StringRecord> = rows.iter().map(|row| row.split(',').collect()).collect();
        RowKind::new(&[name.to_owned(), "值".to_owned()], &rows, true)
    };
    assert!(kind("名称", &["A01,5", "A02,6"]).holds("A03", None));
    assert!(!kind("名称", &["A01,5"]).holds("A03", None), "one row says nothing");
    assert!(!kind("名称", &["A01,5", "苹果,6"]).holds("A03", None));
    assert!(kind("客户", &["张三,5", "李四,6"]).holds("王五", Some("一组")));
    assert!(!kind("客户", &["张三,5", "李四,6"]).holds("王五", None));
    assert!(!kind("客户", &["示例公司,5", "李四,6"]).holds("王五", Some("一组")));
}
