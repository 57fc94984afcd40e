//! How a choice goes through a list: by rows, by pages, to its ends; the same everywhere.

use crossterm::event::KeyCode;

use super::action::Action;

/// A way through a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Move {
    /// So many rows down; up when negative.
    By(isize),
    /// By so many pages: a row stays in sight.
    Page(isize),
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
            Action::PageOn => Move::Page(1),
            Action::PageBack => Move::Page(-1),
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
            KeyCode::PageDown => Move::Page(1),
            KeyCode::PageUp => Move::Page(-1),
            KeyCode::Home => Move::First,
            KeyCode::End => Move::Last,
            _ => return None,
        })
    }

    /// Where it leads from a place in a list of so many rows, `page` of which are in sight; the ends
    /// stop it.
    pub fn from(self, place: usize, count: usize, page: usize) -> usize {
        let last = count.saturating_sub(1);
        let page = isize::try_from(page).unwrap_or(isize::MAX);
        match self {
            Move::By(rows) => place.saturating_add_signed(rows).min(last),
            Move::Page(pages) => {
                let rows = pages.saturating_mul((page - 1).max(1));
                place.saturating_add_signed(rows).min(last)
            }
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
        assert_eq!(Move::Page(-1).from(3, 5, 10), 0);
        assert_eq!(Move::By(1).from(3, 5, 10), 4);
        assert_eq!(Move::Page(1).from(3, 5, 10), 4);
        assert_eq!(Move::First.from(3, 5, 10), 0);
        assert_eq!(Move::Last.from(3, 5, 10), 4);
        assert_eq!(Move::Last.from(0, 0, 0), 0);
    }

    #[test]
    fn a_page_keeps_one_row_in_sight() {
        assert_eq!(Move::Page(1).from(0, 99, 28), 27);
        assert_eq!(Move::Page(-1).from(54, 99, 28), 27);
        assert_eq!(Move::Page(1).from(5, 99, 1), 6);
    }
}
