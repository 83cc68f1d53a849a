//! Knowledge bases and state, through a guest.

use super::*;

#[tokio::test]
async fn only_granted_knowledge_bases_are_searched() {
    let engine = engine();
    let search = |bases: &[&str], granted: &[&str]| {
        let mut settings = settings(json!({"behaviour": "search", "bases": bases}));
        settings.grants.knowledge = granted.iter().map(ToString::to_string).collect();
        settings
    };
    let named = call(&engine, &search(&["policies"], &["policies", "help"])).await;
    assert_eq!(text(&named), "policies：北京分数线");
    let all = call(&engine, &search(&[], &["policies", "help"])).await;
    assert_eq!(text(&all), "policies：北京分数线\nhelp：北京分数线");
    let [report] = all.report.searches.as_slice() else { panic!("one search") };
    assert_eq!((report.text.as_str(), report.hits, report.bases.len()), ("北京分数线", 2, 2));

    for (bases, granted, expected) in [
        (
            &["policies", "secret"][..],
            &["policies"][..],
            "add \"secret\" to `knowledge` in [plugins.guest.grants]",
        ),
        (&[], &[], "name some in `knowledge` of [plugins.guest.grants]"),
    ] {
        let denied = call(&engine, &search(bases, granted)).await;
        let Err(CallError::Failed { failure: Failure::Denied(text) }) = &denied.result else {
            panic!("{:?}", denied.result)
        };
        assert!(text.contains(expected), "{text}");
        assert_eq!(denied.report.searches[0].error.as_deref(), Some(text.as_str()));
    }
    serves(&engine).await;
}

#[tokio::test]
async fn searches_of_a_call_are_counted_and_the_limit_is_named() {
    let engine = engine();
    let search = |times: u32| {
        let mut settings = settings(json!({"behaviour": "search", "bases": ["policies"], "times": times}));
        settings.grants.knowledge = vec!["policies".into()];
        settings.limits.searches = 3;
        settings
    };
    let enough = call(&engine, &search(3)).await;
    assert_eq!((text(&enough), enough.report.searches.len()), ("policies：北京分数线", 3));
    let more = call(&engine, &search(4)).await;
    let Err(CallError::Failed { failure: Failure::Denied(text) }) = more.result else {
        panic!("{:?}", more.result)
    };
    assert!(text.contains("raise `searches` in [plugins.guest.limits]"), "{text}");
    assert_eq!(more.report.searches.len(), 4, "the report tells of the refused one");
}

#[tokio::test]
async fn a_denied_search_is_reported_in_few_words() {
    let engine = engine();
    let name = "名".repeat(100_000);
    let denied = call(&engine, &settings(json!({"behaviour": "search", "bases": [name]}))).await;
    let Err(CallError::Failed { failure: Failure::Denied(text) }) = &denied.result else {
        panic!("{:?}", denied.result)
    };
    assert!(text.len() < 5000, "{}", text.len());
    let error = denied.report.searches[0].error.as_ref().unwrap();
    assert!(error.len() < 5000 && error.contains("…[cut: "), "{}", error.len());
}

/// Calls of one plugin that share a store.
struct SharedState {
    engine: Arc<Engine>,
    services: Services,
}

impl SharedState {
    async fn call(&self, name: &str, conversation: &str, mut config: Value) -> CallOutcome {
        config["behaviour"] = "state".into();
        let plugin =
            Plugin::load(&self.engine, name, &settings(config), &Secrets::default(), &self.services).await;
        plugin.unwrap().contribute(&TurnInput { conversation: conversation.into(), ..input() }).await
    }

    async fn get(&self, name: &str, conversation: &str) -> String {
        text(&self.call(name, conversation, json!({"get": "k"})).await).to_owned()
    }
}

#[tokio::test]
async fn state_is_kept_when_a_call_succeeds_and_only_for_its_plugin_and_conversation() {
    let memory = SharedState { engine: engine(), services: services() };
    let set = json!({"set": {"k": "值"}, "get": "k"});
    assert_eq!(text(&memory.call("a", "c1", set).await), "值", "a call sees what it wrote");
    assert_eq!(memory.get("a", "c1").await, "值");
    assert_eq!(memory.get("a", "c2").await, "-");
    assert_eq!(memory.get("b", "c1").await, "-");

    memory.services.state.fork("c1", "c2").await.unwrap();
    assert_eq!(memory.get("a", "c2").await, "值");
    assert_eq!(text(&memory.call("a", "c1", json!({"remove": ["k"], "get": "k"})).await), "-");
    assert_eq!((memory.get("a", "c1").await, memory.get("a", "c2").await), ("-".into(), "值".into()));
}

#[tokio::test]
async fn state_of_a_call_that_fails_or_traps_is_forgotten() {
    let memory = SharedState { engine: engine(), services: services() };
    for end in ["fail", "panic"] {
        let outcome = memory.call("a", "c1", json!({"set": {"k": "值"}, "get": "k", "end": end})).await;
        assert!(outcome.result.is_err());
        assert_eq!(memory.get("a", "c1").await, "-", "{end}");
    }
}

#[tokio::test]
async fn a_conversation_holds_so_much_and_no_more() {
    let memory = SharedState { engine: engine(), services: services() };
    let values = |count: usize| {
        (0..count).map(|n| (n.to_string(), "x".repeat(60_000))).collect::<std::collections::BTreeMap<_, _>>()
    };
    assert_eq!(text(&memory.call("a", "c1", json!({"set": values(4), "get": "k"})).await), "-");
    let outcome = memory.call("a", "c1", json!({"set": {"more": "x".repeat(60_000)}, "get": "k"})).await;
    let Err(CallError::Failed { failure: Failure::Unavailable(text) }) = outcome.result else {
        panic!("it fitted")
    };
    assert!(text.contains("TooLarge") && text.contains("262144"), "{text}");
}
