use serde_json::json;

use super::*;

#[test]
fn what_a_field_called_success_says_no_with_is_no_success() {
    for value in [json!(0), json!("0"), json!("false"), json!("N"), json!("no"), json!(""), json!(null)] {
        for path in ["$.success", "$['isSuccess']", "$.data.ok"] {
            assert!(!may_be_success(path, &value), "{path} {value}");
        }
    }
    for value in [json!(1), json!("1"), json!("true"), json!("Y"), json!("ok"), json!(true)] {
        assert!(may_be_success("$.success", &value), "{value}");
    }
}

#[test]
fn a_zero_elsewhere_is_a_value_and_a_code_of_success() {
    for (path, value) in [
        ("$.code", json!(0)),
        ("$.errcode", json!("0")),
        ("$.status", json!("ok")),
        ("$.data.balance", json!(0)),
        ("$.data.name", json!("N")),
        ("$.rows[0]", json!(0)),
    ] {
        assert!(may_be_success(path, &value), "{path} {value}");
    }
    assert!(!may_be_success("$.accepted", &json!(false)));
    assert!(may_be_success("$.data.state", &json!("failed")), "a state that is asked for");
}

#[test]
fn a_code_is_judged_by_the_whole_answer() {
    assert!(leaves_open("$.code", &json!({"code": 1001, "msg": "余额不足"})));
    for document in
        [json!({"code": 0, "msg": "ok"}), json!({"code": 10000, "msg": "操作成功"}), json!({"code": 1001})]
    {
        assert!(!leaves_open("$.code", &document), "{document}");
    }
    assert!(!leaves_open("$.data.name", &json!({"code": 1001, "msg": "余额不足", "data": {"name": "王"}})));
}
