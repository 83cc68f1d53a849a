use super::*;

fn row(text: &str) -> StringRecord {
    text.split(',').collect()
}

#[test]
fn footers_are_told_from_rows() {
    for footer in [
        "制表人：张三,,审核：李四",
        "制 表 人：张三",
        "填表人：,张三,日期：,六月",
        "来源：统计局,,口径：常住",
    ] {
        assert!(is_footer(&row(footer)), "{footer}");
    }
    for other in
        ["周一,9:00,10:00", "软件,60,5500", "官网,https://a.cn", "9:00,10:00", "合计,100", "审核,李四,三楼"]
    {
        assert!(!is_footer(&row(other)), "{other}");
    }
    assert!(is_labels(&row("姓名,电话,")) && !is_labels(&row("姓名,张三")) && !is_labels(&row("姓名,姓名")));
}
