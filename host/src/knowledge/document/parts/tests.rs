use super::super::Block;
use super::*;

#[test]
fn text_is_gathered_under_its_headings_and_tables_are_read_like_csv() {
    let heading = |level, text: &str| DocumentPart::Heading { level, text: text.into() };
    let rows = |rows: &[&[&str]]| {
        let rows = rows.iter().map(|row| row.iter().map(|&cell| cell.to_owned()).collect()).collect();
        DocumentPart::Table { titles: vec![], header_rows: None, rows }
    };
    let parts = vec![
        DocumentPart::Text("序。".into()),
        heading(1, "一"),
        DocumentPart::Text("甲。".into()),
        DocumentPart::Text("乙。".into()),
        heading(2, "表"),
        rows(&[&["院校", "", "分数"], &["甲大学", "北京", "600", "注"]]),
        heading(1, "问"),
        rows(&[&["问题", "答案"], &["你是谁？", "助手。"]]),
    ];
    let document = Parsed { parts, ..Parsed::default() }.into_document(Format::Html).unwrap();
    let shown: Vec<_> = document
        .blocks
        .iter()
        .map(|block| match block {
            Block::Prose { headings, text, .. } => format!("{}|{text}", headings.join(">")),
            Block::Question { question, answer, .. } => format!("{question}|{answer}"),
        })
        .collect();
    assert_eq!(
        shown,
        ["|序。", "一|甲。\n乙。", "一>表|院校: 甲大学\n北京\n分数: 600\n注", "你是谁？|助手。"]
    );
}

fn sections(parts: Vec<DocumentPart>, format: Format) -> Vec<String> {
    let document = Parsed { parts, ..Parsed::default() }.into_document(format).unwrap();
    let shown = |block: &Block| match block {
        Block::Prose { headings, text, .. } => format!("{}|{text}", headings.join(">")),
        Block::Question { question, .. } => question.clone(),
    };
    document.blocks.iter().map(shown).collect()
}

#[test]
fn articles_in_plain_paragraphs_are_headings_below_those_that_are_marked() {
    let heading = |text: &str| DocumentPart::Heading { level: 1, text: text.into() };
    let text = |text: &str| DocumentPart::Text(text.into());
    let statute = || {
        vec![
            text("第一条 为了规范办学，制定本章程。"),
            text("包括下列各项。"),
            text("第二条　学校依法办学。"),
        ]
    };
    let expected = |over: &str| {
        [
            format!("{over}第一条|为了规范办学，制定本章程。\n包括下列各项。"),
            format!("{over}第二条|学校依法办学。"),
        ]
    };
    for format in [Format::Docx, Format::Html, Format::Pdf] {
        let marked = [vec![heading("第一章 总则")], statute()].concat();
        assert_eq!(sections(marked, format), expected("第一章 总则>"), "{format:?}");
        let plain = [vec![text("第一章 总则")], statute(), vec![text("第三条 终。")]].concat();
        assert_eq!(sections(plain, format)[..2], expected("第一章 总则>"), "{format:?}");
    }
    let annexed =
        [vec![heading("第一章 总则")], statute(), vec![text("附件1：计划表"), text("另行公布。")]].concat();
    assert_eq!(sections(annexed, Format::Docx)[2..], ["附件1：计划表|另行公布。"]);
    // An article goes on over the end of a page, and is found where it begins.
    let paged = vec![
        heading("第1页"),
        text("示例大学章程"),
        heading("第2页"),
        text("第一章 总则"),
        text("第一条 甲。"),
        heading("第3页"),
        text("乙。"),
        text("第二条 丙。"),
    ];
    assert_eq!(
        sections(paged, Format::Pdf),
        ["第1页|示例大学章程", "第2页>第一章 总则>第一条|甲。\n乙。", "第3页>第一章 总则>第二条|丙。"]
    );
    // Several headings, and a single article, are left as they are.
    let list =
        vec![heading("招生"), text("一、本科"), text("二、专科"), heading("就业"), text("第一条 甲。")];
    assert_eq!(sections(list, Format::Docx), ["招生|一、本科\n二、专科", "就业|第一条 甲。"]);
}

