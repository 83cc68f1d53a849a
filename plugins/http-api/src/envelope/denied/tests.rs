use serde_json::json;

use super::*;

#[test]
fn what_says_that_it_was_not_done_denies() {
    for document in [
        json!("退款失败：余额不足"),
        json!("FAIL"),
        json!("error"),
        json!(false),
        json!(-1),
        json!({"msg": "退款失败：余额不足"}),
        json!({"message": "余额不足，退款失败", "requestId": "x"}),
        json!({"status": "rejected", "reason": "余额不足"}),
        json!({"state": "DENIED", "message": "不在退款期内", "trace_id": "t1"}),
        json!("<xml><return_code><![CDATA[FAIL]]></return_code><return_msg>签名失败</return_msg></xml>"),
        json!({"status": "refused", "reason": "余额不足"}),
        json!({"code": 0, "msg": "退款失败", "data": null}),
        json!({"code": 200, "msg": "提交失败，请勿重复提交"}),
    ] {
        assert!(denies(&document, "http://a.example/refund"), "{document}");
    }
}

#[test]
fn what_was_done_and_what_was_sent_deny_nothing() {
    for document in [
        json!("ok"),
        json!("退款已提交，预计3天到账"),
        json!("A10086"),
        json!("7f3e-11"),
        json!("已关闭失败的订单"),
        json!(true),
        json!(0),
        json!(7),
        json!({"msg": "失败的订单共3笔"}),
        json!({"msg": "已受理"}),
        json!({"msg": "原密码已失效"}),
        json!("原卡失效"),
        json!({"message": "Old token expired"}),
        json!({"code": 0, "msg": "已重新提交审核", "data": {"old_status": "rejected", "reason": "材料不全"}}),
        json!({"id": 1, "status": "rejected", "reason": "材料不全"}),
        json!({"id": 7, "title": "打印机", "message": "登录失败"}),
        json!({"code": 0, "msg": "原登录状态已失效"}),
        json!({"success": true, "message": "优惠券已过期"}),
        json!({"code": 0, "data": {"status": "failed", "order_id": "A1"}}),
        json!({"status": "accepted", "reason": "余额不足"}),
        json!({"status": "pending", "refund_status": "SUCCESS"}),
        json!([{"status": "rejected", "reason": "余额不足"}]),
        json!("<xml><return_code>SUCCESS</return_code><return_msg>OK</return_msg></xml>"),
        json!("<r><id>7</id></r>"),
        json!("<xml><return_code>SUCCESS</return_code><item><result_code>FAIL</result_code></item></xml>"),
        json!({"status": "refused", "desc": "包裹已登记拒收"}),
        json!({"status": "rejected"}),
        json!({"success": true, "msg": "上一次退款失败"}),
        json!({"code": 0, "msg": "上次提交失败的已重新提交"}),
        json!({"status": "rejected", "reason": "余额不足", "code": 0}),
        json!({"status": "rejected", "reason": "余额不足", "amount": 12}),
        json!({"code": 0, "msg": "ok", "data": {"status": "rejected", "reason": "余额不足"}}),
    ] {
        assert!(!denies(&document, "http://a.example/refund"), "{document}");
    }
    let rejected = json!({"status": "rejected", "reason": "材料不全"});
    for asked in [
        "orders/7/reject",
        "requests/7/deny",
        "audit",
        "orders/%E9%A9%B3%E5%9B%9E",
        "act {\"action\":\"驳回\"}",
    ] {
        assert!(!denies(&rejected, &format!("http://a.example/{asked}")), "{asked} asks for that");
    }
}
