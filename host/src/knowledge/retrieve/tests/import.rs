//! What imports leave in a base.

use super::*;
use crate::knowledge::Correction;
use crate::knowledge::edit::SectionChange;

#[tokio::test]
async fn importing_again_does_nothing_and_a_change_replaces() {
    let shelf = BaseFixture::new();
    let base = shelf.base("a", BaseSettings::default()).await;
    let sources = || vec![Source::bytes("policy.md", POLICY), Source::bytes("faq.qa.csv", FAQ)];
    let first = base.import(sources(), &quiet).await.unwrap();
    assert_eq!((first.imported, first.unchanged, first.windows), (2, 0, 5));
    let embedded = shelf.embedded();
    let again = base.import(sources(), &quiet).await.unwrap();
    assert_eq!((again.imported, again.unchanged, again.windows), (0, 2, 0));
    assert_eq!(shelf.embedded(), embedded, "nothing is embedded again");

    let changed = base.import(vec![Source::bytes("policy.md", "# 新\n\n新内容。")], &quiet).await.unwrap();
    assert_eq!((changed.imported, changed.windows), (1, 1));
    let documents = base.documents().await.unwrap();
    assert_eq!(documents.iter().map(|d| d.title.as_str()).collect::<Vec<_>>(), ["faq.qa.csv", "新"]);
    assert!(base.delete("policy.md").await.unwrap());
    assert!(!base.delete("policy.md").await.unwrap());

    let smaller = BaseSettings { window_chars: 20, ..BaseSettings::default() };
    let base = Base { settings: smaller, ..base };
    assert_eq!(base.import(sources(), &quiet).await.unwrap().imported, 2, "another cut is another digest");
}

#[tokio::test]
async fn unreadable_documents_are_reported_and_the_rest_goes_in() {
    let shelf = BaseFixture::new();
    let base = shelf.base("a", BaseSettings::default()).await;
    let sources = vec![
        Source::bytes("scan.png", "?"),
        Source::bytes("broken.txt", b"\xff\xfe\xff".as_slice()),
        Source::bytes("empty.md", "---\ntitle: 标题\n---\n"),
        Source::bytes("a\nb.md", "平行志愿。"),
        Source::file("/nowhere/gone.txt"),
        Source::bytes("good.txt", "平行志愿。"),
    ];
    let steps = Mutex::new(Vec::new());
    let report = base
        .import(sources, &|p| {
            steps.lock().unwrap().push((p.documents_done, p.documents_total, p.windows_done))
        })
        .await
        .unwrap();
    assert_eq!(report.imported, 1);
    let unreadable: Vec<_> = report.unreadable.iter().map(|u| u.document.as_str()).collect();
    assert_eq!(unreadable, ["scan.png", "broken.txt", "empty.md", "a\nb.md", "gone.txt"]);
    assert!(report.unreadable[0].reason.contains("--reader"), "{}", report.unreadable[0].reason);
    let steps = steps.into_inner().unwrap();
    assert!(steps.is_sorted() && steps.last() == Some(&(6, 6, 1)), "{steps:?}");
}

/// Imports with an origin and prunes.
async fn pruned(base: &Base, origin: &str, sources: Vec<Source>) -> crate::knowledge::ImportReport {
    let options = ImportOptions { origin: Some(origin.into()), prune: true, ..ImportOptions::default() };
    base.import_with(sources, &options, &quiet).await.unwrap()
}

#[tokio::test]
async fn a_document_belongs_to_the_origin_that_imported_it_last() {
    let shelf = BaseFixture::new();
    let base = shelf.base("a", BaseSettings::default()).await;
    let both = || vec![Source::bytes("1.txt", "平行志愿。"), Source::bytes("2.txt", "体检标准。")];
    pruned(&base, "旧", both()).await;
    let embedded = shelf.embedded();
    let report = pruned(&base, "新", both()).await;
    assert_eq!((report.unchanged, report.deleted, shelf.embedded()), (2, 0, embedded));
    let report = pruned(&base, "旧", vec![Source::bytes("3.txt", "录取通知书。")]).await;
    assert_eq!((report.imported, report.deleted), (1, 0), "the new origin has them");
    let report = pruned(&base, "新", vec![Source::bytes("1.txt", "平行志愿。")]).await;
    assert_eq!((report.unchanged, report.deleted), (1, 1));
    let ids: Vec<_> = base.documents().await.unwrap().into_iter().map(|document| document.id).collect();
    assert_eq!(ids, ["1.txt", "3.txt"]);
}

