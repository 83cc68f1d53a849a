use crate::knowledge::document::{
    Block, Document, DocumentPart, Format, ParseError, Parsed, ReadDocument, parse, read,
};

/// What a text is read as: `question|variants|answer` and `headings>text`.
fn shown(document: &Document) -> Vec<String> {
    let shown = |block: &Block| match block {
        Block::Prose { headings, text, .. } => format!("{}>{}", headings.join(">"), text.replace('\n', "/")),
        Block::Question { question, variants, answer, .. } => {
            format!("{}|{}|{}", question.replace('\n', "/"), variants.join("/"), answer.replace('\n', "/"))
        }
    };
    document.blocks.iter().map(shown).collect()
}

fn of(text: &str, format: Format) -> (Vec<String>, String) {
    let document = parse(text.into(), format, "").unwrap();
    (shown(&document), document.note().unwrap_or_default())
}

#[derive(Debug)]
struct Gives(Vec<DocumentPart>);

#[async_trait::async_trait]
impl ReadDocument for Gives {
    async fn read(&self, _: Vec<u8>, _: Format) -> Result<Parsed, String> {
        Ok(Parsed { parts: self.0.clone(), ..Parsed::default() })
    }
}

async fn of_parts(parts: &[DocumentPart], format: Format) -> Result<(Vec<String>, String), ParseError> {
    let document = read(Vec::new(), format, "", &Gives(parts.to_vec())).await?;
    Ok((shown(&document), document.note().unwrap_or_default()))
}

fn text(text: &str) -> DocumentPart {
    DocumentPart::Text(text.into())
}

fn heading(level: u8, text: &str) -> DocumentPart {
    DocumentPart::Heading { level, text: text.into() }
}

const WANTED: [&str; 2] = ["怎么报名？||登录官网。", "学费多少？||五千元。"];

#[test]
fn marked_questions_of_a_text_are_stored_with_their_answers() {
    for text in [
        "问：怎么报名？\n答：登录官网。\n问：学费多少？\n答：五千元。\n",
        "问：怎么报名？答：登录官网。\n\n问：学费多少？答：五千元。\n",
        "Q: 怎么报名？\nA: 登录官网。\n\nQ: 学费多少？\nA: 五千元。\n",
        "【问】怎么报名？\n【答】登录官网。\n【问】学费多少？\n【答】五千元。\n",
        "1. 问 怎么报名？\n答 登录官网。\n2. 问 学费多少？\n答 五千元。\n",
        "1、问：怎么报名？\n   答：登录官网。\n2、问：学费多少？\n   答：五千元。\n",
        "问题1：怎么报名？\n答案：登录官网。\n\n问题2：学费多少？\n答案：五千元。\n",
        "问题：\n怎么报名？\n答案：\n登录官网。\n---\n问题：\n学费多少？\n答案：\n五千元。\n",
        "考生问：怎么报名？\n招办答：登录官网。\n考生问：学费多少？\n招办答：五千元。\n",
        "客户问题：怎么报名？\n解决方案：登录官网。\n客户问题：学费多少？\n解决方案：五千元。\n",
        "Q1. 怎么报名？\nA1. 登录官网。\nQ2. 学费多少？\nA2. 五千元。\n",
    ] {
        for format in [Format::Txt, Format::Markdown] {
            let (read, note) = of(text, format);
            assert_eq!(read, WANTED, "{text} as {format:?}");
            assert!(note.starts_with("read as 2 questions; lines marked"), "{note}");
        }
    }
    let (read, _) = of(
        "问：怎么报名？\n相似问：如何报名；报名方法\n答：登录官网。\n\n1. 注册\n2. 填表\n\n问：学费多少？\n答：五千元。\n",
        Format::Txt,
    );
    assert_eq!(read[0], "怎么报名？|如何报名/报名方法|登录官网。//1. 注册/2. 填表");
}

