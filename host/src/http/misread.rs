//! A misreading is why a client's JSON or query does not say what it should: a parser's words, put into plain ones.

/// Where the framework's refusal of a query begins.
const OF_A_QUERY: &str = "Failed to deserialize query string: ";
/// Where its refusal of a path begins.
const OF_A_PATH: &str = "Invalid URL: ";

/// The refusal of a query or a path by the framework, in plain words.
pub(super) fn of_framework(text: &str) -> String {
    if let Some(cause) = text.strip_prefix(OF_A_QUERY) {
        let (field, cause) = match cause.split_once(": ") {
            // The parser says twice that a field is not known.
            Some((field, cause)) if !field.contains(' ') && !cause.starts_with("unknown field") => {
                (Some(field), cause)
            }
            Some((field, cause)) if !field.contains(' ') => (None, cause),
            _ => (None, cause),
        };
        let said = plain(cause).replace("the field ", "the parameter ").replace("no field ", "no parameter ");
        return match field {
            Some(field) => format!("`{field}` in the query {said}"),
            None => format!("the query cannot be read: {said}"),
        };
    }
    match text.strip_prefix(OF_A_PATH) {
        Some(cause) => format!("the path cannot be read: {cause}; write it percent-encoded from UTF-8"),
        None => text.to_owned(),
    }
}

/// What a parser says of a value, in plain words, without the line and column of a body that is on one line.
pub(super) fn plain(text: &str) -> String {
    let text = text.rfind(" at line ").map_or(text, |end| &text[..end]);
    let text = text.trim();
    for start in ["invalid type: ", "invalid value: ", "invalid length "] {
        if let Some((is, must)) = text.strip_prefix(start).and_then(|rest| rest.rsplit_once(", expected ")) {
            let is = if start == "invalid length " { "a list".to_owned() } else { found(is) };
            return format!("is {is}, and must be {}", wanted(must));
        }
    }
    if let Some(rest) = text.strip_prefix("unknown field ") {
        return match rest.split_once(", expected ") {
            Some((name, known)) => format!("there is no field {name}; there are: {}", listed(known)),
            None => {
                format!("there is no field {}; none is taken here", rest.split(',').next().unwrap_or(rest))
            }
        };
    }
    if let Some((name, known)) =
        text.strip_prefix("unknown variant ").and_then(|rest| rest.split_once(", expected "))
    {
        return format!("is {name}, which is not known; write one of {}", listed(known));
    }
    if let Some(name) = text.strip_prefix("missing field ") {
        return format!("the field {name} is missing");
    }
    if let Some(name) = text.strip_prefix("duplicate field ") {
        return format!("the field {name} is there twice; leave one of the two");
    }
    match text {
        "invalid digit found in string" => "must be a whole number, 0 or more".to_owned(),
        "cannot parse integer from empty string" => {
            "is empty; write a whole number, or leave it out".to_owned()
        }
        "number too large to fit in target type" => "is too large a number; write a smaller one".to_owned(),
        "invalid float literal" => "must be a number".to_owned(),
        "cannot parse float from empty string" => "is empty; write a number, or leave it out".to_owned(),
        "provided string was not `true` or `false`" => "must be true or false".to_owned(),
        "EOF while parsing a value" => "there is nothing to read".to_owned(),
        _ if text.starts_with("EOF while parsing") => "it ends in the middle".to_owned(),
        "trailing characters" => "something stands behind its end".to_owned(),
        "expected value" => "there is no value of JSON where one must be".to_owned(),
        "number out of range" => "a number is too large".to_owned(),
        "recursion limit exceeded" => "lists and objects are nested too deep; flatten them".to_owned(),
        other => other.to_owned(),
    }
}

/// A value as JSON has it.
fn found(what: &str) -> String {
    match what {
        "sequence" => return "a list".to_owned(),
        "map" => return "an object".to_owned(),
        "null" | "unit value" | "Option value" => return "null".to_owned(),
        _ => {}
    }
    let kinds = [
        ("integer ", "the number "),
        ("floating point ", "the number "),
        ("string ", "the text "),
        ("boolean ", ""),
    ];
    for (kind, plain) in kinds {
        if let Some(value) = what.strip_prefix(kind) {
            return format!("{plain}{}", value.trim_matches('`'));
        }
    }
    what.to_owned()
}

/// What a value must be, as JSON has it.
fn wanted(what: &str) -> String {
    let plain = match what {
        "a string" | "string" | "str" => "a text",
        "a boolean" | "bool" => "true or false",
        "usize" | "u64" | "u32" | "u16" | "u8" => "a whole number, 0 or more",
        "a nonzero usize" => "a whole number, 1 or more",
        "i64" | "i32" => "a whole number",
        "f64" | "f32" => "a number",
        "a sequence" | "sequence" => "a list",
        "a map" | "map" => "an object",
        _ if what.starts_with("struct ") => "an object",
        other => other,
    };
    plain.to_owned()
}

/// Names as `serde` lists them: `one of`, or two with an `or`.
fn listed(names: &str) -> String {
    let names = names.strip_prefix("one of ").unwrap_or(names);
    names.replace(" or ", ", ")
}

#[cfg(test)]
mod tests;
