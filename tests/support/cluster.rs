//! A real Qdrant cluster of three nodes on this machine, of which one may be killed.

use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{cache, eventually};

const NODES: usize = 3;

/// A running cluster. It is killed when dropped, and its folders go with it.
pub(crate) struct Cluster {
    nodes: Vec<Node>,
}

struct Node {
    process: Child,
    folder: tempfile::TempDir,
    ports: Ports,
    /// The node that it joins.
    first: Option<u16>,
}

#[derive(Clone, Copy)]
struct Ports {
    http: u16,
    grpc: u16,
    /// Between nodes.
    inner: u16,
}

impl Cluster {
    /// Starts three nodes on free ports that know one another.
    pub(crate) async fn start() -> Self {
        _ = rustls::crypto::ring::default_provider().install_default();
        // Another process may take a port between looking and starting: then others are tried.
        for _ in 0..5 {
            if let Some(cluster) = Self::try_start().await {
                return cluster;
            }
        }
        panic!("the cluster does not start");
    }

    async fn try_start() -> Option<Self> {
        let mut cluster = Self { nodes: Vec::new() };
        for number in 0..NODES {
            let first = cluster.nodes.first().map(|first| first.ports.inner);
            cluster.nodes.push(Node::start(free_ports(), first));
            if !cluster.nodes[number].becomes_ready().await {
                return None;
            }
        }
        let known = eventually("a cluster of three", async || {
            let answer = get(cluster.nodes[NODES - 1].ports.http, "/cluster").await?;
            let peers = answer["result"]["peers"].as_object()?.len();
            (peers == NODES).then_some(())
        });
        known.await;
        Some(cluster)
    }

    /// A `[stores.remote]` table that names one of the nodes.
    pub(crate) fn table(&self, node: usize) -> String {
        let port = self.nodes[node].ports.grpc;
        format!("[stores.remote]\nkind = \"qdrant\"\nurl = \"http://127.0.0.1:{port}\"\ntimeout = \"5s\"\n")
    }

    /// Ends a node, as a machine that fails would.
    pub(crate) fn kill(&mut self, node: usize) {
        let node = &mut self.nodes[node].process;
        kill_process(Pid::from_child(node), Signal::KILL).unwrap();
        node.wait().unwrap();
    }

    /// Starts a killed node again, with its ports and what it has stored, and waits until it has all that
    /// the others have.
    pub(crate) async fn restart(&mut self, node: usize, collection: &str) {
        let gone = &mut self.nodes[node];
        gone.process = spawn(&gone.folder, gone.ports, gone.first);
        assert!(gone.becomes_ready().await, "the node does not start again");
        let http = gone.ports.http;
        eventually("a node that has caught up", async || {
            let answer = get(http, &format!("/collections/{collection}/cluster")).await?;
            let result = &answer["result"];
            let shards = [&result["local_shards"], &result["remote_shards"]];
            let mut shards = shards.into_iter().flat_map(|shards| shards.as_array().unwrap());
            let are_well = shards.all(|shard| shard["state"] == "Active");
            (are_well && result["shard_transfers"].as_array()?.is_empty()).then_some(())
        })
        .await;
    }

    /// How a collection is kept, as the server says.
    pub(crate) async fn parameters(&self, collection: &str) -> Value {
        let answer = get(self.nodes[0].ports.http, &format!("/collections/{collection}")).await.unwrap();
        answer["result"]["config"]["params"].clone()
    }
}

impl Node {
    fn start(ports: Ports, first: Option<u16>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let process = spawn(&folder, ports, first);
        Self { process, folder, ports, first }
    }

    /// `false` where the process ends instead.
    async fn becomes_ready(&mut self) -> bool {
        eventually("a node", async || {
            if self.process.try_wait().unwrap().is_some() {
                return Some(false);
            }
            let url = format!("http://127.0.0.1:{}/readyz", self.ports.http);
            let is_ready = reqwest::get(&url).await.is_ok_and(|response| response.status() == 200);
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            is_ready.then_some(true)
        })
        .await
    }
}

fn spawn(folder: &tempfile::TempDir, ports: Ports, first: Option<u16>) -> Child {
    let program = cache().join("bin/qdrant");
    assert!(program.is_file(), "{} is missing: run `make setup`", program.display());
    let mut command = Command::new(program);
    command.args(["--uri", &format!("http://127.0.0.1:{}", ports.inner)]);
    if let Some(first) = first {
        command.args(["--bootstrap", &format!("http://127.0.0.1:{first}")]);
    }
    command
        .current_dir(folder.path())
        .env("QDRANT__CLUSTER__ENABLED", "true")
        .env("QDRANT__CLUSTER__P2P__PORT", ports.inner.to_string())
        .env("QDRANT__SERVICE__HOST", "127.0.0.1")
        .env("QDRANT__SERVICE__HTTP_PORT", ports.http.to_string())
        .env("QDRANT__SERVICE__GRPC_PORT", ports.grpc.to_string())
        .env("QDRANT__TELEMETRY_DISABLED", "true")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn free_ports() -> Ports {
    let free = || std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listeners = [free(), free(), free()];
    let [http, grpc, inner] = listeners.map(|listener| listener.local_addr().unwrap().port());
    Ports { http, grpc, inner }
}

async fn get(port: u16, path: &str) -> Option<Value> {
    reqwest::get(format!("http://127.0.0.1:{port}{path}")).await.ok()?.json().await.ok()
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for node in &mut self.nodes {
            _ = node.process.kill();
            _ = node.process.wait();
        }
    }
}
