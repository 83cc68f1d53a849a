use super::*;
use crate::knowledge::document::Block;

fn parse(text: &str) -> Result<Document, ParseError> {
    super::parse(text, &mut |_| None)
}

fn prose(document: &Document) -> Vec<(String, &str)> {
    document
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Prose { headings, text, .. } => Some((headings.join(" > "), text.as_str())),
            Block::Question { .. } => None,
        })
        .collect()
}

#[test]
fn text_is_cut_at_headings_and_kept_as_written() {
    let text =
        "序言\n\n# 志愿\n\n**平行**志愿。\n\n## 投档\n\n```\n# 不是标题\n```\n\n> # 引用\n\n# 录取\n\n完。\n";
    let document = parse(text).unwrap();
    assert_eq!(document.title.as_deref(), Some("志愿"));
    assert_eq!(
        prose(&document),
        [
            (String::new(), "序言"),
            ("志愿".to_owned(), "**平行**志愿。"),
            ("志愿 > 投档".to_owned(), "```\n# 不是标题\n```\n\n> # 引用"),
            ("录取".to_owned(), "完。"),
        ]
    );
}

fn shown(text: &str) -> Vec<String> {
    let document = parse(text).unwrap();
    prose(&document)
        .into_iter()
        .map(|(headings, text)| format!("{headings}|{}", text.replace('\n', "/")))
        .collect()
}

#[test]
fn each_row_of_a_table_says_its_columns_names() {
    assert_eq!(
        shown(
            "# 计划\n\n如下：\n\n| 专业 | 学费 |\n|---|---|\n| **软件** | 5500<br>起 |\n| [法学](https://a.cn) | 4800 |\n\n以上。\n"
        ),
        [
            "计划|如下：",
            "计划|专业: 软件/学费: 5500/起",
            "计划|专业: 法学 (https://a.cn)/学费: 4800",
            "计划|以上。"
        ]
    );
}

#[test]
fn the_row_that_markdown_marks_names_the_columns_whatever_the_words_below() {
    assert_eq!(
        shown("|岗位|学校|学校|\n|-|-|-|\n|班主任|学校|学院|\n|辅导员|学院|学院|\n"),
        ["|岗位: 班主任/学校: 学校/学校: 学院", "|岗位: 辅导员/学校: 学院"]
    );
    assert_eq!(
        shown("|名称|说明|\n|-|-|\n|学分|课程的学分|\n|名称|课程的名称|\n|学时|时数|\n")[1],
        "|名称: 名称/说明: 课程的名称"
    );
}

#[test]
fn a_row_that_names_columns_again_below_others_begins_a_table_in_markdown_too() {
    let table = |rows: &str| {
        let rows: Vec<String> = rows.split('/').map(|row| format!("|{}|", row.replace(' ', "|"))).collect();
        let width = rows[0].matches('|').count() - 1;
        shown(&format!("{}\n|{}\n{}\n", rows[0], "-|".repeat(width), rows[1..].join("\n")))
    };
    for (rows, last) in [
        (
            "线路 起点 终点/一路 东站 西站/二路 南站 北站/线路 首班 末班/一路 6:00 22:00",
            "|线路: 一路/首班: 6:00/末班: 22:00",
        ),
        ("班级 数学 语文/一班 90 88/二班 85 92/班级 物理 化学/一班 70 71", "|班级: 一班/物理: 70/化学: 71"),
        ("年份 2023 2024/收入 90 88/年份 2025 2026/收入 70 71", "|年份: 收入/2025: 70/2026: 71"),
        ("Team Head/Sales Ann/IT Bob/Team Room/Sales East/IT West", "|Team: IT/Room: West"),
        (
            "菜名 口味 厨师/鱼香肉丝 酸甜 老王/饮品 口味 产地/绿茶 清淡 杭州",
            "|饮品: 绿茶/口味: 清淡/产地: 杭州",
        ),
        (
            "Name Team Role/Ann Red Lead/Bob Blue Tester/Room Team Floor/East Red Second",
            "|Room: East/Team: Red/Floor: Second",
        ),
        (
            "专业 学院 学制/软件 信息 四年/方向 学院 导师/民法 法律 林教授",
            "|方向: 民法/学院: 法律/导师: 林教授",
        ),
    ] {
        let rows = table(rows);
        assert_eq!(rows.last().map(String::as_str), Some(last), "{rows:?}");
    }
    // A value that is called as its column is, beside words that its table holds or that are no names.
    for (rows, one) in [
        (
            "岗位 单位 学历/班主任 一中 本科/辅导员 单位 专科/教师 二中 本科/校医 三中 专科",
            "|岗位: 辅导员/单位: 单位/学历: 专科",
        ),
        (
            "事项 地点 对象/报到 体育馆 新生/体检 地点 新生/注册 教务处 老生",
            "|事项: 体检/地点: 地点/对象: 新生",
        ),
        (
            "术语 英文 解释/课程 course 教学的单元/英文 英文 一门语言/学分 credit 学习的量",
            "|术语: 英文/英文: 英文/解释: 一门语言",
        ),
        ("姓名 类型/张三 教学/李四 类型/王五 科研", "|姓名: 李四/类型: 类型"),
        (
            "字段 类型 说明/姓名 文本 全名/字段 文本 名字/性别 选项 男或女",
            "|字段: 字段/类型: 文本/说明: 名字",
        ),
    ] {
        let shown = table(rows);
        assert!(shown.iter().any(|row| row == one) && shown.len() == rows.matches('/').count(), "{shown:?}");
    }
}

