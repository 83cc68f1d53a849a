//! What the API's errors say, beyond their code.

use super::Row;

/// The first that fits is taken, so that the narrower sentences of a group come first.
pub(super) const ROWS: &[Row] = &[
    ("no_knowledge_base", "there is no knowledge base `{name}`; there are: {known}"),
    (
        "no_knowledge_base",
        "there is no knowledge base `{name}`; add a table [knowledge.{}] or correct the name",
    ),
    ("no_document", "the knowledge base `{base}` has no document `{id}`"),
    ("no_app", "there is no app `{name}`; there are: {known}"),
    ("no_app", "there is no app `{name}`; GET /v1/models lists those there are"),
    ("no_plugin", "there is no plugin `{name}`; there are: {known}"),
    ("no_job", "there is no job `{id}`; GET /v1/jobs lists them, and the oldest are forgotten"),
    ("no_evaluation", "there is no evaluation `{id}`; GET /v1/evaluations lists those that are kept"),
    (
        "no_trace",
        "no trace `{id}` is kept; the id is in the answer and its x-request-id header, and the newest max_traces are kept",
    ),
    ("no_trace", "no trace `{id}` is kept; take one of GET /v1/traces?app={}"),
    ("no_page", "`before` names no {} that is kept; begin again without it"),
    (
        "no_turn",
        "no turn `{id}` is kept; `turn` is the id of the answer, which is also its x-request-id header",
    ),
    ("no_question", "no question `{question}` is kept"),
    // The door.
    ("key_wanted", "this needs a key; send it as `Authorization: Bearer <key>`"),
    (
        "key_unknown",
        "the key is not known here; send one that whoever runs this host has given out, as `Authorization: Bearer <key>`",
    ),
    ("key_expired", "the key has expired; ask whoever runs this host for a new one"),
    ("key_of_client", "this key is for chat and its models; {mend}"),
    ("remote_without_key", "without a key this is served to the host's own machine only; {mend}"),
    (
        "forwarded_without_key",
        "a proxy handed this on (it has the header `{header}`), and without a key only the host's own machine is served; {mend}",
    ),
    ("other_page", "a page of another origin sent this; {mend}"),
    // What is busy.
    ("too_many_turns", "the host serves as many turns as max_turns in [server] allows; try again shortly"),
    ("too_many_imports", "as many imports as the host takes at once are running; {}"),
    ("too_many_searches", "as many hit tests as the host takes at once are running; try again shortly"),
    (
        "too_many_runs",
        "as many test runs of plugins as the host takes at once are running; try again shortly",
    ),
    ("evaluation_running", "another evaluation is running; try again later"),
    (
        "queue_full",
        "as many jobs are waiting and running as max_jobs and max_queued_jobs in [server] allow; try again later",
    ),
    (
        "queue_full_of_base",
        "the jobs of knowledge base `{base}` wait for its store or embedder and have half of the queue; see `waiting_for` in /v1/jobs, and try again later",
    ),
    (
        "disk_full",
        "the disk of the data folder is full ({free} MiB left): delete documents, or free space; imports are taken again once {wanted} MiB are free",
    ),
    ("disk_files", "the disk has room for {files} more files; delete some"),
    // Uploads.
    ("no_file", "the upload holds no file; {}"),
    ("too_many_files", "the form holds more than {files} files; send fewer at once, or an archive"),
    ("too_many_files", "an upload may have {files} files; send several, or an archive"),
    (
        "upload_too_large",
        "the upload is over max_upload_bytes in [server], {bytes} bytes; send less at once, or raise it",
    ),
    (
        "body_too_large",
        "the body is longer than it may be; send less, or raise max_chat_bytes in [server], for /documents max_import_bytes, for /imports max_upload_bytes",
    ),
    (
        "body_too_slow",
        "the body came too slowly and was not waited for (stall_timeout and min_rate in [server]); send it again",
    ),
    ("nothing_imported", "nothing was imported: {reasons}"),
    ("not_json", "the body is not valid JSON: {why}"),
    ("not_an_object", "the body must be a JSON object"),
    // Lists, deleting and trying again.
    (
        "no_filter",
        "no filter says which documents are to be deleted; give q, origin, state, from, to or filters, or all=true for every document",
    ),
    ("count_unconfirmed", "{matched} document{} match; send confirm={} with the same filters to delete them"),
    ("count_changed", "{matched} document{} match now, and {confirmed} were confirmed; look at them again"),
    ("unknown_word", "`{value}` is not a value of `{key}`; there are: {known}"),
    ("not_a_filter", "`filters` cannot be read: {why}; send a list such as {}"),
    ("retry_running", "the job `{job}` has not ended; wait for it, or cancel it first"),
    ("retry_nothing", "every document of the job `{job}` is in; there is nothing to retry"),
    ("retry_done", "the job `{job}` was retried already, by `{by}`"),
    (
        "retry_gone",
        "the files of the job `{job}` are not kept any more; upload the documents that failed again",
    ),
    ("retry_other_kind", "the job `{job}` is not an import; only imports and fetches are retried"),
    // Searches and evaluations.
    ("top_k_range", "top_k is {given}; it must be between 1 and {most}"),
    ("threshold_range", "the threshold must be between 0 and 1"),
    ("empty_query", "the query has no text"),
    ("no_base_searched", "no knowledge base could be searched: {why}"),
    (
        "too_many_questions",
        "{file} holds {questions} questions; send at most {most}, or run `qianfan-host kb evaluate`",
    ),
    (
        "questions_with_texts",
        "{file} brings texts of its own (SQuAD or pairs); run `qianfan-host kb evaluate` on it, here questions are asked of the server's bases",
    ),
    ("empty_base", "the knowledge base `{base}` is empty; import into it first"),
    // The configuration.
    ("file_changed", "{file} was changed since it was read; read it again, and send its digest"),
    (
        "configuration_refused",
        "{file} cannot be used ({problems} problem{}), and the configuration before it serves on; {first}",
    ),
    ("nothing_changed", "nothing is changed; send one or more of {known}"),
    ("key_not_changeable", "`{key}` cannot be changed here; there are: {known}"),
    ("key_needs_number", "`{key}` must be {what}, or null for its default"),
    ("template_broken", "the template cannot be used: {why}"),
    // Addresses and fields that are wrong.
    ("unknown_word", "`{key}` in the query is `{value}`, which is not known; write one of {known}"),
    ("unknown_word", "`{key}` is `{value}`, which is not known; write one of {known}; send {}"),
    ("unknown_word", "`{key}` is `{value}`, which is not known; write one of {known}"),
    ("parameter_unknown", "the query cannot be read: there is no parameter `{key}`; there are: {known}"),
    ("parameter_missing", "the query cannot be read: the parameter `{key}` is missing"),
    ("parameter_number", "`{key}` in the query must be a whole number, 0 or more"),
    ("parameter_ms", "`{key}` in the query must be a number of milliseconds, 0 or more"),
    ("no_base_named", "the query names no knowledge base"),
    ("filters_wrong", "`filters`: {why}; send {}"),
    ("filter_of_field", "filter on `{field}`: {why}"),
    (
        "filter_not_ordered",
        "`{value}` is neither a number nor an ISO date such as 2024-06-07, so nothing is above or below it",
    ),
    ("comment_too_long", "`comment` may have {most} characters; shorten it"),
    ("question_without_words", "`question` has no words; write it as a user asked it"),
    (
        "question_without_letters",
        "the question `{question}` has neither letter nor digit; write it as a user asks it",
    ),
    ("answer_empty", "the answer is empty; write what users are to read"),
    ("no_section", "the document has no section {section}; it has {sections}"),
    ("section_is_question", "the section is a question; change its question, variants or answer"),
    ("question_and_answer_empty", "a question and its answer must have text; to hide them set \"off\": true"),
    ("question_missing", "`question` is missing or empty; send what a user would ask"),
    ("run_of_formatter", "this plugin is a formatter, which sees an answer and nothing else; send `text`"),
    ("not_a_day", "`{day}` in {key} is not a day of the calendar; write it like {}"),
    ("no_messages", "`messages` must be a list of at least one message"),
    ("plugin_not_of_app", "the app `{app}` has no plugin `{name}`; remove it from `plugins`"),
    ("no_path", "there is nothing at this path; docs/api.md lists the paths"),
    // Chat.
    (
        "question_too_long",
        "the question takes about {needed} tokens with the app's instructions, and {allowed} are allowed ({}); shorten it",
    ),
    ("found_no_room", "too little of what was found fits beside the question ({}); {}"),
    (
        "tools_too_long",
        "the question takes about {needed} tokens with the app's instructions, and {allowed} are allowed ({}, of which the tools take {tools}); \
         send fewer or shorter tools",
    ),
    ("model_unreachable", "the model cannot be reached; {when}"),
    ("model_late", "the model did not answer in time; try again shortly"),
    ("model_busy", "the model is busy; {}"),
    ("model_spent", "what may be asked of the model is used up for now"),
    ("model_spent", "what may be asked of the model is used up for now; {when}"),
    ("model_refused_field", "the model refused the request; look at `{field}`"),
    ("model_refused", "the model refused the request; send less, or other parameters"),
    ("model_broken", "the model gave no whole answer"),
    ("model_broken", "the model gave no whole answer; {when}"),
    ("model_said_nothing", "the model gave an empty answer; try again"),
    ("answer_cut", "the model's answer was longer than one may be, and was cut off"),
    ("plugin_failed", "a plugin of the app failed"),
    ("knowledge_away", "the knowledge base cannot be searched now; try again shortly"),
    (
        "knowledge_broken",
        "the knowledge base cannot be searched until the operator of this host has repaired it",
    ),
    ("knowledge_too_large", "the app's knowledge is larger than its prompt"),
    ("host_busy", "the host is busy; try again shortly"),
    ("turn_too_long", "the answer took too long"),
    ("host_failed", "the host failed"),
];
