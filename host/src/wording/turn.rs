//! What goes wrong in turns: with plugins, with models, with the app itself.

use super::Row;

/// The first that fits is taken, so that the narrower sentences of a group come first.
pub(super) const ROWS: &[Row] = &[
    ("client_left", "the client left"),
    ("turn_late", "the turn took longer than turn_timeout = {limit} in [server]"),
    ("plugin_knows_less", "the plugin `{plugin}` knows less than it should: {why}"),
    ("plugin_of_turn_failed", "the plugin `{plugin}` failed: {why}"),
    ("host_failed_by", "the host failed: {why}"),
    (
        "question_and_template_too_long",
        "the question and the fixed part of the prompt take about {needed} tokens, and {allowed} are allowed ({}); {}",
    ),
    ("found_of_no_room", "too little of what `{plugin}` found fits beside the question ({}); {}"),
    (
        "whole_text_too_long",
        "the whole text of {bases} takes about {needed} tokens with the instructions, and of prompt_tokens = {budget} it may take {allowed}; {}",
    ),
    ("whole_text_unread", "the whole text of knowledge base `{base}` cannot be read: {why}"),
    ("template_failed", "the prompt template failed: {why}"),
    // Models.
    ("model_not_reached", "model `{model}` cannot be reached at {origin}: {why}; check base_url in {}"),
    ("model_silent", "model `{model}` sent no answer within {limit}; {}"),
    ("model_stalled", "model `{model}` stopped sending for {limit}; {}"),
    ("model_answered", "model `{model}` answered HTTP {status}: {why}"),
    ("model_gave_none", "model `{model}` gave no answer: {why}"),
    ("model_broke_off", "model `{model}` broke off in the middle of its answer: {why}"),
    ("model_only_called", "model `{model}` called tools in all {rounds} rounds and never answered; {}"),
    (
        "model_called_unknown",
        "model `{model}` called tools that it was not offered in all {rounds} rounds, last `{tool}`, and never answered ({})",
    ),
    ("model_empty", "model `{model}` gave an empty answer: {}"),
    ("model_said_too_much", "model `{model}` said more than the {bytes} bytes an answer may have{}"),
    (
        "model_no_chat",
        "model `{model}` sent something that is not a chat completion: {why}; check that base_url {}",
    ),
    // Plugins.
    ("plugin_unavailable", "unavailable: {why}"),
    ("plugin_denied", "denied: {why}"),
    ("plugin_configuration", "invalid configuration: {why}"),
    ("plugin_arguments", "invalid arguments: {why}"),
    ("call_late", "no result within {limit}; `limits.timeout` of the plugin sets the time"),
    (
        "searches_used_up",
        "plugin `{plugin}` has searched {times} times in this call, as often as it may: raise `searches` in [{table}]",
    ),
    (
        "base_not_granted",
        "plugin `{plugin}` asked for knowledge base `{base}`: add {} to `knowledge` in [{table}]",
    ),
    (
        "no_base_granted",
        "plugin `{plugin}` searched and has no knowledge base: name some in `knowledge` of [{table}]",
    ),
    (
        "host_not_granted",
        "the host let no request to {origin} out: add {} to `hosts` in this plugin's grants",
    ),
    ("host_inside", "{origin} is at an address inside the operator's network: where {}"),
    ("base_unsearched", "{base}: could not be searched: {why}"),
    ("filter_without_variable", "nothing was searched: a filter needs the variable `{name}`, which the {}"),
    ("plugin_crashed", "the plugin crashed: {why}"),
    ("plugin_too_deep", "the plugin recursed too deep: stack overflow{}"),
    ("plugin_too_large", "the plugin wanted more than {limit} of memory, with {}"),
    ("plugin_said_too_much", "the plugin gave more than {limit} of data; {}"),
    ("plugin_too_many_handles", "the plugin had more than {limit} requests, bodies, streams {}"),
    ("formatter_made_too_much", "the formatter made more than {times} times what it was fed{}"),
    ("value_missing", "{what} is missing; the template `{key}` needs it"),
    ("values_missing", "{what} are missing; the template `{key}` needs them"),
    ("value_missing", "the template `{key}` needs a value this turn does not have"),
    ("api_knows_nothing", "the API knows nothing about it"),
    ("no_text_to_search", "there is no text to search for"),
    // Why a stored answer is not given out.
    ("stored_not_searched", "`{base}` could not be searched: {why}"),
    ("stored_filtered", "a search of `{base}` does not find the question: `filters` of {}"),
    ("stored_not_found", "a search of `{base}` does not find the question; {}"),
    (
        "stored_not_alike",
        "the question is taken for the stored one at {same}, below answer_threshold = {threshold} of [{table}]; {}",
    ),
    (
        "stored_too_low",
        "the stored question scores {score}, below the threshold {threshold} of [{table}]; lower {}",
    ),
    ("stored_not_used", "the app `{app}` does not use `{base}`; {}"),
    (
        "stored_behind",
        "another stored answer is given out, which stands at {place} of `{base}`: “{answer}”; {}",
    ),
    (
        "stored_behind_other",
        "another stored answer is given out, which `{plugin}` found in another base: “{answer}”; {}",
    ),
    ("stored_found_nothing", "`{plugin}` found nothing: {why}; see its {}"),
    ("stored_not_given", "`{plugin}` was called and gave no stored answer; {}"),
    ("stored_not_called", "`{plugin}` was not called: {}; set its route to {}"),
];
