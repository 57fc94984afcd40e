//! Cluster membership changes (paper, section 6; dissertation, chapter 4): one configuration
//! after another goes through the log, each sharing its majorities with the one before.

use std::sync::Arc;

use super::admin::{AdminAnswer, AdminId, Change, Order, Refusal};
use super::change::{goal, goal_of_promotion, one_closer, reached_before};
use super::configuration::Configuration;
use super::log::Payload;
use super::node::{Node, Role};
use super::options::Membership;
use super::rule::Rule;
use super::turn::Turn;
use super::{Index, Micros, NodeId};

/// How far a change has come.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Step {
    /// The entry at this index must be committed before it goes on.
    Stage(Index),
    /// Nodes that will vote catch up as learners, in rounds (dissertation, section 4.2.1): each
    /// round is the log as it was when the round began.
    CatchUp(Vec<Round>),
    /// The joint configuration at this index is left by itself when it is committed.
    Joint,
    /// When the entry at this index is committed, all is done.
    Last(Index),
}

/// One node's round of catching up.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Round {
    node: NodeId,
    goal: Index,
    began: Micros,
    /// Rounds so far, this one included.
    count: u32,
    /// When the first began.
    first: Micros,
}

/// So many rounds of catching up, and a node is as near as it will be (dissertation, section
/// 4.2.1).
const MOST_ROUNDS: u32 = 10;

/// A change under way.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Running {
    id: AdminId,
    change: Change,
    step: Step,
}

/// The changes that a leader works on.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(super) struct Changes {
    /// Asked before the leader had committed an entry of its own term.
    early: Vec<Order>,
    /// At most one, unless a rule is off.
    running: Vec<Running>,
    /// They are being pursued: what is committed on the way is looked at afterwards.
    busy: bool,
}

impl Changes {
    /// The leader's clock was set to `now`: no round of catching up began later.
    pub fn on_clock_set(&mut self, now: Micros) {
        for running in &mut self.running {
            if let Step::CatchUp(rounds) = &mut running.step {
                for round in rounds {
                    round.began = round.began.min(now);
                    round.first = round.first.min(now);
                }
            }
        }
    }

    /// True when nothing is to be done.
    fn is_idle(&self) -> bool {
        self.early.is_empty() && self.running.is_empty()
    }

    /// The ids of all that has not been answered.
    pub fn unanswered(&self) -> impl Iterator<Item = AdminId> {
        let early = self.early.iter().map(|order| order.id);
        early.chain(self.running.iter().map(|running| running.id))
    }

    fn knows(&self, id: AdminId) -> bool {
        self.unanswered().any(|known| known == id)
    }
}

/// What is next for a change, given the configuration in use.
enum Next {
    /// A configuration is to be appended, and this is the step after that.
    Append(Configuration, fn(Index) -> Step),
    /// Nodes must catch up first.
    CatchUp,
    /// The goal is reached.
    Done,
}

impl Node {
    /// A statement about the cluster arrives.
    pub(super) fn on_order(&mut self, order: Order, turn: &mut Turn) {
        let own_commit = self.committed_own();
        let waits = self.rules.on(Rule::CommitBeforeChange) && !own_commit;
        let known_leader = self.leader_hint();
        let Role::Leader(leader) = &mut self.role else {
            return turn.answer_admin(order.id, AdminAnswer::NotLeader(known_leader));
        };
        if leader.changes.knows(order.id) || leader.hands_over_for(order.id) {
            return;
        }
        if let Change::Transfer(target) = order.change {
            return self.begin_transfer(order.id, target, order.again, turn);
        }
        if waits {
            leader.changes.early.push(order);
        } else {
            self.begin_change(order, turn);
        }
    }

    fn begin_change(&mut self, order: Order, turn: &mut Turn) {
        match self.first_step(&order) {
            Err(refusal) => turn.answer_admin(order.id, AdminAnswer::Refused(refusal)),
            Ok(step) => {
                if let Role::Leader(leader) = &mut self.role {
                    let Order { id, change, .. } = order;
                    leader.changes.running.push(Running { id, change, step });
                }
                self.pursue_changes(turn);
            }
        }
    }

