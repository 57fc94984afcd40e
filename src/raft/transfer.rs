//! Leadership transfer (dissertation, section 3.10).

use std::sync::Arc;

use super::admin::{AdminAnswer, AdminId, Refusal};
use super::event::{Event, RoleReason};
use super::forward::Asker;
use super::message::Message;
use super::node::{Node, Role};
use super::options::ReadMode;
use super::progress::Leader;
use super::turn::{Answer, Turn};
use super::{Micros, NodeId};
use crate::kv::Request;

/// Leadership on its way to another node. New requests wait meanwhile, so that the target can
/// catch up.
#[derive(Clone, Debug)]
pub(super) struct Transfer {
    id: AdminId,
    target: NodeId,
    /// When it is given up, by the leader's clock.
    pub until: Micros,
    postponed: Vec<(Arc<Request>, ReadMode, Option<NodeId>)>,
}

impl Leader {
    /// True when leadership is being handed over because of this order.
    pub fn hands_over_for(&self, id: AdminId) -> bool {
        self.transfer.as_ref().is_some_and(|it| it.id == id)
    }
}

impl Node {
    /// Begins to hand leadership over: the target catches up, and is told to campaign.
    pub(super) fn begin_transfer(
        &mut self,
        id: AdminId,
        target: NodeId,
        again: bool,
        turn: &mut Turn,
    ) {
        let Role::Leader(leader) = &mut self.role else {
            return;
        };
        let refusal = if target == self.id {
            Some(Refusal::AlreadyLeads(target))
        } else if leader.transfer.is_some() {
            Some(Refusal::TransferRunning)
        } else if !self.configuration.is_voter(target) {
            Some(Refusal::NoVoter(target))
        } else if again {
            // An earlier leader had it, and somebody else was elected. Tried by every leader, it would
            // depose them all where the target cannot win.
            Some(Refusal::NotTakenOver(target))
        } else {
            None
        };
        match refusal {
            // It was asked for before, and that is what came of it.
            Some(Refusal::AlreadyLeads(_)) if again => {
                return turn.answer_admin(id, AdminAnswer::Done);
            }
            Some(refusal) => return turn.answer_admin(id, AdminAnswer::Refused(refusal)),
            None => {}
        }
        leader.transfer = Some(Transfer {
            id,
            target,
            until: turn.now + self.options.election_timeout.max,
            postponed: Vec::new(),
        });
        turn.event(Event::TransferBegun { target });
        self.pursue_transfer(turn);
    }

    /// Keeps a request until the transfer has ended; gives it back when there is none.
    pub(super) fn postpone(
        &mut self,
        request: Arc<Request>,
        reads: ReadMode,
        through: Option<NodeId>,
    ) -> Option<Arc<Request>> {
        if let Role::Leader(leader) = &mut self.role
            && let Some(transfer) = &mut leader.transfer
        {
            transfer.postponed.push((request, reads, through));
            return None;
        }
        Some(request)
    }

    /// Tells the target to campaign, if it holds the whole log; called again with heartbeats,
    /// because messages get lost.
    pub(super) fn pursue_transfer(&mut self, turn: &mut Turn) {
        let last = self.log.last();
        let Role::Leader(leader) = &mut self.role else {
            return;
        };
        let Some(target) = leader.transfer.as_ref().map(|transfer| transfer.target) else {
            return;
        };
        let Some(place) = leader.peers.iter().position(|peer| peer.id == target) else {
            return self.give_up_transfer(turn);
        };
        if leader.peers[place].matched == last {
            leader.lease_ended = true;
            self.send(target, self.term, Message::TimeoutNow, None, turn);
        } else {
            self.send_append(place, false, turn);
        }
    }

    /// The target has answered: it may have caught up.
    pub(super) fn pursue_transfer_to(&mut self, peer: NodeId, turn: &mut Turn) {
        if let Role::Leader(leader) = &self.role
            && !leader.lease_ended
            && leader.transfer.as_ref().is_some_and(|it| it.target == peer)
        {
            self.pursue_transfer(turn);
        }
    }

    /// True when the transfer has taken too long.
    pub(super) fn transfer_is_late(&self, now: Micros) -> bool {
        matches!(&self.role, Role::Leader(leader)
            if leader.transfer.as_ref().is_some_and(|transfer| now >= transfer.until))
    }

    /// The leader goes on as before. The target may still campaign, which does no harm.
    pub(super) fn give_up_transfer(&mut self, turn: &mut Turn) {
        let Role::Leader(leader) = &mut self.role else {
            return;
        };
        let Some(transfer) = leader.transfer.take() else {
            return;
        };
        let target = transfer.target;
        turn.event(Event::TransferGivenUp { target });
        let refused = AdminAnswer::Refused(Refusal::NotTakenOver(target));
        turn.answer_admin(transfer.id, refused);
        for (request, reads, through) in transfer.postponed {
            self.on_request(request, reads, through, turn);
        }
    }

    /// The leader wants this node to lead.
    pub(super) fn on_timeout_now(&mut self, from: NodeId, turn: &mut Turn) {
        if matches!(self.role, Role::Leader(_)) {
            return;
        }
        let campaigns = self.configuration.is_voter(self.id);
        let answer = Message::TimeoutNowReply { campaigns };
        self.send(from, self.term, answer, None, turn);
        if campaigns {
            self.campaign(RoleReason::HandedOver, turn);
        }
    }

    pub(super) fn on_timeout_now_reply(&mut self, from: NodeId, campaigns: bool, turn: &mut Turn) {
        if let Role::Leader(leader) = &self.role
            && !campaigns
            && leader.transfer.as_ref().is_some_and(|it| it.target == from)
        {
            self.give_up_transfer(turn);
        }
    }

    /// The leader stepped down: whoever waited is sent on.
    pub(super) fn end_transfer(&self, transfer: Transfer, leader: Option<NodeId>, turn: &mut Turn) {
        turn.answer_admin(transfer.id, AdminAnswer::Deposed(leader));
        for (request, _, through) in transfer.postponed {
            let asker = Asker::of(&request, through);
            self.answer(asker, Answer::NotLeader(leader), None, turn);
        }
    }
}
