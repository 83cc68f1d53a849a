use super::*;

#[test]
fn every_bundled_plugin_is_a_component() {
    // Magic number, then layer 1: a component. A core module has layer 0.
    const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
    assert_eq!(names().collect::<Vec<_>>(), ["knowledge-base", "search", "http-api", "markdown"]);
    for name in names() {
        assert!(bundled(name).is_some_and(|bytes| bytes.starts_with(COMPONENT)), "{name}");
    }
    assert!(reader().starts_with(COMPONENT));
    for absent in ["no-such-plugin", "document-reader"] {
        assert!(bundled(absent).is_none(), "{absent}");
    }
}
