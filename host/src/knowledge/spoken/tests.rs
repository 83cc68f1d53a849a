use super::*;

#[test]
fn spoken_words_become_written_ones_and_the_rest_stays() {
    for (spoken, expected) in [
        ("店喺边度", "店在哪里"),
        ("点样退款", "怎么退款"),
        ("可唔可以停机", "可不可以停机"),
        ("咋个开户，要啥子材料", "怎么个开户，要什么材料"),
        ("木有收到", "没有收到"),
    ] {
        assert_eq!(written(spoken), expected);
    }
    for same in ["", "怎么退款", "几点开门", "联系客服", "GPA 3.5"] {
        assert_eq!(written(same), same);
    }
}
