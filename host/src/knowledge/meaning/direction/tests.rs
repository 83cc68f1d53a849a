use super::super::Likeness;
use super::super::tests::likeness;

#[test]
fn to_a_place_is_told_from_from_it() {
    for (asked, stored) in [
        ("可以从国外寄吗", "可以寄到国外吗"),
        ("从国外寄要多少钱", "往国外寄要多少钱"),
        ("可以从学校送吗", "可以送到学校吗"),
        ("从火车站坐几路车", "到火车站坐几路车"),
        ("可以从别的学校转来吗", "可以转到别的学校吗"),
        ("可以从其他医院转入吗", "可以转入其他医院吗"),
        ("怎么把照片从电脑传", "怎么把照片传到电脑"),
        ("从机场怎么坐车", "去机场怎么坐车"),
        ("从学校怎么走", "到学校怎么走"),
        ("班车从市区来要多久", "班车到市区要多久"),
        ("怎么把电脑照片传到手机", "怎么把照片传到电脑"),
    ] {
        assert_eq!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
}

#[test]
fn a_place_that_is_the_same_end_of_the_way_is_no_other_direction() {
    for (asked, stored) in [
        ("去火车站坐几路车", "到火车站坐几路车"),
        ("可以往国外寄吗", "可以寄到国外吗"),
        ("怎么把照片从手机传到电脑", "怎么把照片传到电脑"),
        ("照片怎么传到电脑上", "怎么把照片传到电脑"),
        ("机场去酒店怎么走", "从机场到酒店怎么走"),
        ("从机场去酒店怎么走", "从机场到酒店怎么走"),
        // Who goes there to get something gets it from there.
        ("怎么从官网下载发票", "怎么去官网下载发票"),
        ("从手机银行可以转账吗", "到手机银行可以转账吗"),
        ("怎么从表格导入数据", "怎么导入表格数据"),
        // 到账, 从来 and 到什么时候 name no place.
        ("支付宝付款多久退到账", "支付宝付的款多久退到支付宝"),
        ("从来没寄到怎么办", "没寄到怎么办"),
        ("从什么时候开始存到什么时候", "什么时候开始存到什么时候"),
    ] {
        assert_ne!(likeness(asked, stored), Likeness::Swapped, "{asked} {stored}");
    }
}
