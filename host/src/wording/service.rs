//! What is wrong with what the host depends on: servers, stores, and the jobs that wait for them.

use super::Row;

/// The first that fits is taken, so that the narrower sentences of a group come first.
pub(super) const ROWS: &[Row] = &[
    ("not_asked", "the {} `{name}` is not asked for {seconds} s since it failed: {why}"),
    (
        "model_file_missing",
        "the embedding model {path} is missing; for bge-small-zh-v1.5 run `qianfan-host setup model`, or {}",
    ),
    (
        "model_file_missing",
        "the tokenizer {path} is missing; for bge-small-zh-v1.5 run `qianfan-host setup model`, or {}",
    ),
    ("bases_broken", "{what}, and cannot be until the operator of this host has repaired it"),
    ("bases_away", "{what}; it may be a little later"),
    ("words_only", "questions are searched by their words only: {why}"),
    ("search_lacking", "{base} could not be searched as it should: {why}"),
    ("base_opening", "knowledge base `{base}` is still being opened"),
    ("embedder_not_asked", "embedder `{name}` was not asked"),
    (
        "other_dimensions",
        "embedder `{name}` gave a vector of {made} dimensions where the base's have {stored}",
    ),
    ("job_given_up", "given up after {tries} tries without getting on: {why}"),
    ("job_end_not_kept", "how the job ended cannot be kept: {why}"),
    ("job_goes_on", "the host was stopped; the job goes on at its next start"),
    ("upload_lost", "the job's upload is lost; what was done stays, so {}"),
    (
        "job_without_base",
        "the host stopped before the job had ended, and the knowledge base `{base}` is not configured any more",
    ),
    ("folder_not_written", "nothing can be written there: {why}"),
    ("traces_wait", "traces wait in memory: {why}"),
    ("state_lacking", "what plugins keep is unavailable: {why}"),
    ("disk_short", "the disk has {free} MiB left; free some"),
    ("disk_files", "the disk has room for {files} more files; delete some"),
    ("no_answer_within", "it did not answer within {limit}"),
    ("source_failed", "its last run failed: {why}"),
    ("source_partly_failed", "{failed} of {pages} pages failed, such as {page}: {why}"),
    // Servers.
    ("store_not_reached", "{server} cannot be reached; is the server running, and {}"),
    (
        "write_under_way",
        "another write of this document in knowledge base `{base}` is under way, and did not end within {limit}",
    ),
    ("store_late", "{server} did not answer a search within {limit}"),
    ("server_not_reached", "{server} cannot be reached: {why}"),
    ("server_late", "{server} did not answer within {limit}"),
    ("server_broke_off", "{server} broke off: {why}"),
    ("server_redirects", "{server} answered {status} and sends on to {to}; a redirect is not followed: {}"),
    ("server_too_long", "{server} answered more than {bytes} bytes"),
    ("secret_refused", "{server}: answered {status}: {said}; check the secret granted to {}"),
    ("no_json", "{server}: answered no JSON: {said}"),
    ("no_success", "{server}: answered no success at `{path}`: {said}"),
    ("no_text", "{server}: answered what is not text ({kind}, {bytes} bytes); {}"),
    ("server_answered", "{server} answered {status}: {said}"),
    // Why no connection was made, or none that lasted.
    ("connection_refused", "the connection was refused{}"),
    ("connection_broke", "the connection broke off"),
    ("connection_broke", "the response broke off"),
    ("connection_broke", "it closed the connection"),
    ("no_such_name", "the name cannot be resolved{}"),
    ("no_such_name", "there is no such host"),
    ("no_way", "the network has no way to it"),
    ("no_way", "no connection could be made to it"),
    ("took_too_long", "it took too long to answer"),
    ("not_trusted", "its TLS certificate is not trusted"),
    ("no_tls", "no TLS connection could be made to it; {}"),
    ("no_tls", "what listens there does not speak TLS; {}"),
    ("no_http", "it did not answer as HTTP wants it"),
    ("response_too_long", "the response is longer than the plugin may take; {}"),
    // What follows an address.
    ("said_of_server", "http{server}: {why}"),
];