fn shown(parts: Vec<DocumentPart>) -> Vec<String> {
    let shown = |part: DocumentPart| match part {
        DocumentPart::Heading { text, .. } => format!("# {text}"),
        DocumentPart::Text(text) => text,
        DocumentPart::Caption(text) => format!("caption {text}"),
        DocumentPart::Table { titles, rows, .. } => {
            format!("[{}] {}", titles.join("/"), rows.concat().concat())
        }
    };
    placed(parts).into_iter().map(shown).collect()
}

#[test]
fn captions_go_to_the_tables_they_stand_above_or_below() {
    let table =
        |cell: &str| DocumentPart::Table { titles: vec![], header_rows: None, rows: vec![vec![cell.into()]] };
    let caption = |text: &str| DocumentPart::Caption(text.into());
    let text = |text: &str| DocumentPart::Text(text.into());
    assert_eq!(
        shown(vec![caption("表1 去年"), table("甲"), caption("表2 今年"), table("乙")]),
        ["[表1 去年] 甲", "[表2 今年] 乙"]
    );
    assert_eq!(
        shown(vec![table("甲"), text("表1 去年"), table("乙"), text("表2 今年\n后文。")]),
        ["[表1 去年] 甲", "[表2 今年] 乙", "后文。"]
    );
    assert_eq!(
        shown(vec![table("甲"), text("表1 去年"), table("乙"), text("后文。")]),
        ["[] 甲", "[表1 去年] 乙", "后文。"]
    );
    assert_eq!(shown(vec![table("甲"), caption("去年"), text("后文。")]), ["[去年] 甲", "后文。"]);
    assert_eq!(shown(vec![text("前文。\n表1 去年"), table("甲")]), ["前文。", "[表1 去年] 甲"]);
    assert_eq!(shown(vec![table("甲"), caption("图1 校门"), caption("独立")]), ["[] 甲", "图1 校门", "独立"]);
    assert_eq!(
        shown(vec![text("表1所示的是去年的数据。"), table("甲")]),
        ["表1所示的是去年的数据。", "[] 甲"]
    );
}

#[test]
fn a_table_that_goes_on_has_the_titles_and_the_header_of_the_one_before() {
    let table = |rows: &[[&str; 2]]| DocumentPart::Table {
        titles: vec![],
        header_rows: None,
        rows: rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect(),
    };
    let text = |text: &str| DocumentPart::Text(text.into());
    let page = |number: &str| DocumentPart::Heading { level: 1, text: number.into() };
    let first = table(&[["专业", "学费"], ["软件", "5500"]]);
    let parts = vec![
        page("第1页"),
        text("2025年学费"),
        first.clone(),
        page("第2页"),
        table(&[["专业", "学费"], ["法学", "4800"]]),
        text("续表1"),
        table(&[["英语", "4700"], ["日语", "4600"]]),
    ];
    assert_eq!(
        sections(parts, Format::Pdf),
        [
            "第1页>2025年学费|专业: 软件\n学费: 5500",
            "第2页>2025年学费|专业: 法学\n学费: 4800",
            "第2页>2025年学费>续表1|专业: 英语\n学费: 4700",
            "第2页>2025年学费>续表1|专业: 日语\n学费: 4600",
        ]
    );
    // Another text ends what went on.
    let parts = vec![text("2025年学费"), first.clone(), text("另一件事。"), first];
    assert_eq!(sections(parts, Format::Docx)[2], "|专业: 软件\n学费: 5500");
}

/// A table whose rows have their cells separated by bars.
fn table_of(rows: &[&str], header_rows: Option<usize>) -> DocumentPart {
    let rows = rows.iter().map(|row| row.split('|').map(str::to_owned).collect()).collect();
    DocumentPart::Table { titles: vec![], header_rows, rows }
}

