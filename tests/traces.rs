use serde_json::Value;

use crate::support::{Host, Script, Upstream, run, with_cache};

#[tokio::test(flavor = "multi_thread")]
async fn turns_are_listed_shown_and_exported_from_the_folder_and_from_a_server() {
    let upstream = Upstream::playing((0..3).map(|_| Script::Says(vec!["好\u{202e}"]))).await;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let config = format!(
        "[server]\ndata_dir = {:?}\n{}\n[apps.other]\nanswer = \"direct\"\nnothing_found = \"没有\"\n",
        data.display().to_string(),
        crate::chat::plain(&upstream)
    );
    let path = folder.path().join("host.toml");
    std::fs::write(&path, with_cache(&config)).unwrap();
    let command = {
        let path = path.clone();
        move |arguments: &[&str]| {
            let output = run(&path, &[&["trace"], arguments].concat());
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            (output.status.success(), text(&output.stdout), text(&output.stderr))
        }
    };
    let (ended, _, told) = tokio::task::block_in_place(|| command(&["list"]));
    assert!(!ended && told.contains("holds no traces yet"), "{told}");

    let host = Host::start(&config);
    let mut ids = Vec::new();
    for question in ["甲\u{1b}[31m问", "乙问", "丙问"] {
        ids.push(host.ask("plain", question).await.id);
    }
    ids.push(host.ask("other", "丁问").await.id);
    let rated = host
        .post("/v1/feedback", serde_json::json!({"turn": ids[1], "rating": "down", "comment": "不对"}))
        .await;
    assert_eq!(rated.status(), 200);
    let url = host.url.clone();
    // What a server has in memory is not in its folder before it is written.
    crate::support::eventually("the turns are on disk", async || {
        let metrics =
            host.http.get(format!("{}/metrics", host.url)).send().await.unwrap().text().await.unwrap();
        let listed = tokio::task::block_in_place(|| command(&["list", "--feedback", "down"])).1;
        (metrics.contains("qianfan_host_traces_waiting 0") && !listed.is_empty()).then_some(())
    })
    .await;
    tokio::task::spawn_blocking(move || {
        for place in [&[][..], &["--url", &url]] {
            let trace = |arguments: &[&str]| {
                let (ended, out, told) = command(&[arguments, place].concat());
                assert!(ended, "{arguments:?} {place:?}: {told}");
                out
            };
            let lines = |arguments: &[&str]| trace(arguments).lines().map(str::to_owned).collect::<Vec<_>>();
            let all = lines(&["list"]);
            assert_eq!(all.len(), 4, "{all:?}");
            assert!(all.iter().zip(ids.iter().rev()).all(|(line, id)| line.contains(id)), "{all:?}");
            assert!(all[3].contains("甲 [31m问") && all[2].contains("down"), "{all:?}");
            assert!(
                all[0].contains("nothing") && all[0].starts_with("20") && all[0].contains("Z "),
                "{all:?}"
            );
            assert_eq!(lines(&["list", "--app", "plain", "-n", "2"]), all[1..3]);
            assert_eq!(lines(&["list", "--before", &ids[2], "--app", "plain"]), all[2..]);
            assert_eq!(lines(&["list", "--q", "乙"]), all[2..3]);
            assert_eq!(lines(&["list", "--feedback", "down"]), all[2..3]);
            assert_eq!(lines(&["list", "--has", "nothing"]), all[..1]);
            let listed: Value = serde_json::from_str(&lines(&["list", "--json", "-n", "1"])[0]).unwrap();
            assert_eq!(listed["id"], ids[3].as_str());

            let shown = trace(&["show", &ids[1]]);
            assert!(shown.contains("rated down: 不对") && shown.contains("乙问"), "{shown}");
            let shown: Value = serde_json::from_str(&trace(&["show", &ids[1], "--json"])).unwrap();
            assert_eq!((&shown["question"], &shown["feedback"]["rating"]), (&"乙问".into(), &"down".into()));

            let exported = lines(&["export", "--app", "plain"]);
            let exported: Vec<Value> =
                exported.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!(exported.len(), 3);
            assert_eq!(
                (&exported[2]["id"], &exported[2]["answer"]),
                (&ids[0].as_str().into(), &"好\u{202e}".into())
            );
            assert_eq!(exported[1]["feedback"]["comment"], "不对");

            let (ended, _, told) = command(&[&["show", "none"], place].concat());
            assert!(!ended && told.contains("no trace `none` is kept"), "{told}");
        }
        let (ended, _, told) = command(&["list", "--has", "beauty"]);
        assert!(!ended && told.contains("`denial`"), "{told}");
        let (ended, _, told) = command(&["list", "--url", "http://127.0.0.1:1"]);
        assert!(!ended && told.contains("cannot be reached"), "{told}");
    })
    .await
    .unwrap();
    drop(host);
}
