use super::*;

fn cut_text(text: &str) -> Vec<&str> {
    sentences(text, 20).into_iter().map(|range| &text[range]).collect()
}

fn prose(headings: &[&str], text: &str, media_type: MediaType) -> Document {
    let headings = headings.iter().map(|&heading| heading.to_owned()).collect();
    Document {
        blocks: vec![Block::Prose { headings, text: text.to_owned(), media_type }],
        ..Document::default()
    }
}

#[test]
fn chinese_sentences_end_where_a_reader_stops() {
    assert_eq!(
        cut_text("他说：“走吧！”然后走了……真的？！\n第二段；完 v1.5 版. End"),
        ["他说：“走吧！”", "然后走了……", "真的？！", "第二段；", "完 v1.5 版.", "End"]
    );
}

#[test]
fn a_long_sentence_is_cut_after_a_comma() {
    assert_eq!(
        cut_text("一二三四五六七八九十，一二三四五六七八九十一二三四五六七八九十")[0],
        "一二三四五六七八九十，"
    );
    assert_eq!(cut_text(&"字".repeat(45)).iter().map(|s| s.chars().count()).collect::<Vec<_>>(), [20, 20, 5]);
}

#[test]
fn windows_are_whole_sentences_and_lead_back_to_their_section() {
    let text = "平行志愿是一种投档方式。".repeat(30);
    let pieces = cut(&prose(&["政策", "志愿"], &text, MediaType::Plain), 120);
    assert_eq!(pieces.sections.len(), 1);
    assert_eq!(pieces.windows.len(), 3);
    for window in &pieces.windows {
        let range = window.range.start as usize..window.range.end as usize;
        assert!(window.text.starts_with("政策 志愿\n平行"), "{}", window.text);
        assert!(pieces.sections[0].text[range].ends_with('。'));
    }
}

#[test]
fn every_sentence_is_in_exactly_one_window() {
    let text: String = (0..400)
        .map(|i| format!("这是第{i}句话，内容各不相同。{}", if i % 7 == 0 { "\n" } else { "" }))
        .collect();
    let pieces = cut(&prose(&[], &text, MediaType::Plain), 120);
    assert!(pieces.sections.len() > 1);
    for i in 0..400 {
        let sentence = format!("这是第{i}句话，");
        let holding = pieces.windows.iter().filter(|window| window.text.contains(&sentence));
        assert_eq!(holding.count(), 1, "{sentence}");
    }
    for section in &pieces.sections {
        assert!(section.text.chars().count() <= SECTION_CHARS);
    }
}

#[test]
fn markdown_is_matched_without_its_marks_and_shown_with_them() {
    let pieces = cut(&prose(&[], "**平行志愿**见[章程](https://example.org)。", MediaType::Markdown), 120);
    assert_eq!(pieces.windows[0].text, "平行志愿见章程。");
    assert!(pieces.sections[0].text.starts_with("**"));
}

#[test]
fn what_is_shown_grows_around_the_window() {
    let text: String = (0..100).map(|i| format!("第{i}句说明。")).collect();
    let at = text.find("第50句").unwrap();
    let shown = shown(&text, at..at + "第50句说明。".len(), 100);
    assert!(
        shown.contains("第50句说明。") && shown.contains("第48句说明。") && shown.contains("第52句说明。")
    );
    assert!(shown.chars().count() <= 100);
    assert!(shown.starts_with('第') && shown.ends_with('。'));
    assert_eq!(super::shown("短文。", 0..9, 100), "短文。");
}

#[test]
fn a_question_and_its_variants_lead_to_one_answer() {
    let document = Document {
        blocks: vec![Block::Question {
            question: "你是谁？".into(),
            variants: vec!["你叫什么".into()],
            answer: " 我是助手。\n".into(),
            media_type: MediaType::Plain,
        }],
        ..Document::default()
    };
    let pieces = cut(&document, 120);
    assert_eq!(pieces.sections[0].answer.as_deref(), Some(" 我是助手。\n"));
    assert_eq!(pieces.windows.len(), 2);
    assert_eq!(pieces.windows[1].key.as_deref(), Some("你叫什么"));
}
