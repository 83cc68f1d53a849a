use super::super::role::role;
use super::super::tests::{parse, read};
use super::*;

/// Whether cells beside questions and answers correct them.
fn are_answers(rows: &[(&str, &str, &str)]) -> bool {
    let mut cells = CorrectionCells::default();
    rows.iter().for_each(|(question, answer, cell)| cells.add(cell, &[question, answer]));
    cells.are_answers()
}

#[test]
fn cells_show_whether_they_are_answers() {
    let of = |cells: [&'static str; 2]| {
        let [first, second] = cells;
        are_answers(&[
            ("怎么退货？", "三天内退货。", first),
            ("怎么改密码？", "在设置里修改密码。", second),
            ("怎么付款？", "刷卡。", ""),
            ("怎么换货？", "十五天内。", "无需修改"),
        ])
    };
    for cells in [
        ["七天内退货。", "在“我的-设置”里修改密码。"],
        ["七天内凭订单号申请退货，运费自理", ""],
        ["七天内退货；生鲜除外", "无"],
        ["签收之后七天之内都可以。", "在“我的”里修改密码。"],
    ] {
        assert!(of(cells), "{cells:?}");
    }
    for cells in [
        ["2025-03-01", "2025年3月1日 10:00"],
        ["张三", "王小明、李雷"],
        ["V2.0", "第3版"],
        ["是", "否"],
        ["已修正", "未修正"],
        ["2025年3月1日由客服部王小明改", "2025年3月2日由客服部李雷改"],
        ["把三天改成七天，其他不变动。", "补充了在哪里设置密码。"],
        ["退货期限有误。", "已按新规更正。"],
        ["语气生硬，像机器人说的。", "答非所问。"],
        ["七天内退货。", "张三"],
        ["Seven days.", "See your settings."],
        ["", "无"],
    ] {
        assert!(!of(cells), "{cells:?}");
    }
}

#[test]
fn what_is_just_called_a_correction_may_be_one_beside_one_column_of_answers() {
    for (names, wanted) in [
        (&["问题", "机器人回答", "人工修正"][..], Some(2)),
        (&["问题", "答案", "人工修正"], Some(2)),
        (&["问题", "修订后", "答案"], Some(1)),
        (&["问题", "AI回答", "修订"], Some(2)),
        (&["问题", "答案", "修订"], None),
        (&["问题", "机器人回答", "修订日期"], None),
        (&["问题", "机器人回答", "修改人"], None),
        (&["问题", "机器人回答", "是否修正"], None),
        (&["问题", "机器人回答", "标准答案", "人工修正"], None),
        (&["问题", "机器人回答", "追问", "人工修正"], None),
        (&["问题", "说明", "人工修正"], None),
    ] {
        let roles: Vec<ColumnRole> = names.iter().map(|name| role(name)).collect();
        assert_eq!(correction(names, &roles), wanted, "{names:?}");
    }
}

#[test]
fn a_correction_is_given_where_there_is_one() {
    for name in ["人工修正", "修正后", "更正"] {
        let rows = "怎么退货？,三天内。,七天内退货。\n怎么换货？,十五天内。,\n怎么开票？,找客服。,无\n";
        let text = format!("问题,机器人回答,{name}\n{rows}");
        let answers: Vec<String> = read(&text).into_iter().map(|found| found.2).collect();
        assert_eq!(answers, ["七天内退货。", "十五天内。", "找客服。"], "{name}");
        let rows = "怎么退货？,三天内。,2025-03-01\n怎么换货？,十五天内。,张三\n";
        let text = format!("问题,机器人回答,{name}\n{rows}");
        assert_eq!(read(&text)[0].2, "三天内。", "{name}");
        assert!(parse(&text).unwrap().note().unwrap().contains(&format!("metadata of the document: {name}")));
    }
}