    /// Where a change begins, or why it is refused.
    fn first_step(&self, order: &Order) -> Result<Step, Refusal> {
        let (newest, current) = self.history.newest();
        let Role::Leader(leader) = &self.role else {
            return Err(Refusal::NothingToDo);
        };
        // What was asked before may be done, or be on its way, and is no mistake then.
        if order.again && reached_before(current, &order.change) {
            return Ok(match current.is_joint() {
                true => Step::Joint,
                false => Step::Last(newest),
            });
        }
        let unsettled = newest > self.commit || current.is_joint();
        let running = !leader.changes.running.is_empty();
        if self.rules.on(Rule::OneChangeAtATime) && (unsettled || running) {
            return Err(Refusal::ChangeRunning(newest));
        }
        match goal(current, &order.change) {
            // It was taken in as a learner before its leader was lost: that is gone on with.
            Err(Refusal::AlreadyLearner(_)) if order.again => Ok(Step::Stage(newest)),
            Err(refusal) => Err(refusal),
            Ok(goal) if goal == **current => Err(Refusal::NothingToDo),
            Ok(_) => Ok(Step::Stage(0)),
        }
    }

    /// Goes on with what can go on: an entry is committed, or somebody has caught up.
    pub(super) fn pursue_changes(&mut self, turn: &mut Turn) {
        let joint = self.history.newest().1.is_joint();
        let Role::Leader(leader) = &mut self.role else {
            return;
        };
        if leader.changes.busy || leader.changes.is_idle() && !joint {
            return;
        }
        // Whoever is to take over holds the whole log, and must go on doing so until it has.
        if leader.transfer.is_some() {
            return;
        }
        loop {
            let before = self.commit;
            self.set_busy(true);
            self.begin_early_changes(turn);
            self.leave_joint(turn);
            self.pursue_each(turn);
            self.set_busy(false);
            if self.commit == before {
                return;
            }
        }
    }

    fn set_busy(&mut self, busy: bool) {
        if let Role::Leader(leader) = &mut self.role {
            leader.changes.busy = busy;
        }
    }

    fn begin_early_changes(&mut self, turn: &mut Turn) {
        if !self.committed_own() && self.rules.on(Rule::CommitBeforeChange) {
            return;
        }
        if let Role::Leader(leader) = &mut self.role {
            for order in std::mem::take(&mut leader.changes.early) {
                self.begin_change(order, turn);
            }
        }
    }

    fn pursue_each(&mut self, turn: &mut Turn) {
        let Role::Leader(leader) = &self.role else {
            return;
        };
        let running = leader.changes.running.clone();
        for mut one in running {
            let answer = self.pursue(&mut one, turn);
            // Whoever stepped down meanwhile has answered for all.
            let Role::Leader(leader) = &mut self.role else {
                return;
            };
            let list = &mut leader.changes.running;
            let Some(place) = list.iter().position(|known| known.id == one.id) else {
                continue;
            };
            match answer {
                None => list[place].step = one.step,
                Some(answer) => {
                    list.remove(place);
                    turn.answer_admin(one.id, answer);
                }
            }
        }
    }

    /// A joint configuration that is committed is left: the new voters stay (paper, section 6).
    fn leave_joint(&mut self, turn: &mut Turn) {
        let (index, current) = self.history.newest();
        let settled = self.committed_own() || !self.rules.on(Rule::CommitBeforeChange);
        if !current.is_joint() || index > self.commit || !settled {
            return;
        }
        let stable = Configuration {
            voters_old: None,
            ..(**current).clone()
        };
        let index = self.append_configuration(stable, turn);
        if let Role::Leader(leader) = &mut self.role {
            for running in &mut leader.changes.running {
                if running.step == Step::Joint {
                    running.step = Step::Last(index);
                }
            }
        }
    }

    /// Takes a change as far as it goes now; the answer when it has ended.
    fn pursue(&mut self, running: &mut Running, turn: &mut Turn) -> Option<AdminAnswer> {
        loop {
            match &running.step {
                Step::Joint => match self.history.newest() {
                    (_, newest) if newest.is_joint() => return None,
                    // Without the rule `one-change-at-a-time` another change came over it.
                    (index, _) => {
                        running.step = Step::Stage(index);
                        continue;
                    }
                },
                Step::Last(index) => return (*index <= self.commit).then_some(AdminAnswer::Done),
                Step::Stage(index) if *index > self.commit => return None,
                Step::CatchUp(rounds) => {
                    let mut rounds = rounds.clone();
                    let ready = self.caught_up(&mut rounds, turn.now);
                    if let Some(refusal) = self.lost_newcomer(&rounds, turn.now) {
                        return Some(AdminAnswer::Refused(refusal));
                    }
                    running.step = Step::CatchUp(rounds);
                    if !ready {
                        return None;
                    }
                }
                Step::Stage(_) => {}
            }
            let caught_up = matches!(running.step, Step::CatchUp(_));
            let goal = self.goal_now(&running.change);
            match self.next(&goal, caught_up) {
                Next::Done => return Some(AdminAnswer::Done),
                Next::Append(configuration, step) => {
                    let index = self.append_configuration(configuration, turn);
                    running.step = step(index);
                }
                Next::CatchUp => {
                    let newcomers = self.newcomers(&goal);
                    let goal = self.log.last();
                    let round = |node| Round {
                        node,
                        goal,
                        began: turn.now,
                        count: 1,
                        first: turn.now,
                    };
                    running.step = Step::CatchUp(newcomers.into_iter().map(round).collect());
                }
            }
        }
    }

