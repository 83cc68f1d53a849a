//! What a guest does to itself: loops, memory, stack, panics, floods.

use super::*;

fn trap(outcome: &CallOutcome) -> (TrapKind, &str) {
    match &outcome.result {
        Err(CallError::Trap { cause, message }) => (*cause, message),
        other => panic!("expected a trap, got {other:?}"),
    }
}

/// A guest that does this and is given time: memory that is mapped piece by piece takes a busy machine long.
fn patient(behaviour: &str) -> PluginSettings {
    let mut settings = settings(json!({"behaviour": behaviour}));
    settings.limits.timeout = Duration::from_secs(60);
    settings
}

#[tokio::test]
async fn an_endless_loop_ends_at_the_deadline_and_lets_others_run_meanwhile() {
    let engine = engine();
    let mut looping = settings(json!({"behaviour": "loop"}));
    looping.limits.timeout = Duration::from_millis(300);
    let plugin = load(&engine, &looping).await;
    let echo = load(&engine, &settings(json!({"behaviour": "echo"}))).await;
    let turn = input();
    // One thread: only a loop that is interrupted lets the other call through.
    let (stuck, quick) = tokio::join!(plugin.contribute(&turn), async {
        let quick = echo.contribute(&turn).await;
        (quick.result, std::time::Instant::now())
    });
    let ended = std::time::Instant::now();
    assert_eq!(stuck.result, Err(CallError::Timeout { limit: Duration::from_millis(300) }));
    assert_eq!(quick.0, outcome("北京分数线 0 "));
    assert!(quick.1 < ended, "the other call was over before the loop was");
    assert!(stuck.report.duration >= Duration::from_millis(300) && stuck.report.peak_memory > 0);
    serves(&engine).await;
}

#[tokio::test]
async fn a_guest_that_loops_leaves_the_thread_it_was_called_on() {
    let engine = engine();
    let looping = load(&engine, &settings(json!({"behaviour": "loop"}))).await;
    let filling = load(&engine, &settings(json!({"behaviour": "fill", "bytes": 30 << 20}))).await;
    let echo = load(&engine, &settings(json!({"behaviour": "echo"}))).await;
    for long in [looping, filling] {
        let turn = input();
        let mut stuck = Box::pin(long.contribute(&turn));
        // One thread: a call that stayed on it would not let this end.
        let handed_over = async {
            while !long.pace.is_long() {
                tokio::task::yield_now().await;
            }
        };
        let handed_over = tokio::time::timeout(Duration::from_secs(60), handed_over);
        tokio::select! {
            _ = &mut stuck => panic!("it never ends by itself"),
            handed_over = handed_over => handed_over.unwrap(),
        }
        // Nobody polls the guest's future here, and still the next calls go through beside it.
        for _ in 0..10 {
            assert_eq!(echo.contribute(&turn).await.result, outcome("北京分数线 0 "));
        }
        assert!(!echo.pace.is_long(), "short calls stay where they are");
    }
    serves(&engine).await;
}

#[tokio::test]
async fn a_memory_bomb_is_refused_memory_and_the_limit_is_named() {
    let engine = engine();
    let mut bomb = settings(json!({"behaviour": "memory"}));
    bomb.limits.memory = ByteSize(16 << 20);
    let outcome = call(&engine, &bomb).await;
    let (cause, message) = trap(&outcome);
    assert_eq!(cause, TrapKind::OutOfMemory);
    assert!(message.contains("16MiB") && message.contains("limits.memory"), "{message}");
    let peak = outcome.report.peak_memory;
    assert!(peak > 12 << 20 && peak <= 16 << 20, "{peak}");
    serves(&engine).await;
}

