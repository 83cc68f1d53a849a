use super::super::{ColumnRole, role};
use super::*;

/// The one of some columns of answers that is given.
fn given_of<'a>(names: &[&'a str]) -> Option<&'a str> {
    let is_tested = names.iter().any(|name| is_of_test(name));
    names.iter().copied().min_by_key(|name| answer_distance(name, is_tested))
}

#[test]
fn of_two_columns_of_answers_the_one_that_holds_is_given() {
    for (other, given) in [
        ("错误答案", "正确答案"),
        ("错误的答案", "正确答案"),
        ("旧答案", "新答案"),
        ("原答案", "修改后答案"),
        ("原回复", "新回复"),
        ("答案（旧）", "答案（新）"),
        ("答案(修改前)", "答案(修改后)"),
        ("修改前答案", "修改后答案"),
        ("原标准答案", "答案"),
        ("答案（2024）", "答案（2025）"),
        ("2024年答案", "2025年答案"),
        ("内部答案", "对外答案"),
        ("内部回复", "客户回复"),
        ("答案（内部）", "答案（对外）"),
        ("机器人回答", "人工回答"),
        ("AI回答", "人工修正回答"),
        ("AI答案", "参考答案"),
        ("模型答案", "人工答案"),
        ("预测答案", "真实答案"),
        ("草稿答案", "终稿答案"),
        ("初稿回复", "定稿回复"),
        ("待审答案", "已审答案"),
        ("用户回答", "官方回答"),
        ("学生答案", "正确答案"),
        ("禁止回答", "推荐回答"),
        ("禁用话术", "标准话术"),
        ("历史答案", "当前答案"),
        ("失效答案", "生效答案"),
        ("不合规回复", "合规回复"),
        ("rejected_answer", "chosen_answer"),
        ("old_answer", "new answer"),
        ("Wrong Answer", "Correct Answer"),
        ("答案", "修改后答案"),
        ("答案", "新答案"),
        ("当前答案", "正确答案"),
    ] {
        assert_eq!(given_of(&[other, given]), Some(given), "{other}");
        assert_eq!(given_of(&[given, other]), Some(given), "{other}");
    }
    // Nothing says which of these holds, so the first is taken, and it is told that the other was not.
    for names in [
        ["微信答案", "短信答案"],
        ["机器人话术", "人工话术"],
        ["微信回复", "人工回复"],
        ["学生答案", "家长答案"],
        ["英文答案", "中文答案"],
        ["原因解答", "方法解答"],
        ["错误代码答复", "短信答复"],
        ["新生答案", "老生答案"],
        ["内部员工答案", "客户答案"],
    ] {
        assert_eq!(given_of(&names), Some(names[0]));
    }
    assert_eq!(given_of(&["微信答案", "人工回复", "答案"]), Some("答案"));
    assert_eq!(given_of(&["标准答案", "新答案"]), Some("标准答案"));
}

#[test]
fn what_was_looked_through_holds_answers_and_who_put_it_right_none() {
    let of = |names: &[&str]| names.iter().map(|name| role(name)).collect::<Vec<_>>();
    let [question, answer, other] = [ColumnRole::Question, ColumnRole::Answer, ColumnRole::Other];
    // 是 and 否 may stand there.
    assert_eq!(of(&["问题", "答案", "人工修正"]), [question, answer, other]);
    assert_eq!(of(&["规定", "修改后"]), [other, other]);
    assert_eq!(of(&["问题", "答案", "修正日期"]), [question, answer, other]);
    assert_eq!(of(&["问题", "已审答案"]), [question, answer]);
    assert_eq!(of(&["问题", "已回复", "未审答案"]), [question, other, other]);
}

#[test]
fn names_say_whether_their_answers_are_denied_or_put_right() {
    assert!(["错误答案", "禁用话术", "答案（错误）", "wrong_answer"].iter().all(|name| is_denied(name)));
    assert!(!["答案", "正确答案", "错误代码答案", "答案（必填）"].iter().any(|name| is_denied(name)));
    assert!(
        ["修改后答案", "人工修正答案", "答案（修正后）"]
            .iter()
            .all(|name| is_revised(name) && is_right(name))
    );
    assert!(!is_revised("正确答案") && is_right("正确答案") && !is_right("新答案") && !is_right("答案"));
    assert!(may_stand("原答案") && !may_stand("内部答案") && !may_stand("错误答案"));
    assert!(["", " ", "无", "无需修改。", "N/A", "√"].iter().all(|cell| is_unchanged(cell)));
    assert!(!["无年费", "是", "七天内", "不变更"].iter().any(|cell| is_unchanged(cell)));
}
