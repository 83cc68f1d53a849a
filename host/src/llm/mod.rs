//! Models: any endpoint that speaks OpenAI's chat completions, Qianfan v2 among them.

mod answer;
mod client;
mod error;
mod request;
mod settings;
mod sse;

pub use answer::{AnswerEvent, AnswerStream, Ending, Usage};
pub use client::Model;
pub use error::ModelError;
pub use request::{ChatRequest, ClientTool, Parameters, Tool};
pub use settings::ModelSettings;
