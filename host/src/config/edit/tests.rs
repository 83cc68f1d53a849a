use super::*;

fn edited(text: &str, base: &str, key: &'static str, value: f64) -> Result<(String, String), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    std::fs::write(&path, text).unwrap();
    let edit = Edit::knowledge(&path, &[KnowledgeEdit { base, key, value }])?;
    edit.write()?;
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["host.toml"], "nothing else is left");
    Ok((std::fs::read_to_string(&path).unwrap(), edit.diff()))
}

#[test]
fn one_number_changes_and_comments_stay() {
    let text = "# 配置\n[knowledge.faq] # 问答\ntop_k   = 1\nthreshold = 0.6   # 试出来的\n\n# 后面\n[knowledge.help]\nthreshold = 0.5\n";
    let (after, diff) = edited(text, "faq", "threshold", 0.62).unwrap();
    assert_eq!(after, text.replace("threshold = 0.6 ", "threshold = 0.62 "));
    assert!(diff.contains("\n-threshold = 0.6   # 试出来的\n+threshold = 0.62   # 试出来的\n"), "{diff}");
    assert!(diff.contains("@@ -1,7 +1,7 @@\n # 配置\n"), "{diff}");
}

#[test]
fn several_changes_show_their_own_lines_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    std::fs::write(&path, "[knowledge.a]\nthreshold = 0.5\ntop_k = 3\nweight = 2.0 # 二\n").unwrap();
    let setting = |key, value| Setting { table: "knowledge", name: "a", key, value };
    let settings =
        [setting("threshold", Some(0.6.into())), setting("weight", None), setting("top_k", Some(3.into()))];
    let edit = Edit::settings(&path, &settings).unwrap();
    assert_eq!(edit.lines(), "-threshold = 0.5\n+threshold = 0.6\n-weight = 2.0 # 二");
    edit.write().unwrap();
    edit.take_back().unwrap();
    assert!(std::fs::read_to_string(&path).unwrap().contains("weight = 2.0 # 二"));
    let new = Edit::text(&folder.path().join("prompts/a.md"), "一\n").unwrap();
    new.write().unwrap();
    assert!(Edit::text(&folder.path().join("prompts/a.md"), "一\n").unwrap().is_empty());
    new.take_back().unwrap();
    assert!(!folder.path().join("prompts/a.md").exists());
}

#[test]
fn a_missing_key_is_added_to_its_table() {
    let text = "[knowledge.faq]\ntop_k = 1 # 一个\n\n[knowledge.help]\n";
    let (after, diff) = edited(text, "faq", "answer_threshold", 0.93).unwrap();
    assert_eq!(after, "[knowledge.faq]\ntop_k = 1 # 一个\nanswer_threshold = 0.93\n\n[knowledge.help]\n");
    assert!(diff.contains("+answer_threshold = 0.93\n") && !diff.contains("\n-"), "{diff}");
    for (text, expected) in [
        ("knowledge.faq.top_k = 1\n", "knowledge.faq.threshold = 0.5"),
        ("[knowledge]\nfaq = { top_k = 1 }\n", "threshold = 0.5"),
        ("[knowledge.faq]", "threshold = 0.5"),
    ] {
        let (after, _) = edited(text, "faq", "threshold", 0.5).unwrap();
        assert!(after.contains(expected), "{after}");
    }
}

#[test]
fn windows_line_ends_stay() {
    let text = "[knowledge.faq]\r\nthreshold = 0.6 # 一\r\n";
    let (after, _) = edited(text, "faq", "threshold", 0.7).unwrap();
    assert_eq!(after, "[knowledge.faq]\r\nthreshold = 0.7 # 一\r\n");
}

#[test]
fn what_cannot_be_changed_is_refused_with_the_line_to_write() {
    let error = edited("[knowledge.faq]\n", "help", "threshold", 0.7).unwrap_err();
    assert!(error.contains("`threshold = 0.7` into [knowledge.help]"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    std::fs::write(&path, "[knowledge.faq]\n").unwrap();
    let edit =
        Edit::knowledge(&path, &[KnowledgeEdit { base: "faq", key: "threshold", value: 0.7 }]).unwrap();
    std::fs::write(&path, "[knowledge.faq]\ntop_k = 2\n").unwrap();
    assert!(edit.write().unwrap_err().contains("changed meanwhile"));
    assert!(std::fs::read_to_string(&path).unwrap().contains("top_k"));
}

#[test]
fn a_byte_order_mark_stays_where_it_is() {
    let text = "\u{feff}# 配置\r\n[knowledge.faq]\r\nthreshold = 0.6\r\n";
    let (after, diff) = edited(text, "faq", "threshold", 0.62).unwrap();
    assert_eq!(after, text.replace("0.6\r", "0.62\r"));
    assert!(diff.contains("\n-threshold = 0.6\n+threshold = 0.62\n"), "{diff}");
    let (after, _) = edited("\u{feff}[knowledge.faq]\n", "faq", "threshold", 0.5).unwrap();
    assert_eq!(after, "\u{feff}[knowledge.faq]\nthreshold = 0.5\n");
}
