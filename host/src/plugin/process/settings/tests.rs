use super::*;

#[test]
fn an_empty_table_is_the_documented_defaults() {
    let plugin: PluginSettings =
        toml::from_str("component = \"builtin:search\"\n[limits]\nmemory = \"8MiB\"").unwrap();
    assert_eq!(plugin.limits.memory, ByteSize(8 << 20));
    assert_eq!(plugin.limits.timeout, Duration::from_secs(10));
    assert!(plugin.grants.hosts.is_empty() && plugin.config.is_none());
}
