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

#[test]
fn a_percentage_is_no_amount_of_another_measure() {
    for (asked, stored) in [
        ("费用能报销50元吗", "费用能报销百分之五十吗"),
        ("首付三十万要多久", "首付百分之三十要多久"),
        ("押金退十块可以吗", "押金退百分之十可以吗"),
        ("迟到5分钟扣多少", "迟到百分之5扣多少"),
    ] {
        let found = difference(asked, stored);
        assert!(found.opposed && found.counted, "{asked} {stored} {found:?}");
    }
    for (asked, stored) in [
        ("费用能报销50%吗", "费用能报销百分之五十吗"),
        ("首付百分之20够吗", "首付百分之二十够吗"),
        ("首付20%分期可以吗", "首付百分之二十分期可以吗"),
        ("首付20个点可以吗", "首付百分之二十可以吗"),
        ("满100元退百分之十吗", "满100元退百分之10吗"),
    ] {
        let found = difference(asked, stored);
        assert!(!found.opposed && !found.counted, "{asked} {stored} {found:?}");
    }
}
