use super::*;

#[test]
fn an_empty_table_is_the_default() {
    let base: BaseSettings = toml::from_str("").unwrap();
    assert_eq!(base, BaseSettings::default());
    let embedder: EmbedderSettings = toml::from_str("timeout = \"2s\"").unwrap();
    assert_eq!(embedder.timeout, Duration::from_secs(2));
    assert!(problems(&BTreeMap::from([("a".into(), base)]), &BTreeMap::new(), &BTreeMap::new()).is_empty());
}

#[test]
fn an_offer_above_the_answer_is_refused_with_the_mend() {
    let found = |offer| {
        let base =
            BaseSettings { offer_threshold: Some(offer), answer_threshold: 0.9, ..BaseSettings::default() };
        problems(&BTreeMap::from([("faq".into(), base)]), &BTreeMap::new(), &BTreeMap::new())
    };
    assert!(found(0.9).is_empty() && found(0.0).is_empty());
    let above = &found(0.95)[0];
    assert_eq!(above.key, "knowledge.faq.offer_threshold");
    assert!(above.message.contains("answer_threshold = 0.9") && above.message.contains("lower it"));
    assert!(found(-0.1)[0].message.contains("between 0 and 1"));
    assert!(found(f64::NAN)[0].message.contains("between 0 and 1"));
}

#[test]
fn a_weight_that_hides_every_other_base_is_refused_in_few_characters() {
    let found = |weight| {
        let base = BaseSettings { weight, ..BaseSettings::default() };
        problems(&BTreeMap::from([("faq".into(), base)]), &BTreeMap::new(), &BTreeMap::new())
    };
    for weight in [0.001, 1.0, 1000.0] {
        assert!(found(weight).is_empty(), "{weight}");
    }
    for weight in [1e308, f64::INFINITY, f64::NAN, 1e-300, 1001.0] {
        let message = &found(weight)[0].message;
        assert!(message.ends_with("it must be between 0.001 and 1000") && message.len() < 60, "{message}");
    }
    for weight in [0.0, -1.0, f64::NEG_INFINITY] {
        assert!(found(weight)[0].message.ends_with("it must be above 0"), "{weight}");
    }
}

#[test]
fn copies_of_a_cluster_that_cannot_work_are_refused_with_the_mend() {
    let found = |table: &str| {
        let store: StoreSettings = toml::from_str(table).unwrap();
        problems(&BTreeMap::new(), &BTreeMap::new(), &BTreeMap::from([("far".into(), store)]))
    };
    assert!(found("").is_empty() && found("replication_factor = 2").is_empty());
    assert!(found("replication_factor = 3\nwrite_consistency_factor = 2").is_empty());
    let more = &found("replication_factor = 2\nwrite_consistency_factor = 3")[0];
    assert_eq!(more.key, "stores.far.write_consistency_factor");
    assert!(more.message.contains("replication_factor = 2"), "{more}");
    assert_eq!(found("replication_factor = 0")[0].key, "stores.far.replication_factor");
}

#[test]
fn every_problem_names_its_key() {
    let base = BaseSettings {
        top_k: 0,
        threshold: Some(1.5),
        question_threshold: Some(-0.5),
        store: "far".into(),
        embedder: "other".into(),
        ..BaseSettings::default()
    };
    let embedder = EmbedderSettings { kind: EmbedderKind::OpenAi, ..EmbedderSettings::default() };
    let found = problems(
        &BTreeMap::from([("a/b".into(), base)]),
        &BTreeMap::from([("remote".into(), embedder)]),
        &BTreeMap::new(),
    );
    let keys: Vec<_> = found.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "knowledge.a/b.top_k",
            "knowledge.a/b.threshold",
            "knowledge.a/b.question_threshold",
            "knowledge.a/b.embedder",
            "knowledge.a/b.store",
            "embedders.remote.base_url",
            "embedders.remote.model",
        ]
    );
}

#[test]
fn the_keys_of_a_kind_are_those_whose_description_says_so() {
    let schema = serde_json::to_value(schemars::schema_for!(EmbedderSettings)).unwrap();
    let described = |kind: &str| {
        let keys = schema["properties"].as_object().unwrap().iter();
        let of_kind = keys.filter(|(_, key)| {
            key["description"].as_str().is_some_and(|text| text.starts_with(&format!("`{kind}`: ")))
        });
        of_kind.map(|(name, _)| name.clone()).collect::<std::collections::BTreeSet<_>>()
    };
    for (kind, others) in [(EmbedderKind::Local, "openai"), (EmbedderKind::OpenAi, "local")] {
        let (keys, _) = EmbedderSettings { kind, ..EmbedderSettings::default() }.keys_of_other_kind();
        assert_eq!(
            keys.iter().map(|key| (*key).to_owned()).collect::<std::collections::BTreeSet<_>>(),
            described(others)
        );
    }
}
