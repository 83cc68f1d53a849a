use super::super::tests::parse;

#[test]
fn only_a_column_of_which_most_cells_ask_is_asked_beside() {
    let note = |header: &str, first: &str, second: &str| {
        let text = format!("问题,答案,{header}\n怎么报名？,上官网。,{first}\n怎么缴费？,去银行。,{second}\n");
        parse(&text).unwrap().note().unwrap()
    };
    for (header, first, second) in [("来源", "能退吗？", "能改吗？"), ("推荐问题", "能退吗？", "")]
    {
        let note = note(header, first, second);
        assert!(note.contains(&format!("NOT ways to ask the same: {header};")), "{note}");
    }
    for (header, first, second) in [
        ("", "能退吗？", "能改吗？"),
        ("备注", "要不要再核实？", ""),
        ("备注", "要不要再核实？", "要不要再核实？"),
        ("推荐问题", "", ""),
        ("是否常见问题", "是", "否"),
        ("状态", "启用？", "停用？"),
    ] {
        let note = note(header, first, second);
        assert!(!note.contains("NOT ways to ask the same"), "{header} {first} {second}: {note}");
    }
    // Fields of one name are a column.
    let record = |field: &str, said: &str| {
        format!("{{\"question\":\"怎么报名{said}\",\"answer\":\"上官网。\",\"{field}\":\"{said}\"}}\n")
    };
    let of = |text: String| parse(&text).unwrap().note().unwrap();
    let asked = of(record("推荐问题", "能退吗？") + &record("推荐问题", "能改吗？"));
    assert!(asked.contains("NOT ways to ask the same: 推荐问题;"), "{asked}");
    for (first, second) in [("是", "否"), ("能退吗？", "能退吗？")] {
        let told = of(record("是否常见问题", first) + &record("是否常见问题", second));
        assert!(!told.contains("NOT ways to ask the same"), "{told}");
    }
}
