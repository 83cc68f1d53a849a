//! The instance that stands ready for the next call of a plugin.

use super::*;

/// Places for instances beside those of calls.
const SPARES: usize = 32;

/// Waits until it is so.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(60), waiting).await;
    assert!(waited.is_ok(), "{what}");
}

async fn is_ready(plugin: &Arc<Plugin>) {
    until("an instance stands ready", || plugin.shelf.is_full()).await;
}

#[tokio::test]
async fn a_ready_instance_serves_one_call_of_whatever_conversation_comes() {
    let engine = engine();
    let plugin = load(&engine, &settings(json!({"behaviour": "ask"}))).await;
    let called = async |conversation: &str| {
        let input = TurnInput { conversation: conversation.into(), ..input() };
        plugin.contribute(&input).await.result.unwrap()
    };
    assert!(matches!(called("a").await, Contribution::Ask { .. }));
    is_ready(&plugin).await;
    // What the first has kept is its own.
    assert!(matches!(called("b").await, Contribution::Ask { .. }));
    is_ready(&plugin).await;
    let Contribution::Answer { text, .. } = called("a").await else { panic!("it has asked before") };
    assert_eq!(text, "北京分数线，北京分数线");
}

#[tokio::test]
async fn no_instance_serves_two_calls() {
    let engine = engine();
    let settings = settings(json!({"behaviour": "nothing"}));
    let plugin = load(&engine, &settings).await;
    for _ in 0..3 {
        plugin.contribute(&input()).await.result.unwrap();
        is_ready(&plugin).await;
    }
    let first = plugin.shelf.take();
    assert!(first.is_some() && plugin.shelf.take().is_none());
}

#[tokio::test]
async fn an_instance_that_asks_for_what_is_a_conversations_is_made_in_its_call() {
    let engine = engine();
    let mut settings = settings(json!({}));
    settings.component = guests::component("early").to_str().unwrap().to_owned();
    let plugin = load(&engine, &settings).await;
    let mut seen = Vec::new();
    for conversation in ["a", "b", "a"] {
        let input = TurnInput { conversation: conversation.into(), ..input() };
        seen.push(plugin.contribute(&input).await);
        until("nothing is made for it", || plugin.shelf.is_closed()).await;
    }
    let seen: Vec<&str> = seen.iter().map(text).collect();
    assert_eq!(seen, ["nothing", "nothing", "北京分数线"]);
}

#[tokio::test]
async fn what_a_plugin_takes_beside_its_calls_is_little_and_is_given_back() {
    let engine = engine();
    let spare = || engine.spares.available_permits();
    // Nine megabytes are cleared away before the call has ended.
    let mut large = settings(json!({"behaviour": "output", "bytes": 9 << 20}));
    large.limits.output = ByteSize(16 << 20);
    call(&engine, &large).await.result.unwrap();
    assert_eq!(spare(), SPARES);

    let plugin = load(&engine, &settings(json!({"behaviour": "nothing"}))).await;
    for _ in 0..5 {
        plugin.contribute(&input()).await.result.unwrap();
    }
    is_ready(&plugin).await;
    assert_eq!(spare(), SPARES - 1);
    drop(plugin);
    until("its place is free", || spare() == SPARES).await;

    // Where all are taken, calls clear away after themselves.
    let all = Arc::clone(&engine.spares).acquire_many_owned(SPARES as u32).await.unwrap();
    let plugin = load(&engine, &settings(json!({"behaviour": "nothing"}))).await;
    plugin.contribute(&input()).await.result.unwrap();
    drop(all);
    assert!(!plugin.shelf.is_full() && spare() == SPARES);
}

#[tokio::test]
async fn a_formatter_finds_its_instance_ready_too() {
    let engine = engine();
    let mut settings = settings(json!({}));
    settings.component = guests::component("formatter").to_str().unwrap().to_owned();
    let plugin = load(&engine, &settings).await;
    for _ in 0..2 {
        let mut session = plugin.format(None, &[]).await.unwrap();
        assert_eq!(session.feed("好").await, Ok("好".into()));
        assert_eq!(session.finish().await.0, Ok("[1 pieces, 0 sources]".into()));
        is_ready(&plugin).await;
    }
    // A piece that breaks it leaves the next answer an instance of its own.
    let mut session = plugin.format(None, &[]).await.unwrap();
    session.feed("PANIC").await.unwrap_err();
    drop(session);
    let mut session = plugin.format(None, &[]).await.unwrap();
    assert_eq!(session.feed("好").await, Ok("好".into()));
}
