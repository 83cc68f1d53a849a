use super::*;

#[test]
fn a_wrong_path_names_the_right_one() {
    for (wrong, right) in [
        ("/chat/completions", Some(CHAT)),
        ("/v1/chat/completions/", Some(CHAT)),
        ("/v1//chat/completions", Some(CHAT)),
        ("/v1/v1/chat/completions", Some(CHAT)),
        ("/v1/chat/completions/v1/models", Some("/v1/models")),
        ("/openai/v1/chat/completions", Some(CHAT)),
        ("/api/v1/chat/completions", Some(CHAT)),
        ("/api/chat", Some(CHAT)),
        ("/V1/chat/completions", Some(CHAT)),
        ("/v1/Chat/Completions", Some(CHAT)),
        ("/V2/chat/completions", Some(QIANFAN_CHAT)),
        ("/openai/deployments/gpt-4o/chat/completions", Some(CHAT)),
        ("/v1/chat", Some(CHAT)),
        ("/v2/v1/chat/completions", Some(QIANFAN_CHAT)),
        ("/v2/chat/completions/", Some(QIANFAN_CHAT)),
        ("/v2/chat", Some(QIANFAN_CHAT)),
        ("/models", Some("/v1/models")),
        ("/v2/models/", Some("/v2/models")),
        ("/v1/chat/completions", None),
        ("/v2/chat/completions", None),
        ("/v1/models", None),
        ("/v1/traces", None),
        ("/v1/knowledge-bases/chat/search", None),
        ("/", None),
        ("/favicon.ico", None),
    ] {
        assert_eq!(right_chat_path(wrong), right, "{wrong}");
        assert_eq!(is_a_clients(wrong), right.is_some(), "{wrong}");
    }
    for path in [
        "/v1/responses",
        "/v1/embeddings",
        "/v1/messages",
        "/rpc/2.0/x/chat/y",
        "/completions",
        "/V1/Embeddings",
    ] {
        assert!(is_a_clients(path) && unserved(path).is_some(), "{path}");
    }
    for path in ["/v1/knowledge_bases/a/search", "/traces/x", "/v2/jobs"] {
        assert!(!is_a_clients(path) && mend(path).is_some(), "{path}");
    }
    assert_eq!(mend("/v1/knowledge-bases"), None);
}
