use super::*;

fn wording(document: &str, section: u32, ordinal: u32, key: &str) -> StoredWording {
    let spot = Spot {
        document: document.to_owned(),
        version: VersionMark::Bits(1),
        section,
        ordinal,
        is_question: true,
        is_of_short: true,
    };
    StoredWording { key: key.to_owned(), spot, range: 0..6 }
}

#[test]
fn a_question_is_corrected_by_whatever_has_the_key_of_one_of_its_wordings() {
    // Two wordings of one correction, and two corrections of one question.
    let corrections = ["退货", "退款", "买错了", "不要了"]
        .into_iter()
        .zip(0..)
        .map(|(key, at)| wording("c", at / 2, at, key))
        .collect();
    let entries = vec![
        wording("f", 3, 9, "退货"),
        wording("f", 3, 10, "退款"),
        wording("f", 3, 11, "买错了"),
        wording("f", 4, 12, "不要了"),
        wording("f", 5, 13, "不要了"),
        wording("g", 3, 0, "换货"),
    ];
    let corrected = CorrectedEntries::new(corrections, entries);
    let sections = |document: &str, section: u32| -> Vec<u32> {
        let spot = wording(document, section, 99, "").spot;
        let own = |one: &&CorrectionSpot| !one.is_shared;
        corrected.of(&spot).iter().filter(own).map(|correction| correction.spot.section).collect()
    };
    assert_eq!(sections("f", 3), [0, 0, 1], "in the order of the wordings");
    assert_eq!((sections("g", 3), sections("f", 6)), (vec![], vec![]), "others stay as they are");
    assert_eq!((sections("f", 4), sections("f", 5)), (vec![], vec![]), "which of them is not said");
    let shared = &corrected.of(&wording("f", 5, 99, "").spot)[0];
    assert_eq!((shared.spot.section, shared.key.as_str(), shared.is_shared), (1, "不要了", true));
    let mut replaced = wording("f", 3, 9, "").spot;
    replaced.version = VersionMark::Bits(2);
    assert!(corrected.of(&replaced).is_empty(), "another version has its questions elsewhere");
}
