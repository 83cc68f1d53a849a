use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::QdrantStore;
use super::*;
use crate::knowledge::settings::StoreSettings;

const BEING_MADE: &str = "Service internal error: 1 of 1 read operations failed:\n  Service internal error: No target shard 0 found";

#[test]
fn what_may_pass_is_told_from_what_an_operator_must_mend() {
    for (code, message) in [
        (1, "cancelled"),
        (4, "Timeout expired"),
        (8, "too many requests"),
        (13, "Failed to connect to http://127.0.0.1:1: transport error"),
        (14, "the server is stopping"),
        (2, "transport error"),
        (13, "h2 protocol error: error reading a body from connection"),
        (13, BEING_MADE),
    ] {
        let error = of_answer("store `s`", code, message);
        assert!(
            matches!(&error, StoreError::Unavailable(told) if told.starts_with("store `s`")),
            "{error:?}"
        );
    }
    for (code, message) in [
        (13, "Service internal error: WAL is broken"),
        (3, BEING_MADE),
        (5, "Collection `a` doesn't exist"),
        (16, "Invalid API key"),
    ] {
        let error = of_answer("store `s`", code, message);
        assert!(matches!(error, StoreError::Broken(_)), "{error:?}");
    }
    let full = of_answer("store `s`", 13, "Service internal error: No space left on device");
    assert!(matches!(full, StoreError::Full(_)), "{full:?}");
}

#[tokio::test]
async fn a_read_of_a_collection_that_is_being_made_is_tried_again() {
    let settings = StoreSettings { url: "http://127.0.0.1:1".into(), ..StoreSettings::default() };
    let (store, asked) = (QdrantStore::new("s", &settings, "a").unwrap(), AtomicUsize::new(0));
    let read = || async {
        match asked.fetch_add(1, Ordering::SeqCst) {
            0 => Err(of_answer("store `s`", 13, BEING_MADE)),
            _ => Ok("there"),
        }
    };
    assert_eq!(store.again(read).await.unwrap(), "there");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}
