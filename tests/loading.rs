use std::path::{Path, PathBuf};
use std::process::Output;

use wasm_encoder::{
    CodeSection, Component, ComponentInstanceSection, Function, FunctionSection, Instruction, Module,
    ModuleSection, NestedComponentSection, TypeSection, ValType,
};

use crate::support::{
    Embeddings, Host, Script, Upstream, binary, component, described, run, schema_bomb, with_cache,
};

/// What must not reach a terminal or a log.
const DIRTY: &str = "一\u{1b}[2J\u{1b}]52;c;QUJD\u{7}二\u{9b}3J三\u{202e}gpj\u{2028}四\u{2066}";

fn is_clean(text: &str) -> bool {
    let bad = |c: char| (c.is_control() && c != '\n' && c != '\t') || "\u{202e}\u{2028}\u{2066}".contains(c);
    !text.contains(bad)
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// `plugin inspect` of these bytes, without a configuration and with a cache of its own.
fn inspect(folder: &Path, bytes: &[u8], arguments: &[&str]) -> Output {
    let file = write(folder, "component.wasm", bytes);
    let mut command = binary(&folder.join("host.toml"));
    command.env("XDG_CACHE_HOME", folder.join("cache")).env("QIANFAN_LOG", "info");
    command.args(["plugin", "inspect"]).arg(file).args(arguments).output().unwrap()
}

fn errors(output: &Output) -> String {
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A module with so many functions, each of so many additions.
fn module(functions: u32, additions: usize) -> Module {
    let (mut types, mut section, mut code) = (TypeSection::new(), FunctionSection::new(), CodeSection::new());
    types.ty().function([ValType::I64, ValType::I64], [ValType::I64]);
    for _ in 0..functions {
        section.function(0);
        let mut function = Function::new([]);
        function.instruction(&Instruction::LocalGet(0));
        for _ in 0..additions {
            function.instruction(&Instruction::LocalGet(1));
            function.instruction(&Instruction::I64DivS);
            function.instruction(&Instruction::LocalGet(0));
            function.instruction(&Instruction::I64Add);
        }
        function.instruction(&Instruction::End);
        code.function(&function);
    }
    let mut module = Module::new();
    module.section(&types).section(&section).section(&code);
    module
}

fn of_module(module: &Module) -> Vec<u8> {
    let mut component = Component::new();
    component.section(&ModuleSection(module));
    component.finish()
}

/// Each level instantiates the next twice.
fn doubling(levels: usize) -> Component {
    let mut component = Component::new();
    if levels > 0 {
        component.section(&NestedComponentSection(&doubling(levels - 1)));
        let mut instances = ComponentInstanceSection::new();
        for _ in 0..2 {
            instances.instantiate::<_, &str>(0, std::iter::empty());
        }
        component.section(&instances);
    }
    component
}

#[test]
fn bombs_for_the_compiler_are_refused_by_what_they_hold() {
    let folder = tempfile::tempdir().unwrap();
    let said = errors(&inspect(folder.path(), &doubling(18).finish(), &[]));
    assert!(said.contains("instances, counted each time") && said.contains("at most 5000"), "{said}");
    let said = errors(&inspect(folder.path(), &of_module(&module(300_000, 0)), &[]));
    assert!(said.contains("it has 300000 functions; at most 60000 are compiled"), "{said}");
}

#[test]
fn a_compiler_that_takes_too_much_is_stopped_and_the_limit_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "slow.wasm", &of_module(&module(40_000, 100)));
    // Not the cache of all tests: what was once compiled without a limit would be found there.
    let cache = folder.path().join("compiled");
    let check = |engine: &str| {
        let config =
            format!("[engine]\n{engine}\ncache_dir = {cache:?}\n[plugins.slow]\ncomponent = {file:?}\n");
        let config = write(folder.path(), "host.toml", config.as_bytes());
        errors(&run(&config, &["check"]))
    };
    let said = check("max_compile_time = \"1s\"");
    assert!(said.contains("plugins.slow.component") && said.contains("`engine.max_compile_time`"), "{said}");
    let said = check("max_compile_memory = \"256MiB\"");
    assert!(
        said.contains("plugins.slow.component") && said.contains("`engine.max_compile_memory`"),
        "{said}"
    );
    // What is wrong with the engine hides nothing that is wrong with a plugin.
    let said = check("max_compile_memory = 1\nmax_compile_time = \"1s\"");
    assert!(said.contains("plugins.slow.component"), "{said}");
    assert!(said.contains("engine.max_compile_memory") && said.contains("256MiB"), "{said}");
}

#[test]
fn inspect_says_that_it_compiles_and_does_so_once() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = described(&[]);
    let first = inspect(folder.path(), &bytes, &[]);
    assert!(first.status.success());
    assert!(String::from_utf8_lossy(&first.stderr).contains("Compiling `"));
    let kept = folder.path().join("cache/qianfan-host/components");
    assert_eq!(std::fs::read_dir(kept).unwrap().count(), 1);
    let second = inspect(folder.path(), &bytes, &[]);
    assert_eq!(first.stdout, second.stdout);
    assert!(!String::from_utf8_lossy(&second.stderr).contains("Compiling `"));
}

