use super::*;

fn of(texts: &[&str], render: impl Fn(&[String]) -> String) -> Vec<Showing> {
    let plain: Vec<_> = texts.iter().map(|text| (*text).to_owned()).collect();
    let masks: Vec<_> = texts.iter().enumerate().map(|(place, text)| mask(text, place)).collect();
    showing(texts, &render(&plain), &render(&masks))
}

#[test]
fn what_is_cut_or_changed_is_shown_in_part() {
    let texts = ["Refunds <b>within</b>\nthree days", "→→ ★★"];
    let whole = of(&texts, |texts| texts.join("\n").replace('\n', "\n   "));
    assert_eq!(whole[0], Showing::Whole);
    let upper = of(&texts, |texts| texts.join(" ").to_uppercase());
    assert_eq!(upper[0], Showing::Part { missing: 0 });
    assert!(
        of(&texts, |texts| texts[0].replace('\n', "<br>")) == [Showing::Part { missing: 0 }, Showing::Not]
    );
    let cut = of(&texts, |texts| texts[0].chars().take(7).collect());
    assert!(matches!(cut[0], Showing::Part { missing: 700..800 }), "{cut:?}");
    let end = of(&texts, |texts| texts[0].chars().skip(7).collect());
    assert!(matches!(end[0], Showing::Part { missing: 1..300 }), "{end:?}");
    let debug = of(&texts, |texts| format!("{texts:?}"));
    assert_eq!(debug[0], Showing::Part { missing: 0 });
    let coded = of(&texts, |texts| format!("{:x?}", texts[0].as_bytes()));
    assert_eq!(coded[0], Showing::Part { missing: 0 }, "nobody can say, so it stays");
}

#[test]
fn what_only_the_question_says_is_not_shown() {
    let texts = ["七天内可换货。", "→→→ ★★★"];
    assert_eq!(of(&texts, |_| "请回答：七天内可换货。→→→ ★★★".into()), [Showing::Not; 2]);
    assert_eq!(of(&texts, |texts| texts[0].chars().count().to_string()), [Showing::Not; 2]);
    let cut = of(&texts, |texts| format!("七天内可换货。{}", texts[0].chars().take(3).collect::<String>()));
    assert!(matches!(cut[0], Showing::Part { .. }), "{cut:?}");
    let chosen = of(&texts, |texts| texts.iter().filter(|text| text.contains('七')).cloned().collect());
    assert_eq!(chosen, [Showing::Whole, Showing::Not], "shown for what it says");
}

#[test]
fn texts_that_stand_one_behind_the_other_need_no_mask() {
    assert!(holds_in_order("甲\n乙，甲", &["甲", "乙\n", " 甲"]));
    assert!(holds_in_order("", &[]));
    assert!(!holds_in_order("乙甲", &["甲", "乙"]));
    // One that is shown once is not there twice.
    assert!(!holds_in_order("见附件。", &["见附件。", "见附件。"]));
}

#[test]
fn what_is_changed_is_complete_and_what_is_cut_is_not() {
    for (showing, is_complete, tokens) in [
        (Showing::Whole, true, 200),
        (Showing::Part { missing: 0 }, true, 200),
        (Showing::Part { missing: 250 }, false, 150),
        (Showing::Not, false, 0),
    ] {
        assert_eq!((showing.is_complete(), showing.tokens_of(200)), (is_complete, tokens), "{showing:?}");
    }
}
