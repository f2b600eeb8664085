//! For tests that a panic restores the terminal and loses no change: in builds with debug assertions, `TSUNDOKU_PANIC=screen` or `=worker`
//! makes that thread panic, and
//! `TSUNDOKU_PANIC=stack` makes the thread of the screen use up its stack.

/// Panics when the environment asks for it at this place. Does nothing in a release build.
#[expect(clippy::panic, reason = "it is requested")]
pub(super) fn panic_on_request(place: &str) {
    if !cfg!(debug_assertions) {
        return;
    }
    match std::env::var("TSUNDOKU_PANIC") {
        Ok(requested) if requested == place => panic!("panic requested in the {place}"),
        Ok(requested) if requested == "stack" && place == "screen" => drop(use_up_the_stack(0)),
        _ => {}
    }
}

/// Calls itself until the stack is used up.
fn use_up_the_stack(depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 512]);
    // No thread's stack is that deep.
    if depth == u64::MAX { 0 } else { use_up_the_stack(depth + 1) + room.iter().sum::<u64>() }
}
