//! The smallest plugin: a passage for every question.

use qianfan_plugin::{Contribution, Contributor, Description, Failure, NoConfig, Passage, Turn};

struct Hello;
qianfan_plugin::export_contributor!(Hello);

impl Contributor for Hello {
    type Config = NoConfig;
    fn describe() -> Description {
        Description::new("hello", "0.1.0", "Greets with what was asked")
    }
    fn contribute(turn: Turn, _: NoConfig) -> Result<Contribution, Failure> {
        let text = format!("你好！你问的是：{}", turn.question);
        Ok(Contribution::Passages(vec![Passage::new("hello", text)]))
    }
}
