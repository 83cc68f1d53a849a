//! The command line `qianfan-host`.

/// `print!` for a reader who may have left, as `head` does, and for a disk that may be full: see `output`.
macro_rules! out {
    ($($text:tt)*) => {
        $crate::cli::output::print(format_args!($($text)*))
    };
}

/// The same with an end of the line.
macro_rules! outln {
    () => {
        out!("\n")
    };
    ($($text:tt)*) => {
        out!("{}\n", format_args!($($text)*))
    };
}

mod backup;
mod calibrate;
mod chat;
mod check;
mod config;
mod costs;
mod evaluate;
mod figures;
mod init;
mod inspect;
mod kb;
mod key;
mod keys;
mod log;
mod online;
mod output;
mod remote;
mod serve;
mod setup;
mod show;
mod signals;
mod trace;

use std::fmt::Display;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Parser, Subcommand};

use crate::clean;
use crate::config::{Config, ConfigError};
use crate::data_folder;
use crate::disk::Disk;
use crate::host::Host;
use crate::knowledge::{Library, Opening};
use crate::plugin::{CompileLimits, SandboxedReader, compile_component};
use crate::problem::Problem;
use crate::redact;

/// Where a configuration is looked for that nobody names.
const USUAL_CONFIG: &str = "host.toml";

/// A WebAssembly plugin host for Qianfan-style chat.
#[derive(Parser)]
#[command(version, propagate_version = true)]
struct Arguments {
    /// The configuration file.
    #[arg(short, long, global = true, env = "QIANFAN_CONFIG", default_value = USUAL_CONFIG)]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a folder to begin with: a configuration, a prompt and two small knowledge bases.
    Init(init::InitArguments),
    /// Fetch the embedding model.
    #[command(subcommand)]
    Setup(setup::SetupCommand),
    /// Serve chat, knowledge bases and traces over HTTP.
    Serve(serve::ServeArguments),
    /// Ask one question.
    Chat(chat::ChatArguments),
    /// Import into, list, search and delete from knowledge bases.
    #[command(subcommand)]
    Kb(kb::KbCommand),
    /// List, show and export kept turns.
    #[command(subcommand)]
    Trace(trace::TraceCommand),
    /// What turns came to, by day, app, model and purpose.
    Costs(costs::CostArguments),
    /// Make keys for clients.
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Look into plugin components.
    #[command(subcommand)]
    Plugin(inspect::PluginCommand),
    /// Copy the data folder while a host may be serving from it.
    Backup(backup::BackupArguments),
    /// Check the configuration and load all it names, without serving.
    Check(check::CheckArguments),
    /// Every key of the configuration: a commented file, or a schema for editors.
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Compile a component from the input to the output: what the host starts itself for unknown ones.
    #[command(hide = true)]
    CompileComponent {
        /// Bytes of address space.
        #[arg(long)]
        memory: u64,
        /// Seconds of processor time.
        #[arg(long)]
        seconds: u64,
        /// For an engine with a pool of instances.
        #[arg(long)]
        pooling: bool,
    },
}

/// How long the end of a command waits for what still runs, such as the last write of traces.
const LAST_MOMENTS: Duration = Duration::from_secs(5);

/// What a command ends with when it fails: text for the terminal.
type CommandError = String;

/// Parses the arguments and runs the command.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(said) => return say(&said),
    };
    if let Command::CompileComponent { memory, seconds, pooling } = arguments.command {
        return compile_component(CompileLimits { memory, seconds, pooling });
    }
    log::start();
    // Another provider can only be there already if a test put it there.
    _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("cannot start: {error}")),
    };
    let result = runtime.block_on(async {
        match &arguments.command {
            Command::Init(init) => init::run(init, arguments.config != Path::new(USUAL_CONFIG)),
            Command::Setup(command) => setup::run(command).await,
            Command::Serve(serve) => serve::run(&arguments.config, serve).await,
            Command::Chat(chat) => chat::run(&arguments.config, chat).await,
            Command::Kb(command) => kb::run(&arguments.config, command).await,
            Command::Trace(command) => trace::run(&arguments.config, command).await,
            Command::Costs(costs) => costs::run(&arguments.config, costs).await,
            Command::Key(command) => key::run(command),
            Command::Plugin(command) => inspect::run(&arguments.config, command).await,
            Command::Backup(backup) => backup::run(&arguments.config, backup).await,
            Command::Check(check) => check::run(&arguments.config, check).await,
            Command::Config(command) => config::run(command),
            // Has run before all this was set up.
            Command::CompileComponent { .. } => Ok(()),
        }
    });
    // What a command has left behind, such as a look-up of a name, must not hold up its end.
    runtime.shutdown_timeout(LAST_MOMENTS);
    // A server has served whether or not its one line could be written.
    let is_server = matches!(arguments.command, Command::Serve(_));
    match result.and_then(|()| if is_server { Ok(()) } else { output::end() }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => fail(&text),
    }
}

