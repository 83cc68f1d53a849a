use super::*;

#[test]
fn a_folder_is_walked_in_order_without_hidden_files() {
    let folder = std::env::temp_dir().join(format!("qianfan-walk-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir_all(folder.join("b/c")).unwrap();
    std::fs::create_dir_all(folder.join("c")).unwrap();
    for file in ["b/c/2.md", "a.txt", ".hidden.txt", "b/1.csv", "b/~$2.docx", ".~lock.a.odt#"] {
        std::fs::write(folder.join(file), "内容").unwrap();
    }
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStrExt;
        let (gbk, _, _) = encoding_rs::GBK.encode("招生.txt");
        std::fs::write(folder.join("c").join(std::ffi::OsStr::from_bytes(&gbk)), "内容").unwrap();
    }
    let ids: Vec<_> = sources_in(&folder).unwrap().into_iter().map(|source| source.id).collect();
    let single = sources_in(&folder.join("b/c/2.md")).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let gbk: &[&str] = if cfg!(target_os = "linux") { &["c/招生.txt"] } else { &[] };
    assert_eq!(ids, [&["a.txt", "b/1.csv", "b/c/2.md"], gbk].concat());
    assert_eq!(single[0].id, "2.md");
    assert!(sources_in(&folder).unwrap_err().to_string().contains("qianfan-walk"));
}

#[test]
fn a_document_over_the_limit_is_refused_with_its_size() {
    let source = Source::bytes("a.txt", vec![b'a'; (20 << 20) + 1]);
    assert!(source.read(Format::Txt.max_bytes()).unwrap_err().contains("20 MiB"));
}
