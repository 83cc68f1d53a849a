//! Names that other programs have for what stands in this host's configuration under another, or nowhere.

use toml::Value;

/// Names of other programs' tables, in lower case without `-`, `_` and a plural's s, and what to do here instead.
const TABLES: [(&[&str], &str); 16] = [
    (
        &["log", "logger", "logging"],
        "the log goes to stderr, and the variable QIANFAN_LOG says what is in it, such as QIANFAN_LOG=debug; remove it",
    ),
    (&["http", "web"], "write [server]"),
    (
        &["cert", "http2", "ssl", "tl"],
        "the host speaks plain HTTP; put a reverse proxy with TLS before it, and remove it",
    ),
    (&["metric", "monitoring", "prometheu"], "figures are always at /metrics; remove it"),
    (
        &["proxie", "proxy"],
        "models, embedders and the reranker are asked through the proxy that the variables HTTPS_PROXY and HTTP_PROXY name, \
         plugins, stores and pages of the web through none; remove it",
    ),
    (&["agent", "assistant", "bot", "chat"], "write [apps.NAME]"),
    (&["api", "auth", "token", "user"], "write [keys.NAME], or admin_key_env in [server]"),
    (&["base", "dataset", "kb", "rag", "retrieval"], "write [knowledge.NAME]"),
    (&["cor"], "write cors_origins in [server]"),
    (&["database", "db", "qdrant", "vector", "vectorstore"], "write [stores.NAME]"),
    (&["embedding"], "write [embedders.NAME]"),
    (&["formatter", "tool"], "write [plugins.NAME], and name it in [apps.NAME]"),
    (&["limit"], "write max_turns and the like in [server], or [plugins.NAME.limits]"),
    (&["llm", "openai", "provider", "qianfan"], "write [models.NAME]"),
    (&["prompt"], "write prompt = \"prompts/app.j2\" in [apps.NAME]"),
    (&["trace", "tracing"], "write max_traces and max_trace_bytes in [server]"),
];

const PROXY: &str = "a proxy is named by the variables HTTPS_PROXY and HTTP_PROXY; remove it";

/// How the mend of a field of requests ends.
const EXAMPLE_OF_EXTRA: &str = "extra = { seed = 1 }";

/// What to write instead of a table that is another program's.
pub(super) fn instead_of_a_table(name: &str) -> Option<&'static str> {
    let plain = name.to_lowercase().replace(['-', '_'], "");
    let plain = plain.trim_end_matches('s');
    TABLES.iter().find(|(names, _)| names.contains(&plain)).map(|(_, mend)| *mend)
}

