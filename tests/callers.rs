use serde_json::{Value, json};

use crate::support::{Chat, Host, Upstream};

/// A plugin that asks back in the first turn and answers in the next with what it kept.
async fn host() -> Host {
    let upstream = Upstream::playing([]).await;
    Host::start(&crate::contributions::config(&upstream, &[r#"{ behaviour = "ask" }"#]))
}

/// What the plugin says where it knows nothing of the conversation, and in a turn that goes on.
const ASKED: &str = "哪个省？\n1. 河南\n2. 广东";
const GOES_ON: &str = "分数线，河南";

fn user(text: &str) -> Value {
    json!({"role": "user", "content": text})
}

fn assistant(text: &str) -> Value {
    json!({"role": "assistant", "content": text})
}

async fn say(host: &Host, who: Value, messages: &[Value]) -> Chat {
    let mut body = json!({"model": "app", "messages": messages});
    body.as_object_mut().unwrap().extend(who.as_object().unwrap().clone());
    host.chat(body).await
}

fn dialogue() -> [Value; 3] {
    [user("分数线"), assistant(ASKED), user("河南")]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_dialogue_repeated_shows_nobody_anothers_state() {
    let host = host().await;
    for victim in [json!({}), json!({"user": "victim"})] {
        assert_eq!(say(&host, victim.clone(), &[user("分数线")]).await.text(), ASKED);
        for attacker in [json!({}), json!({"user": "attacker"}), json!({"user": " "})] {
            let chat = say(&host, attacker.clone(), &dialogue()).await;
            assert_eq!(chat.text(), ASKED, "{attacker} saw the state of {victim}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_s_id_that_nobody_was_given_leads_to_nobody_s_state() {
    let host = host().await;
    for prefix in ["chatcmpl-", "as-"] {
        let made_up = json!({"conversation_id": format!("{prefix}01900000000070008000000000000000")});
        assert_eq!(say(&host, made_up.clone(), &[user("分数线")]).await.text(), ASKED);
        assert_eq!(say(&host, made_up, &[user("河南")]).await.text(), ASKED, "whoever else makes it up");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guessed_conversation_id_shows_nobody_anothers_state() {
    let host = host().await;
    let named = |mut who: Value, id: &str| {
        who["conversation_id"] = id.into();
        who
    };
    for (victim, id) in [(json!({}), "c1"), (json!({"user": "victim"}), "c2")] {
        assert_eq!(say(&host, named(victim.clone(), id), &[user("分数线")]).await.text(), ASKED);
        for attacker in [json!({}), json!({"user": "attacker"})] {
            let chat = say(&host, named(attacker.clone(), id), &[user("河南")]).await;
            assert_eq!(chat.text(), ASKED, "{attacker} saw the state of {victim}");
        }
    }
    assert_eq!(say(&host, named(json!({"user": "victim"}), "c2"), &[user("河南")]).await.text(), GOES_ON);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_may_be_named_in_a_header() {
    let host = host().await;
    let ask = async |conversation: &str, question: &str| {
        let body = json!({"model": "app", "user": "u", "messages": [user(question)]});
        let request = host.http.post(format!("{}/v1/chat/completions", host.url));
        let request = request.header("x-conversation-id", conversation).json(&body);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        answer["choices"][0]["message"]["content"].as_str().unwrap().to_owned()
    };
    assert_eq!(ask("c1", "分数线").await, ASKED);
    assert_eq!(ask("c2", "河南").await, ASKED, "another conversation knows nothing of it");
    assert_eq!(ask("c1", "河南").await, GOES_ON);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_names_no_conversation_is_known_by_its_history() {
    let host = host().await;
    let who = json!({"user": "u"});
    assert_eq!(say(&host, who.clone(), &[user("分数线")]).await.text(), ASKED);
    let next = say(&host, who.clone(), &dialogue()).await;
    assert_eq!(next.text(), GOES_ON);
    let state = host.trace(&next.id).await["state"].clone();
    assert_eq!(state, "kept for the caller, and found by the history it sent");
    // The same reply once more starts from the same state: nothing of one branch is in the other.
    assert_eq!(say(&host, who, &dialogue()).await.text(), GOES_ON);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_sends_only_the_last_messages_keeps_its_state() {
    let host = host().await;
    let who = json!({"user": "u"});
    let mut said = vec![user("你好"), assistant("您好！"), user("在吗"), assistant("在的。"), user("分数线")];
    let asked = say(&host, who.clone(), &said).await;
    assert_eq!(asked.text(), ASKED);
    said.extend([assistant(ASKED), user("河南")]);
    for window in [3, 4, 5, 6] {
        let sent = &said[said.len() - window..];
        assert_eq!(say(&host, who.clone(), sent).await.text(), GOES_ON, "a window of {window}");
        let stranger = say(&host, json!({"user": "somebody else"}), sent).await;
        assert_eq!(stranger.text(), ASKED, "a window of {window}, of somebody else");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_given_an_answer_may_go_on_from_it() {
    let host = host().await;
    let first = say(&host, json!({}), &[user("分数线")]).await;
    let state = host.trace(&first.id).await["state"].as_str().unwrap().to_owned();
    assert!(state.contains("no key, no `user`") && state.contains("conversation_id"), "{state}");
    let with = |id: &str| json!({"conversation_id": id});
    let other = first.id.replace(|c: char| c.is_ascii_digit(), "0");
    assert_eq!(say(&host, with(&other), &[user("河南")]).await.text(), ASKED);
    let stolen = json!({"conversation_id": first.id, "user": "u"});
    assert_eq!(say(&host, stolen, &[user("河南")]).await.text(), ASKED, "a caller has answers of its own");
    let second = say(&host, with(&first.id), &[user("河南")]).await;
    assert_eq!(second.text(), GOES_ON);
    assert_eq!(
        say(&host, with(&second.id), &[user("山东")]).await.text(),
        "分数线，山东",
        "each answer's id leads on"
    );
}
