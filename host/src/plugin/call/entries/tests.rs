//! What a call makes of its writes.

use super::*;
use crate::knowledge::{Query, Results, SearchError};
use crate::plugin::process::{Clients, KnowledgeSearch, LimitSettings, Services};

fn changes(key: &str, value: Option<&[u8]>) -> Changes {
    Changes::from([(key.to_owned(), value.map(<[u8]>::to_vec))])
}

async fn load(
    store: &StateStore,
    plugin: &str,
    conversation: &str,
) -> std::collections::BTreeMap<String, Vec<u8>> {
    store.load(plugin.to_owned(), conversation.to_owned()).await.unwrap().entries
}

/// A call may search as well; these do not.
struct NoLibrary;

impl KnowledgeSearch for NoLibrary {
    fn search<'a>(
        &'a self,
        _: &'a Query,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<Results, SearchError>> + Send + 'a>> {
        Box::pin(async {
            Err(SearchError::Unavailable { cause: "nothing is searched here".into(), lasts: false })
        })
    }
}

fn entries(store: &StateStore, state_writes: u32) -> CallEntries {
    let limits = LimitSettings { state_writes, ..LimitSettings::default() };
    let context = PluginContext {
        services: Some(Services { library: Arc::new(NoLibrary), state: store.clone() }),
        ..PluginContext::bare("a", limits, &Arc::new(Clients::new().unwrap()))
    };
    CallEntries::new(Arc::new(context), "one".into())
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

#[test]
fn keys_and_values_have_the_sizes_the_interface_gives() {
    assert!(check_sizes(&"k".repeat(MAX_KEY), &vec![0; MAX_VALUE]).is_ok());
    assert!(
        matches!(check_sizes("", b""), Err(StateError::TooLarge(text)) if text.contains("1 to 256 bytes"))
    );
    assert!(check_sizes(&"k".repeat(MAX_KEY + 1), b"").is_err());
    assert!(check_sizes("k", &vec![0; MAX_VALUE + 1]).is_err());
}

#[tokio::test]
async fn changes_that_cancel_out_are_not_written() {
    let store = StateStore::in_memory(Duration::from_secs(600_000)).unwrap();
    store.save("a".into(), "one".into(), changes("kept", Some(b"v")), None).await.unwrap();
    let before = store.written().await;
    let mut call = entries(&store, 100);
    call.set("new".into(), b"1".to_vec()).await.unwrap();
    call.remove("new".into()).await.unwrap();
    call.set("kept".into(), b"other".to_vec()).await.unwrap();
    call.set("kept".into(), b"v".to_vec()).await.unwrap();
    assert_eq!(call.get("new").await, Ok(None));
    assert_eq!(call.get("kept").await, Ok(Some(b"v".to_vec())));
    call.commit(soon()).await.unwrap();
    assert_eq!(store.written().await, before);

    // The same writes keep old state from being forgotten.
    store.grow_older(2 * 3600).await;
    let before = store.written().await;
    let mut call = entries(&store, 100);
    call.set("kept".into(), b"v".to_vec()).await.unwrap();
    call.commit(soon()).await.unwrap();
    assert_eq!(store.written().await, before + 1);

    let mut call = entries(&store, 100);
    call.remove("kept".into()).await.unwrap();
    assert_eq!(call.get("kept").await, Ok(None));
    call.commit(soon()).await.unwrap();
    assert!(load(&store, "a", "one").await.is_empty());
}

#[tokio::test]
async fn a_commit_after_the_deadline_writes_nothing() {
    let store = StateStore::in_memory(Duration::from_secs(60)).unwrap();
    let mut call = entries(&store, 100);
    call.set("k".into(), b"v".to_vec()).await.unwrap();
    assert_eq!(call.commit(Instant::now()).await, Err(StateError::Late));
    assert!(load(&store, "a", "one").await.is_empty());
}

#[tokio::test]
async fn writes_of_a_call_are_counted_and_the_limit_is_named() {
    let store = StateStore::in_memory(Duration::from_secs(60)).unwrap();
    let mut call = entries(&store, 2);
    call.set("k".into(), b"v".to_vec()).await.unwrap();
    call.remove("k".into()).await.unwrap();
    for refused in [call.set("k".into(), b"w".to_vec()).await, call.remove("k".into()).await] {
        let Err(StateError::TooLarge(text)) = refused else { panic!("{refused:?}") };
        assert!(text.contains("`state_writes` in [plugins.a.limits]"), "{text}");
    }
}
