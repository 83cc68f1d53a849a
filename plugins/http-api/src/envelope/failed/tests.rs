use super::*;

#[test]
fn a_message_says_that_it_failed_where_no_clause_says_anything_else() {
    for said in [
        "退款失败：库存不足",
        "抱歉，余额不足，请充值",
        "系统繁忙，请稍后再试",
        "APP SN校验失败",
        "access_token已过期",
        "退款失败（1001）",
        "请先登录",
        "请勿重复提交",
        "没有权限",
        "今日次数已达到上限",
        "Error: 库存不足",
        "无法退款",
        "手机号、订单号不符。",
        "INVALID_USER_KEY",
        "Out of stock",
        "No such order",
        "The order does not exist.",
        "Insufficient balance",
        "Refund failed: window over",
        "The order cannot be deleted",
    ] {
        assert!(says_failed(said), "{said}");
    }
    for said in [
        "检查完成，未发现异常",
        "一切正常，没有错误",
        "没有错误",
        "积分不会过期",
        "您的会员将于三天后过期",
        "未发现任何异常",
        "不存在异常",
        "挂失成功，原卡失效",
        "密码已重置，旧密码无效",
        "工单已创建，问题：登录失败",
        "已为您关闭订单，优惠券已过期",
        "已修复登录错误",
        "工单标题：登录失败",
        "库存不足提醒已发送",
        "Ticket created: login error",
        "New ticket: login error",
        "Expired coupons were removed",
        "3 updated, no error",
        "感谢您的反馈",
        "",
    ] {
        assert!(!says_failed(said), "{said}");
    }
}
