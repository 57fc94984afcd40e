//! Messages handled by hand: which, and how many.

use std::collections::BTreeSet;

use super::Way;
use crate::raft::Kind;
use crate::world::command::{Handling, KindPattern};

/// Messages that a statement wants handled: those that match, counted as they are sent.
#[derive(Clone, Debug)]
pub struct Filter {
    /// What is done with them.
    pub handling: Handling,
    kind: KindPattern,
    links: BTreeSet<Way>,
    /// How many that match still go by untouched.
    skip: u64,
    /// How many are still to be taken; `None` without end.
    left: Option<u64>,
}

impl Filter {
    /// The `nth` message that matches and those after it, `count` in all.
    pub fn new(
        handling: Handling,
        kind: KindPattern,
        links: BTreeSet<Way>,
        nth: u64,
        count: Option<u64>,
    ) -> Filter {
        Filter {
            handling,
            kind,
            links,
            skip: nth.saturating_sub(1),
            left: count,
        }
    }

    /// Counts a message; true when it is to be handled. One without a kind is meant by `any` only.
    pub fn takes(&mut self, kind: Option<Kind>, way: Way) -> bool {
        let kind_fits = self.kind.is_none_or(|wanted| kind == Some(wanted));
        if self.done() || !kind_fits || !self.links.contains(&way) {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        if let Some(left) = &mut self.left {
            *left -= 1;
        }
        true
    }

    /// True when nothing is left to take.
    pub fn done(&self) -> bool {
        self.left == Some(0)
    }
}
