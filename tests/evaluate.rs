use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::support::{Host, run};

const SQUAD: &str = r#"{"version": "v1.0", "data": [
{"title": "志愿", "paragraphs": [
 {"id": "D0", "context": "平行志愿按照分数优先、遵循志愿、一轮投档的原则进行，考生的高考总分从高到低排队。", "qas": [
  {"question": "平行志愿按什么原则投档？", "id": "Q0", "answers": [{"text": "分数优先", "answer_start": 6}]}]},
 {"id": "D1", "context": "在院校详情页点击右上角的星号即可收藏院校，志愿表可以导出为表格文件。", "qas": [
  {"question": "怎样收藏院校？", "id": "Q1", "answers": []}, {"question": "志愿表能导出成什么？", "id": "Q2"}]}]},
{"title": "食物", "paragraphs": [
 {"id": "D2", "context": "红烧肉先焯水，再用小火慢炖一个小时，最后收汁。", "qas": [{"question": "红烧肉要炖多久？", "id": "Q3"}]}]}]}"#;

const FAQ: &str =
    "问题,相似问,答案\n你是谁,你叫什么名字,我是高考志愿助手。\n怎么收费,要钱吗,基础功能免费。\n";
const HELP: &str = "# 收藏与导出\n\n在院校详情页点击右上角的星号即可收藏院校。志愿表可以导出为表格文件，在我的页面选择导出。\n";
const CONFIG: &str = "# 我的配置\n[knowledge.faq] # 问答\nthreshold = 0.3\nanswer_threshold = 0.85 # 待定\n\n[knowledge.help]\nthreshold = 0.48   # 试出来的\n";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        run(Path::new(&self.path("host.toml")), arguments)
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"))
    }

    /// With a configuration whose bases are filled.
    fn filled() -> Self {
        let folder = Self::new();
        folder.file("host.toml", CONFIG);
        let (faq, help) = (folder.file("faq.qa.csv", FAQ), folder.file("help.md", HELP));
        assert!(folder.run(&["kb", "import", "faq", &faq]).status.success());
        assert!(folder.run(&["kb", "import", "help", &help]).status.success());
        folder
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn squad_needs_no_configuration_and_its_second_run_embeds_nothing() {
    let folder = Folder::new();
    let (squad, work, page) =
        (folder.file("小集.json", SQUAD), folder.path("work"), folder.path("page.html"));
    let report = folder.json(&["kb", "evaluate", &squad, "--work", &work, "--json", "--html", &page]);
    assert_eq!((&report["questions"], &report["bases"][0]["documents"]), (&4.into(), &3.into()));
    let ranking = &report["overall"]["ranking"];
    assert_eq!((&ranking["recall"][0]["k"], &ranking["recall"][0]["value"]), (&1.into(), &1.0.into()));
    assert_eq!((&ranking["mrr_at_10"], &ranking["ndcg_at_10"]), (&1.0.into(), &1.0.into()));
    assert_eq!(report["overall"]["curve"]["points"].as_array().unwrap().len(), 101);
    assert_eq!(report["overall"]["curve"]["points"][0]["precision"], 1.0);

    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("<polyline class=\"precision\"") && page.contains("小集.json"));
    assert!(!page.contains("http:") && !page.contains("https:"), "self-contained");

    // What is there already needs no embedding: the figures are the same to the last digit.
    let again = folder.json(&["kb", "evaluate", &squad, "--work", &work, "--json"]);
    assert_eq!(again["overall"], report["overall"]);
    let table = said(&folder.run(&["kb", "evaluate", &squad, "--work", &work]));
    assert!(
        table.contains("recall@1") && table.contains("1.0000") && table.contains("precision ≥ 0.9"),
        "{table}"
    );
    assert!(!table.contains('\u{1b}'), "no colours in a pipe");
}

