use super::*;

#[test]
fn the_line_above_a_table_says_what_it_holds() {
    let plain = |text: &'static str| above(text, MediaType::Plain, false);
    for (text, rest, titles) in [
        ("序。\n2025年录取分数线", "序。", vec!["2025年录取分数线"]),
        ("表1 2025年录取分数线\n单位：分", "", vec!["表1 2025年录取分数线", "单位：分"]),
        ("2025年收费标准：", "", vec!["2025年收费标准"]),
        ("2025年收费标准如下：", "", vec!["2025年收费标准如下"]),
        ("表：2025年收费标准", "", vec!["表：2025年收费标准"]),
        ("2025年学费是多少？", "2025年学费是多少？", vec!["2025年学费是多少？"]),
        (
            "学校收费公开。2025年标准见下表。",
            "学校收费公开。2025年标准见下表。",
            vec!["学校收费公开。2025年标准见下表"],
        ),
        ("三、收费标准", "", vec!["三、收费标准"]),
        ("续表", "", vec!["续表"]),
        ("联系方式", "", vec!["联系方式"]),
        ("请带：\n身份证\n户口本", "请带：\n身份证\n户口本", vec!["户口本"]),
    ] {
        assert_eq!(
            plain(text),
            CaptionsAbove { text: rest, titles: titles.into_iter().map(str::to_owned).collect() },
            "{text}"
        );
    }
    let long = "学校实行学分制收费，各专业按学年预收学费，毕业时结算；住宿费按实际住宿条件收取，退宿时按月退还。具体标准如下：";
    assert_eq!(
        plain(long),
        CaptionsAbove {
            text: long,
            titles: vec!["住宿费按实际住宿条件收取，退宿时按月退还。具体标准如下".to_owned()]
        }
    );
    for text in [
        "具体如下：",
        "平行志愿是一种投档方式。",
        "注：学费按学年收取",
        "以上为2024年数据",
        "1. 身份证\n2. 户口本",
        "联系电话：010-11112222",
        "第3页",
        "2025",
        "",
    ] {
        assert_eq!(plain(text), CaptionsAbove { text, titles: vec![] }, "{text}");
    }
    assert_eq!(above("第一章 总则", MediaType::Plain, true).titles, Vec::<String>::new());
}

#[test]
fn in_markdown_a_line_that_goes_on_with_a_paragraph_is_no_title() {
    let titles = |text: &'static str| above(text, MediaType::Markdown, false).titles;
    assert_eq!(titles("一段话，\n\n*2025年* 录取分数线\n\n"), ["2025年 录取分数线"]);
    assert_eq!(titles("> 2025年录取分数线"), ["2025年录取分数线"]);
    assert_eq!(titles("甲。\n\n: 学费"), ["学费"]);
    assert_eq!(titles("一段话，\n还没有完"), Vec::<String>::new());
    assert_eq!(titles("一段话。\n表1 分数线"), ["表1 分数线"]);
    assert_eq!(titles("```\n2025年录取分数线\n```"), Vec::<String>::new());
    // A day is one where it stands by itself.
    assert_eq!(titles("招生办公室\n2025年6月1日"), Vec::<String>::new());
    assert_eq!(titles("招生办公室\n\n2025年6月1日")[1..], ["2025年6月1日"]);
    assert_eq!(titles("学费\n单位：元"), ["学费", "单位：元"]);
}

#[test]
fn a_line_within_a_paragraph_is_no_title() {
    let read = |before: &str, paragraph: &str| {
        let text = format!("{before}{paragraph}");
        let above = above_from(&text, Some(before.len()), MediaType::Plain, false);
        (above.text.len() == text.len(), above.titles)
    };
    for paragraph in [
        "满200元可减免运费，活动时间为\n9月1日—9月3日",
        "地址：北京市海淀区\n中关村大街1号",
        "逾期不退，\n特殊情况除外",
        "请带身份证，\n报名时间：6月1日至6月5日",
        "招生办公室\n2025年6月1日",
        "成人票\n学生票\n老人免费",
        "学费标准\n住宿费标准",
        "报名条件\n学费标准\n联系方式",
        "学费标准公开\n任何人都可以查阅",
        "一、学费标准\n学校收费公开。",
    ] {
        assert_eq!(read("前文。\n", paragraph), (true, vec![]), "{paragraph}");
    }
    // What says itself that it is of a table is, and so is what is left of a paragraph.
    for (paragraph, titles) in [
        ("2025年学费标准", &["2025年学费标准"][..]),
        ("学费标准\n单位：元", &["学费标准", "单位：元"]),
        ("学校收费公开。\n表1 学费", &["表1 学费"]),
        ("学校收费公开。\n2025年学费如下：", &["2025年学费如下"]),
        // A title in several lines.
        ("表1\n学费标准", &["学费标准"]),
        ("附件1\n学费标准", &["学费标准"]),
        ("某某大学2025年\n学费标准(一览表)", &["学费标准(一览表)"]),
        ("学费标准\n2025-09-01", &["学费标准", "2025-09-01"]),
        ("学费标准\n（2025年9月1日起执行）", &["（2025年9月1日起执行）"]),
        ("学费标准\n（2025年）\n单位：元", &["学费标准", "（2025年）", "单位：元"]),
    ] {
        assert_eq!(read("前文。\n", paragraph).1, titles, "{paragraph}");
    }
}

