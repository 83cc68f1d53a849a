use super::*;

#[test]
fn words_in_common_are_the_longest_parts_of_the_question_in_the_text() {
    let common = |question: &str, text: &str| in_common(&runs(question), text);
    assert_eq!(common("保修几年？", "整机保修三年"), ["保修"]);
    assert_eq!(common("平行志愿怎么投档", "平行志愿按照分数优先的原则投档。"), ["平行志愿", "投档"]);
    assert_eq!(common("R3 的保修", "型号r3，保修三年"), ["r3", "保修"]);
    assert_eq!(
        common("is it on", "the station"),
        [] as [&str; 0],
        "no part of a word of two letters is a word"
    );
    assert_eq!(common("保險", "商业保险"), ["保险"], "in one script");
    assert_eq!(common("？！", "？！"), [] as [&str; 0]);
}
