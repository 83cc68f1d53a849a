use serde_json::json;

use super::*;

#[test]
fn one_is_a_value_and_many_are_a_list() {
    let document = json!({ "data": [{ "n": "甲", "s": 3 }, { "n": "乙", "s": 1 }] });
    let find = |path| find(path, &document).expect(path);
    assert_eq!(find("$.data[1].n"), Some(json!("乙")));
    assert_eq!(find("$['data'][0].s"), Some(json!(3)));
    assert_eq!(find("$.data[?@.s > 2].n"), Some(json!(["甲"])));
    assert_eq!(find("$..n"), Some(json!(["甲", "乙"])));
    assert_eq!(find("$.none"), None);
    assert_eq!(find("$.none[*]"), Some(json!([])));
}

#[test]
fn a_wrong_path_is_named() {
    let error = find("data[", &json!({})).expect_err("no path");
    assert!(error.starts_with("`data[` is not a JSONPath"), "{error}");
}
