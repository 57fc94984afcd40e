//! Why an entry is committed, or is not (paper, sections 5.3 and 5.4.2).

use std::collections::BTreeSet;

use super::account::{Account, by_rule};
use super::facts::Facts;
use super::grounds::{appended, appended_term};
use super::voters::{self, Side, tally, tally_in_vain, uncounted};
use super::{Answer, leader, reply};
use crate::raft::{self, AppendAnswer, EventId, Index, Message, NodeId, RoleView, Rule, Term};
use crate::world::event::Written;
use crate::world::explain::Seconds;
use crate::world::view::{Life, NodeStatus};
use crate::world::{Event, Record};

/// The entry at `index` in the whole cluster.
pub(super) fn in_cluster(facts: &Facts<'_>, index: Index) -> Answer {
    let commits = facts.records.iter().find(|record| commits(record, index));
    match commits.and_then(|&commit| Some((commit, commit.node?))) {
        Some((commit, node)) => committed(facts, index, commit, node),
        None if knows(facts, index).is_empty() => not_committed(facts, index),
        None => known_before(facts, index),
    }
}

/// True when a node learnt with this that the entry at `index` is committed.
pub(super) fn commits(record: &Record, index: Index) -> bool {
    matches!(record.event, Event::Node(raft::Event::Commit { from, to }) if from < index && index <= to)
}

/// The nodes that know the entry to be committed.
pub(super) fn knows(facts: &Facts<'_>, index: Index) -> Vec<NodeId> {
    let nodes = facts.view.nodes.iter();
    let such = nodes.filter(|node| node.node.commit >= index);
    such.map(|node| node.id).collect()
}

fn known_before(facts: &Facts<'_>, index: Index) -> Answer {
    let mut account = Account::new(facts);
    let since = Seconds(facts.held_since());
    let held = match facts.records.first() {
        Some(first) if first.id == 1 => {
            "it was so from the beginning, or came with a snapshot".into()
        }
        _ => format!("how it came about was before {since}, and is no longer held"),
    };
    for node in knows(facts, index) {
        let install = facts.newest(node, |event| matches!(event, raft::Event::Install { .. }));
        if let Some(install) = install {
            account.visible(install, 0);
        }
    }
    let knows = knows(facts, index);
    let verb = if knows.len() == 1 { "knows" } else { "know" };
    account.finish(format!(
        "Entry {index} is committed, as {} {verb}: {held}.",
        facts.names(knows)
    ))
}

/// The term of the entry that was committed at `index`.
pub(super) fn entry_term(
    facts: &Facts<'_>,
    commit: &Record,
    node: NodeId,
    index: Index,
) -> Option<Term> {
    let added = facts.newest_before(commit.id, node, |event| appended(event, index));
    match added.map(|added| &added.event) {
        Some(Event::Node(added)) => appended_term(added, index),
        _ => facts.node(node).node.log.term_at(index),
    }
}

fn committed(facts: &Facts<'_>, index: Index, commit: &Record, node: NodeId) -> Answer {
    let mut account = Account::new(facts);
    let Event::Node(raft::Event::Commit { to, .. }) = commit.event else {
        return account.finish("");
    };
    let Some(commit) = facts.record(commit.id) else {
        return account.finish("");
    };
    account.leaf(commit, 0);
    let name = facts.name(node);
    let at = Seconds(commit.at);
    let led = facts.led(node, commit.id);
    let Some(term) = led else {
        // The leader's own commit is not held any more, or fell to a crash with its leader.
        for id in commit.causes.as_slice() {
            account.because(*id, 1);
        }
        return account.finish(format!(
            "Entry {index} is committed, as {name} knows since {at}."
        ));
    };
    // What the leader counted: its own copy, and the answers.
    let mut counted = BTreeSet::new();
    account.entry = Some(index);
    account.tell_decisive(commit);
    if let Some(own) = account.own_entry(commit, node) {
        account.because(own.id, 1);
    }
    let copy = own_copy(facts, commit, node, to);
    if let OwnCopy::Safe(sync) = copy {
        counted.insert(node);
        if let Some(sync) = sync {
            account.leaf(sync, 1);
        }
    }
    for id in commit.causes.as_slice() {
        let Some(cause) = facts.record(*id) else {
            account.because(*id, 1);
            continue;
        };
        match &cause.event {
            Event::Deliver { envelope, .. } => {
                if vouches(&envelope.message, to) {
                    counted.insert(envelope.from);
                    account.visible(cause, 1);
                }
            }
            _ => {
                account.leaf(cause, 1);
            }
        }
    }
    let held = facts.grounded(commit) && !matches!(copy, OwnCopy::NotHeld);
    let configuration = facts.configuration_at(node, commit.id);
    let tally = match configuration.filter(|_| held) {
        Some(configuration) => {
            let sides = Side::of(&configuration, facts);
            tally(facts, &sides, |id| counted.contains(&id))
        }
        None => {
            let since = Seconds(facts.held_since());
            format!("enough nodes: on which was before {since}, and is no longer held")
        }
    };
    let own = entry_term(facts, commit, node, index);
    let mut headline = match to > index {
        false => format!(
            "Entry {index} is committed since {at}: {name}, leader of term {term}, counted it on {tally}."
        ),
        true => format!(
            "Entry {index} is committed since {at}, along with entry {to}, which {name}, leader of term {term}, counted on {tally}."
        ),
    };
    if let Some(own) = own.filter(|&own| own < term) {
        let words = format!(
            "{headline} It is of term {own}, so that {name} could commit it only with an entry of its own term {term} after it."
        );
        headline = by_rule(&words, Rule::CommitCurrentTerm);
    }
    account.finish(headline)
}

