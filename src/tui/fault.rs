//! For tests that a panic restores the terminal and loses no change: in builds with debug assertions, `TSUNDOKU_PANIC=screen` or `=worker`
//! makes that thread panic.

/// Panics when the environment asks for it at this place. Does nothing in a release build.
#[expect(clippy::panic, reason = "it is requested")]
pub(super) fn panic_on_request(place: &str) {
    if cfg!(debug_assertions) && std::env::var("TSUNDOKU_PANIC").is_ok_and(|requested| requested == place) {
        panic!("panic requested in the {place}");
    }
}
