use super::*;

#[test]
fn marks_are_told_from_words() {
    use Marks::{Answer, Question, Variants};
    for (line, marks, rest) in [
        ("问：怎么报名？", Question, "怎么报名？"),
        ("1. 问 怎么报名？", Question, "怎么报名？"),
        ("1、问：怎么报名？", Question, "怎么报名？"),
        ("（3）问：怎么报名？", Question, "怎么报名？"),
        ("Q1 怎么报名？", Question, "怎么报名？"),
        ("Q.1 怎么报名？", Question, "怎么报名？"),
        ("Q. 怎么报名？", Question, "怎么报名？"),
        ("问题 2：怎么报名？", Question, "怎么报名？"),
        ("Question 3: 怎么报名？", Question, "怎么报名？"),
        ("问 ：怎么报名？", Question, "怎么报名？"),
        ("问题二、怎么报名？", Question, "怎么报名？"),
        ("**Q1. 怎么报名？**", Question, "怎么报名？"),
        ("**问：** 怎么报名？", Question, "怎么报名？"),
        ("### 【问】怎么报名？", Question, "怎么报名？"),
        ("● 【问题1】怎么报名？", Question, "怎么报名？"),
        ("[Q] 怎么报名？", Question, "怎么报名？"),
        ("考生问：怎么报名？", Question, "怎么报名？"),
        ("客户问题：怎么报名？", Question, "怎么报名？"),
        ("咨询内容：怎么报名？", Question, "怎么报名？"),
        ("答　上官网。", Answer, "上官网。"),
        ("A1：上官网。", Answer, "上官网。"),
        ("【回复】上官网。", Answer, "上官网。"),
        ("招办答：上官网。", Answer, "上官网。"),
        ("解决方案：上官网。", Answer, "上官网。"),
        ("相似问法：如何报名", Variants, "如何报名"),
    ] {
        let found = mark(line).unwrap_or_else(|| panic!("{line}"));
        assert_eq!((found.marks, found.rest), (marks, rest), "{line}");
    }
    for line in [
        "",
        "问题很多，答案也多。",
        "A. 北京",
        "As soon as possible: now",
        "A4 纸",
        "1.5 倍",
        "[问题](https://a.cn)",
        "标题：怎么报名",
        "联系电话：010",
        "user: hi",
        "地址：学院路",
        "2025 年几月报名？",
        "答应：好",
    ] {
        let found = mark(line);
        assert!(found.as_ref().is_none_or(|mark| mark.is_bare), "{line}: {found:?}");
    }
    assert_eq!(answer_within("怎么报名？ 答案：上官网。"), Some(("怎么报名？", "上官网。")));
}
