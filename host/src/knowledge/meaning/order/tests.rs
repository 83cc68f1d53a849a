use super::super::tests::difference;

#[test]
fn behind_or_before_something_is_told_from_at_it() {
    for (asked, stored) in [
        ("抽血后需要空腹吗", "抽血需要空腹吗"),
        ("手术之后可以吃东西吗", "手术可以吃东西吗"),
        ("退货后可以用优惠券吗", "退货可以用优惠券吗"),
        ("入住前可以寄存行李吗", "入住可以寄存行李吗"),
        ("毕业前可以落户吗", "毕业可以落户吗"),
        ("发货了可以改地址吗", "发货前可以改地址吗"),
    ] {
        assert!(difference(asked, stored).opposed, "{asked} {stored}");
    }
    for (asked, stored) in [
        // What is needed before it is needed for it.
        ("抽血前需要空腹吗", "抽血需要空腹吗"),
        ("抽血要空腹吗", "抽血需要空腹吗"),
        ("退款后多久到账", "退款多久到账"),
        ("下单后几天发货", "下单几天发货"),
        // Said in another way.
        ("拆封后还能退吗", "拆封还能退吗"),
        ("拆封后可以退吗", "拆封了可以退吗"),
        ("退款后可以买吗", "退款可以再买吗"),
        ("入职一年后可以请年假吗", "入职一年可以请年假吗"),
        ("您同意后可以为您转接吗", "如您同意可以为您转接吗"),
        ("没付完款可以改价吗", "付款前可以改价吗"),
        // Of other words.
        ("饭卡最后可以退吗", "饭卡可以退吗"),
        ("证书对以后找工作重要吗", "证书对找工作重要吗"),
        ("借款后等电话可以取消借款吗", "可以取消借款吗"),
    ] {
        assert!(!difference(asked, stored).opposed, "{asked} {stored}");
    }
}
