//! Collections of earlier versions of the host, and versions of documents that do not count.

use super::*;

#[tokio::test]
async fn a_collection_of_an_earlier_version_finds_what_a_new_one_finds() {
    let server = QdrantServer::start().await;
    let names = ["earliest", "earlier", "before", "numbers", "new"];
    let mut texts = document("a.txt", &["甲段说平行志愿。乙段说投档。", "丙段说平行志愿。丁段说体检。"]);
    texts.windows = vec![window(0, "甲段说平行志愿。"), window(1, "丙段说平行志愿。")];
    for (name, dense, sparse) in [
        ("earliest", "dense", &["terms"][..]),
        ("earlier", "dense", &["terms", "section_terms"][..]),
        ("before", "window", &["terms", "section_terms"][..]),
        ("numbers", "window", &["terms", "section_terms"][..]),
    ] {
        server.store(name).begin_earlier_collection(&texts, dense, sparse).await;
    }
    let mut found = Vec::new();
    for name in names {
        let store = &server.store(name);
        let put = async |document: NewDocument| match name {
            "before" => store.put_as_before(document).await,
            _ => store.put_document(document).await.unwrap(),
        };
        put(texts.clone()).await;
        put(document("b.txt", &["体检标准与要求", "录取通知书的寄送"])).await;
        store.put_document(document("b.txt", &["体检标准与要求", "录取通知书何时寄送"])).await.unwrap();
        let indexed = store.indexed_fields().await;
        let counted_by = ["terms", "words"].map(|field| indexed.contains(field));
        assert_eq!(counted_by, [name != "new", name == "new"], "{name} stays as it was made");
        // Its weights are stored in each collection, those of the others in the earlier ones.
        put(document("long.txt", &["体检由医院安排，要求空腹。".repeat(60).as_str()])).await;
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
            assert_eq!(here.len(), 5, "few windows: all are scored");
            all.push(here);
        }
        let (_, pieces) = store.pieces("b.txt").await.unwrap().unwrap();
        let read: Vec<&str> = pieces.sections.iter().map(|section| section.text.as_str()).collect();
        assert_eq!(read, ["体检标准与要求", "录取通知书何时寄送"]);
        assert_eq!(store.document("b.txt").await.unwrap().map(|document| document.windows), Some(2));
        assert_eq!(store.check().await.unwrap(), StoreCheck { documents: 3, ..StoreCheck::default() });
        assert!(store.delete_document("b.txt").await.unwrap());
        assert_eq!(store.points().await, 3 + (1 + 2 + 2));
        found.push(all);
    }
    assert!(found.iter().all(|all| *all == found[0]));
}