/// True for an answer that vouches for the log up to `index`.
pub(super) fn vouches(message: &Message, index: Index) -> bool {
    match message {
        Message::AppendReply {
            answer: AppendAnswer::Accepted { matched, .. },
            ..
        } => *matched >= index,
        Message::SnapshotReply(answer) => answer.index >= index,
        _ => false,
    }
}

/// The leader's own copy of an entry as it committed it.
enum OwnCopy<'a> {
    /// It was on the disk, and counted, since this sync; `None` when it was there from before.
    Safe(Option<&'a Record>),
    /// It was in memory only.
    Unsafe,
    /// What would tell is no longer held.
    NotHeld,
}

fn own_copy<'a>(facts: &Facts<'a>, commit: &Record, node: NodeId, index: Index) -> OwnCopy<'a> {
    let mut safe = None;
    for record in facts
        .before(commit.id)
        .filter(|record| record.node == Some(node))
    {
        match record.event {
            Event::Sync { .. } => safe = Some(record),
            Event::Persist {
                write,
                what: Written::Entries(from, to),
            } if (from..=to).contains(&index) => {
                let covers = |safe: &&Record| matches!(safe.event, Event::Sync { write: up_to } if up_to >= write);
                let here = facts
                    .after(record.id)
                    .take_while(|later| later.id < commit.id);
                let mut here = here.filter(|later| later.node == Some(node));
                return match here.find(covers).or(safe.filter(covers)) {
                    Some(sync) => OwnCopy::Safe(Some(sync)),
                    None => OwnCopy::Unsafe,
                };
            }
            Event::Restart | Event::Boot if record.at > facts.held_since() => {
                return OwnCopy::Safe(None);
            }
            // Between events with gaps a write may be missing.
            Event::Restart | Event::Boot => break,
            _ => {}
        }
    }
    match facts.whole() {
        true => OwnCopy::Safe(None),
        false => OwnCopy::NotHeld,
    }
}

pub(super) fn not_committed(facts: &Facts<'_>, index: Index) -> Answer {
    let mut account = Account::new(facts);
    let Some((longest, last)) = facts.longest().filter(|&(_, last)| last >= index) else {
        let (longest, last) = facts.longest().unwrap_or((NodeId(1), 0));
        let words = match last {
            0 => "every log is empty".to_owned(),
            _ => format!("the longest log, {}'s, ends at {last}", facts.name(longest)),
        };
        account.lacks(format!(
            "no client's request has become entry {index} yet: {words}"
        ));
        reply::tell_waiting(&mut account, None);
        return account.finish(format!("Entry {index} is not committed: no node holds it."));
    };
    let Some(leader) = facts.view.leader() else {
        let holders = facts
            .view
            .nodes
            .iter()
            .filter(|node| node.node.log.last() >= index);
        let holders: Vec<NodeId> = holders.map(|node| node.id).collect();
        let hold = if holders.len() == 1 { "holds" } else { "hold" };
        let holders = facts.names(holders);
        account.lacks("only a leader commits, and no live node leads (paper, section 5.3)");
        leader::candidates(&mut account);
        return account.finish(format!(
            "Entry {index} is not committed: {holders} {hold} it, and there is no leader."
        ));
    };
    match leader.node.log.term_at(index) {
        Some(term) if index >= leader.node.log.first() => {
            held_by_leader(account, leader, index, term)
        }
        _ => {
            let name = &leader.name;
            account.lacks(format!(
                "{name} leads term {}, and its own log ends at {}: what follows on {} is not of its log",
                leader.node.term,
                leader.node.log.last(),
                facts.name(longest)
            ));
            account.lacks_by(
                "where a log conflicts with the leader's, it is cut: whatever comes to stand there is another entry",
                Rule::TruncateOnConflict,
            );
            account.finish(format!(
                "Entry {index} is not committed: {}, whose log reaches to {last}, holds it, and {name}, who leads, does not.",
                facts.name(longest)
            ))
        }
    }
}