#[tokio::test]
async fn imports_that_prune_one_origin_wait_for_one_another() {
    let shelf = BaseFixture::new();
    let base = shelf.base("a", BaseSettings::default()).await;
    let turn = base.prunes.lock("甲").await;
    let mut waiting = std::pin::pin!(pruned(&base, "甲", vec![Source::bytes("1.txt", "平行志愿。")]));
    tokio::select! {
        biased;
        _ = &mut waiting => panic!("it did not wait"),
        report = pruned(&base, "乙", vec![Source::bytes("2.txt", "体检标准。")]) => assert_eq!(report.imported, 1),
    }
    let options = ImportOptions { origin: Some("甲".into()), prune: true, ..ImportOptions::default() };
    options.cancel.cancel();
    let report = base.import_with(vec![Source::bytes("3.txt", "录取。")], &options, &quiet).await.unwrap();
    assert!(report.cancelled && report.imported == 0, "one that is cancelled does not wait on");
    drop(turn);
    assert_eq!(waiting.await.imported, 1);
}

#[tokio::test]
async fn a_wish_to_end_after_the_last_document_ends_nothing_early() {
    let shelf = BaseFixture::new();
    let base = shelf.base("a", BaseSettings::default()).await;
    let sources = || vec![Source::bytes("1.txt", "平行志愿。"), Source::bytes("2.txt", "体检标准。")];
    for (prune, last, cancelled) in [(false, 2, false), (false, 0, true), (true, 2, true)] {
        let origin = Some("甲".to_owned());
        let options = ImportOptions { origin, prune, ..ImportOptions::default() };
        let tell = |progress: crate::knowledge::Progress<'_>| {
            if progress.documents_done == last {
                options.cancel.cancel();
            }
        };
        let report = base.import_with(sources(), &options, &tell).await.unwrap();
        assert_eq!(report.cancelled, cancelled, "after {last}, prune {prune}");
    }
}

#[tokio::test]
async fn of_two_documents_with_one_name_the_second_is_reported() {
    let shelf = BaseFixture::new();
    let base = shelf.base("a", BaseSettings::default()).await;
    let twice = vec![Source::bytes("1.txt", "平行志愿。"), Source::bytes("1.txt", "体检标准。")];
    let report = base.import(twice, &quiet).await.unwrap();
    assert_eq!((report.imported, report.unreadable.len()), (1, 1));
    assert!(report.unreadable[0].reason.contains("rename one"), "{}", report.unreadable[0].reason);
    let again = base.import(vec![Source::bytes("1.txt", "平行志愿。")], &quiet).await.unwrap();
    assert_eq!(again.unchanged, 1, "the first is what is stored");
}

#[tokio::test]
async fn an_import_that_breaks_off_goes_on_where_it_stopped() {
    let shelf = BaseFixture::new();
    let base = shelf.base("a", BaseSettings::default()).await;
    let sources = |second: &str| vec![Source::bytes("1.txt", "平行志愿。"), Source::bytes("2.txt", second)];
    let error = base.import(sources("坏了。"), &quiet).await.unwrap_err();
    assert!(matches!(error, ImportError::Base(BaseError::Embed(EmbedError::Unavailable { .. }))));
    let report = base.import(sources("好了。"), &quiet).await.unwrap();
    assert_eq!((report.imported, report.unchanged), (1, 1));
}

#[tokio::test]
async fn imports_of_one_document_at_the_same_time_leave_it_whole_on_qdrant() {
    let (server, shelf) = (QdrantServer::start().await, BaseFixture::new());
    let store = Arc::new(server.store("a"));
    let settings = BaseSettings { threshold: Some(0.1), ..BaseSettings::default() };
    let base = Base::with("a", settings, &shelf.embedder, Arc::clone(&store) as Arc<dyn Store>);
    let texts = ["平行志愿按分数优先的原则投档。", "平行志愿按遵循志愿的原则投档。"];
    let import = async |text: &str| {
        let report = base.import(vec![Source::bytes("1.txt", text.to_owned())], &quiet).await.unwrap();
        assert_eq!(report.imported + report.unchanged, 1);
        report.unchanged
    };
    for round in 0..20 {
        // Every other round the same text.
        let second = texts[round % 2];
        tokio::join!(import(texts[0]), import(second), import(second));
        assert!(store.sound_document("1.txt").await.unwrap().is_some(), "round {round}");
        base.delete("1.txt").await.unwrap();
    }
    import(texts[0]).await;
    assert_eq!(import(texts[0]).await, 1, "what is whole is unchanged");
    store.lose_windows("1.txt").await;
    assert_eq!(import(texts[0]).await, 0, "what was lost goes in again");
    assert_eq!(import(texts[0]).await, 1);
    store.lose_windows("1.txt").await;
    let checked = base.check().await.unwrap();
    assert_eq!((checked.documents, checked.lost), (1, vec!["1.txt".to_owned()]));
    assert_eq!(import(texts[0]).await, 0);
    let results = Library::of([base]).search(&query("平行志愿怎么投档", &["a"])).await.unwrap();
    assert_eq!(results.hits.len(), 1);
}

