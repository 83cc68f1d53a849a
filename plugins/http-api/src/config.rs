//! What the operator writes.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// The operator's configuration. Templates see `question`, `search_text` (the question
/// made standalone), `arguments` and `variables`.
#[derive(Deserialize)]
pub(crate) struct Config {
    /// Default: GET, or POST where there is a body.
    pub(crate) method: Option<Method>,
    /// Template; each value put in is percent-encoded as one component.
    pub(crate) url: String,
    /// Templates; one that renders empty is left out.
    #[serde(default)]
    pub(crate) query: BTreeMap<String, String>,
    /// Templates.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    /// An object or a list is sent as JSON, each text in it being a template; a text is one template,
    /// whose values are escaped as the `content-type` header asks.
    pub(crate) body: Option<Value>,
    /// Regular expressions tried on the question where the model gave no arguments: what a named group
    /// matches becomes the argument of that name. What the question leaves out is sought in `search_text`.
    #[serde(default)]
    pub(crate) extract_arguments: Vec<String>,
    #[serde(default)]
    pub(crate) success: Success,
    /// What an API's refusal is. Default `fail`.
    #[serde(default)]
    pub(crate) on_error: OnError,
    /// Statuses that mean the API knows nothing about it, such as 404.
    #[serde(default)]
    pub(crate) empty_status: Vec<u16>,
    /// Names for what JSONPath (RFC 9535) finds in the response.
    #[serde(default)]
    pub(crate) extract: BTreeMap<String, String>,
    /// Markdown template; sees what was extracted, by name, and `response`, `status`. Absent: a list of
    /// what was extracted, or the response as it is.
    pub(crate) result: Option<String>,
    /// Template for what is told of a request that did something and was answered with nothing; sees `status`.
    #[serde(default = "default_done")]
    pub(crate) done: String,
    /// Template for what is told of a refusal with `on_error = "outcome"`, and beside data that came with one; sees
    /// `message`, the API's own, and `status`.
    #[serde(default = "default_refused")]
    pub(crate) refused: String,
    /// Template for the source's name. Clients see it, so the default tells no address.
    #[serde(default = "default_title")]
    pub(crate) title: String,
    /// Template for a link to the source, values percent-encoded; one `{{ … }}` alone is an address as it is. Absent,
    /// or none of http: no link.
    pub(crate) link: Option<String>,
    /// What the trace says where nothing was found.
    #[serde(default = "default_empty")]
    pub(crate) empty: String,
}

fn default_done() -> String {
    "接口已经成功执行（状态 {{ status }}），没有返回内容。".to_owned()
}

fn default_refused() -> String {
    "接口没有办理这个请求，它的答复是：{{ message }}".to_owned()
}

pub(crate) fn default_title() -> String {
    "接口查询结果".to_owned()
}

fn default_empty() -> String {
    "the API knows nothing about it".to_owned()
}

/// What becomes of an API that answers that it will not.
#[derive(Deserialize, Clone, Copy, Default, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OnError {
    /// The plugin fails, as where the API is away.
    #[default]
    Fail,
    /// Its own message is the result, for the model to tell. An API that is away, or that does not take the
    /// plugin's key, is a failure all the same.
    Outcome,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Config {
    /// Whether the request does something, other than only asking.
    pub(crate) fn acts(&self) -> bool {
        !matches!((self.method, &self.body), (Some(Method::Get), _) | (None, None))
    }
}

impl Config {
    /// Whether pages for browsers are wanted: the request says so.
    pub(crate) fn asks_for_pages(&self) -> bool {
        let is_accept = |name: &str| name.eq_ignore_ascii_case("accept");
        self.headers.iter().any(|(name, value)| is_accept(name) && value.contains("html"))
    }
}

impl Method {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// When a response counts as one.
#[derive(Deserialize, Default)]
pub(crate) struct Success {
    /// Empty: every 2xx.
    #[serde(default)]
    pub(crate) status: Vec<u16>,
    /// JSONPath that must find `equals`; or else something other than null or false, as [`crate::envelope::may_be_success`] says.
    pub(crate) path: Option<String>,
    /// The value `path` must find, or a list of such values; a number and its text are the same.
    pub(crate) equals: Option<Value>,
    /// JSONPath to the API's own error text, for the operator.
    pub(crate) message: Option<String>,
}
