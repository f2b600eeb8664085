//! What is fuzzed: one function a target. It takes any bytes and panics when what must hold for every input does not. The fuzzer's
//! programs and the test that replays the corpus both include this module.

mod files;
mod index;
mod query;
mod tex;

pub(crate) use files::{bib_json, bibtex, csv, decode, html, json, mail, page, snapshot, tagged, xml};
pub(crate) use index::index;
pub(crate) use query::query;
pub(crate) use tex::tex;

/// Takes any bytes; panics when a check fails.
pub(crate) type FuzzTarget = fn(&[u8]);

/// Every target by its name, which is also its folder in `corpus/` and its program in `bins/`.
#[allow(dead_code, reason = "the fuzzer's programs call one target each")]
pub(crate) const TARGETS: &[(&str, FuzzTarget)] = &[
    ("query", query),
    ("page", page),
    ("mail", mail),
    ("html", html),
    ("bibtex", bibtex),
    ("tagged", tagged),
    ("bib_json", bib_json),
    ("xml", xml),
    ("csv", csv),
    ("json", json),
    ("snapshot", snapshot),
    ("decode", decode),
    ("tex", tex),
    ("index", index),
];