#[tokio::test]
async fn what_was_changed_here_stays_where_the_content_is_the_same_and_what_does_not_is_told() {
    let (server, shelf) = (QdrantServer::start().await, BaseFixture::new());
    let store = Arc::new(server.store("a"));
    let remote = Base::with("a", BaseSettings::default(), &shelf.embedder, store as Arc<dyn Store>);
    for base in [shelf.base("a", BaseSettings::default()).await, remote] {
        let import = async |text: &str, x: &str| {
            let mut source = Source::bytes("faq.qa.csv", text);
            source.metadata.add("x", x).unwrap();
            let report = base.import(vec![source], &quiet).await.unwrap();
            assert_eq!(report.imported, 1);
            let (_, store) = base.store().await.unwrap();
            let (info, pieces) = store.pieces("faq.qa.csv").await.unwrap().unwrap();
            assert_eq!(info.metadata.values("x"), [x]);
            let is_told = report.notes.iter().any(|note| note.note.contains("was changed here"));
            assert_eq!(is_told, info.notes.iter().any(|note| note.contains("was changed here")));
            (pieces.sections, is_told)
        };
        let change = async |section: u32, change: SectionChange| {
            base.change_section("faq.qa.csv", section, &change).await.unwrap().unwrap();
        };
        import(FAQ, "1").await;
        let off = || SectionChange { off: Some(true), ..SectionChange::default() };
        change(0, SectionChange { answer: Some("我是机器人。".into()), ..off() }).await;
        let (sections, is_told) = import(FAQ, "2").await;
        assert_eq!(sections[0].answer.as_deref(), Some("我是机器人。"));
        assert!(sections[0].off.is_some() && sections[1].off.is_none() && !is_told);
        let (sections, is_told) = import(&FAQ.replace("请联系", "请致电"), "2").await;
        assert_eq!(sections[0].answer.as_deref(), Some("我是助手，**不是**人。\n"));
        assert!(sections[0].off.is_none() && is_told, "the edit is undone, and told");
        change(0, off()).await;
        let (sections, is_told) = import(FAQ, "3").await;
        assert!(sections[0].off.is_some() && sections[1].off.is_none(), "what is said again stays off");
        assert!(is_told, "the other answer may have been edited");
    }
}

