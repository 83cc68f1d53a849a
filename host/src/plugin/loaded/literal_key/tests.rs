use serde_json::json;

use super::*;

#[test]
fn keys_are_found_where_they_are_sent_and_never_shown() {
    let found = json!({
        "url": "https://a.example/{{ arguments.x }}?v=1&api_key=geheim&token={{ variables.token }}",
        "query": { "Key": "geheim", "q": "{{ question }}", "token": "{{ variables.token }}" },
        "headers": { "authorization": "Bearer geheim", "accept": "x" },
        "extract": { "token": "$.token" },
        "links": ["https://b.example/?access-token=geheim", "https://u:geheim@c.example/", "https://d.example/bot/sk-0123456789ab/x"],
        "body": { "password": "geheim", "page": 1, "q": "sk-{{ question }}" },
        "text": "an eyJ and a sk-learn",
    });
    let found: Vec<String> = literal_keys(&found).into_iter().map(|(place, _)| place).collect();
    assert_eq!(
        found,
        [
            "config.url: `api_key` in the query",
            "config.query.Key",
            "config.headers.authorization",
            "config.links: `access-token` in the query",
            "config.links: a user name or password",
            "config.links: what begins like a key",
            "config.body.password",
        ]
    );
}

#[test]
fn a_configuration_is_shown_without_what_looks_like_a_key() {
    let mut config = json!({
        "url": "https://a.example/v1?q={{ question }}",
        "links": ["https://u:geheim@c.example/", "https://b.example/"],
        "headers": { "X-Shop-Token": "geheim", "accept": "x" },
        "deep": { "api_key": "geheim", "keywords": ["分数线"], "max_tokens": 5 },
        "extract": { "token": "$.token" },
        "query": { "key": "{{ variables.key }}" },
    });
    hide(&mut config);
    assert_eq!(
        config,
        json!({
            "url": "https://a.example/v1?q={{ question }}",
            "links": [HIDDEN, "https://b.example/"],
            "headers": { "X-Shop-Token": HIDDEN, "accept": "x" },
            "deep": { "api_key": HIDDEN, "keywords": ["分数线"], "max_tokens": 5 },
            "extract": { "token": "$.token" },
            "query": { "key": "{{ variables.key }}" },
        })
    );
}
