use super::*;

#[test]
fn documents_of_corrections_are_known_by_their_ids() {
    for id in ["corrections", "corrections-2", "corrections-100"] {
        assert!(is_correction(id), "{id}");
        assert!(correction_ids().any(|own| own == id), "{id}");
    }
    for id in ["faq.qa.csv", "corrections.csv", "corrections-of-2024", "corrections-v2.md", "my corrections"]
    {
        assert!(!is_correction(id), "{id}");
    }
    assert!(correction_ids().all(|id| is_correction(&id)));
}
