//! Texts that say nothing but that all went well. A sentence that only ends so may refuse: 名额已报名完毕. So a text is one
//! of these where it is wholly made of words that are known here, and any other says something of its own.

/// Characters of the longest such text in Chinese.
const LONGEST: usize = 20;
/// What a call is named by, and what it works on. 已 is none of them: what was so before the call is a reason against it.
#[rustfmt::skip]
const CALLS: [&str; 41] = [
    "请求", "操作", "处理", "提交", "查询", "获取", "创建", "更新", "删除", "保存", "发送", "修改", "执行", "调用", "接口",
    "数据", "申请", "结果", "返回", "加载", "同步", "新增", "添加", "检索", "搜索", "查找", "读取", "信息", "列表", "响应",
    "服务", "后台", "系统", "任务", "本次", "您的", "你的", "的", "退款申请提交", "写入", "运行",
];
/// What is done for people. 预约完毕 says that nothing is left, and 预约成功 that it was done.
#[rustfmt::skip]
const DEEDS: [&str; 98] = [
    "退款", "退货", "换货", "售后", "订单", "工单", "单", "号", "需求", "邀请", "预约", "预订", "预定", "下单", "支付",
    "付款", "充值", "转账", "报名", "登记", "登录", "登陆", "注册", "验证", "验证码", "校验", "认证", "授权", "绑定", "解绑",
    "设置", "配置", "取消", "撤销", "确认", "审核", "受理", "签到", "订阅", "通知", "推送", "消息", "短信", "邮件", "邮箱",
    "生成", "计算", "统计", "上传", "下载", "导入", "导出", "编辑", "评价", "评论", "收藏", "关注", "领取", "兑换", "反馈",
    "投诉", "建议", "留言", "用户", "会员", "商品", "地址", "物流", "快递", "文件", "图片", "记录", "详情", "资料", "内容",
    "优惠券", "积分", "购物车", "日程", "会议", "库存", "密码", "手机", "账号", "账户", "加入", "移除", "分配", "开通",
    "关闭", "启用", "停用", "重置", "恢复", "发布", "分享", "恭喜", "您",
];
/// Words that say it in English.
const WELL: [&str; 6] = ["success", "successful", "successfully", "succeeded", "succeed", "ok"];
/// Words that say it alone, beside those.
const ALONE: [&str; 4] = ["", "done", "created", "accepted"];
/// What may stand beside them.
#[rustfmt::skip]
const BESIDE: [&str; 54] = [
    "the", "your", "was", "is", "has", "have", "been", "a", "request", "operation", "query", "call", "action", "api", "data",
    "order", "refund", "payment", "notification", "message", "email", "mail", "sms", "file", "user", "record", "task", "job",
    "login", "update", "submission", "search", "result", "results", "response", "status", "completed", "processed", "sent",
    "created", "updated", "deleted", "saved", "submitted", "retrieved", "fetched", "added", "removed", "executed",
    "uploaded", "queried", "received", "returned", "cancelled",
];

/// Whether a text says that all went well, and nothing else: 付款成功后才可申请退款 says when it would.
pub(super) fn is_good(said: &str) -> bool {
    let said = said.trim().trim_end_matches(['。', '！', '!', '.', '~', '～']).trim().to_ascii_lowercase();
    ALONE.contains(&&*said) || is_good_in_english(&said) || is_good_in_chinese(&said)
}

/// `notification sent successfully`.
fn is_good_in_english(said: &str) -> bool {
    let ends_well = said.split_whitespace().next_back().is_some_and(|last| WELL.contains(&last));
    let is_known = |word: &str| WELL.contains(&word) || BESIDE.contains(&word);
    let begins_well = said.starts_with("successfully ");
    (ends_well || begins_well) && said.split_whitespace().all(is_known)
}

/// 请求处理完成, 售后单创建成功.
fn is_good_in_chinese(said: &str) -> bool {
    let ended = ["完成", "完毕"].iter().find_map(|end| said.strip_suffix(end));
    said.chars().count() <= LONGEST
        && (ended.is_some_and(|call| is_made_of(call, &[&CALLS]))
            || said.strip_suffix("成功").is_some_and(|deed| is_made_of(deed, &[&CALLS, &DEEDS])))
}

fn is_made_of(text: &str, words: &[&[&str]]) -> bool {
    let goes_on = |word: &&str| text.strip_prefix(*word).is_some_and(|rest| is_made_of(rest, words));
    text.is_empty() || words.iter().any(|list| list.iter().any(&goes_on))
}
