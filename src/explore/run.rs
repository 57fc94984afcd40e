//! Plays one case, and says what is wrong with it.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Case, Wanted};
use crate::check::availability::{reaches, sound_majority};
use crate::check::linearizability;
use crate::command::duration_text;
use crate::kv::{ClientId, Operation, Text};
use crate::raft::rule::Protects;
use crate::raft::{AdminId, Index, Invariant, Micros, NodeId, ReadMode};
use crate::session::{Deed, Manner, Session};
use crate::world::World;
use crate::world::command::Command;
use crate::world::run::EndlessInstant;
use crate::world::view::{ClientView, Life};

/// So long after the trouble the cluster must be well again, in microseconds.
const RECOVERY: Micros = 5_000_000;
/// For so long it must stay well.
const CALM: Micros = 10_000_000;
/// More elections than that in this time are too many.
pub const ELECTIONS: u64 = 2;
/// So long may a request take when all is well.
const REQUEST: Micros = 10_000_000;
/// So many election timeouts may a statement about the cluster take: after a hundred a leader refuses
/// a newcomer that has not caught up.
const PATIENCE: u64 = 150;
/// More events than that in a run are too many …
const FLOOD: u64 = 2_000_000;
/// … and they are counted this often.
const WATCH: Micros = 10_000;
/// Who writes then …
pub const PROBE: ClientId = ClientId(99);
/// … and who reads.
pub const READER: ClientId = ClientId(98);

/// What is wrong with a run.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Failure {
    /// An invariant was violated.
    Violation(Invariant),
    /// A majority is well and connected, and yet there are elections all the time.
    Restless,
    /// There is one leader, and what it inherited stays uncommitted.
    Unfinished,
    /// A majority is well and connected, and yet a write is not done.
    Unavailable,
    /// A majority is well and connected, and yet a linearizable read is not answered.
    Unread,
    /// A majority is well and connected, and yet what a client asked in the time of the trouble is
    /// not answered.
    Unanswered,
    /// A majority is well and connected, and yet a statement about the cluster is not answered.
    Unsettled,
    /// A majority is well and connected, and yet a joint configuration is not left.
    Joint,
    /// There is one leader, and a member that it reaches does not come to know that the entry at
    /// this index is committed.
    Behind(Index),
    /// There are more and more messages.
    Flood,
    /// The program is wrong: it panicked, or an instant did not end.
    Bug(String),
}

impl Failure {
    /// What is wrong, in one word and in a few.
    fn words(&self) -> (&'static str, &'static str) {
        match self {
            Failure::Violation(invariant) => (invariant.name(), invariant.name()),
            Failure::Restless => ("restless", "elections without end"),
            Failure::Unfinished => ("unfinished", "an inherited entry stays uncommitted"),
            Failure::Unavailable => ("unavailable", "a write is not done"),
            Failure::Unread => ("unread", "a read is not answered"),
            Failure::Unanswered => ("unanswered", "a client's request is not answered"),
            Failure::Unsettled => ("unsettled", "a statement about the cluster is not answered"),
            Failure::Joint => ("joint", "a joint configuration is not left"),
            Failure::Behind(_) => ("behind", "a member stays behind"),
            Failure::Flood => ("flood", "more and more messages"),
            Failure::Bug(_) => ("bug", "a bug in this program"),
        }
    }

    /// A few words, as in a table.
    pub fn name(&self) -> Cow<'static, str> {
        let (_, words) = self.words();
        match self {
            Failure::Violation(_) | Failure::Bug(_) => words.into(),
            _ => format!("{}: {words}", Protects::Availability.name()).into(),
        }
    }

    /// The same in one word, as in the name of a file.
    pub fn word(&self) -> &'static str {
        self.words().0
    }

    /// True when both are wrong in the same way.
    pub fn is_like(&self, other: &Failure) -> bool {
        match (self, other) {
            (Failure::Bug(_), Failure::Bug(_)) | (Failure::Behind(_), Failure::Behind(_)) => true,
            _ => self == other,
        }
    }
}

