//! The command line's entry point.

use std::process::ExitCode;

/// Thousands of streams that have ended leave holes, which the system's allocator keeps for good; this one gives
/// them back within seconds.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    qianfan_host::cli::run()
}
