//! What is wrong with templates, of prompts and of plugins.

use super::Row;

/// The first that fits is taken, so that the narrower sentences of a group come first.
pub(super) const ROWS: &[Row] = &[
    ("template_in_line", "in line {line} of the template {why}"),
    ("template_in", "in the template {why}"),
    // Sentences about tags.
    ("template_open", "`{opens}` is not closed; write `{closes}` behind it"),
    ("template_empty", "`{tag}` is empty; {}"),
    ("template_else", "`{tag}` has a condition; write {example}"),
    ("template_word_instead", "there is no {} `{name}`; write {example}"),
    ("template_word_misspelt", "there is no {} `{name}`; did you mean `{near}`?"),
    ("template_word_unknown", "there is no {} `{name}`; there are {known}"),
    ("template_filter_needless", "there is no filter `{name}`; {}"),
    ("template_no_function", "there is no function `{name}`, but a filter; write {example}"),
    ("template_value_called", "`{name}` is a value and no function; write {example} without the brackets"),
    ("template_method", "values have no methods, and `{name}` is called; write {example}"),
    ("template_arguments", "the {} `{name}` has {given} arguments here; it takes {wanted}"),
    ("template_inside", "`{tag}`: {why}; {}"),
    ("template_syntax", "is not a template: {why}; each {}"),
    // Sentences about names.
    ("template_names_misspelt_and", "{names} is not defined; did you mean {near}? And {rest}"),
    ("template_names_misspelt", "{names} is not defined; did you mean {near}?"),
    ("template_names_misspelt", "{names} are not defined; did you mean {near}?"),
    ("template_names_unknown", "{names} is not defined; there are: {known}"),
    ("template_names_unknown", "{names} are not defined; there are: {known}"),
    ("template_field_unknown", "`{name}` is not defined; see docs/configure.md for the fields there are"),
    ("template_variable_optional", "`{name}` is not in every request; write {example}, or {}"),
    ("template_endless", "engine ran out of fuel{}"),
    ("template_too_long", "failed to write output: it makes a message of more than {mebibytes} MiB{}"),
    ("template_operation", "invalid operation: {what} (in prompt:{line})"),
    ("template_operation", "invalid operation: {what}"),
    // The engine's own words.
    ("unexpected_end", "unexpected end of input, expected {expected}"),
    ("unexpected", "unexpected {given}, expected {expected}"),
    ("unexpected", "unknown {given}, expected {expected}"),
    ("unknown_statement", "unknown statement {name}"),
    ("unclosed", "unexpected end of {what}"),
];
