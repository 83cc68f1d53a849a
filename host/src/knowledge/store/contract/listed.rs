//! Lists, counts and figures are the same on every store.

use std::collections::BTreeSet;

use super::*;

/// Documents that differ in everything a filter looks at.
fn documents() -> Vec<NewDocument> {
    let one = |number: u64| {
        let mut one = document(&format!("第{number:02}篇.md"), &["平行志愿的投档规则"]);
        one.info.title = format!("Title {number}");
        one.info.origin = [None, Some("书"), Some("官网")][number as usize % 3].map(str::to_owned);
        one.info.imported_at = 1000 + number;
        one.info.metadata =
            Metadata::from_json(&json!({"n": number, "even": number.is_multiple_of(2)})).unwrap();
        if number.is_multiple_of(4) {
            one.info.notes = vec!["Comments in the margin were left out (1).".to_owned()];
        }
        if number.is_multiple_of(5) {
            (one.info.windows, one.windows) = (0, Vec::new());
        }
        one
    };
    (0..30).map(one).collect()
}

pub(super) async fn documents_are_listed_by_what_a_filter_admits(store: &dyn Store) {
    let empty = DocumentQuery { limit: 5, ..DocumentQuery::default() };
    assert_eq!(store.documents_page(&empty).await.unwrap(), DocumentPage::default());
    assert_eq!(store.totals().await.unwrap(), DocumentTotals::default());
    // One with windows first: it says how many dimensions there are.
    let mut all = documents();
    all.rotate_left(1);
    for document in &all {
        store.put_document(document.clone()).await.unwrap();
    }
    let infos: Vec<DocumentInfo> = documents().into_iter().map(|document| document.info).collect();
    let metadata = |filter: serde_json::Value| Some(serde_json::from_value(filter).unwrap());
    let f = DocumentFilter::default;
    let filters = [
        f(),
        DocumentFilter { q: Some("title 1".into()), ..f() },
        DocumentFilter { q: Some("第2".into()), ..f() },
        DocumentFilter { q: Some("%".into()), ..f() },
        DocumentFilter { origin: Some("书".into()), ..f() },
        DocumentFilter { origin: Some(String::new()), ..f() },
        DocumentFilter { noted: Some(true), ..f() },
        DocumentFilter { noted: Some(false), off: Some(false), ..f() },
        DocumentFilter { off: Some(true), ..f() },
        DocumentFilter { from: Some(1010), to: Some(1019), ..f() },
        DocumentFilter { from: Some(u64::MAX), ..f() },
        DocumentFilter {
            metadata: metadata(json!([{"operator": "eq", "field": "even", "value": true}])),
            ..f()
        },
        DocumentFilter {
            metadata: metadata(json!([{"operator": "lt", "field": "n", "value": 9}])),
            origin: Some("官网".into()),
            ..f()
        },
    ];
    for filter in filters {
        let expected: Vec<&DocumentInfo> = infos.iter().filter(|info| filter.admits(info)).collect();
        for limit in [1, 4, usize::MAX] {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let query = DocumentQuery {
                    limit,
                    after: after.clone(),
                    filter: filter.clone(),
                    ..DocumentQuery::default()
                };
                let page = store.documents_page(&query).await.unwrap();
                assert_eq!(page.total, expected.len() as u64, "{filter:?}");
                assert!(page.documents.len() <= limit);
                after = page.documents.last().map(|last| last.id.clone());
                if page.documents.is_empty() {
                    break;
                }
                found.extend(page.documents);
            }
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter:?} by {limit}");
        }
        // Any place of the list can be read by itself, the one behind its end too.
        for skip in [1, 7, expected.len(), usize::MAX] {
            let query = DocumentQuery { limit: 4, skip, filter: filter.clone(), ..DocumentQuery::default() };
            let page = store.documents_page(&query).await.unwrap();
            let wanted: Vec<&DocumentInfo> = expected.iter().copied().skip(skip).take(4).collect();
            assert_eq!(page.documents.iter().collect::<Vec<_>>(), wanted, "{filter:?} from {skip} on");
            assert_eq!(page.total, expected.len() as u64);
        }
        let versions: Vec<_> = expected.iter().map(|info| DocumentVersion::of(info)).collect();
        assert_eq!(store.document_versions(&filter).await.unwrap(), versions);
    }
    let totals = store.totals().await.unwrap();
    assert_eq!(totals, DocumentTotals::of(infos.iter()));
    assert_eq!((totals.documents, totals.windows, totals.noted, totals.off), (30, 24, 8, 6));
    let known = store.imported_at(&["第07篇.md".to_owned(), "没有.md".to_owned()]).await.unwrap();
    assert_eq!(known, HashMap::from([("第07篇.md".to_owned(), 1007)]));
    let origins: BTreeSet<_> = totals.origins.into_iter().collect();
    let ten = |origin: Option<&str>| (origin.map(str::to_owned), 10);
    assert_eq!(origins, BTreeSet::from([ten(None), ten(Some("书")), ten(Some("官网"))]));
}
