use std::path::Path;

use crate::support::documents::{docx, paragraph, pdf, tar_gz, xlsx, zip};
use crate::support::{Embeddings, Host, run};

const RULE: &str = "平行志愿按照分数优先、遵循志愿的原则投档。";

fn config(embeddings: &Embeddings, data: &Path) -> String {
    format!(
        "[server]\ndata_dir = {:?}\n{}[knowledge.a]\nembedder = \"e\"\nthreshold = 0.1\nanswer_threshold = 0.99\n",
        data.display().to_string(),
        embeddings.table("e", 64)
    )
}

/// What an import says on its two streams.
fn import(config: &Path, path: &Path) -> (String, String) {
    let output = run(config, &["kb", "import", "a", path.to_str().unwrap()]);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_goes_in_from_the_command_line_and_is_found_under_its_headings() {
    let (embeddings, folder) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let toml = folder.path().join("host.toml");
    std::fs::write(&toml, config(&embeddings, folder.path())).unwrap();
    let docs = folder.path().join("docs");
    std::fs::create_dir(&docs).unwrap();
    let word = docx(&[paragraph("1", "投档规则"), paragraph("", RULE)].concat());
    let faq = xlsx("常见问题", &[&[("A1", "问题"), ("B1", "答案")], &[("A2", "怎么收费"), ("B2", "免费。")]]);
    let lines = xlsx("分数线", &[&[("A1", "院校"), ("B1", "分数")], &[("A2", "星海大学"), ("B2", "600")]]);
    for (name, bytes) in [
        ("规则.docx", word),
        ("手册.pdf", pdf(&["封面。", "体检须在六月底之前完成。"])),
        ("问答.xlsx", faq),
        ("分数.xlsx", lines),
        ("网页.html", "<h1>强基计划</h1><p>每年三月开始报名。</p>".into()),
        ("包.zip", zip(&[("政策/专项.md", "# 专项计划\n\n面向农村考生。\n"), ("图.png", "0")])),
        ("包.tar.gz", tar_gz(&[("加分.txt", "烈士子女可以加分。")])),
    ] {
        std::fs::write(docs.join(name), bytes).unwrap();
    }
    let arguments = docs.clone();
    let at = toml.clone();
    let (out, err) = tokio::task::spawn_blocking(move || import(&at, &arguments)).await.unwrap();
    assert!(out.contains("7 imported") && out.contains("1 unreadable"), "{out}{err}");
    assert!(err.contains("包.zip/图.png: its format is unknown"), "{err}");

    let asked = move |question: &str| {
        let output = run(&toml, &["kb", "search", question, "--json", "-k", "1", "--threshold", "0"]);
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        found["hits"][0].clone()
    };
    tokio::task::spawn_blocking(move || {
        for (question, document, section, text) in [
            ("平行志愿怎么投档", "规则.docx", "投档规则", RULE),
            ("体检须在什么时候完成", "手册.pdf", "第2页", "体检须在六月底之前完成。"),
            ("星海大学分数", "分数.xlsx", "分数线", "院校: 星海大学\n分数: 600"),
            ("强基计划每年三月报名", "网页.html", "强基计划", "每年三月开始报名。"),
            ("面向农村考生", "包.zip/政策/专项.md", "专项计划", "面向农村考生。"),
        ] {
            let hit = asked(question);
            assert_eq!(
                (&hit["document"], &hit["section"][0], &hit["text"]),
                (&document.into(), &section.into(), &text.into()),
                "{hit}"
            );
        }
        assert_eq!(asked("烈士子女加分")["document"], "包.tar.gz/加分.txt");
        assert_eq!(asked("怎么收费")["standard_answer"], "免费。");
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_told_with_its_reason_and_the_rest_goes_in() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let host = Host::start(&config(&embeddings, data.path()));
    let deep = ">".repeat(100_000) + RULE;
    let zeros = vec![b'0'; 8 << 20];
    let hostile: [(&str, Vec<u8>, &str); 8] = [
        ("scan.pdf", pdf(&[""]), "scanned"),
        ("broken.pdf", b"%PDF-1.7 and nothing".to_vec(), "damaged"),
        ("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "save it as .docx"),
        ("empty.xlsx", xlsx("表", &[]), "no cell"),
        ("deep.md", deep.into_bytes(), "100 deep"),
        ("torn.txt", b"\xff\xfe\x00\xd8".to_vec(), "UTF-16LE"),
        ("long.txt", vec![b'a'; 21 << 20], "20 MiB"),
        ("bomb.zip", zip(&[("a.txt", &zeros)]), "200-fold"),
    ];
    for (name, bytes, expected) in hostile {
        let url = format!("{}/v1/knowledge-bases/a/documents?id={name}", host.url);
        let response = host.http.post(url).body(bytes).send().await.unwrap();
        let report: serde_json::Value = response.json().await.unwrap();
        let reason = report["unreadable"][0]["reason"].as_str().unwrap_or_default();
        assert!(reason.contains(expected), "{name}: {report}");
        let report = host.import("a", "good.md", &format!("# 规则\n\n{RULE}\n\n{name}\n")).await;
        assert_eq!(report["imported"], 1, "after {name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_is_pruned_as_a_folder_is_and_one_that_breaks_off_loses_nothing() {
    let (embeddings, folder) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let toml = folder.path().join("host.toml");
    std::fs::write(&toml, config(&embeddings, folder.path())).unwrap();
    let docs = folder.path().join("docs");
    std::fs::create_dir(&docs).unwrap();
    tokio::task::spawn_blocking(move || {
        let said = |bytes: Vec<u8>| {
            std::fs::write(docs.join("a.zip"), bytes).unwrap();
            let output = run(&toml, &["kb", "import", "a", docs.to_str().unwrap(), "--prune"]);
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        let both = zip(&[("a.md", format!("# 甲\n\n{RULE}")), ("b.md", format!("# 乙\n\n{RULE}"))]);
        assert!(said(both.clone()).contains("2 imported"));
        assert!(
            said(both[..both.len() - 30].to_vec()).contains("0 deleted"),
            "a damaged archive tells nothing"
        );
        assert!(said(both).contains("2 unchanged"));
        let one = zip(&[("a.md", format!("# 甲\n\n{RULE}"))]);
        let said = said(one);
        assert!(said.contains("1 unchanged") && said.contains("1 deleted"), "{said}");
    })
    .await
    .unwrap();
}
