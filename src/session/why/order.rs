//! Why a statement about the cluster was answered so, or is not answered yet (paper, section 6;
//! dissertation, sections 3.10 and 4).

use super::account::Account;
use super::facts::{Facts, statement_text};
use super::{Answer, commit, leader, snapshot};
use crate::command::duration_text;
use crate::raft::{self, AdminAnswer, AdminId, Change, EventId, NodeId, RoleView, Rule};
use crate::session::{Deed, Entry};
use crate::world::explain::{self, Seconds, change_words};
use crate::world::view::{Life, NodeStatus, OrderView};
use crate::world::{Command, Event, Record};

/// What came of the newest statement about the cluster.
pub(super) fn newest(facts: &Facts<'_>) -> Answer {
    let mut past = facts.past.iter().rev();
    let newest = past.find_map(|entry| match &entry.deed {
        Deed::Act(command) if command.is_administrative() => Some((*entry, command)),
        _ => None,
    });
    match newest {
        Some((entry, Command::Snapshot(nodes))) => snapshot::asked(facts, entry, nodes),
        Some((entry, Command::Reboot(_))) => rebooted(facts, entry),
        _ => handed(facts),
    }
}

/// Of a reboot nobody is asked.
fn rebooted(facts: &Facts<'_>, entry: &Entry) -> Answer {
    let mut account = Account::new(facts);
    let statement = statement_text(entry).unwrap_or_default();
    let told = facts.told(entry).unwrap_or(EventId::MAX);
    let mut after = facts.after(told);
    if let Some(reboot) = after.find(|record| matches!(record.event, Event::Reboot)) {
        account.visible(reboot, 0);
    }
    account.finish(format!(
        "`{statement}` was carried out at once, at {}: it is done to the servers, and no leader is asked.",
        Seconds(entry.at)
    ))
}

/// What came of the newest that was handed to a leader, or is to be.
fn handed(facts: &Facts<'_>) -> Answer {
    // The newest has the highest number: older ones are handed over again while they wait.
    let handed = handed_over(facts).max_by_key(|&(id, _)| id);
    if let Some(settled) = never_handed(facts, handed.map_or(0, |(id, _)| id)) {
        return given_up(facts, settled);
    }
    match (facts.view.orders.last(), handed) {
        // Of what was never handed to anybody no event tells.
        (Some(order), handed) if handed.is_none_or(|(id, _)| id <= order.id) => {
            let handed = handed.filter(|&(id, _)| id == order.id);
            pending(facts, order, handed.map(|(_, record)| record))
        }
        (_, Some((_, handed))) => ended(facts, handed),
        (_, None) => Account::new(facts)
            .finish("No statement about the cluster was given, as far as events are held."),
    }
}

/// The changes of members that wait, and the newest statement if that is one and was refused: why
/// the configuration is not another one.
pub(super) fn tell_changes(account: &mut Account<'_>) {
    let facts = account.facts;
    let names = |id| facts.name(id);
    for order in &facts.view.orders {
        if matches!(order.change, Change::Transfer(_)) {
            continue;
        }
        let asked = change_words(&order.change, &names);
        account.lacks(format!("`{asked}` waits since {}", Seconds(order.given)));
        let handed = handed_over(facts).filter(|&(id, _)| id == order.id);
        let handed = handed.map(|(_, record)| record).last();
        for missing in pending(facts, order, handed).missing {
            account.misses(missing);
        }
    }
    let Some((newest, handed)) = handed_over(facts).max_by_key(|&(id, _)| id) else {
        return;
    };
    let refused = facts.after(handed.id).find(|record| {
        matches!(record.event, Event::Settled { id, answer: Some(AdminAnswer::Refused(_)) }
            if id == newest)
    });
    if let Some(refused) = refused
        && let (Event::Settled { answer, .. }, Event::Order { change, .. }) =
            (&refused.event, &handed.event)
        && !matches!(change, Change::Transfer(_))
    {
        account.visible(refused, 0);
        let (asked, at) = (change_words(change, &names), Seconds(refused.at));
        let came = explain::settled(answer.as_ref(), &names);
        account.lacks(format!("`{asked}`, at {at}: {came}"));
    }
}

/// The statements that were handed to somebody, each time, with their numbers.
fn handed_over<'a>(facts: &Facts<'a>) -> impl Iterator<Item = (AdminId, &'a Record)> {
    let records = facts.records.iter();
    records.filter_map(|&record| match record.event {
        Event::Order { id, .. } => Some((id, record)),
        _ => None,
    })
}

