//! Clients' requests at a node that may lead: writes become entries, reads are answered as their
//! mode says.

use std::sync::Arc;

use super::NodeId;
use super::forward::Asker;
use super::log::Payload;
use super::node::{Node, Role};
use super::options::ReadMode;
use super::rule::Rule;
use super::turn::{Answer, Turn};
use crate::kv::{Outcome, Request};

impl Node {
    /// A client asks, directly or `through` another node. Writes become entries; reads are
    /// answered as their mode says.
    pub(super) fn on_request(
        &mut self,
        request: Arc<Request>,
        reads: ReadMode,
        through: Option<NodeId>,
        turn: &mut Turn,
    ) {
        let asker = Asker::of(&request, through);
        if request.operation.is_read() {
            return self.on_read(asker, request.operation.key().clone(), reads, turn);
        }
        let Some(request) = self.postpone(request, reads, through) else {
            return;
        };
        let Role::Leader(leader) = &mut self.role else {
            return self.redirect(asker, turn);
        };
        if self.rules.on(Rule::ClientSessions)
            && let Some(waiting) = leader.writers.waiting_with(asker)
        {
            // The client may have turned to another node meanwhile.
            *waiting = asker;
            return;
        }
        let early = (!self.rules.on(Rule::ReplyAfterCommit)).then(|| self.foretell(&request));
        let index = self.append_own(Payload::Command(request), turn);
        match (early, &mut self.role) {
            (Some(Some(outcome)), _) => {
                let entry = Some((index, self.term));
                self.answer(asker, Answer::Outcome(outcome), entry, turn);
            }
            (None, Role::Leader(leader)) => leader.writers.push(index, asker),
            _ => {}
        }
        self.replicate_new(turn);
        // The leader's own copy counts at once only where no sync is waited for.
        if self.own_match() >= index {
            self.advance_commit(turn);
        }
    }

    /// The answer that a request will have if the whole log before it is committed; it is given
    /// too early when `reply-after-commit` is off.
    fn foretell(&self, request: &Request) -> Option<Outcome> {
        let mut store = self.store.clone();
        let sessions = self.rules.on(Rule::ClientSessions);
        for index in self.applied + 1..=self.log.last() {
            if let Some(Payload::Command(earlier)) = self.log.get(index).map(|e| &e.payload) {
                store.apply(earlier, sessions);
            }
        }
        store.apply(request, sessions).outcome
    }
}
