use super::super::tests::difference;

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