#[tokio::test]
async fn so_are_those_of_a_document_of_any_format() {
    let rows = |rows: &[&[&str]]| DocumentPart::Table {
        titles: vec![],
        header_rows: None,
        rows: rows.iter().map(|row| row.iter().map(|&cell| cell.to_owned()).collect()).collect(),
    };
    let lines = ["问：怎么报名？", "答：登录官网。", "问：学费多少？", "答：五千元。"];
    let plain: Vec<DocumentPart> = lines.iter().map(|line| text(line)).collect();
    let headed = vec![
        heading(1, "问：怎么报名？"),
        text("登录官网。"),
        heading(1, "问：学费多少？"),
        text("答：五千元。"),
    ];
    let paged = vec![
        heading(1, "第1页"),
        plain[0].clone(),
        heading(1, "第2页"),
        plain[1].clone(),
        plain[2].clone(),
        plain[3].clone(),
    ];
    let column = vec![rows(&lines.map(|line| [line]).each_ref().map(|row| row.as_slice()))];
    for (parts, format) in [
        (plain.clone(), Format::Docx),
        (plain.clone(), Format::Html),
        (headed, Format::Docx),
        (paged, Format::Pdf),
        (column, Format::Xlsx),
    ] {
        let (read, note) = of_parts(&parts, format).await.unwrap();
        assert_eq!(read, WANTED, "{format:?} {parts:?}");
        assert!(note.contains("read as 2 questions"), "{note}");
    }
    // Texts, tables and other headings stay what they are; equal questions are told apart by what stands above them.
    let mixed = vec![
        text("本文由招生办整理。"),
        heading(1, "本科"),
        text("问：学费多少？"),
        text("答：见下表。"),
        rows(&[&["专业", "学费"], &["软件", "5500"], &["法学", "4600"]]),
        text("问：怎么报名？"),
        text("答：登录官网。"),
        heading(1, "硕士"),
        text("问：学费多少？"),
        text("答：八千元。"),
        heading(1, "联系"),
        text("电话 010。"),
    ];
    let (read, note) = of_parts(&mixed, Format::Docx).await.unwrap();
    assert_eq!(
        read,
        [
            ">本文由招生办整理。",
            "联系>电话 010。",
            "本科学费多少？||见下表。/专业: 软件/学费: 5500/专业: 法学/学费: 4600",
            "怎么报名？||登录官网。",
            "硕士学费多少？||八千元。",
        ]
    );
    assert!(note.contains("told apart by heading") && note.contains("2 texts beside them"), "{note}");
}

#[test]
fn what_stands_below_the_last_answer_is_no_part_of_it() {
    let questions = "问：甲？\n答：一。\n\n问：乙？\n答：二。\n\n问：丙？\n答：三。\n\n问：丁？\n答：四。\n";
    let (read, note) = of(&format!("{questions}\n如有变化以官网为准。\n\n招生办\n"), Format::Txt);
    assert_eq!(
        read,
        [">如有变化以官网为准。//招生办", "甲？||一。", "乙？||二。", "丙？||三。", "丁？||四。"]
    );
    assert!(note.contains("below the last answer"), "{note}");
    let (read, _) = of(&questions.replace("答：二。", "答：二。\n\n又。\n\n再。"), Format::Txt);
    assert_eq!(read.len(), 4);
}