#[test]
fn inspect_prints_no_control_character_of_a_component() {
    let folder = tempfile::tempdir().unwrap();
    let schema = serde_json::json!({"description": DIRTY}).to_string();
    let texts = [
        ("version", DIRTY),
        ("summary", DIRTY),
        ("model-summary", DIRTY),
        ("config-schema", schema.as_str()),
    ];
    for arguments in [&[][..], &["--json"]] {
        let output = inspect(folder.path(), &described(&texts), arguments);
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && said.contains("一") && is_clean(&said), "{said:?}");
    }
    let said = errors(&inspect(folder.path(), &described(&[("name", DIRTY)]), &[]));
    assert!(said.contains("it calls itself") && is_clean(&said), "{said:?}");
}

#[test]
fn a_component_of_another_interface_and_one_with_an_endless_schema_are_refused_at_the_door() {
    let folder = tempfile::tempdir().unwrap();
    let other = std::fs::read(component("other-shape")).unwrap();
    let said = errors(&inspect(folder.path(), &other, &[]));
    assert!(said.contains("built for version 0.1") && said.contains("found 2 fields"), "{said}");
    for text in ["config-schema", "arguments-schema"] {
        let file = write(folder.path(), "bomb.wasm", &described(&[(text, &schema_bomb())]));
        let config = format!("[plugins.bomb]\ncomponent = {file:?}\n");
        let config = write(folder.path(), "host.toml", with_cache(&config).as_bytes());
        let said = errors(&run(&config, &["check"]));
        assert!(said.contains(&format!("plugins.bomb.component: its {text} refers to")), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guests_texts_forge_no_line_of_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let forged = format!("x\n2026-01-01T00:00:00Z ERROR qianfan_host: forged {DIRTY}");
    let guest = write(folder.path(), "guest.wasm", &described(&[("failure", &forged)]));
    let upstream = Upstream::playing([Script::Says(vec!["答"])]).await;
    let config = format!(
        "[models.up]\nbase_url = \"{}\"\nmodel = \"m\"\n[plugins.guest]\ncomponent = {guest:?}\n[apps.a]\nmodel = \"up\"\n[[apps.a.plugins]]\nplugin = \"guest\"\nroute = \"always\"\n",
        upstream.base_url
    );
    let log = folder.path().join("log");
    let file = std::fs::File::create(&log).unwrap();
    let host = Host::prepared(&config, |_, command| _ = command.stderr(file));
    assert_eq!(host.ask("a", "问").await.text(), "答");
    let said = std::fs::read_to_string(log).unwrap();
    let lines: Vec<&str> = said.lines().filter(|line| line.contains("forged")).collect();
    assert!(lines.len() >= 2, "the log line and the failure: {said:?}");
    assert!(lines.iter().all(|line| line.contains("guest") && is_clean(line)), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn titles_questions_and_answers_move_no_cursor() {
    let folder = tempfile::tempdir().unwrap();
    let embeddings = Embeddings::start().await;
    let answer: &'static str = DIRTY;
    let upstream = Upstream::playing([Script::Says(vec!["一行\n", answer])]).await;
    let config = format!(
        "[server]\ndata_dir = {:?}\n{}[knowledge.k]\nembedder = \"e\"\nthreshold = 0.0\n[models.up]\nbase_url = \"{}\"\nmodel = \"m\"\n[apps.a]\nmodel = \"up\"\n",
        folder.path().join("data"),
        embeddings.table("e", 32),
        upstream.base_url
    );
    let config = write(folder.path(), "host.toml", with_cache(&config).as_bytes());
    let document = write(folder.path(), "d.md", format!("# 标题{DIRTY}\n\n分数线{DIRTY}。\n").as_bytes());
    let question = serde_json::json!({"question": format!("分数线{DIRTY}"), "relevant": ["absent.md"]});
    let questions = write(folder.path(), "q.jsonl", question.to_string().as_bytes());
    let said = tokio::task::spawn_blocking(move || {
        let (document, questions) = (document.to_str().unwrap(), questions.to_str().unwrap());
        let commands: [&[&str]; 6] = [
            &["kb", "import", "k", document],
            &["kb", "list", "k"],
            &["kb", "search", "分数线"],
            &["kb", "search", "分数线", "--json"],
            &["kb", "evaluate", questions, "--base", "k"],
            &["chat", "--trace", "问"],
        ];
        commands.map(|arguments| {
            let output = run(&config, arguments);
            let said = [output.stdout, output.stderr].concat();
            (arguments[1].to_owned(), String::from_utf8(said).unwrap())
        })
    })
    .await
    .unwrap();
    for (command, said) in &said {
        assert!(is_clean(said), "{command}: {said:?}");
    }
    assert!(
        said[1].1.contains("标题") && said[2].1.contains("分数线") && said[3].1.contains("标题"),
        "{said:?}"
    );
    assert!(said[4].1.contains("分数线"), "{}", said[4].1);
    assert!(said[5].1.starts_with("一行\n一 [2J"), "an answer keeps its lines: {}", said[5].1);
}