#[test]
fn a_row_of_one_cell_heads_the_rows_below_it() {
    let table = table_of(
        &[
            "2025年学费",
            "专业|学费",
            "工学院",
            "软件|5500",
            "网络|5400",
            "文学院（全日制，不含定向）",
            "英语|4700",
            "以上均为学年标准",
        ],
        Some(2),
    );
    assert_eq!(
        sections(vec![table], Format::Html),
        [
            "2025年学费>工学院|专业: 软件\n学费: 5500",
            "2025年学费>工学院|专业: 网络\n学费: 5400",
            "2025年学费>文学院（全日制，不含定向）|专业: 英语\n学费: 4700",
            "2025年学费|以上均为学年标准",
        ]
    );
    // A header that is said to be the line above it alone is looked for below.
    let table = table_of(&["单位：元", "专业|学费", "软件|5500", "法学|4800"], Some(1));
    assert_eq!(sections(vec![table], Format::Docx)[0], "单位：元|专业: 软件\n学费: 5500");
}

#[test]
fn a_first_row_that_is_no_header_is_not_lost() {
    let table = table_of(&["软件工程|信息学院|张三", "法学|人文学院|李四", "英语|外语学院|王五"], None);
    assert_eq!(sections(vec![table], Format::Docx)[0], "|软件工程 | 信息学院 | 张三");
    // One that may be either is both.
    let rows = ["菜名|口味", "麻婆豆腐|麻", "白切鸡|淡", "红烧肉|甜"];
    let document = Parsed { parts: vec![table_of(&rows, None)], ..Parsed::default() }
        .into_document(Format::Docx)
        .unwrap();
    assert!(document.note().unwrap().contains("kept as a row as well: 菜名, 口味"), "{:?}", document.note());
    assert_eq!(
        sections(vec![table_of(&rows, None)], Format::Docx)[..2],
        ["|菜名 | 口味", "|菜名: 麻婆豆腐\n口味: 麻"]
    );
}

#[test]
fn the_answers_of_one_merged_question_are_one() {
    let rows = [
        "问题|答案",
        "要什么材料？|身份证。",
        "要什么材料？|照片。",
        "怎么缴费？|去银行。",
        "在哪缴费？|去银行。",
    ];
    let parts = vec![table_of(&rows, None)];
    let document = Parsed { parts, ..Parsed::default() }.into_document(Format::Xlsx).unwrap();
    let answers: Vec<&str> = document
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Question { answer, .. } => Some(answer.as_str()),
            Block::Prose { .. } => None,
        })
        .collect();
    assert_eq!(answers, ["身份证。\n照片。", "去银行。", "去银行。"]);
    assert!(document.ambiguous.is_empty());
}

#[test]
fn what_stands_between_a_title_and_its_table_is_said_with_the_rows_as_well() {
    let text = |text: &str| DocumentPart::Text(text.into());
    let parts = vec![
        text("示例大学资产负债表"),
        text("编制单位：示例大学 2024年12月31日 单位：万元"),
        table_of(&["项目|年末", "存货|900", "现金|700"], None),
    ];
    assert_eq!(
        sections(parts, Format::Docx)[0],
        "示例大学资产负债表>编制单位：示例大学 2024年12月31日 单位：万元|项目: 存货\n年末: 900"
    );
}

