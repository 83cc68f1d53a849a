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
        json!({"code": 1001, "tips": "库存不足"}),
        json!({"code": 1001, "detail": "库存不足"}),
        json!({"code": 1001, "msg": {"zh": "库存不足"}}),
        json!({"ret": -1, "msg": "库存不足"}),
        json!({"flag": false, "msg": "库存不足"}),
        json!({"isSuccess": "N", "msg": "库存不足"}),
        json!({"infocode": "10001", "info": "INVALID_USER_KEY"}),
        json!({"status": 500, "message": "出错了"}),
        json!({"code": 1, "success": false}),
    ] {
        assert_eq!(refusal(&document).as_ref(), Some(&document), "{document}");
    }
    for document in [
        json!({"code": 0, "msg": "库存不足"}),
        json!({"code": "200", "msg": "查询到一条"}),
        json!({"code": 10000, "msg": "查询成功"}),
        json!({"code": 10000, "message": "数据获取完成", "data": {"id": 7}}),
        json!({"code": 1, "msg": "退款申请提交成功！", "data": {"id": 7}}),
        json!({"code": 1, "message": "Success"}),
        json!({"code": 10000, "message": "Operation completed successfully."}),
        json!({"code": 1001}),
        json!({"msg": "已收到"}),
        json!({"status": 3, "message": "运输中"}),
        json!(["code", "msg"]),
    ] {
        assert_eq!(refusal(&document), None, "{document}");
    }
}

#[test]
fn success_within_a_message_undoes_no_refusal() {
    for document in [
        json!({"code": 1001, "msg": "付款成功后才可申请退款"}),
        json!({"code": 1001, "msg": "该订单已成功退款，请勿重复提交"}),
        json!({"code": 1001, "msg": "请先完成实名认证"}),
        json!({"code": 1001, "msg": "update unsuccessful"}),
        json!({"success": false, "message": "退款早已成功"}),
        json!({"success": false, "message": "操作成功"}),
        json!({"status": "error", "message": "查询成功"}),
    ] {
        assert_eq!(refusal(&document).as_ref(), Some(&document), "{document}");
    }
}

#[test]
fn an_error_is_a_refusal_wherever_an_api_writes_it() {
    for document in [
        json!({"error": "库存不足"}),
        json!({"error": {"message": "库存不足", "code": 1001}}),
        json!({"errors": [{"message": "库存不足"}]}),
        json!({"error": true, "message": "库存不足"}),
        json!({"isError": true, "message": "库存不足"}),
        json!({"status": "FAIL", "msg": "库存不足"}),
        json!({"return_code": "FAIL", "return_msg": "签名错误"}),
        json!({"result_code": "FAIL", "err_code_des": "余额不足"}),
        json!({"Response": {"Error": {"Code": "X", "Message": "库存不足"}}}),
        json!({"header": {"code": 1001, "message": "库存不足"}}),
        json!({"msg": "ok", "data": {"code": 1001, "msg": "库存不足"}}),
        json!({"result": {"code": 1001, "msg": "库存不足"}}),
    ] {
        assert_eq!(refusal(&document).as_ref(), Some(&document), "{document}");
    }
    for document in [
        json!({"error": null, "errors": [], "data": {"id": 7}}),
        json!({"error": {"code": 0, "message": "success"}}),
        json!({"error": "", "msg": "已收到"}),
        json!({"code": 0, "data": {"code": "SF", "desc": "顺丰快递"}}),
        json!({"code": 0, "data": {"code": 1001, "msg": "门店已打烊", "left": 3}}),
        json!({"code": 200, "msg": "ok", "data": {"status": "failed", "reason": "用户退货：质量问题"}}),
        json!({"code": 0, "msg": "ok", "data": {"error": "E5 缺水"}}),
        json!({"code": 0, "data": {"success": 0, "fail": 0, "total": 0}}),
    ] {
        assert_eq!(refusal(&document), None, "{document}");
    }
}

#[test]
fn a_sentence_that_ends_well_is_a_reason_unless_it_says_nothing_else() {
    for said in [
        "今日号源已预约完毕",
        "名额已报名完毕",
        "名额报名完毕",
        "库存已售完毕",
        "退款次数已使用完毕",
        "该优惠券已使用完成",
        "订单已经退款完成",
        "The event has completed.",
        "Refund window completed",
        "not successful",
        "请先登录成功",
    ] {
        let document = json!({"code": 1001, "msg": said});
        assert_eq!(refusal(&document).as_ref(), Some(&document), "{said}");
        let document = json!({"error": said});
        assert_eq!(refusal(&document).as_ref(), Some(&document), "{said}");
    }
    for said in [
        "成功",
        "请求成功",
        "请求处理成功",
        "邀请发送成功",
        "需求提交成功",
        "售后单创建成功",
        "后台处理成功",
        "接口调用完成。",
        "挂号成功",
        "请假申请提交成功",
        "先行赔付申请提交成功",
        "不动产预约登记成功",
        "Notification sent successfully",
        "Successfully created",
        "request succeeded",
        "OK",
    ] {
        let document = json!({"code": 10000, "msg": said, "error": said, "data": {"id": 7}});
        assert_eq!(refusal(&document), None, "{said}");
    }
}