#[test]
fn what_is_not_certain_stays_a_text_and_says_so() {
    let body = "平行志愿按分数优先投档。\n".repeat(20);
    for (text, why) in [
        ("问：甲是什么？\n一。\n问：乙是什么？\n二。\n".to_owned(), "no answer is marked"),
        (format!("{body}问：甲是什么？\n答：一。\n"), "the only one in a longer text"),
        (
            "询问笔录\n\n问：你叫什么名字？\n答：张三。\n问：你在哪里？\n答：在家。\n".to_owned(),
            "the record of a talk",
        ),
        ("问题1：首都是？\n答案：A\n问题2：最大的是？\n答案：C\n".to_owned(), "its answers choose"),
        ("问：甲？\n答：一。\n问：乙？\n问：丙？\n问：丁？\n".to_owned(), "too few"),
    ] {
        for format in [Format::Txt, Format::Markdown] {
            let (read, note) = of(&text, format);
            assert!(read.iter().all(|block| block.contains('>')), "{text}: {read:?}");
            assert!(note.contains(why) && note.contains("table with the columns 问题 and 答案"), "{note}");
        }
    }
    let asking = "1. 怎么报名？\n登录官网。\n2. 学费多少？\n五千元。\n3. 在哪里缴费？\n去银行。\n";
    let (read, note) = of(asking, Format::Txt);
    assert_eq!(read.len(), 1);
    assert!(note.contains("3 lines read like questions") && note.contains(".qa.txt"), "{note}");
}

#[tokio::test]
async fn texts_that_only_look_like_some_are_left_alone() {
    for text in [
        "注意问题：请带身份证。\n常见问题：见官网。\n",
        "A. 北京\nB. 上海\n",
        "他问：怎么了？我说没什么。\n",
        "联系电话：010\n回复：已读\n",
    ] {
        for format in [Format::Txt, Format::Markdown] {
            let (read, note) = of(text, format);
            assert!(
                read.iter().all(|block| block.contains('>')) && note.is_empty(),
                "{text}: {read:?} {note}"
            );
        }
    }
    let fenced = "# 文档\n\n```\n问：一\n答：二\n问：三\n答：四\n```\n";
    assert!(of(fenced, Format::Markdown).0[0].starts_with("文档>```"));
    // Rows are what their table says.
    let rows = [["问题", "整改措施", "责任人"], ["登录慢", "换服务器", "张三"], ["常掉线", "换线路", "李四"]];
    let rows = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
    let table = [DocumentPart::Table { titles: vec![], header_rows: Some(1), rows }];
    let (read, _) = of_parts(&table, Format::Docx).await.unwrap();
    assert!(read.iter().all(|block| block.starts_with('>')), "{read:?}");
}

const THREE: &str =
    "问：怎么报名？\n答：登录官网。\n\n问：学费多少？\n答：五千元。\n\n问：在哪缴费？\n答：去银行。\n";

#[test]
fn an_answer_ends_where_the_text_goes_on_with_something_else() {
    for end in [
        "4 规格\n尺寸：30cm",
        "附则\n本办法自发布之日起施行。",
        "About the author\nJohn.",
        "本文由招生办解释。",
    ] {
        let (read, note) = of(&format!("{THREE}\n{end}\n"), Format::Txt);
        assert_eq!(read.last().map(String::as_str), Some("在哪缴费？||去银行。"), "{end}: {read:?}");
        assert_eq!(read.len(), 4, "{end}: {read:?}");
        assert!(note.contains("below the last answer"), "{note}");
    }
    // What goes on with it is part of it.
    let (read, _) = of(&THREE.replace("去银行。", "步骤如下：\n\n1. 登录\n2. 缴费"), Format::Txt);
    assert_eq!(read.last().map(String::as_str), Some("在哪缴费？||步骤如下：//1. 登录/2. 缴费"));
    let (read, _) = of(&THREE.replace("五千元。", "五千元。\n\n住宿费另计。"), Format::Txt);
    assert_eq!(read[1], "学费多少？||五千元。//住宿费另计。");
}

