use super::*;

#[test]
fn names_say_what_a_column_holds() {
    use ColumnRole::{Answer, Other, Question, WeakAnswer, WeakQuestion};
    for (name, expected) in [
        ("问题*", Question),
        ("FAQ标题", Question),
        ("咨询点", WeakQuestion),
        ("关键词", WeakQuestion),
        ("触发词", WeakQuestion),
        ("口径", Answer),
        ("答复口径", Answer),
        ("统计口径", Other),
        ("自动回复", Answer),
        ("Body", WeakAnswer),
        ("问题（必填）", Question),
        ("＊问题", Question),
        ("Question_1", Question),
        ("标准问题", Question),
        ("用户提问", Question),
        ("Q", Question),
        ("Prompt", Question),
        ("問題", Question),
        ("【问题】", Question),
        ("标准问", Question),
        ("用户问", Question),
        ("提问内容", Question),
        ("常见问题", Question),
        ("客户问题", Question),
        ("A:", Answer),
        ("标准答案", Answer),
        ("客服回复", Answer),
        ("机器人应答", Answer),
        ("Output", Answer),
        ("【答案】", Answer),
        ("标准答", Answer),
        ("机器人答", Answer),
        ("回覆內容", Answer),
        ("回复意见", Answer),
        ("处理意见", Other),
        ("分段标题（选填）", WeakQuestion),
        ("咨询内容", WeakQuestion),
        ("分段内容（必填，问题答案）", WeakAnswer),
        ("解决办法", WeakAnswer),
        ("解决方案", WeakAnswer),
        ("问题分类", Other),
        ("存在问题", Other),
        ("整改措施", Other),
        ("整改回复", Other),
        ("链接", Other),
        ("问句", Question),
        ("答句", Answer),
        ("標準答句", Answer),
        ("faq_question", Question),
        ("FAQ Answers", Answer),
        ("客服回答", Answer),
        ("客户话术", WeakQuestion),
        ("用户消息", WeakQuestion),
        ("机器人消息", Answer),
        ("Agent Response", Answer),
        ("Bot Message", Answer),
        ("知识标题", WeakQuestion),
        ("知识内容", WeakAnswer),
        ("故障处理步骤", WeakAnswer),
        ("未回复", Other),
        ("客户经理", Other),
        ("系统描述", Other),
        ("意图", Other),
        ("回答人", Other),
        ("法律顾问", Other),
        ("常见问答", Other),
        ("问题名", Question),
        ("标准问题名称", Question),
        ("问题正文", Question),
        ("提问示例", Question),
        ("Question Title", Question),
        ("答案名", Answer),
        ("答案正文", Answer),
        ("答案内容(富文本)", Answer),
        ("答复模板", Answer),
        ("Answer Body", Answer),
        ("解惑", Answer),
        ("Answer Title", Other),
        ("质量问题名称", Other),
        ("题目正文", Other),
        ("User Title", Other),
        ("商品名称", Other),
    ] {
        assert_eq!(role(name), expected, "{name}");
    }
}

#[test]
fn names_of_other_ways_to_ask_are_many() {
    use ColumnRole::{Other, Variants};
    for (name, expected) in [
        ("相似问法", Variants),
        ("相似问1", Variants),
        ("扩展问", Variants),
        ("扩展问题", Variants),
        ("擴展問", Variants),
        ("similar_questions", Variants),
        ("indexes", Variants),
        ("其他问法", Variants),
        ("alternatives", Variants),
        ("例句", Variants),
        ("关联问法", Variants),
        ("问题变体", Variants),
        ("训练语料", Variants),
        ("用户还会这样问", Variants),
        ("别称", Variants),
        ("问题的其他表达", Variants),
        ("Alternative phrasing", Variants),
        ("关联问题", Other),
        ("训练问句", Variants),
        ("Alternate Questions", Variants),
        ("用户相似问法", Variants),
        ("商品变体", Other),
        ("其他说明", Other),
        ("相似问题数", Other),
    ] {
        assert_eq!(role(name), expected, "{name}");
    }
}

