use serde_json::json;

use super::*;

#[test]
fn json_and_back() {
    let given = json!({"province": "广东", "year": 2024, "省份": ["广东", "湖南", "广东"], "draft": false, "x": null});
    let metadata = Metadata::from_json(&given).unwrap();
    assert_eq!(
        serde_json::to_value(&metadata).unwrap(),
        json!({"draft": "false", "province": "广东", "year": "2024", "省份": ["广东", "湖南"]})
    );
    assert_eq!(Metadata::from_json(&serde_json::to_value(&metadata).unwrap()).unwrap(), metadata);
    assert_eq!(metadata.values("none"), [] as [String; 0]);
}

#[test]
fn what_does_not_fit_is_refused_with_its_field() {
    for (given, part) in [
        (json!({"a b": "x"}), "`a b` is not the name"),
        (json!({"": "x"}), "is not the name"),
        (json!({"a": {"b": 1}}), "`a` must be a text"),
        (json!({"a": "字".repeat(257)}), "`a` has a value of more than 256"),
        (json!({"a": (0..33).collect::<Vec<_>>()}), "more than 32 values"),
        (json!([1]), "JSON object"),
    ] {
        let error = Metadata::from_json(&given).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    let many: serde_json::Map<_, _> = (0..33).map(|i| (format!("f{i}"), json!(i))).collect();
    assert!(Metadata::from_json(&many.into()).unwrap_err().to_string().contains("at most 32"));
}

#[test]
fn front_matter_gives_plain_fields_and_lists() {
    let mut metadata = Metadata::default();
    let lines = "title: 章程\nprovince: \"广东\"\nyear: 2024\ntags: [招生, '志愿']\nsubjects:\n  - 物理\n  - 化学\n# 注: 无\n\
                     author:\n  name: 甲\nlong: |\n  文\nbad key: 1\n";
    metadata.add_front_matter(lines, &["title", "url"]);
    assert_eq!(
        serde_json::to_value(&metadata).unwrap(),
        json!({"province": "广东", "subjects": ["物理", "化学"], "tags": ["招生", "志愿"], "year": "2024"})
    );
}

#[test]
fn what_was_said_at_import_goes_over_what_the_document_says() {
    let said = Metadata::from_json(&json!({"year": 2025})).unwrap();
    let own = Metadata::from_json(&json!({"year": 2024, "province": "广东"})).unwrap();
    let both = Metadata::from_json(&json!({"year": 2025, "province": "广东"})).unwrap();
    assert_eq!(said.over(own), both);
}
