use crate::knowledge::document::qa::pair::WaysParted;
use crate::knowledge::document::qa::tests::{parse, read};
use crate::knowledge::document::{Format, parse as parse_file};

/// What a plain table is read as: its questions with their answers, and how many texts there are beside.
fn plain(text: &str) -> (Vec<(String, String)>, usize) {
    let blocks = parse_file(text.into(), Format::Csv, "").unwrap().blocks;
    let all = blocks.len();
    let questions: Vec<_> = blocks
        .into_iter()
        .filter_map(|block| match block {
            super::Block::Question { question, answer, .. } => Some((question, answer)),
            super::Block::Prose { .. } => None,
        })
        .collect();
    let texts = all - questions.len();
    (questions, texts)
}

#[test]
fn examinations_and_lists_of_faults_are_tables() {
    for text in [
        "题目,选项A,选项B,选项C,答案\n我国首都是哪里？,北京,上海,广州,A\n一年有几个月？,十,十一,十二,C\n",
        "问题,答案\n下列哪个是质数？,B\n以下说法正确的是？,AD\n",
        "题目,类型,答案\n如何灭火？,简答,先断电。\n",
        "问题,整改措施,责任人\n消防通道怎么堵了？,清理杂物,张三\n",
        "问题,解决方案,责任人,完成时间\n登录慢,换服务器,李四,六月\n",
    ] {
        let (questions, texts) = plain(text);
        assert!(questions.is_empty() && texts > 0, "{text}: {questions:?}");
    }
}

#[test]
fn wide_tables_hold_several_pairs() {
    for text in [
        "Q1,A1,Q2,A2\n怎么报名？,上官网。,怎么缴费？,去银行。\n",
        "问题1,问题2,答案1,答案2\n怎么报名？,怎么缴费？,上官网。,去银行。\n",
        "问题一,答案一,问题二,答案二\n怎么报名？,上官网。,怎么缴费？,去银行。\n",
        "问题,答案,问题,答案\n怎么报名？,上官网。,怎么缴费？,去银行。\n",
    ] {
        let (questions, _) = plain(text);
        let wanted = [("怎么报名？", "上官网。"), ("怎么缴费？", "去银行。")];
        assert_eq!(questions, wanted.map(|(asked, answer)| (asked.to_owned(), answer.to_owned())), "{text}");
    }
    // So is what is asked beside a question and has an answer of its own.
    for (header, row) in [
        ("问题,答案,追问,追问答案", "怎么报名？,上官网。,怎么缴费？,去银行。"),
        ("问题,回答,追问,回答", "怎么报名？,上官网。,怎么缴费？,去银行。"),
        ("问题,答案,子问题,子问题答案", "怎么报名？,上官网。,怎么缴费？,去银行。"),
        ("问题,答案,关联问题,关联问题答案", "怎么报名？,上官网。,怎么缴费？,去银行。"),
        ("Question,Answer,Follow-up question,Follow-up answer", "怎么报名？,上官网。,怎么缴费？,去银行。"),
        ("问题1,答案1,追问1,追问答案1", "怎么报名？,上官网。,怎么缴费？,去银行。"),
        ("问题,答案,追问1,答案1,追问2,答案2", "怎么报名？,上官网。,怎么缴费？,去银行。,能退吗？,能。"),
    ] {
        let (questions, _) = plain(&format!("{header}\n{row}\n"));
        let mut wanted = vec![("怎么报名？", "上官网。"), ("怎么缴费？", "去银行。"), ("能退吗？", "能。")];
        wanted.truncate(header.split(',').count() / 2);
        let found: Vec<_> =
            questions.iter().map(|(asked, answer)| (asked.as_str(), answer.as_str())).collect();
        assert_eq!(found, wanted, "{header}");
    }
    let document = parse("问题,答案1,答案2\n怎么报名？,上官网。,打电话。\n").unwrap();
    assert!(document.note().unwrap().contains("NOT used: 答案2"), "{:?}", document.note());
}

#[test]
fn pairs_without_a_header_may_have_a_title_and_numbers() {
    for text in [
        "FAQ\n怎么报名？,上官网。\n怎么缴费？,去银行。\n",
        "问：怎么报名？,答：上官网。\nQ:怎么缴费？,A: 去银行。\n",
        "1,怎么报名？,上官网。\n2,怎么缴费？,去银行。\n",
        "常见问答,,\n1、,怎么报名？,上官网。\n2、,怎么缴费？,去银行。\n",
    ] {
        let (questions, _) = plain(text);
        assert_eq!(questions.len(), 2, "{text}");
        assert_eq!(questions[0], ("怎么报名？".to_owned(), "上官网。".to_owned()), "{text}");
    }
    assert!(plain("报名,怎么报名？,上官网。\n缴费,怎么缴费？,去银行。\n").0.is_empty());
}

