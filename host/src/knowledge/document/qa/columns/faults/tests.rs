use crate::knowledge::document::{Block, Format, parse};

/// What a plain table is read as: its questions with their answers, how many texts there are beside, and what is noted.
fn read(text: &str) -> (Vec<String>, usize, String) {
    let document = parse(text.into(), Format::Csv, "").unwrap();
    let note = document.note().unwrap_or_default();
    let all = document.blocks.len();
    let asked = |block: Block| match block {
        Block::Question { question, answer, .. } => Some(format!("{question}={answer}")),
        Block::Prose { .. } => None,
    };
    let questions: Vec<String> = document.blocks.into_iter().filter_map(asked).collect();
    let texts = all - questions.len();
    (questions, texts, note)
}

#[test]
fn a_column_that_says_what_is_in_use_is_no_reason_against_questions() {
    for (header, [in_use, off]) in [
        ("标题,内容,状态", ["启用", "停用"]),
        ("标题,正文,状态", ["已上架", "已下架"]),
        ("标题,内容,当前状态", ["有效", "已失效"]),
        ("标题,正文,发布状态", ["已发布", "未发布"]),
        ("知识标题,知识内容,启用状态", ["启用", "停用"]),
        ("知识标题,知识内容,知识状态", ["正常", "已过期"]),
        ("标题,内容,审核状态", ["通过", "驳回"]),
        ("知识标题,知识内容,状态", ["审核通过", "待审核"]),
        ("标题,内容,状态(1启用 0停用)", ["1", "0"]),
        ("常见问题,解决办法,状态", ["启用", "草稿"]),
    ] {
        let (found, texts, note) = read(&format!(
            "{header}\n如何退款？,在订单页申请。,{in_use}\n如何换货？,联系客服。,{off}\n怎么开票？,在订单页下载。,{in_use}\n"
        ));
        assert_eq!(found, ["如何退款？=在订单页申请。", "怎么开票？=在订单页下载。"], "{header}: {note}");
        assert_eq!(texts, 0, "{header}");
        assert!(note.contains("1 row left out as not in use by ") && note.contains(": line 3"), "{note}");
    }
    // Not every title of an export need ask, and digits of a column that is called so say nothing of work.
    let rows = "K1,宽带移机收费吗,同城免费。,移机,宽带,已发布\nK2,老套餐能办吗,已停办。,,套餐,未发布\n\
                K3,宽带资费说明,每月六十元。,资费,宽带,已发布\n";
    let (found, ..) = read(&format!("编号,知识标题,知识内容,关键词,所属目录,发布状态\n{rows}"));
    assert_eq!(found, ["宽带移机收费吗=同城免费。", "宽带资费说明=每月六十元。"]);
    let (found, _, note) = read("标题,内容,发布状态\n如何退款？,在订单页申请。,1\n如何换货？,联系客服。,0\n");
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(note.contains("nothing is known of these values of 发布状态: 0, 1"), "{note}");
}

#[test]
fn lists_of_what_somebody_works_at_are_texts() {
    let cases = "打印机怎么连不上了？,三楼的打印机连不上。";
    for text in [
        format!("标题,内容,状态\n{cases},已解决\n{cases},处理中\n{cases},待处理\n"),
        format!("标题,内容,状态\n{cases},已解决\n{cases},作废\n{cases},已关闭\n"),
        format!("标题,内容,状态\n{cases},整改中\n{cases},已关闭\n"),
        format!("标题,内容,审核状态\n{cases},待处理\n{cases},已处理\n"),
        format!("标题,内容,处理状态\n{cases},有效\n{cases},无效\n"),
        format!("标题,内容,状态,处理人\n{cases},启用,王敏\n{cases},停用,李雷\n"),
        format!("问题描述,处理结果,审核状态\n{cases},已审核\n{cases},待审核\n{cases},驳回\n"),
        format!("问题,解决方案,状态\n{cases},有效\n{cases},关闭\n"),
        format!("标题,内容,状态\n{cases},启用\n{cases},停用\n{cases},启用\n{cases},维修\n"),
        format!("工单标题,工单内容,状态\n{cases},待处理\n{cases},已解决\n"),
        "问题描述,处理状态,责任人\n消防通道怎么堵了？,处理中,张三\n电梯怎么停了？,已解决,李四\n".to_owned(),
        "问题,解决方案,状态\n登录慢,换服务器,已解决\n无法打印,换墨盒,处理中\n".to_owned(),
        // What is to be looked at, and machines.
        "事项,说明,状态\n消防通道是否畅通,每月查看一次。,正常\n灭火器是否在位,每周查看一次。,正常\n"
            .to_owned(),
        "设备,位置,状态\n投影仪,三楼会议室,启用\n打印机,二楼前台,停用\n".to_owned(),
    ] {
        let (questions, texts, _) = read(&text);
        assert!(questions.is_empty() && texts > 0, "{text}: {questions:?}");
    }
}

#[test]
fn titles_that_ask_nothing_stay_those_of_texts_whatever_is_published() {
    let text = "标题,内容,发布状态\n新楼启用,新办公楼今日启用，各部门陆续迁入。,已发布\n年会通知,年会在周五下午举行。,未发布\n";
    let (questions, texts, note) = read(text);
    assert!(questions.is_empty() && texts > 0, "{questions:?}");
    assert!(note.contains("call 标题 问题 and 内容 答案"), "{note}");
}
