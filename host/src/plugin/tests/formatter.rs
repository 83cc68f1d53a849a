//! A formatter over one answer.

use super::*;

async fn repeater(engine: &Arc<Engine>, timeout: Duration) -> Arc<Plugin> {
    let mut settings = settings(json!({}));
    settings.component = guests::component("formatter").to_str().unwrap().to_owned();
    settings.limits.timeout = timeout;
    load(engine, &settings).await
}

fn passage() -> crate::message::Passage {
    crate::message::Passage {
        text: "正文".into(),
        media_type: MediaType::Markdown,
        title: "标题".into(),
        section: vec![],
        url: None,
        knowledge_base: None,
        score: Some(0.5),
    }
}

#[tokio::test]
async fn one_instance_sees_the_whole_answer() {
    let engine = engine();
    let plugin = repeater(&engine, Duration::from_secs(5)).await;
    let mut session = plugin.format(None, &[passage(), passage()]).await.unwrap();
    assert_eq!(session.feed("你").await, Ok("你".into()));
    assert_eq!(session.feed("好").await, Ok("好".into()));
    let (rest, report) = session.finish().await;
    assert_eq!(rest, Ok("[2 pieces, 2 sources]".into()));
    assert!(report.peak_memory > 0 && report.duration >= report.instantiate);
}

#[tokio::test]
async fn what_a_formatter_does_to_itself_ends_its_answer_and_no_other() {
    let engine = engine();
    let plugin = repeater(&engine, Duration::from_millis(300)).await;
    for (chunk, is_expected) in [
        ("LOOP", (|e| matches!(e, CallError::Timeout { .. })) as fn(&CallError) -> bool),
        ("PANIC", |e| matches!(e, CallError::Trap { cause: TrapKind::Crash, .. })),
        ("HUGE", |e| matches!(e, CallError::Trap { cause: TrapKind::TooMuchData, .. })),
        ("FAIL", |e| matches!(e, CallError::Failed { failure: Failure::Other(_) })),
    ] {
        let mut session = plugin.format(None, &[]).await.unwrap();
        let error = session.feed(chunk).await.unwrap_err();
        assert!(is_expected(&error), "{chunk}: {error:?}");
        assert_eq!(session.feed("再来").await, Err(error.clone()), "nothing enters the instance again");
        assert_eq!(session.finish().await.0, Err(error));
    }
    let mut session = plugin.format(None, &[]).await.unwrap();
    assert_eq!(session.feed("好").await, Ok("好".into()));
}

#[tokio::test]
async fn open_answers_are_counted_and_places_come_back() {
    let settings = EngineSettings { max_open_answers: 1, max_waiting: 0, ..engine_settings() };
    let engine = Engine::new(&settings).unwrap();
    let plugin = repeater(&engine, Duration::from_secs(5)).await;
    let session = plugin.format(None, &[]).await.unwrap();
    let Some(CallError::Busy { message }) = plugin.format(None, &[]).await.err() else {
        panic!("it had a place")
    };
    assert!(message.contains("`engine.max_open_answers`"), "{message}");
    drop(session);
    assert!(plugin.format(None, &[]).await.is_ok());
}

#[tokio::test]
async fn a_role_cannot_be_called_as_the_other() {
    let engine = engine();
    let contributor = load(&engine, &super::settings(json!({"behaviour": "echo"}))).await;
    assert!(matches!(contributor.format(None, &[]).await.err(), Some(CallError::Host { .. })));
    let formatter = repeater(&engine, Duration::from_secs(5)).await;
    assert!(matches!(formatter.contribute(&input()).await.result, Err(CallError::Host { .. })));
}
