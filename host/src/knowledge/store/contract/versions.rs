//! Collections of earlier versions of the host, and versions of documents that do not count.

use super::*;

#[tokio::test]
async fn a_collection_of_an_earlier_version_finds_what_a_new_one_finds() {
    let server = QdrantServer::start().await;
    let names = ["earliest", "earlier", "new"];
    let mut texts = document("a.txt", &["甲段说平行志愿。乙段说投档。", "丙段说平行志愿。丁段说体检。"]);
    texts.windows = vec![window(0, "甲段说平行志愿。"), window(1, "丙段说平行志愿。")];
    server.store("earliest").begin_earlier_collection(&texts, &["terms"]).await;
    server.store("earlier").begin_earlier_collection(&texts, &["terms", "section_terms"]).await;
    let mut found = Vec::new();
    for name in names {
        let store = &server.store(name);
        store.put_document(texts.clone()).await.unwrap();
        store.put_document(document("b.txt", &["体检标准与要求", "录取通知书的寄送"])).await.unwrap();
        store.put_document(document("b.txt", &["体检标准与要求", "录取通知书何时寄送"])).await.unwrap();
        // Another host, which has made neither.
        let other = server.store(name);
        let mut all = Vec::new();
        for question in ["平行志愿投档", "体检有什么要求", "录取通知书"] {
            let of = |candidate: Candidate| {
                (candidate.document.id.clone(), candidate.ordinal, format!("{:.6}", candidate.parts.lexical))
            };
            let here: Vec<_> = search(store, question, 10).await.into_iter().map(of).collect();
            let there: Vec<_> = search(&other, question, 10).await.into_iter().map(of).collect();
            assert_eq!(here, there);
            assert_eq!(here.len(), 4, "few windows: all are scored");
            all.push(here);
        }
        let (_, pieces) = store.pieces("b.txt").await.unwrap().unwrap();
        let read: Vec<&str> = pieces.sections.iter().map(|section| section.text.as_str()).collect();
        assert_eq!(read, ["体检标准与要求", "录取通知书何时寄送"]);
        assert_eq!(store.document("b.txt").await.unwrap().map(|document| document.windows), Some(2));
        assert_eq!(store.check().await.unwrap(), StoreCheck { documents: 2, ..StoreCheck::default() });
        assert!(store.delete_document("b.txt").await.unwrap());
        assert_eq!(store.points().await, 1 + 2 + 2);
        found.push(all);
    }
    assert!(found.iter().all(|all| *all == found[0]));
}

#[tokio::test]
async fn windows_of_versions_that_do_not_count_take_no_hits_place() {
    let server = QdrantServer::start().await;
    for name in ["earlier", "new"] {
        let store = server.store(name);
        let counting = [document("a.txt", &["投档的规则"]), document("b.txt", &["志愿的填报"])];
        if name == "earlier" {
            store.begin_earlier_collection(&counting[0], &["terms", "section_terms"]).await;
        }
        for document in counting {
            store.put_document(document).await.unwrap();
        }
        // Many more than are read for the hits wanted, each nearer than those that count.
        let texts: Vec<String> = (0..40).map(|n| format!("平行志愿的投档规则{n}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        for id in ["a.txt", "c.txt"] {
            store.put_half(document(id, &texts)).await;
            store.show_windows(id).await;
        }
        let mut found = search(&store, "平行志愿的投档规则", 2).await;
        found.sort_by(|one, other| one.document.id.cmp(&other.document.id));
        let texts: Vec<_> = found.iter().map(|found| found.section.text.as_str()).collect();
        assert_eq!(texts, ["投档的规则", "志愿的填报"], "{name}");
    }
}

#[tokio::test]
async fn the_graph_is_made_when_an_import_is_over_and_worth_it() {
    let server = QdrantServer::start().await;
    let store = server.store("much");
    let texts: Vec<String> = (0..1100).map(|n| format!("第{n}条规则")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    store.put_document(document("little.txt", &["平行志愿的投档规则"])).await.unwrap();
    store.settle().await;
    assert!(!store.has_graph().await, "few windows are compared all");
    // A section and a window each.
    store.put_document(document("much.txt", &texts)).await.unwrap();
    assert!(!store.has_graph().await, "the import goes on");
    assert_eq!(ids(&store, "第3条规则").await.len(), 10);
    assert!(!store.has_graph().await, "the import goes on");
    store.settle().await;
    assert!(store.has_graph().await);
    assert_eq!(ids(&store, "第3条规则").await.len(), 10);
}

#[tokio::test]
async fn a_host_has_the_graph_made_that_another_has_left() {
    let server = QdrantServer::start().await;
    let texts: Vec<String> = (0..1100).map(|n| format!("第{n}条规则")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let killed = server.store("left");
    killed.put_document(document("much.txt", &texts)).await.unwrap();
    assert!(!killed.has_graph().await);
    let next = server.store("left");
    assert_eq!(ids(&next, "第3条规则").await.len(), 10);
    assert!(next.has_graph().await);
}