#[test]
fn a_corpus_with_ids_is_asked_beside_another() {
    let folder = Folder::new();
    let corpus = folder.file(
        "答案.tsv",
        "1\t红烧肉先焯水，再用小火慢炖一个小时。\n2\t平行志愿按分数优先的原则投档。\n3\t星号可以收藏院校。\n",
    );
    let beside = folder.file("other.tsv", "x\t天气预报说明天有雨。\n");
    let questions = folder.file(
        "q.jsonl",
        "{\"question\": \"红烧肉怎么炖？\", \"relevant\": [1]}\n{\"question\": \"平行志愿怎么投档？\", \"relevant\": [\"2\", \"9\"]}\n",
    );
    let report = folder.json(&[
        "kb", "evaluate", &questions, "--corpus", &corpus, "--beside", &beside, "--json", "-k", "1,3",
    ]);
    let ranking = &report["overall"]["ranking"];
    assert_eq!((&ranking["recall"][0]["value"], &ranking["hit"][0]["value"]), (&0.75.into(), &1.0.into()));
    assert_eq!(report["parts"][0]["base"], "corpus");
    assert_eq!(report["parts"][0]["together"]["hit"][0]["value"], 1.0);
    let note = report["notes"][0].as_str().unwrap();
    assert!(note.contains("line 2: `9`"), "{note}");
}

#[test]
fn pairs_are_judged_by_their_scores() {
    let folder = Folder::new();
    let pairs = folder.file(
        "pairs.tsv",
        "怎么退款\t怎么退款？\t1\n怎样申请退款\t如何申请退款\t1\n今天天气怎么样\t如何申请退款\t0\n红烧肉怎么炖\t怎么退款？\t0\n",
    );
    let report = folder.json(&["kb", "evaluate", &pairs, "--precision", "1", "--json"]);
    let met = &report["overall"]["curve"]["wanted"][0]["met"];
    assert_eq!((&met["precision"], &met["recall"], &met["answered"]), (&1.0.into(), &1.0.into(), &2.into()));
    assert_eq!(report["overall"]["ranking"], Value::Null);
}

#[test]
fn configured_bases_are_told_one_by_one_with_what_came_instead() {
    let folder = Folder::filled();
    let questions = folder.file(
        "q.csv",
        "问题,知识库,文档,片段\n你叫什么名字呀,faq,faq.qa.csv,\n怎么收藏院校,help,,右上角的星号\n志愿表怎么导出,help,help.md,\n红烧肉怎么炖,,-,\n收费吗,help,,这里没有\n",
    );
    let report = folder.json(&["kb", "evaluate", &questions, "--json"]);
    let names: Vec<_> = report["parts"].as_array().unwrap().iter().map(|part| part["base"].clone()).collect();
    assert_eq!(names, ["faq", "help"]);
    assert_eq!(report["parts"][0]["ranking"]["questions"], 1);
    assert_eq!(report["parts"][1]["ranking"]["questions"], 3);
    assert_eq!(report["parts"][1]["curve"]["questions"], 4, "the one for which nothing is right too");
    let miss = report["misses"].as_array().unwrap().iter().find(|miss| miss["place"] == "line 6").unwrap();
    assert_eq!(miss["came"]["knowledge_base"], "faq");
    assert_eq!(miss["right_rank"], Value::Null);
    assert!(report["parts"][0]["answers"]["points"].is_array(), "stored questions have a curve of their own");
}

