use super::*;

fn plugin(name: &str, concurrent: Option<u32>) -> PlaceHolder {
    PlaceHolder { name: Arc::from(name), concurrent }
}

/// Eight places, four for one, and nobody waits.
fn eight() -> Admission {
    let bounds = Bounds { whole: 8, plugin: 4, app: 4, key: "engine.max_concurrent_calls" };
    Admission::new(bounds, 0, Duration::ZERO)
}

fn app(name: &str) -> Arc<str> {
    Arc::from(name)
}

async fn enter(admission: &Admission, count: usize, of: &str, plugin: &PlaceHolder) -> Vec<HeldPlace> {
    let mut places = Vec::new();
    for _ in 0..count {
        places.push(admission.enter(&app(of), plugin).await.unwrap());
    }
    places
}

async fn refused(admission: &Admission, of: &str, plugin: &PlaceHolder) -> String {
    let Err(NoPlace(message)) = admission.enter(&app(of), plugin).await else { panic!("there was a place") };
    message
}

#[tokio::test]
async fn a_plugin_that_holds_its_share_does_not_keep_others_out() {
    let (admission, dead, live) = (eight(), plugin("dead", None), plugin("live", None));
    let held = enter(&admission, 4, "a", &dead).await;
    assert!(refused(&admission, "a", &dead).await.contains("`concurrent` in [plugins.dead.limits]"));
    assert!(refused(&admission, "a", &live).await.contains("`engine.max_calls_per_app`"));
    let others = enter(&admission, 2, "b", &live).await;
    drop((held, others));
    enter(&admission, 4, "a", &live).await;
}

#[tokio::test]
async fn the_last_places_are_for_apps_that_hold_few() {
    let (admission, kb) = (eight(), plugin("kb", None));
    let _held = (enter(&admission, 4, "a", &kb).await, enter(&admission, 2, "b", &plugin("x", None)).await);
    let message = refused(&admission, "b", &plugin("y", None)).await;
    assert!(message.contains("kept for apps") && message.contains("`engine.max_concurrent_calls`"));
    // Also where the plugin is one that others have filled.
    let _last = enter(&admission, 2, "c", &kb).await;
    assert!(refused(&admission, "d", &kb).await.contains("all places"));
}

#[tokio::test]
async fn a_bound_that_the_operator_gave_a_plugin_holds_for_every_app() {
    let (admission, one) = (eight(), plugin("one", Some(1)));
    let _held = enter(&admission, 1, "a", &one).await;
    assert!(refused(&admission, "b", &one).await.contains("[plugins.one.limits]"));
}

#[tokio::test]
async fn apps_that_wait_take_turns_and_one_cannot_fill_the_queue() {
    let bounds = Bounds { whole: 1, plugin: 1, app: 1, key: "engine.max_concurrent_calls" };
    let admission = Admission::new(bounds, 4, Duration::from_secs(60));
    let kb = plugin("kb", None);
    let held = admission.enter(&app("busy"), &kb).await.unwrap();
    let order = std::sync::Mutex::new(Vec::new());
    let wait = async |name: &'static str| {
        let place = admission.enter(&app(name), &kb).await;
        order.lock().unwrap().push((name, place.is_ok()));
    };
    let release = async {
        // Polled last: by now all others wait.
        drop(held);
    };
    tokio::join!(wait("busy"), wait("busy"), wait("busy"), wait("quiet"), release);
    let order = order.into_inner().unwrap();
    assert_eq!(order[0], ("busy", false), "two of four may be the busy app's");
    assert_eq!(order[1..], [("busy", true), ("quiet", true), ("busy", true)]);
}

#[tokio::test]
async fn waiting_ends() {
    let bounds = Bounds { whole: 1, plugin: 1, app: 1, key: "engine.max_concurrent_calls" };
    let admission = Admission::new(bounds, 1, Duration::from_millis(1));
    let kb = plugin("kb", None);
    let _held = admission.enter(&app("a"), &kb).await.unwrap();
    assert!(refused(&admission, "b", &kb).await.contains("all places"));
}
