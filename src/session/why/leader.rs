//! Why somebody leads, and why nobody does (paper, sections 5.2 and 5.4.1).

use std::collections::{BTreeMap, BTreeSet};

use super::Answer;
use super::account::{Account, by_rule};
use super::cuts::{among, tell_cuts};
use super::facts::{Facts, quoted};
use super::grounds::refuses;
use super::role;
use super::voters::{self, Side, fate, tally};
use crate::command::{duration_text, percent_text, range_text, rate_text};
use crate::raft::{self, Envelope, EventId, Micros, NodeId, RoleKind, RoleView, Rule};
use crate::world::command::RateMillionths;
use crate::world::explain::Seconds;
use crate::world::view::{Life, NodeStatus};
use crate::world::{Command, Event, Record};

/// So many refused votes are told.
const REFUSALS: usize = 4;

/// Who leads, or why nobody does.
pub(super) fn leader(facts: &Facts<'_>) -> Answer {
    let Some(newest) = facts.view.leader() else {
        return none(facts);
    };
    let leads = |node: &&NodeStatus| node.role() == Some(RoleKind::Leader);
    let leaders = || facts.view.nodes.iter().filter(leads);
    let mut account = Account::new(facts);
    let mut headline = role::tell(&mut account, newest);
    for other in leaders().filter(|node| node.id != newest.id) {
        let (name, term) = (&other.name, other.node.term);
        headline.push_str(&format!(" {name} leads term {term} too"));
        headline.push_str(match term < newest.node.term {
            true => ", and has not heard of a newer one.",
            false => ", which must never be.",
        });
        if term < newest.node.term {
            tell_untold(&mut account, other);
        }
    }
    if leaders().all(|node| node.life == Life::Stopped) {
        headline.push_str(" No node that runs leads.");
        candidates(&mut account);
    }
    account.finish(headline)
}

/// That somebody else leads besides a leader, in words, and why that one has not been told.
pub(super) fn rival(account: &mut Account<'_>, newest: &NodeStatus, old: &NodeStatus) -> String {
    let (name, term) = (&newest.name, newest.node.term);
    if old.node.term == term {
        return format!(" {name} leads that term too, which must never be.");
    }
    tell_untold(account, old);
    format!(
        " {name} leads term {term}, and {} has not heard of that.",
        old.name
    )
}

/// Why a leader of an old term has not been told of a newer one.
fn tell_untold(account: &mut Account<'_>, leader: &NodeStatus) {
    let facts = account.facts;
    let (id, name, term) = (leader.id, &leader.name, leader.node.term);
    if facts.absent(id).is_some() {
        return tell_absent(account, &[id]);
    }
    let know = |node: &&NodeStatus| node.life == Life::Up && node.node.term > term;
    let know = facts.view.nodes.iter().filter(know).map(|node| node.id);
    let know: Vec<NodeId> = know.collect();
    let cut_off = know.iter().all(|&other| facts.blocked(id, other));
    if cut_off {
        return tell_cuts(account, |one, other| {
            one == id && know.contains(&other) || other == id && know.contains(&one)
        });
    }
    let tells = |envelope: &Envelope| envelope.to == id && envelope.term > term;
    account.awaits(match fate(facts, tells) {
        Some(fate) => format!("a message of a newer term to {name} {fate}"),
        None => format!("the next answer to {name} tells it of the newer term"),
    });
}

/// Why nobody leads.
pub(super) fn none(facts: &Facts<'_>) -> Answer {
    let mut account = Account::new(facts);
    let leads = |record: &&Record| {
        matches!(
            record.event,
            Event::Node(raft::Event::Role {
                role: RoleKind::Leader,
                ..
            })
        )
    };
    let last = facts.before(EventId::MAX).find(leads);
    let headline = match last.and_then(|last| Some((last, last.node?))) {
        None => match facts.whole() {
            true => "No live node leads, and none has led yet.".to_owned(),
            false => "No live node leads, and none has led as far as events are held.".to_owned(),
        },
        Some((last, node)) => match ended(facts, last, node) {
            None => format!("No live node leads; {} led last.", facts.name(node)),
            Some(end) => {
                account.visible(end, 0);
                let since = Seconds(end.at);
                format!("No live node leads since {since}: {}.", facts.words(end))
            }
        },
    };
    candidates(&mut account);
    account.finish(headline)
}

/// How the leadership ended that began with `began`.
fn ended<'a>(facts: &Facts<'a>, began: &Record, node: NodeId) -> Option<&'a Record> {
    let ends = |record: &&Record| {
        record.node == Some(node)
            && matches!(
                record.event,
                Event::Crash | Event::Stop | Event::Node(raft::Event::Role { .. })
            )
    };
    facts.after(began.id).find(ends)
}