/// The end of the newest statement, if it is newer than the newest that was handed to anybody.
fn never_handed<'a>(facts: &Facts<'a>, handed: AdminId) -> Option<&'a Record> {
    let waiting = facts.view.orders.last().map_or(0, |order| order.id);
    facts.before(EventId::MAX).find(
        |record| matches!(record.event, Event::Settled { id, .. } if id > handed.max(waiting)),
    )
}

/// It was given up before there was anybody to hand it to.
fn given_up(facts: &Facts<'_>, settled: &Record) -> Answer {
    let mut account = Account::new(facts);
    let mut causes = settled.causes.as_slice().iter();
    let given = causes.find_map(|&id| facts.record(id));
    let asked = match given.map(|given| (given, &given.event)) {
        Some((given, Event::Command(text))) => {
            account.visible(given, 0);
            format!("`{text}` was given at {}", Seconds(given.at))
        }
        _ => "The newest statement was given".to_owned(),
    };
    account.finish(format!(
        "{asked}, and given up at {}: nobody led whom it could be handed to, and nothing came of it.",
        Seconds(settled.at)
    ))
}

fn ended(facts: &Facts<'_>, handed: &Record) -> Answer {
    let mut account = Account::new(facts);
    let answers = |record: &&Record| match (&record.event, &handed.event) {
        (Event::Settled { id, .. }, Event::Order { id: of, .. }) => id == of,
        _ => false,
    };
    let names = |id| facts.name(id);
    let asked = match &handed.event {
        Event::Order {
            change,
            to,
            attempt,
            ..
        } => {
            let change = change_words(change, &names);
            let last = if *attempt > 1 { " last" } else { "" };
            format!("`{change}` was asked of {}{last}", facts.name(*to))
        }
        _ => facts.words(handed),
    };
    let answer = facts.after(handed.id).find(answers);
    let Some((settled, Event::Settled { answer, .. })) = answer.map(|it| (it, &it.event)) else {
        return account.finish(format!("{asked}."));
    };
    account.visible(settled, 0);
    if let Some(handed) = facts.record(handed.id) {
        account.visible(handed, 0);
    }
    let came = explain::settled(answer.as_ref(), &names);
    account.finish(format!("{asked}. At {}: {came}.", Seconds(settled.at)))
}

/// What it waits for: somebody to be handed to, or what its leader waits for.
fn pending(facts: &Facts<'_>, order: &OrderView, handed: Option<&Record>) -> Answer {
    let mut account = Account::new(facts);
    if let Some(handed) = handed.and_then(|handed| facts.record(handed.id)) {
        account.visible(handed, 0);
    }
    let names = |id| facts.name(id);
    let asked = change_words(&order.change, &names);
    let asked = format!("`{asked}` waits since {}", Seconds(order.given));
    let turned = handed.and_then(|handed| turned_away(facts, order, handed));
    if let Some((to, record, answer)) = turned {
        account.visible(record, 0);
        match facts.view.leader() {
            Some(leader) if leader.id == to => {
                account.awaits(format!("{} is asked again", leader.name))
            }
            Some(leader) => account.awaits(format!("{} is asked next", leader.name)),
            None => {
                account.lacks("no live node leads");
                leader::candidates(&mut account);
            }
        }
        let answer = explain::settled(Some(answer), &names);
        return account.finish(format!("{asked}: {} answered, {answer}.", facts.name(to)));
    }
    let crash = match (order.to, handed) {
        (Some(to), Some(handed)) => facts.crashed_since(to, handed.id),
        _ => None,
    };
    let headline = match order.to {
        None => format!("{asked}: nobody leads whom it could be handed to."),
        Some(to) => match (facts.node(to).life, facts.name(to), crash) {
            (Life::Down, name, _) => format!("{asked}: {name} was asked, and is down."),
            (_, name, Some(crash)) => {
                account.visible(crash, 0);
                let at = Seconds(crash.at);
                format!("{asked}: {name} was asked, and crashed at {at} before it answered.")
            }
            (Life::Up, name, None) => format!("{asked}: {name} has it, and has not answered."),
            (Life::Stopped, name, None) => format!("{asked}: {name} has it, and is frozen."),
        },
    };
    match (order.to, facts.view.leader()) {
        (_, None) => {
            account.lacks("no live node leads");
            leader::candidates(&mut account);
        }
        (Some(to), Some(leader)) if leader.id == to && crash.is_none() => {
            at_leader(&mut account, leader, order)
        }
        (to, Some(leader)) => {
            if let Some(to) = to.filter(|&to| to != leader.id) {
                account.lacks(format!(
                    "{} leads now, and {} was asked",
                    leader.name,
                    facts.name(to)
                ));
                account.lacks_some(facts.absent(to));
            }
            let timeout = duration_text(facts.view.client_options.timeout);
            account.awaits(format!(
                "{} is asked when nobody has answered for {timeout}",
                leader.name
            ));
        }
    }
    account.finish(headline)
}

