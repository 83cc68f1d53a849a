use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::AtomicUsize;

use futures_util::FutureExt;

use super::*;

#[derive(Default)]
struct Rung(AtomicUsize);

impl Wake for Rung {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Polls what wakes itself so many times; gives whether it ended, how often it was polled, and how often the
/// task was woken.
fn polled(wakes: usize) -> (bool, usize, usize) {
    let (rung, mut polls) = (Arc::new(Rung::default()), 0);
    let waker = Waker::from(Arc::clone(&rung));
    let future = pin!(poll_fn(|cx| {
        polls += 1;
        if polls > wakes {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }));
    let ended = RepeatedPoll::default().poll(future, &mut Context::from_waker(&waker)).is_ready();
    (ended, polls, rung.0.load(Ordering::SeqCst))
}

#[test]
fn what_wakes_itself_goes_on_without_its_task_being_woken() {
    assert_eq!(polled(0), (true, 1, 0));
    assert_eq!(polled(MOST - 1), (true, MOST, 0));
    assert_eq!(polled(MOST), (false, MOST, 1), "others go first");
}

#[tokio::test]
async fn what_others_wake_is_woken() {
    let again = RepeatedPoll::default();
    let (say, said) = tokio::sync::oneshot::channel();
    let mut waiting = Box::pin(said);
    assert!(poll_fn(|cx| again.poll(waiting.as_mut(), cx)).now_or_never().is_none());
    let other = std::thread::spawn(move || say.send(7));
    assert_eq!(poll_fn(|cx| again.poll(waiting.as_mut(), cx)).await, Ok(7));
    other.join().unwrap().unwrap();
}
