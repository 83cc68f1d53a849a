//! What is wrong with keys of the configuration.

use super::Row;

/// The first that fits is taken, so that the narrower sentences of a group come first.
pub(super) const ROWS: &[Row] = &[
    // Names.
    ("key_misspelt_missing", "is not a key of {table}; write `{near}`, which is missing"),
    ("key_misspelt", "is not a key of {table}; did you mean `{near}`?"),
    ("key_elsewhere", "is not a key of {table}; it belongs in [{place}]"),
    ("key_unknown", "is not a key of {table}; there are: {known}"),
    (
        "key_unknown",
        "is not a key of {table}; remove it, or see `qianfan-host config reference` for those there are",
    ),
    ("table_misspelt", "is not a table; did you mean [{near}]?"),
    ("table_unknown", "is not a table; there are: {known}"),
    ("missing", "is missing; write {example}"),
    (
        "name_characters",
        "is not a name; use letters of ASCII, digits, `-` and `_`, at most 64 (`title` may be any text)",
    ),
    ("reference_misspelt", "the {what} `{name}` is not configured; did you mean `{near}`? Or add [{table}]"),
    (
        "reference_unknown",
        "the {what} `{name}` is not configured; add [{table}], or name one that is there ({known})",
    ),
    (
        "embedder_unknown",
        "`{name}` is not defined; {}add a table [embedders.{}], or leave it out for the built-in one",
    ),
    (
        "store_unknown",
        "`{name}` is not defined; {}add a table [stores.{}], or leave it out for files in the data folder",
    ),
    ("listed_twice", "`{name}` is listed twice; keep one entry"),
    // Values.
    ("duration_without_unit", "is {given}, a number without a unit; write a duration such as {examples}"),
    ("not_a_duration", "is {given}, not a duration; write such as {example}"),
    ("below_zero", "is {given}, below 0; write 0 or more"),
    ("too_large", "is {given}, too large; write at most {most}"),
    ("out_of_range", "is {given}; it must be between {least} and {most}, write such as {example}"),
    ("out_of_range", "is {given}; it must be between {least} and {most}, write {example}"),
    ("out_of_range", "is {given}; it must be between {least} and {most}, such as {example}"),
    ("out_of_range", "is {given}; it must be between {least} and {most}, or left out for {}"),
    ("out_of_range", "is {given}; it must be between {least} and {most}"),
    ("not_above", "is {given}; it must be above {least}"),
    ("too_high", "is {given}; it must not be above {most}"),
    ("word_misspelt", "is {given}; did you mean {near}? (there are {known})"),
    ("price", "is {given}; write the price of 1000 tokens, 0 or more"),
    ("wrong_type", "is {given}; write {example}"),
    ("not_a_size", "is {given}, not a size; {mend}"),
    // Texts of a file.
    ("not_toml", "is not valid TOML: {cause}; {mend}"),
    ("saved_as_gbk", "is saved as GBK (GB18030), not as UTF-8; {mend}"),
    ("not_utf8", "is neither UTF-8 nor GBK from here on; {mend}"),
    ("no_such_file", "there is no such file: {mend}"),
    (
        "variable_unset",
        "the environment variable `{name}` is not set; export it before starting the host, or remove the line",
    ),
    ("variable_unset", "the environment variable `{name}` is not set or is empty; {mend}"),
    ("not_a_file", "{path} is not a file; {mend}"),
    ("not_an_address", "`{given}` is not an address and port; write \"{example}\""),
    ("not_an_http_url", "is not an http(s) URL; {mend}"),
    ("no_port", "has a `:` behind its host and no port; {mend}"),
    ("blanks_around", "has blanks around it; {mend}"),
    ("pattern_broken", "`{pattern}` is not a regular expression: {why}"),
    ("toml_full_width", "has {signs}; switch the input method to English and write it again"),
    ("toml_twice", "{name} is there already, in line {line}; {}"),
    ("toml_no_value", "has no value; write one behind the `=`, or {}"),
    ("toml_no_sign", "has no `=`; write {example}"),
    ("toml_two_signs", "has `==`; write one `=`"),
    ("toml_open", "has a text that begins with `{quote}` and does not end; {}"),
    ("toml_backslash", "has a `\\` between double quotes, where it begins an escape; {}"),
    ("toml_no_quotes", "has a text without quotes; write {example}"),
    ("toml_closes_nothing", "has a `{sign}` that closes nothing; remove it"),
    ("toml_no_comma", "has no `,` behind {entry}; write one between two entries"),
    ("toml_comment", "has a comment that does not begin with `#`; write # before it"),
    ("toml_brackets", "has other brackets than a table's name; write {example} alone in its line"),
    // What does not go together.
    (
        "offer_above_answer",
        "is {given}, above answer_threshold = {answer}, from which on an answer is given without asking; lower it, or remove it to offer nothing",
    ),
    ("no_effect", "has no effect{why}; {mend}"),
    ("grant_of_base_missing", "the plugin may not search `{base}`; add knowledge = [\"{}\"] to [{table}]"),
    ("grant_of_host_missing", "the plugin may not reach {host}; add hosts = [\"{}\"] to [{table}]"),
    (
        "model_missing",
        "is missing; name a [models.<name>] table, or set answer = \"direct\" to answer without one",
    ),
    // What works and will surprise.
    (
        "not_shown",
        "the template shows no {of}, so what {plugins} find{} does not reach the model; add {example}",
    ),
    (
        "partly_shown",
        "the template cuts or changes {of}, so what {plugins} find{} may reach the model in part or in another form; {}",
    ),
    (
        "partly_shown_whole",
        "the template cuts or changes documents, so the text of `whole_text` may reach the model in part or in another form; {}",
    ),
    ("unknown_in_template", "the template refers to what no turn has: {why}"),
    (
        "variable_always_needed",
        "needs the variable `{name}` in every request: one without it is not searched, {}",
    ),
    ("arguments_wanted", "is \"{route}\", and `{plugin}` needs arguments, which only a model gives it; {}"),
    ("looks_like_a_key", "holds what looks like a key ({why}), which the plugin would see; {}"),
    (
        "when_missing",
        "is missing; route = \"when\" needs keywords, patterns or variables, such as when = {example}",
    ),
];