#[test]
fn talks_and_stories_stay_texts_and_so_do_too_few_questions() {
    let body = "平行志愿按分数优先投档。\n".repeat(20);
    for (text, why) in [
        (format!("# 专访张老师\n\n{THREE}"), "the record of a talk"),
        (format!("第三次会议纪要\n{THREE}"), "the record of a talk"),
        (
            "问：您后悔过吗？\n答：没有。\n问：为什么？\n答：值得。\n问：将来有什么打算？\n答：种地。\n"
                .to_owned(),
            "the record of a talk",
        ),
        (format!("{body}问：甲是什么？\n答：一。\n问：乙是什么？\n答：二。\n"), "too few"),
        ("他走了。\n问：世间情为何物？\n答：生死相许。\n".to_owned(), "too few"),
    ] {
        let (read, note) = of(&text, Format::Markdown);
        assert!(read.iter().all(|block| block.contains('>')), "{text}: {read:?}");
        assert!(note.contains(why), "{text}: {note}");
    }
    for text in
        [format!("会议室常见问题\n{THREE}"), format!("{body}{THREE}"), format!("常见问题\n\n{THREE}\n")]
    {
        let (read, note) = of(&text, Format::Txt);
        assert!(read.iter().any(|block| block == WANTED[0]), "{text}: {read:?} {note}");
    }
}

#[test]
fn questions_right_above_marked_answers_are_read() {
    for text in [
        "1、怎么报名？\n答：登录官网。\n2、学费多少？\n答：五千元。\n",
        "1. 怎么报名？\n\n答：登录官网。\n\n2. 学费多少？\n\n答：五千元。\n",
        "怎么报名？\n答：登录官网。\n\n学费多少？\n答：五千元。\n",
    ] {
        let (read, note) = of(text, Format::Txt);
        assert_eq!(read, WANTED, "{text} {note}");
    }
    for text in [
        "安全考试\n简答题\n1. 怎么灭火？\n答：提、拔、握、压。\n2. 怎么逃生？\n答：低姿。\n3. 怎么报警？\n答：拨打电话。\n",
        "1. 首都是？\n答：A\n2. 最大的是？\n答：C\n3. 最小的是？\n答：B\n",
        "1. 怎么报名？\n登录官网。\n答：好。\n",
    ] {
        let (read, _) = of(text, Format::Txt);
        assert!(read.iter().all(|block| block.contains('>')), "{text}: {read:?}");
    }
}

#[test]
fn a_reason_is_part_of_the_answer() {
    let one = |what: &str| format!("问题描述：{what}\n原因：网络不通。\n答复：重启。\n");
    let text = format!("1、{}2、{}3、{}", one("登录失败"), one("不能打印"), one("打不开"));
    let (read, note) = of(&text, Format::Txt);
    assert_eq!(
        read.first().map(String::as_str),
        Some("登录失败||原因：网络不通。/重启。"),
        "{read:?} {note}"
    );
    assert_eq!(read.len(), 3);
}

#[test]
fn a_file_that_is_called_questions_has_them_in_its_headings() {
    let called = |text: &str, called: &str| {
        let document = parse(text.into(), Format::Markdown, called).unwrap();
        (shown(&document), document.note().unwrap_or_default())
    };
    let text =
        "## 售后\n\n### 1. 怎么退货？\n\n七天内申请。\n\n- 填单\n- 寄回\n\n### 2. 运费谁付？\n\n卖家。\n";
    let wanted = ["怎么退货？||七天内申请。//- 填单/- 寄回", "运费谁付？||卖家。"];
    for name in ["资料/常见问题.md", "FAQ.md", "客服问答2025.markdown"] {
        let (read, note) = called(text, name);
        assert_eq!(read, wanted, "{name}: {note}");
    }
    assert_eq!(called(&format!("# 常见问题\n\n{text}"), "a.md").0, wanted);
    let (read, note) = called(text, "faq/手册.md");
    assert_eq!(read.len(), 2);
    assert!(read[0].contains('>') && !note.contains("read as"), "{read:?} {note}");
    // An answer that goes on below a heading of its own is none that could be given out whole.
    let deep = format!("{text}#### 海外\n\n买家。\n");
    assert!(called(&deep, "FAQ.md").0.iter().all(|block| block.contains('>')));
}

