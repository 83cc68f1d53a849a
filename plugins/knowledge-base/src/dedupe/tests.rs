use super::*;
use crate::tests::hit;

fn alike(a: &str, b: &str) -> bool {
    Print::of(a).says(&Print::of(b))
}

const LONG: &str =
    "平行志愿是指一个志愿中包含若干所平行的院校,考生在填报高考志愿时可在指定的批次同时填报若干所院校";

#[test]
fn layout_and_a_changed_letter_do_not_make_a_text_another_one() {
    assert!(alike("平行志愿,是指……", "  平行志愿 是指"));
    assert!(alike(LONG, &LONG.replace("若干所院校", "若干所学校")));
    assert!(!alike(LONG, "录取时按照分数优先的原则,遵循志愿的顺序,逐个检索考生填报的院校"));
}

#[test]
fn an_excerpt_says_nothing_new_but_a_longer_text_does() {
    let whole = format!("{LONG}。录取时按照分数优先的原则,遵循志愿的顺序,逐个检索考生填报的院校。");
    assert!(alike(&whole, LONG));
    assert!(!alike(LONG, &whole), "the longer one has more to say");
    assert!(!alike(&whole, "平行志愿是指"), "so short a text is in many by chance");
    assert!(!alike(&whole, &format!("2024年{LONG}")), "of that year nothing was said");
    assert!(!alike(&whole, &LONG.replace("可在", "不可在")));
}

#[test]
fn texts_that_differ_in_a_number_both_stay() {
    let text = |year, score| {
        format!("{year}年普通类本科批次录取控制分数线为{score}分,达到分数线的考生可以填报本科批次志愿")
    };
    assert!(!alike(&text(2023, 438), &text(2024, 438)));
    assert!(!alike(&text(2024, 438), &text(2024, 442)));
}

#[test]
fn a_rule_and_its_opposite_both_stay() {
    assert!(!alike(LONG, &LONG.replace("可在", "不可在")));
    assert!(!alike(&LONG.replace("可在", "不可在"), LONG));
}

#[test]
fn texts_without_letters_are_compared_too() {
    assert!(alike("……", "。"));
    assert!(!alike("", "有字") && !alike("有字", ""));
    assert!(!alike("是", "否"));
}

#[test]
fn the_best_of_several_alike_stays_and_the_others_are_named() {
    let hits = vec![
        hit("a", "第一段。", 0.9, None),
        hit("b", LONG, 0.8, None),
        hit("c", &LONG.replace(',', "，"), 0.7, None),
        hit("d", "第一段", 0.6, None),
        hit("e", "第三段", 0.5, None),
        hit("f", "第四段", 0.4, None),
        hit("g", LONG, 0.3, None),
    ];
    let Distinct { kept, merged } = distinct(hits, 3);
    let bases = |hits: &[Hit]| hits.iter().map(|hit| hit.knowledge_base.clone()).collect::<Vec<_>>();
    assert_eq!(bases(&kept), ["a", "b", "e"]);
    let merged: Vec<_> = merged.iter().map(|(hit, into)| (hit.knowledge_base.as_str(), *into)).collect();
    assert_eq!(merged, [("c", 1), ("d", 0)]);
}

#[test]
fn of_hundreds_of_long_texts_few_pairs_are_compared_wholly() {
    let text = |seed: u32| -> String {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from_u32(0x4e00 + (state >> 16) % 3000).unwrap_or('字')
        };
        (0..1600).map(|_| next()).collect()
    };
    let prints: Vec<Print> = (0..30).map(|seed| Print::of(&text(seed))).collect();
    let looked_into =
        |a: &Print| prints.iter().filter(|b| !std::ptr::eq(a, *b) && a.shares_sample(b)).count();
    assert_eq!(prints.iter().map(looked_into).sum::<usize>(), 0);
    let hits: Vec<Hit> = (0..300).map(|seed| hit("a", &text(seed), 0.5, None)).collect();
    assert_eq!(distinct(hits, usize::MAX).kept.len(), 300);
}
