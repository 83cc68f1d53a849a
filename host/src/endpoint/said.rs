//! What others said, such as an endpoint or a plugin, made fit for who is to read it.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::redact;

/// Characters of others' words that the operator gets.
const MAX_CHARS: usize = 300;
/// Characters of a text that goes on to a client or a model; a longer one was not written for them.
const MAX_CHARS_FOR_OTHERS: usize = 200;

/// What is told of a page.
const WEB_PAGE: &str = "(a web page; is this the address of the API?)";

/// Whether what [`in_refusal`] gave tells of a page.
pub fn is_web_page(said: &str) -> bool {
    said.contains(WEB_PAGE)
}

/// The message of a refusal's body: of JSON the message in it, of a page only that it is one.
pub fn in_refusal(body: &[u8], html: bool) -> String {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    if text.is_empty() {
        return "(no text)".to_owned();
    }
    if html || text.starts_with('<') {
        return WEB_PAGE.to_owned();
    }
    let message = serde_json::from_str::<Value>(text).ok().and_then(|value| {
        let places = [
            "/error/message",
            "/error/msg",
            "/error_msg",
            "/message",
            "/msg",
            "/error",
            "/detail",
            "/base_resp/status_msg",
            "/choices/0/error/message",
            "/0/error/message",
            "/Response/Error/Message",
            "/ErrorMsg/Msg",
            "/errors/0/message",
            "/err_msg",
            "/errmsg",
            "/errorMessage",
            "/header/message",
        ];
        let text = |place| value.pointer(place).and_then(Value::as_str).map(str::to_owned);
        places.into_iter().find_map(text)
    });
    match message {
        Some(message) => cleaned(&message),
        // A secret may be hidden by escapes of JSON, so these are undone before it is looked for.
        None => cleaned(&redact::known().json(text)),
    }
}

/// The text as an operator may read it: without secrets, in one line, and shortened.
pub fn cleaned(text: &str) -> String {
    // Secrets are blanked before the text is cut, because half a secret would not be recognised.
    let text = redact::known().text(text).into_owned();
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match line.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// What tells of the inside: markup, addresses, names of hosts and files, paths, ports, what looks like
/// a key or an id, and what has been blanked.
static OF_THE_INSIDE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let parts = [
        r"<[A-Za-z/!?]",
        r"://|::|@|\\",
        r"(?i)\blocalhost\b",
        r"\b[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.[A-Za-z]{2,}",
        r"\b[0-9]{1,3}(\.[0-9]{1,3}){3}\b",
        r"[0-9A-Za-z\]]:[0-9]{2,5}\b",
        r"(^|[\s`'\x22(=])[~/][A-Za-z0-9._-]",
        r"\b(sk|key|org|proj|req|ak)[-_][A-Za-z0-9]",
        r"[A-Za-z0-9+/_=-]{24}",
        r"\[secret ",
    ];
    // A test builds it.
    Regex::new(&parts.join("|")).ok()
});

/// For a client or a model: the text as it is where it is short, one line, and tells nothing of the
/// inside; `None` where it is not.
pub fn fit_for_others(text: &str) -> Option<&str> {
    let text = text.trim();
    let inside = OF_THE_INSIDE.as_ref()?;
    let fit = !text.is_empty()
        && text.chars().count() <= MAX_CHARS_FOR_OTHERS
        && !text.chars().any(char::is_control)
        && !redact::known().finds(text.as_bytes())
        && !inside.is_match(text);
    fit.then_some(text)
}