/// What stands between the nodes and a leader: who runs, who reaches whom, whose log is new
/// enough, whose timer fires, which votes were refused.
pub(super) fn candidates(account: &mut Account<'_>) {
    let facts = account.facts;
    let up = |id: NodeId| facts.node(id).life == Life::Up;
    let used = voters::newest(facts).map(|node| &node.node.configuration);
    let Some(used) = used.or_else(|| facts.view.configuration()) else {
        return;
    };
    let used = Side::of(used, facts);
    // Each counts votes by the configuration of its own log, and asks the voters of that.
    let sides = |id: NodeId| Side::of(&facts.node(id).node.configuration, facts);
    let mut all = BTreeSet::from_iter(voters::voters(&used));
    for id in voters::voters(&used).into_iter().filter(|&id| up(id)) {
        all.extend(voters::voters(&sides(id)));
    }
    let (running, absent): (Vec<NodeId>, Vec<NodeId>) = all.into_iter().partition(|&id| up(id));
    let may = running.iter().filter(|&&id| may_campaign(facts.node(id)));
    let may: Vec<(NodeId, Vec<Side>)> = may.map(|&id| (id, sides(id))).collect();
    if !may.iter().any(|(_, sides)| voters::majority(sides, up)) {
        let newest = may.iter().max_by_key(|&&(id, _)| facts.node(id).age());
        let sides = newest.map_or(&used, |(_, sides)| sides);
        account.lacks(format!(
            "of the voters too few run, {}: without a majority nobody is elected (paper, section 5.2)",
            tally(facts, sides, up)
        ));
        return tell_absent(account, &absent);
    }
    let reaches = |from: NodeId, to: NodeId| from == to || up(to) && !facts.blocked(from, to);
    let (connected, apart): (Vec<_>, Vec<_>) = may
        .into_iter()
        .partition(|(id, sides)| voters::majority(sides, |other| reaches(*id, other)));
    let newer = |id: NodeId, than: NodeId| ballot(facts.node(id)) > ballot(facts.node(than));
    let willing = |id: NodeId, voter: NodeId| {
        reaches(id, voter) && !(facts.on(Rule::ElectionRestriction) && newer(voter, id))
    };
    let (electable, behind): (Vec<_>, Vec<_>) = connected
        .into_iter()
        .partition(|(id, sides)| voters::majority(sides, |voter| willing(*id, voter)));
    if electable.is_empty() {
        let mut told = BTreeSet::new();
        for (id, sides) in &apart {
            let reached = tally(facts, sides, |other| reaches(*id, other));
            if told.insert(reached.clone()) {
                account.lacks(format!("{} reaches {reached}", facts.name(*id)));
            }
        }
        if behind.is_empty() {
            tell_cuts(account, among(&running));
            return tell_absent(account, &absent);
        }
    }
    for (id, sides) in behind {
        let newer = voters::voters(&sides)
            .into_iter()
            .filter(|&voter| reaches(id, voter) && newer(voter, id));
        let newer: Vec<NodeId> = newer.collect();
        account.lacks_by(
            &format!(
                "{} cannot win: its log ends at {}, and newer are the logs of {}",
                facts.name(id),
                end(facts.node(id)),
                facts.names(newer)
            ),
            Rule::ElectionRestriction,
        );
    }
    for (id, sides) in &electable {
        tell_chance(account, facts.node(*id), sides);
    }
    let electable: Vec<NodeId> = electable.into_iter().map(|(id, _)| id).collect();
    tell_held(account, &electable);
    tell_refusals(account);
    tell_split(account);
    tell_network(account);
    tell_absent(account, &absent);
    tell_cuts(account, among(&running));
}

/// True of a node that takes itself for a voter.
fn may_campaign(node: &NodeStatus) -> bool {
    !matches!(node.node.role, RoleView::Learner { .. } | RoleView::Removed)
}

fn ballot(node: &NodeStatus) -> (u64, u64) {
    (node.node.log.last_term(), node.node.log.last())
}

/// Where a log ends, as words of events have it.
fn end(node: &NodeStatus) -> String {
    match ballot(node) {
        (_, 0) => "the start".to_owned(),
        (term, index) => format!("({index},t{term})"),
    }
}

fn tell_absent(account: &mut Account<'_>, absent: &[NodeId]) {
    for &id in absent {
        if let Some(words) = account.facts.absent(id) {
            account.lacks(words);
        }
        if let Some(lost) = account.facts.lost(id, EventId::MAX) {
            account.visible(lost, 0);
        }
    }
}

/// What a node that could win lacks yet.
fn tell_chance(account: &mut Account<'_>, node: &NodeStatus, sides: &[Side]) {
    let facts = account.facts;
    let name = &node.name;
    match &node.node.role {
        RoleView::PreCandidate { votes } => {
            let granted = |id: NodeId| votes.contains(&(id, true));
            let words = format!(
                "{name} asks whether it could win, and would have the votes of {}",
                tally(facts, sides, granted)
            );
            account.awaits(by_rule(&words, Rule::PreVote));
            role::tell_votes(account, node.id, votes, sides);
        }
        RoleView::Candidate { votes } => {
            let granted = |id: NodeId| votes.contains(&(id, true));
            let term = node.node.term;
            account.awaits(format!(
                "{name} campaigns for term {term}, with the votes of {}",
                tally(facts, sides, granted)
            ));
            role::tell_votes(account, node.id, votes, sides);
        }
        _ if node.node.timer_held => {}
        _ => match (facts.stalled(node.id), node.node.election_timer) {
            (Some(stalled), _) => account.lacks(format!("{name} could win, but {stalled}")),
            (None, Some((left, _))) => account.awaits(format!(
                "{name} could win: its election timer fires in {} by its own clock{}",
                duration_text(left.next_multiple_of(1_000)),
                in_truth(left, node.clock_rate)
            )),
            (None, None) => {}
        },
    }
}

