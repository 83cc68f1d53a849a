//! The host from outside: the real binary on a free port, real components, a scripted upstream.

#![allow(clippy::disallowed_methods, reason = "tests start servers and ask them")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

/// Which part of the host may import which.
mod architecture;
/// A copy of the data folder, made while the host serves, and a host that starts from it.
mod backup;
/// The caller whose state a turn's plugins see.
mod callers;
/// What the host does when it has all it can take.
mod capacity;
/// The chat formats, streaming, and an upstream that misbehaves.
mod chat;
/// What `check` says of a first configuration, and warnings wherever they are shown.
mod checking;
/// Stored questions offered as a choice, across turns.
mod choices;
/// Clients as they are published: `openai` for Python and Node, `qianfan`, and Vercel's AI SDK.
mod clients;
/// A store of three nodes, of which one is killed.
mod cluster;
/// The command line.
mod command_line;
/// Clients that keep a connection and do nothing with it, or too little.
mod connections;
/// The console, in a real browser.
mod console;
/// How quick it is.
mod console_budget;
/// What is changed through it.
mod console_changes;
/// Each of its screens with the example app at work, as the documentation shows them.
mod console_pictures;
/// Each contribution, and what becomes of it.
mod contributions;
/// What turns cost: models, embedders and the reranker, and the table of it.
mod costs;
/// Kills in the middle of imports.
mod crash;
/// What README and docs show: commands, links and targets of make.
mod damaged;
/// Every dialect of the API that a model's endpoint may speak, and its faults.
mod dialects;
mod docs_said;
/// Import of each format and of archives, and of documents that mean harm.
mod documents;
/// Who may come in: keys, this machine, and pages of other origins.
mod door;
/// The same in a real browser.
mod door_browser;
/// Keys on their way to an API, what comes back of them, and what plugins make the host hold.
mod egress;
/// Models, embedders, rerankers and stores that misbehave: their keys and addresses stay with the operator.
mod endpoints;
/// Errors, the id and the log line of each request, and paths that are wrong.
mod errors;
/// The hit test in bulk, and calibration.
mod evaluate;
/// Evaluations as jobs: what came out, compared, cancelled, after a stop.
mod evaluations;
/// The smallest plugin, and the README that shows it.
mod example;
/// What a user, a client and the operator are told where a plugin or a base fails.
mod failures;
/// A store that is far: how often it is waited for.
mod far;
/// The figures for Prometheus, and what the alerts and the board in `docs/monitoring` ask of them.
mod figures;
/// Which questions get a standard answer, with the real embedder.
mod fires;
/// From an empty folder to a first answer, with the binary alone.
mod first_run;
/// Plugins that ask back, and the replies to them.
mod flows;
/// Follow-up questions: what is searched for them, by rule and by a model.
mod follow_up;
/// Formatters in a streamed turn: the bundled one, and one that breaks.
mod formatting;
/// A data folder on a disk without room.
mod full_disk;
/// Plugins that mean harm: each is contained, and the host serves the next turn.
mod hostile;
/// The bundled http-api plugin: templates, extraction, secrets.
mod http_api;
/// Import jobs, pruning, re-embedding, and refusals of the framework.
mod imports;
/// What is in a base: shown, changed, switched off; and how a file would be cut.
mod inspect;
/// Answers that are judged: by clients, corrected, and kept for evaluations.
mod judging;
/// Import, listing, deletion and hit test; chat finds the same.
mod knowledge;
/// What plugins need of a turn that does not hold it.
mod lacking;
/// A client that leaves takes with it what runs for it.
mod leaving;
/// Documents and turns by filter and page, few of them and very many.
mod listing;
/// Components that mean harm before they are called: while they are compiled, looked at and printed.
mod loading;
/// Input that is wrong in every way, on every path, and what is not a request at all.
mod malformed;
/// What requests and answers may cost of memory and of the disk.
mod memory;
/// A configuration with many mistakes at once, each told where it is.
mod mistakes;
/// What a model's endpoint is sent: once more, with what was thought, with the operator's fields.
mod models;
/// Metadata, and filters on it from every door.
mod narrowing;
/// Servers that hang, fail or are away: what is still answered, and how soon.
mod outage;
/// What passages look like in the prompt: grown, merged, packed, numbered.
mod passages;
/// What the operator sees of plugins, and their test runs.
mod plugins;
/// Where each run of a prompt is from, whatever texts it is made of.
mod prompt_sources;
/// Nothing is held back on the way.
mod promptness;
/// A configuration that is changed while the host serves.
mod reload;
/// A turn's search in the hit test.
mod reproduced;
/// What a chat request may hold, and what becomes of each field.
mod requests;
/// Imports of what an earlier job did not get in.
mod retries;
/// When a plugin is called.
mod routes;
/// The bundled search plugin: both wire formats, the key, and what fails.
mod search;
/// The table of attacks in docs/security.md, and the tests it names.
mod security_table;
/// JSON that a client asks for, and texts that no model has worded.
mod shapes;
/// Nothing is silent: when a stream begins, and what stands in it.
mod silence;
/// Pages of the web that bases take their documents from: fetched, fetched again, and gone.
mod sources;
/// What of the web is not fetched: addresses, redirects, sizes, robots.txt.
mod sources_refused;
/// How the host starts where something it depends on is away or damaged, and what it says of it.
mod starting;
/// How the host stops, and what goes on at its next start.
mod stopping;
/// What of the material a template shows, and what is said of what it does not.
mod templates;
/// The commands that list, show and export turns.
mod traces;
/// Vectors of other dimensions, and of another model behind the same name.
mod vectors;
/// Jobs that wait for what is away.
mod waiting;
/// Knowledge bases whose whole text goes into the prompt.
mod whole_text;
