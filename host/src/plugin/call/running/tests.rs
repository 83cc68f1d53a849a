use std::thread;
use std::time::Duration;

use super::*;

#[tokio::test]
async fn a_call_found_to_be_long_goes_on_in_the_long_lane_and_the_next_starts_there() {
    let lane = LongLane::start().unwrap();
    let (pace, meter) = (CallPace::default(), Arc::new(Meter::default()));
    let here = thread::current().id();
    let threads = || {
        let meter = Arc::clone(&meter);
        async move {
            let before = thread::current().id();
            meter.set_long();
            tokio::task::yield_now().await;
            // A timer needs the serving runtime; the lane has none of its own.
            tokio::time::sleep(Duration::from_millis(1)).await;
            (before, thread::current().id())
        }
    };
    let (before, after) = run(&lane, &pace, &meter, threads()).await.unwrap();
    assert!(before == here && after != here);
    let (before, _) = run(&lane, &pace, &meter, threads()).await.unwrap();
    assert_ne!(before, here);
}

#[tokio::test]
async fn dropping_a_call_ends_it_in_the_long_lane() {
    let lane = LongLane::start().unwrap();
    let (pace, meter) = (CallPace::default(), Arc::new(Meter::default()));
    pace.remember_long();
    let (alive, ended) = tokio::sync::oneshot::channel::<()>();
    let (tell, told) = tokio::sync::oneshot::channel::<()>();
    let call = async move {
        _ = tell.send(());
        std::future::pending::<()>().await;
        drop(alive);
    };
    let mut running = Box::pin(run(&lane, &pace, &meter, call));
    tokio::select! {
        _ = &mut running => panic!("it never ends by itself"),
        told = told => told.unwrap(),
    }
    drop(running);
    let ended = tokio::time::timeout(Duration::from_secs(60), ended).await;
    assert!(ended.unwrap().is_err(), "what the call held was dropped");
}