#[test]
fn a_title_below_a_sentence_that_has_ended_is_one() {
    let read = |paragraph: &str| {
        let text = format!("前文。\n{paragraph}");
        let above = above_from(&text, Some("前文。\n".len()), MediaType::Plain, false);
        (above.text.trim_start_matches("前文。\n").to_owned(), above.titles)
    };
    for (paragraph, left, titles) in [
        ("欢迎报考。\n2025年学费标准", "欢迎报考。", &["2025年学费标准"][..]),
        ("欢迎报考！\n专业目录（本科）\n单位：元", "欢迎报考！", &["专业目录（本科）", "单位：元"]),
        ("学费是多少？\n2025年学费标准：", "学费是多少？", &["2025年学费标准"]),
        ("他说：“欢迎报考。”\n学费标准", "他说：“欢迎报考。”", &["学费标准"]),
    ] {
        let titles: Vec<String> = titles.iter().map(|title| (*title).to_owned()).collect();
        assert_eq!(read(paragraph), (left.to_owned(), titles), "{paragraph}");
    }
    assert_eq!(above("欢迎报考。\n2025年学费标准", MediaType::Markdown, false).titles, ["2025年学费标准"]);
    // What goes on with a sentence, says nothing that tables hold, asks for something or is one of several is none.
    for paragraph in [
        "活动时间为：\n2025年学费标准",
        "欢迎报考，\n2025年学费标准",
        "欢迎报考。\n特殊情况除外",
        "欢迎报考。\n2025年6月1日",
        "学校收费公开。\n请对照收费标准",
        "学校收费公开。\n学费、住宿费的收费标准",
        "请带材料。\n身份证\n报名情况说明",
        "1. 欢迎报考。\n2. 学费标准",
    ] {
        assert_eq!(read(paragraph), (paragraph.to_owned(), vec![]), "{paragraph}");
    }
}

#[test]
fn a_line_of_several_names_with_what_they_say_stands_below_its_title() {
    for (text, wanted) in [
        ("学费标准\n适用年级：2025级  单位：元", &["学费标准", "适用年级：2025级 单位：元"][..]),
        ("学费标准\n编号: A-01　版本: 3", &["学费标准", "编号: A-01 版本: 3"]),
        ("学费标准\n编号：A-01  版本：3\n单位: 元", &["学费标准", "编号：A-01 版本：3", "单位: 元"]),
        ("制度。\n适用年级：2025级  单位：元", &["适用年级：2025级 单位：元"]),
    ] {
        assert_eq!(above(text, MediaType::Plain, false).titles, wanted, "{text}");
    }
    // Of no title, of one thing, and of where to ask they stay texts.
    for text in [
        "学校的制度如此。\n编号：A-01  版本：3",
        "学费标准\n编号：A-01",
        "招生办\n电话：010-1  传真：010-2",
        "会议在即。\n时间：9月  地点：体育馆",
        "学费标准\n单位：元  电话：010-1",
        "问：学费是多少 答：见下",
    ] {
        assert_eq!(above(text, MediaType::Plain, false), CaptionsAbove { text, titles: vec![] }, "{text}");
    }
}

#[test]
fn a_title_keeps_its_number_below_other_marks_of_markdown() {
    let titles = |text: &'static str| above(text, MediaType::Markdown, false).titles;
    for text in [
        "1) 学费标准",
        "- 1) 学费标准",
        "> 1) 学费标准",
        ">* + 1) 学费标准",
        "**1)** 学费标准",
        "- **1)** 学费标准",
    ] {
        assert_eq!(titles(text), ["1) 学费标准"], "{text}");
    }
    assert_eq!(titles("- 学费标准"), ["学费标准"]);
    assert_eq!(titles("*1* 学费标准"), ["1 学费标准"]);
    assert_eq!(above("- 1) 学费标准", MediaType::Plain, false).titles, ["- 1) 学费标准"]);
}
