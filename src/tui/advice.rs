//! Notices that teach: settings that cannot work, and states that nothing can come of, each with
//! what to try.
//!
//! They read the world's general settings: a link or a node with numbers of its own is somebody's
//! experiment.

use crate::command::duration_text;
use crate::raft::{Configuration, Kind, Micros, NodeId, ReadMode, RoleKind, Rule};
use crate::world::View;
use crate::world::view::{Flight, Life, NodeStatus};

/// What is wrong, the gravest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Trouble {
    /// No majority of voters can reach one another.
    Quorum,
    /// The leader hears no majority, and those who hear it elect no other.
    Deaf,
    /// Whoever could be elected has its timer held.
    Held,
    /// Followers give up between two heartbeats.
    Heartbeat,
    /// Votes take longer than a candidate waits.
    Latency,
    /// All heartbeats of an election timeout are lost too often.
    Loss,
    /// Timeouts lie so close together that votes split.
    Narrow,
    /// The leader's disk is stalled.
    Disk,
    /// A clock drifts more than leases allow for.
    Drift,
}

/// One in so many times that a follower may miss all heartbeats of an election timeout.
const SELDOM: f64 = 100.0;

/// All that is wrong, with words for each, the gravest first.
pub fn advice(view: &View) -> Vec<(Trouble, String)> {
    let Some(configuration) = view.configuration() else {
        return Vec::new();
    };
    let timing = [
        (Trouble::Heartbeat, heartbeat(view)),
        (Trouble::Latency, latency(view)),
        (Trouble::Loss, loss(view, configuration)),
        (Trouble::Narrow, narrow(view)),
    ];
    // Who votes alone waits for nobody, and a timer that is held never ends.
    let runs = |id: &NodeId| !view.nodes[id.slot()].node.timer_held;
    let waits = configuration.voters.len() > 1 && configuration.voters.iter().any(runs);
    let timing = timing.into_iter().filter(|_| waits);
    let quorum = [
        (Trouble::Quorum, quorum(view, configuration)),
        (Trouble::Deaf, deaf(view, configuration)),
        (Trouble::Held, held(view)),
    ];
    let states = [
        (Trouble::Disk, disk(view, configuration)),
        (Trouble::Drift, drift(view, configuration)),
    ];
    let all = quorum.into_iter().chain(timing).chain(states);
    all.filter_map(|(trouble, words)| Some((trouble, words?)))
        .collect()
}

fn quorum(view: &View, configuration: &Configuration) -> Option<String> {
    if view.islands().iter().any(|island| island.can_elect) {
        return None;
    }
    let life = |id: &NodeId| view.nodes[id.slot()].life;
    let members = configuration.members();
    let away = members.into_iter().filter(|id| configuration.is_voter(*id));
    let away: Vec<NodeId> = away.filter(|id| life(id) != Life::Up).collect();
    let up = |id: NodeId| life(&id) == Life::Up;
    // As few as make a majority, once all can reach one another.
    let enough = (0..=away.len())
        .find(|&count| configuration.quorum(|id| up(id) || away[..count].contains(&id)));
    let wanted = &away[..enough?];
    let (down, stopped): (Vec<NodeId>, Vec<NodeId>) =
        wanted.iter().partition(|id| life(id) == Life::Down);
    let runs = |id: NodeId| up(id) || wanted.contains(&id);
    let reaches =
        |one: NodeId| configuration.quorum(|other| runs(other) && view.joined(one, other));
    let mut voters = view.nodes.iter().map(|node| node.id);
    let healed = voters.any(|id| configuration.is_voter(id) && runs(id) && reaches(id));
    let mut tries = Vec::new();
    if !healed {
        tries.push(":heal".to_owned());
    }
    for (verb, ids) in [("restart", down), ("resume", stopped)] {
        if !ids.is_empty() {
            tries.push(format!(":{verb} {}", names(view, &ids)));
        }
    }
    if tries.is_empty() {
        // Nobody knows yet of the configuration that would do.
        return None;
    }
    let why = match wanted.is_empty() {
        true => "no server reaches a majority of the voters".to_owned(),
        false => {
            let running = |voters: &[NodeId]| voters.iter().filter(|id| up(**id)).count();
            // Of a joint configuration both halves must agree.
            let (which, voters) = match &configuration.voters_old {
                Some(old) if 2 * running(old) <= old.len() => ("old ", old),
                Some(_) => ("new ", &configuration.voters),
                None => ("", &configuration.voters),
            };
            let (running, all) = (running(voters), voters.len());
            format!("{running} of {all} {which}voters run, which is no majority")
        }
    };
    Some(format!(
        "{why}: nobody can be elected, nothing can be committed. Try {}",
        tries.join(" and ")
    ))
}

