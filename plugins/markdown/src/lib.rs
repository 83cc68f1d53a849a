//! Placeholder.
use qianfan_plugin::{Formatter, Description, Failure, NoConfig, Passage};
struct Plugin;
qianfan_plugin::export_formatter!(Plugin);
impl Formatter for Plugin {
    type Config = NoConfig;
    fn describe() -> Description { Description::new("markdown", env!("CARGO_PKG_VERSION"), "Not yet") }
    fn open(_: NoConfig, _: Vec<Passage>) -> Result<Self, Failure> { Ok(Self) }
    fn feed(&mut self, chunk: &str) -> Result<String, Failure> { Ok(chunk.to_owned()) }
    fn finish(&mut self) -> Result<String, Failure> { Ok(String::new()) }
}