#[test]
fn a_form_goes_on_below_a_table_that_stands_in_it() {
    let rows = [
        "员工登记表|员工登记表|员工登记表|员工登记表",
        "姓名|王小明|性别|男",
        "出生年月|1990年5月|民族|汉",
        "教育经历|起止时间|学校|专业",
        "教育经历|2008-2012|甲大学|计算机",
        "教育经历|2012-2015|乙大学|软件",
        "奖惩情况|一等奖|一等奖|一等奖",
        "联系电话|8001|8001|8001",
        "家庭成员|称谓|姓名|电话",
        "家庭成员|父亲|王大|8002",
        "申请人|王小明|日期|2024年1月1日",
        "备注|无|无|无",
    ];
    let split = |row: &&str| row.split('|').map(str::to_owned).collect();
    let table =
        DocumentPart::Table { titles: vec![], header_rows: None, rows: rows.iter().map(split).collect() };
    let expected = [
        "姓名: 王小明\n性别: 男\n出生年月: 1990年5月\n民族: 汉",
        "教育经历: 教育经历\n起止时间: 2008-2012\n学校: 甲大学\n专业: 计算机",
        "教育经历: 教育经历\n起止时间: 2012-2015\n学校: 乙大学\n专业: 软件",
        "奖惩情况: 一等奖\n联系电话: 8001",
        "家庭成员: 家庭成员\n称谓: 父亲\n姓名: 王大\n电话: 8002",
        "申请人: 王小明\n日期: 2024年1月1日\n备注: 无",
    ];
    assert_eq!(sections(vec![table], Format::Xlsx), expected.map(|text| format!("员工登记表|{text}")));
    // In a table that stands in no form the row is the table's.
    let rows = ["专业|2022|2023|2024", "软件|60|70|80", "法学|停招|停招|停招", "会计|30|40|50"];
    let table =
        DocumentPart::Table { titles: vec![], header_rows: None, rows: rows.iter().map(split).collect() };
    assert_eq!(sections(vec![table], Format::Xlsx)[1], "|专业: 法学\n2022: 停招\n2023: 停招\n2024: 停招");
}

#[test]
fn a_header_that_the_document_marks_stays_above_a_first_row_of_words() {
    let rows = ["课程|学分|学时|教师", "大学物理|不计|自选|李四", "大学英语|3|48|张三", "体育|1|16|赵六"];
    let parsed = Parsed { parts: vec![table_of(&rows, Some(1))], ..Parsed::default() };
    let document = parsed.into_document(Format::Docx).unwrap();
    assert_eq!(document.blocks.len(), 3);
    assert!(matches!(
        &document.blocks[0],
        Block::Prose { text, .. } if text == "课程: 大学物理\n学分: 不计\n学时: 自选\n教师: 李四"
    ));
    assert_eq!(document.note(), None, "nothing is in doubt");
    let sheet = table_of(
        &["2025课程表||", "课程|学分|学时", "大学物理|不计|自选", "大学英语|3|48", "体育|1|16"],
        None,
    );
    assert_eq!(
        sections(vec![sheet], Format::Xlsx)[0],
        "2025课程表|课程: 大学物理\n学分: 不计\n学时: 自选",
        "below a title as well"
    );
}

#[test]
fn a_header_that_the_document_marks_stays_whatever_the_words_below() {
    let rows = ["岗位|学校|学校", "班主任|学校|学院", "辅导员|学院|学院"];
    for format in [Format::Docx, Format::Html] {
        assert_eq!(
            sections(vec![table_of(&rows, Some(1))], format),
            ["|岗位: 班主任\n学校: 学校\n学校: 学院", "|岗位: 辅导员\n学校: 学院"]
        );
        let rows = ["线路|起点", "一路|东站", "线路|首班", "一路|6:00"];
        assert_eq!(
            sections(vec![table_of(&rows, Some(1))], format)[1],
            "|线路: 一路\n首班: 6:00",
            "a row that begins as the header does names others"
        );
        let rows = ["专业|学费|学费", "专业|本科|专科", "软件|5500|4500", "法学|4800|3800"];
        let read = sections(vec![table_of(&rows, Some(1))], format);
        assert_eq!(
            read.last().unwrap(),
            "|专业: 法学\n本科: 4800\n专科: 3800",
            "one that tells two columns apart"
        );
    }
}

