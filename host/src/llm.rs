//! Models: any endpoint that speaks OpenAI's chat completions, Qianfan v2 among them.

mod answer;
mod assembly;
mod calls;
mod clean;
mod client;
mod error;
mod json;
mod meaning;
mod report;
mod request;
mod settings;
mod sse;
mod text;

pub use answer::{AnswerEvent, AnswerStream, Ending, Usage};
pub use client::Model;
pub use error::ModelError;
pub use meaning::Meaning;
pub use request::{ChatRequest, ClientTool, Parameters, Tool};
pub use settings::ModelSettings;
