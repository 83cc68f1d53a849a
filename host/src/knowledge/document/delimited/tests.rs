use super::super::{Block, Format, parse as parse_file};
use super::*;

#[test]
fn a_row_becomes_named_lines() {
    let document = parse("院校,批次,分数\n甲大学,本科批,600\n乙大学,,550\n").unwrap();
    let texts: Vec<_> = document
        .blocks
        .iter()
        .map(|block| match block {
            Block::Prose { text, .. } => text.as_str(),
            Block::Question { .. } => "",
        })
        .collect();
    assert_eq!(texts, ["院校: 甲大学\n批次: 本科批\n分数: 600", "院校: 乙大学\n分数: 550"]);
}

#[test]
fn cells_that_keep_their_zeros_by_a_formula_are_their_text() {
    let document = parse("编号,名称\n=\"00123\",甲\n=\"00007\",=乙\n").unwrap();
    let texts: Vec<_> = document
        .blocks
        .iter()
        .map(|block| match block {
            Block::Prose { text, .. } => text.as_str(),
            Block::Question { .. } => "",
        })
        .collect();
    assert_eq!(texts, ["编号: 00123\n名称: 甲", "编号: 00007\n名称: =乙"]);
}

#[test]
fn the_delimiter_is_found() {
    assert_eq!(delimiter("a\tb,c\td\n"), b'\t');
    assert_eq!(delimiter("院校|批次|分数\n甲大学|本科,批|600\n"), b'|');
    assert_eq!(delimiter("问题,相似问,答案\n甲？,甲|乙,一。\n乙？,丙|丁|戊,二。\n"), b',');
    assert_eq!(delimiter("a;b;c"), b';');
    assert_eq!(delimiter("question"), b',');
}

#[test]
fn spaces_beside_quotes_and_lines_that_were_broken_twice_change_nothing() {
    let wanted = ["|专业: 软件/学费: 5500,起/备注: \"x\" 的", "|专业: 法学/学费: 4800/备注: a"];
    for text in [
        "专业, 学费 , 备注\n软件, \"5500,起\" , \"\"\"x\"\" 的\"\n法学,4800, a\n",
        "专业,学费,备注\n\n软件,\"5500,起\",\"\"\"x\"\" 的\"\n\n法学,4800,a\n\n",
    ] {
        assert_eq!(shown(text).0, wanted, "{text}");
    }
    for text in ["a, \"b\nc, d", "a, \"b\" c,d", "a,b", " \"", "\"a,b"] {
        assert_eq!(without_spaces(text, b','), text);
    }
}

fn shown(text: &str) -> (Vec<String>, String) {
    let document = parse(text).unwrap();
    let shown = document.blocks.iter().map(|block| match block {
        Block::Prose { headings, text, .. } => {
            format!("{}|{}", headings.join(">"), text.replace('\n', "/"))
        }
        Block::Question { question, .. } => question.clone(),
    });
    (shown.collect(), document.note().unwrap_or_default())
}

