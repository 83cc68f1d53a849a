use super::*;

#[test]
fn the_same_words_at_two_lines_are_two_problems() {
    let text = "[server]\nmax_turns = “3”\n[models.m]\nmodel = “甲”\nbase_url = “http://127.0.0.1:1/v1”\n";
    let (config, found) = Config::read_text(text.as_bytes(), Path::new("host.toml"));
    let once = config.placed(found.clone());
    let quotes = once.iter().filter(|problem| problem.message.contains('“'));
    let mut lines: Vec<usize> = quotes.filter_map(|problem| problem.line).collect();
    lines.dedup();
    assert_eq!(lines, [2, 4, 5], "{once:?}");
    let twice = config.placed([found.clone(), found].concat());
    assert_eq!(twice, once);
}

#[test]
fn every_path_is_taken_from_the_files_folder() {
    let text = r#"
[server]
data_dir = "p"
[engine]
cache_dir = "p"
[embedders.e]
model_path = "p"
tokenizer_path = "p"
[secrets.s]
file = "p"
[plugins.relative]
component = "p"
[plugins.bundled]
component = "builtin:search"
[models.m]
base_url = "http://127.0.0.1:9/v1"
model = "m"
[apps.a]
model = "m"
prompt = "app.rs"
"#;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/config");
    let config = Config::parse(text, &folder.join("host.toml")).unwrap();
    let expected = folder.join("p");
    let embedder = &config.embedders["e"];
    for path in [
        Some(&config.server.data_dir),
        config.engine.cache_dir.as_ref(),
        embedder.model_path.as_ref(),
        embedder.tokenizer_path.as_ref(),
        config.secrets["s"].file.as_ref(),
    ] {
        assert_eq!(path, Some(&expected));
    }
    assert_eq!(config.plugins["relative"].component, expected.to_str().unwrap());
    assert_eq!(config.plugins["bundled"].component, "builtin:search");
    assert_eq!(config.apps["a"].prompt, Some(folder.join("app.rs")));
}
