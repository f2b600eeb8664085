//! The welcome page: the five things to try first. Shown when the library is new.

use super::command::Action;
use super::flow::{StyledLine, StyledSpan, TextRole};
use super::model::Model;
use super::overlay::TextPage;

pub(super) fn page(model: &Model) -> TextPage {
    let key = |action| model.key_for(action);
    let line = |keys: String, words: String| {
        StyledLine::of(vec![
            StyledSpan::new(format!("{keys:<8}"), TextRole::Heading),
            StyledSpan::new(words, TextRole::Text),
        ])
    };
    let keys = |actions: &[Action]| actions.iter().map(|action| key(*action)).collect::<Vec<_>>().join(" ");
    let lines = vec![
        line(
            keys(&[Action::MoveDown, Action::MoveUp]),
            format!("move; {} opens a paper. Try things out on this starter shelf", key(Action::Activate)),
        ),
        line(key(Action::Search), "searches as you type: words, \"phrases\", author:dao, year:2024".to_owned()),
        line(
            keys(&[Action::Star, Action::ToggleRead, Action::Tags]),
            format!("star, mark read, tag; {} undoes anything, even tomorrow", key(Action::Undo)),
        ),
        line(key(Action::Import), "imports a digest saved as text, or a folder of them".to_owned()),
        line(key(Action::Help), "lists every key. Any key closes this page".to_owned()),
    ];
    TextPage { title: "Welcome to tsundoku", lines, any_key_closes: true, ..TextPage::default() }
}
