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
        ("Adobe Premiere怎么安装", "Adobe Reader怎么安装"),
        ("Microsoft Edge怎么清缓存", "Google Chrome怎么清缓存"),
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
        // They are the same but for two names of one thing, or for who makes it.
        ("WiFi passwd是多少", "WiFi password是多少"),
        ("mailbox怎么改密码", "E-mail怎么改密码"),
        ("Microsoft 365怎么登录", "Office 365怎么登录"),
        ("Office Word怎么打开修订", "MS Word怎么打开修订"),
        ("MS SQL怎么连接", "SQL Server怎么连接"),
        ("Apple account密码忘了", "Apple ID密码忘了"),
        ("Adobe PS怎么安装", "Photoshop怎么安装"),
        ("Chrome browser怎么清缓存", "Google Chrome怎么清缓存"),
        ("Visual Studio Code怎么装插件", "VS Code怎么装插件"),
    ] {
        let found = difference(asked, stored);
        assert!(!found.opposed && !found.counted, "{asked} {stored} {found:?}");
    }
    assert_eq!(likeness("Word怎么转成PDF", "怎么把word转成pdf"), Likeness::Equal);
    // An embedder may hold both for the same.
    assert_eq!(likeness("Firefox浏览器打不开网页", "Chrome浏览器打不开网页"), Likeness::Swapped);
    assert_eq!(likeness("Foxmail邮箱怎么设置", "Outlook邮箱怎么设置"), Likeness::Swapped);
    assert_ne!(likeness("Google浏览器打不开网页", "Chrome浏览器打不开网页"), Likeness::Swapped);
    assert_ne!(likeness("Wrod怎么打印", "Word怎么打印"), Likeness::Swapped);
}

#[test]
fn a_name_behind_the_same_number_is_another_model() {
    for (asked, stored) in [
        ("iPhone 15 Pro Max 多少钱", "iPhone 15 多少钱"),
        ("小米14 Ultra支持快充吗", "小米14支持快充吗"),
        ("华为P60 Pro多少钱", "华为P60多少钱"),
        ("iPhone 15 SE多少钱", "iPhone 15多少钱"),
        ("Win10 Home怎么激活", "Win10怎么激活"),
        ("5G VIP套餐多少钱", "5G套餐多少钱"),
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
        // It says what the number is one of.
        ("8GB RAM多少钱", "8GB内存多少钱"),
        ("居住证12 months可以办吗", "居住证12个月可以办吗"),
        ("CET4 exam什么时候报名", "CET4什么时候报名"),
        ("Level 3 class多少钱", "Level 3课程多少钱"),
        ("ThinkPad T14 laptop怎么进BIOS", "ThinkPad T14怎么进BIOS"),
        ("iPhone 15 price多少", "iPhone 15多少钱"),
        ("windows 10 key怎么激活", "Win10怎么激活"),
        // It is the other's too, and stands elsewhere.
        ("14天无理由退款pro版可以吗", "pro版可以14天无理由退款吗"),
    ] {
        let found = difference(asked, stored);
        assert!(!found.opposed && !found.counted, "{asked} {stored} {found:?}");
    }
}
