use super::super::Likeness;
use super::super::tests::{difference, likeness};

#[test]
fn another_name_in_latin_letters_is_another_thing() {
    for (asked, stored) in [
        ("Excel怎么加页码", "Word怎么加页码"),
        ("MacBook Pro保修几年", "MacBook Air保修几年"),
        ("MacBook Pro保修几年", "MacBook保修几年"),
        ("iPhone 15 Plus多少钱", "iPhone 15 Pro多少钱"),
        ("Java怎么安装", "Python怎么安装"),
    ] {
        let found = difference(asked, stored);
        assert!(found.opposed && found.counted, "{asked} {stored} {found:?}");
    }
    // Two names of one thing, a short one, a mistyped one, and what a name is a name of.
    for (asked, stored) in [
        ("ios怎么登录", "iPhone怎么登录"),
        ("手机怎么连WLAN", "手机怎么连WiFi"),
        ("ppt怎么打印", "powerpoint怎么打印"),
        ("ps怎么安装", "photoshop怎么安装"),
        ("怎么装phtoshop", "怎么装photoshop"),
        ("Wrod怎么打印", "Word怎么打印"),
        ("email怎么改", "mail怎么改"),
        ("wechat app怎么下载", "wechat怎么下载"),
        ("微信怎么绑定", "WeChat怎么绑定"),
        // What stands in one run, for a key has no spaces.
        ("苹果ID怎么注册", "Apple ID怎么注册"),
        ("Mac VPN怎么连", "Mac怎么连VPN"),
        ("Visa card怎么激活", "Visa卡怎么激活"),
        ("WIN10系统怎么激活", "Windows10系统怎么激活"),
        ("PPTX怎么上传", "PPT怎么上传"),
        ("AutoCAD软件怎么装", "CAD软件怎么装"),
        ("照片要jpeg格式吗", "照片要jpg格式吗"),
        ("how do i reset it", "how to reset it"),
    ] {
        let found = difference(asked, stored);
        assert!(!found.opposed && !found.counted, "{asked} {stored} {found:?}");
    }
    assert_eq!(likeness("Word怎么转成PDF", "怎么把word转成pdf"), Likeness::Equal);
}

#[test]
fn a_name_behind_the_same_number_is_another_model() {
    for (asked, stored) in [
        ("iPhone 15 Pro Max 多少钱", "iPhone 15 多少钱"),
        ("小米14 Ultra支持快充吗", "小米14支持快充吗"),
        ("华为P60 Pro多少钱", "华为P60多少钱"),
    ] {
        let found = difference(asked, stored);
        assert!(found.opposed && found.counted, "{asked} {stored} {found:?}");
    }
    for (asked, stored) in [
        ("小米14ultra有没有货", "小米14 Ultra有货吗"),
        ("12306app怎么注册", "12306怎么注册"),
        ("100Mbps宽带多少钱", "100兆宽带多少钱"),
        ("iPhone 15 WiFi连不上", "iPhone 15连不上无线网"),
        ("16g内存多少钱", "16内存多少钱"),
        // It is the other's too, and stands elsewhere.
        ("14天无理由退款pro版可以吗", "pro版可以14天无理由退款吗"),
    ] {
        let found = difference(asked, stored);
        assert!(!found.opposed && !found.counted, "{asked} {stored} {found:?}");
    }
}
