use super::*;

#[tokio::test]
async fn apps_take_turns_and_what_is_late_is_not_done() {
    let writer = StateWriter::start(Connection::open_in_memory().unwrap(), None).unwrap();
    let (go, gate) = mpsc::channel::<()>();
    let (said, order) = mpsc::channel::<&'static str>();
    let say = |what: &'static str| {
        let said = said.clone();
        move |_: &mut Connection| {
            said.send(what).unwrap();
            Ok(())
        }
    };
    let held = writer.write(None, move |_| {
        gate.recv().unwrap();
        Ok(())
    });
    let work = async |app: &str, what| {
        fair::on_behalf_of(app, writer.write(None, say(what))).await.unwrap();
    };
    let release = async {
        // Polled last: by now all others have been put in.
        go.send(()).unwrap();
    };
    tokio::join!(
        async { held.await.unwrap() },
        work("busy", "1"),
        work("busy", "2"),
        work("quiet", "3"),
        release
    );
    assert_eq!(order.try_iter().collect::<Vec<_>>(), ["1", "3", "2"]);
    let late = writer.write(Some(Instant::now()), say("late")).await;
    assert_eq!((late, order.try_recv().is_err()), (Err(StateError::Late), true));
}
