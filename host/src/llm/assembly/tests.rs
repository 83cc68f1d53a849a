mod beside;

use super::message::MAX_PARTS;
use super::*;

fn fed(bytes: &[u8]) -> Result<(), AssemblyError> {
    Assembly::of(ArrivingCalls::default()).feed(bytes)
}

fn event(choice: &str) -> String {
    format!("data: {{\"choices\":[{choice}]}}\n\n")
}

/// Text, reasoning, refusal, and how it ended.
type AssembledAnswer = (String, String, String, (Ending, Option<Thoughts>));

/// What an answer of these bytes says, wherever they are cut.
fn said(body: &str) -> Result<AssembledAnswer, AssemblyError> {
    let mut results = Vec::new();
    for most in [usize::MAX, 7, 1] {
        let mut assembly = Assembly::of(ArrivingCalls::default());
        let fed = body.as_bytes().chunks(most).try_for_each(|bytes| assembly.feed(bytes));
        fed.and_then(|()| assembly.close())?;
        let named = assembly.thoughts_are;
        let (mut text, mut reasoning, mut refusal) = (String::new(), String::new(), String::new());
        let mut end = None;
        for event in assembly.ready {
            match event {
                AnswerEvent::Text(piece) => text.push_str(&piece),
                AnswerEvent::Reasoning(piece) => reasoning.push_str(&piece),
                AnswerEvent::Refusal(piece) => refusal.push_str(&piece),
                AnswerEvent::Call(_) => {}
                AnswerEvent::End(mut ending) => {
                    // One that was made here is another each time.
                    let made = ending.tool_calls.iter_mut().filter(|call| call.id.starts_with("call_0"));
                    made.for_each(|call| call.id.clear());
                    end = Some(ending);
                }
            }
        }
        results.push((text, reasoning, refusal, (end.unwrap(), named)));
    }
    assert!(results.iter().all(|result| *result == results[0]), "{results:?}");
    Ok(results.remove(0))
}

fn text(body: &str) -> String {
    said(body).unwrap_or_else(|fault| panic!("{fault:?} of {body}")).0
}

