use super::*;

#[test]
fn lines_are_told_apart() {
    let asked = |words: &str| QaLine::Asked(words.into(), None);
    let answered = |words: &str| QaLine::Answered(words.into());
    for (line, expected) in [
        ("问：怎么报名？", asked("怎么报名？")),
        ("**Q1. 怎么报名？**", asked("怎么报名？")),
        ("### 问题2：怎么报名？", asked("怎么报名？")),
        ("- **问题**：怎么报名？", asked("怎么报名？")),
        ("> 【问】怎么报名？", asked("怎么报名？")),
        ("问：怎么报名？答：上官网。", QaLine::Asked("怎么报名？".into(), Some("上官网。".into()))),
        ("答：上官网。", answered("上官网。")),
        ("**A：** 上官网。", answered("上官网。")),
        ("## 1. 怎么报名？", QaLine::Heading("怎么报名？".into())),
        ("**（3）怎么报名？**", QaLine::Bold("怎么报名？".into())),
        ("**1.** 怎么报名？", QaLine::Numbered("怎么报名？".into())),
        ("四、怎么报名？", QaLine::Numbered("怎么报名？".into())),
        ("| --- | :-: |", QaLine::Table),
        ("1.5 倍工资", QaLine::Other),
        ("问题很多，答案也多。", QaLine::Other),
        ("As soon as possible.", QaLine::Other),
        ("2025 年几月报名？", QaLine::Other),
    ] {
        assert_eq!(kind(line), expected, "{line}");
    }
}