#[test]
fn calibrate_shows_the_change_and_writes_it_when_asked() {
    let folder = Folder::filled();
    // Thresholds that let nothing through.
    let text = CONFIG.replace("0.48", "0.99").replace("0.85", "0.999");
    folder.file("host.toml", &text);
    let questions = folder.file(
        "q.csv",
        "question,document\n怎么收藏院校,help.md\n志愿表怎么导出,help.md\n红烧肉怎么炖,-\n今天天气怎么样,-\n",
    );
    let arguments = ["kb", "calibrate", "help", "--questions", &questions, "--precision", "1"];
    let output = folder.run(&arguments);
    let shown = said(&output);
    assert!(output.status.success(), "{shown}");
    assert!(
        shown.contains("-threshold = 0.99   # 试出来的") && shown.contains("nothing is written"),
        "{shown}"
    );
    let config = || std::fs::read_to_string(folder.path("host.toml")).unwrap();
    assert_eq!(config(), text);

    let written = said(&folder.run(&[&arguments[..], &["--write"]].concat()));
    let line = written.lines().find_map(|line| line.strip_prefix("+threshold")).unwrap();
    assert_eq!(config(), text.replace("threshold = 0.99   # 试出来的", &format!("threshold{line}")));
    assert!(line.ends_with("   # 试出来的"), "{line}");
    let again = said(&folder.run(&[&arguments[..], &["--write"]].concat()));
    assert!(again.contains("nothing is changed"), "{again}");

    let pairs = folder.file("pairs.tsv", "你是哪位\t你是谁\t1\n你是谁？\t你是谁\t1\n天气如何\t你是谁\t0\n");
    let shown =
        said(&folder.run(&["kb", "calibrate", "faq", "--questions", &pairs, "--precision", "1", "--write"]));
    assert!(shown.contains("+answer_threshold = ") && config().contains(" # 待定"), "{shown}");
    let faq = folder.file("faq.csv", "question,document\n你是谁,faq.qa.csv\n天气如何,-\n");
    let key = ["--key", "answer-threshold", "--precision", "1", "--write"];
    // Many thresholds are as good: only the stored question itself is asked, and one that is far from it.
    for now in ["answer_threshold = 0.6", "answer_threshold = 0.9"] {
        let kept = config()
            .lines()
            .map(|line| if line.starts_with("answer_") { now } else { line })
            .fold(String::new(), |text, line| text + line + "\n");
        folder.file("host.toml", &kept);
        let shown = said(&folder.run(&[&["kb", "calibrate", "faq", "--questions", &faq][..], &key].concat()));
        assert!(
            shown.contains("faq: answer_threshold = ") && shown.contains("nothing is changed"),
            "{shown}"
        );
        assert_eq!(config(), kept);
    }

    let hopeless = folder.file("none.csv", "question,document\n怎么收藏院校,-\n志愿表怎么导出,-\n");
    let output = folder.run(&["kb", "calibrate", "help", "--questions", &hopeless]);
    assert!(!output.status.success());
    assert!(
        said(&output).contains("no threshold of help reaches a precision of 90.0 %"),
        "{}",
        said(&output)
    );
}

#[test]
fn calibrate_takes_its_bases_own_lines_and_refuses_what_makes_all_bases_worse() {
    let folder = Folder::filled();
    let questions = folder.file(
        "all.csv",
        "question,document,base\n怎么收藏院校,help.md,help\n志愿表怎么导出,help.md,help\n你是谁,faq.qa.csv,faq\n要钱吗,faq.qa.csv,faq\n红烧肉怎么炖,-,\n",
    );
    let shown = said(&folder.run(&["kb", "calibrate", "help", "-q", &questions, "-p", "1"]));
    // Two of its own and the one that nothing answers: the others' two are not mistakes of it.
    assert!(shown.contains("help: threshold = ") && shown.contains("of 3 answered"), "{shown}");
    assert!(
        shown.contains("all bases together, before: ") && shown.contains("all bases together, after: "),
        "{shown}"
    );
    // One strange question above weak right ones: without it these go as well.
    let low = CONFIG.replace("threshold = 0.48", "threshold = 0.1");
    folder.file("host.toml", &low);
    let config = || std::fs::read_to_string(folder.path("host.toml")).unwrap();
    let worse = folder.file(
        "worse.csv",
        "question,document,base\n在院校详情页点击右上角的星号即可收藏院校,help.md,help\n星号,help.md,help\n右上角,help.md,help\n页面,help.md,help\n志愿表可以导出吗,-,\n",
    );
    let arguments = ["kb", "calibrate", "help", "-q", &worse, "-p", "1", "--write"];
    let output = folder.run(&arguments);
    let shown = said(&output);
    assert!(!output.status.success() && shown.contains("write it with --force"), "{shown}");
    assert_eq!(config(), low);
    let forced = folder.run(&[&arguments[..], &["--force"]].concat());
    assert!(forced.status.success() && config() != low, "{}", said(&forced));
    let output = folder.run(&["kb", "calibrate", "--all", "-q", &questions, "--write"]);
    let shown = said(&output);
    assert!(output.status.success() && shown.contains("all bases together, after:  "), "{shown}");
}