#[tokio::test]
async fn a_document_that_is_off_stays_off_whatever_is_imported() {
    let (server, shelf) = (QdrantServer::start().await, BaseFixture::new());
    let store = Arc::new(server.store("a"));
    let remote = Base::with("a", BaseSettings::default(), &shelf.embedder, store as Arc<dyn Store>);
    for base in [shelf.base("a", BaseSettings::default()).await, remote] {
        let import = async |text: &str| {
            let report = base.import(vec![Source::bytes("价.csv", text)], &quiet).await.unwrap();
            assert_eq!(report.imported, 1);
            assert!(!report.notes.iter().any(|note| note.note.contains("on again")), "{:?}", report.notes);
            let (_, store) = base.store().await.unwrap();
            let (info, pieces) = store.pieces("价.csv").await.unwrap().unwrap();
            assert_eq!(info.windows as usize, pieces.windows.len());
            (info.is_off(), pieces.sections.iter().filter(|section| section.off.is_some()).count())
        };
        assert_eq!(import("项目,价格\n血常规,20\n透视,180\n").await, (false, 0));
        base.switch("价.csv", true).await.unwrap().unwrap();
        assert_eq!(import("项目,价格\n血常规,20\n透视,180\n超声,90\n").await, (true, 3), "one more");
        assert_eq!(import("项目,价格\n血常规,25\n透视,190\n超声,95\n").await, (true, 3), "all others");
        base.switch("价.csv", false).await.unwrap().unwrap();
        assert_eq!(import("项目,价格\n血常规,25\n透视,190\n").await, (false, 0), "it is on again");
        let off = SectionChange { off: Some(true), ..SectionChange::default() };
        base.change_section("价.csv", 0, &off).await.unwrap().unwrap();
        assert_eq!(import("项目,价格\n血常规,25\n超声,95\n").await, (false, 1), "one section only");
        base.delete("价.csv").await.unwrap();
        assert_eq!(import("项目,价格\n血常规,20\n").await, (false, 0));
        base.change_section("价.csv", 0, &off).await.unwrap().unwrap();
        assert_eq!(import("项目,价格\n血常规,25\n").await, (true, 1), "another text of its only section");
        base.switch("价.csv", false).await.unwrap().unwrap();
        assert_eq!(import("项目,价格\n血常规,20\n").await, (false, 0), "it is on again");
        base.switch("价.csv", true).await.unwrap().unwrap();
        assert_eq!(import("项目,价格\n血常规,30\n").await, (true, 1), "the document was");
        base.switch("价.csv", false).await.unwrap().unwrap();
        assert_eq!(import("项目,价格\n血常规,20\n").await, (false, 0));
        base.change_section("价.csv", 0, &off).await.unwrap().unwrap();
        assert_eq!(import("项目,价格\n血常规,20\n超声,95\n").await, (false, 1), "its only section was");
    }
}

/// Two hosts on one store, of which none waits for the other's locks.
fn two_hosts(shelf: &BaseFixture, store: &Arc<dyn Store>) -> [Base; 2] {
    [(); 2].map(|()| Base::with("a", BaseSettings::default(), &shelf.embedder, Arc::clone(store)))
}

#[tokio::test]
async fn what_is_changed_here_while_an_import_embeds_stays() {
    let (server, shelf) = (QdrantServer::start().await, BaseFixture::new());
    let file = EmbeddedStore::open(shelf.folder.0.join("a.db")).await.unwrap();
    let stores: [Arc<dyn Store>; 2] = [Arc::new(file), Arc::new(server.store("a"))];
    for store in stores {
        let [base, other] = two_hosts(&shelf, &store);
        base.import(vec![Source::bytes("faq.qa.csv", FAQ)], &quiet).await.unwrap();
        let refunds = FAQ.replace("请联系", "请致电");
        for (text, answer) in [(FAQ.to_owned(), "请联系客服。"), (refunds, "请致电客服。")] {
            // It has read what is there and waits for its turn to write.
            let (turn, embedded) = (base.writes.lock("faq.qa.csv").await, tokio::sync::Notify::new());
            let mut source = Source::bytes("faq.qa.csv", text);
            source.metadata.add("x", answer).unwrap();
            let tell = |progress: crate::knowledge::Progress<'_>| {
                if progress.windows_done > 0 {
                    embedded.notify_one();
                }
            };
            let mut importing = std::pin::pin!(base.import(vec![source], &tell));
            tokio::select! {
                biased;
                _ = &mut importing => panic!("it did not wait"),
                () = embedded.notified() => {}
            }
            let off = SectionChange { off: Some(true), ..SectionChange::default() };
            other.change_section("faq.qa.csv", 0, &off).await.unwrap().unwrap();
            drop(turn);
            assert_eq!(importing.await.unwrap().imported, 1);
            let (info, pieces) = store.pieces("faq.qa.csv").await.unwrap().unwrap();
            assert_eq!(info.metadata.values("x"), [answer]);
            assert_eq!(pieces.sections[1].answer.as_deref(), Some(answer));
            assert!(pieces.sections[0].off.is_some() && pieces.sections[1].off.is_none(), "{answer}");
            let on = SectionChange { off: Some(false), ..SectionChange::default() };
            other.change_section("faq.qa.csv", 0, &on).await.unwrap().unwrap();
        }
    }
}