#[test]
fn what_is_said_to_the_press_stays_a_text_and_a_name_may_say_what_a_file_is() {
    let two = "问：怎么报名？\n答：登录官网。\n问：学费多少？\n答：五千元。\n";
    let body = "平行志愿按分数优先投档。\n".repeat(3);
    for (text, name, is_read) in [
        (format!("就《招生办法》答记者问\n\n{THREE}"), "a.txt", false),
        (THREE.to_owned(), "招生办负责人答记者问.txt", false),
        (format!("{body}{two}"), "a.txt", false),
        (format!("{body}{two}"), "招生答疑.txt", true),
    ] {
        let document = parse(text.clone().into(), Format::Txt, name).unwrap();
        let has_questions = document.blocks.iter().any(|block| matches!(block, Block::Question { .. }));
        assert_eq!(has_questions, is_read, "{name} {text}");
    }
}

#[tokio::test]
async fn a_table_in_an_answer_is_part_of_it_below_its_title() {
    let rows = [["专业", "学费"], ["软件", "5500"]];
    let rows = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
    let table = DocumentPart::Table { titles: vec![], header_rows: Some(1), rows };
    let parts = [
        text("问：学费多少？"),
        text("答：按专业收取。"),
        text("2025年学费标准"),
        table,
        text("问：怎么报名？"),
        text("答：登录官网。"),
    ];
    let (read, _) = of_parts(&parts, Format::Docx).await.unwrap();
    assert_eq!(read[0], "学费多少？||按专业收取。/2025年学费标准/专业: 软件/学费: 5500");
}

#[test]
fn numbered_lines_that_ask_are_questions_of_what_calls_itself_so() {
    let wanted = ["怎么退货？||七天内申请。", "运费谁付？||卖家。", "多久到账？||三天。"];
    let lines = "一、怎么退货？\n七天内申请。\n二、运费谁付？\n卖家。\n三、多久到账？\n三天。\n";
    let (read, note) = of(&format!("常见问题\n\n{lines}"), Format::Txt);
    assert_eq!(read[1..], wanted, "{note}");
    let list =
        "1. 怎么退货？\n\n   七天内申请。\n\n2. 运费谁付？\n\n   卖家。\n\n3. **多久到账？**\n\n   三天。\n";
    assert_eq!(of(&format!("# FAQ\n\n{list}"), Format::Markdown).0, wanted);
    let steps = lines.replace("七天内申请。", "1) 填单\n2) 寄回");
    assert_eq!(of(&format!("常见问题\n\n{steps}"), Format::Txt).0[1], "怎么退货？||1) 填单/2) 寄回");
    let parts =
        "常见问题\n\n一、售后\n1. 怎么退货？\n申请。\n2. 谁付？\n卖家。\n二、支付\n3. 多久？\n三天。\n";
    assert_eq!(of(parts, Format::Txt).0[1..], ["怎么退货？||申请。", "谁付？||卖家。", "多久？||三天。"]);
    for other in [
        lines.to_owned(),
        format!("常见问题\n\n{}", lines.replace("二、运费谁付？", "二、运费")),
        format!("常见问题\n\n{}", lines.replace("卖家。\n", "")),
    ] {
        let (read, _) = of(&other, Format::Txt);
        assert!(read.iter().all(|block| block.contains('>')), "{other}: {read:?}");
    }
}

