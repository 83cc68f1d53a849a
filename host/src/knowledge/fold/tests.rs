use super::*;

#[test]
fn width_case_and_script_are_evened_out() {
    let even = |text: &str| even(text).collect::<String>();
    assert_eq!(even("平行志願 ＧＰＡ"), even("平行志愿 gpa"));
    assert_eq!(even("錄取通知書／體檢"), "录取通知书/体检");
    assert_eq!(even("录\u{200b}取\u{ad}通知书\u{feff}"), "录取通知书");
}

/// A PDF's ⼀⽅⾯ looks like 一方面 and is another text to every model.
#[test]
fn radicals_are_embedded_as_the_characters_they_look_like() {
    assert_eq!(simplified("⼀⽅⾯⽔"), "一方面水");
    assert_eq!(simplified("⻝堂⻚⻅"), "食堂页见", "NFKC leaves these radicals alone");
    assert_eq!(even("⻝堂").collect::<String>(), "食堂");
    assert_eq!(simplified("\u{f900}⾦"), "岂金", "豈 is written 岂");
    assert_eq!(simplified("⽇本のラーメン"), "日本のラーメン");
    assert_eq!(simplified("ＧＰＡ①½"), "ＧＰＡ①½", "the rest stays");
}

#[test]
fn radicals_are_words() {
    assert!(has_words("⾦⾊") && has_words("⻝") && has_words("金") && has_words("1"));
    assert!(!has_words("——。🙂"));
}

#[test]
fn what_is_embedded_is_simplified_and_nothing_else() {
    assert_eq!(simplified("怎麼填報志願？GPA"), "怎么填报志愿？GPA");
    assert!(matches!(simplified("怎么填报志愿？"), Cow::Borrowed(_)));
    assert_eq!(simplified("學校はどこですか"), "學校はどこですか");
}