/// The leader has the entry, and has not committed it.
fn held_by_leader(
    mut account: Account<'_>,
    leader: &NodeStatus,
    index: Index,
    term: Term,
) -> Answer {
    let facts = account.facts;
    let (id, name, own) = (leader.id, &leader.name, leader.node.term);
    let sides = Side::of(&leader.node.configuration, facts);
    let counted = |voter: NodeId| counts(leader, voter, index);
    let enough = voters::majority(&sides, counted);

    let held_back = |event: &raft::Event| matches!(event, raft::Event::CommitHeld { index: held, .. } if *held >= index);
    if let Some(held) = facts.newest(id, held_back) {
        account.leaf(held, 0);
    }
    if let Some(added) = facts.newest(id, |event| appended(event, index)) {
        account.visible(added, 0);
    }
    if term < own && facts.on(Rule::CommitCurrentTerm) {
        account.lacks_by(
            &format!("entry {index} is of term {term}: on a majority there must be an entry of {name}'s own term {own}, at {index} or after"),
            Rule::CommitCurrentTerm,
        );
        own_entry(&mut account, leader, &sides);
    }
    account.lacks_some(facts.absent(id));
    if !enough {
        if sides.len() > 1 {
            account.lacks_by(
                "the configuration is joint: a majority of the old voters and one of the new is needed",
                Rule::SeparateMajorities,
            );
        }
        not_counted(&mut account, leader, &sides, index, term);
    }

    let tallied = match enough {
        true => tally_in_vain(facts, &sides, counted),
        false => tally(facts, &sides, counted),
    };
    let frozen = match leader.life {
        Life::Stopped => " and frozen",
        _ => "",
    };
    account.finish(format!(
        "Entry {index} is not committed: {name}, leader of term {own}{frozen}, counts it on {tallied}."
    ))
}

/// True when a leader counts a voter for the entry at `index`: itself once its own copy is synced,
/// others as they have answered.
fn counts(leader: &NodeStatus, voter: NodeId, index: Index) -> bool {
    match &leader.node.role {
        RoleView::Leader { .. } if voter == leader.id => leader.node.synced >= index,
        RoleView::Leader { peers } => peers
            .iter()
            .any(|peer| peer.id == voter && peer.matched >= index),
        _ => false,
    }
}

/// How far the first entry of the leader's own term has come, with which older ones are committed.
fn own_entry(account: &mut Account<'_>, leader: &NodeStatus, sides: &[Side]) {
    let (name, own) = (&leader.name, leader.node.term);
    let mut entries = leader.node.log.iter();
    match entries.find(|(_, entry)| entry.term == own) {
        None => account.lacks_by(
            &format!("{name} has no entry of term {own} yet, and the next request makes one"),
            Rule::NoopOnElection,
        ),
        Some((index, _)) => account.lacks(format!(
            "entry {index} is such a one, and is on {}",
            tally(account.facts, sides, |voter| counts(leader, voter, index))
        )),
    }
}

/// Why the leader does not count each of the others for the entry.
fn not_counted(
    account: &mut Account<'_>,
    leader: &NodeStatus,
    sides: &[Side],
    index: Index,
    term: Term,
) {
    let facts = account.facts;
    let all = voters::voters(sides);
    let counted = |voter: &NodeId| counts(leader, *voter, index);
    for voter in all.iter().copied().filter(|voter| !counted(voter)) {
        if facts.absent(voter).is_some()
            && let Some(lost) = facts.lost(voter, EventId::MAX)
        {
            account.visible(lost, 0);
        }
        if facts.blocked(leader.id, voter)
            && let Some(cut) = facts.cut_by(leader.id, voter, facts.view.now)
            && let Some(told) = facts.told(cut)
        {
            account.because(told, 0);
        }
        account.lacks(uncounted(facts, voter, leader.id, index, term));
    }
    let holds = |voter: &&NodeId| facts.node(**voter).node.log.term_at(index) == Some(term);
    let holders = all.iter().filter(holds).count();
    let known = all.iter().filter(|voter| counted(voter)).count();
    if holders > known && facts.view.channel.loss > 0 {
        account.awaits("what was lost is sent again with the next heartbeat");
    }
}