    /// Where a change that has begun leads from the configuration that there is now.
    fn goal_now(&self, change: &Change) -> Configuration {
        let current = self.history.newest().1;
        match (goal(current, change), change) {
            (Ok(goal), _) => goal,
            (Err(Refusal::AlreadyLearner(node)), Change::Add(_)) => {
                goal_of_promotion(current, node)
            }
            (Err(_), _) => (**current).clone(),
        }
    }

    /// Voters of the goal that have no vote yet.
    fn newcomers(&self, goal: &Configuration) -> Vec<NodeId> {
        let current = self.history.newest().1;
        let voters = goal.voters.iter().copied();
        voters.filter(|&id| !current.is_voter(id)).collect()
    }

    /// The next configuration on the way to the goal.
    fn next(&self, goal: &Configuration, caught_up: bool) -> Next {
        let current = self.history.newest().1;
        if **current == *goal {
            return Next::Done;
        }
        if !self.rules.on(Rule::StagedChange) {
            return Next::Append(goal.clone(), Step::Last);
        }
        let newcomers = self.newcomers(goal);
        let strangers = newcomers.iter().filter(|&&id| !current.is_member(id));
        let strangers: Vec<NodeId> = strangers.copied().collect();
        if !strangers.is_empty() {
            let mut next = (**current).clone();
            next.learners.extend(strangers);
            next.learners.sort_unstable();
            return Next::Append(next, Step::Stage);
        }
        if !newcomers.is_empty() && !caught_up {
            return Next::CatchUp;
        }
        if current.voters == goal.voters {
            return Next::Append(goal.clone(), Step::Last);
        }
        match self.options.membership {
            Membership::Joint => Next::Append(
                Configuration {
                    voters_old: Some(current.voters.clone()),
                    ..goal.clone()
                },
                |_| Step::Joint,
            ),
            Membership::Single => {
                let next = one_closer(current, goal, self.id);
                match next == *goal {
                    true => Next::Append(next, Step::Last),
                    false => Next::Append(next, Step::Stage),
                }
            }
        }
    }

    /// True when every node has finished a round within an election timeout, or as many rounds as
    /// are worth waiting for: it is so near that it will not hold up commitment for long.
    fn caught_up(&self, rounds: &mut [Round], now: Micros) -> bool {
        let Role::Leader(leader) = &self.role else {
            return false;
        };
        let timeout = self.options.election_timeout.min;
        let mut all = true;
        for round in rounds {
            let matched = leader.peer(round.node).map_or(0, |peer| peer.matched);
            if matched < round.goal {
                all = false;
            } else if now.saturating_sub(round.began) > timeout && round.count < MOST_ROUNDS {
                round.goal = self.log.last();
                round.began = now;
                round.count += 1;
                all &= matched >= round.goal;
            }
        }
        all
    }

    /// Somebody who is to catch up and has not answered for ten election timeouts, or has not
    /// finished in ten times as long: a change must not be held up for ever.
    fn lost_newcomer(&self, rounds: &[Round], now: Micros) -> Option<Refusal> {
        let Role::Leader(leader) = &self.role else {
            return None;
        };
        let patience = 10 * self.options.election_timeout.max;
        let lost = |round: &Round| {
            // Without the rule `one-change-at-a-time` another change may have removed it.
            let Some(peer) = leader.peer(round.node) else {
                return Some(Refusal::NoMember(round.node));
            };
            let silent = now.saturating_sub(peer.heard.max(round.began)) >= patience;
            let late = now.saturating_sub(round.first) >= 10 * patience;
            match peer.matched < round.goal {
                true if silent => Some(Refusal::NotCaughtUp(round.node)),
                true if late => Some(Refusal::TooSlow(round.node)),
                _ => None,
            }
        };
        rounds.iter().find_map(lost)
    }

    fn append_configuration(&mut self, configuration: Configuration, turn: &mut Turn) -> Index {
        let index = self.append_own(Payload::Configuration(Arc::new(configuration)), turn);
        self.replicate_new(turn);
        self.advance_commit(turn);
        index
    }
}
