//! Everything a program can ask an operating system for. One line for each thing that gave
//! anything; nothing at all is what should come out.

use std::{
    collections::HashMap,
    fs,
    io::Read,
    net::{TcpListener, TcpStream, ToSocketAddrs, UdpSocket},
};

pub fn run() -> String {
    let mut found = Vec::new();
    let mut tried = |what: &str, got: Option<String>| {
        if let Some(got) = got {
            found.push(format!("{what}: {got}"));
        }
    };
    for path in ["/", ".", "/etc/passwd", "/proc/self/environ", "/tmp", "Cargo.toml"] {
        tried(path, fs::metadata(path).ok().map(|_| "metadata".to_owned()));
        tried(path, fs::read(path).ok().map(|bytes| format!("{} bytes", bytes.len())));
        tried(path, fs::read_dir(path).ok().map(|_| "a folder".to_owned()));
    }
    tried("write", fs::write("/tmp/x", "x").ok().map(|()| "written".to_owned()));
    let variables: HashMap<_, _> = std::env::vars().collect();
    tried("environment", (!variables.is_empty()).then(|| format!("{variables:?}")));
    tried(
        "arguments",
        (std::env::args().count() > 0).then(|| format!("{:?}", std::env::args().collect::<Vec<_>>())),
    );
    tried("listen", TcpListener::bind("127.0.0.1:0").ok().map(|_| "listening".to_owned()));
    for address in ["127.0.0.1:80", "8.8.8.8:53", "[::1]:80"] {
        tried(address, TcpStream::connect(address).ok().map(|_| "connected".to_owned()));
    }
    tried("udp", UdpSocket::bind("0.0.0.0:0").ok().map(|_| "bound".to_owned()));
    tried("names", ("localhost", 80).to_socket_addrs().ok().map(|found| format!("{}", found.count())));
    let mut input = String::new();
    tried(
        "input",
        std::io::stdin()
            .read_to_string(&mut input)
            .ok()
            .filter(|size| *size > 0)
            .map(|size| size.to_string()),
    );
    found.join("\n")
}

/// How many random bytes came.
pub fn random(bytes: u64) -> usize {
    wasi_random(bytes).len()
}

wit_bindgen::generate!({
    inline: "
        package wasi:random@0.2.0;
        interface random {
            get-random-bytes: func(len: u64) -> list<u8>;
            get-random-u64: func() -> u64;
        }
        world probe {
            import random;
        }
    ",
});

fn wasi_random(bytes: u64) -> Vec<u8> {
    wasi::random::random::get_random_bytes(bytes)
}