#[test]
fn what_stands_above_a_table_or_below_it_as_its_caption_is_said_with_its_rows() {
    let rows = "| 专业 | 学费 |\n|---|---|\n| 软件 | 5500 |\n";
    for (text, wanted) in [
        (
            format!("# 费\n\n2024年标准\n\n{rows}\n后文。\n"),
            ["费>2024年标准|专业: 软件/学费: 5500", "费|后文。"],
        ),
        (format!("{rows}\n表1 2024年标准\n\n后文。\n"), ["表1 2024年标准|专业: 软件/学费: 5500", "|后文。"]),
        (format!("{rows}\nTable: 2024年标准\n\n后文。\n"), ["2024年标准|专业: 软件/学费: 5500", "|后文。"]),
        (
            format!("{rows}\n表2 2025年标准\n\n{rows}"),
            ["|专业: 软件/学费: 5500", "表2 2025年标准|专业: 软件/学费: 5500"],
        ),
    ] {
        let shown: Vec<_> = shown(&text).iter().map(|block| block.replace(" > ", ">")).collect();
        assert_eq!(shown, wanted, "{text}");
    }
    // A title that stands as HTML above a table of markdown.
    let text = format!("<p align=\"center\">2024年标准</p>\n\n{rows}");
    let mut read = |_: Range<usize>| Some(vec![DocumentPart::Text("2024年标准".to_owned())]);
    let document = super::parse(&text, &mut read).unwrap();
    assert_eq!(prose(&document), [("2024年标准".to_owned(), "专业: 软件\n学费: 5500")]);
    let document = super::parse(&text.replace("|---|---|\n", ""), &mut read).unwrap();
    assert_eq!(prose(&document)[0], (String::new(), "2024年标准"), "above no table it is a text");
}

#[test]
fn a_table_s_header_is_as_it_is_marked_and_no_cell_is_lost() {
    // The header repeats a value and looks like data, and is one all the same.
    assert_eq!(
        shown("| 500 | 600 |\n|---|---|\n| 500 | 甲 |\n| 510 | 乙 |\n"),
        ["|500: 500/600: 甲", "|500: 510/600: 乙"]
    );
    assert_eq!(shown("| | |\n|---|---|\n| 姓名 | 张三 |\n| 电话 | 010 |\n"), ["|姓名: 张三/电话: 010"]);
    assert_eq!(shown("| 姓名 | 张三 |\n|---|---|\n| 电话 | 010 |\n"), ["|姓名: 张三/电话: 010"]);
    assert_eq!(
        shown("| | |\n|---|---|\n| 江浙沪 | 包邮 |\n| 新疆 | 25元 |\n| 其他 | 10元 |\n"),
        ["|江浙沪: 包邮/新疆: 25元/其他: 10元"]
    );
    // Tools that convert tables without a marked header leave the marked row empty.
    assert_eq!(
        shown("| | |\n|---|---|\n| 地区 | 运费 |\n| 江浙沪 | 包邮 |\n| 其他 | 10元 |\n")[0],
        "|地区: 江浙沪/运费: 包邮"
    );
    let document = parse("| 型号 | 接口 |\n|---|---|\n| A1 | USB | HDMI |\n| A2 | a\\|b |\n").unwrap();
    assert_eq!(
        prose(&document).iter().map(|(_, text)| *text).collect::<Vec<_>>(),
        ["型号: A1\n接口: USB\nHDMI", "型号: A2\n接口: a|b"]
    );
    assert!(document.note().unwrap().starts_with("1 row of a table with more cells"), "{document:?}");
}

