//! A way to see, in builds with debug assertions, that a panic gives the terminal back and costs no change: `TSUNDOKU_PANIC=screen` or
//! `=worker` makes that thread panic at the next chance.

/// Panics when the environment asks for it at this place. Does nothing in a release build.
#[expect(clippy::panic, reason = "it is asked for")]
pub(super) fn panic_on_request(place: &str) {
    if cfg!(debug_assertions) && std::env::var("TSUNDOKU_PANIC").is_ok_and(|wanted| wanted == place) {
        panic!("asked to panic in the {place}");
    }
}