#[test]
fn the_usual_names_are_known() {
    for header in [
        "問題,答案",
        "标准问,标准答",
        "用户问,机器人答",
        "常见问题,解决办法",
        "客户问题,解决方案",
        "【问题】,【答案】",
        "提问内容,回复内容",
        "用户说,机器人说",
        "用户query,标准response",
        "问题名,答案名",
        "问题正文,答案正文",
        "标准问题名称,答案内容(富文本)",
        "Question Title,Answer Body",
        "疑问,解惑",
        "提问示例,答复模板",
    ] {
        let (questions, _) = plain(&format!("{header}\n怎么报名？,上官网。\n"));
        assert_eq!(questions, [("怎么报名？".to_owned(), "上官网。".to_owned())], "{header}");
    }
    for header in [
        "问句,答句",
        "客户问题,客服回答",
        "咨询内容,回复内容",
        "问题描述,解决方案",
        "知识点,答案",
        "faq_question,faq_answer",
        "user,assistant",
        "input,output",
        "意图,客户话术,客服话术",
        "关键词,客户话术,客服话术",
        "咨询点,口径",
        "触发词,自动回复",
        "FAQ标题,FAQ内容",
        "知识标题,知识内容",
        "标题,正文",
        "Title,Content",
    ] {
        let table = |asked: &str| {
            let row =
                if header.matches(',').count() > 1 { format!("报名,{asked}") } else { asked.to_owned() };
            format!("{header}\n{row},上官网。\n")
        };
        let (questions, _) = plain(&table("怎么报名？"));
        assert_eq!(questions, [("怎么报名？".to_owned(), "上官网。".to_owned())], "{header}");
    }
    // A title that asks nothing is what its text is about, which a note tells.
    let document =
        parse_file("知识标题,知识内容\n报名流程,先上官网注册，再交材料。\n".into(), Format::Csv, "").unwrap();
    let note = document.note().unwrap();
    assert!(note.contains("call 知识标题 问题 and 知识内容 答案"), "{note}");
    let text = "疑难,指引\n怎么报名？,上官网注册。\n怎么缴费？,去银行柜台缴。\n怎么退费？,联系招生办。\n";
    let document = parse_file(text.into(), Format::Csv, "").unwrap();
    let note = document.note().unwrap();
    assert!(note.contains("call 疑难 问题 and that of its answers 答案"), "{note}");
    // So does a name that says that somebody asks, beside answers under one that is not known.
    let text =
        "编号,咨询内容,处理意见,渠道\n1,能否分期付款,支持3、6、12期,电话\n2,能否货到付款,不支持,微信\n";
    let note = parse_file(text.into(), Format::Csv, "").unwrap().note().unwrap_or_default();
    assert!(note.contains("call 咨询内容 问题"), "{note}");
    assert_eq!(plain("知识标题,知识内容,相似问法\n报名流程,上官网。,怎么报名\n").0.len(), 1);
    assert_eq!(read("标准问,扩展问,标准答\n怎么报名？,如何报名,上官网。\n")[0].1, ["如何报名"]);
}

#[test]
fn a_cell_of_questions_may_hold_several_ways_to_ask() {
    for (cell, wanted) in [
        ("怎么去|如何去", vec!["怎么去", "如何去"]),
        ("怎么报名？；如何报名？", vec!["怎么报名？", "如何报名？"]),
        ("怎么报名;如何报名", vec!["怎么报名", "如何报名"]),
        ("怎么报名？\n如何报名？", vec!["怎么报名？", "如何报名？"]),
        ("人工客服|转人工", vec!["人工客服", "转人工"]),
        ("本科生；研究生怎么报名？", vec!["本科生；研究生怎么报名？"]),
        ("怎么;走", vec!["怎么;走"]),
        ("C语言 | Java 怎么学？", vec!["C语言 | Java 怎么学？"]),
        ("标题\n怎么报名？", vec!["标题\n怎么报名？"]),
        ("怎么开发票？\n发票在哪开\n我想要张发票", vec!["怎么开发票？", "发票在哪开", "我想要张发票"]),
        ("怎么开发票|发票在哪开|我想要张发票", vec!["怎么开发票", "发票在哪开", "我想要张发票"]),
        ("怎么退款\n订单号是123", vec!["怎么退款\n订单号是123"]),
        ("怎么选流量版|校园版|家庭版？", vec!["怎么选流量版|校园版|家庭版？"]),
    ] {
        let (first, more) = super::several(cell, WaysParted::Unsaid);
        let mut found = vec![first];
        found.extend(more);
        assert_eq!(found, wanted, "{cell}");
    }
}

