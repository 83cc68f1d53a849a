//! What is wrong with templates, of prompts and of plugins.

use super::Row;

/// In each group the narrower sentence first.
pub(super) const ROWS: &[Row] = &[
    ("template_character", "is not a template: unexpected character; {}"),
    ("template_syntax", "is not a template: {why}; a value is put in as {value}, {}"),
    ("template_filter_misspelt", "there is no filter `{name}`; did you mean `{near}`?"),
    ("template_filter_unknown", "there is no filter `{name}`; there are: {known}"),
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
