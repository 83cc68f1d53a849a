use super::*;

#[test]
fn a_spread_is_by_nearest_rank() {
    let spread = Spread::of((1..=20).rev().map(f64::from).collect());
    assert_eq!((spread.p50, spread.p95), (10.0, 19.0));
    assert_eq!(Spread::of(Vec::new()).p95, 0.0);
}

#[test]
fn an_excerpt_is_one_line() {
    assert_eq!(excerpt(" 一\n二 "), "一 二");
    assert_eq!(excerpt(&"长".repeat(200)).chars().count(), EXCERPT_CHARS + 1);
}