#[test]
fn each_cell_is_under_the_name_of_its_own_column() {
    let (rows, note) = shown("2025年录取分数线,,\n院校,批次,分数\n甲大学,本科批,600\n");
    assert_eq!(rows, ["2025年录取分数线|院校: 甲大学/批次: 本科批/分数: 600"]);
    assert!(
        note.contains("row 2 was taken for its header: 院校, 批次, 分数; above it stands: 2025年录取分数线"),
        "{note}"
    );
    let (rows, note) =
        shown("专业,计划数\n软件,60\n\n校区,地址,电话\n东校区,学院路1号,010\n\n西校区,大学路2号,020\n");
    assert_eq!(
        rows,
        [
            "|专业: 软件/计划数: 60",
            "|校区: 东校区/地址: 学院路1号/电话: 010",
            "|校区: 西校区/地址: 大学路2号/电话: 020"
        ]
    );
    assert!(!note.contains("row 1 ") && note.contains("row 4 "), "{note}");
    assert_eq!(
        shown("院校,批次,分数\n甲大学,本科批,600\n乙大学,本科批,550\n").1,
        "",
        "nothing is worth a note"
    );
    assert_eq!(shown("院校|批次|分数\n甲大学|本科批|600\n").0, ["|院校: 甲大学/批次: 本科批/分数: 600"]);
    assert_eq!(
        shown("甲大学,本科批,600\n乙大学,本科批,550\n").0,
        ["|甲大学 | 本科批 | 600", "|乙大学 | 本科批 | 550"]
    );
    assert_eq!(shown("姓名,张三\n电话,010\n地址,学院路\n").0, ["|姓名: 张三/电话: 010/地址: 学院路"]);
    assert_eq!(
        shown("专业,人数,学费\n一、理工类,,\n软件,60,5500\n二、文史类,,\n法学,40,4800\n备注：含国家专项,,\n")
            .0,
        [
            "一、理工类|专业: 软件/人数: 60/学费: 5500",
            "二、文史类|专业: 法学/人数: 40/学费: 4800",
            "|备注：含国家专项"
        ]
    );
}

#[test]
fn titles_above_a_gap_are_said_with_each_row() {
    assert_eq!(
        shown("收费标准,,\n单位：元,,\n\n专业,学费,住宿费\n法学,4600,1200\n").0,
        ["收费标准>单位：元|专业: 法学/学费: 4600/住宿费: 1200"]
    );
}

#[test]
fn each_part_of_a_wide_row_says_whose_it_is() {
    let header: Vec<String> = (0..200).map(|i| format!("列{i}")).collect();
    let row = |n: usize| (0..200).map(|i| format!("值{n}-{i}")).collect::<Vec<_>>().join(",");
    let (rows, _) = shown(&format!("{}\n{}\n{}\n", header.join(","), row(0), row(1)));
    assert!(rows.len() > 2);
    for part in &rows {
        assert!(part.starts_with("值0-0|列0: 值0-0/") || part.starts_with("值1-0|列0: 值1-0/"), "{part}");
    }
}

#[test]
fn question_and_answer_columns_make_questions() {
    let document = parse("问题,答案\n你是谁？,\"我是 \"\"助手\"\"。\n \"\n").unwrap();
    assert!(matches!(
        &document.blocks[..],
        [Block::Question { answer, .. }] if answer == "我是 \"助手\"。\n "
    ));
}

