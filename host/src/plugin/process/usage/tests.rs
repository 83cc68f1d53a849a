use super::*;
use crate::plugin::process::{Grants, LimitSettings};

/// What a plugin may do.
struct Configured {
    grants: Grants,
    limits: LimitSettings,
}

impl Configured {
    fn in_force(&self) -> GrantsInForce<'_> {
        GrantsInForce { plugin: "kb", grants: &self.grants, limits: &self.limits }
    }
}

fn plugin() -> Configured {
    let mut grants = Grants::none();
    grants.knowledge = vec!["policy".into()];
    Configured { grants, limits: LimitSettings::default() }
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
    let seen = usage.seen(plugin().in_force());
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
    granted.grants.knowledge.push("faq".into());
    let left: Vec<String> =
        usage.seen(granted.in_force()).denied.into_iter().map(|seen| seen.denied.what).collect();
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
    let seen = usage.seen(plugin().in_force());
    assert_eq!((seen.denied.len(), seen.last_errors.len()), (MAX_DENIED, MAX_ERRORS));
    assert_eq!(seen.denied[0].denied.what, "https://999.example");
    assert!(seen.last_errors.iter().all(|error| error.message.len() < LONGEST_ERROR + 40));
}

#[test]
fn what_never_ran_took_no_time() {
    let usage = PluginUsage::default();
    let error = CallError::Busy { message: "full".into() };
    usage.note(Some("t"), Some(&error), &CallSpent::default());
    let seen = usage.seen(plugin().in_force());
    assert_eq!((seen.calls, seen.errors, seen.p50_ms), (1, 1, None));
}

#[test]
fn calls_are_counted_by_hours_and_what_is_older_than_a_day_is_forgotten() {
    let mut counts = UsageCounts::default();
    for hour in 0..40 {
        for call in 0..=hour {
            counts.count_in_hour(hour * HOUR, call == 0);
        }
    }
    let hours = counts.hours_until(39 * HOUR);
    let told = hours.iter().map(|hour| (hour.from / HOUR, hour.calls, hour.errors)).collect::<Vec<_>>();
    assert_eq!(told, (16..40).map(|hour| (hour, hour + 1, 1)).collect::<Vec<_>>());
    // Nothing was called since.
    assert_eq!(counts.hours_until(50 * HOUR).len(), 13);
    assert_eq!(counts.hours_until(100 * HOUR), []);
    // The clock was set back.
    counts.count_in_hour(3 * HOUR, false);
    assert_eq!(counts.hours_until(39 * HOUR).last().map(|hour| hour.calls), Some(41));
}
