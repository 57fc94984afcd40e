//! How a choice goes through a list: by rows, by pages, to its ends; the same everywhere.

use crossterm::event::KeyCode;

use super::action::Action;

/// How many rows a page has; what is drawn may have fewer.
const PAGE: isize = 10;

/// A way through a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Move {
    /// So many rows down; up when negative.
    By(isize),
    /// To the first row.
    First,
    /// To the last row.
    Last,
}

impl Move {
    /// What an action of the keymap means in a list, if it means anything there.
    pub fn of_action(action: Action) -> Option<Move> {
        Some(match action {
            Action::SelectNext => Move::By(1),
            Action::SelectPrevious => Move::By(-1),
            Action::PageOn => Move::By(PAGE),
            Action::PageBack => Move::By(-PAGE),
            Action::SeekStart => Move::First,
            Action::SeekEnd => Move::Last,
            _ => return None,
        })
    }

    /// What a key means in a list that is searched by typing, where letters are text.
    pub fn of_key(code: KeyCode) -> Option<Move> {
        Some(match code {
            KeyCode::Down => Move::By(1),
            KeyCode::Up => Move::By(-1),
            KeyCode::PageDown => Move::By(PAGE),
            KeyCode::PageUp => Move::By(-PAGE),
            KeyCode::Home => Move::First,
            KeyCode::End => Move::Last,
            _ => return None,
        })
    }

    /// Where it leads from a place in a list of so many rows; the ends stop it.
    pub fn from(self, place: usize, count: usize) -> usize {
        let last = count.saturating_sub(1);
        match self {
            Move::By(rows) => place.saturating_add_signed(rows).min(last),
            Move::First => 0,
            Move::Last => last,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_stop_it() {
        assert_eq!(Move::By(-PAGE).from(3, 5), 0);
        assert_eq!(Move::By(1).from(3, 5), 4);
        assert_eq!(Move::By(PAGE).from(3, 5), 4);
        assert_eq!((Move::First.from(3, 5), Move::Last.from(3, 5)), (0, 4));
        assert_eq!(Move::Last.from(0, 0), 0);
    }
}