#[test]
fn a_line_within_a_paragraph_stays_in_its_sentence() {
    let text = |text: &str| DocumentPart::Text(text.into());
    let read = |format| {
        let parts = vec![
            text("前文。"),
            text("\n满200元可减免运费，活动时间为\n9月1日—9月3日"),
            table_of(&["项目|金额", "学费|5500"], None),
            text("\n后文。"),
            text("收费标准"),
            table_of(&["项目|金额", "学费|5500"], None),
        ];
        sections(parts, format)
    };
    for format in [Format::Docx, Format::Html] {
        let read = read(format);
        assert!(read[0].ends_with("活动时间为\n9月1日—9月3日"), "{read:?}");
        assert_eq!(read[1], "|项目: 学费\n金额: 5500");
        assert_eq!(read.last().unwrap(), "收费标准|项目: 学费\n金额: 5500");
    }
    // A text of slides is whatever stands in one box.
    assert_eq!(read(Format::Pptx)[1], "9月1日—9月3日|项目: 学费\n金额: 5500");
}

#[test]
fn rows_of_names_with_values_below_a_table_have_none_of_its_names() {
    let below = |table: &str, row: &str| {
        let rows: Vec<&str> = table.lines().chain([row]).collect();
        sections(vec![table_of(&rows, None)], Format::Xlsx).pop().unwrap()
    };
    let bill = "序号|品名|数量|金额\n1|A4纸|20|370\n2|签字笔|100|120\n合计|||490";
    let prices = "品名|单价\nA4纸|18.5\n签字笔|1.2";
    for (table, row, wanted) in [
        (
            bill,
            "开户行：|工商银行海淀支行|账号：|0200004509012345678",
            "开户行: 工商银行海淀支行\n账号: 0200004509012345678",
        ),
        (bill, "收款单位：|甲公司|日期：|2025-09-01", "收款单位: 甲公司\n日期: 2025-09-01"),
        (bill, "合计金额（大写）：|伍佰元整||￥500", "合计金额（大写）: 伍佰元整 | ￥500"),
        (prices, "地址：|中关村大街1号", "地址: 中关村大街1号"),
        (prices, "缴费账号：|0200004509012345678", "缴费账号: 0200004509012345678"),
    ] {
        assert_eq!(below(table, row), format!("|{wanted}"));
    }
    // What stands as the table's rows do is one of them.
    let years = "项目|2023|2024\n收入|100|120\n支出|80|90";
    for (table, row, wanted) in [
        (bill, "合计：|||490", "合计：\n金额: 490"),
        (years, "净利润：|20|30", "项目: 净利润：\n2023: 20\n2024: 30"),
        (years, "净利润：|20|", "项目: 净利润：\n2023: 20"),
        ("星期|时间\n周一：|上午\n周二：|下午", "周日：|闭馆", "星期: 周日：\n时间: 闭馆"),
        (
            "班级|人数|费用\n一班|40|800\n二班|42|840",
            "联系人|张老师|62751234",
            "班级: 联系人\n人数: 张老师\n费用: 62751234",
        ),
    ] {
        assert_eq!(below(table, row), format!("|{wanted}"));
    }
    // Among its rows they are its own, and below them a sum and a line part them from no end.
    let fruits = ["商品|价格", "苹果|5", "香蕉：|3", "梨|4"];
    let read = |rows: &[&str]| sections(vec![table_of(rows, None)], Format::Xlsx);
    assert_eq!(read(&fruits), ["|商品: 苹果\n价格: 5", "|商品: 香蕉：\n价格: 3", "|商品: 梨\n价格: 4"]);
    let with_sum = read(&["商品|价格", "苹果|5", "梨|4", "开户行：|甲银行", "合计|9", "账号：|0200"]);
    assert_eq!(with_sum[2..], ["|开户行: 甲银行", "|合计\n价格: 9", "|账号: 0200"]);
    let pairs =
        ["序号|品名|数量|金额", "1|A4纸|20|370", "开户行：|甲银行|账号：|0200", "联系人|甲|电话|6275"];
    assert_eq!(read(&pairs)[1], "|开户行: 甲银行\n账号: 0200", "two names are none of a row");
}

