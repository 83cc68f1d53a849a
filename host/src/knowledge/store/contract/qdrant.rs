//! What only a base on a server must do.

use super::*;

#[tokio::test]
async fn a_document_left_half_written_on_qdrant_is_not_seen_and_goes_with_the_next_import() {
    let server = QdrantServer::start().await;
    let store = server.store("half");
    store.put_document(document("a.txt", &["平行志愿的投档规则"])).await.unwrap();
    store.put_half(document("a.txt", &["平行志愿的新规则", "第二段"])).await;
    assert_eq!(ids(&store, "平行志愿").await, ["a.txt#0"]);
    assert!(search(&store, "平行志愿", 5).await[0].section.text.contains("投档"));
    store.put_document(document("a.txt", &["提前批次"])).await.unwrap();
    assert_eq!(store.points().await, 3, "one document, one section, one window");
}

#[tokio::test]
async fn a_collection_whose_indexes_are_not_made_yet_is_read_and_written() {
    let server = QdrantServer::start().await;
    let store = server.store("bare");
    let document = document("a.txt", &["平行志愿的投档规则"]);
    store.begin_collection(&document).await;
    assert!(store.sound_document("a.txt").await.unwrap().is_none());
    store.put_document(document).await.unwrap();
    assert!(store.sound_document("a.txt").await.unwrap().is_some());
}

#[tokio::test]
async fn a_check_mends_what_was_lost_on_qdrant_and_leaves_what_is_being_written() {
    let server = QdrantServer::start().await;
    let store = server.store("checked");
    assert_eq!(store.check().await.unwrap(), StoreCheck::default(), "there is no collection yet");
    for id in ["a.txt", "hidden.txt", "lost.txt", "gone.txt"] {
        store.put_document(document(id, &[&format!("平行志愿的投档规则 {id}"), "第二段"])).await.unwrap();
    }
    // State that an older host may leave: an entry that names a version whose windows another host has
    // deleted.
    store.lose_windows("lost.txt").await;
    store.hide_windows("hidden.txt").await;
    store.lose_head("gone.txt").await;
    store.put_half(document("a.txt", &["从前没写完"])).await;
    store.begin(document("new.txt", &["正在写"])).await;
    for (id, is_sound) in [("a.txt", true), ("hidden.txt", false), ("lost.txt", false)] {
        assert!(store.document(id).await.unwrap().is_some());
        assert_eq!(store.sound_document(id).await.unwrap().is_some(), is_sound, "{id}");
    }
    let checked = store.check().await.unwrap();
    let one = |id: &str| vec![id.to_owned()];
    let expected = StoreCheck {
        documents: 3,
        mended: one("hidden.txt"),
        lost: one("lost.txt"),
        left_over: 1,
        ..StoreCheck::default()
    };
    assert_eq!(checked, expected, "gone.txt may have been written a moment ago");
    assert_eq!(ids(&store, "hidden").await[0], "hidden.txt#0");
    assert_eq!(store.document("lost.txt").await.unwrap(), None);
    assert_eq!(store.points().await, 2 * 5 + 4 + 2, "two documents, one without its entry, one half written");
    assert_eq!(store.check().await.unwrap(), StoreCheck { documents: 2, ..StoreCheck::default() });
}

#[tokio::test]
async fn a_document_whose_entry_goes_while_it_is_written_is_written_again() {
    let server = QdrantServer::start().await;
    let store = server.store("gone");
    store.put_losing_head(document("a.txt", &["平行志愿的投档规则"])).await;
    assert!(store.sound_document("a.txt").await.unwrap().is_some());
    assert_eq!(ids(&store, "平行志愿").await, ["a.txt#0"]);
    assert_eq!(store.points().await, 3, "one document, one section, one window");
}

/// Qdrant 1.16.3 does so now and then: points that it was about to write when it was killed it takes from its log, where a step
/// before may find nothing to do.
#[tokio::test]
async fn a_version_counts_again_though_the_server_has_lost_those_before_it() {
    let server = QdrantServer::start().await;
    let store = server.store("lost");
    let version = |text: &str| document("a.txt", &[text]);
    store
        .put_and_lose([version("平行志愿第一版"), version("平行志愿第二版"), version("平行志愿第三版")])
        .await;
    assert!(store.sound_document("a.txt").await.unwrap().is_some());
    assert!(search(&store, "平行志愿", 5).await[0].section.text.contains("第三版"));
    assert_eq!(store.points().await, 3, "one document, one section, one window");
}

#[tokio::test]
async fn a_server_that_demands_an_index_for_each_filter_is_written_read_and_deleted_from() {
    let server = QdrantServer::start().await;
    let store = server.store("strict");
    for id in ["a.txt", "b.txt", "lost.txt"] {
        store.put_document(document(id, &["平行志愿的投档规则"])).await.unwrap();
    }
    store.lose_windows("lost.txt").await;
    store.make_strict().await;
    store.put_document(document("a.txt", &["平行志愿的新规则"])).await.unwrap();
    let read = store.document("a.txt").await.unwrap();
    let edited = document("a.txt", &["平行志愿的新新规则"]);
    assert!(store.replace_document(read.as_ref(), edited).await.unwrap());
    assert_eq!(ids(&store, "平行志愿").await.len(), 2);
    assert!(store.delete_document("b.txt").await.unwrap());
    assert_eq!(store.check().await.unwrap().lost, ["lost.txt"]);
    assert_eq!(store.totals().await.unwrap().documents, 1);
    assert_eq!(store.points().await, 3, "one document, one section, one window");
}

#[tokio::test]
async fn a_server_that_is_away_is_unavailable() {
    let settings = StoreSettings {
        url: "http://127.0.0.1:1".into(),
        timeout: Duration::from_secs(2),
        ..StoreSettings::default()
    };
    let store = QdrantStore::new("far", &settings, "a").unwrap();
    let error = store.documents().await.unwrap_err();
    assert!(matches!(&error, StoreError::Unavailable(message) if message.contains("store `far`")), "{error}");
}
