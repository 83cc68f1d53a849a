use std::collections::BTreeSet;
use std::path::Path;

use axum::http::header::RETRY_AFTER;

use super::*;
use crate::http::dialect::Dialect;

/// Every fact there is: the compiler refuses a table without one, and this list is held to the table's end.
fn all() -> Vec<Fault> {
    use Fault::*;
    vec![
        MalformedJson,
        InvalidRequest,
        InvalidArgument,
        InvalidModel,
        InvalidMessages,
        InvalidPlugins,
        InvalidUpload,
        InvalidMetadata,
        InvalidEvaluation,
        InvalidQuery,
        InvalidHost,
        MissingInput,
        TokensTooLong,
        ModelRefused,
        InvalidKey,
        PermissionDenied,
        UnknownHost,
        CrossOrigin,
        NotFound,
        ModelNotFound,
        MethodNotAllowed,
        BodyTooSlow,
        BodyTooLarge,
        UriTooLong,
        HeadersTooLarge,
        InvalidContentType,
        UnsupportedEncoding,
        Unreadable,
        FileChanged,
        CountChanged,
        NoFilter,
        NotRetryable,
        InvalidConfiguration,
        InvalidTemplate,
        TraceIncomplete,
        FileNotWritten,
        TooManyTurns,
        TooManyJobs,
        ModelBusy,
        ModelQuotaExceeded,
        Internal,
        WholeTextTooLong,
        ModelFailed,
        EmptyAnswer,
        AnswerTooLong,
        PluginFailed,
        Busy,
        ModelUnavailable,
        KnowledgeUnavailable,
        UploadNotKept,
        ModelTimeout,
        TurnTimeout,
        InsufficientStorage,
    ]
}

#[test]
fn a_fact_has_one_code_and_a_code_one_fact() {
    let codes: BTreeSet<&str> = all().into_iter().map(Fault::code).collect();
    assert_eq!(codes.len(), all().len());
    assert_eq!(Fault::InsufficientStorage as usize + 1, all().len(), "the list above holds every fact");
}

#[test]
fn who_is_to_come_back_is_told_when() {
    for fault in all() {
        let (status, _, again) = fault.row();
        let waits = matches!(again, RetryAdvice::After(1..));
        let others = matches!(fault, Fault::UploadNotKept | Fault::ModelQuotaExceeded);
        assert_eq!(waits, matches!(status, 429 | 503) && !others, "{fault:?}");
    }
}

/// OpenAI's clients send a request again at these statuses unless they are told not to.
#[test]
fn nobody_is_left_to_try_again_what_cannot_go_well() {
    // What these are about may have passed by the next try.
    let may_pass = [
        "body_too_slow",
        "internal_error",
        "model_failed",
        "empty_answer",
        "plugin_failed",
        "upload_not_kept",
        "model_timeout",
        "turn_timeout",
    ];
    for fault in all() {
        let (status, code, again) = fault.row();
        if matches!(status, 408 | 409 | 429 | 500..) {
            assert_eq!(again == RetryAdvice::Unsaid, may_pass.contains(&code), "{code}");
        }
    }
}

#[test]
fn the_documented_table_is_this_one() {
    let documented = include_str!("../../../../docs/api.md");
    for fault in all() {
        let (status, code, again) = fault.row();
        let again = match again {
            RetryAdvice::Unsaid => String::new(),
            RetryAdvice::After(seconds) => format!("after {seconds} s"),
            RetryAdvice::Never | RetryAdvice::NeverBefore(_) => "no".to_owned(),
        };
        let line = format!("| {status} | `{code}` | {again} |");
        let line = line.replace("|  |", "| |");
        assert!(documented.contains(&line), "docs/api.md lacks the line\n{line}");
    }
}

#[test]
fn each_api_has_its_own_words() {
    let error = ApiError::new(Fault::InvalidKey, "no key");
    let of = |dialect| error.body(dialect, "x-1").to_string();
    assert!(of(Dialect::OpenAi).contains(r#""code":"invalid_api_key""#));
    assert!(of(Dialect::Qianfan).contains(r#""code":"invalid_iam_token""#));
    assert_eq!(of(Dialect::Rpc), r#"{"error_code":110,"error_msg":"no key","id":"x-1"}"#);
    for (path, dialect) in [("/v2", Dialect::Qianfan), ("/v2x", Dialect::OpenAi), ("/rpc/2.0", Dialect::Rpc)]
    {
        assert_eq!(Dialect::of(path), dialect, "{path}");
    }
    let busy = ApiError::new(Fault::Busy, "").into_response();
    assert!(busy.headers().get(RETRY_AFTER).is_none(), "worded later");
}

/// A status is written in the table, and in no handler.
#[test]
fn no_handler_has_a_status_of_its_own() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/http"));
    // The answers of `/readyz` are not errors, a preflight has no content, a job is accepted, an entry only reads, the
    // console's page may be one that the browser has, and hyper's own refusals are read before they are put into words.
    let others =
        ["health.rs", "door.rs", "job_view.rs", "entry.rs", "console.rs", "server/refusal.rs"].map(Path::new);
    let (mut folders, mut read) = (vec![folder.to_owned()], 0);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let inner = path.strip_prefix(folder).unwrap();
            if path.is_dir() && inner != Path::new("error") {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") && !others.contains(&inner) {
                let text = std::fs::read_to_string(&path).unwrap();
                read += 1;
                let name = inner.display();
                assert!(!text.contains("StatusCode"), "{name} sets a status; take a fact of error.rs");
            }
        }
    }
    assert!(read > 50, "the handlers were not found");
}
