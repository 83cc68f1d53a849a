use super::super::Likeness;
use super::super::tests::{difference, likeness};

#[test]
fn who_does_something_is_told_from_whom_it_is_done_to() {
    for (asked, stored) in [
        ("被对方拉黑还能发消息吗", "拉黑对方还能发消息吗"),
        ("被好友邀请有什么奖励", "邀请好友有什么奖励"),
        ("可以被客服投诉吗", "可以投诉客服吗"),
        ("被人骂了怎么办", "骂人怎么办"),
        ("别人欠我钱怎么办", "欠别人钱怎么办"),
        ("别人借给我的书怎么还", "借给别人的书怎么还"),
        ("男生可以用女更衣室吗", "女生可以用男更衣室吗"),
        ("儿童可以用大人票吗", "大人可以用儿童票吗"),
        ("小孩可以用成人票吗", "大人可以用儿童票吗"),
    ] {
        assert_eq!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
    for (asked, stored) in [
        ("被对方拉黑了还能发消息吗", "被对方拉黑还能发消息吗"),
        ("对方把我拉黑还能发消息吗", "被对方拉黑还能发消息吗"),
        ("员工被辞退要赔偿吗", "辞退员工要赔偿吗"),
        ("被骗人怎么报警", "被人骗怎么报警"),
        ("欠了别人的钱怎么办", "欠别人钱怎么办"),
        ("账号被封号了怎么办", "账号封了怎么办"),
        ("家长和我一起参加可以吗", "可以和家长一起参加吗"),
        ("老师怎么联系", "怎么联系老师"),
        ("女士可以用男更衣室吗", "女生可以用男更衣室吗"),
        ("男更衣室女生可以用吗", "女生可以用男更衣室吗"),
        ("成年人能用儿童票吗", "大人可以用儿童票吗"),
        ("能用小孩的卡给我充值吗", "可以用孩子的卡给我充值吗"),
        ("可以给男朋友充值吗", "可以给朋友充值吗"),
    ] {
        assert_ne!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
}

#[test]
fn what_is_asked_of_someone_is_told_from_what_they_do() {
    for (asked, stored) in [
        ("可以跟老师请假吗", "老师可以请假吗"),
        ("可以向领导请假吗", "领导可以请假吗"),
        ("能不能替学生请假", "学生能请假吗"),
        ("可以帮同事报销吗", "同事可以报销吗"),
        ("可以向员工借车吗", "员工可以借车吗"),
        ("可以替学生申请吗", "学生可以申请吗"),
        ("可以跟房东退租吗", "房东可以退租吗"),
        ("可以帮租客养狗吗", "租客可以养狗吗"),
        ("可以向房东涨房租吗", "房东可以涨房租吗"),
        ("我可以帮朋友查话费吗", "朋友可以查我的话费吗"),
    ] {
        assert_eq!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
    // They do it together, or with a word behind which someone still does it, or it is done to them either way.
    for (asked, stored) in [
        ("可以跟老师一起去吗", "老师可以一起去吗"),
        ("可以跟医生视频问诊吗", "医生可以视频问诊吗"),
        ("可以让司机取消订单吗", "司机可以取消订单吗"),
        ("可以找客服退款吗", "客服可以退款吗"),
        ("可以给孩子打疫苗吗", "孩子可以打疫苗吗"),
        ("可以给学生打折吗", "学生可以打折吗"),
        ("可以向工会投诉吗", "工会可以投诉吗"),
        ("可以联系老师吗", "老师可以联系吗"),
        // Who serves does what they are asked, and for others one does what they might.
        ("可以向医生咨询吗", "医生可以咨询吗"),
        ("可以跟医生加号吗", "医生可以加号吗"),
        ("可以跟老师补课吗", "老师可以补课吗"),
        ("可以跟保安登记车辆吗", "保安可以登记车辆吗"),
        ("可以向房东退押金吗", "房东可以退押金吗"),
        ("可以向司机索要发票吗", "司机可以索要发票吗"),
        ("可以帮学生打印成绩单吗", "学生可以打印成绩单吗"),
        ("可以帮客户延期付款吗", "客户可以延期付款吗"),
    ] {
        assert_ne!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
}

#[test]
fn what_does_something_to_another_is_told_from_what_suffers_it() {
    for (asked, stored) in [
        ("车撞了我怎么办", "我撞了车怎么办"),
        ("公司欠我钱怎么办", "我欠公司钱怎么办"),
        ("狗被咬了怎么办", "被狗咬了怎么办"),
        ("汽车被撞了怎么赔", "被汽车撞了怎么赔"),
        ("补卡多久可以挂失", "挂失后多久可以补卡"),
        ("休年假多久可以入职", "入职多久可以休年假"),
        ("别人追尾了我怎么办", "我追尾了别人怎么办"),
        ("护栏撞坏了我的车赔多少", "我撞坏了护栏要赔多少"),
    ] {
        assert_eq!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
    for (asked, stored) in [
        ("我的车被车撞了怎么办", "车被撞了怎么办"),
        ("手机被偷了怎么办", "被偷了手机怎么办"),
        ("我被狗咬了怎么办", "被狗咬了怎么办"),
        ("我家离学校多远", "学校离我家多远"),
        ("我和朋友怎么拼单", "朋友和我怎么拼单"),
        ("看看我的体检报告", "帮我看看她的体检报告"),
        ("吃药多久能喝酒", "吃药后多久可以喝酒"),
        ("多久可以补卡", "挂失后多久可以补卡"),
        // 我 begins what is asked.
        ("密码忘了我怎么登录", "我忘了密码怎么登录"),
        ("校园卡丢了我怎么办", "我丢了校园卡怎么办"),
        ("身份证没带我能办吗", "我没带身份证能办吗"),
        ("疫苗打了我可以喝酒吗", "我打了疫苗可以喝酒吗"),
        ("订单取消了我可以恢复吗", "我取消了订单可以恢复吗"),
        ("护栏撞坏了我要赔多少", "我撞坏了护栏要赔多少"),
        ("玻璃踢坏了我要赔吗", "我踢坏了玻璃要赔吗"),
        ("学费欠了我能毕业吗", "我欠学费能毕业吗"),
        ("货款追回我要什么材料", "我追回货款要什么材料"),
        ("保险追加我怎么办理", "我追加保险怎么办理"),
        ("手机欠费我怎么复机", "我欠费手机停机了怎么复机"),
    ] {
        assert_ne!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
}

#[test]
fn a_deed_or_a_mishap_asks_what_to_do_and_a_thing_may_ask_anything() {
    for (asked, stored) in [
        ("休学", "休学怎么办理"),
        ("户口迁移", "户口迁移怎么弄"),
        ("马桶堵了", "马桶堵了怎么弄"),
        ("头疼", "头疼怎么弄"),
    ] {
        assert_eq!(likeness(asked, stored), Likeness::Loose, "{asked} {stored}");
    }
    for (asked, stored) in [
        ("护照", "护照怎么办理"),
        ("居住证", "居住证怎么办理"),
        ("会员卡", "会员卡怎么办理"),
        ("体检报告", "体检报告怎么弄"),
        ("过户费", "过户费怎么弄"),
    ] {
        assert_ne!(likeness(asked, stored), Likeness::Loose, "{asked} {stored}");
    }
}

#[test]
fn how_often_is_counted_by_what_is_done_each_time() {
    for (asked, stored) in [
        ("疫苗打几针", "疫苗打几次"),
        ("面试几轮", "面试几次"),
        ("课程一周上几堂", "课程一周上几次"),
        ("签证要面试几场", "签证要面试几次"),
        ("疫苗要打多少针", "疫苗要打几次"),
    ] {
        assert!(!difference(asked, stored).opposed, "{asked} {stored}");
    }
    for (asked, stored) in [
        ("年假一年可以休多少", "年假一年可以休几次"),
        ("停车场一年能停多少", "停车场一年能停几次"),
        ("针灸一周能做多少", "针灸一周能做几次"),
    ] {
        assert!(difference(asked, stored).opposed, "{asked} {stored}");
    }
}
