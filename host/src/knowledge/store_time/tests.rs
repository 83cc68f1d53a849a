use super::*;

/// A limit that no machine takes for two steps at once, and is done with soon.
const LIMIT: Duration = Duration::from_millis(300);

async fn step(time: &mut StoreTime, share: Duration) -> Result<(), StoreError> {
    time.step(async {
        // The time that a step takes is the subject here.
        tokio::time::sleep(share).await;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn steps_that_each_keep_to_the_limit_do_not_take_more_than_it_together() {
    let mut time = StoreTime::new("a", Some(LIMIT));
    let begun = Instant::now();
    let mut done = 0;
    let late = loop {
        match step(&mut time, LIMIT / 4).await {
            Ok(()) => done += 1,
            Err(error) => break error,
        }
        assert!(done < 4, "{:?}", begun.elapsed());
    };
    assert_eq!(late.to_string(), "the store of knowledge base `a` did not answer within 300ms");
    time.renew();
    step(&mut time, Duration::ZERO).await.unwrap();
}

#[tokio::test]
async fn a_large_document_has_the_limit_for_each_of_its_goes() {
    let mut time = StoreTime::new("a", Some(LIMIT));
    time.grow_for(WINDOWS - 1);
    assert_eq!(time.left, LIMIT);
    time.grow_for(WINDOWS * 10);
    assert_eq!(time.left, LIMIT * 11);
    step(&mut time, LIMIT * 2).await.unwrap();
}

#[tokio::test]
async fn a_store_without_a_limit_has_all_the_time() {
    let mut time = StoreTime::new("a", None);
    step(&mut time, Duration::from_millis(10)).await.unwrap();
}
