//! What goes upstream: one chat-completion request in the OpenAI shape.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::message::{Message, Role};

/// A function the model may call.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tool {
    /// Letters, digits, `_` and `-`.
    pub name: String,
    /// When it is worth calling.
    pub description: String,
    /// JSON Schema of the arguments.
    pub parameters: Value,
}

/// One request, before the model's own name and defaults are put in.
#[derive(Debug, Clone, Default)]
pub struct ChatRequest {
    /// The prompt.
    pub messages: Vec<Message>,
    /// Tools the host runs itself.
    pub tools: Vec<Tool>,
    /// Tools of the client, in the shape the client sent them.
    pub client_tools: Vec<Value>,
    /// Sampling fields of the client (`temperature`, `stop`, …), passed on as they came.
    pub parameters: Map<String, Value>,
}

impl ChatRequest {
    /// The exact bytes that are sent. `defaults` are used where the client said nothing.
    pub fn to_bytes(&self, model: &str, defaults: &Map<String, Value>) -> Bytes {
        let mut body = Map::new();
        body.insert("model".into(), model.into());
        body.insert("messages".into(), self.messages.iter().map(message_json).collect());
        body.insert("stream".into(), true.into());
        body.insert("stream_options".into(), json!({"include_usage": true}));
        let tools: Vec<Value> = self
            .tools
            .iter()
            .map(|tool| json!({"type": "function", "function": tool}))
            .chain(self.client_tools.iter().cloned())
            .collect();
        if !tools.is_empty() {
            body.insert("tools".into(), tools.into());
        }
        // The client's choice among temperature and top_p replaces the operator's.
        let client_samples =
            self.parameters.contains_key("temperature") || self.parameters.contains_key("top_p");
        for (key, value) in defaults {
            let sampling = key == "temperature" || key == "top_p";
            let length = key == "max_tokens" && self.parameters.contains_key("max_completion_tokens");
            let replaced = length || (sampling && client_samples);
            if !replaced {
                body.insert(key.clone(), value.clone());
            }
        }
        for (key, value) in &self.parameters {
            // Endpoints refuse a word about tools where there are none.
            if !body.contains_key("tools") && matches!(key.as_str(), "tool_choice" | "parallel_tool_calls") {
                continue;
            }
            body.insert(key.clone(), value.clone());
        }
        Bytes::from(Value::Object(body).to_string())
    }
}

fn message_json(message: &Message) -> Value {
    let mut object = Map::new();
    object.insert("role".into(), json!(message.role));
    object.insert("content".into(), message.content.clone().into());
    if message.role == Role::Assistant && !message.tool_calls.is_empty() {
        let calls = message.tool_calls.iter().map(|call| json!({"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}));
        object.insert("tool_calls".into(), calls.collect());
    }
    if let Some(id) = &message.tool_call_id {
        object.insert("tool_call_id".into(), id.clone().into());
    }
    Value::Object(object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clients_sampling_replaces_the_operators() {
        let defaults =
            Map::from_iter([("temperature".to_string(), json!(0.1)), ("max_tokens".to_string(), json!(9))]);
        let request = ChatRequest {
            parameters: Map::from_iter([
                ("top_p".to_string(), json!(0.5)),
                ("max_completion_tokens".to_string(), json!(7)),
            ]),
            ..Default::default()
        };
        let body: Value = serde_json::from_slice(&request.to_bytes("m", &defaults)).unwrap();
        assert_eq!(body["top_p"], 0.5);
        assert_eq!(body["max_completion_tokens"], 7);
        assert!(body.get("temperature").is_none() && body.get("max_tokens").is_none());
    }

    #[test]
    fn nothing_is_said_of_tools_where_there_are_none() {
        let parameters = Map::from_iter([
            ("tool_choice".to_string(), json!("required")),
            ("parallel_tool_calls".to_string(), json!(false)),
        ]);
        let mut request = ChatRequest { parameters, ..Default::default() };
        let body: Value = serde_json::from_slice(&request.to_bytes("m", &Map::new())).unwrap();
        assert!(body.get("tool_choice").is_none() && body.get("parallel_tool_calls").is_none());
        request.client_tools = vec![json!({"type": "function", "function": {"name": "mine"}})];
        let body: Value = serde_json::from_slice(&request.to_bytes("m", &Map::new())).unwrap();
        assert_eq!(body["tool_choice"], "required");
    }
}