/// Keys of other programs, each with the tables where people write it and what to do there instead. `*` stands for any name.
const KEYS: &[(&str, &[&str], &str)] = &[
    (
        "server",
        &["address", "addr", "bind", "host", "ip", "port"],
        "write listen = \"127.0.0.1:8080\", address and port together",
    ),
    (
        "server",
        &["debug", "log", "log_file", "log_level", "loglevel"],
        "the log goes to stderr, and the variable QIANFAN_LOG says what is in it; remove it",
    ),
    (
        "server",
        &["cert", "key_file", "ssl", "ssl_cert", "ssl_key", "tls", "https"],
        "the host speaks plain HTTP; put a reverse proxy with TLS before it, and remove it",
    ),
    ("server", &["threads", "worker", "workers"], "the host uses all processors; remove it"),
    (
        "server",
        &["api_key", "api_keys", "token", "tokens"],
        "make a key with `qianfan-host key new NAME`, and add the [keys.NAME] that it prints",
    ),
    ("server", &["allowed_origins", "origins"], "did you mean `cors_origins`?"),
    (
        "models.*",
        &["api_base", "api_url", "baseurl", "endpoint", "host", "server"],
        "did you mean `base_url`?",
    ),
    (
        "models.*",
        &[
            "context",
            "context_length",
            "context_size",
            "context_window",
            "max_context",
            "max_context_tokens",
            "n_ctx",
            "num_ctx",
        ],
        "did you mean `context_tokens`?",
    ),
    ("models.*", &["max_length", "max_new_tokens", "max_output_tokens"], "did you mean `max_tokens`?"),
    (
        "models.*",
        &["prompt", "system", "system_prompt"],
        "a prompt is an app's: write prompt = \"prompts/app.j2\" in [apps.NAME]",
    ),
    ("models.*", &["http_proxy", "https_proxy", "proxy"], PROXY),
    ("embedders.*", &["http_proxy", "https_proxy", "proxy"], PROXY),
    ("rerank", &["http_proxy", "https_proxy", "proxy"], PROXY),
    (
        "fetch",
        &["http_proxy", "https_proxy", "proxy"],
        "pages are asked for without a proxy, since an address that was checked must be the one that is connected to; remove it",
    ),
    (
        "models.*",
        &[
            "enable_thinking",
            "frequency_penalty",
            "penalty_score",
            "presence_penalty",
            "reasoning_effort",
            "repetition_penalty",
            "response_format",
            "seed",
            "stop",
            "thinking",
            "top_k",
        ],
        "write it in extra, whose fields every request has, such as extra = { seed = 1 }",
    ),
    (
        "models.*",
        &["retries", "max_retries", "retry"],
        "a request is tried again by itself where that can help; remove it",
    ),
    ("models.*", &["type", "kind", "provider"], "every model is asked as OpenAI's API is; remove it"),
    ("embedders.*", &["api_base", "api_url", "endpoint"], "did you mean `base_url`?"),
    (
        "embedders.*",
        &["dim", "dimension", "dimensions"],
        "how long vectors are is seen from the model; remove it",
    ),
    ("embedders.*", &["type", "provider"], "did you mean `kind`? It is \"local\" or \"openai\""),
    (
        "stores.*",
        &["host", "port", "endpoint"],
        "did you mean `url`? It has address and port, such as \"http://127.0.0.1:6334\"",
    ),
    (
        "knowledge.*",
        &["dir", "directory", "docs", "documents", "file", "files", "folder", "path"],
        "documents are imported; run `qianfan-host kb import BASE FILE`, or write [knowledge.NAME.sources.SOURCE] for pages of the web",
    ),
    (
        "knowledge.*",
        &["embedding", "embedding_model", "embeddings", "model"],
        "did you mean `embedder`? It names an [embedders.NAME] table",
    ),
    ("knowledge.*", &["chunk", "chunk_chars", "chunk_length", "chunk_size"], "did you mean `window_chars`?"),
    ("knowledge.*", &["chunk_overlap", "overlap"], "how windows overlap is fixed; remove it"),
    ("knowledge.*", &["limit", "max_results", "size"], "did you mean `top_k`?"),
    ("knowledge.*", &["min_score", "score", "similarity"], "did you mean `threshold`?"),
    (
        "knowledge.*",
        &["url", "urls", "sitemap"],
        "write it in a source of its own: [knowledge.NAME.sources.SOURCE] with urls = [\"https://…\"]",
    ),
    (
        "plugins.*",
        &["file", "path", "wasm", "source", "url"],
        "did you mean `component`? It names a file or \"builtin:NAME\"",
    ),
    (
        "secrets.*",
        &["header", "headers", "host", "hosts", "url", "urls"],
        "where it goes is said where it is granted: secrets = [{ secret = \"NAME\", host = \"https://…\", header = \"Authorization\" }] in [plugins.NAME.grants]",
    ),
    ("plugins.*", &["enable", "enabled", "disabled"], "a plugin is used by the apps that name it; remove it"),
    (
        "apps.*",
        &[
            "instructions",
            "prompt_file",
            "prompt_template",
            "system",
            "system_message",
            "system_prompt",
            "template",
        ],
        "did you mean `prompt`? It names a file with the template, such as \"prompts/app.j2\"",
    ),
    (
        "apps.*",
        &["base", "bases", "dataset", "datasets", "kb", "knowledge", "knowledge_base", "knowledge_bases"],
        "an app searches through a plugin: write [plugins.NAME] with component = \"builtin:knowledge-base\" and grants.knowledge, and name it in plugins; or whole_text = [\"BASE\"]",
    ),
    ("apps.*", &["description", "display_name", "name"], "did you mean `title`?"),
    (
        "apps.*",
        &["on_failure", "route", "when"],
        "it belongs to an entry of plugins, such as plugins = [{ plugin = \"kb\", route = \"always\", on_failure = \"fail\" }]",
    ),
    (
        "apps.*.plugins",
        &["component", "id", "name"],
        "did you mean `plugin`? It names a [plugins.NAME] table",
    ),
    (
        "apps.*.formatters",
        &["component", "id", "name"],
        "did you mean `plugin`? It names a [plugins.NAME] table",
    ),
    (
        "apps.*.plugins.when",
        &["expression", "match", "matches", "re", "regex", "regexes", "regexp"],
        "did you mean `patterns`? It is a list: patterns = ['订单\\d+']",
    ),
    (
        "apps.*.plugins.when",
        &["any", "contains", "question", "text", "texts", "word", "words"],
        "did you mean `keywords`? It is a list: keywords = [\"价格\"]",
    ),
];

/// What to write instead of a key that is another program's.
pub(super) fn instead_of_a_key(name: &str, outer: &str) -> Option<&'static str> {
    let plain = name.to_lowercase().replace('-', "_");
    // The tables above write `apps.shop.plugins[0].when` as `apps.*.plugins.when`.
    let names = outer.split('.').map(|name| name.split('[').next().unwrap_or(name));
    let table =
        names.enumerate().map(|(at, name)| if at == 1 { "*" } else { name }).collect::<Vec<_>>().join(".");
    let fits = |(of, names, _): &&(&str, &[&str], &str)| *of == table && names.contains(&plain.as_str());
    KEYS.iter().find(fits).map(|(_, _, mend)| *mend)
}

/// What to write instead of a field of requests that is no key of a model, with the value that was written. Some are
/// spelt like a key that means something else: `top_k` beside `top_p`.
pub(super) fn in_extra(name: &str, outer: &str, value: Option<&Value>) -> Option<String> {
    /// Longer values are not repeated.
    const LONGEST_VALUE: usize = 60;
    let mend = instead_of_a_key(name, outer).filter(|mend| mend.ends_with(EXAMPLE_OF_EXTRA))?;
    let value =
        value.map(Value::to_string).filter(|value| value.len() <= LONGEST_VALUE && !value.contains('\n'));
    let field = format!("{} = {}", name.to_lowercase().replace('-', "_"), value.as_deref().unwrap_or("…"));
    Some(mend.replace(EXAMPLE_OF_EXTRA, &format!("extra = {{ {field} }}")))
}

/// The same of a key that is written like one of the table and means something else: `host` beside `hosts`.
pub(super) fn rather_than_near(name: &str, outer: &str) -> Option<&'static str> {
    (outer == "server" && name == "host").then(|| instead_of_a_key(name, outer)).flatten()
}

#[cfg(test)]
mod tests;
