//! The welcome: five lines for somebody who has never seen the reader.

use super::command::Action;
use super::flow::{Line, Piece, Role};
use super::model::Model;
use super::overlay::Page;

pub(super) fn page(model: &Model) -> Page {
    let key = |action| model.keymap.keys_of(action, model.scope()).into_iter().next().unwrap_or_default();
    let line = |keys: String, words: &str| {
        Line::of(vec![Piece::new(format!("{keys:<8}"), Role::Heading), Piece::new(words, Role::Text)])
    };
    let lines = vec![
        line(
            format!("{} {}", key(Action::MoveDown), key(Action::MoveUp)),
            "move; Enter reads. All this is a starter shelf, to try things on",
        ),
        line(key(Action::Search), "searches as you type: words, \"phrases\", author:dao, year:2024"),
        line(
            format!("{} {} {}", key(Action::Star), key(Action::ToggleRead), key(Action::Tags)),
            "star, mark read, tag; u takes anything back, even tomorrow",
        ),
        line(key(Action::Import), "imports a pasted digest, or a folder of them"),
        line(key(Action::Help), "lists every key. Whatever key you press now, this goes away"),
    ];
    Page { title: "Welcome to tsundoku", lines, top: 0 }
}
