//! `qianfan-host check`: every mistake of the configuration, with its place and its mend.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use console::{Term, style};

use super::keys::wrapped;
use super::{CommandError, counted, made_ready};
use crate::clean;
use crate::config::{Config, ConfigError};
use crate::host::{ConfigReport, Host, unsearchable};
use crate::problem::Problem;
use crate::redact;

/// What is said of a file that can be used and has no app.
const NOTHING_TO_SERVE: &str = "there is no app yet, so nobody can chat; add [models.NAME] and [apps.NAME] \
                                with model = \"NAME\", or let `qianfan-host init` make a folder with a file \
                                to begin with";

#[derive(Args)]
pub(super) struct CheckArguments {
    /// The configuration file, as with --config.
    file: Option<PathBuf>,
    /// Also ask each model, embedder, store and the reranker once whether it answers.
    #[arg(long)]
    online: bool,
}

pub(super) async fn run(path: &Path, arguments: &CheckArguments) -> Result<(), CommandError> {
    let path = arguments.file.as_deref().unwrap_or(path);
    let (config, mut found) = match Config::read(path) {
        Ok((config, found)) => (made_ready(config), found),
        Err(error) => return Err(tell(&error)),
    };
    let mut asked = ConfigReport::default();
    if arguments.online {
        asked = super::online::ask(&config).await;
    }
    let mut told = None;
    if found.is_empty() {
        told = look(&config, &mut found, &asked.warnings).await;
    } else {
        let ConfigReport { problems, warnings } = Host::look_at(&config).await;
        found.extend(problems);
        warn(&config, &[warnings, asked.warnings].concat());
    }
    found.extend(asked.problems);
    match told {
        Some(told) if found.is_empty() => {
            outln!("{}: {told}", path.display());
            Ok(())
        }
        _ => Err(tell(&config.refusal(found))),
    }
}

/// Opens everything; what there is where all is well. `asked`: warnings of the endpoints.
async fn look(config: &Config, found: &mut Vec<Problem>, asked: &[Problem]) -> Option<String> {
    let host = match Host::open_to_look(config, crate::disk::Disk::of(config.data_dir())).await {
        Ok(host) => host,
        Err(error) => {
            found.extend(error.problems);
            warn(config, &[Host::look_at(config).await.warnings.as_slice(), asked].concat());
            return None;
        }
    };
    if let Ok(address) = config.server.listen.parse::<SocketAddr>()
        && let Err(message) = host.door.may_listen(address.ip())
    {
        found.push(Problem::new("server.listen", message));
    }
    let (broken, away) = unsearchable(config, &host.library).await;
    found.extend(broken);
    let warnings = [host.warnings.as_slice(), &away, asked].concat();
    warn(config, &warnings);
    let is = match (host.apps.is_empty(), warnings.is_empty()) {
        // Nothing is wrong with a file that has nothing in it, and nobody can chat.
        (true, _) => NOTHING_TO_SERVE,
        (false, true) => "all is well",
        (false, false) => "usable, with the warnings above",
    };
    Some(format!(
        "{is}: {}, {}, {}, {}",
        counted(host.apps.len(), "app"),
        counted(config.knowledge.len(), "knowledge base"),
        counted(config.plugins.len(), "plugin"),
        counted(config.models.len(), "model")
    ))
}

/// Says what works and will surprise, whatever is wrong beside it.
fn warn(config: &Config, warnings: &[Problem]) {
    let secrets = redact::known();
    for warning in warnings {
        let text = secrets.text(&warning.to_string()).into_owned();
        outln!("{}: warning: {}", place(&config.path, warning), clean::line(&text));
    }
}

/// Where a problem is: the file, and the line where it has one.
pub(super) fn place(path: &Path, problem: &Problem) -> String {
    match problem.line {
        Some(line) => format!("{}:{line}", path.display()),
        None => path.display().to_string(),
    }
}

/// The failure, as text for a pipe; at a terminal, with the keys in colour and long lines wrapped.
fn tell(error: &ConfigError) -> CommandError {
    if !Term::stderr().is_term() {
        return super::problems(error);
    }
    print(error, usize::from(Term::stderr().size().1).max(40));
    let count = error.problems.len();
    let path = error.path.display();
    format!("{path} cannot be used: {count} problem{}", if count == 1 { "" } else { "s" })
}

#[expect(clippy::print_stderr, reason = "the terminal's form of a command's failure")]
fn print(error: &ConfigError, width: usize) {
    for problem in &error.problems {
        let place = place(&error.path, problem);
        let key = clean::line(&problem.key).into_owned();
        eprintln!("{} {}", style(place).for_stderr().dim(), style(key).for_stderr().bold());
        let message = redact::known().text(&problem.message).into_owned();
        for line in wrapped(&clean::line(&message), width.saturating_sub(INDENT.len())) {
            eprintln!("{INDENT}{line}");
        }
    }
    eprintln!();
}

const INDENT: &str = "    ";
