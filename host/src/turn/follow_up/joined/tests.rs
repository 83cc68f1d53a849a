use super::*;
use crate::message::Role;

fn joined_after(before: &[&str], question: &str) -> Option<String> {
    let roles = [Role::User, Role::Assistant].into_iter().cycle();
    let history: Vec<Message> =
        before.iter().zip(roles).map(|(text, role)| Message::text(role, *text)).collect();
    joined(&history, question)
}

#[test]
fn a_short_question_is_joined_with_the_one_before_whatever_its_words() {
    for (before, question, expected) in [
        (
            &["咋样才能开通国际漫游", "在手机上开通。"][..],
            "去香港多少钱一天",
            "咋样才能开通国际漫游 去香港多少钱一天",
        ),
        (&["怎么过户？", "双方带身份证。"], "有合约的行不行？", "怎么过户 有合约的行不行"),
        (&["怎么辦理護照？", "帶身份證。"], "幾天能拿到", "怎么办理护照 几天能拿到"),
    ] {
        assert_eq!(joined_after(before, question).as_deref(), Some(expected));
    }
    let long = "办".repeat(500);
    let found = joined_after(&[&long, "好。"], "要多久").unwrap();
    assert_eq!(found.chars().count(), LONGEST_BEFORE + 4);
}

#[test]
fn what_is_long_asks_nothing_or_comes_first_is_not_joined() {
    for (before, question) in [
        (&[][..], "要多久"),
        (&["怎么过户", "双方带身份证。"], "谢谢"),
        (&["怎么过户", "双方带身份证。"], "你是谁"),
        (&["怎么过户", "双方带身份证。"], "？？"),
        (&["怎么过户", "双方带身份证。"], "怎么过户？"),
        (&["谢谢", "不客气。"], "要多久"),
        (&["怎么过户", "双方带身份证。"], "我上个月刚换的手机号码欠费了还能不能办理过户手续"),
    ] {
        assert_eq!(joined_after(before, question), None, "{question}");
    }
}