#[test]
fn what_stands_in_headings_only_is_a_text() {
    assert_eq!(
        shown("# 联系我们\n\n## 电话：010-1\n\n## 地址：行政楼\n\n欢迎。\n\n## 图\n\n![](a.png)\n"),
        ["联系我们|电话：010-1", "联系我们 > 地址：行政楼|欢迎。", "联系我们 > 图|![](a.png)", "联系我们|图"]
    );
    assert_eq!(shown("# 电话：010-1\n\n## 地址：行政楼\n"), ["|电话：010-1", "电话：010-1|地址：行政楼"]);
}

#[test]
fn lines_that_are_meant_as_headings_are_some() {
    assert_eq!(
        shown("#报名\n时间\n\n**材料**\n\n身份证。\n\n#话题# 正文\n\n##费用\n\n免费。"),
        [
            "报名|时间",
            "报名 > 材料|身份证。\n\n#话题# 正文".replace('\n', "/").as_str(),
            "报名 > 费用|免费。"
        ]
    );
    assert_eq!(shown("第一条 甲。\n\n第二条 乙。\n"), ["第一条|甲。", "第二条|乙。"]);
}

#[test]
fn html_is_read_by_who_can_and_its_words_are_found_otherwise() {
    let text = "# 费用\n\n<table><tr><th>项目</th></tr>\n\n<tr><td>学费</td></tr></table>\n\n以上。";
    let mut ranges = Vec::new();
    super::parse(text, &mut |range| {
        ranges.push(text[range].to_owned());
        None
    })
    .unwrap();
    assert_eq!(ranges, ["<table><tr><th>项目</th></tr>\n\n<tr><td>学费</td></tr></table>"]);
    let rows = vec![vec!["项目".to_owned(), "金额".to_owned()], vec!["学费".to_owned(), "5500".to_owned()]];
    let mut parts = vec![vec![DocumentPart::Table { titles: vec![], header_rows: Some(1), rows }]];
    let document = super::parse(text, &mut |_| parts.pop()).unwrap();
    assert_eq!(
        prose(&document),
        [("费用".to_owned(), "项目: 学费\n金额: 5500"), ("费用".to_owned(), "以上。")]
    );
    assert_eq!(plain_text("<div>居中<br>的话</div>\n\n10<sup>5</sup>元 <!-- 不 -->"), "居中\n的话\n\n10^5元");
}

#[test]
fn front_matter_names_title_and_url() {
    let document = parse("---\ntitle: \"招生 政策\"\nurl: https://example.org/a\n---\n# 一\n正文\n").unwrap();
    assert_eq!(document.title.as_deref(), Some("招生 政策"));
    assert_eq!(document.url.as_deref(), Some("https://example.org/a"));
    assert_eq!(prose(&document), [("一".to_owned(), "正文")]);
}

#[test]
fn front_matter_names_metadata() {
    let document = parse("---\ntitle: 章程\nprovince: 广东\ntags:\n- 招生\n- 志愿\n---\n正文\n").unwrap();
    let fields: Vec<_> = document.metadata.fields().map(|(name, values)| (name, values.join("/"))).collect();
    assert_eq!(fields, [("province", "广东".to_owned()), ("tags", "招生/志愿".to_owned())]);
}

