use std::cell::Cell;

use super::*;

fn passage(text: &str) -> Passage {
    Passage {
        text: text.into(),
        media_type: Default::default(),
        title: text.chars().take(1).collect(),
        section: Vec::new(),
        url: None,
        knowledge_base: Some("库".into()),
        score: Some(0.8),
    }
}

fn render(passages: &[Passage]) -> Result<String, PromptError> {
    let texts: Vec<_> = passages.iter().enumerate().map(|(i, p)| format!("题{} {}", i + 1, p.text)).collect();
    Ok(texts.join("\n"))
}

fn packed(passages: &[Passage], system: usize, in_sequence: bool) -> (Packed, Vec<Cut>) {
    let mut cuts = Vec::new();
    let limits = Limits { system, budget: Budget::from(1000), numbered_before: 0, in_sequence };
    let rendered = Cell::new(0);
    let counted = |passages: &[Passage]| {
        rendered.set(rendered.get() + 1);
        render(passages)
    };
    let all = render(passages).unwrap();
    let packed = pack(passages, all, || Ok(String::new()), &counted, limits, &mut cuts).unwrap();
    assert!(rendered.get() <= 4, "however many passages there are: {}", rendered.get());
    assert!(system_tokens(&packed.system) <= system);
    assert_eq!(packed.system, render(&packed.passages).unwrap());
    let numbers: Vec<_> = packed.report.iter().map(|passage| passage.number).collect();
    assert_eq!(numbers, (1..=packed.passages.len()).collect::<Vec<_>>());
    (packed, cuts)
}

#[test]
fn a_long_passage_is_cut_after_a_sentence_and_a_short_one_behind_it_still_goes_in() {
    let long = format!("乙{}", "这是十个字的一句话。".repeat(40));
    let passages = [passage(&"甲".repeat(50)), passage(&long), passage("丙短。")];
    let (whole, cuts) = packed(&passages, 1000, false);
    assert_eq!((whole.passages.len(), cuts.len()), (3, 0));
    assert!(whole.report.iter().all(|passage| passage.whole));

    let (cut, cuts) = packed(&passages, 200, false);
    assert!(cut.passages[1].text.ends_with("一句话。…"), "{}", cut.passages[1].text);
    assert_eq!(cut.passages[2].text, "丙短。");
    let shape: Vec<_> = cut.report.iter().map(|passage| (passage.title.as_str(), passage.whole)).collect();
    assert_eq!(shape, [("甲", true), ("乙", false), ("丙", true)]);
    assert_eq!((cuts.len(), cuts[0].what.as_str()), (1, "the end of passage 2: 乙"));
    assert_eq!(cuts[0].tokens, estimate_tokens(&long) - cut.report[1].tokens);
    assert!(cuts[0].reason.contains("prompt_tokens = 1000"));
}

#[test]
fn what_leaves_too_little_is_left_out_and_the_numbers_close_up() {
    let passages = [passage(&"甲".repeat(50)), passage(&"乙".repeat(400)), passage("丙短。")];
    let (packed, cuts) = packed(&passages, 120, false);
    let titles: Vec<_> = packed.report.iter().map(|passage| passage.title.as_str()).collect();
    assert_eq!(titles, ["甲", "丙"]);
    assert_eq!((cuts[0].what.as_str(), cuts[0].tokens), ("passage: 乙", 400));
}

#[test]
fn passages_that_have_numbers_already_keep_them() {
    let passages = [passage(&"甲".repeat(50)), passage(&"乙".repeat(400)), passage("丙短。")];
    let (packed, cuts) = packed(&passages, 120, true);
    assert_eq!(packed.passages.len(), 1);
    let what: Vec<_> = cuts.iter().map(|cut| cut.what.as_str()).collect();
    assert_eq!(what, ["passage: 乙", "passage: 丙"]);
}

#[test]
fn a_template_that_says_a_text_twice_stays_within_its_limit() {
    let twice = |passages: &[Passage]| render(&[passages, passages].concat());
    let mut cuts = Vec::new();
    let limits = Limits { system: 500, budget: Budget::from(1000), numbered_before: 0, in_sequence: false };
    let passages = [passage(&"甲".repeat(400)), passage("乙")];
    let all = twice(&passages).unwrap();
    let packed = pack(&passages, all, || Ok(String::new()), &twice, limits, &mut cuts).unwrap();
    assert!(system_tokens(&packed.system) <= 500 && packed.passages[0].text.ends_with("甲…"));
    assert_eq!(cuts[0].what, "the end of passage 1: 甲");
}

fn of_template(render: impl Fn(&[Passage]) -> String, passages: &[Passage]) -> (Packed, Vec<Cut>) {
    let mut cuts = Vec::new();
    let limits = Limits { system: 500, budget: Budget::from(1000), numbered_before: 0, in_sequence: false };
    let render = |passages: &[Passage]| Ok(render(passages));
    let (all, none) = (render(passages).unwrap(), || render(&[]));
    (pack(passages, all, none, &render, limits, &mut cuts).unwrap(), cuts)
}

#[test]
fn what_the_template_does_not_show_is_not_packed() {
    let passages = [passage("甲说一"), passage("乙说二"), passage("丙说三")];
    let (none, cuts) = of_template(|_| "你是顾问。".into(), &passages);
    assert!(none.passages.is_empty() && none.report.is_empty());
    assert_eq!(cuts.len(), 3);
    assert!(cuts[0].reason.contains("does not show it"), "{cuts:?}");

    let two = |passages: &[Passage]| render(&passages[..passages.len().min(2)]).unwrap();
    let (packed, cuts) = of_template(two, &passages);
    assert_eq!((packed.passages.len(), cuts.len()), (2, 1));
    assert_eq!(cuts[0].what, "passage: 丙");

    // Titles are not texts, also where there is too much for the prompt.
    let long: Vec<_> = (0..40).map(|_| passage(&"甲".repeat(100))).collect();
    let titles = |passages: &[Passage]| {
        let titles: Vec<_> = passages.iter().map(|passage| passage.title.repeat(50)).collect();
        titles.join("\n")
    };
    let (packed, cuts) = of_template(titles, &long);
    assert_eq!((packed.passages.len(), cuts.len()), (0, 40));
}

#[test]
fn a_text_that_a_filter_has_indented_or_quoted_is_shown() {
    let passages = [passage("第一行\n第二行"), passage("说“好”")];
    let indented = |passages: &[Passage]| render(passages).unwrap().replace('\n', "\n    ");
    let (packed, cuts) = of_template(indented, &passages);
    assert_eq!((packed.passages.len(), cuts.len()), (2, 0));
}

#[test]
fn many_passages_are_packed_in_a_few_renderings() {
    let passages: Vec<_> = (0..2000).map(|n| passage(&format!("{n} {}", "甲".repeat(n % 90)))).collect();
    let (packed, cuts) = packed(&passages, 3000, false);
    assert!(packed.passages.len() > 30 && system_tokens(&packed.system) > 2900, "{}", packed.passages.len());
    assert_eq!(packed.passages.len() + cuts.len(), 2000);
}