#[test]
fn an_end_without_a_reason_is_a_break() {
    let body = event(r#"{"delta":{"content":"x"}}"#);
    assert!(matches!(said(&body), Err(AssemblyError::BrokenOff(_))));
    assert_eq!(text(&(body.clone() + "data: [DONE]\n\n")), "x");
    assert_eq!(text(&(body + &event(r#"{"delta":{},"finish_reason":"stop"}"#))), "x");
}

#[test]
fn words_behind_text_are_why_it_ends_where_nothing_else_says_how() {
    let text = event(r#"{"delta":{"content":"先说"}}"#);
    let lost = "data: {\"message\":\"worker lost\"}\n\n";
    for end in ["data: [DONE]\n\n", ""] {
        let Err(AssemblyError::Reported(report)) = said(&format!("{text}{lost}{end}")) else {
            panic!("told as an answer: {end}")
        };
        assert_eq!(report.words, "worker lost");
    }
    let stop = event(r#"{"delta":{},"finish_reason":"stop"}"#);
    for whole in [format!("{text}{stop}{lost}data: [DONE]\n\n"), format!("{text}{lost}{stop}")] {
        assert_eq!(self::text(&whole), "先说", "{whole}");
    }
    let well = "data: {\"code\":0,\"message\":\"ok\",\"choices\":[]}\n\n";
    assert_eq!(self::text(&format!("{text}{well}data: [DONE]\n\n")), "先说");
}

#[test]
fn a_failure_beside_a_part_is_one_unless_the_answer_goes_on_or_was_whole() {
    let text = event(r#"{"delta":{"content":"先说"}}"#);
    let failed = |choice: &str| format!("data: {{\"code\":500,\"msg\":\"lost\",\"choices\":[{choice}]}}\n\n");
    let done = "data: [DONE]\n\n";
    for choice in [
        r#"{"delta":{"content":""},"finish_reason":null}"#,
        r#"{"delta":{"content":""},"finish_reason":"stop"}"#,
        r#"{"delta":{"content":"半"}}"#,
    ] {
        for end in [done, ""] {
            let Err(AssemblyError::Reported(report)) = said(&format!("{text}{}{end}", failed(choice))) else {
                panic!("told as an answer: {choice}{end}")
            };
            assert_eq!(report.words, "error 500: lost");
        }
    }
    let whole =
        r#"{"code":500,"msg":"lost","choices":[{"message":{"content":"半"},"finish_reason":"stop"}]}"#;
    assert!(matches!(said(whole), Err(AssemblyError::Reported(_))));
    let note = failed(r#"{"delta":{"content":"再"}}"#);
    assert_eq!(self::text(&format!("{text}{note}{text}{done}")), "先说再先说");
    let stop = event(r#"{"delta":{},"finish_reason":"stop"}"#);
    assert_eq!(self::text(&format!("{text}{stop}{}{done}", failed(r#"{"delta":{}}"#))), "先说");
    let waits = "data: {\"detail\":\"排队中\"}\n\n";
    assert_eq!(self::text(&format!("{text}{waits}{text}{done}")), "先说先说");
}

#[test]
fn a_code_that_nobody_knows_does_not_undo_an_answer_that_is_whole() {
    let done = "data: [DONE]\n\n";
    let unknown = r#""code":20000,"msg":"处理过了""#;
    let beside = |choice: &str| format!("data: {{{unknown},\"choices\":[{choice}]}}\n\n");
    let stop = r#"{"delta":{},"finish_reason":"stop"}"#;
    let (first, second) = (beside(r#"{"delta":{"content":"先"}}"#), beside(r#"{"delta":{"content":"说"}}"#));
    let message = r#"{"message":{"content":"先说"},"finish_reason":"stop"}"#;
    for whole in [
        format!("{first}{second}{}{done}", beside(stop)),
        format!("{first}{second}{}{}{done}", beside(r#"{"delta":{"content":""}}"#), event(stop)),
        format!(r#"{{{unknown},"choices":[{message}]}}"#),
        format!(r#"{{{unknown},"data":{{"choices":[{message}]}}}}"#),
    ] {
        assert_eq!(text(&whole), "先说", "{whole}");
    }
    // Of an answer that is not whole, or is none, it is why.
    let empty = r#"{"message":{"content":""},"finish_reason":"stop"}"#;
    for part in [format!("{first}{done}"), first, format!(r#"{{{unknown},"choices":[{empty}]}}"#)] {
        let Err(AssemblyError::Reported(report)) = said(&part) else { panic!("told as an answer: {part}") };
        assert_eq!(report.words, "error 20000: 处理过了");
    }
    // What cannot mean anything else undoes it.
    let failed = format!(r#"{{"code":1001,"msg":"系统繁忙","choices":[{message}]}}"#);
    let Err(AssemblyError::Reported(report)) = said(&failed) else { panic!("told as an answer") };
    assert_eq!(report.meaning, crate::llm::meaning::Meaning::Busy);
}

#[test]
fn what_came_in_place_of_an_answer_is_told_alike_however_it_was_cut() {
    let long = format!("系统繁忙，请稍后再试{}", "长".repeat(KEPT_BYTES));
    for (body, words) in [
        ("系统繁忙，请稍后再试", "no choice came; it said 系统繁忙，请稍后再试"),
        (long.as_str(), "no choice came; it said 系统繁忙，请稍后再试长"),
        ("data: rate limit exceeded\n\n", "rate limit exceeded"),
        ("data: 服务器繁忙，请稍后\n\n", "服务器繁忙，请稍后"),
        (
            "data: {\"choices\":[{\"message\":null}]}\n\ndata: [DONE]\n\n",
            r#"no choice came; it said {"choices":[{"message":null}]}"#,
        ),
        (r#"{"choices":[null]}"#, r#"no choice came; it said {"choices":[null]}"#),
    ] {
        for most in [usize::MAX, 7, 1] {
            let mut assembly = Assembly::of(ArrivingCalls::default());
            let fed = body.as_bytes().chunks(most).try_for_each(|bytes| assembly.feed(bytes));
            let Err(AssemblyError::Reported(report)) = fed.and_then(|()| assembly.close()) else {
                panic!("{most} at a time: {body}")
            };
            let is_clean = !report.words.contains('\u{FFFD}') && !report.words.contains("[DONE]");
            assert!(report.words.starts_with(words) && is_clean, "{most} at a time: {}", report.words);
            let is_busy = report.meaning == crate::llm::meaning::Meaning::Busy;
            assert_eq!(is_busy, !body.contains("choices"), "{most} at a time: {body}");
        }
    }
    let behind = event(r#"{"delta":{"content":"先说"}}"#) + "data: 服务器繁忙，请稍后\n\n";
    assert!(matches!(said(&behind), Err(AssemblyError::Reported(_))));
}

#[test]
fn what_a_filter_kept_back_is_an_answer_without_a_text() {
    for body in [
        r#"{"choices":[{"index":0,"message":null,"finish_reason":"content_filter"}]}"#,
        "data: {\"choices\":[{\"index\":0,\"finish_reason\":\"content_filter\"}]}\n\ndata: [DONE]\n\n",
    ] {
        let (text, _, _, (ending, _)) = said(body).unwrap();
        assert_eq!((text.as_str(), ending.finish_reason.as_str()), ("", "content_filter"), "{body}");
    }
}

#[test]
fn an_answer_that_was_cut_stays_one_where_its_end_is_told_behind() {
    let reason = |reasons: &[&str]| {
        let end = |reason: &&str| event(&format!(r#"{{"delta":{{}},"finish_reason":"{reason}"}}"#));
        let ends: String = reasons.iter().map(end).collect();
        said(&(event(r#"{"delta":{"content":"好"}}"#) + &ends)).unwrap().3.0.finish_reason
    };
    assert_eq!(reason(&["length", "stop"]), "length");
    assert_eq!(reason(&["content_filter", "stop"]), "content_filter");
    assert_eq!(reason(&["stop", "length"]), "length");
    let each = |text: &str, reason: &str| {
        event(&format!(r#"{{"delta":{{"content":"{text}"}},"finish_reason":"{reason}"}}"#))
    };
    let goes_on = said(&(each("a", "length") + &each("b", "stop"))).unwrap();
    assert_eq!(goes_on.3.0.finish_reason, "stop");
}

#[test]
fn an_end_in_a_word_for_failure_is_one() {
    for reason in ["failed", "timeout", "TIMED_OUT", "cancelled", "canceled", "exception", "error", "abort"] {
        let end = event(&format!(r#"{{"delta":{{}},"finish_reason":"{reason}"}}"#));
        let Err(AssemblyError::Reported(report)) = said(&(event(r#"{"delta":{"content":"先说"}}"#) + &end))
        else {
            panic!("told as an answer: {reason}")
        };
        assert!(report.words.contains(&format!("`{reason}`")), "{}", report.words);
    }
}

#[test]
fn an_end_that_is_told_with_each_piece_is_none_before_the_body_ends() {
    let finished = |pieces: &[(&str, &str)]| {
        let mut assembly = Assembly::of(ArrivingCalls::default());
        for (text, reason) in pieces {
            let choice = format!(r#"{{"delta":{{"content":"{text}"}},"finish_reason":{reason}}}"#);
            assembly.feed(event(&choice).as_bytes()).unwrap();
        }
        assembly.is_finished()
    };
    assert!(finished(&[("a", "null"), ("b", "\"stop\"")]) && finished(&[("a", "null"), ("", "\"length\"")]));
    assert!(!finished(&[("a", "null")]) && !finished(&[("a", "\"stop\""), ("b", "\"stop\"")]));
    assert!(!finished(&[("a", "\"stop\""), ("b", "null")]) && !finished(&[("a", "\"normal\"")]));
}

#[test]
fn what_is_said_has_a_bound_and_what_came_before_it_stays() {
    let mut assembly = Assembly { most: 10, ..Assembly::of(ArrivingCalls::default()) };
    let said = |text: &str| event(&format!(r#"{{"delta":{{{text}}}}}"#));
    assert!(assembly.feed(said(r#""content":"12345""#).as_bytes()).is_ok());
    let more = said(r#""content":"123""#) + &said(r#""reasoning_content":"1234""#);
    assert!(matches!(assembly.feed(more.as_bytes()), Err(AssemblyError::TooLong(10))));
    assert_eq!(assembly.ready.len(), 2, "both texts go out before the error");
}

#[test]
fn signs_of_life_without_end_are_no_answer() {
    let mut assembly = Assembly::of(ArrivingCalls::default());
    let nothing = b"data: {\"choices\":[]}\n\n".repeat(1000);
    let fed = (0..MAX_QUIET_BYTES / nothing.len() + 1).try_for_each(|_| assembly.feed(&nothing));
    assert!(matches!(fed, Err(AssemblyError::Garbage(cause)) if cause.contains("nothing was said")));
}

#[test]
fn what_an_event_holds_is_bounded() {
    let choices = |count: usize| event(&vec!["{}"; count].join(","));
    assert!(fed(choices(MAX_CHOICES).as_bytes()).is_ok());
    assert!(
        matches!(fed(choices(100_000).as_bytes()), Err(AssemblyError::Garbage(cause)) if cause.len() < 500)
    );
    let error = format!("data: {{\"error\":\"{}\"}}\n\n", "x".repeat(100_000));
    assert!(
        matches!(fed(error.as_bytes()), Err(AssemblyError::Reported(report)) if report.words.len() < 1000)
    );
    let id = format!(r#"{{"index":0,"id":"{}","function":{{"name":"f"}}}}"#, "x".repeat(300));
    let call = event(&format!(r#"{{"delta":{{"tool_calls":[{id}]}}}}"#));
    assert!(matches!(fed(call.as_bytes()), Err(AssemblyError::Garbage(_))));
    let parts = vec!["\"\""; MAX_PARTS + 1].join(",");
    let content = event(&format!(r#"{{"delta":{{"content":[{parts}]}}}}"#));
    assert!(matches!(fed(content.as_bytes()), Err(AssemblyError::Garbage(_))));
}

#[test]
fn a_body_of_any_shape_is_heard() {
    let chunk = r#"{"choices":[{"index":0,"delta":{"content":"好"},"finish_reason":null}]}"#;
    let last = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}"#;
    let whole = r#"{"choices":[{"message":{"role":"assistant","content":"好"},"finish_reason":"stop"}]}"#;
    for body in [
        format!("data: {chunk}\n\ndata: {last}\n\ndata: [DONE]\n\n"),
        format!("\u{FEFF}data:{chunk}\r\n\r\ndata:{last}\r\n\r\n"),
        format!("\n\n: ping\n\ndata:\n\ndata: \n\nevent: message\ndata: {chunk}\n\ndata: \"[DONE]\"\n\n"),
        format!("data: {chunk}\ndata: {last}\ndata: [DONE]\n\n"),
        format!("data: null\n\ndata: \u{FEFF}{chunk}\n\ndata: 17\n\nevent: ping\ndata: x\n\ndata: {last}"),
        format!("{chunk}\n{last}\n"),
        format!("[{chunk},{last}]"),
        format!("\u{FEFF} {whole}"),
        whole.to_owned(),
        whole.replace("[{", "{").replace("}]", "}"),
        // The whole message again at the end of a stream.
        format!("data: {chunk}\n\ndata: {whole}\n\n"),
    ] {
        assert_eq!(text(&body), "好", "{body}");
    }
}

#[test]
fn fields_of_another_shape_are_passed_over() {
    let last = r#"data: {"choices":null,"usage":null}

data: {"choices":[{"index":"0","delta":null,"message":7,"finish_reason":"stop"}],"usage":{"prompt_tokens":-3,"completion_tokens":2.6}}

"#;
    for delta in [
        r#"{"content":"好","reasoning_content":7,"tool_calls":null,"refusal":false}"#,
        r#"{"content":["好"],"role":null,"tool_calls":{},"function_call":[]}"#,
        r#"{"content":[{"type":"text","text":"好"},{"type":"image_url"},17]}"#,
        r#"{"content":{"type":"text","text":"好"},"tool_calls":"x"}"#,
    ] {
        let (text, _, _, (ending, _)) =
            said(&(event(&format!(r#"{{"index":null,"delta":{delta}}}"#)) + last)).unwrap();
        let usage = Usage { completion_tokens: 3, ..Usage::default() };
        assert_eq!((text.as_str(), ending.usage), ("好", Some(usage)), "{delta}");
    }
    assert_eq!(text(&(event(r#"{"delta":{"content":42}}"#) + last)), "42");
}

#[test]
fn what_is_thought_and_refused_is_told_apart() {
    let last = event(r#"{"delta":{},"finish_reason":"stop"}"#);
    for (delta, name) in [
        (r#"{"reasoning_content":"想","content":"好"}"#, Thoughts::ReasoningContent),
        (r#"{"reasoning":"想","content":"好"}"#, Thoughts::Reasoning),
        (r#"{"reasoning":"想","reasoning_content":"想","content":"好"}"#, Thoughts::ReasoningContent),
        (r#"{"reasoning":"想","reasoning_content":"","content":"好"}"#, Thoughts::Reasoning),
        (r#"{"reasoning":{"content":"想"},"content":"好"}"#, Thoughts::Reasoning),
    ] {
        let (text, reasoning, _, (_, named)) =
            said(&(event(&format!(r#"{{"delta":{delta}}}"#)) + &last)).unwrap();
        assert_eq!((text.as_str(), reasoning.as_str(), named), ("好", "想", Some(name)), "{delta}");
    }
    let parts = r#"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"想"}]},{"type":"text","text":"好"},{"type":"refusal","refusal":"不"}],"refusal":"行"}"#;
    let (text, reasoning, refusal, _) = said(&(event(&format!(r#"{{"delta":{parts}}}"#)) + &last)).unwrap();
    assert_eq!((text, reasoning, refusal), ("好".into(), "想".into(), "不行".into()));
}

#[test]
fn a_text_that_no_tag_ends_is_the_answer_where_it_ends_by_itself() {
    let of = |delta: &str, reason: &str| {
        let end = format!(r#"{{"delta":{{}},"finish_reason":"{reason}"}}"#);
        let body = event(&format!(r#"{{"delta":{delta}}}"#)) + &event(&end);
        // What is repeated has been counted.
        let mut assembly = Assembly { most: 9, ..Assembly::of(ArrivingCalls::default()).thinking(true) };
        assembly.feed(body.as_bytes()).and_then(|()| assembly.close()).unwrap();
        let texts = assembly.ready.into_iter().filter_map(|event| match event {
            AnswerEvent::Text(text) => Some(text),
            _ => None,
        });
        texts.collect::<String>()
    };
    assert_eq!(of(r#"{"content":"直接答"}"#, "stop"), "直接答");
    assert_eq!(of(r#"{"reasoning_content":"想","content":"好"}"#, "stop"), "好");
    assert_eq!(of(r#"{"content":"想一想"}"#, "length"), "");
    let call = r#"[{"id":"a","function":{"name":"f","arguments":"{}"}}]"#;
    assert_eq!(of(&format!(r#"{{"content":"想","tool_calls":{call}}}"#), "stop"), "");
}

#[test]
fn no_answer_is_an_error_with_the_endpoints_words() {
    for (body, words) in [
        (r#"{"error_code":17,"error_msg":"daily limit"}"#, "error 17: daily limit"),
        (r#"{"code":1001,"msg":"余额不足"}"#, "error 1001: 余额不足"),
        ("{}", "no choice came; it said {}"),
        (r#"{"choices":[]}"#, "no choice came"),
        (r#"{"choices":null}"#, "no choice came"),
        (r#"{"choices":[{}]}"#, "no choice came"),
        (
            r#"{"code":0,"msg":"ok","data":{"text":"好"}}"#,
            r#"it said {"code":0,"msg":"ok","data":{"text":"好"}}"#,
        ),
        (r#"{"success":true,"message":"成功"}"#, r#"it said {"success":true,"message":"成功"}"#),
        (r#"{"code":1001,"msg":"余额不足","data":{"choices":[]}}"#, "error 1001: 余额不足"),
        (r#"{"detail":"not here"}"#, "no choice came; it said not here"),
        ("", "no choice came; it answered HTTP 200 with an empty body"),
        (" \r\n", "no choice came; it answered HTTP 200 with an empty body"),
        ("[]", "no choice came; it said []"),
        ("data: []\n\ndata: [DONE]\n\n", "no choice came; it said []"),
        ("data: [DONE]\n\n", "no choice came"),
        ("data: {\"choices\":[]}\n\ndata: [DONE]\n\n", "no choice came"),
        ("upstream connect error\n", "upstream connect error"),
        ("event: error\ndata: {\"error\":{\"message\":\"m\",\"code\":\"c\"}}\n\n", "error c: m"),
        ("event: error\ndata: out of memory\n\n", "out of memory"),
        ("event: error\n\n", "(no text)"),
        ("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}]}\n\n", "finish_reason is `error`"),
        (
            "data: {\"choices\":[{\"delta\":{},\"error\":{\"code\":502,\"message\":\"gone\"},\"finish_reason\":\"error\"}]}\n\n",
            "error 502: gone",
        ),
        (r#"[{"error":{"code":400,"message":"bad"}}]"#, "error 400: bad"),
    ] {
        let Err(AssemblyError::Reported(report)) = said(body) else { panic!("{body}") };
        assert!(report.words.contains(words), "{body}: {}", report.words);
    }
    for garbage in ["<html>no</html>", "data: <html>\n\n", "{} x"] {
        assert!(matches!(said(garbage), Err(AssemblyError::Garbage(_))), "{garbage}");
    }
}

#[test]
fn a_body_that_was_cut_off_is_no_other_than_a_chat_completion() {
    let begun = |delta: &str| format!("{{\"choices\":[{{\"delta\":{delta}}}]}}");
    let first = begun(r#"{"content":"好"}"#);
    // Cut at every byte of its last event, or of its only one; and lines of JSON, cut within one and between two.
    for end in 1..first.len() {
        for body in [
            format!("data: {}", &first[..first.floor_char_boundary(end)]),
            format!("data: {first}\n\ndata: {}", &first[..first.floor_char_boundary(end)]),
            format!("{first}\n{}", &first[..first.floor_char_boundary(end)]),
            first[..first.floor_char_boundary(end)].to_owned(),
        ] {
            assert!(matches!(said(&body), Err(AssemblyError::BrokenOff(_))), "{body}");
        }
    }
    assert!(matches!(said(&format!("{first}\n{first}\n")), Err(AssemblyError::BrokenOff(_))));
    // Behind a whole answer nothing is missed.
    let whole = "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}";
    assert!(said(&format!("data: {first}\n\ndata: {whole}\n\ndata: {{\"usage\":")).is_ok());
}

#[test]
fn how_an_answer_ended_is_told_in_the_apis_words() {
    let reason = |reason: &str, calls: &str| {
        let choice =
            format!(r#"{{"message":{{"content":"x","tool_calls":[{calls}]}},"finish_reason":"{reason}"}}"#);
        said(&format!("{{\"choices\":[{choice}]}}")).unwrap().3.0.finish_reason
    };
    let call = r#"{"id":"a","function":{"name":"f","arguments":"{}"}}"#;
    for (word, alone, with_calls) in [
        ("stop", "stop", "tool_calls"),
        ("normal", "stop", "tool_calls"),
        ("STOP", "stop", "tool_calls"),
        ("tool_calls", "stop", "tool_calls"),
        ("function_call", "stop", "tool_calls"),
        ("length", "length", "length"),
        ("max_tokens", "length", "length"),
        ("sensitive", "content_filter", "content_filter"),
        ("refusal", "content_filter", "content_filter"),
        ("content_policy", "content_filter", "content_filter"),
        ("truncated", "length", "length"),
        ("limit", "length", "length"),
        ("tool-calls", "stop", "tool_calls"),
        ("function_calls", "stop", "tool_calls"),
        ("model_context_window_exceeded", "length", "length"),
        ("null", "stop", "tool_calls"),
        ("None", "stop", "tool_calls"),
        ("strange", "strange", "tool_calls"),
    ] {
        assert_eq!((reason(word, "").as_str(), reason(word, call).as_str()), (alone, with_calls), "{word}");
    }
    assert_eq!(reason(&"x".repeat(65), ""), "other");
}

#[test]
fn nothing_that_an_endpoint_may_send_is_more_than_an_error() {
    let whole = concat!(
        "\u{FEFF}event: a\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":[{\"text\":\"\\ud83d\"}],",
        "\"reasoning\":{\"text\":\"\\ude00\"},\"tool_calls\":[{\"index\":1,\"id\":\"\",\"function\":{\"name\":\"f\",",
        "\"arguments\":{\"a\":[1]}}}]},\"finish_reason\":\"normal\"}],\"usage\":{\"prompt_tokens\":1e999}}\r\n\r\ndata: [DONE]"
    );
    // Every text with a part cut out, or said twice.
    let ends: Vec<usize> = whole.char_indices().map(|(at, _)| at).chain([whole.len()]).collect();
    for (place, from) in ends.iter().enumerate() {
        for to in [place + 1, place + 3, place + 17] {
            let Some(to) = ends.get(to) else { continue };
            _ = said(&format!("{}{}", &whole[..*from], &whole[*to..]));
            _ = said(&format!("{}{}", &whole[..*to], &whole[*from..]));
        }
    }
}
