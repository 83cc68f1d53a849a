//! A real Qdrant server, which may be killed in the middle of a test.

#![allow(dead_code, reason = "the tests and `make faults` each use a part")]

use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use super::small_disk::SmallDisk;
use super::{cache, eventually};

/// A running server. It is killed when dropped, and its folder goes with it.
pub(crate) struct Qdrant {
    process: Child,
    /// Where it runs on a disk of its own.
    disk: Option<SmallDisk>,
    folder: tempfile::TempDir,
    ports: (u16, u16),
    /// A `[stores.remote]` table that names it.
    pub(crate) table: String,
}

impl Qdrant {
    /// Starts a server, as `scripts/setup qdrant` has fetched it, on free ports.
    pub(crate) async fn start() -> Self {
        Self::on_disk(None).await
    }

    /// Starts a server on a disk of so many mebibytes, where this user may make one.
    pub(crate) async fn on_small_disk(mebibytes: u32) -> Self {
        Self::on_disk(Some(mebibytes)).await
    }

    async fn on_disk(mebibytes: Option<u32>) -> Self {
        let program = cache().join("bin/qdrant");
        assert!(program.is_file(), "{} is missing: run `make setup`", program.display());
        // Another process may take a port between looking and starting: then others are tried.
        for _ in 0..5 {
            if let Some(server) = Self::try_start(&program, mebibytes).await {
                return server;
            }
        }
        panic!("Qdrant does not start");
    }

    async fn try_start(program: &Path, mebibytes: Option<u32>) -> Option<Self> {
        _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let free = || std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let (http, grpc) = (free(), free());
        let port = |listener: &std::net::TcpListener| listener.local_addr().unwrap().port();
        let (http_port, grpc_port) = (port(&http), port(&grpc));
        drop((http, grpc));
        let (process, disk) = Self::spawn(program, folder.path(), (http_port, grpc_port), mebibytes);
        let table = format!(
            "[stores.remote]\nkind = \"qdrant\"\nurl = \"http://127.0.0.1:{grpc_port}\"\ntimeout = \"5s\"\n"
        );
        let mut server = Self { process, disk, folder, ports: (http_port, grpc_port), table };
        server.becomes_ready().await.then_some(server)
    }

    fn spawn(
        program: &Path,
        folder: &Path,
        (http_port, grpc_port): (u16, u16),
        mebibytes: Option<u32>,
    ) -> (Child, Option<SmallDisk>) {
        let mut command = Command::new(program);
        let storage = folder.join("storage");
        std::fs::create_dir_all(&storage).unwrap();
        command
            .current_dir(folder)
            .env("QDRANT__STORAGE__STORAGE_PATH", &storage)
            .env("QDRANT__SERVICE__HOST", "127.0.0.1")
            .env("QDRANT__SERVICE__HTTP_PORT", http_port.to_string())
            .env("QDRANT__SERVICE__GRPC_PORT", grpc_port.to_string())
            .env("QDRANT__TELEMETRY_DISABLED", "true");
        let disk = mebibytes.and_then(|size| SmallDisk::under(&mut command, &storage, size));
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        (process, disk)
    }

    /// `false` where the process ends instead.
    async fn becomes_ready(&mut self) -> bool {
        let url = format!("http://127.0.0.1:{}/readyz", self.ports.0);
        let address = self.address();
        let ready = eventually("Qdrant", async || {
            if self.process.try_wait().unwrap().is_some() {
                return Some(false);
            }
            // It listens for each of its APIs at a time of its own.
            let is_ready = reqwest::get(&url).await.is_ok_and(|response| response.status() == 200);
            let listens = tokio::net::TcpStream::connect(&address).await.is_ok();
            (is_ready && listens).then_some(true)
        });
        ready.await
    }

    /// Where it is asked, such as `127.0.0.1:6334`.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.ports.1)
    }

    /// Starts it again after [`Self::kill`], with its ports and what it has stored.
    pub(crate) async fn restart(&mut self) {
        (self.process, _) = Self::spawn(&cache().join("bin/qdrant"), self.folder.path(), self.ports, None);
        assert!(self.becomes_ready().await, "Qdrant does not start again");
    }

    /// Starts it again after [`Self::kill`] with its ports and an empty disk.
    pub(crate) async fn restart_empty(&mut self) {
        std::fs::remove_dir_all(self.folder.path().join("storage")).unwrap();
        self.restart().await;
    }

    /// Takes all the room on its disk, or gives it back. `false` where it has none of its own.
    pub(crate) fn fill_disk(&self, is_full: bool) -> bool {
        let Some(disk) = &self.disk else { return false };
        let process = Pid::from_child(&self.process);
        if is_full {
            disk.fill(process)
        } else {
            disk.clear(process)
        }
        true
    }

    /// The port of its gRPC API.
    pub(crate) fn port(&self) -> u16 {
        self.ports.1
    }

    /// Stops it where it is: connections stay, and nothing is answered any more.
    pub(crate) fn pause(&self) {
        kill_process(Pid::from_child(&self.process), Signal::STOP).unwrap();
    }

    /// Lets it go on from there.
    pub(crate) fn go_on(&self) {
        kill_process(Pid::from_child(&self.process), Signal::CONT).unwrap();
    }

    /// Ends it, as a machine that fails would.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Qdrant {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}
