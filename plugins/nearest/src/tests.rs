use super::*;

#[test]
fn slips_and_parts_are_recognised_and_other_words_are_not() {
    for (word, known, expected) in [
        ("lissten", &["listen", "hosts"][..], Some("listen")),
        ("treshold", &["threshold", "answer_threshold"], Some("threshold")),
        ("url", &["base_url", "model"], Some("base_url")),
        ("model_name", &["base_url", "model"], Some("model")),
        ("context_token", &["context_tokens"], Some("context_tokens")),
        ("mian", &["main", "other"], Some("main")),
        ("knowledge_base", &["knowledge-base", "search"], Some("knowledge-base")),
        ("markdwon", &["kb", "markdown"], Some("markdown")),
        ("retries", &["url", "method", "result"], None),
        ("温度", &["temperature"], None),
    ] {
        assert_eq!(nearest(word, known.iter().copied()), expected, "{word}");
    }
}

#[test]
fn a_part_of_several_words_is_near_to_each() {
    let known = ["connect_timeout", "first_byte_timeout", "model", "stall_timeout"];
    assert_eq!(all_nearest("timeout", known), ["connect_timeout", "first_byte_timeout", "stall_timeout"]);
    assert_eq!(all_nearest("conect_timeout", known), ["connect_timeout"]);
    assert_eq!(all_nearest("temperature", known), [""; 0]);
}
