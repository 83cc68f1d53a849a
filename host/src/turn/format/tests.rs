use super::*;

fn held(steps: &[(&str, &str)]) -> String {
    let mut held = HeldText::default();
    for (fed, output) in steps {
        held.text.push_str(fed);
        held.give_out(output);
    }
    held.text
}

#[test]
fn what_is_still_held_is_known_after_an_output() {
    assert_eq!(held(&[("分数", ""), ("优先", "")]), "分数优先");
    assert_eq!(held(&[("分数", ""), ("优先", "分数优先")]), "");
    assert_eq!(held(&[("分数优先 [点", "分数优先 ")]), "[点", "the end is held back");
    assert_eq!(held(&[("优先[1]。再看`码", "优先[1](https://a.cn)。再看")]), "优先[1]。再看`码");
    assert_eq!(held(&[("优先[1]。再看看`码", "优先[1](https://a.cn)。再看看")]), "`码");
    assert_eq!(held(&[("甲<b>乙</b>丙丁戊己[", "甲乙丙丁戊己")]), "[", "something is taken out");
}

#[test]
fn in_doubt_nothing_is_lost_and_the_next_words_tell() {
    let doubtful = ("甲[1]`(a)", "甲[1](u)");
    assert_eq!(held(&[doubtful]), "甲[1]`(a)");
    assert_eq!(held(&[doubtful, ("`乙", "`(a)`"), ("丙", "乙"), ("丁", "丙")]), "丁");
    assert_eq!(held(&[("abcdef", "XYZ")]), "abcdef");
}
