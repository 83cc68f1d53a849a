use super::*;

fn ids(text: &str) -> Vec<TermId> {
    Terms::of(text).counts.into_iter().map(|(id, _)| id).collect()
}

#[test]
fn chinese_gives_characters_and_pairs() {
    let terms = Terms::of("平行志愿");
    assert_eq!(terms.length, 7, "four characters, three pairs");
    assert_eq!(terms.counts.len(), 7);
    assert!(ids("平行志愿").contains(&hash(&['志', '愿'])));
    assert!(!ids("平行，志愿").contains(&hash(&['行', '志'])), "a comma parts a pair");
}

#[test]
fn latin_gives_words_without_width_or_case() {
    assert_eq!(ids("GPA 3.5"), ids("ｇｐａ　３．５"));
    assert_eq!(Terms::of("hello hello").counts, [(hash(&['h', 'e', 'l', 'l', 'o']), 2)]);
    assert_eq!(Terms::of("考GPA分").length, 3, "a word parts a pair");
}

#[test]
fn traditional_and_simplified_have_the_same_terms() {
    assert_eq!(ids("平行志願"), ids("平行志愿"));
    assert_eq!(question_key("怎麼退費？"), question_key("怎么退费"));
}

#[test]
fn a_question_asks_for_what_is_left_without_its_question_words() {
    let asked = Terms::asked("平行志愿是什么？");
    assert_eq!(asked.length, 9, "平行志愿, and where it meets the rest");
    assert!(!asked.counts.iter().any(|&(id, _)| id == hash(&['什', '么'])));
    assert_eq!(Terms::asked("谁？"), Terms::of("谁？"));
    assert_eq!(Terms::asked("志愿和志愿").counts.iter().map(|(_, times)| times).max(), Some(&1));
}

#[test]
fn counting_a_questions_terms_in_a_text_counts_the_same_as_counting_all() {
    let text = "平行志愿的投档：志愿 GPA gpa 3.5";
    let all = Terms::of(text);
    let asked: Vec<(TermId, ())> =
        Terms::of("志愿怎么投 gpa").counts.iter().map(|&(id, _)| (id, ())).collect();
    let among = Terms::among(text, &asked);
    let is_asked = |id: &TermId| asked.iter().any(|(other, ())| other == id);
    let wanted: Vec<_> = all.counts.iter().copied().filter(|(id, _)| is_asked(id)).collect();
    assert!(wanted.len() > 3, "{wanted:?}");
    assert_eq!(among, Terms { counts: wanted, length: all.length });
}

#[test]
fn what_several_wordings_ask_for_counts_for_each() {
    let both = [(Terms::asked("学费"), 3), (Terms::asked("北大 学费"), 2)];
    let both = Terms::counted(both.into_iter());
    let count =
        |parts: &[char]| both.counts.iter().find(|(id, _)| *id == hash(parts)).map(|(_, times)| *times);
    assert_eq!((count(&['学', '费']), count(&['北', '大']), both.length), (Some(5), Some(2), 21));
}

#[test]
fn questions_equal_but_for_punctuation_have_one_key() {
    assert_eq!(question_key("你是谁？"), question_key(" 你是谁 ?! "));
    assert_eq!(question_key("ＡＢＣ"), question_key("abc"));
    assert_eq!(question_key("？！"), None);
    assert_eq!(question_key("您好，请问一下怎么退款呢？谢谢！"), question_key("怎么退款"));
    assert_eq!(question_key("你好").as_deref(), Some("你好"));
    assert_ne!(question_key("退款吗"), question_key("退款"));
}

#[test]
fn an_opening_is_left_out_in_all_its_forms() {
    for opening in [
        "请问",
        "请问下",
        "想问一下",
        "想问下",
        "麻烦问下",
        "我想问下",
        "想了解下",
        "想问问",
        "咨询下",
        "您好，我想咨询一下",
        "老师您好，想请教一下",
    ] {
        assert_eq!(question_key(&format!("{opening}运费多少")), question_key("运费多少"), "{opening}");
    }
    // 下 is of another word, the verb is asked about, or something is wanted.
    for (text, key) in [
        ("请问下周几点开门", "下周几点开门"),
        ("请问下单后怎么改地址", "下单后怎么改地址"),
        ("咨询电话是多少", "咨询电话是多少"),
        ("我想退款", "我想退款"),
        ("请假怎么请", "请假怎么请"),
    ] {
        assert_eq!(question_key(text).as_deref(), Some(key), "{text}");
    }
}

#[test]
fn term_ids_stay_what_they_were() {
    // Stored documents hold these numbers.
    assert_eq!([hash(&['你']), hash(&['你', '是'])], KNOWN);
}

const KNOWN: [TermId; 2] = [428_421_354, 1_497_183_335];
