//! A store of three nodes that keeps everything twice: one is killed in the middle of imports and searches.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Cluster, Embeddings, Host, eventually, within_patience};

/// Documents that are acknowledged before the node is killed, and after it.
const EACH: usize = 20;

fn config(embeddings: &Embeddings, table: &str) -> String {
    format!(
        "{}{table}replication_factor = 2\nwrite_consistency_factor = 1\nsearch_timeout = \"5s\"\n\
         [knowledge.a]\nembedder = \"bins\"\nstore = \"remote\"\nthreshold = 0.0\n",
        embeddings.table("bins", 64)
    )
}

fn text(number: usize) -> String {
    format!("# 文件{number}\n\n平行志愿第{number}条，编号x{number}y。")
}

/// Whether it was acknowledged. One that was not is sent again.
async fn import(host: &Host, number: usize) -> bool {
    let url = format!("{}/v1/knowledge-bases/a/documents?id={number}.md", host.url);
    let sent = host.http.post(url).body(text(number)).send().await.unwrap();
    sent.status() == 200
}

/// Documents that a search for their own text finds, by number.
async fn finds(host: &Host, number: usize) -> bool {
    let answer = host.post("/v1/knowledge-bases/a/search", json!({"query": text(number), "top_k": 5})).await;
    let answer: Value = answer.json().await.unwrap();
    let hits = answer["hits"].as_array();
    hits.is_some_and(|hits| hits.iter().any(|hit| hit["document"] == format!("{number}.md")))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_killed_loses_nothing_acknowledged_and_stops_no_search() {
    let (embeddings, mut cluster) = (Embeddings::start().await, Cluster::start().await);
    let host = Arc::new(Host::start(&config(&embeddings, &cluster.table(0))));
    for number in 0..EACH {
        assert!(import(&host, number).await, "{number}");
    }
    let parameters = cluster.parameters("qianfan-a").await;
    assert_eq!(
        (&parameters["replication_factor"], &parameters["write_consistency_factor"]),
        (&json!(2), &json!(1))
    );

    let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let importing = tokio::spawn({
        let (host, acknowledged) = (Arc::clone(&host), Arc::clone(&acknowledged));
        async move {
            for number in EACH..3 * EACH {
                while !import(&host, number).await {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                acknowledged.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    let searching = tokio::spawn({
        let (host, stop) = (Arc::clone(&host), Arc::clone(&stop));
        async move {
            let mut counts = BTreeMap::from([(true, 0), (false, 0)]);
            for number in (0..EACH).cycle() {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                *counts.get_mut(&finds(&host, number).await).unwrap() += 1;
            }
            counts
        }
    });
    eventually("some imports", async || {
        tokio::time::sleep(Duration::from_millis(5)).await;
        (acknowledged.load(Ordering::SeqCst) >= EACH / 2).then_some(())
    })
    .await;
    cluster.kill(2);
    within_patience("the acknowledgements", importing).await.unwrap();
    stop.store(true, Ordering::SeqCst);
    let counts = searching.await.unwrap();
    println!("searches while a node was killed: {} answered, {} not", counts[&true], counts[&false]);
    assert!(counts[&true] > 10 * counts[&false], "{counts:?}");

    let lost = async || {
        let mut lost = Vec::new();
        for number in 0..3 * EACH {
            if !finds(&host, number).await {
                lost.push(number);
            }
        }
        lost
    };
    assert_eq!(lost().await, [0usize; 0], "with two nodes");
    cluster.restart(2, "qianfan-a").await;
    // What only the other two had must be on it by now: with one of them gone it stands in.
    cluster.kill(1);
    eventually("all documents", async || lost().await.is_empty().then_some(())).await;
}
