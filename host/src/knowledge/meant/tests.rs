use super::*;
use crate::knowledge::metadata::Metadata;

fn document(id: &str, digest: &str, imported_at: u64) -> DocumentInfo {
    DocumentInfo {
        id: id.to_owned(),
        title: String::new(),
        url: None,
        metadata: Metadata::default(),
        bytes: 1,
        sections: 1,
        windows: 1,
        digest: digest.to_owned(),
        imported_at,
        origin: None,
        notes: Vec::new(),
    }
}

#[test]
fn what_is_meant_is_told_from_other_documents_and_versions_and_survives_its_text() {
    let one = document("一.md", "d", 7);
    let meant =
        MeantDocuments::of(&[DocumentVersion::of(&one), DocumentVersion::of(&document("二.md", "", 0))]);
    let text = serde_json::to_string(&meant).unwrap();
    assert_eq!((serde_json::from_str::<MeantDocuments>(&text).unwrap(), meant.count()), (meant.clone(), 2));
    assert!(serde_json::from_str::<MeantDocuments>("\"xyz\"").is_err());
    assert!(meant.has(&DocumentVersion::of(&one)));
    for other in [document("二.md", "d", 7), document("一.md", "e", 7), document("一.md", "d", 8)] {
        assert!(!meant.has(&DocumentVersion::of(&other)), "{other:?}");
    }

    let pending = PendingDeletions::default();
    assert!(!pending.mean(&one));
    let meant = Arc::new(meant);
    pending.add(&meant);
    assert!(pending.mean(&one));
    let mut again = one.clone();
    pending.tell_apart(&mut again);
    assert_eq!(again.imported_at, 8, "it was written again within the second");
    drop(meant);
    assert!(!pending.mean(&one), "the deletion is over");
}
