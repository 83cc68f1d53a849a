use std::path::Path;

use crate::support::documents::{docx, paragraph, pdf, pdf_of, pptx_of, tar_gz, xlsx, zip};
use crate::support::{Embeddings, Host, eventually, run, with_cache};

const RULE: &str = "平行志愿按照分数优先、遵循志愿的原则投档。";

fn config(embeddings: &Embeddings, data: &Path) -> String {
    format!(
        "[server]\ndata_dir = {:?}\n{}[knowledge.a]\nembedder = \"e\"\nthreshold = 0.1\nanswer_threshold = 0.99\ngrow_chars = 0\n",
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
    std::fs::write(&toml, with_cache(&config(&embeddings, folder.path()))).unwrap();
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
        (
            "包.zip",
            zip(&[("政策/专项.md", "# 专项计划\n\n面向农村考生。\n"), ("图.png", "0"), ("旧.zip", "PK")]),
        ),
        ("文件夹/里面/名单.txt", "烈士子女名单在六月公布。".into()),
        ("包.tar.gz", tar_gz(&[("加分.txt", "烈士子女可以加分。")])),
    ] {
        let path = docs.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let arguments = docs.clone();
    let at = toml.clone();
    let (out, err) = tokio::task::spawn_blocking(move || import(&at, &arguments)).await.unwrap();
    assert!(out.contains("8 imported") && out.contains("2 unreadable"), "{out}{err}");
    assert!(err.contains("包.zip/图.png: its format .png cannot be read"), "{err}");
    assert!(err.contains("包.zip/旧.zip: is an archive in an archive"), "{err}");

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
            ("名单在六月公布", "文件夹/里面/名单.txt", "", "烈士子女名单在六月公布。"),
            ("面向农村考生", "包.zip/政策/专项.md", "专项计划", "面向农村考生。"),
        ] {
            let hit = asked(question);
            assert_eq!(
                (&hit["document"], hit["section"][0].as_str().unwrap_or_default(), &hit["text"]),
                (&document.into(), section, &text.into()),
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
    let word = docx(&paragraph("", RULE));
    let cut = word[..word.len() / 2].to_vec();
    let nested = format!("[{{\"question\": {}", "[".repeat(1_000_000));
    let broken: Vec<u8> = RULE.bytes().chain([0xe5, 0x92]).collect();
    // Each of its two million rows says the name of its column again.
    let names = format!("{}\n{}", "名".repeat(100_000), "1\n".repeat(2_000_000));
    let asked = format!("question,answer\n{},答\n", "问".repeat(1_000_000));
    let hostile: [(&str, Vec<u8>, &str); 19] = [
        ("cut.docx", cut, "damaged"),
        ("word.pdf", word, "although its name or format says PDF"),
        ("nested.jsonl", nested.into_bytes(), "line 1"),
        ("broken.txt", broken, "is not UTF-8 text: its byte"),
        ("names.csv", names.into_bytes(), "unfolds to more than 64 MiB"),
        ("rows.csv", format!("a\n{}", "1\n".repeat(200_000)).into_bytes(), "more than 100000 rows"),
        ("asked.qa.csv", asked.into_bytes(), "more than 2000 characters"),
        ("quote.qa.csv", "问题,答案\n甲？,\"一。\n乙？,二。\n".into(), "line 2: a quote"),
        (
            "unanswered.qa.csv",
            "问题,答案\n甲？,\n".into(),
            "want of a question or an answer: line or place 2;",
        ),
        ("marks.md", "[".repeat(10 << 20).into_bytes(), "marks and lines"),
        ("scan.pdf", pdf(&[""]), "scanned"),
        ("broken.pdf", b"%PDF-1.7 and nothing".to_vec(), "damaged"),
        ("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "save it as .docx"),
        ("empty.xlsx", xlsx("表", &[]), "no cell"),
        ("deep.md", deep.into_bytes(), "100 deep"),
        ("deep.html", "<div>".repeat(200_000).into_bytes(), "512 deep"),
        ("torn.txt", b"\xff\xfe\x00\xd8".to_vec(), "UTF-16LE"),
        ("long.txt", vec![b'a'; 21 << 20], "20 MiB"),
        ("bomb.zip", zip(&[("a.txt", &zeros)]), "200-fold"),
    ];
    for (name, bytes, expected) in hostile {
        let url = format!("{}/v1/knowledge-bases/a/documents?id={name}", host.url);
        let response = host.http.post(url).body(bytes).send().await.unwrap();
        assert_eq!(response.status(), 422, "{name}");
        let said = response.text().await.unwrap();
        assert!(said.contains(expected), "{name}: {said}");
        let report = host.import("a", "good.md", &format!("# 规则\n\n{RULE}\n\n{name}\n")).await;
        assert_eq!(report["imported"], 1, "after {name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_is_pruned_as_a_folder_is_and_one_that_breaks_off_loses_nothing() {
    let (embeddings, folder) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let toml = folder.path().join("host.toml");
    std::fs::write(&toml, with_cache(&config(&embeddings, folder.path()))).unwrap();
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

#[tokio::test(flavor = "multi_thread")]
async fn a_job_unpacks_archives_as_the_command_line_does() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let host = Host::start(&config(&embeddings, data.path()));
    let archive = |rule: &str| {
        zip(&[
            ("规则.docx", docx(&[paragraph("1", "投档规则"), paragraph("", rule)].concat())),
            ("说明.txt", "体检在六月。".into()),
            ("../外面.md", RULE.into()),
            ("坏.pdf", b"%PDF-1.7 and nothing".to_vec()),
        ])
    };
    let import = async |id: &str, bytes: Vec<u8>| {
        let url =
            format!("{}/v1/knowledge-bases/a/imports?id={id}&origin=o&prune=true&meta.year=2025", host.url);
        let job: serde_json::Value =
            host.http.post(url).body(bytes).send().await.unwrap().json().await.unwrap();
        let path = format!("/v1/jobs/{}", job["id"].as_str().unwrap());
        eventually("the job's end", async || {
            let job = host.get(&path).await;
            job["finished_at"].is_u64().then_some(job)
        })
        .await
    };
    let counts = |job: &serde_json::Value| {
        ["documents_done", "documents_total", "imported", "unchanged", "deleted", "unreadable_total"]
            .map(|key| job[key].as_u64().unwrap())
    };
    let job = import("章程.zip", archive(RULE)).await;
    assert_eq!(counts(&job), [4, 4, 2, 0, 0, 2], "{job}");
    let reason = |at: usize| job["unreadable"][at]["reason"].as_str().unwrap();
    assert!(reason(0).contains("leads out of its archive") && reason(1).contains("damaged"), "{job}");

    let job = import("章程.zip", archive("新的规则。")).await;
    assert_eq!(counts(&job), [4, 4, 1, 1, 0, 2], "{job}");
    // What could not be read to its end tells nothing of what else it holds.
    let job = import("章程.zip", b"PK\x03\x04".to_vec()).await;
    assert_eq!(counts(&job), [1, 1, 0, 0, 0, 1], "{job}");
    let job = import("别的.tar.gz", tar_gz(&[("a.txt", "只有这一个。")])).await;
    assert_eq!(counts(&job), [1, 1, 1, 0, 2, 0], "{job}");
    let list = host.get("/v1/knowledge-bases/a/documents").await;
    assert_eq!(list["data"][0]["id"], "别的.tar.gz/a.txt", "{list}");
    assert_eq!(
        list["data"][0]["metadata"]["year"], "2025",
        "what is said of an archive is said of its files"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_no_memory_holds_is_refused_before_it_is_read() {
    let (embeddings, folder) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let toml = folder.path().join("host.toml");
    std::fs::write(&toml, with_cache(&config(&embeddings, folder.path()))).unwrap();
    let docs = folder.path().join("docs");
    std::fs::create_dir(&docs).unwrap();
    for name in ["line.txt", "line.csv", "line.html", "line.md", "line.jsonl", "line.pdf"] {
        std::fs::File::create(docs.join(name)).unwrap().set_len(1 << 40).unwrap();
    }
    std::fs::write(docs.join("good.txt"), RULE).unwrap();
    let (out, err) = tokio::task::spawn_blocking(move || import(&toml, &docs)).await.unwrap();
    assert!(out.contains("1 imported") && out.contains("6 unreadable"), "{out}");
    assert_eq!(err.matches("is 1048576.0 MiB; a document of its format may have").count(), 6, "{err}");
}

/// The rules of a table of two columns and three rows whose title stands at this height.
fn rules(title: u32) -> String {
    let level = |down: u32| format!("45 {0} m 400 {0} l S\n", title - down);
    let upright = |at: u32| format!("{at} {} m {at} {} l S\n", title - 8, title - 68);
    [8, 28, 48, 68].map(level).concat() + &[45, 240, 400].map(upright).concat()
}

/// A line of a page that is drawn at these places.
fn line(height: u32, cells: &[(u32, &str)]) -> String {
    let shown = |(left, text): &(u32, &str)| {
        let (gbk, _, _) = encoding_rs::GBK.encode(text);
        let hex: String = gbk.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("BT /F 12 Tf {left} {height} Td <{hex}> Tj ET\n")
    };
    cells.iter().map(shown).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tables_that_differ_in_their_titles_can_be_told_apart_in_each_format() {
    let (embeddings, folder) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let toml = folder.path().join("host.toml");
    std::fs::write(&toml, with_cache(&config(&embeddings, folder.path()))).unwrap();
    let docs = folder.path().join("docs");
    std::fs::create_dir(&docs).unwrap();
    let years = ["2024", "2025"];
    let of_both = |write: &dyn Fn(&str, [[&str; 2]; 3]) -> String| -> String {
        let rows = |score| [["专业", "分数线"], ["软件工程", score], ["法学", "590"]];
        years.iter().zip(["600", "610"]).map(|(year, score)| write(year, rows(score))).collect()
    };
    let word_table = |rows: [[&str; 2]; 3]| {
        let cell = |text: &&str| format!("<w:tc>{}</w:tc>", paragraph("", text));
        let row = |row: &[&str; 2]| format!("<w:tr>{}</w:tr>", row.iter().map(cell).collect::<String>());
        format!("<w:tbl>{}</w:tbl>", rows.iter().map(row).collect::<String>())
    };
    let html_table = |rows: [[&str; 2]; 3]| {
        let row = |[a, b]: &[&str; 2]| format!("<tr><td>{a}</td><td>{b}</td></tr>");
        rows.iter().map(row).collect::<String>()
    };
    let slides: Vec<String> = years
        .iter()
        .zip(["600", "610"])
        .map(|(year, score)| {
            let text = |text: &str| format!("<a:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody>");
            let row = |cells: [&str; 2]| {
                format!("<a:tr>{}</a:tr>", cells.map(|cell| format!("<a:tc>{}</a:tc>", text(cell))).concat())
            };
            let table = [["专业", "分数线"], ["软件工程", score], ["法学", "590"]].map(row).concat();
            format!(
                r#"<p:sp><p:nvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>{year}年分数线</a:t></a:r></a:p></p:txBody></p:sp><p:graphicFrame><a:tbl>{table}</a:tbl></p:graphicFrame>"#
            )
        })
        .collect();
    let pages = years.iter().zip(["600", "610"]).zip([700, 500]).map(|((year, score), top)| {
        line(top, &[(50, &format!("表：{year}年分数线"))])
            + &line(top - 20, &[(50, "专业"), (250, "分数线")])
            + &line(top - 40, &[(50, "软件工程"), (250, score)])
            + &line(top - 60, &[(50, "法学"), (250, "590")])
            + &rules(top)
    });
    let page = pages.collect::<String>();
    let titled = |write: fn(&str) -> String| {
        of_both(&|year, rows| write(&format!("{year}年分数线")) + &word_table(rows))
    };
    for (name, bytes) in [
        ("上.docx", docx(&titled(|title| paragraph("", title)))),
        ("标.docx", docx(&titled(|title| paragraph("Caption", title)))),
        (
            "下.docx",
            docx(&of_both(&|year, rows| word_table(rows) + &paragraph("", &format!("表1 {year}年分数线")))),
        ),
        (
            "合.docx",
            docx(&of_both(&|year, rows| {
                let title = format!(
                    r#"<w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{}</w:tc></w:tr>"#,
                    paragraph("", &format!("{year}年分数线"))
                );
                word_table(rows).replacen("<w:tbl>", &format!("<w:tbl>{title}"), 1) + &paragraph("", "以上。")
            })),
        ),
        (
            "题.html",
            of_both(&|year, rows| {
                format!("<table><caption>{year}年分数线</caption>{}</table>", html_table(rows))
            })
            .into(),
        ),
        (
            "段.html",
            of_both(&|year, rows| {
                format!("<p>各专业情况。{year}年分数线如下：</p><table>{}</table>", html_table(rows))
            })
            .into(),
        ),
        (
            "上.md",
            of_both(&|year, rows| {
                format!(
                    "{year}年分数线：\n\n| {} | {} |\n|---|---|\n| {} | {} |\n| {} | {} |\n\n",
                    rows[0][0], rows[0][1], rows[1][0], rows[1][1], rows[2][0], rows[2][1]
                )
            })
            .into(),
        ),
        (
            "内.md",
            of_both(&|year, rows| format!("{year}年分数线\n\n<table>{}</table>\n\n", html_table(rows)))
                .into(),
        ),
        ("面.pdf", pdf_of(&[("", page.into_bytes())], &[])),
        ("片.pptx", pptx_of(&slides.iter().map(String::as_str).collect::<Vec<_>>())),
    ] {
        std::fs::write(docs.join(name), bytes).unwrap();
    }
    let shown = tokio::task::spawn_blocking(move || {
        let output = run(&toml, &["kb", "import", "a", docs.to_str().unwrap(), "--dry-run"]);
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    })
    .await
    .unwrap();
    let documents: Vec<&str> = shown.split("new\t").skip(1).collect();
    assert_eq!(documents.len(), 10, "{shown}");
    for document in documents {
        for (year, score) in years.iter().zip(["600", "610"]) {
            let sections = document.split("\n[");
            let mut rows = sections.filter(|section| section.contains("专业: 软件工程"));
            let row = rows.find(|section| section.contains(&format!("分数线: {score}")));
            assert!(row.is_some_and(|row| row.contains(&format!("{year}年分数线"))), "{year}: {document}");
        }
    }
}