#[tokio::test]
async fn a_pruning_leaves_what_was_written_since_it_began() {
    let shelf = BaseFixture::new();
    let store = EmbeddedStore::open(shelf.folder.0.join("a.db")).await.unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    let [base, other] = two_hosts(&shelf, &store);
    let kept = || Source::bytes("0.txt", "平行志愿。");
    let gone = (1..5).map(|i| Source::bytes(format!("{i}.txt"), format!("体检标准第{i}条。")));
    pruned(&base, "甲", gone.chain([kept()]).collect()).await;
    let (turn, has_begun) = (base.writes.lock("2.txt").await, tokio::sync::Notify::new());
    let tell = |progress: crate::knowledge::Progress<'_>| {
        if matches!(progress.outcome, Some(crate::knowledge::DocumentOutcome::Deleted)) {
            has_begun.notify_one();
        }
    };
    let options = ImportOptions { origin: Some("甲".into()), prune: true, ..ImportOptions::default() };
    let mut pruning = std::pin::pin!(base.import_with(vec![kept()], &options, &tell));
    tokio::select! {
        biased;
        _ = &mut pruning => panic!("it did not wait"),
        () = has_begun.notified() => {}
    }
    // Another content, and the same for another origin.
    other.import(vec![Source::bytes("3.txt", "录取通知书。")], &quiet).await.unwrap();
    let same = other.import(vec![Source::bytes("4.txt", "体检标准第4条。")], &quiet).await.unwrap();
    assert_eq!(same.unchanged, 1);
    drop(turn);
    assert_eq!(pruning.await.unwrap().deleted, 2);
    let ids: Vec<_> = base.documents().await.unwrap().into_iter().map(|document| document.id).collect();
    assert_eq!(ids, ["0.txt", "3.txt", "4.txt"]);
}

#[tokio::test]
async fn what_another_document_answers_otherwise_is_told() {
    let (server, shelf) = (QdrantServer::start().await, BaseFixture::new());
    let store = Arc::new(server.store("a"));
    let remote = Base::with("a", BaseSettings::default(), &shelf.embedder, store as Arc<dyn Store>);
    for base in [shelf.base("a", BaseSettings::default()).await, remote] {
        let old = "问题,相似问法,答案\n运费谁出？,邮费谁付,买家出\n退货要多久？,,三天\n";
        let import = async |sources: &[(&str, &str)], dry_run: bool| {
            let sources = sources.iter().map(|(id, text)| Source::bytes(*id, *text)).collect();
            let options = ImportOptions { dry_run, ..ImportOptions::default() };
            let notes = base.import_with(sources, &options, &quiet).await.unwrap().notes;
            let told = notes.into_iter().filter(|note| note.note.contains("two answers"));
            let short = |text: String| text.split_once("; all are in").unwrap().0.to_owned();
            told.map(|note| format!("{} {}", note.document, short(note.note))).collect::<Vec<_>>()
        };
        assert!(import(&[("old.csv", old)], false).await.is_empty());
        let same = "问题,答案\n退货要多久？, 三天 \n";
        assert!(import(&[("same.csv", same)], false).await.is_empty(), "the same answer");
        let new = "问题,答案\n邮费谁付？,卖家出\n运费谁出,卖家出\n怎么换货？,换\n";
        let told = ["new.csv two answers: 邮费谁付？ (old.csv), 运费谁出 (old.csv)"];
        assert_eq!(import(&[("new.csv", new)], true).await, told, "before anything is stored");
        assert_eq!(import(&[("new.csv", new)], false).await, told);
        assert!(import(&[("new.csv", new)], false).await.is_empty(), "nothing is new");

        let (old, newer) = (old.replace("买家", "平台"), new.replace("卖家", "平台"));
        for dry_run in [true, false] {
            let both = [("new.csv", newer.as_str()), ("old.csv", old.as_str())];
            assert!(import(&both, dry_run).await.is_empty(), "both were changed, to the same");
        }
        let correction =
            Correction {
                question: "怎么换货".into(), answer: "寄回来换".into(), ..Correction::default()
            };
        base.correct(&correction).await.unwrap();
        let again = newer.replace("换\n", "\"寄来\n换\"\n");
        assert!(import(&[("new.csv", &again)], false).await.is_empty(), "a correction is meant so");
        let wide = newer.replace("换\n", "\"寄来 \r\n换\"\n");
        assert!(import(&[("wide.csv", &wide)], false).await.is_empty(), "other ends of lines");
        let both = [("a.csv", same), ("b.csv", "问题,答案\n退货要多久,七天\n")];
        let told = ["b.csv two answers: 退货要多久 (a.csv, old.csv, same.csv)"];
        assert_eq!(import(&both, true).await, told);
        assert_eq!(import(&both, false).await, told);
    }
}
