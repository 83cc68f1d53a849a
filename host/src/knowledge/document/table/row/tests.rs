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

#[test]
fn names_of_groups_are_told_from_rows() {
    let header = row("编号,分类,标准问,标准答案");
    for groups in [
        "基本信息,基本信息,知识内容,知识内容",
        "编号,分类,知识内容,知识内容",
        ",,知识内容,知识内容",
        "A,A,B,B",
    ] {
        assert!(names_groups(&row(groups), &header), "{groups}");
    }
    for other in [
        "编号,分类,标准问,标准答案",
        "1,1,怎么退货,七天",
        "售后,售后,怎么退货？,七天内",
        "基本信息,,知识内容,",
        "部门：售后,部门：售后,知识,知识",
        "分类,分类,知识内容,知识内容",
    ] {
        assert!(!names_groups(&row(other), &header), "{other}");
    }
    assert!(!names_groups(&row("基本信息,基本信息,知识,知识"), &row("编号,编号,问题,答案")));
}
