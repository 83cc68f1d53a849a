//! An argument is what a model passes to a plugin, under a name that it reads in a schema.

use serde_json::Value;

/// Keywords with which a schema may have names that do not stand in its `properties`.
const ELSEWHERE: [&str; 6] = ["$ref", "allOf", "anyOf", "if", "oneOf", "patternProperties"];

/// Says of a schema that it leaves out an argument without which the plugin fails; nothing where a model could pass it.
pub fn argument_left_out(schema: &Value, name: &str) -> Option<String> {
    let is_left_out = match schema["properties"].as_object() {
        Some(properties) => !properties.contains_key(name),
        None => schema["additionalProperties"] == false,
    };
    let is_whole = ELSEWHERE.iter().all(|keyword| schema.get(keyword).is_none());
    (is_left_out && is_whole).then(|| {
        format!(
            "has no property `{name}`, without which the plugin fails; add it, such as \
             properties = {{ {name} = {{ type = \"string\" }} }}"
        )
    })
}

#[cfg(test)]
mod tests;