#[tokio::test]
async fn a_stack_overflow_is_a_trap_of_its_own() {
    let engine = engine();
    let outcome = call(&engine, &settings(json!({"behaviour": "overflow"}))).await;
    assert_eq!(trap(&outcome).0, TrapKind::StackOverflow);
    // A stack within the guest's memory ends at the memory's start.
    let outcome = call(&engine, &settings(json!({"behaviour": "overflow-frames"}))).await;
    assert_eq!(trap(&outcome).0, TrapKind::Crash);
    serves(&engine).await;
}

#[tokio::test]
async fn a_panic_is_a_trap_with_its_words() {
    let engine = engine();
    let outcome = call(&engine, &settings(json!({"behaviour": "panic"}))).await;
    let (cause, message) = trap(&outcome);
    assert_eq!(cause, TrapKind::Crash);
    assert!(message.contains("出错了") && message.contains("unreachable"), "{message}");
    serves(&engine).await;
}

#[tokio::test]
async fn leaving_the_process_is_a_trap_of_the_guest() {
    let engine = engine();
    assert_eq!(trap(&call(&engine, &settings(json!({"behaviour": "exit"}))).await).0, TrapKind::Crash);
    serves(&engine).await;
}

#[tokio::test]
async fn output_up_to_the_limit_passes_and_more_is_refused_however_much_it_is() {
    let engine = engine();
    let output = |bytes: usize| settings(json!({"behaviour": "output", "bytes": bytes}));
    let Ok(Contribution::Answer { text, .. }) = call(&engine, &output(1 << 20)).await.result else {
        panic!("1 MiB is allowed")
    };
    assert_eq!(text.len(), 1 << 20);
    // Measured by the host, and stopped by wasmtime before it is copied.
    for bytes in [(1 << 20) + 1, 32 << 20] {
        let outcome = call(&engine, &output(bytes)).await;
        let (cause, message) = trap(&outcome);
        assert_eq!(cause, TrapKind::TooMuchData, "{bytes}: {message}");
        assert!(message.contains("1MiB") && message.contains("limits.output"), "{message}");
    }
    serves(&engine).await;
}

#[tokio::test]
async fn a_flood_of_log_lines_is_cut_and_counted() {
    let engine = engine();
    let outcome = call(&engine, &settings(json!({"behaviour": "log", "lines": 1000}))).await;
    assert_eq!(text(&outcome), "done");
    assert_eq!((outcome.report.logs.len(), outcome.report.logs_dropped), (100, 900));
    assert!(outcome.report.logs.iter().all(|line| line.message.len() <= 2048 && line.level == Level::Warn));
}

#[tokio::test]
async fn resources_and_random_bytes_come_to_an_end() {
    let engine = engine();
    let full = call(&engine, &settings(json!({"behaviour": "resources"}))).await;
    let (cause, message) = trap(&full);
    assert_eq!(cause, TrapKind::TooManyHandles, "{message}");
    assert!(message.contains("1000") && message.contains("`limits.handles`"), "{message}");
    let random = call(&engine, &settings(json!({"behaviour": "random", "bytes": 1_u64 << 40}))).await;
    assert_eq!(trap(&random).0, TrapKind::Crash);
    let outcome = call(&engine, &settings(json!({"behaviour": "random", "bytes": 32}))).await;
    assert_eq!(text(&outcome), "32");
    serves(&engine).await;
}

#[tokio::test]
async fn what_the_host_holds_for_a_guest_counts_as_its_memory() {
    let engine = engine();
    for what in ["bodies", "methods", "headers", "copies"] {
        let mut hoard = settings(json!({"behaviour": "hoard", "what": what}));
        hoard.limits.memory = ByteSize(8 << 20);
        // They work at low priority, and the machine may have other work.
        hoard.limits.timeout = Duration::from_secs(60);
        let outcome = call(&engine, &hoard).await;
        let (cause, message) = trap(&outcome);
        assert_eq!(cause, TrapKind::OutOfMemory, "{what}: {message}");
        assert!(message.contains("8MiB") && message.contains("`limits.memory`"), "{what}: {message}");
        let peak = outcome.report.peak_memory;
        assert!(peak > 6 << 20 && peak <= 8 << 20, "{what}: {peak}");
        // With memory enough they come to the end of their handles.
        hoard.limits.memory = ByteSize(256 << 20);
        hoard.limits.handles = 16;
        let outcome = call(&engine, &hoard).await;
        let (cause, message) = trap(&outcome);
        assert_eq!(cause, TrapKind::TooManyHandles, "{what}: {message}");
    }
    serves(&engine).await;
}