#[test]
fn a_column_that_says_how_its_ways_are_parted_is_parted_so() {
    for (header, cell) in [
        ("问题（多个问法用|分隔）", "报名|我要报名"),
        ("问题(用分号隔开)", "报名；我要报名"),
        ("问题（单元格内一行一个）", "\"报名\n我要报名\""),
    ] {
        let read = read(&format!("{header},答案\n{cell},上官网。\n"));
        assert_eq!((read[0].0.as_str(), &read[0].1[..]), ("报名", &["我要报名".to_owned()][..]), "{header}");
    }
}

#[test]
fn names_that_other_systems_give_are_known() {
    let asked = |text: &str| -> Vec<(String, Vec<String>)> {
        read(text).into_iter().map(|(question, variants, ..)| (question, variants)).collect()
    };
    let ways = |question: &str, more: &[&str]| {
        (question.to_owned(), more.iter().map(|&way| way.to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(
        asked("知识点标题,相似问题,知识点答案,有效期\n怎么退款,如何退款###退款流程,三天到账。,永久\n"),
        [ways("怎么退款", &["如何退款", "退款流程"])]
    );
    assert_eq!(asked("FAQ_Q,FAQ_A\n怎么退款,三天到账。\n"), [ways("怎么退款", &[])]);
    assert_eq!(
        asked("Intent,Training Phrases,Response\nrefund,\"怎么退款\n退款流程\",三天到账。\n"),
        [ways("怎么退款", &["退款流程"])]
    );
    assert_eq!(
        asked("{\"query\":\"怎么退款\",\"similar_queries\":[\"退款流程\"],\"response\":\"三天到账。\"}\n"),
        [ways("怎么退款", &["退款流程"])]
    );
}

/// Each question with its other ways to ask, and what the file is noted to be.
fn asked(text: &str) -> (Vec<String>, String) {
    let read = read(text).into_iter();
    let asked = read.map(|(question, variants, answer, _)| {
        format!("{question}={answer}{}", variants.iter().map(|way| format!("/{way}")).collect::<String>())
    });
    (asked.collect(), parse(text).unwrap().note().unwrap_or_default())
}

#[test]
fn ways_to_ask_in_rows_of_their_own_are_those_of_the_question_above() {
    let (found, note) = asked(
        "标准问题,相似问法,答案\n怎么报名？,如何报名,上官网。\n,我要报名,\n,想报名。,\n怎么缴费？,去哪缴,去银行。\n,缴费,\n",
    );
    assert_eq!(found, ["怎么报名？=上官网。/如何报名/我要报名/想报名。", "怎么缴费？=去银行。/去哪缴/缴费"]);
    assert!(!note.contains("left out"), "{note}");
    let (found, note) = asked(
        "Topic,Training Phrases,Answer\n报名,怎么报名,上官网。\n报名,我要报名,\n,报名流程,\n退费,怎么退费,\n",
    );
    assert_eq!(found, ["报名=上官网。/怎么报名/我要报名/报名流程"]);
    assert!(note.contains("line or place 5"), "{note}");
    // Those of a question that is not in use are none of the one above it.
    let (found, _) = asked(
        "标准问题,相似问法,答案,状态\n怎么报名？,如何报名,上官网。,启用\n怎么退费？,退费,去柜台。,停用\n,要退费,,\n",
    );
    assert_eq!(found, ["怎么报名？=上官网。/如何报名"]);
}

#[test]
fn ways_to_ask_below_an_intent_are_those_of_its_question() {
    let wanted = ["怎么报名=上官网。/我要报名/报名流程", "怎么缴费=去银行。/去哪缴"];
    for rows in [
        "报名,怎么报名,上官网。\n,我要报名,\n,报名流程,\n缴费,怎么缴费,去银行。\n,去哪缴,\n",
        "报名,怎么报名,上官网。\n报名,我要报名,\n报名,报名流程,\n缴费,怎么缴费,去银行。\n缴费,去哪缴,\n",
        "报名,,上官网。\n,怎么报名,\n,我要报名,\n,报名流程,\n缴费,,去银行。\n,怎么缴费,\n,去哪缴,\n",
        "报名,\"怎么报名\n我要报名\",上官网。\n,报名流程,\n缴费,怎么缴费,去银行。\n,去哪缴,\n",
    ] {
        let (found, note) = asked(&format!("Intent,Training Phrases,Response\n{rows}"));
        assert_eq!(found, wanted, "{rows}");
        assert!(!note.contains("left out"), "{note}");
    }
    // What another intent, or nothing, names has no answer yet.
    for text in [
        "Intent,Training Phrases,Response\n报名,怎么报名,上官网。\n退费,怎么退费,\n",
        "Training Phrases,Response\n怎么报名,上官网。\n怎么退费,\n",
        "分类,Training Phrases,Response\n报名,怎么报名,上官网。\n,怎么退费,\n",
    ] {
        let (found, note) = asked(text);
        assert_eq!(found, ["怎么报名=上官网。"], "{text}");
        assert!(note.contains("left out for want of a question or an answer: line or place 3"), "{note}");
    }
}

#[test]
fn names_may_stand_twice_and_hints_below_them() {
    for above in [
        "问题信息,,答复信息\n标准问题,相似问,答案\n",
        "问题,相似问法,答案\nQuestion,Similar Questions,Answer\n",
        "问题,相似问法,答案\n必填，不超过50字,选填,（必填）支持换行\n",
        "问题,相似问法,答案\nquestion,similar,answer\n必填,选填,必填\n",
    ] {
        let (found, note) = asked(&format!("{above}怎么报名？,如何报名,上官网。\n怎么缴费？,,去银行。\n"));
        assert_eq!(found, ["怎么报名？=上官网。/如何报名", "怎么缴费？=去银行。"], "{above}");
        assert!(note.contains("about the columns and NOT read as questions"), "{note}");
    }
    // A question may say that something must be filled in.
    let (found, _) = asked("问题,答案\n必填项有哪些？,必填的有姓名。\n");
    assert_eq!(found, ["必填项有哪些？=必填的有姓名。"]);
}

#[test]
fn a_column_without_a_name_goes_on_with_ways_or_is_told() {
    for text in [
        "问题,答案,相似问法,,\n怎么报名？,上官网。,如何报名,我要报名,\n",
        "问题,相似问法,,答案\n怎么报名？,如何报名,我要报名,上官网。\n",
    ] {
        assert_eq!(asked(text).0, ["怎么报名？=上官网。/如何报名/我要报名"], "{text}");
    }
    let (found, note) = asked(",question,answer\n0,怎么报名？,上官网。\n1,怎么缴费？,去银行。\n");
    assert_eq!(found, ["怎么报名？=上官网。", "怎么缴费？=去银行。"]);
    assert!(!note.contains("in no column"), "{note}");
    let text = "问题,,答案\n怎么报名？,周末不办,上官网。\n";
    assert_eq!(plain(text).1, 1, "what is in no column is a text to search");
    assert!(asked(text).1.contains("cells in no column with a name are texts"), "{}", asked(text).1);
}

#[test]
fn a_column_that_numbers_the_rows_holds_no_ways_to_ask() {
    for name in ["index", "No.", "序号", "ID"] {
        let (found, _) =
            asked(&format!("{name},question,answer\n0,怎么报名？,上官网。\n1,怎么缴费？,去银行。\n"));
        assert_eq!(found, ["怎么报名？=上官网。", "怎么缴费？=去银行。"], "{name}");
    }
}

#[test]
fn a_file_of_questions_needs_neither_names_nor_marks() {
    let (found, _) = asked("发票怎么开,在我的发票里申请\n运费多少,满59元包邮\n发货时间,48小时内\n");
    assert_eq!(found, ["发票怎么开=在我的发票里申请", "运费多少=满59元包邮", "发货时间=48小时内"]);
    for text in [
        "怎么报名？,如何报名|报名流程是什么,上官网。\n怎么缴费？,去哪缴,去银行。\n",
        "1,怎么报名？,上官网。,如何报名|报名流程是什么\n2,怎么缴费？,去银行。,去哪缴\n",
    ] {
        let wanted = ["怎么报名？=上官网。/如何报名/报名流程是什么", "怎么缴费？=去银行。/去哪缴"];
        assert_eq!(asked(text).0, wanted, "{text}");
        // What is not called questions has to say so by its columns.
        assert!(plain(text).0.is_empty(), "{text}");
    }
}

#[test]
fn a_file_of_questions_may_have_none_that_reads_like_one() {
    let rows = "退款,三天到账\n发票,在我的发票里申请\n客服电话,4001234567\n";
    let wanted = ["退款=三天到账", "发票=在我的发票里申请", "客服电话=4001234567"];
    for header in ["", "事物,内容\n", "常见问答,\n"] {
        let (found, note) = asked(&format!("{header}{rows}"));
        assert_eq!(found, wanted, "{header}");
        assert!(note.contains("none reads like a question: the columns were taken in their order"), "{note}");
    }
    for text in [
        // Nothing says that these are questions, or which of three columns has them.
        "退款,三天到账,客服\n发票,在我的发票里申请,财务\n",
        "退款,三天到账\n",
        "退款,3\n发票,5\n",
        "本店九点开门。每天都开,欢迎光临。\n周末人多，请预订,谢谢。\n",
    ] {
        assert!(parse(text).is_err(), "{text}");
    }
    assert!(plain(rows).0.is_empty());
}

#[test]
fn only_a_column_that_says_so_has_other_ways_to_ask() {
    for beside in [
        "推荐问题",
        "引导问题",
        "后续问题",
        "热门问题",
        "追问",
        "反问",
        "猜你想问",
        "下一个问题",
        "延伸问题",
        "上级问题",
        "父问题",
        "Related Questions",
        "SuggestedQuestions",
        "Follow-up Questions",
        "反例问题",
        "负样本问题",
        "不相似问题",
        "易混淆问题",
        "错误问法",
        "关联问题",
        "问题描述",
    ] {
        // 热门问题 and 问题描述 may be what is asked, where no name is nearer.
        let is_nearest = ["热门问题", "问题描述"].contains(&beside);
        for header in ["标准问题", "标题"].iter().filter(|name| **name != "标题" || !is_nearest) {
            let header = format!("{header},答案,{beside}");
            let (found, note) = asked(&format!(
                "{header}\n怎么开发票？,在“我的-发票”里申请。,怎么退货？\n怎么退款？,三天到账。,怎么换货？\n"
            ));
            assert_eq!(found[0], "怎么开发票？=在“我的-发票”里申请。", "{header}");
            assert!(note.contains("NOT ways to ask the same: "), "{header}: {note}");
        }
    }
    let (found, _) = asked("追问,问题,答案\n怎么退货？,怎么开发票？,在“我的-发票”里申请。\n");
    assert_eq!(found, ["怎么开发票？=在“我的-发票”里申请。"]);
    // What is asked beside tells no equal questions apart.
    let (found, _) = asked("标准问题,答案,推荐问题\n怎么退？,七天内。,甲？\n怎么退？,不能退。,乙？\n");
    assert_eq!(found[0], "怎么退？=七天内。");
    // A column of nothing else is that of the questions.
    assert_eq!(asked("推荐问题,答案\n怎么退？,七天内。\n").0, ["怎么退？=七天内。"]);
    let (found, _) = asked("主问题,副问题,问法3,答案\n怎么退？,退货流程,我要退货,七天内。\n");
    assert_eq!(found, ["怎么退？=七天内。/退货流程/我要退货"]);
}

#[test]
fn of_names_that_are_seldom_those_of_questions_the_one_that_asks_is() {
    for header in [
        "知识点,咨询内容,答复",
        "主题,来信内容,答复",
        "主题,标题,答案",
        "Topic,Issue,Answer",
        "关键词,分段内容,答案",
        "关键字,段落内容,回答",
    ] {
        let rows = "退货02,怎么退货？,七天内申请。\n运费01,运费多少？,满59元包邮。\n";
        let (found, _) = asked(&format!("{header}\n{rows}"));
        assert_eq!(found, ["怎么退货？=七天内申请。", "运费多少？=满59元包邮。"], "{header}");
    }
    assert_eq!(asked("分段内容,答案,关键词\n怎么退货？,七天内。,退货\n").0, ["怎么退货？=七天内。"]);
    assert_eq!(asked("content,answer\n怎么退货？,七天内。\n").0, ["怎么退货？=七天内。"]);
}

#[test]
fn where_the_nearest_name_is_of_labels_the_column_that_asks_is() {
    let rows = "发票,怎么开发票？,上官网。\n退货,怎么退货？,七天内。\n";
    for header in [
        "问题标题,问题内容,回答",
        "问题标题,问题描述,答案",
        "问题名称,问题详情,回答内容",
        "父问题,子问题,答案",
        "一级问题,二级问题,答案",
    ] {
        let (found, _) = asked(&format!("{header}\n{rows}"));
        assert_eq!(found, ["怎么开发票？=上官网。", "怎么退货？=七天内。"], "{header}");
    }
    // What is just called a question is one, and titles may ask.
    for header in ["问题,热门问题,答案", "标准问题,常见问题,答案"] {
        assert_eq!(asked(&format!("{header}\n{rows}")).0, ["发票=上官网。", "退货=七天内。"], "{header}");
    }
    // Where both ask, the text is often one user's story, with lines of greeting, and no way to ask unless its name says so.
    let rows = "怎么退货？,不想要了怎么退？,七天内。\n";
    for text in ["问题描述", "问题内容", "问题详情"] {
        let (found, note) = asked(&format!("问题标题,{text},答案\n{rows}"));
        assert_eq!(found, ["怎么退货？=七天内。"], "{text}");
        assert!(note.contains(&format!("NOT ways to ask the same: {text}; where they are")), "{note}");
    }
    let (_, note) = asked("问题标题,问题描述,答案\n怎么退货？,收到后不想要了,七天内。\n");
    assert!(!note.contains("NOT ways"), "{note}");
}

#[test]
fn ways_to_ask_without_a_name_are_parted_within_their_cell() {
    let rows = [
        ["怎么开发票？", "发票在哪开", "我想要张发票", "在“我的-发票”中申请，1个工作日内开出。"],
        ["如何修改收货地址", "地址填错了怎么改", "换个收货地址", "下单后2小时内可改一次。"],
        ["支持货到付款吗？", "能不能货到付款", "可以到付吗", "部分城市支持。"],
        ["会员积分多久过期", "积分什么时候清零", "积分有效期", "12个月有效。"],
    ];
    for (sign, delimiter) in [("|", "\t"), (";", "\t"), ("|", ","), (";", ",")] {
        let file: String = rows
            .iter()
            .map(|[question, first, second, answer]| {
                format!("{question}{sign}{first}{sign}{second}{delimiter}{answer}\n")
            })
            .collect();
        let wanted =
            rows.map(|[question, first, second, answer]| format!("{question}={answer}/{first}/{second}"));
        assert_eq!(asked(&file).0, wanted, "{file}");
    }
    // A bar that parts the columns does so still.
    let (found, _) = asked("怎么报名？|如何报名|上官网, 再填表\n怎么缴费？|去哪缴|去银行, 周一办\n");
    assert_eq!(found, ["怎么报名？=上官网, 再填表/如何报名", "怎么缴费？=去银行, 周一办/去哪缴"]);
}

#[test]
fn rows_that_only_begin_like_hints_are_questions() {
    let rows = "最多几本,最多十本\n可选颜色,可选红、蓝、黑三种\n必填项,必填项有姓名和电话\n";
    let wanted = ["最多几本=最多十本", "可选颜色=可选红、蓝、黑三种", "必填项=必填项有姓名和电话"];
    assert_eq!(asked(&format!("问题,答案\n{rows}")).0, wanted);
    // Not all rows are hints, nor are many of them.
    let rows = "必填,必填\n选填,选填\n可选,可选\n怎么报名？,上官网。\n";
    assert_eq!(asked(&format!("问题,答案\n{rows}")).0.len(), 4);
    assert_eq!(asked("问题,答案\n必填,必填\n").0, ["必填=必填"]);
    for hint in
        ["必填，不超过50字,请输入答案", "最多200个字符,不超过2000字，支持HTML", "例：退货流程,（填写答案）"]
    {
        let (found, note) = asked(&format!("问题,答案\n{hint}\n怎么报名？,上官网。\n"));
        assert_eq!(found, ["怎么报名？=上官网。"], "{hint}");
        assert!(note.contains("NOT read as questions: 1 row"), "{note}");
    }
}

#[test]
fn a_state_that_nobody_knows_is_told() {
    let (found, note) = asked("问题,答案,状态\n甲？,一。,启用\n乙？,二。,已合并\n丙？,三。,关闭\n");
    assert_eq!(found, ["甲？=一。", "乙？=二。"]);
    assert!(note.contains("nothing is known of these values of 状态: 已合并;"), "{note}");
    let (found, note) = asked("问题,答案,是否开启\n甲？,一。,是\n乙？,二。,否\n");
    assert_eq!(found, ["甲？=一。"]);
    assert!(!note.contains("nothing is known"), "{note}");
}