fn deaf(view: &View, configuration: &Configuration) -> Option<String> {
    let leader = view.leader()?;
    let passes = |from, to| from == to || !view.blocked.contains(&(from, to));
    let up = |id: NodeId| view.nodes[id.slot()].life == Life::Up;
    let hears = configuration.quorum(|id| up(id) && passes(id, leader.id));
    let replaced = configuration.quorum(|id| up(id) && !passes(leader.id, id));
    if view.rules.on(Rule::CheckQuorum) || hears || replaced || !configuration.quorum(up) {
        return None;
    }
    Some(format!(
        "{} leads and hears no majority: nothing can be committed, and whoever hears it elects \
         nobody else, since check-quorum is off. Try :rule check-quorum on or :heal",
        leader.name,
    ))
}

fn held(view: &View) -> Option<String> {
    let up = |id: NodeId| view.nodes[id.slot()].life == Life::Up;
    let could_win = |node: &&NodeStatus| {
        let used = &node.node.configuration;
        let reaches = |other| up(other) && view.joined(node.id, other);
        up(node.id) && used.is_voter(node.id) && used.quorum(reaches)
    };
    let able: Vec<&NodeStatus> = view.nodes.iter().filter(could_win).collect();
    let waits = able.iter().all(|node| node.waits_with_held_timer());
    if !waits || election_is_open(view) {
        return None;
    }
    let newest = |node: &&&NodeStatus| (node.node.log.last_term(), node.node.log.last());
    let best = able.iter().rev().max_by_key(newest)?;
    let who = match able.as_slice() {
        [_] => "the only one that could be elected".to_owned(),
        able => format!("all {} that could be elected", able.len()),
    };
    let leads = match view.leader() {
        None => "nobody leads".to_owned(),
        Some(leader) => format!("{} leads without a majority", leader.name),
    };
    Some(format!(
        "{leads}, and no election comes by itself: the election timer is held of {who}. Try \
         :release-timer all or :timeout {}",
        best.name,
    ))
}

/// True while an election may still be won that was begun by hand: somebody asks for votes and may
/// be answered, or is told to.
fn election_is_open(view: &View) -> bool {
    let asks = |id: NodeId| {
        let role = view.nodes[id.slot()].role();
        matches!(role, Some(RoleKind::PreCandidate | RoleKind::Candidate))
    };
    let carries = |flight: &Flight| {
        let envelope = &flight.envelope;
        let told = envelope.message.kind() == Kind::TimeoutNow;
        told || asks(envelope.from) || asks(envelope.to)
    };
    // What is answered must be on disk before.
    let writes = |node: &NodeStatus| node.disk.synced < node.disk.written && !node.disk.stalled;
    let somebody_asks = view.nodes.iter().any(|node| asks(node.id));
    view.flights.iter().any(carries) || somebody_asks && view.nodes.iter().any(writes)
}

fn heartbeat(view: &View) -> Option<String> {
    let (beat, shortest) = (view.options.heartbeat, view.options.election_timeout.min);
    let late = view.channel.latency.max - view.channel.latency.min;
    if beat + late < shortest {
        return None;
    }
    let late = match late {
        0 => String::new(),
        late => format!(", up to {} late", duration_text(late)),
    };
    Some(format!(
        "heartbeats come every {}{late}, and followers may wait only {}: they give up on a leader \
         that lives. Try {}",
        duration_text(beat),
        duration_text(shortest),
        timeouts(3 * (beat + view.channel.latency.max)),
    ))
}

fn latency(view: &View) -> Option<String> {
    let (slowest, shortest) = (view.channel.latency.max, view.options.election_timeout.min);
    if 2 * slowest < shortest {
        return None;
    }
    Some(format!(
        "a vote takes up to {} there and back, and a candidate may wait only {}: it gives up before \
         it is answered. Try {} or :latency 5ms..15ms",
        duration_text(2 * slowest),
        duration_text(shortest),
        timeouts(10 * slowest),
    ))
}

fn loss(view: &View, configuration: &Configuration) -> Option<String> {
    let (beat, shortest) = (view.options.heartbeat, view.options.election_timeout.min);
    let share = f64::from(view.channel.loss) / 1e6;
    let beats = i32::try_from(shortest / beat.max(1)).ok()?.max(1);
    let missed = share.powi(beats);
    if missed * SELDOM < 1.0 {
        return None;
    }
    let percent = share * 100.0;
    // So many heartbeats that one of them comes through, nine hundred and ninety-nine times in a
    // thousand.
    let wanted = (0.001_f64.ln() / share.ln()).ceil();
    // A longer wait keeps a leader; it elects none where hardly ever enough votes come back.
    let remedy = match elected(view, configuration, share) * SELDOM < 1.0 {
        true => ":loss 5%".to_owned(),
        false => format!("{} or :loss 5%", timeouts(wanted as Micros * beat)),
    };
    let heartbeats = match beats {
        1 => "the one heartbeat".to_owned(),
        beats => format!("all {beats} heartbeats"),
    };
    Some(format!(
        "{percent}% of the messages are lost, and {heartbeats} of an election timeout 1 time in \
         {:.0}: followers give up on a leader that lives. Try {remedy}",
        1.0 / missed,
    ))
}

