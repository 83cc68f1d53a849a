//! The choices that a schema gives a value.

use serde_json::Value as Json;

/// The schemas of which a value may have any.
pub(super) fn choices(schema: &Json) -> Vec<&Json> {
    let Some(any) = schema["anyOf"].as_array() else { return vec![schema] };
    any.iter().flat_map(choices).collect()
}

/// The words that a text may be, where only some are allowed.
pub(in crate::config) fn words(schema: &Json) -> Option<Vec<&str>> {
    let listed = schema["enum"].as_array().map(|words| words.iter().filter_map(Json::as_str).collect());
    let described = || {
        let mut all = Vec::new();
        // Variants without a text of their own stand together.
        for word in schema["oneOf"].as_array()? {
            match word["enum"].as_array() {
                Some(several) => all.extend(several.iter().filter_map(Json::as_str)),
                None => all.push(word["const"].as_str()?),
            }
        }
        Some(all)
    };
    listed.or_else(described)
}
