use super::*;

#[test]
fn a_sentence_that_says_all_is_well_is_known_in_the_words_that_gateways_have() {
    for words in [
        "操作成功！",
        "成功。",
        "查询完成",
        "生成完毕",
        "一切正常",
        "回答已生成",
        "OK.",
        "ok",
        "Success",
        "request succeeded",
        "stream completed",
        "The request was processed successfully.",
        "Created",
        "200",
        "201",
        "none",
        "No error",
    ] {
        assert!(is_good(words), "{words}");
    }
    for words in [
        "未成功",
        "没有成功",
        "操作不成功",
        "请等待任务完成",
        "推理失败，请求已完成",
        "执行异常，处理完成",
        "unsuccessful",
        "not ok",
        "The request was not successful",
        "failed to get done",
        "wait until completed",
        "lost",
        "500",
        "20000",
        "2000",
        "提示：余额较低",
        "",
    ] {
        assert!(!is_good(words), "{words}");
    }
}

#[test]
fn a_failure_is_told_by_what_can_mean_nothing_else() {
    for words in
        ["推理失败", "内部错误", "请求超时", "InternalError", "worker lost", "无法处理", "审核不通过"]
    {
        assert!(tells_of_failure(words), "{words}");
    }
    for words in
        ["操作成功", "提示：余额较低", "no errors", "finished without error", "没有错误", "a note", "A0000"]
    {
        assert!(!tells_of_failure(words), "{words}");
    }
}

#[test]
fn a_code_in_words_is_good_or_a_failure_only_where_it_plainly_is() {
    for code in [
        "NO_ERROR",
        "ERROR_SUCCESS",
        "ERROR_NONE",
        "ERROR_OK",
        "ERROR_CODE_OK",
        "ERROR_CODE_0",
        "ErrorCode.Success",
        "NoError",
        "NoErrors",
        "NoError(s)",
        "NOERROR",
        "no-error",
        "error.none",
        "errors=0",
        "NO_EXCEPTION",
        "NoFailure",
        "no_failure",
        "failover_ok",
        "SYS_SUCCESS",
        "RPC_NO_ERROR",
        "QUOTA_OK",
    ] {
        assert!(is_good_code(code) && !is_code_of_failure(code), "{code}");
    }
    // Nobody knows.
    for code in [
        "failover",
        "ErrorCode.A1",
        "error_free",
        "PERMISSION_GRANTED",
        "TIMEOUT_RECOVERED",
        "NO_EXCEPTION_THROWN",
        "NO_TIMEOUT",
        "TIMEOUT=0",
        "NOT_AN_ERROR",
        "INTERNAL_ERROR_0",
        "A0000",
        "",
    ] {
        assert!(!is_good_code(code) && !is_code_of_failure(code), "{code}");
    }
    for code in [
        "InternalError",
        "NOT_FOUND_ERROR",
        "ErrorCode.Timeout",
        "NO_AVAILABLE_ERROR",
        "failover_failed",
        "PERMISSION_NOT_GRANTED",
        "FREE_QUOTA_EXHAUSTED",
        "Throttling",
        "FAIL",
        "系统异常",
    ] {
        assert!(!is_good_code(code) && is_code_of_failure(code), "{code}");
    }
    assert!(!is_good_code("NOT_OK") && !is_good_code("NO_SUCCESS") && !is_good_code("NotOK"));
}
