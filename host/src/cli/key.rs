//! `qianfan-host key`: keys for clients.

use std::io::{ErrorKind, Write as _};

use clap::{Args, Subcommand};

use super::CommandError;
use crate::door::NewKey;
use crate::problem::is_name;

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

pub(super) fn run(command: &KeyCommand) -> Result<(), CommandError> {
    let KeyCommand::New(NewArguments { name, apps }) = command;
    for text in std::iter::once(name).chain(apps) {
        if !is_name(text) {
            return Err(format!("`{text}` is not a name; use letters, digits, `-` and `_`, at most 64"));
        }
    }
    let key = NewKey::generate()?;
    let limited = if apps.is_empty() {
        "# apps = [\"…\"]    # the apps it may use; without this line every app".to_owned()
    } else {
        let apps: Vec<String> = apps.iter().map(|app| format!("\"{app}\"")).collect();
        format!("apps = [{}]", apps.join(", "))
    };
    let told = format!(
        "{}

# The line above is the key: give it to the client, it is not shown again. Add this to the
# configuration, which keeps only the key's hash, and start or reload the host (kill -HUP):
[keys.{name}]
hash = \"{}\"
{limited}
",
        key.reveal(),
        key.hash(),
    );
    // Nobody else has seen the key: whoever asked for it must know where it went nowhere.
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(told.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(format!(
            "the key could not be written and is lost: {error}; nothing was changed, ask for another"
        )),
        _ => Ok(()),
    }
}
