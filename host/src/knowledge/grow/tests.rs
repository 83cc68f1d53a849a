use super::*;

fn section(headings: &[&str], text: &str) -> Section {
    Section {
        headings: headings.iter().map(|&heading| heading.to_owned()).collect(),
        text: text.to_owned(),
        media_type: MediaType::Markdown,
        answer: None,
        off: None,
    }
}

/// The passages of a document whose sections `hits` were found, best first.
fn passages(sections: &[Section], hits: &[u32], target: usize) -> Vec<(String, Vec<usize>)> {
    let around = sections.iter().cloned().zip(0..).map(|(section, ordinal)| (ordinal, section)).collect();
    let seed = |&ordinal: &u32| {
        let section = &sections[ordinal as usize];
        Stretch { ordinal, section, text: &section.text }
    };
    let seeds: Vec<_> = hits.iter().map(seed).collect();
    grown(&seeds, &around, target).into_iter().map(|grown| (grown.text, grown.seeds)).collect()
}

/// What they are known by.
fn labels(sections: &[Section], hits: &[u32], target: usize) -> Vec<Vec<String>> {
    let around = sections.iter().cloned().zip(0..).map(|(section, ordinal)| (ordinal, section)).collect();
    let seed = |&ordinal: &u32| {
        let section = &sections[ordinal as usize];
        Stretch { ordinal, section, text: &section.text }
    };
    let seeds: Vec<_> = hits.iter().map(seed).collect();
    grown(&seeds, &around, target).into_iter().map(|grown| grown.headings).collect()
}

#[test]
fn a_passage_is_known_by_the_headings_that_all_of_it_stands_under() {
    assert_eq!(labels(&policy(), &[1], 0), [["志愿", "平行"]]);
    assert_eq!(labels(&policy(), &[1], 14), [["志愿"]]);
    assert_eq!(labels(&policy(), &[4], 14), [["体检", "色觉"]]);
    let deep = [section(&["甲"], "总。"), section(&["甲", "乙", "丙"], "细。"), section(&["甲"], "后。")];
    assert_eq!(passages(&deep, &[0], 100)[0].0, "总。\n\n## 乙\n### 丙\n细。\n\n# 甲\n后。");
}

fn policy() -> Vec<Section> {
    vec![
        section(&["志愿"], "总则。"),
        section(&["志愿", "平行"], "分数优先。"),
        section(&["志愿", "征集"], "补报缺额。"),
        section(&["志愿", "退档"], "退档后征集。"),
        section(&["体检", "色觉"], "色盲受限。"),
    ]
}

#[test]
fn a_short_section_grows_within_its_chapter_the_next_first_and_says_whose_text_is_whose() {
    let text = |target| passages(&policy(), &[1], target).remove(0).0;
    assert_eq!(text(0), "分数优先。");
    assert_eq!(text(12), "## 平行\n分数优先。\n\n## 征集\n补报缺额。");
    assert_eq!(text(14), "总则。\n\n## 平行\n分数优先。\n\n## 征集\n补报缺额。");
    assert!(text(1000).ends_with("## 退档\n退档后征集。"), "the next chapter is another matter");
}

#[test]
fn nothing_is_shown_twice_and_hits_that_touch_are_one_with_the_better_ones_place() {
    let apart = passages(&policy(), &[3, 0], 8);
    assert_eq!(apart[0], ("退档后征集。".into(), vec![0]));
    assert_eq!(apart[1], ("总则。\n\n## 平行\n分数优先。".into(), vec![1]));
    let joined = passages(&policy(), &[3, 1], 12);
    let text = "总则。\n\n## 平行\n分数优先。\n\n## 征集\n补报缺额。\n\n## 退档\n退档后征集。";
    assert_eq!(joined, [(text.to_owned(), vec![0, 1])]);
    // Three in a row, the middle one found last.
    let three = passages(&policy(), &[3, 1, 2], 1);
    let text = "## 平行\n分数优先。\n\n## 征集\n补报缺额。\n\n## 退档\n退档后征集。";
    assert_eq!(labels(&policy(), &[3, 1, 2], 1), [["志愿"]]);
    assert_eq!(three, [(text.to_owned(), vec![0, 1, 2])]);
}

#[test]
fn rows_and_questions_stand_alone() {
    let rows: Vec<_> = (0..3).map(|row| section(&["表"], &format!("学校: 第{row}所"))).collect();
    assert_eq!(passages(&rows, &[1, 2], 300).len(), 2);
    assert_eq!(passages(&rows, &[1], 300)[0].0, "学校: 第1所");
    let row = |title: &str, text: &str| Section { media_type: MediaType::Plain, ..section(&[title], text) };
    let years = [row("2024年", "专业: 法学\n学费: 4800"), row("2025年", "专业: 软件\n学费: 5600")];
    assert_eq!(passages(&years, &[0, 1], 300).len(), 2, "two tables are neighbours by chance as well");
    assert_eq!(passages(&years, &[1], 300)[0].0, "专业: 软件\n学费: 5600");
    let question =
        |n: u32| Section { answer: Some("答".into()), ..section(&["常见", &format!("{n}")], "问\n答") };
    assert_eq!(passages(&[question(0), question(1)], &[1], 300)[0].0, "问\n答");
}

#[test]
fn the_end_of_a_long_text_grows_by_the_sentences_before_it() {
    let long: String = (0..200).map(|i| format!("这是第{i}句话。")).collect();
    let sections = [section(&[], &long), section(&[], "最后一句。")];
    let text = passages(&sections, &[1], 60).remove(0).0;
    assert!(text.starts_with("这是第") && text.ends_with("这是第199句话。\n\n最后一句。"), "{text}");
    assert!(text.chars().count() <= 62);
}

#[test]
fn a_stretch_of_a_long_section_is_not_grown_over_what_it_leaves_out() {
    let long: String = (0..200).map(|i| format!("这是第{i}句话。")).collect();
    let sections = [section(&["甲", "一"], &long), section(&["甲", "二"], "后面的话。")];
    let around = BTreeMap::from([(1, sections[1].clone())]);
    let stretch = shown(&long, 0..10, 100);
    let seeds = [
        Stretch { ordinal: 0, section: &sections[0], text: stretch },
        Stretch { ordinal: 1, section: &sections[1], text: &sections[1].text },
    ];
    let alone = grown(&seeds[..1], &around, 300);
    assert_eq!(alone[0].text, stretch);
    let both = grown(&seeds, &around, 300);
    assert_eq!(both[0].text, format!("## 一\n{stretch}\n……\n## 二\n后面的话。"));
}

#[test]
fn joined_passages_do_not_grow_beyond_the_longest_section() {
    let sections: Vec<_> = (0..4).map(|n| section(&["甲", &n.to_string()], &"字".repeat(700))).collect();
    let made = passages(&sections, &[0, 1, 2, 3], 1);
    let seeds: Vec<_> = made.into_iter().map(|(_, seeds)| seeds).collect();
    assert_eq!(seeds, [[0, 1], [2, 3]]);
}
