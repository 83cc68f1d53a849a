//! Placeholder.
use qianfan_plugin::{Contribution, Contributor, Description, Failure, NoConfig, Turn};
struct Plugin;
qianfan_plugin::export_contributor!(Plugin);
impl Contributor for Plugin {
    type Config = NoConfig;
    fn describe() -> Description { Description::new("http-api", env!("CARGO_PKG_VERSION"), "Not yet") }
    fn contribute(_: Turn, _: NoConfig) -> Result<Contribution, Failure> { Ok(Contribution::Nothing("not yet".to_owned())) }
}