#[tokio::test]
async fn what_follows_the_answers_of_a_document_is_no_part_of_them() {
    let asked = [
        "问：如何退款？",
        "答：在订单页申请。",
        "三个工作日到账。",
        "问：可以开发票吗？",
        "答：可以。",
        "问：有宿舍吗？",
        "答：有。",
    ];
    let notice = "如有其他需要，请到大厅的服务台咨询，我们随时恭候。";
    let wanted =
        ["如何退款？||在订单页申请。/三个工作日到账。", "可以开发票吗？||可以。", "有宿舍吗？||有。"];
    for tail in [
        vec![text("联系我们"), text("热线：400-100-2000")],
        vec![text("特别提示"), text(notice)],
        vec![text(&format!("\n{notice}"))],
        vec![text("本公司保留最终解释权。")],
        vec![heading(1, "关于"), text(notice)],
        vec![text("第二部分 收费"), text(notice)],
    ] {
        let parts: Vec<DocumentPart> = asked.iter().map(|line| text(line)).chain(tail.clone()).collect();
        for format in [Format::Docx, Format::Html] {
            let (read, note) = of_parts(&parts, format).await.unwrap();
            let questions: Vec<&String> = read.iter().filter(|block| block.contains('|')).collect();
            assert_eq!(questions, wanted, "{tail:?}");
            assert!(read.len() > 3 && note.contains("beside them to search"), "{read:?} {note}");
        }
    }
    // A section between two questions ends the first one's answer.
    let mut parts: Vec<DocumentPart> = asked.iter().map(|line| text(line)).collect();
    parts.splice(5..5, [text("配送说明"), text(notice)]);
    let (read, _) = of_parts(&parts, Format::Docx).await.unwrap();
    assert!(read.contains(&format!(">配送说明/{notice}")), "{read:?}");
    assert!(read.contains(&wanted[1].to_owned()), "{read:?}");
}

#[test]
fn questions_without_a_question_mark_are_some_of_what_calls_itself_so() {
    let wanted = ["如何退款||申请。", "退款多久到账||三天。", "运费由谁承担||卖家。"];
    for (given, format) in [
        ("常见问题\n\n1. 如何退款\n申请。\n2. 退款多久到账\n三天。\n3. 运费由谁承担\n卖家。\n", Format::Txt),
        (
            "常见问题解答\n一、如何退款\n申请。\n二、退款多久到账\n三天。\n三、运费由谁承担\n卖家。\n",
            Format::Txt,
        ),
        ("客服FAQ\n\n如何退款\n申请。\n\n退款多久到账\n三天。\n\n运费由谁承担\n卖家。\n", Format::Txt),
        (
            "# 常见问题\n\n## 如何退款\n\n申请。\n\n## 退款多久到账\n\n三天。\n\n## 运费由谁承担\n\n卖家。\n",
            Format::Markdown,
        ),
        (
            "# FAQ\n\n**如何退款**\n\n申请。\n\n**退款多久到账**\n\n三天。\n\n**运费由谁承担**\n\n卖家。\n",
            Format::Markdown,
        ),
        (
            "# FAQ\n\n1. 如何退款\n\n   申请。\n\n2. 退款多久到账\n\n   三天。\n\n3. 运费由谁承担\n\n   卖家。\n",
            Format::Markdown,
        ),
    ] {
        let (read, note) = of(given, format);
        let questions: Vec<&String> = read.iter().filter(|block| block.contains('|')).collect();
        assert_eq!(questions, wanted, "{given}: {note}");
        // What does not call itself so stays a text, and a note says what to do.
        let other = given
            .replace("常见问题解答", "指南")
            .replace("常见问题", "指南")
            .replace("客服FAQ", "指南")
            .replace("FAQ", "指南");
        let (read, note) = of(&other, format);
        assert!(read.iter().all(|block| block.contains('>')), "{other}: {read:?}");
        assert!(note.contains("read like questions") || given.contains("客服FAQ"), "{other}: {note}");
    }
    let bare = "常见问题\n多久到账？\n三天。\n怎么开票？\n申请。\n谁付运费？\n卖家。\n";
    assert_eq!(
        of(bare, Format::Txt).0[1..],
        ["多久到账？||三天。", "怎么开票？||申请。", "谁付运费？||卖家。"]
    );
    let told = "常见问题\n\n本店说明。\n\n如何退款\n申请。\n\n发货\n三天。\n\n包邮\n满百。\n";
    assert!(of(told, Format::Txt).0.iter().all(|block| block.contains('>')));
}
