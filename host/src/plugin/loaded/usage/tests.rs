use std::sync::Arc;

use super::*;
use crate::plugin::process::{Clients, LimitSettings};

fn plugin() -> PluginContext {
    let mut bare = PluginContext::bare("kb", LimitSettings::default(), &Arc::new(Clients::new().unwrap()));
    Arc::get_mut(&mut bare.grants).unwrap().knowledge = vec!["policy".into()];
    bare
}

fn lacking(what: &Ungranted) -> CallSpent<'_> {
    let duration = Duration::from_millis(3);
    CallSpent { duration, ungranted: std::slice::from_ref(what), ..CallSpent::default() }
}

#[test]
fn a_denial_names_the_whole_line_and_the_last_turn() {
    let usage = PluginUsage::default();
    for trace in [Some("t1"), Some("t2"), None] {
        usage.note(trace, None, &lacking(&Ungranted::Knowledge("faq".into())));
    }
    usage.note(None, None, &lacking(&Ungranted::Host("https://x.example".into())));
    usage.note(None, None, &lacking(&Ungranted::Requests(32)));
    let seen = usage.seen(&plugin());
    let told = |place: usize| {
        let SeenDenied { denied, count, last, .. } = &seen.denied[place];
        (denied.table.as_deref().unwrap(), denied.line.as_deref().unwrap(), *count, last.as_deref())
    };
    assert_eq!(told(0), ("plugins.kb.limits", "requests = 64", 1, None));
    assert_eq!(told(1), ("plugins.kb.grants", r#"hosts = ["https://x.example"]"#, 1, None));
    assert_eq!(told(2), ("plugins.kb.grants", r#"knowledge = ["policy", "faq"]"#, 3, Some("t2")));
    assert_eq!((seen.calls, seen.errors, seen.worst.requests), (5, 0, 1));
    // What is granted with the next configuration is missing no longer.
    let mut granted = plugin();
    granted.limits.requests = 64;
    Arc::get_mut(&mut granted.grants).unwrap().knowledge.push("faq".into());
    let left: Vec<String> = usage.seen(&granted).denied.into_iter().map(|seen| seen.denied.what).collect();
    assert_eq!(left, ["https://x.example"]);
}

#[test]
fn a_guest_that_asks_for_always_something_else_fills_nothing() {
    let usage = PluginUsage::default();
    for number in 0..1000 {
        let what = Ungranted::Host(format!("https://{number}.example"));
        let error = CallError::Host { message: "长".repeat(1000) };
        usage.note(Some("t"), Some(&error), &lacking(&what));
    }
    let seen = usage.seen(&plugin());
    assert_eq!((seen.denied.len(), seen.last_errors.len()), (MAX_DENIED, MAX_ERRORS));
    assert_eq!(seen.denied[0].denied.what, "https://999.example");
    assert!(seen.last_errors.iter().all(|error| error.message.len() < LONGEST_ERROR + 40));
}

#[test]
fn what_never_ran_took_no_time() {
    let usage = PluginUsage::default();
    let error = CallError::Busy { message: "full".into() };
    usage.note(Some("t"), Some(&error), &CallSpent::default());
    let seen = usage.seen(&plugin());
    assert_eq!((seen.calls, seen.errors, seen.p50_ms), (1, 1, None));
}
