use std::time::Duration;

use axum::http::header::CONTENT_TYPE;
use http_body_util::BodyExt;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::*;
use crate::clock;
use crate::http::entry::RequestRecord;
use crate::http::error::Dialect;
use crate::turn::{Piece, TurnError};

#[tokio::test]
async fn a_silent_answer_gives_signs_of_life_that_add_nothing_and_then_goes_on() {
    let (say, mut said) = mpsc::channel(1);
    let (out, pieces) = mpsc::channel(1);
    let turn = async move {
        while let Some(piece) = said.recv().await {
            out.send(piece).await.map_err(|_| TurnError::ClientLeft)?;
        }
        Err(TurnError::ClientLeft)
    };
    let dialect = Dialect::OpenAi;
    let envelope = Envelope {
        entry: RequestRecord::default(),
        model: "a".into(),
        created: clock::seconds(),
        dialect,
        is_old: false,
    };
    let state = Streaming {
        envelope,
        answer: TurnBody::of(turn, pieces, Default::default()),
        first: None,
        due: VecDeque::new(),
        end: None,
        include_usage: false,
    };
    let response = respond(state, Duration::from_millis(2));
    assert_eq!(response.headers()[BUFFERING], "no");
    assert_eq!(response.headers()[CONTENT_TYPE], "text/event-stream");
    let mut body = response.into_body();
    let mut event = async || {
        let frame = timeout(Duration::from_secs(60), body.frame()).await.unwrap().unwrap().unwrap();
        let text = String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap();
        serde_json::from_str::<Value>(text.strip_prefix("data: ").unwrap().trim_end()).unwrap()
    };
    assert_eq!(event().await["choices"][0]["delta"], json!({"role": "assistant", "content": ""}));
    for _ in 0..3 {
        let sign = event().await;
        assert_eq!(sign["object"], "chat.completion.chunk");
        assert_eq!(sign["choices"][0]["delta"], json!({}));
        assert_eq!(sign["choices"][0]["finish_reason"], Value::Null);
    }
    say.send(Piece::Text("好".into())).await.unwrap();
    let said = loop {
        let event = event().await;
        if event["choices"][0]["delta"] != json!({}) {
            break event;
        }
    };
    assert_eq!(said["choices"][0]["delta"], json!({"content": "好"}));
}
