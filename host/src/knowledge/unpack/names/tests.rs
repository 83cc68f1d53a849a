use super::*;

#[test]
fn names_are_paths_below_their_archive() {
    for (raw, expected) in [
        ("政策/章程.md", Some("政策/章程.md")),
        ("./a//b/./c.txt", Some("a/b/c.txt")),
        ("文档\\一.txt", Some("文档/一.txt")),
        ("__MACOSX/a/._b.md", None),
        (".git/config", None),
        ("a/.DS_Store", None),
        ("政策/~$章程.docx", None),
        ("~a$.txt", Some("~a$.txt")),
    ] {
        assert_eq!(checked(raw.as_bytes()).unwrap().as_deref(), expected, "{raw}");
    }
    let (gbk, _, _) = encoding_rs::GBK.encode("招生章程.txt");
    assert_eq!(checked(&gbk).unwrap().as_deref(), Some("招生章程.txt"));
    for raw in ["../a.md", "a/../../b.md", "/etc/a.md", "C:\\a.md", "\\\\server\\a.md", "", "a\0.md", "..\\a"]
    {
        assert!(checked(raw.as_bytes()).is_err(), "{raw:?}");
    }
    let long = checked("长".repeat(400).as_bytes()).unwrap_err();
    assert!(long.reason.contains("too long") && long.name.chars().count() == 200);
}