#[test]
fn a_line_of_the_kind_of_the_title_above_the_header_takes_its_place() {
    let read = |rows: &str| sections(vec![table_of(&rows.lines().collect::<Vec<_>>(), None)], Format::Xlsx);
    let menu =
        "食堂价目表|\n早餐|\n品名|价格\n包子|2元\n午餐|\n红烧肉|12元\n夜宵|\n烤串|3元\n早餐|\n豆浆|1元";
    let dish = |part: &str, name: &str, price: &str| format!("{part}|品名: {name}\n价格: {price}");
    assert_eq!(
        read(menu),
        [
            dish("食堂价目表>早餐", "包子", "2元"),
            dish("食堂价目表>午餐", "红烧肉", "12元"),
            "食堂价目表|品名: 夜宵".to_owned(),
            dish("食堂价目表", "烤串", "3元"),
            dish("食堂价目表>早餐", "豆浆", "1元"),
        ]
    );
    let alone = "早餐|\n品名|价格\n包子|2元\n午餐|\n红烧肉|12元";
    assert_eq!(read(alone)[1], "早餐|品名: 午餐", "one more may be a row without values");
    assert_eq!(read(&format!("{alone}\n晚餐|\n烤串|3元"))[2], dish("晚餐", "烤串", "3元"));
    let csv = super::super::delimited::parse(&menu.replace('|', ",")).unwrap();
    assert!(matches!(&csv.blocks[1], Block::Prose { headings, .. } if *headings == ["食堂价目表", "午餐"]));
    // A row that lacks its values is a row, below whatever title.
    for rows in [
        "示例大学|\n2025年学费标准|\n专业|学费\n软件|5500\n中外合作办学|\n法学|4800",
        "招生专业|\n专业|学费\n软件专业|5500\n法学专业|\n英语专业|4800",
        "学费|\n专业|学费\n软件|5500\n待定|\n法学|4800",
        "水果|\n名称|价格\n香蕉|5\n芒果|\n梨子|4",
        "行政部门|\n部门|电话\n教务处|62751234\n南大门|\n财务处|62751235",
        "课程表|\n课程|学分\n高数|4\n元素周期表|\n英语|3",
    ] {
        let last = read(rows).pop().unwrap();
        let title = rows.lines().take_while(|row| row.ends_with('|')).map(|row| row.trim_end_matches('|'));
        assert!(last.starts_with(&format!("{}|", title.collect::<Vec<_>>().join(">"))), "{last}");
        assert_eq!(read(rows).len(), 3);
    }
    // Nor are two, where the title says what each of them is.
    for rows in [
        "水果|\n名称|价格\n香蕉|5\n芒果|\n梨子|4\n青果|\n桃子|6",
        "图书|\n书名|价格\n活着|20\n工具书|\n围城|25\n连环书|\n家|18",
    ] {
        assert!(read(rows).iter().all(|row| row.starts_with(&rows[..rows.find('|').unwrap()])), "{rows}");
    }
}

/// Names of groups above the names are spread over the columns that their cells were merged of.
#[test]
fn questions_below_names_of_groups_are_questions() {
    let table = |rows: &[&str]| {
        let cells = |row: &&str| row.split(',').map(str::to_owned).collect();
        DocumentPart::Table { titles: vec![], header_rows: None, rows: rows.iter().map(cells).collect() }
    };
    let below = ["1,售后,怎么退货？,七天内", "2,售后,怎么换货？,十五天"];
    for groups in ["基本信息,基本信息,知识内容,知识内容", "编号,分类,问答,问答", "基础,基础,问答,问答"]
    {
        let rows = [&[groups, "编号,分类,标准问,标准答案"][..], &below].concat();
        for format in [Format::Xlsx, Format::Docx, Format::Html] {
            assert_eq!(
                sections(vec![table(&rows)], format),
                ["怎么退货？", "怎么换货？"],
                "{groups} {format:?}"
            );
        }
    }
    // Where no column is of questions, the groups are parts of the names.
    let rows =
        [&["基本信息,基本信息,费用,费用", "编号,分类,学费,住宿费"][..], &["1,本科,5500,1200"]].concat();
    assert_eq!(
        sections(vec![table(&rows)], Format::Xlsx),
        ["|基本信息 编号: 1\n基本信息 分类: 本科\n费用 学费: 5500\n费用 住宿费: 1200"]
    );
}