/// Prints the help or the version that was asked for, or what is wrong with the arguments.
fn say(said: &clap::Error) -> ExitCode {
    let printed = said.print();
    // What is wrong with the arguments goes to stderr, and is no output.
    if !said.use_stderr() {
        output::heed(printed);
    }
    match output::end() {
        Ok(()) => ExitCode::from(u8::try_from(said.exit_code()).unwrap_or(1)),
        Err(text) => fail(&text),
    }
}

/// Such as `1 app` and `3 apps`.
fn counted<N: Display + PartialEq + From<u8>>(number: N, of: &str) -> String {
    let plural = if number == N::from(1) { "" } else { "s" };
    format!("{number} {of}{plural}")
}

fn fail(text: &str) -> ExitCode {
    // It may quote a component, a document or an API.
    let text = redact::known().text(text);
    let error = console::style("error:").for_stderr().red().bold();
    // Whoever read it may have left.
    _ = writeln!(std::io::stderr(), "{error} {}", clean::lines(&text));
    ExitCode::FAILURE
}

/// The configuration, for commands that open no host.
fn load(path: &Path) -> Result<Config, CommandError> {
    let config = load_to_open(path)?;
    for warning in config.in_clear_text() {
        tracing::warn!("{}: {warning}", config.path.display());
    }
    Ok(config)
}

/// Like [`load`], for commands that open a host: that warns of the same, and of more.
fn load_to_open(path: &Path) -> Result<Config, CommandError> {
    Config::load(path).map(made_ready).map_err(|error| problems(&error))
}

/// Like [`load`], for commands that use all of it: where something is wrong, everything that is.
async fn load_all(path: &Path) -> Result<Config, CommandError> {
    let (config, mut found) = Config::read(path).map_err(|error| problems(&error))?;
    let config = made_ready(config);
    if found.is_empty() {
        return Ok(config);
    }
    found.extend(Host::look_at(&config).await.problems);
    Err(problems(&config.refusal(found)))
}

fn made_ready(mut config: Config) -> Config {
    config.engine.compiler = compiler();
    config
}

/// This binary, which compiles unknown components in a process of its own.
fn compiler() -> Option<PathBuf> {
    Some(std::env::current_exe().unwrap_or_else(|_| "/proc/self/exe".into()))
}

/// A host beside the one that may be serving.
async fn open(config: &Config) -> Result<Host, CommandError> {
    open_on(config, Disk::of(config.data_dir())).await
}

async fn open_on(config: &Config, disk: Disk) -> Result<Host, CommandError> {
    Host::open(config, disk).await.map_err(|error| problems(&error))
}

async fn open_library(config: &Config) -> Result<Library, CommandError> {
    prepare_data_folder(config)?;
    let reader = Arc::new(SandboxedReader::new(config.engine_settings()));
    crate::host::open_library(config, reader, Opening::default()).await.map_err(|error| error.to_string())
}

/// For commands that open less than a whole host.
fn prepare_data_folder(config: &Config) -> Result<(), CommandError> {
    data_folder::prepare(config.data_dir()).map_err(|message| problem(config, "server.data_dir", message))
}

/// The failure of one key.
fn problem(config: &Config, key: &str, message: String) -> CommandError {
    problems(&config.refusal(vec![Problem::new(key, message)]))
}

/// Every problem of a configuration, one on a line, so that an editor finds the place.
fn problems(error: &ConfigError) -> CommandError {
    let count = error.problems.len();
    let path = error.path.display();
    let mut text = format!("{path} cannot be used: {count} problem{}", if count == 1 { "" } else { "s" });
    for problem in &error.problems {
        text.push_str("\n  ");
        text.push_str(&check::place(&error.path, problem));
        text.push_str(&format!(": {problem}"));
    }
    text
}
