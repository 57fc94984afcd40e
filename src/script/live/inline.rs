//! A session without a thread of its own: what is asked is done at once, and time passes when it
//! is told to. The same answers as from [`super::Live`], without the wall's time.

use super::shelf::Shelf;
use super::{Ask, Begin, STRIDE};
use crate::raft::Micros;
use crate::session::Scene;
use crate::world::Hosts;

/// The sessions of one start, in the hands of whoever calls. Nothing is kept on disk.
pub struct Inline {
    shelf: Shelf,
}

impl Inline {
    /// Begins, with the nodes in the caller's thread too.
    pub fn start(mut begin: Begin) -> Inline {
        begin.usual.hosts = Hosts::Inline;
        Inline {
            shelf: Shelf::new(begin),
        }
    }

    /// Does what is asked.
    pub fn obey(&mut self, ask: Ask) {
        self.shelf.obey(ask);
        self.shelf.shown().wait_for_futures();
    }

    /// Lets virtual time pass, unless it is held or something holds it meanwhile.
    pub fn pass(&mut self, time: Micros) {
        let director = self.shelf.shown();
        let until = director.now().saturating_add(time);
        while director.playing() && director.now() < until {
            director.pass(until.min(director.now() + STRIDE));
        }
    }

    /// What is seen.
    pub fn scene(&self) -> Scene {
        self.shelf.scene()
    }

    /// What was done up to the instant shown, as a script.
    pub fn script_so_far(&mut self) -> String {
        self.shelf.shown().script_so_far()
    }
}