/// What is looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// Whatever is wrong.
    Anything,
    /// A violation of this invariant, whatever else is violated before.
    Violation(Invariant),
    /// That the cluster is of no use though it should be.
    Availability,
}

impl Target {
    /// What the absence of the rules is to show.
    pub fn of(wanted: &Wanted) -> Target {
        match wanted.off.first().map(|rule| rule.info().protects) {
            None => Target::Anything,
            Some(Protects::Availability) => Target::Availability,
            Some(Protects::Safety(invariant)) => Target::Violation(invariant),
        }
    }

    fn wants(self, invariant: Invariant) -> bool {
        match self {
            Target::Anything => true,
            Target::Violation(wanted) => wanted == invariant,
            Target::Availability => false,
        }
    }
}

/// A case that was played.
pub struct Played {
    /// The session, at the end of the run.
    pub session: Session,
    /// What was wrong, if anything was.
    pub failure: Option<Failure>,
    /// The cluster should have been of use as soon as the trouble was over, and was.
    pub well: bool,
}

impl Played {
    /// True when it was too much work to tell whether the clients' history is linearizable.
    pub fn is_undecided(&self) -> bool {
        let (verdict, _) = self.session.judge().checker.history().verdict();
        verdict == linearizability::Verdict::Undecided
    }

    /// The case with the nodes named that were meant, without what did nothing or came too late.
    pub(super) fn resolved(&self, case: &Case) -> Case {
        let head = case.off.len() + case.setup.len();
        let done = self.session.journal().iter().skip(head);
        let acts = done.filter_map(|entry| match &entry.deed {
            Deed::Act(command) => Some((entry.at, command.clone())),
            _ => None,
        });
        Case {
            steps: acts.filter(|(at, _)| *at <= case.until).collect(),
            ..case.clone()
        }
    }
}

/// What is found in the end.
enum Verdict {
    /// The cluster should have been of use, and was.
    Well,
    /// Whether it was cannot be said: no majority is well, or there was still something to do.
    Unjudged,
    Wrong(Failure),
}

/// Plays a case as far as it takes to find what is looked for.
///
/// # Errors
/// When the program panics or an instant does not end: what is wrong with the program.
pub fn play(case: &Case, target: Target) -> Result<Played, Failure> {
    play_keeping(case, target, 0)
}

/// The same, and so many of the newest events are kept.
pub(super) fn play_keeping(case: &Case, target: Target, keep: usize) -> Result<Played, Failure> {
    let played = catch_unwind(AssertUnwindSafe(|| {
        let mut session = begin(case, keep);
        let failure = go_on(case, target, &mut session);
        (session, failure)
    }));
    match played {
        Ok((session, Ok(verdict))) => Ok(Played {
            session,
            well: matches!(verdict, Verdict::Well),
            failure: match verdict {
                Verdict::Wrong(failure) => Some(failure),
                _ => None,
            },
        }),
        Ok((_, Err(endless))) => Err(Failure::Bug(format!(
            "the instant {} does not end",
            duration_text(endless.at)
        ))),
        Err(panic) => {
            let words = panic.downcast_ref::<String>().cloned();
            let words = words.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()));
            Err(Failure::Bug(words.unwrap_or_default()))
        }
    }
}

/// True when a case that fails owes it to the rule whose absence is looked for: with that rule on,
/// and its companions still off, it does not fail so, and is of use where that was looked for. Nodes
/// are named in it: a selection may mean others with the rule on.
pub(super) fn owes_it_to_the_rule(case: &Case, target: Target, failure: &Failure) -> bool {
    let mut with = case.clone();
    match with.off.first_mut() {
        Some(Command::Rule { on, .. }) => *on = true,
        _ => return true,
    }
    match play(&with, target) {
        Ok(played) if target == Target::Availability => played.well,
        Ok(played) => !played.failure.is_some_and(|other| other.is_like(failure)),
        Err(_) => false,
    }
}

fn begin(case: &Case, keep: usize) -> Session {
    let manner = Manner::unwatched(keep);
    Session::new(case.stage(), manner)
}