#[test]
fn calibrate_takes_its_bases_own_lines_where_nothing_else_is_searched() {
    let folder = Folder::new();
    folder.file("host.toml", CONFIG);
    let help = folder.file("help.md", HELP);
    assert!(folder.run(&["kb", "import", "help", &help]).status.success());
    let questions = folder.file(
        "all.csv",
        "question,document,base\n怎么收藏院校,help.md,help\n志愿表怎么导出,help.md,\n你是谁,faq.qa.csv,faq\n要钱吗,faq.qa.csv,\n还有什么,其他.md,gone\n红烧肉怎么炖,-,\n",
    );
    let shown = said(&folder.run(&["kb", "calibrate", "help", "-q", &questions, "-p", "1"]));
    assert!(shown.contains("help: threshold = ") && shown.contains("of 3 answered"), "{shown}");
    assert!(shown.contains("before: 2 of 2 keep a right passage"), "{shown}");
    assert!(shown.contains("not asked: 2 questions of bases that are left out, empty"), "{shown}");
    assert!(shown.contains("not asked: 1 question whose right documents help does not hold"), "{shown}");
}

#[test]
fn calibrate_sets_the_key_that_decides() {
    let folder = Folder::filled();
    let questions = folder.file("q.csv", "question,document,base\n你是谁,faq.qa.csv,faq\n天气如何,-,\n");
    for (own, key) in [("", "threshold"), ("question_threshold = 0.99\n", "question_threshold")] {
        folder.file("host.toml", &CONFIG.replace("threshold = 0.3\n", &format!("threshold = 0.99\n{own}")));
        for base in [&["faq", "-p", "1"][..], &["faq", "-p", "1", "--key", "question-threshold"]] {
            let shown = said(&folder.run(&[&["kb", "calibrate", "-q", &questions][..], base].concat()));
            let key = if base.len() > 3 { "question_threshold" } else { key };
            assert!(shown.contains(&format!("faq: {key} = ")), "{shown}");
        }
    }
}

/// A base whose threshold lets nothing through, with more of what is asked than an evaluation asks for.
#[test]
fn what_a_base_keeps_back_takes_no_place_from_the_others() {
    let folder = Folder::new();
    folder.file("host.toml", "[knowledge.crowd]\nthreshold = 1.0\n[knowledge.help]\nthreshold = 0.1\n");
    let asked = "怎么在院校详情页收藏院校";
    for number in 0..12 {
        let file = folder.file(&format!("{number}.md"), &format!("{asked}，第{number}种\n"));
        assert!(folder.run(&["kb", "import", "crowd", &file]).status.success());
    }
    let help = folder.file("help.md", HELP);
    assert!(folder.run(&["kb", "import", "help", &help]).status.success());
    let questions = folder.file("q.csv", &format!("question,document,base\n{asked},help.md,help\n"));
    let report = folder.json(&["kb", "evaluate", &questions, "--json"]);
    assert_eq!(report["overall"]["ranking"]["hit"][3]["value"], 0.0, "the crowd is before it: {report}");
    assert_eq!(report["parts"][1]["together"]["hit"][3]["value"], 1.0, "{report}");
    let shown = said(&folder.run(&["kb", "calibrate", "help", "-q", &questions, "-p", "1"]));
    assert!(shown.contains("before: 1 of 1 keep a right passage"), "{shown}");
}

#[test]
fn calibrate_goes_on_where_another_base_is_away_and_says_what_is_left_out() {
    let folder = Folder::filled();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let away = format!("\n[stores.away]\nurl = \"http://{closed}\"\n[knowledge.far]\nstore = \"away\"\n");
    folder.file("host.toml", &(CONFIG.to_owned() + &away));
    let questions = folder.file(
        "all.csv",
        "question,document,base\n怎么收藏院校,help.md,help\n志愿表怎么导出,help.md,help\n远方有什么,far.md,far\n红烧肉怎么炖,-,\n",
    );
    for arguments in [&["help", "-p", "1"][..], &["--all"]] {
        let output = folder.run(&[&["kb", "calibrate", "-q", &questions][..], arguments].concat());
        let shown = said(&output);
        assert!(output.status.success(), "{shown}");
        assert!(shown.contains("note: far is left out") && shown.contains("cannot be reached"), "{shown}");
        assert!(shown.contains("not asked: 1 question of bases that are left out"), "{shown}");
        assert!(shown.contains("all bases together, after:  "), "{shown}");
    }
    let output = folder.run(&["kb", "calibrate", "far", "-q", &questions]);
    let shown = said(&output);
    assert!(!output.status.success() && shown.contains("far cannot be calibrated: "), "{shown}");
}

