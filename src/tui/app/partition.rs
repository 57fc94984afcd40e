//! Nodes are marked, and cut off from the others.

use super::{App, Outgoing};
use crate::command::ViewName;
use crate::raft::NodeId;
use crate::screen::Overlay;
use crate::tui::deeds;

impl App {
    /// Begins to mark nodes, or ends it.
    pub(super) fn toggle_partition(&mut self) -> Vec<Outgoing> {
        // Nodes are marked where the cluster is seen.
        self.show_view(ViewName::Main);
        self.ui.overlay = match self.ui.overlay {
            Overlay::Partition { .. } => Overlay::None,
            _ => Overlay::Partition {
                marked: Default::default(),
            },
        };
        Vec::new()
    }

    /// Marks a node, or takes its mark away.
    pub(super) fn mark(&mut self, id: NodeId) -> Vec<Outgoing> {
        if let Overlay::Partition { marked } = &mut self.ui.overlay
            && !marked.remove(&id)
        {
            marked.insert(id);
        }
        Vec::new()
    }

    /// Cuts off the nodes that are marked.
    pub(super) fn cut_off(&mut self) -> Vec<Outgoing> {
        let Overlay::Partition { marked } = &self.ui.overlay else {
            return Vec::new();
        };
        match deeds::partition(&self.scene.world, marked) {
            Some(command) => {
                self.ui.overlay = Overlay::None;
                self.perform(Some(command))
            }
            None => self.say("mark at least one node, and leave at least one"),
        }
    }
}
