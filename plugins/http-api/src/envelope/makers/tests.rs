use serde_json::json;

use crate::envelope::refusal;

#[test]
fn user_errors_of_a_mutation_are_a_refusal_and_errors_beside_no_data_as_well() {
    for document in [
        json!({"data": {"orderCancel": {"userErrors": [{"field": ["id"], "message": "订单不存在"}]}}}),
        json!({"data": {"a": {"userErrors": [{"field": null, "message": "Taken", "code": "TAKEN"}, {"message": "x"}]}}}),
        json!({"errors": [{"message": "Not authorized", "path": ["order"]}]}),
    ] {
        assert_eq!(refusal(&document).as_ref(), Some(&document), "{document}");
        // A payload that is null, figures of the request and absent data are none of what it says.
        let mut around = document.clone();
        around["extensions"] = json!({"cost": {"actual": 10}});
        match around.get_mut("data") {
            Some(data) => data["other"] = json!({"order": null, "userErrors": []}),
            None => around["data"] = json!(null),
        }
        assert_eq!(refusal(&around).as_ref(), Some(&document), "{around}");
    }
    for document in [
        json!({"data": {"orderCancel": {"order": {"id": 7}, "userErrors": []}}}),
        json!({"data": {"orderCancel": {"order": {"id": 7}, "userErrors": null}}}),
        json!({"data": {"report": {"userErrors": 3}}}),
        json!({"data": {"a": {"userErrors": [{"field": ["id"], "message": ""}]}}}),
        json!({"data": {"a": {"userErrors": [{"message": "登录失败", "user": "甲"}]}}}),
        json!({"data": {"userErrors": "none"}, "errors": []}),
        json!({"data": {"orders": []}, "errors": null}),
    ] {
        assert_eq!(refusal(&document), None, "{document}");
    }
}

#[test]
fn a_list_of_messages_with_a_code_in_words_is_a_refusal_of_salesforce() {
    for document in [
        json!([{"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}]),
        json!([{"message": "必填字段缺失", "errorCode": "REQUIRED_FIELD_MISSING", "fields": ["Name"]}]),
    ] {
        assert_eq!(refusal(&document).as_ref(), Some(&document), "{document}");
    }
    for document in [
        json!([{"message": "今日要闻", "errorCode": null}, {"message": "天气", "errorCode": null}]),
        json!([{"message": "今日要闻", "errorCode": ""}]),
        json!([{"message": "done", "errorCode": "OK"}]),
        json!([{"message": "缺水", "errorCode": "E5"}, {"message": "过热", "errorCode": "E6"}]),
        json!([{"message": "找不到", "errorCode": "NOT_FOUND"}, {"message": "繁忙", "errorCode": "BUSY"}]),
        json!([{"message": "离线", "errorCode": "OFFLINE", "device": "A1"}, {"message": "x", "errorCode": "OFFLINE"}]),
        json!([{"message": "a", "errorCode": "NOT_FOUND"}, {"message": "今日要闻"}]),
        json!({"rows": [{"message": "a", "errorCode": "NOT_FOUND"}]}),
        json!([]),
    ] {
        assert_eq!(refusal(&document), None, "{document}");
    }
}

#[test]
fn a_code_in_words_within_a_wrapper_is_a_refusal_where_it_names_a_failure() {
    for document in [
        json!({"SendSmsResponse": {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "触发分钟级流控"}}),
        json!({"SendSmsResponse": {"Message": "欠费停机", "RequestId": "1", "Code": "isv.AMOUNT_NOT_ENOUGH"}}),
        json!({"QueryResponse": {"Code": "InvalidAccessKeyId.NotFound", "Message": "请核对 AccessKey"}}),
        json!({"QueryResponse": {"Code": "SignatureDoesNotMatch", "Message": "签名核对"}}),
        json!({"QueryResponse": {"Code": "Throttling.User", "Message": "慢一点"}}),
    ] {
        assert_eq!(refusal(&document).as_ref(), Some(&document), "{document}");
    }
    for document in [
        json!({"SendSmsResponse": {"Code": "OK", "Message": "OK", "BizId": "9", "RequestId": "1"}}),
        json!({"SendSmsResponse": {"Code": "OK", "Message": "短信已提交"}}),
        json!({"RefundResponse": {"Code": "PENDING", "Message": "退款处理中"}}),
        json!({"RefundResponse": {"Code": "RefundCreated", "Message": "退款单已生成"}}),
        json!({"FeedbackResponse": {"Code": "FB1001", "Message": "感谢您的反馈"}}),
        json!({"LogResponse": {"Code": "isv.A", "Message": "日志", "Lines": [{"a": 1}]}}),
        json!({"QueryResponse": {"Code": "NoError", "Message": "查到一条"}}),
        json!({"Sms": {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "触发分钟级流控"}}),
    ] {
        assert_eq!(refusal(&document), None, "{document}");
    }
}

#[test]
fn a_refusal_is_seen_in_the_wrapper_of_asp_net() {
    for document in [
        json!({"d": {"Success": false, "Message": "库存不足"}}),
        json!({"d": {"code": 1001, "msg": "库存不足"}}),
        json!({"d": {"error": "订单号与手机号不符"}}),
    ] {
        assert_eq!(refusal(&document).as_ref(), Some(&document), "{document}");
    }
    for document in [
        json!({"d": {"Success": true, "Message": "退款已受理"}}),
        json!({"d": {"code": 0, "msg": "库存不足"}}),
        json!({"d": {"results": [{"code": 1001, "msg": "库存不足"}]}}),
        json!({"d": {"Code": "FB1001", "Message": "感谢您的反馈"}}),
        json!({"d": {"name": "甲", "id": 7}}),
        json!({"d": {"code": 3, "desc": "阵雨"}}),
        json!({"d": {"code": 600519, "info": "贵州茅台"}}),
        json!({"d": [{"Success": false, "Message": "库存不足"}]}),
        json!({"d": "库存不足"}),
        // One of several is what somebody has called so.
        json!({"d": {"code": 1001, "msg": "库存不足"}, "e": {"code": 0}}),
        json!({"id": 7, "d": {"code": 1001, "msg": "库存不足"}}),
    ] {
        assert_eq!(refusal(&document), None, "{document}");
    }
}