/// Whoever was asked last and does not lead, or leads no more: it has answered, and the operator
/// asks again after a pause.
fn turned_away<'a>(
    facts: &Facts<'a>,
    order: &OrderView,
    handed: &Record,
) -> Option<(NodeId, &'a Record, &'a AdminAnswer)> {
    let to = order.to?;
    facts
        .after(handed.id)
        .find_map(|record| match &record.event {
            Event::Node(raft::Event::AdminAnswered { id, answer })
                if *id == order.id && record.node == Some(to) =>
            {
                Some((to, record, answer))
            }
            _ => None,
        })
}

/// What the leader waits for that has it.
fn at_leader(account: &mut Account<'_>, leader: &NodeStatus, order: &OrderView) {
    let facts = account.facts;
    account.lacks_some(facts.absent(leader.id));
    if let Change::Transfer(target) = order.change {
        return hands_over(account, leader, target);
    }
    let (name, log) = (&leader.name, &leader.node.log);
    let own = log.term_at(leader.node.commit) == Some(leader.node.term);
    if !own && facts.on(Rule::CommitBeforeChange) {
        account.lacks_by(
            &format!(
                "{name} begins no change before it has committed an entry of its own term {}",
                leader.node.term
            ),
            Rule::CommitBeforeChange,
        );
        return tell_commit(account, log.last());
    }
    let used = facts.newest(leader.id, |event| {
        matches!(event, raft::Event::Configuration { .. })
    });
    if let Some(Event::Node(raft::Event::Configuration { index, .. })) =
        used.map(|used| &used.event)
        && *index > leader.node.commit
    {
        account.lacks(format!("the configuration at {index} is not committed"));
        return tell_commit(account, *index);
    }
    catch_up(account, leader, &newcomers(leader, &order.change));
}

/// Those who learn first, to vote later.
fn newcomers(leader: &NodeStatus, change: &Change) -> Vec<NodeId> {
    let comes = match change {
        Change::Add(node) | Change::Promote(node) => std::slice::from_ref(node),
        Change::Members(nodes) => nodes,
        _ => &[],
    };
    let learns = |id: &NodeId| !leader.node.configuration.is_voter(*id);
    comes.iter().copied().filter(learns).collect()
}

/// Newcomers vote when all of them have caught up: those that have wait for the others.
fn catch_up(account: &mut Account<'_>, leader: &NodeStatus, newcomers: &[NodeId]) {
    let facts = account.facts;
    let last = leader.node.log.last();
    let newcomers = newcomers.iter();
    let (ready, late): (Vec<NodeId>, Vec<NodeId>) =
        newcomers.partition(|&&id| matched(leader, id) == last);
    for &id in &late {
        let words = format!(
            "{} has no vote before it has caught up: {}",
            facts.name(id),
            held(leader, id)
        );
        account.lacks_by(&words, Rule::StagedChange);
        account.lacks_some(facts.hindered(id, leader.id));
    }
    if !ready.is_empty() && !late.is_empty() {
        let verbs = match ready.len() {
            1 => "has caught up, and waits",
            _ => "have caught up, and wait",
        };
        let (ready, late) = (facts.names(ready), facts.names(late));
        account.lacks(format!("{ready} {verbs} for {late}"));
    }
}

fn hands_over(account: &mut Account<'_>, leader: &NodeStatus, target: NodeId) {
    let facts = account.facts;
    let name = facts.name(target);
    account.lacks(format!(
        "{name} must hold the whole log, and then win an election: {}",
        held(leader, target)
    ));
    account.lacks_some(facts.hindered(target, leader.id));
    let patience = duration_text(leader.options.election_timeout.max);
    account.awaits(format!(
        "{} gives it up when {name} does not lead within {patience}",
        leader.name
    ));
}

/// How much of its log a leader knows a peer to hold.
fn held(leader: &NodeStatus, id: NodeId) -> String {
    let (matched, last) = (matched(leader, id), leader.node.log.last());
    format!(
        "{} knows that it holds {matched} of {last} entries",
        leader.name
    )
}

/// Up to where a leader knows a peer's log to match its own.
fn matched(leader: &NodeStatus, id: NodeId) -> raft::Index {
    let peer = match &leader.node.role {
        RoleView::Leader { peers } => peers.iter().find(|peer| peer.id == id),
        _ => None,
    };
    peer.map_or(0, |peer| peer.matched)
}

fn tell_commit(account: &mut Account<'_>, index: raft::Index) {
    for missing in commit::in_cluster(account.facts, index).missing {
        account.misses(missing);
    }
}
