use super::*;

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|i| format!("https://a.cn/{i}")).collect()
}

fn judged(held: usize, unlisted: usize, gone: usize, doubt: Option<&str>, confirmed: bool) -> Removal {
    let doubt = doubt.map(str::to_owned);
    Missing { held, unlisted: ids(unlisted), gone: ids(gone), doubt }.judged(true, confirmed)
}

#[test]
fn what_has_gone_goes_and_what_is_in_doubt_stays() {
    assert_eq!(judged(9, 0, 0, Some("doubt"), false), Removal::Nothing);
    assert_eq!(judged(9, 3, 1, None, false), Removal::Remove);
    assert_eq!(judged(2, 1, 0, None, false), Removal::Remove, "no more than half");
    assert_eq!(judged(1, 0, 1, None, false), Removal::Remove, "the only page of a source says so itself");
    for (held, unlisted, gone) in [(9, 5, 0), (9, 2, 3), (1, 1, 0), (2, 0, 2)] {
        let Removal::Refuse(said) = judged(held, unlisted, gone, None, false) else {
            panic!("{held} {unlisted} {gone}")
        };
        assert!(said.contains("more than half") && said.contains("https://a.cn/0"), "{said}");
        assert_eq!(judged(held, unlisted, gone, None, true), Removal::Remove, "somebody has looked");
    }
    let Removal::Refuse(said) = judged(9, 1, 0, Some("its sitemap is empty"), true) else { panic!() };
    assert!(said.contains("because its sitemap is empty"), "{said}");
}

#[test]
fn what_is_not_to_go_is_told_of() {
    let missing = Missing { held: 9, unlisted: ids(7), ..Missing::default() };
    let Removal::Keep(said) = missing.judged(false, false) else { panic!() };
    assert!(
        said.contains("7 pages") && said.contains("and 2 more") && said.contains("remove_missing"),
        "{said}"
    );
}
