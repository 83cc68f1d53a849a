//! What stored questions are answered with, and which of two answers comes first, is the same on every store.

use super::corrections::questions;
use super::*;

pub(super) async fn answers_are_found_by_the_ways_to_ask(store: &dyn Store) {
    let answers = async |asked: &[&str]| {
        let keys = asked.iter().map(|asked| question_key(asked).unwrap()).collect();
        let mut found: Vec<String> = store
            .answers(keys)
            .await
            .unwrap()
            .into_iter()
            .map(|StoredAnswer { key, document, answer }| format!("{key} {document} {answer}"))
            .collect();
        found.sort();
        found
    };
    assert!(answers(&["运费谁出"]).await.is_empty(), "there is no document");
    let old: [(&[&str], &str); 2] =
        [(&["运费谁出？", "邮费谁付", "运费谁出"], " 买家出\n"), (&["怎么换货？"], "联系客服")];
    store.put_document(questions("old.csv", &old)).await.unwrap();
    store.put_document(questions("new.csv", &[(&["运费谁出"], "卖家出")])).await.unwrap();
    store.put_document(document("text.md", &["运费谁出"])).await.unwrap();
    assert_eq!(
        answers(&["运费谁出！", "邮费谁付", "别的"]).await,
        ["运费谁出 new.csv 卖家出", "运费谁出 old.csv  买家出\n", "邮费谁付 old.csv  买家出\n"]
    );
    store.put_document(questions("old.csv", &old[1..])).await.unwrap();
    assert_eq!(answers(&["运费谁出", "邮费谁付"]).await, ["运费谁出 new.csv 卖家出"]);
}

pub(super) async fn of_two_answers_the_one_imported_last_comes_first(store: &dyn Store) {
    let put = async |id: &str, answer: &str, later: u64| {
        let mut one = questions(id, &[(&["运费谁出？"], answer)]);
        one.info.imported_at += later;
        store.put_document(one).await.unwrap();
    };
    let expect = async |expected: [&str; 3]| {
        assert_eq!(ids(store, "运费谁出").await, expected.map(|id| format!("{id}#0")));
    };
    put("b.csv", "买家出", 10).await;
    put("c.csv", "卖家出，联系客服后三天内退回", 20).await;
    put("a.csv", "一人一半", 0).await;
    expect(["c.csv", "b.csv", "a.csv"]).await;
    put("a.csv", "平台出", 30).await;
    expect(["a.csv", "c.csv", "b.csv"]).await;
}
