use super::*;

#[test]
fn lines_are_headings_by_what_they_begin_with() {
    for (line, is_bold, expected) in [
        ("第一章 总则", false, Some(1)),
        ("第 2 节 报名", false, Some(2)),
        ("第一条 学校依法制定本规定。", false, None),
        ("一、报名条件", true, Some(1)),
        ("（一）学历", true, Some(2)),
        ("1. 材料", true, Some(3)),
        ("联系方式", true, Some(2)),
        ("一、报名条件", false, None),
        ("请务必在七月前报名。", true, None),
        ("2025", true, None),
    ] {
        assert_eq!(level(line, is_bold), expected, "{line}");
    }
}
