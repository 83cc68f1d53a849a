use super::super::tests::{difference, likeness};
use super::super::{AskDifference, Likeness};

#[test]
fn slips_by_sound_and_by_shape_are_seen_where_nothing_else_differs() {
    assert_eq!(likeness("校圆卡怎么充值", "校园卡怎么充值"), Likeness::Slip);
    assert_eq!(likeness("感昌了挂什么科", "感冒了挂什么科"), Likeness::Near);
    assert_eq!(likeness("怎么开发飘", "怎么开发票"), Likeness::Slip);
    assert_eq!(likeness("怎么退宽", "怎么退款？"), Likeness::Slip);
    // Two slips, or one among words of one meaning.
    assert_eq!(likeness("校园卡怎么冲值", "校园卡怎么充值"), Likeness::Slip);
    assert_eq!(likeness("感昌了挂什么课", "感冒了挂什么科"), Likeness::Near);
    for (asked, stored) in
        [("怎么报修", "怎么保修"), ("教师怎么预约", "教室怎么预约"), ("怎么登机", "怎么登记")]
    {
        let found = likeness(asked, stored);
        assert!(![Likeness::Slip, Likeness::Near].contains(&found), "{asked} {stored} {found:?}");
    }
    // Both words of these are asked about; 公伤 is none.
    for (asked, stored) in [
        ("工伤登记怎么办理", "工商登记怎么办理"),
        ("税费怎么交", "水费怎么交"),
        ("免试要带什么", "面试要带什么"),
        ("小区怎么预约参观", "校区怎么预约参观"),
        ("听课通知在哪看", "停课通知在哪看"),
        ("怎么弃用账号", "怎么启用账号"),
        ("水单怎么打印", "税单怎么打印"),
        ("出诊要带什么", "初诊要带什么"),
        // These look alike.
        ("货款怎么申请", "贷款怎么申请"),
        ("体验怎么预约", "体检怎么预约"),
        ("车检怎么办理", "车险怎么办理"),
    ] {
        let found = likeness(asked, stored);
        assert!(![Likeness::Slip, Likeness::Near].contains(&found), "{asked} {stored} {found:?}");
    }
    // A word that an input method offers is a slip where nobody asks about it.
    for (asked, stored) in [
        ("无业费怎么交", "物业费怎么交"),
        ("核算检测在哪里做", "核酸检测在哪里做"),
        ("营业执照可以待办吗", "营业执照可以代办吗"),
        ("修学手续怎么办", "休学手续怎么办"),
        ("小费券怎么领取", "消费券怎么领取"),
        ("区号机在哪里", "取号机在哪里"),
        ("实名人证怎么做", "实名认证怎么做"),
        ("同行证怎么办理", "通行证怎么办理"),
        ("合同节约要付违约金吗", "合同解约要付违约金吗"),
        ("工资待发怎么办理", "工资代发怎么办理"),
    ] {
        assert_eq!(likeness(asked, stored), Likeness::Slip, "{asked} {stored}");
    }
    assert_eq!(likeness("公伤登记怎么办理", "工伤登记怎么办理"), Likeness::Slip);
    assert_eq!(likeness("新生怎么报道", "新生怎么报到"), Likeness::Slip);
    // 买 and 卖 sound alike and are not a slip; nor is a slip taken for one without a neighbour in common.
    assert_ne!(likeness("怎么买手机", "怎么卖手机"), Likeness::Near);
    assert_ne!(likeness("怎么退货", "怎么换货"), Likeness::Near);
}

#[test]
fn a_slip_may_break_a_word_that_asks_or_make_one_that_denies() {
    for (asked, stored) in [
        ("物业非怎么交", "物业费怎么交"),
        ("年卡多少前", "年卡多少钱"),
        ("支持哪谢付款方式", "支持哪些付款方式"),
        ("营业到几典", "营业到几点"),
        ("周未几点开门", "周末几点开门"),
        ("期未考试什么时候", "期末考试什么时候"),
        ("月未可以还款吗", "月末可以还款吗"),
    ] {
        assert_eq!(likeness(asked, stored), Likeness::Slip, "{asked} {stored}");
        assert_eq!(difference(asked, stored).asks, AskDifference::Same, "{asked} {stored}");
    }
    assert_ne!(likeness("本月未还怎么办", "本月已还怎么办"), Likeness::Slip);
}
