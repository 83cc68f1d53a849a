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

#[test]
fn a_number_is_no_amount_of_another_measure() {
    for (asked, stored) in [
        ("违约金是千分之三吗", "违约金是百分之三吗"),
        ("换500美元要什么证件", "换500元要什么证件"),
        ("贷款50万要什么条件", "贷款50元要什么条件"),
        ("寄5公斤多少钱", "寄5斤多少钱"),
        ("预约后3小时可以取消吗", "预约后三天可以取消吗"),
        ("超过30分钟怎么收费", "超过30天怎么收费"),
        ("会议室一天多少钱", "会议室一小时多少钱"),
        ("三年前定期利率多少", "三年定期利率多少"),
        ("五年前国债利率多少", "五年期国债利率多少"),
    ] {
        let found = difference(asked, stored);
        assert!(found.opposed && found.counted, "{asked} {stored} {found:?}");
    }
    // The same measure in another word, none, or both in one.
    for (asked, stored) in [
        ("寄5kg多少钱", "寄5千克多少钱"),
        ("预约后三个小时能取消吗", "预约后3小时可以取消吗"),
        ("提前2日取消扣钱吗", "提前2天取消扣钱吗"),
        ("身高120公分要买票吗", "身高120cm要买票吗"),
        ("身高175厘米体重多少", "身高1.75米体重多少"),
        ("贷款50万元要什么条件", "贷款50万要什么条件"),
        ("换港币100元要证件吗", "换100港元要证件吗"),
        ("换100港元要证件吗", "换100港币要证件吗"),
        ("3天3小时都行吗", "3小时3天都行吗"),
        ("利率百分之几", "利率100元几"),
        ("3年前的合同还有效吗", "三年以前的合同还有效吗"),
        ("一个月前买的能退吗", "买了一个月能退吗"),
        ("三年期定期利率多少", "三年定期利率多少"),
        ("三年前存的三年定期利率多少", "三年定期利率多少"),
    ] {
        let found = difference(asked, stored);
        assert!(!found.opposed && !found.counted, "{asked} {stored} {found:?}");
    }
}