#[test]
fn an_error_is_none_only_where_no_word_of_it_says_anything_but_good() {
    for error in [
        json!({"code": 1001, "message": "库存不足", "details": ""}),
        json!({"code": 1001, "message": "库存不足", "hint": ""}),
        json!({"code": 1001, "message": "库存不足", "description": "ok"}),
        json!({"message": "", "reason": "库存不足"}),
        json!({"code": 1001, "message": ""}),
    ] {
        let document = json!({"error": error});
        assert_eq!(refusal(&document).as_ref(), Some(&document), "{error}");
    }
    for error in [
        json!({"code": 0, "message": "", "details": null}),
        json!({"code": "0", "message": ""}),
        json!({"code": 0, "message": "success", "details": ""}),
        json!("none"),
    ] {
        assert_eq!(refusal(&json!({"code": 10000, "error": error, "data": {"id": 7}})), None, "{error}");
    }
}

#[test]
fn a_refusal_is_seen_by_the_names_that_others_give_its_fields() {
    for document in [
        json!({"status": -1, "message": "库存不足"}),
        json!({"statusCode": 500, "message": "出错了"}),
        json!({"status_code": 1002, "status_msg": "库存不足"}),
        json!({"base_resp": {"status_code": 1002, "status_msg": "库存不足"}}),
        json!({"resultCode": "9999", "resultMessage": "库存不足"}),
        json!({"respCode": "96", "respDesc": "库存不足"}),
        json!({"rspCode": "9999", "rspMsg": "库存不足"}),
        json!({"data": {"bizCode": 1001, "bizMsg": "库存不足"}}),
        json!({"error_code": 1001, "error_description": "库存不足"}),
        json!({"ack": "Failure", "msg": "库存不足"}),
        json!({"ack": "Failure"}),
        json!({"result": 0, "msg": "库存不足"}),
        json!({"data": {"success": false, "msg": "库存不足", "request_id": "abc"}}),
    ] {
        assert_eq!(refusal(&document).as_ref(), Some(&document), "{document}");
    }
    for document in [
        json!({"success": true, "code": 10000, "msg": "退款单已生成"}),
        json!({"result": 0, "msg": "ok", "data": {"id": 7}}),
        json!({"result": 0}),
        json!({"statusCode": 200, "message": "查到一条"}),
        json!({"status_code": 0, "status_msg": "查到一条"}),
        json!({"ack": "Success", "msg": "查到一条"}),
        // An order that has failed, and items with codes, are what was asked for.
        json!({"code": 0, "data": {"status": "failed", "order_id": "A1"}}),
        json!({"code": 0, "data": {"success": false, "order_id": "A1", "request_id": "abc"}}),
        json!({"code": 0, "data": [{"code": 1001, "msg": "库存不足"}]}),
        json!({"request_id": "abc", "message": "查到一条"}),
    ] {
        assert_eq!(refusal(&document), None, "{document}");
    }
}

#[test]
fn a_refusal_is_seen_in_the_one_field_around_all_that_an_api_says() {
    for document in [
        json!({"alipay_trade_refund_response": {
            "code": "40004", "msg": "Business Failed", "sub_code": "ACQ.TRADE_NOT_EXIST", "sub_msg": "交易不存在"
        }}),
        json!({"error_response": {"code": 15, "msg": "Remote service error", "sub_msg": "非法参数"}}),
        json!({"error_response": {"error_code": 10019, "error_msg": "access_token已过期"}}),
        json!({"jingdong_order_cancel_responce": {"code": "67", "message": "订单不存在"}}),
        json!({"itemAddResponse": {"success": false, "message": "标题为空"}}),
        json!({"order_pay_response": {"code": "isv.NO_ORDER", "message": "订单不存在"}}),
        json!({"x_response": {
            "result": {"err_code": "isv.BUSINESS_LIMIT_CONTROL", "success": false, "msg": "触发业务流控"},
            "request_id": "1"
        }}),
    ] {
        assert_eq!(refusal(&document).as_ref(), Some(&document), "{document}");
        // A signature is nobody's answer.
        let mut signed = document.clone();
        signed["sign"] = json!("ERITJKEIJKJHKKKKKKKHJEREEEEEEEEEEE");
        assert_eq!(refusal(&signed).as_ref(), Some(&document), "{signed}");
        (signed["sign"], signed["cost"]) = (json!(null), json!(12));
        assert_eq!(refusal(&signed).as_ref(), Some(&document), "{signed}");
    }
    for document in [
        json!({"alipay_x_response": {"code": "10000", "msg": "Success"}}),
        json!({"alipay_x_response": {"code": "10000", "msg": "Success", "reason": "用户退款", "id": "7"}, "sign": "x"}),
        json!({"trade_get_response": {"trade": {"status": "failed", "desc": "库存不足"}}}),
        json!({"error_response": {}}),
        json!({"feedback_response": {"message": "感谢您的反馈", "code": "FB1001"}}),
        // What a customer has said is data, and so is one of several.
        json!({"code": 0, "customer_response": {"code": 1001, "msg": "想退货"}}),
        json!({"name": "a", "count": 3, "last_response": {"code": 1001, "msg": "库存不足"}}),
        json!({"a_response": {"code": 1001, "msg": "库存不足"}, "b_response": {"code": 0}}),
    ] {
        assert_eq!(refusal(&document), None, "{document}");
    }
}

