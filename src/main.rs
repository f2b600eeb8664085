//! temporary
use std::ops::ControlFlow;
use tsundoku::{library::*, tui};
#[allow(clippy::print_stdout, clippy::unwrap_used, clippy::print_stderr)]
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let dir = std::path::PathBuf::from(std::env::var("TSUNDOKU_DIR").unwrap());
    if args.first().map(String::as_str) == Some("import") {
        let mut library = Library::open(&dir).unwrap();
        let t = std::time::Instant::now();
        let r = library
            .import(
                &ImportRequest { paths: args[1..].iter().map(Into::into).collect(), ..Default::default() },
                &mut |_| ControlFlow::Continue(()),
            )
            .unwrap();
        println!(
            "{:?} distinct {} starter {} rejected {} {:?}",
            r.total(),
            r.distinct,
            r.joined_starter,
            r.rejected(),
            t.elapsed()
        );
        return;
    }
    let trace = std::env::var("TRACE").ok().map(Into::into);
    if let Err(e) = tui::run(&tui::Options { dir: Some(dir), trace, ..Default::default() }) {
        eprintln!("tsundoku: {e}");
        std::process::exit(1)
    }
}
