//! Majorities, and why a voter is missing from one.

use super::account::by_rule;
use super::facts::Facts;
use crate::raft::{
    AppendAnswer, Configuration, Envelope, EventId, Index, Message, NodeId, RoleView, Rule, Term,
};
use crate::world::Event;
use crate::world::event::DropReason;
use crate::world::explain::Seconds;
use crate::world::view::{Life, NodeStatus};

/// Voters of whom a majority is needed; while joint there are two such sides.
pub(super) struct Side {
    what: &'static str,
    pub voters: Vec<NodeId>,
}

impl Side {
    /// The sides of a configuration, as the rules have them counted.
    pub fn of(configuration: &Configuration, facts: &Facts<'_>) -> Vec<Side> {
        let side = |what, voters: &[NodeId]| Side {
            what,
            voters: voters.to_vec(),
        };
        match &configuration.voters_old {
            None => vec![side("", &configuration.voters)],
            Some(old) if facts.on(Rule::SeparateMajorities) => {
                vec![side("old ", old), side("new ", &configuration.voters)]
            }
            Some(old) => {
                let mut all: Vec<NodeId> =
                    old.iter().chain(&configuration.voters).copied().collect();
                all.sort_unstable();
                all.dedup();
                vec![side("", &all)]
            }
        }
    }

    /// How many are a majority.
    pub fn needed(&self) -> usize {
        self.voters.len() / 2 + 1
    }

    /// Its voters that fit.
    pub fn such(&self, has: impl Fn(NodeId) -> bool) -> Vec<NodeId> {
        self.voters.iter().copied().filter(|&id| has(id)).collect()
    }

    pub fn reached(&self, has: impl Fn(NodeId) -> bool) -> bool {
        self.such(has).len() >= self.needed()
    }
}

/// The running server with the newest log, by which votes would be counted now.
pub(super) fn newest<'a>(facts: &Facts<'a>) -> Option<&'a NodeStatus> {
    facts.view.newest(|node| node.life == Life::Up)
}

/// True when there is a majority of each side.
pub(super) fn majority(sides: &[Side], has: impl Fn(NodeId) -> bool) -> bool {
    sides.iter().all(|side| side.reached(&has))
}