fn go_on(case: &Case, target: Target, session: &mut Session) -> Result<Verdict, EndlessInstant> {
    for command in case.off.iter().chain(&case.setup) {
        session.act(command, false)?;
    }
    for (at, command) in &case.steps {
        if !pass(session, *at)? {
            return Ok(flooded(target));
        }
        if let Some(found) = violated(target, session) {
            return Ok(Verdict::Wrong(found));
        }
        session.act(command, false)?;
    }
    if !pass(session, case.until)? {
        return Ok(flooded(target));
    }
    if let Some(found) = violated(target, session) {
        return Ok(Verdict::Wrong(found));
    }
    let violation_is_wanted = matches!(target, Target::Violation(_));
    if !case.judged || violation_is_wanted || lacks_more_than_wanted(case, session.world()) {
        return Ok(Verdict::Unjudged);
    }
    let judged = judge(session)?;
    Ok(violated(target, session).map_or(judged, Verdict::Wrong))
}

/// Lets time pass. False when too much happens: a rule that is off may let messages beget ever
/// more of them.
fn pass(session: &mut Session, until: Micros) -> Result<bool, EndlessInstant> {
    while session.now() < until {
        let stop = session.now().saturating_add(WATCH).min(until);
        session.run_to(stop)?;
        if session.world().trace().counted() > FLOOD {
            return Ok(false);
        }
    }
    Ok(true)
}

/// True when rules are off in the end that nobody wanted off: no wonder if the cluster is of no use.
fn lacks_more_than_wanted(case: &Case, world: &World) -> bool {
    let wanted = |rule| case.off.contains(&Command::Rule { rule, on: false });
    world.rules().off().any(|rule| !wanted(rule))
}

/// Such a run is no proof of anything else.
fn flooded(target: Target) -> Verdict {
    match target {
        Target::Violation(_) => Verdict::Unjudged,
        Target::Anything | Target::Availability => Verdict::Wrong(Failure::Flood),
    }
}

fn violated(target: Target, session: &Session) -> Option<Failure> {
    let mut found = session.violations().iter().map(|found| found.invariant);
    let found = found.find(|invariant| target.wants(*invariant));
    found.map(Failure::Violation)
}

/// Lets time pass, and says whether the cluster was of use meanwhile.
fn judge(session: &mut Session) -> Result<Verdict, EndlessInstant> {
    if sound_majority(session.world()).is_none() {
        return Ok(Verdict::Unjudged);
    }
    let began = session.now();
    if let Some(wrong) = settle(session)? {
        return Ok(Verdict::Wrong(wrong));
    }
    let at_once = session.now() == began;
    if !should_be_well(session.world()) {
        return Ok(Verdict::Unjudged);
    }
    if !pass(session, session.now() + RECOVERY)? {
        return Ok(Verdict::Wrong(Failure::Flood));
    }
    session.mark()?;
    let asked = waiting(session.world());
    let inherited = session
        .world()
        .leader()
        .map(|leader| last(session.world(), leader));
    if !pass(session, session.now() + CALM)? {
        return Ok(Verdict::Wrong(Failure::Flood));
    }
    // A change of membership may have begun meanwhile that needs more.
    if !should_be_well(session.world()) {
        return Ok(Verdict::Unjudged);
    }
    if session.judge().tally.elections() > ELECTIONS {
        return Ok(Verdict::Wrong(Failure::Restless));
    }
    if unfinished(session.world(), inherited.unwrap_or(0)) {
        return Ok(Verdict::Wrong(Failure::Unfinished));
    }
    let committed = committed(session.world());
    let key: Text = "probe".into();
    let value = "1".into();
    let write = Operation::Put {
        key: key.clone(),
        value,
    };
    let read = Operation::Get { key };
    let linearizable = Some(ReadMode::Linearizable);
    for (by, operation, reads) in [(PROBE, write, None), (READER, read, linearizable)] {
        let request = Command::Request {
            operation,
            by: Some(by),
            via: None,
            reads,
        };
        session.act(&request, false)?;
    }
    if !pass(session, session.now() + REQUEST)? {
        return Ok(Verdict::Wrong(Failure::Flood));
    }
    let world = session.world();
    let clients = world.clients();
    let still = waiting(world);
    Ok(match (clients.is_free(PROBE), clients.is_free(READER)) {
        _ if !should_be_well(world) => Verdict::Unjudged,
        (false, _) => Verdict::Wrong(Failure::Unavailable),
        (_, false) => Verdict::Wrong(Failure::Unread),
        _ if asked.iter().any(|one| still.contains(one)) => Verdict::Wrong(Failure::Unanswered),
        _ if world.configuration().is_joint() => Verdict::Wrong(Failure::Joint),
        _ if behind(world, committed).is_some() => Verdict::Wrong(Failure::Behind(committed)),
        // At other instants than those of a run that is compared with it.
        _ if !at_once => Verdict::Unjudged,
        _ => Verdict::Well,
    })
}

