//! Turns of the real binary beside a bare pass-through to the same upstream. All rows of a table are measured
//! in turns, so that a busy moment of the machine hits all of them.

use std::time::{Duration, Instant};

use super::pass_through;
use super::rig::{APPS, Rig};
use super::wire::{BareClient, BareUpstream, PIECES};

const CHAT: &str = "/v1/chat/completions";
/// Rounds of one table, and questions of one row in each.
const ROUNDS: usize = 40;
const QUESTIONS: usize = 50;
/// Clients that ask at one time, for how long, and how often.
const CLIENTS: usize = 32;
const BUSY: Duration = Duration::from_secs(3);
const BUSY_ROUNDS: usize = 3;

pub(super) async fn all() {
    let upstream = BareUpstream::start();
    let rig = Rig::start(&upstream.origin).await;
    let through = pass_through::start(upstream.origin.clone()).await;
    let measure = move || {
        one_client(&upstream, &rig, &through);
        ends(&upstream, &rig, &through);
        many_clients(&upstream, &rig, &through);
    };
    tokio::task::spawn_blocking(measure).await.unwrap();
}

/// How long a turn takes where one client asks.
fn one_client(upstream: &BareUpstream, rig: &Rig, through: &str) {
    let mut rows = vec![
        Row::of("upstream alone", BareClient::new(&upstream.origin, CHAT, &Rig::question("m"))),
        Row::of("bare pass-through", BareClient::new(through, CHAT, &Rig::question("m"))),
    ];
    rows.extend(
        APPS.map(|(app, what)| Row::of(what, BareClient::new(&rig.host.url, CHAT, &Rig::question(app)))),
    );
    for round in 0..=ROUNDS {
        for row in &mut rows {
            for _ in 0..QUESTIONS {
                let began = Instant::now();
                row.client.ask();
                row.times.push(began.elapsed());
            }
            // The first round warms up.
            if round == 0 {
                row.times.clear();
            }
        }
    }
    let three = |times: [f64; 3]| times.map(|time| format!("{time:>6.0}")).join(" ");
    let alone = rows[0].percentiles();
    let (bare, none) = (rows[1].percentiles(), rows[2].percentiles());
    println!("\na turn, one client, µs: {:>19} p50    p90    p99 {:>22}", "", "added to the upstream");
    for (place, row) in rows.iter_mut().enumerate() {
        let times = row.percentiles();
        let added = [0, 1, 2].map(|n| times[n] - alone[n]);
        let ratio = times[0] / bare[0];
        let plugins = if place > 2 { format!("  plugins {:+.0}", times[0] - none[0]) } else { String::new() };
        println!("  {:<38}{}   {}  {ratio:>5.2}×{plugins}", row.what, three(times), three(added));
    }
}

/// How long after the upstream's end a stream of many pieces ends.
fn ends(upstream: &BareUpstream, rig: &Rig, through: &str) {
    let piecewise = "/pieces/v1/chat/completions";
    let mut rows = [
        Row::of("upstream alone", BareClient::new(&upstream.origin, piecewise, &Rig::question("m"))),
        Row::of("bare pass-through", BareClient::new(through, piecewise, &Rig::question("m"))),
        Row::of("no plugins", BareClient::new(&rig.host.url, CHAT, &Rig::question("pieces"))),
        Row::of(
            "the markdown formatter",
            BareClient::new(&rig.host.url, CHAT, &Rig::question("pieces-formatted")),
        ),
    ];
    let mut reads = [0; 4];
    for round in 0..=ROUNDS {
        for (row, reads) in rows.iter_mut().zip(&mut reads) {
            for _ in 0..QUESTIONS / 5 {
                row.client.ask();
                row.times.push(upstream.ended().elapsed());
                *reads += row.client.reads;
            }
            if round == 0 {
                row.times.clear();
                *reads = 0;
            }
        }
    }
    println!("\na stream of {PIECES} pieces ends after its upstream, µs:  p50    p90    p99   reads");
    for (row, reads) in rows.iter_mut().zip(reads) {
        let times = row.percentiles().map(|time| format!("{time:>6.0}")).join(" ");
        println!("  {:<38}      {times}   {:>5.1}", row.what, reads as f64 / row.times.len() as f64);
    }
}

/// How many turns there are in a second where many clients ask, and what the writer of traces takes.
fn many_clients(upstream: &BareUpstream, rig: &Rig, through: &str) {
    let (mut alone, mut bare, mut ours) = (Vec::new(), Vec::new(), Vec::new());
    let (mut traces, mut turns) = (0.0, 0.0);
    for _ in 0..BUSY_ROUNDS {
        alone.push(busy(&upstream.origin, "m"));
        bare.push(busy(through, "m"));
        let before = rig.processor();
        ours.push(busy(&rig.host.url, "none"));
        let after = rig.processor();
        traces += after.0 - before.0;
        turns += after.1 - before.1;
    }
    let median = |rates: &mut Vec<f64>| {
        rates.sort_by(f64::total_cmp);
        rates[rates.len() / 2]
    };
    let (alone, bare, ours) = (median(&mut alone), median(&mut bare), median(&mut ours));
    println!("\n{CLIENTS} clients, turns a second:");
    println!(
        "  upstream alone {alone:.0}, bare pass-through {bare:.0}, no plugins {ours:.0} ({:.2}×)",
        ours / bare
    );
    println!(
        "  the traces' thread took {:.1} % of a processor, {:.1} % of what the turns took",
        traces / (BUSY.as_secs_f64() * BUSY_ROUNDS as f64) * 100.0,
        traces / turns * 100.0
    );
}

/// Turns a second.
fn busy(origin: &str, app: &str) -> f64 {
    let began = Instant::now();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let mut client = BareClient::new(origin, CHAT, &Rig::question(app));
            std::thread::spawn(move || {
                let mut answers = 0_u32;
                while began.elapsed() < BUSY {
                    client.ask();
                    answers += 1;
                }
                answers
            })
        })
        .collect();
    let answers: u32 = clients.into_iter().map(|client| client.join().unwrap()).sum();
    f64::from(answers) / began.elapsed().as_secs_f64()
}

/// One line of a table.
struct Row {
    what: &'static str,
    client: BareClient,
    times: Vec<Duration>,
}

impl Row {
    fn of(what: &'static str, client: BareClient) -> Self {
        Self { what, client, times: Vec::new() }
    }

    /// The middle, the ninth tenth and the ninety-ninth hundredth, in microseconds.
    fn percentiles(&mut self) -> [f64; 3] {
        self.times.sort();
        [50, 90, 99].map(|part| self.times[self.times.len() * part / 100].as_secs_f64() * 1e6)
    }
}
