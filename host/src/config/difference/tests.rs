use std::path::Path;

use super::*;

#[test]
fn what_is_other_is_named_by_its_key_and_what_is_only_written_otherwise_is_not() {
    let config = |text: &str| Config::of(text.as_bytes(), Path::new("/nowhere/host.toml")).0;
    let before = config(
        "[knowledge.a]\nthreshold = 0.5\n[knowledge.b]\ntop_k = 1\n[[apps.x.plugins]]\nplugin = \"p\"\nroute = \"always\"\n",
    );
    let after = config(
        "# moved\n[knowledge]\na = { threshold = 0.6 }\nc = {}\n[[apps.x.plugins]]\nplugin = \"p\"\nroute = \"model\"\n",
    );
    assert_eq!(
        after.changed_since(&before),
        ["apps.x.plugins[0].route", "knowledge.a.threshold", "knowledge.b", "knowledge.c"]
    );
    assert!(before.changed_since(&before).is_empty());
}
