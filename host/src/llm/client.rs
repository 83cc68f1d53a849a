//! One model the host can call.

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use serde_json::{Map, Value};

use super::answer::{AnswerStream, Assembly, cause_chain};
use super::error::ModelError;
use super::request::ChatRequest;
use super::settings::ModelSettings;

/// A model, ready to be called. Its connections are kept between calls.
pub struct Model {
    name: String,
    settings: ModelSettings,
    url: String,
    /// What errors may tell of the URL.
    origin: String,
    defaults: Map<String, Value>,
    api_key: Option<String>,
    http: reqwest::Client,
}

impl Model {
    /// Prepares a model. Fails where its API key's environment variable is missing, where its URL is
    /// none, or where TLS cannot be set up; the text names the key to change.
    pub fn new(name: &str, settings: &ModelSettings) -> Result<Self, String> {
        let api_key = match settings.api_key_env.as_ref().filter(|variable| !variable.is_empty()) {
            Some(variable) => Some(key_from(std::env::var(variable)).map_err(|_| {
                format!("api_key_env: the environment variable `{variable}` is not set; export it before starting the host")
            })?),
            None => None,
        };
        let base = url::Url::parse(&settings.base_url).map_err(|error| format!("base_url: {error}"))?;
        let mut defaults = Map::new();
        if let Some(value) = settings.temperature {
            defaults.insert("temperature".into(), value.into());
        }
        if let Some(value) = settings.top_p {
            defaults.insert("top_p".into(), value.into());
        }
        if let Some(value) = settings.max_tokens {
            defaults.insert("max_tokens".into(), value.into());
        }
        let http = reqwest::Client::builder()
            .connect_timeout(settings.connect_timeout)
            .tcp_nodelay(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| format!("cannot set up HTTP: {error}"))?;
        Ok(Self {
            name: name.to_owned(),
            url: format!("{}/chat/completions", settings.base_url.trim_end_matches('/')),
            origin: base.origin().ascii_serialization(),
            settings: settings.clone(),
            defaults,
            api_key,
            http,
        })
    }

    /// The settings it was made from.
    pub fn settings(&self) -> &ModelSettings {
        &self.settings
    }

    /// The name in the configuration.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The exact bytes [`Self::send`] will be given for this request.
    pub fn encode(&self, request: &ChatRequest) -> Bytes {
        request.to_bytes(&self.settings.model, &self.defaults)
    }

    /// Sends a request and returns its answer once the endpoint has accepted it.
    pub async fn send(&self, body: Bytes) -> Result<AnswerStream, ModelError> {
        let mut request = self.http.post(&self.url).header(CONTENT_TYPE, "application/json").body(body);
        if let Some(key) = &self.api_key {
            request = request.bearer_auth(key);
        }
        if let Some(appid) = &self.settings.appid {
            request = request.header("appid", appid);
        }
        let limit = self.settings.first_byte_timeout;
        let response = match tokio::time::timeout(limit, request.send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) if error.is_connect() => {
                return Err(ModelError::Unreachable {
                    model: self.name.clone(),
                    origin: self.origin.clone(),
                    cause: cause_chain(&error),
                });
            }
            Ok(Err(error)) => {
                return Err(ModelError::BrokenOff { model: self.name.clone(), cause: cause_chain(&error) });
            }
            Err(_) => return Err(ModelError::FirstByteTimeout { model: self.name.clone(), limit }),
        };
        if !response.status().is_success() {
            return Err(self.refusal(response).await);
        }
        let kind =
            response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let whole_json = kind.starts_with("application/json");
        Ok(AnswerStream {
            model: self.name.clone(),
            first_byte_timeout: limit,
            stall_timeout: self.settings.stall_timeout,
            state: Assembly::new(whole_json),
            response,
        })
    }

    async fn refusal(&self, mut response: reqwest::Response) -> ModelError {
        let status = response.status().as_u16();
        let retry_after =
            response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let mut body = Vec::new();
        while let Ok(Ok(Some(chunk))) =
            tokio::time::timeout(self.settings.stall_timeout, response.chunk()).await
        {
            body.extend_from_slice(&chunk);
            if body.len() > 64 << 10 {
                break;
            }
        }
        let text = String::from_utf8_lossy(&body);
        let message = serde_json::from_str::<Value>(&text)
            .ok()
            .and_then(|value| {
                Some(value.pointer("/error/message").or_else(|| value.get("error_msg"))?.as_str()?.to_owned())
            })
            .unwrap_or_else(|| text.into_owned());
        ModelError::Refused {
            model: self.name.clone(),
            status,
            message: message.chars().take(500).collect(),
            retry_after,
        }
    }
}

/// A key as it goes out. Files and shells like to leave a line's end behind it, which no header holds.
fn key_from(variable: Result<String, std::env::VarError>) -> Result<String, std::env::VarError> {
    variable.map(|key| key.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_loses_the_white_space_around_it() {
        assert_eq!(key_from(Ok(" k-1\r\n".into())), Ok("k-1".into()));
        assert!(key_from(Err(std::env::VarError::NotPresent)).is_err());
    }

    #[tokio::test]
    async fn an_unreachable_endpoint_is_told_by_its_origin_only() {
        _ = rustls::crypto::ring::default_provider().install_default();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        // As a caller may make it that skips the check of the settings.
        let text = format!("base_url = \"http://u:s3cret@{address}/t0ken\"\nmodel = \"m\"");
        let model = Model::new("m", &toml::from_str(&text).unwrap()).unwrap();
        let Err(error) = model.send(Bytes::new()).await else { panic!("somebody answers") };
        let said = error.to_string();
        assert!(said.contains(&format!("http://{address}")), "{said}");
        assert!(!said.contains("s3cret") && !said.contains("t0ken"), "{said}");
    }
}