#[test]
fn only_a_name_that_says_so_is_of_other_ways_to_ask() {
    for (name, question) in [
        ("相似问题", "标准问题"),
        ("扩展问2", "标准问题"),
        ("问题2", "问题1"),
        ("问题2（选填）", "问题*"),
        ("问题", "问题"),
        ("Question 2", "Question"),
        ("questions", "question"),
        ("问法3", "标准问题"),
        ("用户问法", "标准问题"),
        ("口语化问法", "标准问题"),
        ("副问题", "主问题"),
        ("其他问法", "问题"),
        ("另一种问法", "标准问题"),
        ("等效问法", "标准问题"),
        ("客户怎么问", "问题"),
        ("utterances", "标准问题"),
        ("问题（中文）", "Question (EN)"),
        ("用户说法", "标准问题"),
        ("Other ways to ask", "Question"),
        ("相近问题", "标准问题"),
        ("相近问", "标准问"),
        ("同类问题", "标准问题"),
        ("口语问题", "标准问题"),
        ("口语化表达", "标准问题"),
        ("扩充问", "标准问"),
        ("增强问题", "标准问题"),
        ("重写问题", "标准问题"),
        ("改写", "标准问题"),
        ("问题改写", "标准问题"),
        ("改写后问题", "原问题"),
        ("rewritten_question", "question"),
        ("换种说法", "标准问题"),
        ("异问", "标准问"),
        ("异形问题", "标准问题"),
        ("模拟问题", "标准问题"),
        ("样例问题", "标准问题"),
        ("sample_questions", "question"),
        ("alt_questions", "question"),
        ("user_questions", "question"),
        ("用户问题", "标准问题"),
        ("客户问题", "标准问题"),
        ("用户问", "标准问"),
        ("用户原话", "标准问题"),
        ("问题（相似）", "标准问题"),
        ("子问题", "问题"),
        ("辅问", "主问"),
        ("泛化语句", "标准问题"),
        ("标问变体", "标问"),
        ("相似问答", "标准问题"),
    ] {
        assert!(is_way(name, question), "{name} {question}");
    }
}

#[test]
fn questions_beside_the_one_that_is_asked_are_no_ways_to_ask_it() {
    for name in [
        "推荐问题",
        "引导问题",
        "后续问题",
        "热门问题",
        "追问",
        "反问",
        "猜你想问",
        "下一个问题",
        "联想问题",
        "延伸问题",
        "拓展阅读问题",
        "上级问题",
        "父问题",
        "推荐问法",
        "推荐相似问题",
        "反例问题",
        "负样本问题",
        "不相似问题",
        "非相似问法",
        "易混淆问题",
        "错误问法",
        "问题描述",
        "更多问题",
        "其他问题",
        "不同类问题",
        "关联问题",
        "Related Questions",
        "SuggestedQuestions",
        "Follow-up Questions",
        "Next question",
    ] {
        assert!(!is_way(name, "标准问题") && !is_way(name, "Question"), "{name}");
        assert!(is_asked(name) || name == "问题描述", "{name}");
    }
    assert!(!is_asked("法律顾问") && !is_asked("问题分类"));
    let nearest = |names: &[&'static str]| names.iter().copied().min_by_key(|name| distance(name));
    assert_eq!(nearest(&["推荐问题", "问题描述", "问题"]), Some("问题"));
    assert_eq!(nearest(&["追问", "常见问题", "问题描述"]), Some("常见问题"));
    assert_eq!(nearest(&["问题", "标准问题"]), Some("标准问题"));
    assert_eq!(nearest(&["问题标题", "问题"]), Some("问题"));
    assert_eq!(nearest(&["客户问题", "问题内容", "问题标题"]), Some("问题标题"));
    assert_eq!(nearest(&["客户问题", "question_body"]), Some("question_body"));
    let nearest =
        |names: &[&'static str]| names.iter().copied().min_by_key(|name| answer_distance(name, false));
    assert_eq!(nearest(&["health_answer", "备用答案", "答案名称"]), Some("health_answer"));
    assert_eq!(nearest(&["短信答复", "答案内容", "兜底回复"]), Some("答案内容"));
    assert_eq!(nearest(&["答案", "标准答案"]), Some("标准答案"));
    assert_eq!(nearest(&["微信答案", "默认答案", "备用答案"]), Some("默认答案"));
    assert_eq!(nearest(&["默认答案", "答案"]), Some("答案"));
}

#[test]
fn exams_and_lists_of_faults_are_known_by_their_names() {
    assert!(["选项A", "Option 1", "C"].iter().all(|name| is_option(name)) && !is_option("A"));
    assert!(
        is_of_mending("责任人")
            && is_of_mending("整改措施")
            && is_of_mending("工单号")
            && !is_of_mending("答案")
    );
    assert!(["A", "B、D", "正确", "√"].iter().all(|answer| is_choice(answer)));
    assert!(!["是的", "见官网", "", "APP 上报名", "a"].iter().any(|answer| is_choice(answer)));
    assert_eq!((number("问题2"), number("Q10*"), number("答案")), (Some(2), Some(10), None));
    assert_eq!((number("答案三"), plain("答案三")), (Some(3), "答案".to_owned()));
}
