use super::*;

#[test]
fn an_ask_is_known_by_its_choices_and_not_by_its_words() {
    let choices = |all: &[&str]| all.iter().map(|choice| (*choice).to_owned()).collect::<Vec<_>>();
    let kept = |text: &str, all: &[&str]| Flow {
        plugin: "p".to_owned(),
        choices: choices(all),
        asked: asked(text, &choices(all)),
        said: String::new(),
        asked_at: 0,
    };
    let flow = kept("您要哪个班？", &["甲班", "乙班"]);
    assert!(flow.asks("没听清，您要哪个班？", &choices(&["甲班", "乙班"])));
    assert!(!flow.asks("您要哪个班？", &choices(&["甲班", "丙班"])));
    assert!(!flow.asks("您要哪个班？", &[]));
    assert!(!kept("第1步，选哪个？", &["甲班"]).asks("第2步，选哪个？", &choices(&["甲班"])));
    // What is counted down makes no other question of it.
    assert!(
        kept("还剩2次机会，您要哪个班？", &["甲班"]).asks("还剩1次机会，您要哪个班？", &choices(&["甲班"]))
    );
    // Without choices the next ask is no more certain than the first.
    assert!(kept("请问您的姓名？", &[]).asks("手机号是11位，请再说一次。", &[]));
    assert!(!kept("请问您的姓名？", &[]).asks("您要哪个班？", &choices(&["甲班"])));
}
