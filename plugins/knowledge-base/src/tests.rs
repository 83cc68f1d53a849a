use super::*;

pub(crate) fn hit(base: &str, text: &str, score: f64, answer: Option<&str>) -> Hit {
    Hit {
        id: format!("{base}/{text}"),
        knowledge_base: base.to_owned(),
        document: "文档".to_owned(),
        title: "招生章程".to_owned(),
        section: vec!["第一章".to_owned()],
        url: None,
        text: text.to_owned(),
        media_type: MediaType::Markdown,
        score,
        rank: score,
        standard_answer: answer.map(str::to_owned),
        same: answer.map(|_| score),
        offered_answer: None,
        question: answer.map(|_| text.to_owned()),
    }
}

pub(crate) fn offered(base: &str, question: &str, score: f64, answer: &str) -> Hit {
    let hit = hit(base, question, score, Some(answer));
    Hit { offered_answer: hit.standard_answer.clone(), standard_answer: None, ..hit }
}

fn report(base: &str, best: Option<f64>, threshold: f64, error: Option<&str>) -> BaseReport {
    BaseReport {
        knowledge_base: base.to_owned(),
        found: 0,
        best_score: best,
        threshold,
        error: error.map(str::to_owned),
    }
}

fn found(hits: Vec<Hit>) -> Results {
    Results { hits, reports: Vec::new() }
}

#[test]
fn the_likeliest_question_answers_whatever_outranks_it() {
    let mut exact = hit("faq", "你是谁?", 1.0, Some("我是助手。"));
    exact.rank = 0.5;
    let hits = vec![hit("policy", "平行志愿", 0.9, None), hit("faq", "你是", 0.95, Some("不是我")), exact];
    let Contribution::Answer(given) = contribution(found(hits), &Config::default()) else {
        panic!("no answer");
    };
    assert_eq!(given.text, "我是助手。");
}

#[test]
fn a_standard_answer_on_top_is_given_out_byte_for_byte() {
    let answer = "我是**掌上高考**助手。\n\n";
    let results =
        || found(vec![hit("faq", "你是谁?", 0.97, Some(answer)), hit("policy", "平行志愿", 0.6, None)]);
    let Contribution::Answer(given) = contribution(results(), &Config::default()) else {
        panic!("no answer");
    };
    assert_eq!(given.text, answer);
    assert_eq!(given.media_type, MediaType::Markdown);
    assert_eq!(given.sources.len(), 1);
    assert_eq!(given.sources[0].text, "你是谁?");
    assert_eq!(given.sources[0].knowledge_base.as_deref(), Some("faq"));

    let off = Config { standard_answers: false, ..Config::default() };
    let Contribution::Passages(passages) = contribution(results(), &off) else {
        panic!("no passages");
    };
    assert_eq!(passages.len(), 2);
}

#[test]
fn passages_are_counted_after_duplicates_are_gone() {
    let config = Config { max_passages: Some(2), ..Config::default() };
    let hits = vec![
        hit("a", "同一段文字。", 0.9, None),
        hit("b", "同一段 文字", 0.8, None),
        hit("b", "另一段", 0.7, None),
        hit("b", "第三段", 0.6, None),
    ];
    let Contribution::Passages(passages) = contribution(found(hits), &config) else {
        panic!("no passages");
    };
    let texts: Vec<_> = passages.iter().map(|passage| passage.text.as_str()).collect();
    assert_eq!(texts, ["同一段文字。", "另一段"]);
}

#[test]
fn nothing_says_why_for_each_base() {
    let reports = vec![
        report("policy", Some(0.41), 0.45, None),
        report("help", None, 0.3, None),
        report("faq", None, 0.3, Some("the store is locked")),
        report("close", Some(0.4499), 0.45, None),
    ];
    let contribution = contribution(Results { hits: Vec::new(), reports }, &Config::default());
    assert_eq!(
        contribution,
        Contribution::Nothing(
            "policy: best 0.41 below threshold 0.45; help: nothing matched; faq: could not be \
             searched: the store is locked; close: best 0.4499 below threshold 0.45"
                .to_owned()
        )
    );
}

#[test]
fn every_key_of_the_schema_is_a_key_of_the_configuration() {
    let schema: serde_json::Value =
        serde_json::from_str(&KnowledgeBase::describe().config_schema).expect("JSON");
    let example = &schema["examples"][0];
    let keys: Vec<_> = schema["properties"].as_object().expect("an object").keys().collect();
    let shown: Vec<_> = example.as_object().expect("an object").keys().collect();
    assert_eq!(keys, shown);
    let config: Config = serde_json::from_value(example.clone()).expect("the example parses");
    assert_eq!(config.knowledge_bases, ["policy", "faq"]);
    assert_eq!((config.top_k, config.threshold), (Some(6), Some(0.45)));
    assert!(config.filters.is_some());
    assert_eq!((config.max_passages, config.standard_answers), (Some(8), true));
    assert_eq!((config.offer_choices, config.offer_text.as_str()), (Some(3), "您想问的是哪一个？"));
    let default = |key: &str| schema["properties"][key]["default"].as_str().map(str::to_owned);
    assert_eq!(default("offer_text"), Some(Config::default().offer_text));
    assert_eq!(default("offer_gone"), Some(Config::default().offer_gone));
}