#[test]
fn what_would_be_expensive_is_refused() {
    for (text, expected) in [
        (">".repeat(200), "more than 100 deep"),
        ("* - ".repeat(100), "more than 100 deep"),
        ("[".repeat(5 << 20), "more than 4194304 marks"),
        ("a\n".repeat(5 << 20), "more than 4194304 marks"),
    ] {
        let error = parse(&text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert!(parse(&"- ".repeat(1000)).is_ok());
}

#[test]
fn a_table_or_a_text_right_below_a_table_is_none_of_its_rows() {
    assert_eq!(
        shown(
            "# 表\n| 项目 | 2023 |\n| --- | --- |\n| 甲 | -- |\n说明\n| 部门 | 电话 | 地点 |\n|---|:---:|---|\n\
             | 教务处 | 8001 | 一楼 |\n| 姓名 | 学号 |\n|---|---|\n| 张三 | 7 |\n以上名单有效。\n"
        ),
        [
            "表|项目: 甲/2023: --",
            "表 > 说明|部门: 教务处/电话: 8001/地点: 一楼",
            "表|姓名: 张三/学号: 7",
            "表|以上名单有效。",
        ]
    );
    // A line among its rows parts no table, and a table of one column needs no bars.
    assert_eq!(
        shown("| 项目 | 值 |\n|---|---|\n另有\n| 乙 | 2 |\n\n| 名单 |\n|---|\n张三\n李四\n"),
        ["另有|项目: 乙/值: 2", "|名单", "|张三", "|李四"]
    );
}

#[test]
fn products_keep_their_signs_in_headings_and_titles() {
    assert_eq!(
        shown(
            "# 规格10*20*30毫米\n\n甲。\n\n规格6*7*8\n===\n\n乙。\n\n**规格3*4*5厘米**\n\n丙。\n\n表1 尺寸1*2*3毫米\n\n|a|b|\n|-|-|\n|1|2|\n"
        ),
        [
            "规格10*20*30毫米|甲。",
            "规格6*7*8|乙。",
            "规格6*7*8 > 规格3*4*5厘米|丙。",
            "规格6*7*8 > 规格3*4*5厘米 > 表1 尺寸1*2*3毫米|a: 1/b: 2"
        ]
    );
}

#[test]
fn tables_in_lists_and_quotes_are_tables() {
    assert_eq!(
        shown(
            "# 办理\n\n1. 第一步\n\n   |编号|名称|\n   |---|---|\n   |C1|数\\|学|\n\n2. 第二步\n\n   接着。\n\n\
             > |编号|名称|\n> |---|---|\n> |C9|物理|\n>\n\n- |名|值|\n  |-|-|\n  |甲|1|\n\n尾。\n"
        ),
        [
            "办理 > 1. 第一步|编号: C1/名称: 数|学",
            "办理|2. 第二步//   接着。",
            "办理|编号: C9/名称: 物理",
            "办理|名: 甲/值: 1",
            "办理|尾。"
        ]
    );
    // Also the number of a line that is left out because each row says it.
    assert_eq!(shown("1. 价格如下\n\n|名|值|\n|-|-|\n|甲|1|\n"), ["1. 价格如下|名: 甲/值: 1"]);
    let document = crate::knowledge::document::parse(
        "课程表如下\n编号|学分\n---|---\nC1|3\n".as_bytes().to_vec(),
        Format::Markdown,
        "",
    )
    .unwrap();
    assert_eq!(prose(&document), [("课程表如下".to_owned(), "编号: C1\n学分: 3")]);
}

#[test]
fn a_marked_header_stays_above_a_first_row_of_words() {
    assert_eq!(
        shown(
            "|课程|学分|学时|教师|\n|-|-|-|-|\n|大学物理|不计|自选|李四|\n|大学英语|3|48|张三|\n|体育|1|16|赵六|\n"
        ),
        [
            "|课程: 大学物理/学分: 不计/学时: 自选/教师: 李四",
            "|课程: 大学英语/学分: 3/学时: 48/教师: 张三",
            "|课程: 体育/学分: 1/学时: 16/教师: 赵六"
        ]
    );
    // Usual names below a marked one are its rows, but not those below a line of a form.
    assert_eq!(
        shown("|列|解释|\n|-|-|\n|姓名|名称|\n|学号|编号|\n"),
        ["|列: 姓名/解释: 名称", "|列: 学号/解释: 编号"]
    );
    assert_eq!(
        shown(
            "|学校|甲大学|专业|软件|\n|-|-|-|-|\n|课程|学分|学时|教师|\n|体育|1|16|李四|\n|英语|3|48|张三|\n"
        )[1..],
        ["|课程: 体育/学分: 1/学时: 16/教师: 李四", "|课程: 英语/学分: 3/学时: 48/教师: 张三"]
    );
}

#[test]
fn answers_in_tables_are_as_they_were_written_and_products_keep_their_signs() {
    let text = "| 问题 | 答案 |\n|---|---|\n| 怎么加粗？ | 用 **粗** 和 `x` \\| 见[这里](https://e.cn/?a=1) |\n\
                | 星号？ | 2*3*4=24 |\n| 换行呢？ | 一<br>二 |\n| 都有？ | *一*<br>二 |\n";
    let document = parse(text).unwrap();
    let answers: Vec<(&str, MediaType)> = document
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Question { answer, media_type, .. } => Some((answer.as_str(), *media_type)),
            Block::Prose { .. } => None,
        })
        .collect();
    let wanted = [
        ("用 **粗** 和 `x` | 见[这里](https://e.cn/?a=1)", MediaType::Markdown),
        ("2*3*4=24", MediaType::Plain),
        ("一\n二", MediaType::Plain),
        ("*一*  \n二", MediaType::Markdown),
    ];
    assert_eq!(answers, wanted);
    let document = parse("| 型号 | 尺寸 |\n|---|---|\n| 甲*一* | 10*20*30 |\n| 乙 | 2**3**4 |\n").unwrap();
    let texts: Vec<&str> = prose(&document).into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, ["型号: 甲一\n尺寸: 10*20*30", "型号: 乙\n尺寸: 2**3**4"]);
}