#[test]
fn a_quote_that_takes_rows_in_is_refused_with_its_line() {
    let refused = |text: &str| match parse(text) {
        Err(ParseError::Quote { line }) => line,
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(refused("问题,答案\n甲？,\"一。\n乙？,二。\n"), 2);
    assert_eq!(refused("问题,答案\n甲？,\"一\n二\"\n\"乙？,二。\n丙？,三。"), 4);
    assert_eq!(refused("问题,答案\n\"甲？,一。\n乙？,\"二。\"\n"), 2, "another cell's quote closes none");
    assert_eq!(refused("\"院校,分数\n甲大学,600\n"), 1);
    for fine in
        ["问题,答案\n甲\"？,5\" 屏\n", "问题,答案\r\n\"甲？\",\"一\r\n\"\"二\"\"\" \r\n", "a\tb\n1\t\"\"\n"]
    {
        assert!(parse(fine).is_ok(), "{fine}");
    }
}

#[test]
fn a_row_of_equal_cells_is_a_row_and_a_header_may_count() {
    let (rows, _) = shown("x,y,z\n0,0,0\n1,2,3\n");
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(rows[0].ends_with("x: 0/y: 0/z: 0"), "{rows:?}");
    let (rows, _) = shown("院校,分数\n甲大学,600\n合计,600\n备注,以公布为准\n制表人：张三,\n");
    assert_eq!(rows[1..], ["|合计/分数: 600", "|备注 以公布为准", "|制表人：张三"]);
    let (rows, _) = shown("语文,数学,英语\n优,优,优\n良,优,中\n");
    assert!(rows[0].ends_with("语文: 优/数学: 优/英语: 优"), "{rows:?}");
    for (header, named) in [("项目,1月,2月,3月", "1月: 10"), ("套餐,5G,10G,20G", "5G: 10")] {
        let (rows, _) = shown(&format!("{header}\n收入,10,20,30\n支出,5,6,7\n"));
        assert!(rows[0].contains(named), "{rows:?}");
    }
}

#[test]
fn a_first_row_that_looks_like_the_others_is_kept_as_a_row_as_well() {
    // Two columns of such cells are pairs (`table/pairs`).
    let (rows, note) =
        shown("清蒸石斑鱼,按当日市价,需等位\n白灼大虾,询问服务员,现点现做\n葱姜炒蟹,电话预订,当天宰杀\n");
    assert_eq!(
        rows[..2],
        [
            "|清蒸石斑鱼 | 按当日市价 | 需等位",
            "|清蒸石斑鱼: 白灼大虾/按当日市价: 询问服务员/需等位: 现点现做"
        ]
    );
    assert!(note.contains("kept as a row as well"), "{note}");
    for text in [
        "名称,时价\n鱼,现捞\n虾,看市\n",
        "语文,数学\n优,良\n良,优\n",
        "甲,乙,丙\n丁丁,戊己,子丑\n庚辛,壬癸,寅卯\n",
    ] {
        assert_eq!(shown(text).0.len(), 2, "{text}");
    }
}

#[test]
fn an_answer_that_a_delimiter_cuts_off_is_told_of() {
    let document = parse("问题,答案\n怎么退款,联系客服, 或店长\n怎么换货,找店长,\n").unwrap();
    let note = document.note().unwrap();
    assert!(note.contains("line 2; put a text"), "{note}");
}

#[test]
fn a_line_above_a_header_is_said_with_the_rows_and_never_taken_for_it() {
    for (above, said) in [
        ("单位：元,,", "单位：元"),
        ("制表日期：2025年3月1日,,单位：万元", "制表日期：2025年3月1日 单位：万元"),
        ("编制单位：甲大学,2024年12月31日,单位：元", "编制单位：甲大学 2024年12月31日 单位：元"),
        (",,（单位：元/年）", "（单位：元/年）"),
        ("单位：元", "单位：元"),
    ] {
        let (rows, _) = shown(&format!("{above}\n专业,学费,住宿费\n软件,5500,1200\n法学,4800,900\n"));
        assert_eq!(rows[0], format!("{said}|专业: 软件/学费: 5500/住宿费: 1200"), "{above}");
    }
    let (rows, _) = shown("专业,计划数,学费\n,人,元/年\n软件,60,5500\n法学,40,4800\n");
    assert_eq!(rows[0], "|专业: 软件/计划数（人）: 60/学费（元/年）: 5500");
}

#[test]
fn lines_among_the_rows_head_those_below_or_are_texts() {
    let (rows, _) = shown(
        "单位：元,,\n专业,学费,住宿费\n本科,,\n软件,5500,1200\n专科,,\n护理,6000,800\n单位：万元,,\n联合,3.2,0.1\n\
         说明：学费按学年收取,,\n制表日期：2025年3月1日,,\n本表最终解释权归教务处,,\n",
    );
    assert_eq!(
        rows,
        [
            "单位：元>本科|专业: 软件/学费: 5500/住宿费: 1200",
            "单位：元>专科|专业: 护理/学费: 6000/住宿费: 800",
            "单位：万元>专科|专业: 联合/学费: 3.2/住宿费: 0.1",
            "单位：元|说明：学费按学年收取",
            "单位：元|制表日期：2025年3月1日",
            "单位：元|本表最终解释权归教务处",
        ]
    );
    // One cell of a row that is not the first names no group.
    let (rows, _) = shown("专业,学费\n软件,5500\n待定专业,\n法学,4800\n");
    assert_eq!(rows[2], "|专业: 法学/学费: 4800");
}

#[test]
fn another_table_begins_where_other_columns_are_named() {
    for (second, last) in [
        ("楼栋,床位数\n一号楼,600\n二号楼,580", "|楼栋: 二号楼/床位数: 580"),
        ("车牌,司机\n京A1,王五\n京B2,赵六", "|车牌: 京B2/司机: 赵六"),
        ("专业,计划数\n软件,60\n法学,40", "|专业: 法学/计划数: 40"),
    ] {
        let (rows, _) = shown(&format!("专业,学费\n软件,5500\n法学,4800\n英语,4700\n{second}\n"));
        assert_eq!((rows.len(), rows.last().map(String::as_str)), (5, Some(last)), "{rows:?}");
    }
    // What stands in the place of a number is no name.
    for word in ["待定", "免费", "暂停招生", "详见附件", "缺考", "未开通"] {
        let (rows, _) =
            shown(&format!("专业,学费\n软件,5500\n法学,4800\n英语,{word}\n日语,4600\n德语,4500\n"));
        assert_eq!((rows.len(), rows[3].as_str()), (5, "|专业: 日语/学费: 4600"), "{word}");
    }
}

#[test]
fn a_row_of_words_among_numbers_is_a_row_where_those_below_are_like_those_above() {
    for (text, wanted) in [
        ("菜名,价格\n红烧肉,48\n清蒸鱼,时价\n青菜,18", "菜名: 清蒸鱼/价格: 时价"),
        ("商品,售价\n甲,10\n乙,特价\n丙,12\n丁,13", "商品: 乙/售价: 特价"),
        ("科室,诊查费\n内科,15\n儿科,减半收费\n外科,15", "科室: 儿科/诊查费: 减半收费"),
        ("员工,时数\n张三,12\n李四,无时数\n王五,8", "员工: 李四/时数: 无时数"),
        ("商品,价格,库存\n苹果,5,100\n鱼,时价,现捞\n梨,4,80", "商品: 鱼/价格: 时价/库存: 现捞"),
        (
            "项目,2023年,2024年\n营收,100,120\n净利,亏损,扭亏\n员工,50,60",
            "项目: 净利/2023年: 亏损/2024年: 扭亏",
        ),
        (
            "房型,平日价,周末价\n标间,300,400\n套房,协议价,旺季价\n大床,320,420",
            "房型: 套房/平日价: 协议价/周末价: 旺季价",
        ),
        ("项目,金额\n学费,5000\n住宿费,协议价\n书费,300", "项目: 住宿费/金额: 协议价"),
        ("菜名,价格,备注\n肉,48,\n鱼,时价,预订\n菜,18,素\n饭,2,", "菜名: 鱼/价格: 时价/备注: 预订"),
    ] {
        let (rows, note) = shown(text);
        assert_eq!(
            (rows.len(), rows[1].as_str()),
            (text.lines().count() - 1, format!("|{wanted}").as_str()),
            "{rows:?}"
        );
        assert!(note.contains("read as rows and not as the header of another table: line 3 ("), "{note}");
    }
    // Rows of another kind below it show that it is a header, however unknown its names.
    for (text, rows_are, last) in [
        (
            "门店,地址,电话\n一店,人民路1号,8001\n二店,解放路2号,8002\n店长,工号,入职\n张三,A01,2020-01-02\n李四,A02,2021-03-04",
            4,
            "|店长: 李四/工号: A02/入职: 2021-03-04",
        ),
        (
            "店长,工号,入职\n张三,A01,2020-01-02\n导购,编号,评级\n李四,B02,优",
            2,
            "|导购: 李四/编号: B02/评级: 优",
        ),
    ] {
        let (rows, _) = shown(text);
        assert_eq!((rows.len(), rows.last().map(String::as_str)), (rows_are, Some(last)), "{rows:?}");
    }
    // Where nothing but words below it speaks for a header, it is kept as a row as well.
    let (rows, note) = shown("项目,金额\n设备,500\n差旅,800\n会议,900\n甲,乙\n丙,丁\n戊,己");
    assert_eq!(rows[3..], ["|甲 | 乙", "|甲: 丙/乙: 丁", "|甲: 戊/乙: 己"]);
    assert!(note.contains("kept as a row as well: 甲, 乙"), "{note}");
}

#[test]
fn a_row_of_another_width_is_told_and_never_shifted_in_silence() {
    let (rows, note) = shown(
        "部门,地点,电话\n财务处,行政楼,62001000\n教务处,图书馆,二层,62001001\n学生处,体育馆\n保卫处,北门,62001003\n",
    );
    assert_eq!(rows[1..3], ["|教务处 | 图书馆 | 二层 | 62001001", "|部门: 学生处/地点: 体育馆"]);
    assert!(
        note.contains("do not fit their columns: line 3;") && note.contains("stay empty: line 4;"),
        "{note}"
    );
    let (rows, note) = shown("项目,金额\n设备,1,234\n差旅,800\n会议,900\n");
    assert_eq!(rows[0], "|项目: 设备/金额: 1,234");
    assert!(note.contains("line 2 (1,234)"), "{note}");
}

#[test]
fn forms_of_three_and_four_columns_are_known() {
    assert_eq!(
        shown("学校名称,示例大学,公办\n招生电话,010-1,工作日\n建校时间,1952年,\n").0,
        ["|学校名称: 示例大学 | 公办/招生电话: 010-1 | 工作日/建校时间: 1952年"]
    );
    assert_eq!(
        shown("商品,耳机,售价,299元\n产地,深圳,续航,30小时\n颜色,黑色,重量,45克\n").0,
        ["|商品: 耳机/售价: 299元/产地: 深圳/续航: 30小时/颜色: 黑色/重量: 45克"]
    );
}

#[test]
fn a_question_that_is_not_in_use_is_left_out_and_told() {
    let (rows, note) = shown("问题,答案,状态\n怎么报名？,登录官网。,启用\n怎么缴费？,去银行。,已停用\n");
    assert_eq!(rows, ["怎么报名？"]);
    assert!(note.contains("1 row left out as not in use by 状态: line 3"), "{note}");
}

#[test]
fn a_table_of_very_many_questions_a_row_is_read_as_rows() {
    let names: Vec<String> = (0..4000).map(|n| format!("问题{n},答案{n}")).collect();
    let cells: Vec<String> = (0..4000).map(|n| format!("{n},甲")).collect();
    assert!(!shown(&format!("{}\n{}\n", names.join(","), cells.join(","))).0.is_empty());
}

#[test]
fn cells_pasted_into_a_text_are_a_table_and_lists_are_not() {
    let read = |text: &str| -> Vec<String> {
        let document = parse_file(text.as_bytes().to_vec(), Format::Txt, "").unwrap();
        let said = |block: &Block| match block {
            Block::Prose { text, .. } => text.clone(),
            Block::Question { question, answer, .. } => format!("? {question} {answer}"),
        };
        document.blocks.iter().map(said).collect()
    };
    assert_eq!(
        read("专业\t学费\n法学\t4600\n数学\t5000\n"),
        ["专业: 法学\n学费: 4600", "专业: 数学\n学费: 5000"]
    );
    assert_eq!(
        read("怎么退款？\t三天到账。\n多久发货？\t两天内。\n能开发票吗？\t可以。\n")[1],
        "? 多久发货？ 两天内。"
    );
    for text in
        ["1.\t登录。\n2.\t填表。\n3.\t缴费。\n", "专业\t学费\n法学\t4600\n说明一句。\n", "\t甲\n\t乙\n\t丙\n"]
    {
        assert_eq!(read(text).len(), 1, "{text}");
    }
}

#[test]
fn cells_may_be_separated_as_chinese_keyboards_do() {
    let (rows, note) = shown("专业，人数，学费\n软件，60，\"5，500\"\n法学，40，4800\n");
    assert_eq!(rows, ["|专业: 软件/人数: 60/学费: 5，500", "|专业: 法学/人数: 40/学费: 4800"]);
    assert_eq!(note, "");
    assert_eq!(
        shown("专业；学费\n软件；5,500\n法学；4800\n").0,
        ["|专业: 软件/学费: 5,500", "|专业: 法学/学费: 4800"]
    );
    assert_eq!(
        shown("问题，答案\n怎么收费？，免费。\n怎么退款？，找客服。\n").0,
        ["怎么收费？", "怎么退款？"]
    );
    let file = "问题，答案\n怎么收费？，免费。\n怎么退款？，找客服。\n";
    assert_eq!(crate::knowledge::document::questions(file).unwrap().blocks.len(), 2);
    // What sentences have in common is no delimiter, and one in cells is none.
    for (text, whole) in [
        ("今天天气很好，我们去公园。\n明天要下雨，我们在家。\n", "明天要下雨，我们在家。"),
        ("专业,说明\n软件,分两批，先到先得\n法学,只有一批，额满为止\n", "专业: 软件/说明: 分两批，先到先得"),
    ] {
        assert!(shown(text).0.iter().any(|row| row.contains(whole)), "{:?}", shown(text).0);
    }
}

#[test]
fn answers_keep_the_line_breaks_that_they_were_written_with() {
    let breaks = "第一步。\r\n第二步。\r第三步。\n完。";
    let table = format!(
        "问题,相似问法,答案\r\n怎么报名？,\"如何报名\r\n报名流程\",\"{breaks}\"\r\n怎么缴费？,,\"去\r\n银行。\"\r\n"
    );
    let wide = table.replace(',', "，");
    let said = format!("sep=;\r\n{}", table.replace(',', ";"));
    for (file, format) in
        [(&table, Format::Csv), (&table, Format::Qa), (&wide, Format::Qa), (&said, Format::Csv)]
    {
        let document = parse_file(file.as_bytes().to_vec(), format, "").unwrap();
        let [Block::Question { variants, answer, .. }, Block::Question { answer: second, .. }] =
            document.blocks.as_slice()
        else {
            panic!("{file}: {:?}", document.blocks)
        };
        assert_eq!(*variants, ["如何报名", "报名流程"], "{file}");
        assert_eq!((answer.as_str(), second.as_str()), (breaks, "去\r\n银行。"), "{file}");
    }
    let spaced = "问题,答案\r\n甲？, \"一\r\n二\" \r\n乙？,三\r\n".into();
    let document = parse_file(spaced, Format::Csv, "").unwrap();
    assert!(matches!(&document.blocks[..], [Block::Question { answer, .. }, _] if answer == "一\r\n二"));
    // What is searched reads alike however its lines end, and lines are counted as ever.
    let parsed = |text: &str| {
        let document = parse_file(text.as_bytes().to_vec(), Format::Csv, "").unwrap();
        (document.blocks.clone(), document.note())
    };
    let rows = "专业,说明,学费\n软件,\"甲\n乙\",5500\n法学,4800\n";
    assert!(parsed(rows).1.is_some_and(|note| note.contains("line 4;")));
    assert_eq!(parsed(&rows.replace('\n', "\r\n")), parsed(rows));
}

#[test]
fn a_first_row_of_words_above_numbers_is_a_row() {
    for (table, wanted) in [
        ("商品,单价,产地\n龙虾,时价,海南\n白菜,3,山东\n萝卜,2,河北\n", "|商品: 龙虾/单价: 时价/产地: 海南"),
        (
            "站点,首班车,末班车\n东站,停运,停运改造\n西站,6:10,21:30\n",
            "|站点: 东站/首班车: 停运/末班车: 停运改造",
        ),
        ("专业,2024,2025\n软件,停招,未招\n法学,60,70\n会计,50,40\n", "|专业: 软件/2024: 停招/2025: 未招"),
        (
            "专业,学费,学时\n工科,,\n软件工程,面议,不限\n机械,5000,64\n土木,4000,60\n",
            "工科|专业: 软件工程/学费: 面议/学时: 不限",
        ),
    ] {
        let (rows, _) = shown(table);
        assert_eq!(
            (rows.len(), rows[0].as_str()),
            (table.lines().count() - 1 - table.matches(",,").count(), wanted)
        );
    }
    // What has more of the usual names, or more cells, is the header of another table as before.
    for (table, wanted) in [
        (
            "姓名,电话\n部门,编制,在岗,负责人\n教务处,3,4,张三\n学工处,5,6,李四\n",
            "部门: 教务处/编制: 3/在岗: 4/负责人: 张三",
        ),
        (
            "学校,甲大学,专业,软件\n课程,学分,学时,教师\n体育,不计,16,李四\n英语,3,48,张三\n",
            "课程: 体育/学分: 不计/学时: 16/教师: 李四",
        ),
        ("项目,金额\n二、支出\n科目,预算\n办公费,300\n水费,200\n", "科目: 办公费/预算: 300"),
    ] {
        let (rows, _) = shown(table);
        assert!(rows.iter().any(|row| row.ends_with(wanted)), "{table}: {rows:?}");
    }
}

#[test]
fn another_table_whose_rows_look_alike_begins_where_its_usual_names_stand() {
    for table in [
        "产品,单价,库存,产地\n台灯,550,251,北京\n风扇,24,389,广州\n部门,编制,在岗,负责人\n市场部,294,871,赵六\n后勤部,173,605,钱七\n",
        "年级,人数,班主任\n一年级,40,吴老师\n二年级,38,郑老师\n项目,金额,备注\n学费,176,可分期\n书费,171,学期末\n",
    ] {
        let (rows, note) = shown(table);
        assert!(note.contains("row 4 was taken for its header"), "{note} {rows:?}");
        assert_eq!(rows.len(), 4, "{rows:?}");
    }
    let (rows, _) = shown("参数,值\n电压,220\n功率,30\n姓名,联系人\n频率,50\n重量,3\n");
    assert_eq!(rows[2], "|参数: 姓名/值: 联系人", "names with their values go on");
}

#[test]
fn a_value_that_is_called_as_its_column_is_begins_no_table() {
    for (table, wanted) in [
        ("岗位,学校,学校\n班主任,学校,学院\n辅导员,学院,学院\n", "|岗位: 班主任/学校: 学校/学校: 学院"),
        (
            "岗位,学校,学校\n班主任,甲,乙\n辅导员,学校,学院\n教师,乙,丙\n",
            "|岗位: 辅导员/学校: 学校/学校: 学院",
        ),
        ("名称,说明\n名称,课程的名称\n学分,课程的学分\n", "|名称: 名称/说明: 课程的名称"),
        ("名称,说明\n学分,课程的学分\n名称,课程的名称\n学时,时数\n", "|名称: 名称/说明: 课程的名称"),
        ("岗位,学校,学校\n班主任,学校,学校\n辅导员,学校,学院\n", "|岗位: 班主任/学校: 学校"),
    ] {
        let (rows, note) = shown(table);
        assert_eq!(rows.len() + 1, table.lines().count(), "{rows:?} {note}");
        assert!(rows.iter().any(|row| row == wanted), "{rows:?}");
    }
    // The name of a column of numbers is none of its values, and what tells the rows apart begins none.
    for table in [
        "年级,人数,班主任\n一年级,40,吴老师\n岗位,人数,学历\n保安,3,本科\n",
        "姓名,电话\n张三,101\n姓名,邮箱\n张三,a@b.c\n",
        "专业,学院,学制\n软件,信息,四年\n方向,学院,导师\n民法,法律,林教授\n",
    ] {
        assert!(shown(table).1.contains("row 3 was taken for its header"), "{table}");
    }
}
