//! What is refused before anything is called.

use super::*;

async fn refused(settings: &PluginSettings) -> String {
    match Plugin::load(&engine(), "guest", settings, &Secrets::default(), &services()).await {
        Ok(_) => panic!("the plugin was loaded"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_component_says_what_it_is_without_any_grant() {
    let engine = engine();
    let bytes = std::fs::read(guests::hostile()).unwrap();
    let found = inspect(&engine, "guest", bytes).await.unwrap();
    assert_eq!((found.role, found.interface), (ComponentRole::Contributor, "0.1"));
    assert_eq!(found.grants, ["knowledge", "hosts"]);
    assert_eq!(found.description.name, "hostile");
    let summary = &found.description.summary;
    assert!(
        summary.contains("asked for knowledge base `policies`") && summary.contains("no state"),
        "{summary}"
    );
    assert!(found.imports.iter().any(|name| name.starts_with("wasi:http/outgoing-handler@0.2")));
    assert!(found.imports.is_sorted());

    let formatter =
        inspect(&engine, "f", std::fs::read(guests::component("formatter")).unwrap()).await.unwrap();
    assert_eq!((formatter.role, formatter.grants), (ComponentRole::Formatter, vec![]));
}

#[tokio::test]
async fn settings_are_checked_with_the_key_to_change() {
    let good = settings(json!({"behaviour": "echo"}));
    let changed = |change: &dyn Fn(&mut PluginSettings)| {
        let mut settings = good.clone();
        change(&mut settings);
        settings
    };
    for (settings, expected) in [
        (changed(&|s| s.config = None), &["plugins.guest.config.behaviour: ", "is missing"][..]),
        (
            changed(&|s| s.config = Some(json!({"behaviour": 7}))),
            &["plugins.guest.config.behaviour: ", "string"],
        ),
        (
            changed(&|s| s.component = "builtin:nothing".into()),
            &["plugins.guest.component: ", "no bundled plugin `nothing`"],
        ),
        (
            changed(&|s| s.component = "/no/such.wasm".into()),
            &["plugins.guest.component: cannot read `/no/such.wasm`"],
        ),
        (changed(&|s| s.limits.timeout = Duration::ZERO), &["plugins.guest.limits.timeout: "]),
        (
            changed(&|s| s.limits.memory = ByteSize(1 << 40)),
            &["plugins.guest.limits.memory: ", "engine.max_memory"],
        ),
        (
            changed(&|s| s.grants.hosts = vec!["api.example.com".into()]),
            &["plugins.guest.grants.hosts[0]: ", "no scheme"],
        ),
        (changed(&|s| s.grants.knowledge = vec![String::new()]), &["plugins.guest.grants.knowledge[0]: "]),
    ] {
        let error = refused(&settings).await;
        assert!(expected.iter().all(|part| error.contains(part)), "{error}");
    }
}

#[tokio::test]
async fn what_is_no_plugin_is_not_loaded() {
    let engine = engine();
    for (bytes, expected) in [
        (&b"#!/bin/sh"[..], "not a component the host can compile"),
        (b"\0asm\x01\0\0\0", "not a component the host can compile"),
        (b"\0asm\x0d\0\x01\0", "exports neither"),
    ] {
        let error = inspect(&engine, "guest", bytes.to_vec()).await.map(|_| ()).unwrap_err().to_string();
        assert!(error.starts_with("plugins.guest.component: ") && error.contains(expected), "{error}");
    }
    serves(&engine).await;
}

#[tokio::test]
async fn a_formatter_gets_no_grant() {
    let mut formatter = settings(json!({}));
    formatter.component = guests::component("formatter").to_str().unwrap().to_owned();
    formatter.grants.knowledge = vec!["policies".into()];
    let error = refused(&formatter).await;
    assert!(error.starts_with("plugins.guest.grants: ") && error.contains("formatter"), "{error}");
}

#[tokio::test]
async fn arguments_of_the_model_are_checked_before_the_plugin_is_called() {
    let plugin = load(&engine(), &settings(json!({"behaviour": "echo"}))).await;
    let with = |arguments: &str| TurnInput { arguments: Some(arguments.into()), ..input() };
    assert_eq!(
        plugin.contribute(&with(r#"{"city": "北京"}"#)).await.result,
        outcome(r#"北京分数线 0 {"city": "北京"}"#)
    );
    for (arguments, expected) in
        [("{", "not valid JSON"), (r#"{"city": 1}"#, "at /city"), (r#"{"x": 1}"#, "x")]
    {
        let called = plugin.contribute(&with(arguments)).await;
        let Err(CallError::Failed { failure: Failure::InvalidArguments(text) }) = called.result else {
            panic!("{arguments} was accepted")
        };
        assert!(text.contains(expected), "{text}");
        assert_eq!(called.report.peak_memory, 0, "no instance was made");
    }
}

#[tokio::test]
async fn a_second_start_finds_the_component_compiled() {
    let folder = guests::hostile().with_file_name(format!("compiled-{}", uuid::Uuid::now_v7()));
    let cached = EngineSettings { cache_dir: Some(folder.clone()), ..engine_settings() };
    let echo = settings(json!({"behaviour": "echo"}));
    for _ in 0..2 {
        assert_eq!(call(&Engine::new(&cached).unwrap(), &echo).await.result, outcome("北京分数线 0 "));
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn bundled_plugins_come_through_the_same_door() {
    let engine = engine();
    for (name, role, grants) in [
        ("knowledge-base", ComponentRole::Contributor, &["knowledge"][..]),
        ("search", ComponentRole::Contributor, &["hosts"]),
        ("http-api", ComponentRole::Contributor, &["hosts"]),
        ("markdown", ComponentRole::Formatter, &[]),
    ] {
        let bytes = component_bytes(name, &format!("builtin:{name}")).await.unwrap();
        let found = inspect(&engine, name, bytes).await.unwrap();
        assert_eq!((found.description.name.as_str(), found.role), (name, role));
        let needed = &found.grants;
        assert!(
            needed.iter().all(|grant| grants.contains(grant)),
            "{name} asks for more than it needs: {needed:?}"
        );
    }
}

/// The settings of a plugin whose component says this of itself, and what happens when it is loaded.
async fn loading(texts: &[(&str, &str)], limits: LimitSettings) -> Result<Arc<Plugin>, LoadError> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), guests::described(texts)).unwrap();
    let mut settings = settings(json!({}));
    settings.component = file.path().to_str().unwrap().to_owned();
    settings.limits = limits;
    Plugin::load(&engine(), "guest", &settings, &Secrets::default(), &services()).await
}

#[tokio::test]
async fn what_a_component_says_of_itself_is_bounded() {
    let long = |bytes: usize| "x".repeat(bytes);
    for (text, most) in [("name", 64), ("version", 64), ("summary", 2 << 10), ("model-summary", 2 << 10)] {
        assert!(loading(&[(text, &long(most))], LimitSettings::default()).await.is_ok(), "{text}");
        let error =
            loading(&[(text, &long(most + 1))], LimitSettings::default()).await.map(drop).unwrap_err();
        let expected =
            format!("plugins.guest.component: its {text} has {} bytes; at most {most} are taken", most + 1);
        assert_eq!(error.to_string(), expected);
    }
    let schema = |bytes: usize| format!("{{\"description\": {:?}}}", long(bytes));
    for text in ["config-schema", "arguments-schema"] {
        assert!(loading(&[(text, &schema(60_000))], LimitSettings::default()).await.is_ok(), "{text}");
        let error =
            loading(&[(text, &schema(66_000))], LimitSettings::default()).await.map(drop).unwrap_err();
        assert!(error.to_string().contains(&format!("its {text} has")), "{error}");
        let error = loading(&[(text, "{")], LimitSettings::default()).await.map(drop).unwrap_err();
        assert!(error.to_string().contains(&format!("its {text} is not valid JSON")), "{error}");
    }
    let error = loading(&[("name", "a\u{1b}]b")], LimitSettings::default()).await.map(drop).unwrap_err();
    assert!(!error.to_string().contains('\u{1b}'), "{error}");
}

#[tokio::test]
async fn a_component_describes_itself_under_its_own_limits() {
    let limits =
        |mebibytes: usize| LimitSettings { memory: ByteSize(mebibytes << 20), ..LimitSettings::default() };
    assert!(loading(&[("memory", "80")], limits(128)).await.is_ok());
    let error = loading(&[("memory", "80")], limits(64)).await.map(drop).unwrap_err().to_string();
    assert!(error.contains("could not describe itself") && error.contains("`limits.memory`"), "{error}");
    inspect(&engine(), "guest", guests::described(&[("memory", "80")])).await.unwrap();
}

#[tokio::test]
async fn a_component_of_another_interface_is_not_loaded() {
    let bytes = std::fs::read(guests::component("other-shape")).unwrap();
    let error = inspect(&engine(), "guest", bytes).await.map(|_| ()).unwrap_err().to_string();
    assert!(
        error.contains("built for version 0.1")
            && error.contains("expected record of 7 fields, found 2 fields"),
        "{error}"
    );
}

#[tokio::test]
async fn a_schema_that_multiplies_itself_is_not_loaded() {
    let bomb = guests::schema_bomb();
    for text in ["config-schema", "arguments-schema"] {
        let error = loading(&[(text, &bomb)], LimitSettings::default()).await.map(drop).unwrap_err();
        assert!(
            error.to_string().contains(&format!("its {text} refers to its definitions over and over")),
            "{error}"
        );
    }
    let mut own = settings(json!({"behaviour": "echo"}));
    own.arguments_schema = Some(serde_json::from_str(&bomb).unwrap());
    assert!(refused(&own).await.starts_with("plugins.guest.arguments_schema: it refers to"));
}

#[tokio::test]
async fn a_compiler_process_compiles_for_the_engine_that_started_it() {
    use std::hash::{BuildHasher, RandomState};
    let hasher = RandomState::new();
    for allocator in [Allocator::Pooling, Allocator::OnDemand] {
        let settings =
            EngineSettings { allocator, max_concurrent_calls: 2, max_open_answers: 2, ..engine_settings() };
        let engine = Engine::new(&settings).unwrap();
        let compiler = wasmtime::Engine::new(&process::compiling(engine.is_pooling())).unwrap();
        let hash = |engine: &wasmtime::Engine| hasher.hash_one(engine.precompile_compatibility_hash());
        assert_eq!(hash(&engine.wasm), hash(&compiler), "{allocator:?}");
    }
}