/// How far the leader's log is committed.
fn committed(world: &World) -> Index {
    world
        .leader()
        .map_or(0, |leader| world.glance(leader).commit)
}

/// A member that the leader reaches by links that lose nothing, and with a disk that works, which
/// does not know that entry `committed` is.
pub(super) fn behind(world: &World, committed: Index) -> Option<NodeId> {
    let leader = world.leader()?;
    let view = world.view();
    let lossy = |from: NodeId, to: NodeId| {
        let channel = view.links.get(&(from, to)).unwrap_or(&view.channel);
        channel.loss > 0
    };
    let reached = |id: NodeId| {
        let well = world.life(id) == Life::Up && !view.nodes[id.slot()].disk.stalled;
        well && reaches(world, leader, id) && !lossy(leader, id) && !lossy(id, leader)
    };
    let members = world.configuration().members().into_iter();
    let mut reached = members.filter(|&id| reached(id));
    reached.find(|&id| world.glance(id).commit < committed)
}

/// Who waits for an answer, and since when.
fn waiting(world: &World) -> Vec<(ClientId, Micros)> {
    let clients = world.clients().view();
    let since = |client: &ClientView| client.outstanding.as_ref().map(|(_, since, _)| *since);
    let waiting = clients.iter().filter_map(|it| Some((it.id, since(it)?)));
    waiting.collect()
}

/// Who has waited longest for an answer.
pub(super) fn longest_waiting(world: &World) -> Option<ClientId> {
    let waiting = waiting(world).into_iter();
    waiting.min_by_key(|&(_, since)| since).map(|(id, _)| id)
}

/// Gives the statements about the cluster that wait the time that they may need; what is wrong then.
fn settle(session: &mut Session) -> Result<Option<Failure>, EndlessInstant> {
    let asked: Vec<AdminId> = session.world().operator().unanswered().collect();
    if asked.is_empty() {
        return Ok(None);
    }
    let servers = session.world().view().nodes;
    let timeouts = servers.iter().map(|it| it.options.election_timeout.max);
    let patience = RECOVERY + PATIENCE * timeouts.max().unwrap_or(0);
    if !pass(session, session.now() + patience)? {
        return Ok(Some(Failure::Flood));
    }
    let world = session.world();
    let still = world.operator().unanswered().any(|id| asked.contains(&id));
    let sound = sound_majority(world).is_some();
    Ok((still && sound).then_some(Failure::Unsettled))
}

/// True when a majority is well, and nobody asks the leader to go.
fn should_be_well(world: &World) -> bool {
    world.operator().unanswered().next().is_none() && sound_majority(world).is_some()
}

fn last(world: &World, node: NodeId) -> Index {
    world.glance(node).last
}

/// True when a leader that reaches a majority has not committed what it had long ago.
fn unfinished(world: &World, inherited: Index) -> bool {
    let Some(leader) = world.leader() else {
        return false;
    };
    let reached = |node: NodeId| world.life(node) == Life::Up && reaches(world, leader, node);
    let commit = world.glance(leader).commit;
    world.configuration().quorum(reached) && commit < inherited.min(last(world, leader))
}