#[test]
fn a_refusal_is_the_only_item_of_a_list_and_nothing_else() {
    for document in [
        json!([{"code": 1, "msg": "失败"}]),
        json!([{"success": false, "message": "库存不足"}]),
        json!([{"error": {"code": 403, "message": "库存不足"}}]),
        json!([{"code": "FAIL", "msg": "库存不足"}]),
        json!([{"status": "error", "message": "库存不足"}]),
    ] {
        assert_eq!(refusal(&document).as_ref(), Some(&document), "{document}");
    }
    for document in [
        json!([{"code": 0, "msg": "ok"}]),
        json!([{"code": 110, "desc": "北京"}]),
        json!([{"code": 1001, "msg": "库存不足", "sku": "A1"}]),
        json!([{"code": 1001, "msg": "库存不足"}, {"code": 1002, "msg": "已下架"}]),
        json!([{"status": "failed", "reason": "质量问题"}]),
        json!([{"status": "error", "message": "库存不足", "sku": "A1"}]),
        json!([]),
    ] {
        assert_eq!(refusal(&document), None, "{document}");
    }
}

#[test]
fn a_code_with_its_words_behind_two_colons_says_how_it_went() {
    for document in [
        json!({"ret": ["FAIL_SYS_TOKEN_EMPTY::令牌为空"]}),
        json!({"ret": ["ERRCODE_AUTH_REJECT::会话超时", "X::y"]}),
        json!({"ret": "FAIL_BIZ::库存不足"}),
    ] {
        assert_eq!(refusal(&document).as_ref(), Some(&document), "{document}");
    }
    for document in [
        json!({"ret": ["SUCCESS::调用成功"], "data": {"id": 7}}),
        json!({"ret": ["0::ok"]}),
        json!({"ret": ["200::OK"]}),
        json!({"ret": "OK::done"}),
        json!({"ret": ["1000::调用成功"]}),
        json!({"ret": ["甲::乙"]}),
        json!({"ret": []}),
        json!({"code": 0, "data": {"ret": ["FAIL::x"]}}),
    ] {
        assert_eq!(refusal(&document), None, "{document}");
    }
}

#[test]
fn a_number_that_may_mean_either_is_a_refusal_where_words_say_that_it_failed() {
    for document in [
        json!({"status": 0, "message": "订单号与手机号不符"}),
        json!({"status": 1, "msg": "退款失败：库存不足"}),
        json!({"status": "0", "info": "INVALID_USER_KEY"}),
        json!({"status": "1", "message": "无法退款"}),
        json!({"state": 2, "message": "参数错误"}),
        json!({"flag": 0, "msg": "token已过期"}),
        json!({"status": 0, "message": "order not found"}),
        json!({"status": 211, "message": "APP SN校验失败"}),
        json!({"status": 240, "message": "APP SN校验失败"}),
        json!({"status": 1, "message": "请先登录"}),
    ] {
        assert_eq!(refusal(&document).as_ref(), Some(&document), "{document}");
    }
    for document in [
        json!({"status": 1, "message": "退款申请已受理"}),
        json!({"status": 0, "message": "操作成功"}),
        json!({"status": 0, "message": "query ok"}),
        json!({"status": 1, "message": "库存不足提醒已发送"}),
        json!({"status": 1, "message": "3 updated, no error"}),
        json!({"status": 1, "message": "挂失成功，原卡失效"}),
        json!({"status": 200, "message": "支付失败"}),
        json!({"status": 226, "message": "支付失败"}),
        // A code beside it tells, and data may be of what has failed.
        json!({"code": 0, "status": 1, "message": "支付失败"}),
        json!({"success": true, "status": 2, "message": "支付失败"}),
        json!({"code": 0, "data": {"status": 1, "message": "支付失败"}}),
    ] {
        assert_eq!(refusal(&document), None, "{document}");
    }
}

#[test]
fn what_says_nothing_is_left_out() {
    let document = json!({"total": 0, "rows": [], "page": {"next": null, "more": false}, "n": 2, "t": "a"});
    assert_eq!(telling(&document), json!({"n": 2, "t": "a"}));
    let document =
        json!({"a": "0.00", "b": "0", "c": "¥0.00", "d": "-", "e": "0.0元", "f": "0.10", "g": "元"});
    assert_eq!(telling(&document), json!({"f": "0.10", "g": "元"}));
}
