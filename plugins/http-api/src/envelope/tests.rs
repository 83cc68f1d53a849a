use serde_json::json;

use super::*;

#[test]
fn a_refusal_is_a_mark_with_a_reason() {
    for document in [
        json!({"code": 1001, "msg": "库存不足"}),
        json!({"success": false, "message": "不符"}),
        json!({"errcode": "40013", "errmsg": "invalid appid"}),
        json!({"Success": "false", "error": "closed"}),
        json!({"ret_code": -1, "info": "未能成功"}),
    ] {
        assert_eq!(refusal(&document).as_ref(), Some(&document), "{document}");
    }
    for document in [
        json!({"code": 0, "msg": "库存不足"}),
        json!({"code": "200", "msg": "查询到一条"}),
        json!({"code": 10000, "msg": "查询成功"}),
        json!({"code": 1, "message": "Success"}),
        json!({"code": 1001}),
        json!({"msg": "已收到"}),
        json!(["code", "msg"]),
    ] {
        assert_eq!(refusal(&document), None, "{document}");
    }
}

#[test]
fn what_says_nothing_is_left_out() {
    let document = json!({"total": 0, "rows": [], "page": {"next": null, "more": false}, "n": 2, "t": "a"});
    assert_eq!(telling(&document), json!({"n": 2, "t": "a"}));
}
