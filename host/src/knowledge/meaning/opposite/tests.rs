use super::super::Likeness;
use super::super::tests::{difference, likeness};

#[test]
fn how_long_it_lasts_is_told_from_how_long_it_takes() {
    for (asked, stored) in [
        ("体检报告有效期多久", "体检报告多久出来"),
        ("录取结果公示多久", "录取结果多久出来"),
        ("营业执照有效期多久", "营业执照多久能办下来"),
        ("毕业证怎么领取", "结业证怎么领取"),
        ("毕业证书怎么领取", "结业证书怎么领取"),
    ] {
        assert!(difference(asked, stored).opposed, "{asked} {stored}");
    }
    for (asked, stored) in [
        ("优惠券有效期多久", "优惠券可以用多久"),
        ("文件能保存多久", "文件可以保存多长时间"),
        ("体检报告几天能出", "体检报告多久出来"),
        ("有效的证件多久办好", "证件多久办好"),
        ("怎么拿到有效证件", "怎么拿到证件"),
        ("什么时候结业", "什么时候毕业"),
    ] {
        assert!(!difference(asked, stored).opposed, "{asked} {stored}");
    }
}

#[test]
fn most_is_not_least_and_all_is_not_a_part() {
    for (asked, stored) in [
        ("一次最少买几张", "一次最多买几张"),
        ("至多提前几天预约", "至少提前几天预约"),
        ("最低报多少", "最多报多少"),
        ("可以部分提前还款吗", "可以全部提前还款吗"),
    ] {
        assert!(difference(asked, stored).opposed, "{asked} {stored}");
    }
    for (asked, stored) in [
        ("最高报多少", "最多报多少"),
        ("至多报多少", "最多报多少"),
        ("至少住几晚", "最少住几晚"),
        ("最低住几晚", "最少住几晚"),
        ("全额退款多久到账", "全部退款多久到账"),
    ] {
        assert!(!difference(asked, stored).opposed, "{asked} {stored}");
    }
}

#[test]
fn what_has_to_be_is_told_from_what_may_be() {
    for (asked, stored) in [
        ("必须网上办吗", "可以网上办吗"),
        ("一定要住校吗", "能住校吗"),
        ("什么时候必须补交", "什么时候可以补交"),
        ("要带身份证吗", "可以带身份证吗"),
        ("需要空腹吗", "可以空腹吗"),
        ("要不要带身份证", "能不能带身份证"),
        ("我要带身份证吗", "我可以带身份证吗"),
    ] {
        let found = difference(asked, stored);
        assert!(found.opposed && found.likeness == Likeness::Contrary, "{asked} {stored} {found:?}");
    }
    for (asked, stored) in [
        ("必须预约吗", "需要预约吗"),
        ("必须本人去吗", "一定要本人去吗"),
        ("能网上办吗", "可以网上办吗"),
        ("我要退货可以吗", "可以退货吗"),
        ("要开发票可以吗", "可以开发票吗"),
        ("可以不去吗", "必须去吗"),
        ("什么时候可以补交", "啥时候能补交"),
        // If it is so, who asks wants it, or it goes on.
        ("要是下雨还上体育课吗", "下雨还能上体育课吗"),
        ("要是停电了你们还营业吗", "停电还可以营业吗"),
        ("要是过期了还有用吗", "过期了还可以用吗"),
        ("你们要收旧家具吗", "可以收旧家具吗"),
        ("要送货上门有吗", "可以送货上门吗"),
        ("你们需要送货上门吗", "可以送货上门吗"),
        ("需要收据，开吗", "可以开收据吗"),
        ("发烧还要上学吗", "发烧可以上学吗"),
    ] {
        assert!(!difference(asked, stored).opposed, "{asked} {stored}");
    }
}

