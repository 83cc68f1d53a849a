//! A folder and a Qdrant server that go away with their test.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::knowledge::embed::cache_folder;
use crate::knowledge::settings::StoreSettings;
use crate::knowledge::store::QdrantStore;

/// A folder that goes away with the test.
pub(in crate::knowledge) struct Folder(pub(in crate::knowledge) PathBuf);

impl Folder {
    pub(in crate::knowledge) fn new() -> Self {
        let path = std::env::temp_dir().join(format!("qianfan-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A Qdrant server that goes away with the test.
pub(in crate::knowledge) struct QdrantServer {
    process: Child,
    pub(in crate::knowledge) settings: StoreSettings,
    ports: (u16, u16),
    folder: Folder,
    keys: Keys,
}

/// Variables of the environment whose values the server takes for keys: of who may do everything, and of who only reads.
type Keys = Option<[&'static str; 2]>;

impl QdrantServer {
    pub(in crate::knowledge) async fn start() -> Self {
        Self::start_with(None).await
    }

    /// One that asks for a key. Tests set no variable, so that it takes the values of two that are there.
    pub(in crate::knowledge) async fn start_with(keys: Keys) -> Self {
        let program = cache_folder().join("bin/qdrant");
        assert!(program.is_file(), "{} is missing: run `make setup`", program.display());
        // Another process may take a free port between looking and starting: then look again.
        for _ in 0..5 {
            if let Some(server) = Self::try_start(&program, keys).await {
                return server;
            }
        }
        panic!("Qdrant does not start");
    }

    async fn try_start(program: &Path, keys: Keys) -> Option<Self> {
        let folder = Folder::new();
        let free = || std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let (http, grpc) = (free(), free());
        let port = |listener: &std::net::TcpListener| listener.local_addr().unwrap().port();
        let (http_port, grpc_port) = (port(&http), port(&grpc));
        drop((http, grpc));
        let ports = (http_port, grpc_port);
        let process = Self::spawn(program, &folder, ports, keys);
        let settings =
            StoreSettings { url: format!("http://127.0.0.1:{grpc_port}"), ..StoreSettings::default() };
        let mut server = Self { process, settings, ports, folder, keys };
        server.becomes_healthy().await.then_some(server)
    }

    fn spawn(program: &Path, folder: &Folder, (http_port, grpc_port): (u16, u16), keys: Keys) -> Child {
        let keys = keys.into_iter().flat_map(|names| {
            let values = names.map(|name| std::env::var(name).unwrap());
            ["QDRANT__SERVICE__API_KEY", "QDRANT__SERVICE__READ_ONLY_API_KEY"].into_iter().zip(values)
        });
        Command::new(program)
            .envs(keys)
            .current_dir(&folder.0)
            .env("QDRANT__SERVICE__HOST", "127.0.0.1")
            .env("QDRANT__SERVICE__HTTP_PORT", http_port.to_string())
            .env("QDRANT__SERVICE__GRPC_PORT", grpc_port.to_string())
            .env("QDRANT__TELEMETRY_DISABLED", "true")
            .env("QDRANT__STORAGE__STORAGE_PATH", folder.0.join("storage"))
            .env("QDRANT__STORAGE__SNAPSHOTS_PATH", folder.0.join("snapshots"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// `false` where the process ends instead.
    async fn becomes_healthy(&mut self) -> bool {
        let store = self.store("health");
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(60) {
            if self.process.try_wait().unwrap().is_some() {
                return false;
            }
            if store.client_is_healthy().await {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("Qdrant does not become healthy");
    }

    pub(in crate::knowledge) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it again with its ports and what it has stored. Its ports are its own for so long:
    /// nothing else on the machine is given the port of a connection that was open a moment ago.
    pub(in crate::knowledge) async fn restart(&mut self) {
        let program = cache_folder().join("bin/qdrant");
        self.process = Self::spawn(&program, &self.folder, self.ports, self.keys);
        assert!(self.becomes_healthy().await, "Qdrant does not start again");
    }

    pub(in crate::knowledge) fn store(&self, base: &str) -> QdrantStore {
        QdrantStore::new("test", &self.settings, base).unwrap()
    }
}

impl Drop for QdrantServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
