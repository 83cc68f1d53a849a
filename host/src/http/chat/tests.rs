use super::*;

fn piece(number: usize) -> Piece {
    Piece::Text(number.to_string())
}

#[tokio::test]
async fn pieces_that_come_in_one_moment_are_there_together_and_in_order() {
    let (say, pieces) = mpsc::channel(WAITING_PIECES);
    let (more, wanted) = tokio::sync::oneshot::channel::<()>();
    let turn = async move {
        for number in 0..6 {
            // Another task has to bring each.
            yield_now().await;
            say.send(piece(number)).await.unwrap();
        }
        wanted.await.unwrap();
        say.send(piece(6)).await.unwrap();
        Ok(TurnEnd { finish_reason: "stop".into(), tool_calls: Vec::new(), usage: Default::default() })
    };
    let mut answer = TurnBody::of(turn, pieces, Degraded::default());
    assert!(matches!(answer.next().await, Step::Piece(first) if first == piece(0)));
    assert_eq!(answer.ahead, (1..6).map(piece).collect::<VecDeque<_>>());
    for number in 1..6 {
        assert!(matches!(answer.next().await, Step::Piece(next) if next == piece(number)));
    }
    // A wait that is dropped loses nothing.
    assert!(answer.next().now_or_never().is_none());
    more.send(()).unwrap();
    assert!(matches!(answer.next().await, Step::Piece(last) if last == piece(6)));
    assert!(matches!(answer.next().await, Step::End(Ok(_))));
    assert!(matches!(answer.next().await, Step::End(Err(TurnError::Host(_)))), "it is over");
}

#[tokio::test]
async fn a_turn_that_panics_ends_its_answer_with_an_error() {
    let (say, pieces) = mpsc::channel(WAITING_PIECES);
    let turn = async move {
        say.send(piece(0)).await.unwrap();
        assert!(say.is_closed(), "it panics");
        Err(TurnError::ClientLeft)
    };
    let mut answer = TurnBody::of(turn, pieces, Degraded::default());
    assert!(matches!(answer.next().await, Step::Piece(first) if first == piece(0)));
    assert!(matches!(answer.next().await, Step::End(Err(TurnError::Host(_)))));
}

#[tokio::test]
async fn a_client_that_takes_nothing_stops_the_turn() {
    let (say, pieces) = mpsc::channel(WAITING_PIECES);
    let said = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = Arc::clone(&said);
    let turn = async move {
        while say.send(piece(0)).await.is_ok() {
            counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
        Err(TurnError::ClientLeft)
    };
    let mut answer = TurnBody::of(turn, pieces, Degraded::default());
    for _ in 0..3 * WAITING_PIECES {
        assert!(matches!(answer.next().await, Step::Piece(_)));
    }
    assert!(said.load(std::sync::atomic::Ordering::Relaxed) <= 6 * WAITING_PIECES);
}
