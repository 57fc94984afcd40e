//! The links of the network, one of which is chosen: the arrows go from cell to cell.

use super::{App, Outgoing};
use crate::command::ViewName;
use crate::raft::NodeId;
use crate::screen::Overlay;
use crate::tui::offers;

impl App {
    pub(super) fn link_is_chosen(&self) -> bool {
        self.ui.view == ViewName::Network
            && self.ui.link.is_some()
            && self.ui.overlay == Overlay::None
    }

    /// Chooses the link so many rows down and columns to the right, round the edges: the first
    /// of the selected node, if none was.
    pub(super) fn step_link(&mut self, down: isize, right: isize) -> Vec<Outgoing> {
        let count = self.scene.world.nodes.len().max(1) as isize;
        let step = |id: NodeId, by: isize| {
            NodeId::from_slot((id.slot() as isize + by).rem_euclid(count) as usize)
        };
        let selected = self.selected().map_or(NodeId(1), |node| node.id);
        let link = match self.ui.link {
            Some((from, to)) => (step(from, down), step(to, right)),
            None => (selected, step(selected, 1)),
        };
        self.choose_link(link)
    }

    /// Chooses a link. No message is chosen beside it: keys act on one thing, and it is seen which.
    pub(super) fn choose_link(&mut self, link: (NodeId, NodeId)) -> Vec<Outgoing> {
        (self.ui.link, self.ui.flight) = (Some(link), None);
        Vec::new()
    }

    /// Offers what can be done with the chosen link.
    pub(super) fn offer_link(&mut self) -> Vec<Outgoing> {
        match self.ui.link {
            Some(link) => self.offer(offers::of_link(&self.scene.world, link)),
            None => self.say("choose a link first"),
        }
    }

    /// Forgets the chosen link when its nodes are gone: they were never added on this branch.
    pub(super) fn keep_link(&mut self) {
        let count = self.scene.world.nodes.len();
        let there = |&(from, to): &(NodeId, NodeId)| from.slot().max(to.slot()) < count;
        self.ui.link = self.ui.link.filter(there);
    }
}
