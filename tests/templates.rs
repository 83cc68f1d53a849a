use serde_json::{Value, json};

use crate::contributions;
use crate::support::{Host, Script, Upstream, binary, with_cache};

/// How people write templates who come from other platforms.
const HABIT: &str = "你是{role}，根据{context}回答{query}";

fn system(upstream: &Upstream, call: usize) -> String {
    let sent: Value = serde_json::from_slice(&upstream.received()[call]).unwrap();
    sent["messages"][0]["content"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passage_is_packed_where_its_text_is_in_the_prompt() {
    let upstream = Upstream::playing((0..3).map(|_| Script::Says(vec!["好[1]"]))).await;
    let text = contributions::config(&upstream, &[r#"{ behaviour = "passages", count = 5 }"#]);
    let app = "[apps.app]\nmodel = \"up\"\n";
    assert!(text.contains(app));
    for (template, packed) in [
        (HABIT, 0),
        ("{% for p in passages[:2] %}[{{ p.number }}] {{ p.text }}\n{% endfor %}", 2),
        ("{% for p in passages %}{{ p.title }}：\n{{ p.text | indent(4) }}\n{% endfor %}", 5),
    ] {
        let place = upstream.received().len();
        let host = Host::prepared(&text.replace(app, &format!("{app}prompt = \"own.md\"\n")), |folder, _| {
            std::fs::write(folder.join("own.md"), template).unwrap();
        });
        let chat = host.ask("app", "问").await;
        let call = &host.trace(&chat.id).await["model_calls"][0];
        let passages = call["passages"].as_array().unwrap();
        assert_eq!(passages.len(), packed, "{template}: {call}");
        assert_eq!(system(&upstream, place).matches("段说的是").count(), packed);
        let cuts = call["cuts"].as_array().unwrap();
        assert_eq!(cuts.len(), 5 - packed, "{template}: {call}");
        for cut in cuts {
            assert!(cut["reason"].as_str().unwrap().contains("template does not show it"), "{cut}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_the_template_does_not_show_is_recorded() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let text = contributions::config(&upstream, &[r#"{ behaviour = "echo" }"#]);
    let text = text.replace("[apps.app]", "[apps.app]\nprompt = \"own.md\"");
    let host = Host::prepared(&text, |folder, _| std::fs::write(folder.join("own.md"), HABIT).unwrap());
    let chat = host.ask("app", "问").await;
    let cut = &host.trace(&chat.id).await["model_calls"][0]["cuts"][0];
    assert_eq!(cut["what"], "result 1: hostile");
    assert!(cut["reason"].as_str().unwrap().contains("template does not show it"), "{cut}");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_warns_of_a_template_that_shows_nothing_of_what_plugins_find() {
    let upstream = Upstream::playing([]).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    let text = contributions::config(&upstream, &[r#"{ behaviour = "echo" }"#]);
    std::fs::write(&path, with_cache(&text.replace("[apps.app]", "[apps.app]\nprompt = \"own.md\"")))
        .unwrap();
    let check = |template: &str| {
        std::fs::write(folder.path().join("own.md"), template).unwrap();
        let checked = binary(&path).arg("check").output().unwrap();
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
        String::from_utf8_lossy(&checked.stdout).into_owned()
    };
    let warned = check(HABIT);
    assert!(warned.contains("warning: apps.app.prompt: the template shows no passages"), "{warned}");
    assert!(warned.contains("the template shows no outcomes") && warned.contains("`p0`"), "{warned}");
    assert!(!warned.contains("all is well"), "{warned}");
    // The names alone show nothing.
    let warned = check("{# passages, outcomes #}{% for p in passages %}{{ p.title }}{% endfor %}");
    assert!(warned.contains("shows no passages"), "{warned}");
    // Most turns have no system message of the client's.
    let outcomes = "{% for o in outcomes %}{{ o.text }}{% endfor %}";
    let sided = "{% if client_system %}{% for p in passages %}{{ p.text }}{% endfor %}{% else %}你是客服。{% endif %}";
    let warned = check(&format!("{sided}{outcomes}"));
    let only = "the template shows passages only where the client sends a system message, so in other turns what `p0` finds";
    assert!(warned.contains(only) && !warned.contains("shows outcomes"), "{warned}");
    let fine = check(
        "{% for p in passages %}{{ p.text }}{% endfor %}{% for o in outcomes %}{{ o.text }}{% endfor %}",
    );
    assert!(fine.contains("all is well") && !fine.contains("warning"), "{fine}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_without_a_template_always_says_who_it_is_and_that_nothing_is_made_up() {
    let upstream = Upstream::playing([Script::Says(vec!["好"]), Script::Says(vec!["好"])]).await;
    let text = contributions::config(&upstream, &[r#"{ behaviour = "nothing" }"#]);
    let host = Host::start(&text.replace("[apps.app]", "[apps.app]\ntitle = \"招生顾问\""));
    host.ask("app", "学费多少").await;
    let said = system(&upstream, 0);
    assert!(said.contains("你是“招生顾问”的助手") && said.contains("请直接说明没有找到，不要编造"), "{said}");
    host.chat(json!({"model": "app", "messages": [
        {"role": "system", "content": "请用英文。"}, {"role": "user", "content": "学费多少"}]}))
        .await;
    let said = system(&upstream, 1);
    assert!(said.starts_with("请用英文。") && said.contains("不要编造"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_template_cuts_or_changes_stays_in_the_prompt_and_the_trace_says_so() {
    let upstream = Upstream::playing((0..6).map(|_| Script::Says(vec!["好[1]"]))).await;
    let text = contributions::config(&upstream, &[r#"{ behaviour = "passages", count = 3 }"#]);
    let app = "[apps.app]\nmodel = \"up\"\n";
    for (template, shown, changed) in [
        ("材料：{% for p in passages %}{{ p.text[:5] }}\n{% endfor %}", "材料：第", true),
        ("材料：{{ passages }}", "段说的是", false),
        ("{% for p in passages %}{{ p.text | escape }}{% endfor %}", "段说的是", false),
        ("{% for p in passages %}{{ p.text | replace(\"段\", \"<p>\") }}{% endfor %}", "说的是", true),
        ("你是客服，请回答：{{ question }}", "请回答：", false),
    ] {
        let place = upstream.received().len();
        let host = Host::prepared(&text.replace(app, &format!("{app}prompt = \"own.md\"\n")), |folder, _| {
            std::fs::write(folder.join("own.md"), template).unwrap();
        });
        let chat = host.ask("app", "问").await;
        let call = &host.trace(&chat.id).await["model_calls"][0];
        let passages = call["passages"].as_array().unwrap();
        assert!(system(&upstream, place).contains(shown), "{template}: {}", system(&upstream, place));
        if template.contains("question") {
            assert!(passages.is_empty(), "{call}");
            continue;
        }
        assert_eq!(passages.len(), 3, "{template}: {call}");
        assert!(passages.iter().all(|passage| passage["whole"] == !changed), "{template}: {call}");
        let cuts = call["cuts"].as_array().unwrap();
        assert_eq!(cuts.len(), if changed { 3 } else { 0 }, "{template}: {call}");
        assert!(cuts.iter().all(|cut| cut["reason"].as_str().unwrap().contains("cut or changed")), "{call}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_warns_of_a_template_that_cuts_or_changes_what_plugins_find() {
    let upstream = Upstream::playing([]).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    let text = contributions::config(&upstream, &[r#"{ behaviour = "echo" }"#]);
    std::fs::write(&path, with_cache(&text.replace("[apps.app]", "[apps.app]\nprompt = \"own.md\"")))
        .unwrap();
    let outcomes = "{% for o in outcomes %}{{ o.text }}{% endfor %}";
    for template in [
        "材料：{{ passages }}",
        "{% for p in passages %}{{ p.text[:200] }}{% endfor %}",
        "{% for p in passages %}{{ p.text | escape }}{% endfor %}",
        "{% for p in passages %}{{ p.text | replace(\"\\n\", \"<br>\") }}{% endfor %}",
        "{% for p in passages %}{{ p.text | upper }}{% endfor %}",
    ] {
        std::fs::write(folder.path().join("own.md"), format!("{template}{outcomes}")).unwrap();
        let checked = binary(&path).arg("check").output().unwrap();
        let told = String::from_utf8_lossy(&checked.stdout);
        assert!(checked.status.success(), "{told}");
        assert!(told.contains("the template cuts or changes passages"), "{template}: {told}");
        assert!(!told.contains("outcomes:") && !told.contains("all is well"), "{template}: {told}");
    }
}