#[tokio::test]
async fn there_are_no_files_no_environment_no_arguments_and_no_sockets() {
    let engine = engine();
    let outcome = call(&engine, &settings(json!({"behaviour": "probe"}))).await;
    assert_eq!(text(&outcome), "", "a guest got something from the system");
}

#[tokio::test]
async fn a_call_given_up_by_its_caller_leaves_its_place() {
    let engine = Engine::new(&EngineSettings { max_concurrent_calls: 1, ..engine_settings() }).unwrap();
    let plugin = load(&engine, &settings(json!({"behaviour": "loop"}))).await;
    let given_up = tokio::time::timeout(Duration::from_millis(100), plugin.contribute(&input())).await;
    assert!(given_up.is_err());
    serves(&engine).await;
}

#[tokio::test]
async fn calls_beyond_the_places_and_the_queue_are_refused() {
    let places = EngineSettings { max_concurrent_calls: 1, max_waiting: 0, ..engine_settings() };
    let engine = Engine::new(&places).unwrap();
    let mut looping = settings(json!({"behaviour": "loop"}));
    looping.limits.timeout = Duration::from_millis(200);
    let plugin = load(&engine, &looping).await;
    let turn = input();
    let (first, second) = tokio::join!(plugin.contribute(&turn), plugin.contribute(&turn));
    assert!(matches!(first.result, Err(CallError::Timeout { .. })));
    let Err(CallError::Busy { message }) = second.result else { panic!("{:?}", second.result) };
    assert!(message.contains("`engine.max_concurrent_calls`"), "{message}");
    serves(&engine).await;
}

#[tokio::test]
async fn everything_is_contained_without_a_pool_too() {
    let engine =
        Engine::new(&EngineSettings { allocator: Allocator::OnDemand, ..engine_settings() }).unwrap();
    assert!(!engine.is_pooling());
    let mut looping = settings(json!({"behaviour": "loop"}));
    looping.limits.timeout = Duration::from_millis(100);
    assert!(matches!(call(&engine, &looping).await.result, Err(CallError::Timeout { .. })));
    for (behaviour, expected) in
        [("memory", TrapKind::OutOfMemory), ("overflow", TrapKind::StackOverflow), ("panic", TrapKind::Crash)]
    {
        assert_eq!(trap(&call(&engine, &patient(behaviour)).await).0, expected, "{behaviour}");
    }
    serves(&engine).await;
}

#[tokio::test]
async fn where_address_space_is_short_there_is_no_pool_and_calls_go_on() {
    const SHORT: &str = "QIANFAN_TEST_ADDRESS_SPACE_IS_SHORT";
    if std::env::var_os(SHORT).is_some() {
        let engine = engine();
        assert!(!engine.is_pooling());
        let bomb = call(&engine, &patient("memory")).await;
        assert_eq!(trap(&bomb).0, TrapKind::OutOfMemory);
        return serves(&engine).await;
    }
    // Built here: a compiler needs more than what is left below.
    guests::hostile();
    // The limit holds for a process, so this test runs itself in one of its own.
    let name = "plugin::tests::contained::where_address_space_is_short_there_is_no_pool_and_calls_go_on";
    let ran = std::process::Command::new("sh")
        .args(["-c", "ulimit -v 8388608 && exec \"$0\" --exact \"$1\""])
        .arg(std::env::current_exe().unwrap())
        .arg(name)
        .env(SHORT, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&ran.stderr)
    );
}
