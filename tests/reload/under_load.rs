//! Turns under load while the configuration is loaded again and again.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::*;

/// Turns of the load; `QIANFAN_RELOAD_TURNS=10000` for the figures in docs/operate.md.
fn turns() -> usize {
    let named = std::env::var("QIANFAN_RELOAD_TURNS").ok();
    named.map_or(1000, |turns| turns.parse().unwrap())
}

const CLIENTS: usize = 8;

/// Between two reloads under load.
const PAUSE: Duration = Duration::from_millis(100);

#[tokio::test(flavor = "multi_thread")]
async fn no_turn_fails_and_nothing_is_left_behind_while_the_configuration_is_loaded_again_and_again() {
    let turns = turns();
    let upstream = Upstream::playing((0..turns).map(|_| Script::Says(vec!["学费", "五千元", "[1]"]))).await;
    let rig = Arc::new(Rig::start(&upstream).await);
    let (asked, over) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let began = Instant::now();
    let reloading = tokio::spawn({
        let (rig, over) = (Arc::clone(&rig), Arc::clone(&over));
        async move {
            let (mut reloads, mut slowest) = (0_usize, Duration::ZERO);
            while !over.load(Ordering::Relaxed) {
                one_reload(&rig, reloads, &mut slowest).await;
                reloads += 1;
                tokio::time::sleep(PAUSE).await;
            }
            (reloads, slowest)
        }
    });
    let clients = (0..CLIENTS).map(|_| {
        let (rig, asked) = (Arc::clone(&rig), Arc::clone(&asked));
        tokio::spawn(async move {
            let mut failed = Vec::new();
            while asked.fetch_add(1, Ordering::Relaxed) < turns {
                let chat = rig.host.ask("app", "学费多少？").await;
                if chat.status != 200 || chat.text() != "学费五千元[1]" {
                    failed.push(chat.body);
                }
            }
            failed
        })
    });
    let mut failed = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        failed.extend(client.await.unwrap());
    }
    over.store(true, Ordering::Relaxed);
    let (reloads, slowest) = reloading.await.unwrap();
    let took = began.elapsed();
    assert!(failed.is_empty(), "{} of {turns} turns failed: {}", failed.len(), failed[0]);

    // What a reload leaves behind shows where there are many, and nothing else is done.
    let mut slowest_alone = Duration::ZERO;
    for number in 0..30 {
        one_reload(&rig, number, &mut slowest_alone).await;
    }
    let before = left(&rig);
    for number in 0..100 {
        one_reload(&rig, number, &mut slowest_alone).await;
    }
    let after = left(&rig);
    println!(
        "{turns} turns in {took:.1?} with {reloads} reloads, none failed; slowest reload {slowest:.1?} under load, \
         {slowest_alone:.1?} alone; 100 reloads more: memory {} -> {} KiB, files {} -> {}, threads {} -> {}",
        before.0 >> 10,
        after.0 >> 10,
        before.1,
        after.1,
        before.2,
        after.2
    );
    assert!(after.0 < before.0 + (16 << 20), "100 reloads left {} KiB", (after.0 - before.0) >> 10);
    assert!(after.1 <= before.1 + 4 && after.2 <= before.2 + 4, "files and threads: {before:?} {after:?}");
}

/// Each is another configuration: a threshold, the template and which base the plugin may search.
async fn one_reload(rig: &Rig, number: usize, slowest: &mut Duration) {
    let is_odd = number % 2 == 1;
    let (from, to) = if is_odd { ("top_k = 3", "top_k = 4") } else { ("top_k = 4", "top_k = 3") };
    let text = rig.text().replace(from, to);
    let more = "\n[knowledge.b]\nembedder = \"e\"\n";
    let text = if is_odd { format!("{text}{more}") } else { text.replace(more, "") };
    rig.write(&text);
    // As editors do, or a turn's reload could read half of it.
    let new = rig.path.with_file_name("new.md");
    std::fs::write(&new, format!("{TEMPLATE}第{number}版")).unwrap();
    std::fs::rename(new, rig.template()).unwrap();
    let began = Instant::now();
    let (status, reloaded) = rig.reload().await;
    assert_eq!(status, 200, "{reloaded}");
    *slowest = began.elapsed().max(*slowest);
}

/// Bytes of memory, open files and threads.
fn left(rig: &Rig) -> (usize, usize, usize) {
    let process = PathBuf::from(format!("/proc/{}", rig.host.pid().as_raw_nonzero()));
    let count = |folder: &str| std::fs::read_dir(Path::new(&process).join(folder)).unwrap().count();
    (rig.host.memory(), count("fd"), count("task"))
}
