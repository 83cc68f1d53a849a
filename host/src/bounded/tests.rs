use super::*;

#[test]
fn the_limit_itself_is_admitted_and_one_more_is_not() {
    let read = |text| serde_json::from_str::<Bounded<u8, 2>>(text).map(|list| list.0);
    assert_eq!(read("[1, 2]").unwrap(), [1, 2]);
    let error = read("[1, 2, {").unwrap_err().to_string();
    assert!(error.contains("EOF"), "what does not parse is told as such: {error}");
    let error = read("[1, 2, {\"any\": []}]").unwrap_err().to_string();
    assert!(error.contains("more than 2 items"), "{error}");
}