#[test]
fn an_illness_that_is_over_is_no_illness() {
    for (asked, stored) in [
        ("感冒好了可以打疫苗吗", "感冒了可以打疫苗吗"),
        ("骨折好了能走路吗", "骨折能走路吗"),
        ("发烧好后可以上学吗", "发烧可以上学吗"),
    ] {
        assert_eq!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
    for (asked, stored) in [
        ("感冒好了能打疫苗吗", "感冒痊愈后可以打疫苗吗"),
        ("感冒好了多久可以打疫苗", "感冒后多久可以打疫苗"),
        ("装修好了可以住吗", "装修了可以住吗"),
        ("手机修好了可以换吗", "手机修了可以换吗"),
        ("加热好了可以放几天", "加热了可以放几天"),
        ("感冒好了吗", "发烧了可以上学吗"),
    ] {
        assert_ne!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
}

#[test]
fn what_is_spoilt_is_not_lost() {
    for (asked, stored) in [
        ("饭卡坏掉了怎么办", "饭卡掉了怎么办"),
        ("储物柜钥匙断掉了怎么办", "储物柜钥匙掉了怎么办"),
        ("工牌坏掉了怎么办", "工牌丢了怎么办"),
        ("社保断掉了怎么办", "社保卡丢了怎么办"),
    ] {
        assert_eq!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
    for (asked, stored) in [
        ("饭卡丢了怎么办", "饭卡掉了怎么办"),
        ("饭卡坏了怎么办", "饭卡坏掉了怎么办"),
        ("饭卡弄掉了怎么办", "饭卡掉了怎么办"),
        ("牙齿断掉了怎么办", "牙齿掉了断了怎么办"),
        ("订单删掉了怎么办", "订单删除了怎么办"),
        ("网络断掉了怎么办", "网络断了怎么办"),
    ] {
        assert_ne!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
}

#[test]
fn what_is_spoilt_is_not_lost_whatever_says_so() {
    for (asked, stored) in [
        ("饭卡坏掉怎么办", "饭卡掉了怎么办"),
        ("手机坏掉怎么办", "手机丢了怎么办"),
        ("饭卡坏了怎么办", "饭卡掉了怎么办"),
        ("身份证坏了怎么补办", "身份证丢了怎么补办"),
        ("身份证破损怎么补办", "身份证遗失怎么补办"),
    ] {
        assert_eq!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
    for (asked, stored) in [
        ("饭卡坏掉怎么办", "饭卡坏了怎么办"),
        ("饭卡损坏怎么办", "饭卡坏掉怎么办"),
        ("身份证破损怎么补办", "身份证坏了怎么补办"),
        ("饭卡丢掉怎么办", "饭卡丢了怎么办"),
        ("饭卡弄掉怎么办", "饭卡掉了怎么办"),
        ("行李箱断掉怎么办", "行李箱断了怎么办"),
        ("怎么关掉自动续费", "怎么关闭自动续费"),
        ("房子卖掉要交税吗", "卖房子要交税吗"),
        ("订单删掉怎么恢复", "订单删了怎么恢复"),
        ("网络断掉了怎么办", "网络掉线怎么办"),
        ("快递丢了或坏了怎么赔", "快递丢失怎么赔"),
        ("吊牌剪掉能退吗", "吊牌掉了能退吗"),
        ("门把手坏了怎么修", "门把手掉了怎么修"),
        ("门把手坏掉怎么修", "门把手掉了怎么修"),
        ("网络断了怎么办", "网络掉了怎么办"),
    ] {
        assert_ne!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
}

#[test]
fn what_is_due_is_told_from_what_is_done_before() {
    for (asked, stored) in [
        ("定期存款到期可以支取吗", "定期存款可以提前支取吗"),
        ("会员到期可以退吗", "会员可以提前退吗"),
        ("租房合同期满可以退租吗", "租房合同可以提前退租吗"),
        ("大额存单到期支取怎么算利息", "大额存单提前支取怎么算利息"),
    ] {
        assert!(difference(asked, stored).opposed, "{asked} {stored}");
    }
    for (asked, stored) in [
        ("到期前可以支取吗", "可以提前支取吗"),
        ("没到期可以取吗", "可以提前取吗"),
        ("还没有到期能退吗", "能提前退吗"),
        ("定期快到期可以取吗", "定期可以提前取吗"),
        ("定期到期才能取吗", "定期可以提前取吗"),
        ("定期必须等到期取吗", "定期可以提前取吗"),
        ("会员到期会提醒吗", "会员会提前提醒吗"),
        ("驾照到期最早什么时候能换", "驾照最早提前多久能换"),
        ("租房到期可以提前退租吗", "租房可以提前退租吗"),
        ("报到期间可以请假吗", "报到可以提前请假吗"),
        ("驾照到期怎么换", "驾照期满怎么换"),
    ] {
        assert!(!difference(asked, stored).opposed, "{asked} {stored}");
    }
}

#[test]
fn a_discount_is_no_price_and_an_owner_no_manager() {
    for (asked, stored) in [
        ("年卡续费打几折", "年卡续费多少钱"),
        ("漏水找业主吗", "漏水找物业吗"),
        ("停水联系业主", "停水联系物业"),
        ("维修费业主出吗", "维修费物业出吗"),
    ] {
        assert!(difference(asked, stored).opposed, "{asked} {stored}");
    }
    for (asked, stored) in [
        ("年卡打几折", "年卡几折"),
        ("年卡打几折", "年卡打折吗"),
        ("年卡打几折", "年卡打折后多少钱"),
        ("年卡打几折", "年卡便宜多少钱"),
        ("年卡打几折", "年卡优惠多少钱"),
        ("手续费百分之几", "手续费多少钱"),
        ("业主怎么报修", "物业怎么报修"),
        ("业主出入证怎么办", "物业出入证怎么办"),
        ("漏水找物业", "漏水找业主还是物业"),
        ("业主找物业修要钱吗", "找物业修要钱吗"),
        ("漏水找物业吗", "漏水是找物业吗"),
        ("怎么联系物业", "物业怎么联系"),
    ] {
        assert!(!difference(asked, stored).opposed, "{asked} {stored}");
    }
}
