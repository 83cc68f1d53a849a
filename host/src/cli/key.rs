//! `qianfan-host key`: keys for clients.

use clap::{Args, Subcommand};

use super::Failure;
use crate::config::is_name;
use crate::door::NewKey;

#[derive(Subcommand)]
pub(super) enum KeyCommand {
    /// Make a key: it is printed once, in the first line, and then what the configuration keeps of it.
    New(NewArguments),
}

#[derive(Args)]
pub(super) struct NewArguments {
    /// Who the key is for; its name in the configuration.
    name: String,
    /// An app that the key may use; can be given several times. Without it: every app.
    #[arg(short, long = "app")]
    apps: Vec<String>,
}

pub(super) fn run(command: &KeyCommand) -> Result<(), Failure> {
    let KeyCommand::New(NewArguments { name, apps }) = command;
    for text in std::iter::once(name).chain(apps) {
        if !is_name(text) {
            return Err(format!("`{text}` is not a name; use letters, digits, `-` and `_`, at most 64"));
        }
    }
    let key = NewKey::generate()?;
    outln!("{}", key.reveal());
    outln!();
    outln!("# The line above is the key: give it to the client, it is not shown again. Add this to the");
    outln!("# configuration, which keeps only the key's hash, and start the host anew:");
    outln!("[keys.{name}]");
    outln!("hash = \"{}\"", key.hash());
    if apps.is_empty() {
        outln!("# apps = [\"…\"]    # the apps it may use; without this line every app");
    } else {
        let apps: Vec<String> = apps.iter().map(|app| format!("\"{app}\"")).collect();
        outln!("apps = [{}]", apps.join(", "));
    }
    Ok(())
}
