use super::super::tests::{difference, likeness};
use super::super::{Difference, Likeness};
use super::bounds_folded;

#[test]
fn the_same_number_with_its_other_side_asks_another_thing() {
    for (asked, stored) in [
        ("请假三天以内要谁批准", "请假三天以上要谁批准"),
        ("请假不满三天要谁批准", "请假3天及以上要谁批准"),
        ("报销5000元以内怎么审批", "报销5000元以上怎么审批"),
        ("收货超过7天可以退货吗", "收货7天内可以退货吗"),
        ("收货都过了7天可以退货吗", "收货7天内可以退货吗"),
        ("七天后可以无理由退货吗", "七天内可以无理由退货吗"),
        ("存款50万以上有保障吗", "存款50万以内有保障吗"),
        ("不满70岁老人坐公交免费吗", "70岁以上老人坐公交免费吗"),
        ("迟到超过30分钟怎么处理", "迟到30分钟以内怎么处理"),
        ("入职不到一年有年假吗", "入职满一年才有年假吗"),
        ("行李不超过20公斤怎么收费", "行李超过20公斤怎么收费"),
        ("身高1米2以上要买票吗", "身高1米2以下要买票吗"),
        ("半年以上的账单可以查吗", "半年以内的账单可以查吗"),
        ("不少于10人可以成团吗", "少于10人可以成团吗"),
    ] {
        assert_eq!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
    // The same side, no side, or the side of another number.
    for (asked, stored) in [
        ("收货7天后可以退货吗", "收货超过7天可以退货吗"),
        ("支持七天内无理由退货吗", "支持七天无理由退货吗"),
        ("收货7天内可以退货吗", "收货不超过7天可以退货吗"),
        ("满3天5天内可以取消吗", "满3天可以取消吗"),
        ("除了3天以外还有几天假", "3天以内还有几天假"),
        ("3天以内和3天以上的假有什么区别", "3天以内的假有什么区别"),
        ("2人内科病房多少钱", "2人以上病房多少钱"),
        ("3人外出要请假吗", "3人以内要请假吗"),
    ] {
        assert_ne!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
}

#[test]
fn a_bound_in_other_words_is_the_same() {
    for (asked, stored) in [
        ("请假超过三天要谁批准", "请假三天以上要谁批准"),
        ("请假满三天要谁批准", "请假三天以上要谁批准"),
        ("请假不少于三天要谁批准", "请假3天及以上要谁批准"),
        ("18岁以上可以办卡吗", "满18岁可以办卡吗"),
        ("满了18岁可以办卡吗", "满18岁可以办卡吗"),
        ("消费满100元以上送什么", "消费满100元送什么"),
        ("收货不超过7天可以退货吗", "收货7天以内可以退货吗"),
        ("收货没过7天可以退货吗", "收货七天之内可以退货吗"),
        ("没超过24小时可以取消吗", "24小时以内可以取消吗"),
        ("存款不足50万有保障吗", "存款低于50万有保障吗"),
        ("行李超出20公斤怎么收费", "行李20公斤以上怎么收费"),
        ("18岁以下可以入住吗", "未成年人可以入住吗"),
        ("不满18周岁可以入住吗", "未成年人可以入住吗"),
        ("入职满三个月后可以转正吗", "入职三个月后可以转正吗"),
    ] {
        let found = difference(asked, stored);
        assert!(found.is_clean(), "{asked} {stored} {found:?}");
        assert_eq!(found.likeness, Likeness::Equal, "{asked} {stored} {found:?}");
    }
    assert!(!difference("收货没过7天可以退货吗", "收货7天内可以退货吗").denied);
}

#[test]
fn only_what_bounds_a_measured_number_is_read_as_a_bound() {
    for text in [
        "满200减30",
        "不满意3次",
        "超市3人",
        "逾期3天",
        "收到3天",
        "三年级",
        "2人内科",
        "不能退",
        "过3天",
        "",
    ] {
        assert_eq!(bounds_folded(text), text);
    }
    assert_eq!(bounds_folded("不超过20公斤"), "20公斤以内");
    assert_eq!(bounds_folded("不低于1米2"), "1米2以上");
    assert_eq!(bounds_folded("超过3天不到5天"), "3天以上5天以内");
    assert_eq!(bounds_folded("满3个月后"), "3个月后");
    assert_eq!(difference("满200减30怎么用", "满200减30怎么用").likeness, Likeness::Equal);
    assert_ne!(difference("不满意可以退吗", "满意可以退吗"), Difference::UNKNOWN);
}
