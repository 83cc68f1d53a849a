use super::*;

#[test]
fn a_windows_id_says_where_it_is() {
    assert_eq!(NAME_AT + NAME_BITS, 128);
    let document = Ids::Placed.document("录取/一.md");
    let version = Ids::Placed.mark("018f");
    const LAST: u32 = MOST_PLACES - 1;
    for (section, ordinal, is_question, is_of_short) in
        [(0, 0, false, false), (7, 21, true, true), (LAST, LAST, false, true), (LAST, LAST, true, false)]
    {
        let place = WindowIdParts { section, ordinal, is_question, is_of_short };
        let id = version.window(&document, place);
        let spot = Spot::of_placed(&id).unwrap();
        let wanted = Spot {
            document: document.clone(),
            version: version.clone(),
            section,
            ordinal,
            is_question,
            is_of_short,
        };
        assert_eq!(spot, wanted);
        assert_eq!(spot.section_id(), version.section(&document, section));
        assert!(spot.version.is_of("018f") && !spot.version.is_of("018e"));
    }
    assert_eq!(Spot::of_placed(&document), None);
    assert_eq!(Spot::of_placed(&version.section(&document, 3)), None);
    assert_eq!(Spot::of_placed("一"), None);
}

#[test]
fn ids_that_say_nothing_of_a_short_section_stay_as_they_were() {
    let document = Ids::Placed.document("a.txt");
    let version = Ids::Placed.mark("018f");
    let VersionMark::Bits(bits) = version else { panic!("{version:?}") };
    let before = placed(&document, WINDOW, bits, 3, 5);
    let spot = Spot::of_placed(&before).unwrap();
    assert_eq!((spot.section, spot.ordinal, spot.is_of_short), (3, 5, false));
    let place = WindowIdParts { section: 3, ordinal: 5, is_question: false, is_of_short: false };
    assert_eq!(version.window(&document, place), before);
}

#[test]
fn points_of_earlier_versions_keep_their_ids() {
    let version = Ids::Hashed.mark("half");
    assert_eq!(Ids::Hashed.document("a.txt"), hashed(&["document", "a.txt"]));
    assert_eq!(version.section("", 3), hashed(&["section", "half", "3"]));
    let place = WindowIdParts { section: 1, ordinal: 4, is_question: true, is_of_short: false };
    assert_eq!(version.window("", place), hashed(&["window", "half", "4"]));
    assert!(version.is_of("half") && !version.is_of("whole"));
}
