use super::*;

fn tokenizer(lowercase: bool) -> WordPiece {
    let words = ["[UNK]", "[CLS]", "[SEP]", "志", "愿", "gp", "##a", "，", "3", ".", "##5", "cafe"];
    let vocabulary = words.iter().zip(0..).map(|(word, id)| ((*word).to_owned(), id)).collect();
    WordPiece::new(vocabulary, lowercase).unwrap()
}

#[test]
fn chinese_is_cut_into_characters_and_words_into_pieces() {
    let tokenizer = tokenizer(true);
    assert_eq!(tokenizer.tokens("志愿，GPA 3.5", 512), [1, 3, 4, 7, 5, 6, 8, 9, 0, 2]);
    assert_eq!(tokenizer.tokens("ＧＰＡ", 512), [1, 5, 6, 2]);
    assert_eq!(tokenizer.tokens("Café\u{200b}", 512), [1, 11, 2]);
    assert_eq!(tokenizer.tokens("", 512), [1, 2]);
    assert_eq!(tokenizer.tokens(&"a".repeat(5000), 512), [1, 0, 2]);
}

#[test]
fn a_vocabulary_without_capitals_is_lower_case() {
    assert_eq!(tokenizer(false).tokens("GPA", 512), [1, 5, 6, 2]);
}

#[test]
fn a_long_text_is_cut_with_its_end_token() {
    let tokens = tokenizer(true).tokens(&"志愿".repeat(600), 512);
    assert_eq!((tokens.len(), tokens[511]), (512, 2));
}