/// All voters of all sides, once.
pub(super) fn voters(sides: &[Side]) -> Vec<NodeId> {
    let mut all: Vec<NodeId> = sides.iter().flat_map(|side| side.voters.clone()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Who fits, and how many are needed: `n1 and n4: 2 of the 3 needed`.
pub(super) fn tally(facts: &Facts<'_>, sides: &[Side], has: impl Fn(NodeId) -> bool) -> String {
    tally_that(facts, sides, has, "are")
}

/// The same of a majority that decides nothing, as something else is missing.
pub(super) fn tally_in_vain(
    facts: &Facts<'_>,
    sides: &[Side],
    has: impl Fn(NodeId) -> bool,
) -> String {
    tally_that(facts, sides, has, "would be")
}

fn tally_that(facts: &Facts<'_>, sides: &[Side], has: impl Fn(NodeId) -> bool, is: &str) -> String {
    let each = sides.iter().map(|side| {
        let such = side.such(&has);
        let (count, needed) = (such.len(), side.needed());
        let names = facts.names(such);
        let of = match side.what {
            "" => String::new(),
            what => format!(" among the {what}voters"),
        };
        match count < needed {
            true => format!("{names}{of}: {count} of the {needed} needed"),
            false => format!("{names}{of}: {count}, and {needed} {is} enough"),
        }
    });
    each.collect::<Vec<_>>().join("; ")
}

/// Why a leader does not count a voter for an entry.
pub(super) fn uncounted(
    facts: &Facts<'_>,
    id: NodeId,
    leader: NodeId,
    index: Index,
    term: Term,
) -> String {
    let node = facts.node(id);
    let name = facts.name(id);
    if let Some(words) = facts.absent(id).or_else(|| facts.apart(id, leader)) {
        return words;
    }
    let lead = facts.name(leader);
    if node.node.log.term_at(index) == Some(term) {
        if node.node.synced < index {
            let words = match facts.stalled(id) {
                Some(stalled) => format!("{name} has entry {index} in memory only: {stalled}"),
                None => {
                    format!("{name} has entry {index} in memory, and its disk is still writing it")
                }
            };
            return by_rule(&words, Rule::SyncBeforeReply);
        }
        if id == leader {
            return format!("{name} has entry {index} on its own disk");
        }
        let vouches = |envelope: &Envelope| match envelope.message {
            Message::AppendReply {
                answer: AppendAnswer::Accepted { matched, .. },
                ..
            } => envelope.from == id && envelope.to == leader && matched >= index,
            _ => false,
        };
        let fate = fate(facts, vouches);
        return match fate {
            Some(fate) => format!("{name} has entry {index}, and its answer to {lead} {fate}"),
            None => format!("{name} has entry {index}, and {lead} has not heard so yet"),
        };
    }
    let (words, rule) = unsent(facts, id, leader, index);
    let words = match facts.mute(id) {
        Some(mute) => format!("{words}; {mute}"),
        None => words,
    };
    rule.map_or_else(|| words.clone(), |rule| by_rule(&words, rule))
}

/// Why an entry has not come to a voter that hears its leader, and the rule that has it wait.
fn unsent(facts: &Facts<'_>, id: NodeId, leader: NodeId, index: Index) -> (String, Option<Rule>) {
    let (name, lead) = (facts.name(id), facts.name(leader));
    let brings = |envelope: &Envelope| match &envelope.message {
        Message::Append(append) => {
            let last = append.prev_index + append.entries.len() as u64;
            envelope.from == leader
                && envelope.to == id
                && last >= index
                && append.prev_index < index
        }
        Message::Snapshot(chunk) => {
            envelope.from == leader && envelope.to == id && chunk.snapshot.index >= index
        }
        _ => false,
    };
    if let Some(fate) = fate(facts, brings) {
        return (
            format!("{name} does not have entry {index}: {lead}'s message with it {fate}"),
            None,
        );
    }
    if !facts.view.options.parallel_disk && facts.node(leader).node.synced < index {
        let stalled = facts.stalled(leader);
        let stalled = stalled.map(|stalled| format!("; {stalled}"));
        let words = format!(
            "{name} does not have entry {index}: {lead} sends it only when it is on {lead}'s own disk, as `parallel-disk` is off{}",
            stalled.unwrap_or_default()
        );
        return (words, None);
    }
    let log = &facts.node(id).node.log;
    let last = log.last();
    let held = facts.node(leader).node.log.term_at(last);
    let next = match &facts.node(leader).node.role {
        RoleView::Leader { peers } => peers.iter().find(|peer| peer.id == id),
        _ => None,
    };
    match (held == log.term_at(last), next) {
        (true, Some(peer)) if peer.next <= index => {
            let next = peer.next;
            let begins = format!(
                "{name} does not have entry {index} yet: what {lead} sends it next begins with {next}"
            );
            (begins, None)
        }
        (true, _) => (
            format!("{name} does not have entry {index} yet: its log ends at {last}"),
            None,
        ),
        (false, _) => (
            format!(
                "{name} does not have entry {index} yet: its log, to {last}, must first agree with {lead}'s"
            ),
            Some(Rule::PrevLogCheck),
        ),
    }
}

/// That a leader sends a node nothing, because it is in no configuration of its.
pub(super) fn unserved(facts: &Facts<'_>, id: NodeId, leader: &NodeStatus) -> Option<String> {
    // Whoever was removed is told so as long as it does not know.
    let served = match &leader.node.role {
        RoleView::Leader { peers } => peers.iter().any(|peer| peer.id == id),
        _ => false,
    };
    (!served && id != leader.id).then(|| {
        let (name, lead) = (facts.name(id), &leader.name);
        format!("{name} is not in the configuration of {lead}, who leads, and is sent nothing")
    })
}

/// What became of the newest message that fits: on its way, or lost.
pub(super) fn fate(facts: &Facts<'_>, fits: impl Fn(&Envelope) -> bool) -> Option<String> {
    let flies = facts
        .view
        .flights
        .iter()
        .rev()
        .find(|flight| fits(&flight.envelope));
    if let Some(flight) = flies {
        let (sent, arrives) = (Seconds(flight.sent), Seconds(flight.arrives));
        return Some(format!(
            "is on its way since {sent}, and arrives at {arrives}"
        ));
    }
    let newest = facts
        .before(EventId::MAX)
        .find_map(|record| match &record.event {
            Event::Drop {
                envelope, reason, ..
            } if fits(envelope) => Some((record.at, Some(*reason))),
            Event::Deliver { envelope, .. } if fits(envelope) => Some((record.at, None)),
            _ => None,
        })?;
    let (at, reason) = newest;
    let how = match reason? {
        DropReason::Loss => "was lost on the way",
        DropReason::Partition => "was lost, as the link was cut,",
        DropReason::Down => "was lost, as its target was down,",
        DropReason::ByHand => "was dropped by hand",
    };
    Some(format!("{how} at {}", Seconds(at)))
}