/// How long that is in truth, where a clock does not run at the true rate.
fn in_truth(left: Micros, rate: RateMillionths) -> String {
    if rate == 1_000_000 {
        return String::new();
    }
    let truly = left.saturating_mul(1_000_000).div_ceil(u64::from(rate));
    let truly = duration_text(truly.next_multiple_of(1_000));
    format!(", which runs at the rate {}: in {truly}", rate_text(rate))
}

/// Timers that are held by hand.
fn tell_held(account: &mut Account<'_>, electable: &[NodeId]) {
    let facts = account.facts;
    let held = |&id: &NodeId| {
        let node = &facts.node(id).node;
        node.timer_held && node.role.kind() == RoleKind::Follower
    };
    let held: Vec<NodeId> = electable.iter().copied().filter(held).collect();
    let Some(&first) = held.first() else {
        return;
    };
    let by = facts.statement_on(first, |command| match command {
        Command::HoldTimer(nodes) => Some(nodes),
        _ => None,
    });
    account.lacks(format!(
        "{} could win, and nobody lets it begin: the election timer is held{}",
        facts.names(held),
        quoted(by)
    ));
    if let Some(event) = by.and_then(|entry| facts.told(entry)) {
        account.because(event, 0);
    }
}

/// The newest refusals by each voter, since a leader was elected and for newer terms than its own.
fn tell_refusals(account: &mut Account<'_>) {
    let facts = account.facts;
    let mut voters = BTreeSet::new();
    let mut refusals = Vec::new();
    let mut led = 0;
    for record in facts.before(EventId::MAX) {
        match &record.event {
            Event::Node(raft::Event::Role {
                role: RoleKind::Leader,
                term,
                ..
            }) => {
                led = *term;
                break;
            }
            Event::Node(raft::Event::Vote {
                candidate, term, ..
            }) if voters.insert(record.node) && refuses(&record.event, *candidate) => {
                refusals.push((*term, record));
            }
            _ => {}
        }
    }
    // The voices of those who lost come in after the majority's.
    refusals.retain(|&(term, _)| term > led);
    for (_, refusal) in refusals.into_iter().take(REFUSALS) {
        account.lacks(facts.words_then(refusal));
        account.visible(refusal, 0);
    }
}

/// Votes of the newest term that no candidate has a majority of.
fn tell_split(account: &mut Account<'_>) {
    let facts = account.facts;
    let term = facts.view.term();
    let mut votes: BTreeMap<NodeId, Vec<NodeId>> = BTreeMap::new();
    for node in facts
        .view
        .nodes
        .iter()
        .filter(|node| node.node.term == term)
    {
        // A vote counts when it is on the disk.
        let rules = facts.view.rules;
        let written = rules.on(Rule::SyncBeforeReply) && rules.on(Rule::PersistVote);
        let safe = (node.disk.term, node.disk.vote) == (term, node.node.vote);
        if let Some(candidate) = node.node.vote.filter(|_| safe || !written) {
            votes.entry(candidate).or_default().push(node.id);
        }
    }
    let wins = |(&candidate, voters): (&NodeId, &Vec<NodeId>)| {
        let sides = Side::of(&facts.node(candidate).node.configuration, facts);
        voters::majority(&sides, |id| voters.contains(&id))
    };
    if votes.len() < 2 || votes.iter().any(wins) {
        return;
    }
    let each = votes.into_iter().map(|(candidate, voters)| {
        format!(
            "{} has the votes of {}",
            facts.name(candidate),
            facts.names(voters)
        )
    });
    let each: Vec<String> = each.collect();
    account.lacks_by(
        &format!("the votes of term {term} are split: {}", each.join("; ")),
        Rule::VoteOnce,
    );
    if !facts.on(Rule::RandomizedTimeouts) {
        account.lacks_by(
            "all election timeouts are equal, so that they fire together again",
            Rule::RandomizedTimeouts,
        );
    }
}

/// A network on which an election can hardly end in time.
fn tell_network(account: &mut Account<'_>) {
    let view = account.facts.view;
    let (channel, timeouts) = (view.channel, view.options.election_timeout);
    if channel.latency.max.saturating_mul(2) > timeouts.min {
        account.lacks(format!(
            "messages take {}, one way, and election timers fire after {}: votes may come back too late",
            range_text(channel.latency),
            range_text(timeouts)
        ));
    }
    if channel.loss > 0 {
        account.lacks(format!(
            "{} of all messages are lost",
            percent_text(channel.loss)
        ));
    }
}