#[tokio::test]
async fn terms_are_counted_exactly_whichever_way_windows_hold_them() {
    let server = QdrantServer::start().await;
    let part = |n: u32, version: u32| -> Vec<String> {
        (0..250).map(|i| format!("第{}条说平行志愿，版本{version}，批次{}", n * 250 + i, i % 7)).collect()
    };
    let put = async |store: &QdrantStore, n: u32, texts: &[String]| {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        store.put_document(document(&format!("{n}.txt"), &texts)).await.unwrap();
    };
    let first: Vec<Vec<String>> = (0..5).map(|n| part(n, 1)).collect();
    // One is replaced, one deleted.
    let mut then = first.clone();
    then[1] = part(1, 2);
    then.remove(3);
    for name in ["numbers", "new"] {
        let store = server.store(name);
        if name == "numbers" {
            let sparse = ["terms", "section_terms"];
            store.begin_earlier_collection(&document("a.txt", &["平行志愿"]), "window", &sparse).await;
        }
        let importing = store.importing();
        for (n, texts) in (0..).zip(&first) {
            put(&store, n, texts).await;
        }
        assert_counts(&store, &first).await;
        drop(importing);
        // The server puts segments together meanwhile.
        store.settle().await;
        put(&store, 1, &then[1]).await;
        assert!(store.delete_document("3.txt").await.unwrap());
        store.put_half(document("half.txt", &["平行志愿的第3条"])).await;
        let begun = Instant::now();
        while !store.has_settled().await {
            assert!(begun.elapsed() < Duration::from_secs(100), "the server does not settle");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // Another host, which remembers nothing.
        let other = server.store(name);
        assert_counts(&other, &then).await;
        assert_eq!(ids(&other, &then[1][7]).await[0], "1.txt#7", "{name}");
    }
}

/// Compares the server's counts with those of the texts themselves.
async fn assert_counts(store: &QdrantStore, texts: &[Vec<String>]) {
    let stored: Vec<Terms> = texts.iter().flatten().map(|text| Terms::of(text)).collect();
    for question in ["第3条说平行志愿", "版本2批次4", "第1007条", "体检有什么要求"] {
        let asked = Terms::of(question);
        let mut df = Vec::new();
        for (term, _) in &asked.counts {
            let has = |terms: &&Terms| terms.counts.iter().any(|(id, _)| id == term);
            df.push(stored.iter().filter(has).count() as u64);
        }
        assert_eq!(store.counts_of(&asked).await, (stored.len() as u64, df), "{question}");
    }
}

#[tokio::test]
async fn windows_of_versions_that_do_not_count_take_no_hits_place() {
    let server = QdrantServer::start().await;
    for name in ["earlier", "new"] {
        let store = server.store(name);
        let counting = [document("a.txt", &["投档的规则"]), document("b.txt", &["志愿的填报"])];
        if name == "earlier" {
            store.begin_earlier_collection(&counting[0], "dense", &["terms", "section_terms"]).await;
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

/// More sections and windows than a graph is worth in tests.
fn much() -> NewDocument {
    let texts: Vec<String> = (0..1100).map(|n| format!("第{n}条规则")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    document("much.txt", &texts)
}

#[tokio::test]
async fn the_graph_is_made_when_an_import_is_over_and_worth_it() {
    let server = QdrantServer::start().await;
    let store = server.store("much");
    store.put_document(document("little.txt", &["平行志愿的投档规则"])).await.unwrap();
    store.settle().await;
    assert!(!store.has_graph().await, "few windows are compared all");
    // An import of this base, and another at the same time that ends first.
    let (long, short) = (store.importing(), store.importing());
    store.put_document(much()).await.unwrap();
    assert!(store.keeps_segments_small().await, "much was written");
    assert_eq!(ids(&store, "第3条规则").await.len(), 10);
    drop(short);
    store.settle().await;
    assert!(store.keeps_segments_small().await, "one import goes on");
    assert!(!store.has_graph().await, "one import goes on");
    drop(long);
    store.settle().await;
    assert!(store.has_graph().await);
    assert!(!store.keeps_segments_small().await);
    assert_eq!(ids(&store, "第3条规则").await.len(), 10);

    // What comes next counts anew, and a write that belongs to no import never counts.
    store.put_document(much()).await.unwrap();
    assert!(!store.keeps_segments_small().await, "no import");
    let importing = store.importing();
    store.put_document(document("little.txt", &["体检的标准"])).await.unwrap();
    assert!(!store.keeps_segments_small().await, "little was written");
    drop(importing);
}

#[tokio::test]
async fn an_import_that_goes_on_and_on_has_its_segments_put_together() {
    let server = QdrantServer::start().await;
    let store = server.store("endless");
    let _importing = store.importing();
    let dimensions = much().windows[0].vector.len();
    // A window takes 4 bytes for each dimension; small segments are kept up to 256 KiB in tests.
    let writes = (256 * 1024usize).div_ceil(1100 * dimensions * 4);
    for _ in 0..writes.max(2) {
        store.put_document(much()).await.unwrap();
    }
    assert!(!store.keeps_segments_small().await);
    assert!(!store.has_graph().await);
}

#[tokio::test]
async fn a_host_makes_what_another_has_left_that_was_killed_in_an_import() {
    let server = QdrantServer::start().await;
    let killed = server.store("left");
    let _importing = killed.importing();
    killed.put_document(much()).await.unwrap();
    assert!(!killed.has_graph().await);
    assert!(killed.keeps_segments_small().await);
    let next = server.store("left");
    assert_eq!(ids(&next, "第3条规则").await.len(), 10);
    assert!(next.has_graph().await);
    assert!(!next.keeps_segments_small().await);
}

#[tokio::test]
async fn a_host_that_serves_makes_in_time_what_another_has_left_that_was_killed_in_an_import() {
    let server = QdrantServer::start().await;
    let (killed, serving) = (server.store("left"), server.store("left"));
    killed.put_document(document("little.txt", &["平行志愿的投档规则"])).await.unwrap();
    assert_eq!(ids(&serving, "平行志愿").await, ["little.txt#0"]);
    let _importing = killed.importing();
    killed.put_document(much()).await.unwrap();
    assert_eq!(ids(&serving, "第3条规则").await.len(), 10);
    assert!(serving.keeps_segments_small().await);
    serving.age();
    assert_eq!(ids(&serving, "第3条规则").await.len(), 10);
    assert!(
        serving.keeps_segments_small().await,
        "more is there than before: the other may still be importing"
    );
    serving.age();
    assert_eq!(ids(&serving, "第3条规则").await.len(), 10);
    assert!(serving.has_graph().await);
    assert!(!serving.keeps_segments_small().await);
}

#[tokio::test]
async fn a_server_that_was_killed_when_it_put_segments_together_goes_on_and_has_lost_nothing() {
    let mut server = QdrantServer::start().await;
    let (importing, serving) = (server.store("killed"), server.store("killed"));
    importing.put_document(document("little.txt", &["平行志愿的投档规则"])).await.unwrap();
    for round in 0..3 {
        assert_eq!(ids(&serving, "平行志愿").await[0], "little.txt#0");
        let import = importing.importing();
        let mut much = much();
        much.info.digest = format!("digest-{round}");
        importing.put_document(much).await.unwrap();
        assert_eq!(ids(&serving, "第3条规则").await.len(), 10);
        // The kill falls between many small segments and their merge into large ones.
        server.kill();
        server.restart().await;
        assert!(importing.keeps_segments_small().await, "round {round}");
        drop(import);
        importing.settle().await;
        server.kill();
        server.restart().await;
        assert!(importing.has_graph().await && !importing.keeps_segments_small().await);
        // Nobody writes: searches are what looks after it.
        for _ in 0..2 {
            serving.age();
            assert_eq!(ids(&serving, "第3条规则").await.len(), 10);
        }
        let begun = Instant::now();
        while !serving.has_settled().await {
            assert!(
                begun.elapsed() < Duration::from_secs(100),
                "round {round}: the server waits for a write"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(
            serving.sound_document("much.txt").await.unwrap().unwrap().digest,
            format!("digest-{round}")
        );
    }
    assert_eq!(serving.check().await.unwrap(), StoreCheck { documents: 2, ..StoreCheck::default() });
}

#[tokio::test]
async fn a_host_that_may_only_read_searches_where_segments_are_not_put_together() {
    let [all, reading] = ["PATH", "CARGO_MANIFEST_DIR"];
    let server = QdrantServer::start_with(Some([all, reading])).await;
    let with = |key: &str| {
        let settings = StoreSettings { api_key_env: Some(key.to_owned()), ..server.settings.clone() };
        QdrantStore::new("test", &settings, "read").unwrap()
    };
    let killed = with(all);
    let _importing = killed.importing();
    killed.put_document(much()).await.unwrap();
    let reader = with(reading);
    assert_eq!(ids(&reader, "第3条规则").await.len(), 10);
    assert!(killed.keeps_segments_small().await, "the server lets only one who may write change that");
    let refused = reader.put_document(document("a.txt", &["平行志愿"])).await.unwrap_err();
    assert!(matches!(&refused, StoreError::Broken(message) if message.contains("access")), "{refused}");
}
