use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::message::{Message, Role};
use crate::share::Share;
use crate::trace::TraceLimits;
use crate::turn::{App, run};

fn request() -> TurnRequest {
    let settings = toml::from_str("answer = \"direct\"").unwrap();
    let app = App::new("a", &settings, &BTreeMap::new(), &BTreeMap::new(), Vec::new(), None).ok().unwrap();
    TurnRequest {
        degraded: Default::default(),
        id: "t".into(),
        app: Arc::new(app),
        caller: None,
        conversation: None,
        messages: vec![Message::text(Role::User, "在吗")],
        variables: BTreeMap::new(),
        forced: Vec::new(),
        plain: false,
        user: None,
        parameters: Default::default(),
        client_tools: Vec::new(),
        ignored_fields: Vec::new(),
        memory: Share::default(),
    }
}

fn traces(folder: &std::path::Path) -> TraceStore {
    let limits = TraceLimits { traces: 1, bytes: 1 << 20 };
    let disk = Arc::new(crate::disk::Disk::of(folder));
    TraceStore::open(&folder.join("traces.db"), limits, &disk).unwrap()
}

#[tokio::test]
async fn a_turn_that_finds_its_client_gone_is_cancelled_and_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let traces = traces(folder.path());
    let (out, pieces) = mpsc::channel(1);
    drop(pieces);
    let result = run(request(), &traces, Duration::from_secs(60), out).await;
    assert!(matches!(result, Err(TurnError::ClientLeft)), "{result:?}");
    let trace: serde_json::Value = serde_json::from_str(&traces.get("t").unwrap().unwrap()).unwrap();
    assert_eq!((&trace["finish_reason"], &trace["error"]), (&"cancelled".into(), &serde_json::Value::Null));
}

#[tokio::test]
async fn parts_of_an_answer_stand_apart() {
    let folder = tempfile::tempdir().unwrap();
    let (request, traces) = (request(), traces(folder.path()));
    let said = async |parts: &[&[&str]]| {
        let (out, mut pieces) = mpsc::channel(16);
        let mut recorder = Recorder::new(&request, &traces, out);
        for part in parts {
            recorder.begin_part();
            for piece in *part {
                recorder.say((*piece).to_owned()).await.unwrap();
            }
        }
        let answer = recorder.trace.answer.clone();
        drop(recorder);
        let mut given = String::new();
        while let Some(piece) = pieces.recv().await {
            let Piece::Text(text) = piece else { panic!("{piece:?}") };
            given.push_str(&text);
        }
        assert_eq!(given, answer);
        answer
    };
    assert_eq!(said(&[&["我查", "一下。"], &["", "是九元。"]]).await, "我查一下。\n\n是九元。");
    assert_eq!(said(&[&["我查一下。\n"], &["是九元。"]]).await, "我查一下。\n\n是九元。");
    assert_eq!(said(&[&["我查一下。\n"], &["\n是九元。"]]).await, "我查一下。\n\n是九元。");
    assert_eq!(said(&[&[], &["是九元。"]]).await, "是九元。", "nothing stands before it");
}