#[test]
fn what_does_not_fit_is_refused_with_the_mend() {
    let folder = Folder::filled();
    let squad = folder.file("squad.json", SQUAD);
    let pairs = folder.file("pairs.tsv", "你是哪位\t你是谁\t1\n天气如何\t你是谁\t0\n");
    let broken = folder.file("broken.csv", "只有问题\n没有别的\n");
    for (arguments, expected) in [
        (vec!["evaluate", squad.as_str(), "--base", "faq"], "leave out --base"),
        (vec!["evaluate", squad.as_str(), "--like", "none"], "there are: faq, help"),
        (vec!["evaluate", pairs.as_str(), "--base", "faq"], "--like takes a base's settings"),
        (vec!["evaluate", broken.as_str()], "broken.csv: line 1: has 1 columns"),
        (vec!["evaluate", "absent.csv"], "cannot read absent.csv"),
        (vec!["evaluate", squad.as_str(), "-k", "0"], "k must be"),
        (vec!["evaluate", squad.as_str(), "-p", "1.5"], "a precision must be"),
        (vec!["calibrate", "help", "--questions", squad.as_str()], "brings its own paragraphs"),
        (vec!["calibrate", "none", "--questions", pairs.as_str()], "there are: faq, help"),
        (
            vec!["calibrate", "faq", "--key", "threshold", "--questions", pairs.as_str()],
            "pairs set answer_threshold",
        ),
    ] {
        let output = folder.run(&[&["kb"][..], &arguments].concat());
        assert!(!output.status.success(), "{arguments:?}");
        assert!(said(&output).contains(expected), "{arguments:?}: {}", said(&output));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_server_evaluates_its_own_bases() {
    let host = Host::start(CONFIG);
    host.import("faq", "faq.qa.csv", FAQ).await;
    host.import("help", "help.md", HELP).await;
    let questions = "问题\t文档\n怎么收藏院校\thelp.md\n你是谁\tfaq.qa.csv\n";
    let post = async |query: &str, body: &'static str| {
        let url = format!("{}/v1/knowledge-bases/evaluate{query}", host.url);
        let response = host.http.post(url).body(body).send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let (status, report) = post("?k=1,3&precision=0.9", questions).await;
    assert_eq!((status, &report["overall"]["ranking"]["recall"][0]["value"]), (200, &1.0.into()), "{report}");
    for (query, body, expected, message) in [
        ("?bases=none", questions, 404, "there are: faq, help"),
        ("?k=many", questions, 400, "`many` in k is not a number"),
        ("", "只有问题", 400, "line 1: has 1 columns"),
        ("", "甲\t乙\t1\n", 400, "kb evaluate"),
    ] {
        let (status, error) = post(query, body).await;
        assert_eq!(status, expected, "{error}");
        assert!(error["error"]["message"].as_str().unwrap().contains(message), "{error}");
    }
    let folder = Folder::new();
    let (file, url) = (folder.file("q.tsv", questions), host.url.clone());
    let output = tokio::task::spawn_blocking(move || {
        let said = said(&folder.run(&["kb", "evaluate", &file, "--url", &url, "--base", "help,faq"]));
        said + &said_of_absent(&folder)
    });
    let output = output.await.unwrap();
    assert!(output.contains("q.tsv: 2 questions") && output.contains("help alone"), "{output}");
    assert!(output.contains("cannot be reached"), "{output}");
}

fn said_of_absent(folder: &Folder) -> String {
    let file = folder.path("q.tsv");
    // Port 1 is served by nobody.
    said(&folder.run(&["kb", "evaluate", &file, "--url", "http://127.0.0.1:1"]))
}
