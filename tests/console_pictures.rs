//! The pictures of `docs/pictures`: the example app in the console. Retrieval, plugins, traces and figures in them are the
//! host's own; the model says fixed sentences.
//!
//! `CONSOLE_PICTURES=$PWD/docs/pictures cargo nextest run -E 'test(console_pictures)'` makes them anew; without it every screen is
//! opened all the same.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::console::visit;
use crate::support::{Host, Script, Upstream, first_line};

/// What customers ask, and what the model says where one is asked. Standard answers, results of an API and questions about
/// something else need none.
const TALK: [(&str, Option<&str>); 9] = [
    ("你是谁？", None),
    (
        "强基计划的综合成绩里，高考成绩占多大比例？",
        Some("高考成绩占综合成绩的比例**不低于 85%**[1]，其余为学校考核成绩和综合素质评价。"),
    ),
    ("星海大学2024年在广东的录取分数线是多少？", Some("星海大学 2024 年在广东的最低分见下面的示例数据。")),
    (
        "什么是征集志愿？在哪里打开它的提醒？",
        Some("征集志愿是对没有完成的计划再次征集考生志愿[1]。在“我的—提醒设置”里打开它的提醒[2]。"),
    ),
    ("红烧肉怎么炖才软烂？", None),
    ("平行志愿按什么原则投档？", Some("平行志愿按**分数优先、遵循志愿、一次投档**的原则投档[1]。")),
    ("会员怎么收费？", None),
    ("艺术类专业的综合分怎么算？", Some("综合分由高考文化课成绩和专业成绩按比例合成[1]。")),
    ("哪些情况可以加分？", Some("符合规定的考生可以享受加分，同一考生只取幅度最大的一项[1]。")),
];

/// Questions with the documents that are right, as an operator collects them.
const QUESTIONS: &str = "问题,文档\n平行志愿按什么原则投档？,parallel-choices.md\n强基计划的综合成绩怎么算？,strong-foundation.md\n\
    哪些情况可以加分？,bonus-points.md\n选科有什么要求？,subject-selection.md\n体检对录取有什么限制？,physical-exam.md\n\
    什么是专业组？,program-groups.md\n没录满的学校怎么再报？,supplementary.md\n艺术类的综合分怎么算？,arts.md\n录取分几个批次？,batches.md\n\
    国家专项计划谁能报？,special-plans.md\n招生章程里写了什么？,charter.md\n红烧肉怎么炖？,-\n明天会下雨吗？,-\n怎么修自行车？,-\n";

/// The example's own API, ended with the test.
struct Scores(Child);

impl Drop for Scores {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

fn scores(example: &Path) -> (Scores, String) {
    let mut command = Command::new("python3");
    let mut child = command
        .arg(example.join("api/server.py"))
        .args(["--port", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let line = first_line(&mut child);
    let port = serde_json::from_str::<Value>(&line).unwrap()["port"].as_u64().unwrap();
    (Scores(child), format!("http://127.0.0.1:{port}"))
}

/// Imports every document of the example, each base from the folder of its name.
async fn import_all(host: &Host, knowledge: &Path) {
    for base in std::fs::read_dir(knowledge).unwrap() {
        let base = base.unwrap();
        for document in std::fs::read_dir(base.path()).unwrap() {
            let document = document.unwrap();
            let text = std::fs::read_to_string(document.path()).unwrap();
            let (base, id) = (base.file_name(), document.file_name());
            host.import(base.to_str().unwrap(), id.to_str().unwrap(), &text).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_shows_the_example_app_at_work() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/gaokao-assistant");
    // Once more at the end, by the console itself.
    let said = TALK.iter().filter_map(|(_, said)| *said).chain([TALK[1].1.unwrap()]);
    let upstream =
        Upstream::playing(said.map(|said| Script::Says(said.split_inclusive('，').collect()))).await;
    let (_scores, api) = scores(&example);
    let config = std::fs::read_to_string(example.join("host.toml")).unwrap();
    let config = config
        .replace("price_input = 0.0", "price_input = 0.0008")
        .replace("price_output = 0.0", "price_output = 0.002");
    let host = Host::prepared(&config, |folder, command| {
        std::fs::create_dir(folder.join("prompts")).unwrap();
        let prompt = "prompts/answer.md.j2";
        std::fs::copy(example.join(prompt), folder.join(prompt)).unwrap();
        command.env("OPENAI_BASE_URL", &upstream.base_url).env("SCORES_API", &api);
        // Nobody listens there: a plugin that fails is a part of the picture.
        command.env("SEARXNG_URL", "http://127.0.0.1:9").env("GAOKAO_DATA", folder.join("data"));
    });
    import_all(&host, &example.join("knowledge")).await;
    let mut turns = Vec::new();
    for (question, _) in TALK {
        let mut order =
            json!({"model": "gaokao-assistant", "messages": [{"role": "user", "content": question}]});
        if question.contains("会员") {
            order["plugins"] = json!(["search"]);
        }
        let turn = host.chat(order).await;
        assert_eq!(turn.status, 200, "{question}: {}", turn.body);
        turns.push(turn.id);
    }
    let rated = json!({"turn": turns[3], "rating": "down", "comment": "没说在哪个菜单"});
    assert_eq!(host.post("/v1/feedback", rated).await.status(), 200);
    let asked = json!({"questions": QUESTIONS, "file": "招生问题.csv", "bases": ["policy"]});
    let run: Value = host.post("/v1/evaluations", asked).await.json().await.unwrap();
    let run = host.ended_work(&format!("/v1/evaluations/{}", run["id"].as_str().unwrap())).await;
    assert_eq!(run["state"], "done", "{run}");

    let order = json!({"question": TALK[1].0, "id": turns[1], "run": run["id"], "document": "faq.qa.csv"});
    visit(&host, "pictures", order).await;
}
