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
    assert_eq!((found.role, found.interface), (Role::Contributor, "0.1"));
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
    assert_eq!((formatter.role, formatter.grants), (Role::Formatter, vec![]));
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
        (changed(&|s| s.config = None), &["plugins.guest.config: ", "behaviour"][..]),
        (
            changed(&|s| s.config = Some(json!({"behaviour": 7}))),
            &["plugins.guest.config: at /behaviour: ", "string"],
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
        (&b"#!/bin/sh"[..], "no component the host can compile"),
        (b"\0asm\x01\0\0\0", "no component the host can compile"),
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
    for (arguments, expected) in [("{", "no JSON"), (r#"{"city": 1}"#, "at /city"), (r#"{"x": 1}"#, "x")] {
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
        ("knowledge-base", Role::Contributor, &["knowledge"][..]),
        ("search", Role::Contributor, &["hosts"]),
        ("http-api", Role::Contributor, &["hosts"]),
        ("markdown", Role::Formatter, &[]),
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