/// How probably a campaign succeeds if this share of the messages is lost: of the other voters
/// enough must be asked and heard, once before the election too where that is the rule.
fn elected(view: &View, configuration: &Configuration, lost: f64) -> f64 {
    let others = configuration.voters.len().saturating_sub(1);
    let needed = configuration.voters.len() / 2;
    let comes_back = (1.0 - lost).powi(2);
    // The chances that so many of those who were asked have answered.
    let mut answered = vec![0.0; others + 1];
    answered[0] = 1.0;
    for _ in 0..others {
        for count in (0..=others).rev() {
            let one_less = count.checked_sub(1).map_or(0.0, |less| answered[less]);
            answered[count] = answered[count] * (1.0 - comes_back) + one_less * comes_back;
        }
    }
    let majority: f64 = answered[needed..].iter().sum();
    match view.rules.on(Rule::PreVote) {
        true => majority.powi(2),
        false => majority,
    }
}

fn narrow(view: &View) -> Option<String> {
    let (timeout, slowest) = (view.options.election_timeout, view.channel.latency.max);
    let width = timeout.max - timeout.min;
    if width >= slowest {
        return None;
    }
    Some(format!(
        "election timeouts differ by at most {}, and a request for votes takes up to {}: several \
         campaign at once and split the votes. Try {}",
        duration_text(width),
        duration_text(slowest),
        timeouts(timeout.min.max(10 * slowest)),
    ))
}

fn disk(view: &View, configuration: &Configuration) -> Option<String> {
    let leader = view.leader().filter(|leader| leader.disk.stalled)?;
    let other = |id: &&NodeId| {
        let node = &view.nodes[id.slot()];
        **id != leader.id && node.life == Life::Up && !node.disk.stalled
    };
    let transfer = configuration.voters.iter().find(other);
    let transfer = transfer.map(|&id| format!(" or :transfer {}", view.name(id)));
    let effect = match view.options.parallel_disk {
        true => "it does not count for a majority any more",
        false => "it sends no entry before its own write is done",
    };
    let name = &leader.name;
    Some(format!(
        "{name} leads and its disk is stalled: {effect}, and still leads, since heartbeats need no \
         disk. Try :disk {name} ok{}",
        transfer.unwrap_or_default(),
    ))
}

fn drift(view: &View, configuration: &Configuration) -> Option<String> {
    if view.client_options.reads != ReadMode::Lease && !view.options.leases {
        return None;
    }
    let heeded = view.rules.on(Rule::LeaseUnderDrift);
    let bound = if heeded { view.options.drift_bound } else { 0 };
    let off = |node: &&NodeStatus| {
        let voter = configuration.is_voter(node.id) && node.life == Life::Up;
        voter && node.clock_rate.abs_diff(1_000_000) > bound
    };
    let node = view.nodes.iter().find(off)?;
    let off = node.clock_rate.abs_diff(1_000_000);
    let percent = off.div_ceil(10_000);
    let name = &node.name;
    let way = if node.clock_rate > 1_000_000 {
        "fast"
    } else {
        "slow"
    };
    let remedy = match (heeded, percent < 100) {
        (false, _) => ":rule lease-under-drift on or ".to_owned(),
        (true, true) => format!(":set drift-bound {percent}% or "),
        (true, false) => String::new(),
    };
    Some(format!(
        "the clock of {name} is {}% {way}, and leases allow for {}%: a lease read may miss a newer \
         write. Try {remedy}:clock {name} rate 1.0",
        f64::from(off) / 1e4,
        f64::from(bound) / 1e4,
    ))
}

/// The statement for election timeouts from so much on, up to twice as much.
fn timeouts(from: Micros) -> String {
    // In whole tens of milliseconds.
    let from = from.div_ceil(10_000) * 10_000;
    let (from, to) = (duration_text(from), duration_text(2 * from));
    format!(":set election-timeout {from}..{to}")
}

fn names(view: &View, ids: &[NodeId]) -> String {
    let names: Vec<&str> = ids.iter().map(|&id| view.name(id)).collect();
    names.join(",")
}
