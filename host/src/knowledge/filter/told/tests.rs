use super::*;

#[test]
fn a_filter_that_was_told_reads_as_the_same() {
    for written in [
        json!([]),
        json!([{"operator": "eq", "field": "省份", "value": "广东"}, {"operator": "ne", "field": "y", "value": 2024}]),
        json!({"filters": [{"operator": "in", "field": "f", "value": ["a", 1, 0.0000001, -3.25]}], "condition": "or"}),
        json!([{"operator": "nin", "field": "f", "value": ["007", "440106199901011234", "123456789012345"]}]),
        json!([{"operator": "gt", "field": "d", "value": "2024-02-29"}, {"operator": "lte", "field": "d", "value": "1969-12-31T23:59:59.5+08:00"}]),
        json!([{"operator": "gte", "field": "d", "value": "2000-03-01T00:00:00Z"}, {"operator": "lt", "field": "n", "value": 9}]),
        json!([{"operator": "exists", "field": "f", "value": false}, {"operator": "exists", "field": "g"}]),
    ] {
        let filter: Filter = serde_json::from_value(written.clone()).unwrap();
        let told = serde_json::to_value(&filter).unwrap();
        assert_eq!(serde_json::from_value::<Filter>(told.clone()).unwrap(), filter, "{written} as {told}");
    }
    for day in (-200_000..200_000).step_by(97) {
        let text = written(day * DAY);
        assert_eq!(Scalar::of(&text), Scalar::Moment(day * DAY), "{text}");
    }
}
