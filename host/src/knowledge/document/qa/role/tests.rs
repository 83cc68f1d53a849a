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
        ("商品变体", Other),
        ("其他说明", Other),
    ] {
        assert_eq!(role(name), expected, "{name}");
    }
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
