use super::*;

/// What is said with a status means the same as without.
#[test]
fn one_error_has_one_meaning_whatever_its_status() {
    for (event, meaning) in [
        (r#"{"error_code":17,"error_msg":"daily"}"#, Meaning::Spent),
        (r#"{"error_code":18,"error_msg":"qps"}"#, Meaning::Busy),
        (r#"{"error_code":110,"error_msg":"token"}"#, Meaning::Setup),
        (r#"{"error_code":336003,"error_msg":"bad"}"#, Meaning::Request),
        (r#"{"error":{"code":429,"type":"insufficient_quota","message":"m"}}"#, Meaning::Spent),
        (r#"{"error":{"code":"Arrearage","message":"m"}}"#, Meaning::Spent),
        (r#"{"error":{"code":"AccountOverdueError","message":"m"}}"#, Meaning::Spent),
        (r#"{"error":{"code":"insufficient_balance"}}"#, Meaning::Spent),
        (r#"{"error":{"status":"RESOURCE_EXHAUSTED","message":"m"}}"#, Meaning::Busy),
        (r#"{"error":{"code":"1002","message":"Authorization Token非法"}}"#, Meaning::Setup),
        (r#"{"error":{"code":"1113","message":"m"}}"#, Meaning::Spent),
        (r#"{"error":{"code":"17","type":"rate_limit_exceeded"}}"#, Meaning::Busy),
        (r#"{"base_resp":{"status_code":1002,"status_msg":"m"}}"#, Meaning::Busy),
        (r#"{"base_resp":{"status_code":1008,"status_msg":"m"}}"#, Meaning::Spent),
        (r#"{"error":{"code":"invalid_api_key","type":"invalid_request_error"}}"#, Meaning::Setup),
        (r#"{"error":{"code":"model_not_found"}}"#, Meaning::Setup),
        (r#"{"error":{"code":"context_length_exceeded"}}"#, Meaning::Request),
        (r#"[{"error":{"code":400,"message":"API key not valid"}}]"#, Meaning::Setup),
        (r#"{"code":1001,"msg":"余额不足"}"#, Meaning::Spent),
        (r#"{"code":-1,"msg":"免费额度已用完"}"#, Meaning::Spent),
        (r#"{"error":{"message":"本月免费额度用尽，请充值"}}"#, Meaning::Spent),
        (r#"{"code":-1,"msg":"请求过于频繁，请稍后再试"}"#, Meaning::Busy),
        (r#"{"error":{"message":"服务繁忙"}}"#, Meaning::Busy),
        (r#"{"message":"触发限流"}"#, Meaning::Busy),
        (
            r#"{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":"慢"},"RequestId":"x"}}"#,
            Meaning::Busy,
        ),
        (r#"{"Response":{"Error":{"Code":"LimitExceeded","Message":"慢"}}}"#, Meaning::Busy),
        (r#"{"Response":{"Error":{"Code":"FailedOperation.EngineServerLimitExceeded"}}}"#, Meaning::Busy),
        (r#"{"Response":{"Error":{"Code":"FailedOperation.FreeResourcePackExhausted"}}}"#, Meaning::Spent),
        (r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureFailure","Message":"m"}}}"#, Meaning::Setup),
        (r#"{"error":{"code":"context_length_limit_exceeded"}}"#, Meaning::Request),
        (
            r#"{"Response":{"Error":{"Code":"ResourceInsufficient.ChargeResourceExhausted","Message":"m"}}}"#,
            Meaning::Spent,
        ),
    ] {
        for status in [200, 400, 401, 403, 429, 500, 503] {
            assert_eq!(of(status, Json::parse(event).unwrap()), meaning, "{status}: {event}");
        }
    }
    for (status, meaning) in [
        (200, Meaning::Other),
        (400, Meaning::Request),
        (401, Meaning::Setup),
        (402, Meaning::Spent),
        (404, Meaning::Setup),
        (429, Meaning::Busy),
        (500, Meaning::Other),
        (502, Meaning::Away),
        (503, Meaning::Away),
        (504, Meaning::Away),
    ] {
        assert_eq!(of(status, Json::parse("{}").unwrap()), meaning, "{status}");
        assert_eq!(of_plain(status, "no"), meaning, "{status}");
    }
    let request = Json::parse(r#"{"error":{"type":"invalid_request_error","message":"m"}}"#).unwrap();
    assert_eq!((of(200, request), of(401, request)), (Meaning::Request, Meaning::Setup));
}

/// Words for too much at once.
const TOO_MUCH: [&str; 48] = [
    "System is too busy now. Please try again later.",
    "AppIdQpsOverFlow",
    "当前API请求过多，请稍后重试",
    "并发数过高",
    "您当前使用该API的并发数过高，请降低并发",
    "频率过高",
    "该模型当前访问量过大，请您稍后再试",
    "当前分组上游负载已饱和，请稍后再试",
    "服务器负载过高",
    "服务过载",
    "超出并发限制",
    "请求数超过限制",
    "QPS超限",
    "qps limit reached",
    "Open api qps request limit reached",
    "RPM limit exceeded",
    "触发限速",
    "服务器忙",
    "服务忙，请稍后",
    "Server busy",
    "server_busy",
    "请求次数过多",
    "您的请求太快了",
    "超过每分钟请求数限制",
    "TPM 限制",
    "达到速率上限",
    "请求超出频次限制",
    "当前使用人数过多",
    "模型忙碌",
    "并发已达上限",
    "调用过于密集",
    "操作太快",
    "触发流控",
    "资源紧张，请稍后",
    "当前请求量过大",
    "Please slow down",
    "Concurrency limit",
    "请求排队超时",
    "每分钟调用次数已达上限",
    "Quota exceeded for requests per minute",
    "频率超过",
    "请求频率超出限制",
    "rate limit",
    "系统繁忙",
    "Rate limit exceeded: free-models-per-day",
    "速率限制",
    "Concurrent request limit exceeded",
    "The server is busy",
];

/// Words for what is used up.
const NOTHING_LEFT: [&str; 34] = [
    "您的免费额度已经全部用完，无法继续调用此模型",
    "Monthly usage limit exceeded for this key",
    "套餐余量不足，本次调用失败，需要套餐 B",
    "额度使用完毕",
    "今日免费次数已使用完毕",
    "次数已使用完毕",
    "今日调用次数已达上限",
    "调用次数已用完",
    "资源包已用完",
    "配额用尽",
    "账户余额为零",
    "Open api daily request limit reached",
    "token quota is not enough",
    "Your credit balance is too low",
    "quota exceeded",
    "余额不足或无可用资源包,请充值。",
    "该令牌额度已用尽",
    "用户额度不足",
    "免费额度已耗尽",
    "日调用量超限",
    "您的账户余额不足",
    "insufficient_quota",
    "请充值后再试",
    "套餐已到期",
    "试用额度已用完",
    "额度已经用光",
    "余额已不足",
    "超出配额",
    "已达到每日限额",
    "Insufficient account balance",
    "You exceeded your current quota, please check",
    "余额为0",
    "You have run out of credits",
    "每日请求数已达上限",
];

/// Words that resemble them and mean something else.
const NEITHER: [&str; 37] = [
    "参数过多",
    "请求参数过多",
    "输入过长",
    "图片过大",
    "图片数量过多",
    "max_tokens limit exceeded",
    "请求体过大",
    "请求过大",
    "消息数超过限制",
    "上下文长度超过限制",
    "请求长度超过限制",
    "tokens 数量超过上限",
    "工具调用过多",
    "并发参数无效",
    "the request exceeded the maximum length",
    "request size limit exceeded",
    "频率惩罚超出范围",
    "温度超过限制",
    "负载均衡配置错误",
    "请帮忙检查模型",
    "请联系管理员帮忙",
    "quota_project invalid",
    "模型不存在",
    "访问受限",
    "token limit exceeded",
    "maximum context length is 8192",
    "配额设置错误",
    "load balancer error",
    "model limit",
    "服务不存在",
    "context length exceeded",
    "请求被拒绝",
    "余额查询失败",
    "The model exceeded the time limit",
    "模型调用失败",
    "调用次数参数错误",
    "daily report failed",
];

#[test]
fn words_tell_too_much_from_nothing_left_and_both_from_what_the_request_holds() {
    let told = |words: &str| {
        let event = format!(r#"{{"code":-1,"msg":"{words}"}}"#);
        of(PROMISES_AN_ANSWER, Json::parse(&event).unwrap())
    };
    for words in TOO_MUCH {
        assert_eq!(told(words), Meaning::Busy, "{words}");
    }
    for words in NOTHING_LEFT {
        assert_eq!(told(words), Meaning::Spent, "{words}");
    }
    for words in NEITHER {
        let other = told(words);
        assert!(!matches!(other, Meaning::Busy | Meaning::Spent), "{words}: {other:?}");
    }
}

/// Questions whose words would mean something in an endpoint's own mouth.
const ASKED: [&str; 7] = [
    "排队要多久",
    "余额不足怎么办",
    "什么是限流",
    "手机欠费怎么办",
    "如何申请 api key",
    "how to slow down",
    "系统繁忙怎么办",
];

#[test]
fn what_a_refusal_repeats_of_the_request_does_not_decide_what_it_means() {
    for asked in ASKED {
        let messages = [Message::text(crate::message::Role::User, asked)];
        let vllm = format!(
            r#"{{"object":"error","message":"[{{'type': 'extra_forbidden', 'loc': ('body', 'top_kk'), 'msg': 'Extra inputs are not permitted', 'input': [{{'role': 'user', 'content': '{asked}'}}]}}]","type":"Bad Request","param":null,"code":400}}"#
        );
        let fastapi = format!(
            r#"{{"detail":[{{"type":"string_type","loc":["body","messages",0,"content"],"msg":"Input should be a valid string","input":"{asked}"}}]}}"#
        );
        let pydantic = format!(
            r#"{{"error":{{"message":"1 validation error [type=string_type, input_value='{asked}', input_type=str]","type":"BadRequestError"}}}}"#
        );
        let plain =
            format!(r#"{{"error":{{"message":"this content cannot be answered by the model: {asked}"}}}}"#);
        for (body, status) in [(&vllm, 400), (&vllm, 200), (&fastapi, 422), (&pydantic, 400), (&plain, 400)] {
            let event = Json::parse(body).unwrap();
            assert_eq!(of_refusal(status, event, &messages), Meaning::Request, "{status}: {body}");
        }
        let words = format!("not a valid content: {asked}");
        assert_eq!(of_plain_refusal(400, &words, &messages), Meaning::Request, "{words}");
    }
}

#[test]
fn an_endpoints_own_words_stay_its_own_where_the_conversation_holds_them() {
    for (prompt, words, meaning) in [
        ("系统繁忙", "系统繁忙，请稍后再试", Meaning::Busy),
        ("提示系统繁忙，请稍后再试时，请致电客服 400。", "系统繁忙，请稍后再试", Meaning::Busy),
        (
            "If the line is busy, tell the user that the server is overloaded, please try again later.",
            "The server is overloaded, please try again later.",
            Meaning::Busy,
        ),
        ("账户余额不足，请充值后重试：这句话表示欠费。", "账户余额不足，请充值后重试", Meaning::Spent),
    ] {
        let asked = [Message::text(crate::message::Role::System, prompt)];
        let event = format!(r#"{{"error":{{"message":"{words}"}}}}"#);
        assert_eq!(of_refusal(400, Json::parse(&event).unwrap(), &asked), meaning, "{words}");
        assert_eq!(of_plain_refusal(400, words, &asked), meaning, "{words}");
    }
}

#[test]
fn words_of_a_limit_leave_no_doubt_where_the_request_is_named_as_invalid() {
    let of = |status, event: &str| of(status, Json::parse(event).unwrap());
    for event in [
        r#"{"error":{"message":"单次请求数限制：messages 不能超过 100 条","type":"invalid_request_error"}}"#,
        r#"{"error":{"message":"max_tokens limit exceeded: 4096","type":"invalid_request_error","code":"limit_exceeded"}}"#,
        r#"{"error":{"message":"concurrent tool calls limit: at most 5 tools","type":"invalid_request_error"}}"#,
        r#"{"error":{"message":"频率惩罚超出范围：frequency_penalty 应在 -2 与 2 之间","type":"invalid_request_error"}}"#,
        r#"{"error":{"message":"too many images in request: 20, at most 10","code":"InvalidParameter.ImageLimitExceeded"}}"#,
    ] {
        assert_eq!((of(400, event), of(200, event)), (Meaning::Request, Meaning::Request), "{event}");
    }
    // What all callers do is nothing of one request, however much is said of it.
    for words in [
        "The model is currently overloaded with other requests.",
        "Rate limit reached for requests per min: limit 3, used 3",
        "The server is busy, and cannot take what you have sent",
        "TPM limit exceeded for this organization, current 1200000",
        "Your concurrent requests exceeded what this account may have",
        "Too many concurrent requests for this model, maximum allowed is 5",
        "Concurrency limit exceeded for this account: at most 5",
        "Requests to this deployment have exceeded call rate limit of your pricing tier",
        "当前模型请求量过大，暂时不能处理您的这一次请求",
        "服务器当前负载过高，暂时不能处理您的这一次请求",
        "您的请求频率超过每分钟60次的上限",
        "并发请求数超过上限 5，请降低您的并发之后重新发送",
        "Your request was placed in the queue for too long a time",
    ] {
        for fields in [r#""type":"invalid_request_error""#, r#""type":"BadRequestError""#, r#""code":400"#] {
            let event = format!(r#"{{"error":{{"message":"{words}",{fields}}}}}"#);
            assert_eq!((of(400, &event), of(200, &event)), (Meaning::Busy, Meaning::Busy), "{event}");
        }
    }
    // Gateways say so with 400, in the code as well.
    for (event, meaning) in [
        (r#"{"code":400,"msg":"系统繁忙"}"#, Meaning::Busy),
        (r#"{"code":400,"msg":"当前分组上游负载已饱和，请稍后再试"}"#, Meaning::Busy),
        (r#"{"error":{"message":"服务器忙，请稍后","type":"invalid_request_error"}}"#, Meaning::Busy),
        (
            r#"{"error":{"message":"您的账户已欠费，请充值后重试","type":"invalid_request_error"}}"#,
            Meaning::Spent,
        ),
        (
            r#"{"error":{"message":"You exceeded your current quota","type":"invalid_request_error"}}"#,
            Meaning::Spent,
        ),
        (
            r#"{"error":{"message":"m","type":"invalid_request_error","code":"rate_limit_exceeded"}}"#,
            Meaning::Busy,
        ),
        (
            r#"{"error":{"message":"slow down please, too many requests were sent","type":"invalid_request_error","code":429}}"#,
            Meaning::Busy,
        ),
    ] {
        assert_eq!(of(400, event), meaning, "{event}");
    }
    assert_eq!(
        of(402, r#"{"error":{"message":"Insufficient Balance","code":"invalid_request_error"}}"#),
        Meaning::Spent
    );
}
