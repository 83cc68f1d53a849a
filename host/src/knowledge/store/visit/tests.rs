use super::*;
use crate::breaker::{Health, ServerKind};

const LIMIT: Duration = Duration::from_millis(800);

async fn step(
    visit: &StoreVisit,
    breaker: &Arc<Breaker>,
    limit: Duration,
    work: impl Future<Output = ()>,
) -> Result<(), StoreError> {
    let late = || StoreError::Unavailable("late".into());
    let work = async {
        work.await;
        Ok(())
    };
    visit.step(breaker, limit, late, work).await
}

async fn late(breaker: &Arc<Breaker>) {
    step(&StoreVisit::default(), breaker, Duration::ZERO, std::future::pending()).await.unwrap_err();
}

#[tokio::test]
async fn steps_share_one_limit() {
    let breaker = Breaker::new(ServerKind::Store, "slow");
    let visit = StoreVisit::default();
    step(&visit, &breaker, LIMIT, tokio::time::sleep(LIMIT / 2)).await.unwrap();
    let began = Instant::now();
    step(&visit, &breaker, LIMIT, std::future::pending()).await.unwrap_err();
    assert!(began.elapsed() < LIMIT, "the second step had a limit of its own");
}

#[tokio::test]
async fn good_first_steps_keep_no_store_that_is_too_slow_in_use() {
    let breaker = Breaker::new(ServerKind::Store, "slow");
    for _ in 0..3 {
        let visit = StoreVisit::default();
        step(&visit, &breaker, LIMIT, std::future::ready(())).await.unwrap();
        step(&visit, &breaker, Duration::ZERO, std::future::pending()).await.unwrap_err();
    }
    assert!(breaker.away().is_some());
    assert_eq!(breaker.tally().calls.get(), 3, "a search is one call");
}

#[tokio::test]
async fn a_visit_that_was_answered_is_told_when_it_is_over() {
    let breaker = Breaker::new(ServerKind::Store, "quick");
    late(&breaker).await;
    late(&breaker).await;
    let visit = StoreVisit::default();
    step(&visit, &breaker, LIMIT, std::future::ready(())).await.unwrap();
    drop(visit);
    assert_eq!(breaker.health(), Health::Well);
    late(&breaker).await;
    late(&breaker).await;
    assert!(breaker.away().is_none(), "the failures before it were counted once more");
}
