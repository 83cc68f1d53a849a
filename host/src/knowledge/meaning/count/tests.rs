use super::super::Likeness;
use super::super::tests::{difference, likeness};

#[test]
fn two_counts_that_differ_are_no_other_words() {
    for (asked, stored) in [
        ("满300减50可以和会员折扣叠加吗", "满200减30可以和会员折扣叠加吗"),
        ("早上9点到晚上8点可以充值吗", "早上8点到晚上10点可以充值吗"),
        ("周六到周日几点上班", "周一到周五几点上班"),
        ("A座12楼有会议室吗", "B座13楼有会议室吗"),
    ] {
        assert_eq!(likeness(asked, stored), Likeness::Contrary, "{asked} {stored}");
    }
    // One alone is one word for another, as it was; the same ones are the same.
    assert_eq!(likeness("第10集什么时候更新", "第9集什么时候更新"), Likeness::Replaced);
    for (asked, stored) in [
        ("星期一到星期五几点上班", "周一到周五几点上班"),
        ("满200减30能和会员折扣叠加不", "满200减30可以和会员折扣叠加吗"),
        ("a座12层有会议室吗", "A座12层有没有会议室"),
    ] {
        assert_eq!(likeness(asked, stored), Likeness::Equal, "{asked} {stored}");
    }
}

#[test]
fn a_letter_alone_counts_as_a_number_does() {
    assert!(difference("B座12楼有会议室吗", "A座12楼有会议室吗").counted);
    assert!(difference("B照怎么考", "c照怎么考").counted);
    // A word is a name, and may be another one for the same.
    assert!(!difference("ios怎么登录", "iphone怎么登录").counted);
    assert!(!difference("座12楼有会议室吗", "A座12楼有会议室吗").counted);
}
