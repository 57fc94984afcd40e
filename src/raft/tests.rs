//! One node at a time: what it is told, and what it answers.

mod forward;

use std::sync::Arc;

use super::*;
use crate::kv::{ClientId, Operation, Outcome, Request};

/// A node of a cluster of five, and its clock.
struct Bench {
    node: Node,
    now: Micros,
}

/// What a node answered, without its events.
#[derive(PartialEq, Debug)]
enum Said {
    /// A message, and the write that it waits for.
    Send(u16, Term, Message, Option<WriteId>),
    Write(WriteId, Write),
    Reply(u64, Answer),
}

impl Bench {
    fn new(id: u16, log: &[Term], rules_off: &[Rule]) -> Bench {
        let mut durable = Durable {
            term: log.last().copied().unwrap_or(0),
            configuration: Configuration::of((1..=5).map(NodeId)),
            ..Durable::default()
        };
        for &term in log {
            durable.log.push(Entry {
                term,
                payload: Payload::Noop,
            });
        }
        let mut rules = Rules::default();
        for &rule in rules_off {
            rules.switch(rule, false);
        }
        let rng = Rng::stream(1, &[u64::from(id)]);
        let now = 1_000_000;
        let options = Options::default();
        let node = Node::boot(NodeId(id), options, rules, durable, false, rng, now);
        Bench { node, now }
    }

    fn tell(&mut self, input: Input) -> Vec<Said> {
        let mut effects = Vec::new();
        self.node.step(self.now, 0, input, &mut effects);
        let said = effects.into_iter().filter_map(|effect| match effect {
            Effect::Send {
                envelope, after, ..
            } => {
                let Envelope {
                    to, term, message, ..
                } = Arc::unwrap_or_clone(envelope);
                Some(Said::Send(to.0, term, message, after))
            }
            Effect::Write { id, write, .. } => Some(Said::Write(id, write)),
            Effect::Reply { serial, answer, .. } => Some(Said::Reply(serial, answer)),
            Effect::AdminReply { .. } | Effect::Event(_) => None,
        });
        said.collect()
    }

    fn receive(&mut self, from: u16, term: Term, message: Message) -> Vec<Said> {
        let envelope = Envelope {
            from: NodeId(from),
            to: self.node.id(),
            term,
            message,
        };
        self.tell(Input::Receive(Arc::new(envelope)))
    }

    /// Has the disk finish all that was written.
    fn sync(&mut self) -> Vec<Said> {
        let written = self.node.written;
        self.tell(Input::Synced(written))
    }

    /// Makes the node leader of the next term, with votes of 2 and 3.
    fn lead(&mut self) -> Vec<Said> {
        self.tell(Input::Campaign);
        let term = self.node.term() + 1;
        for voter in [2, 3] {
            let reply = Message::PreVoteReply {
                granted: true,
                asked: term,
            };
            self.receive(voter, term - 1, reply);
        }
        self.sync();
        self.receive(2, term, Message::VoteReply { granted: true });
        self.receive(3, term, Message::VoteReply { granted: true })
    }
}

fn ballot(last_term: Term, last_index: Index) -> Ballot {
    Ballot {
        last_term,
        last_index,
    }
}

fn vote(ballot: Ballot) -> Message {
    Message::Vote {
        ballot,
        transfer: false,
    }
}

fn append(prev: (Index, Term), terms: &[Term], commit: Index) -> Message {
    let entries = terms.iter().map(|&term| Entry {
        term,
        payload: Payload::Noop,
    });
    Message::Append(Append {
        prev_index: prev.0,
        prev_term: prev.1,
        entries: entries.collect(),
        commit,
        round: 0,
    })
}

fn accepted(matched: Index, commit: Index) -> Message {
    let answer = AppendAnswer::Accepted { matched, commit };
    Message::AppendReply { round: 0, answer }
}

fn put(serial: u64) -> Input {
    Input::Request {
        request: Arc::new(Request {
            client: ClientId(1),
            serial,
            operation: Operation::Put {
                key: "x".into(),
                value: serial.to_string().into(),
            },
        }),
        reads: ReadMode::Linearizable,
        forward: false,
    }
}

fn votes(said: &[Said]) -> Vec<(bool, Option<WriteId>)> {
    let votes = said.iter().filter_map(|said| match said {
        Said::Send(_, _, Message::VoteReply { granted }, after) => Some((*granted, *after)),
        _ => None,
    });
    votes.collect()
}

#[test]
fn a_vote_waits_for_its_write_and_is_given_once() {
    let mut node = Bench::new(1, &[], &[]);
    let said = node.receive(2, 1, vote(ballot(0, 0)));
    assert_eq!(votes(&said), [(true, Some(node.node.written))]);
    node.sync();
    let again = node.receive(2, 1, vote(ballot(0, 0)));
    assert_eq!(votes(&again), [(true, None)], "the answer was lost: again");
    let other = node.receive(3, 1, vote(ballot(9, 9)));
    assert_eq!(votes(&other), [(false, None)]);
}

#[test]
fn the_later_last_term_wins_and_then_the_longer_log() {
    for (candidate, granted) in [
        (ballot(2, 3), true),
        (ballot(2, 4), true),
        (ballot(3, 1), true),
        (ballot(2, 2), false),
        (ballot(1, 9), false),
    ] {
        let mut node = Bench::new(1, &[1, 1, 2], &[]);
        let said = node.receive(2, 5, vote(candidate));
        assert_eq!(votes(&said)[0].0, granted, "{candidate:?}");
    }
}

#[test]
fn a_candidates_own_vote_counts_when_it_is_on_its_disk() {
    let mut node = Bench::new(1, &[], &[Rule::PreVote]);
    node.tell(Input::Campaign);
    node.receive(2, 1, Message::VoteReply { granted: true });
    node.receive(3, 1, Message::VoteReply { granted: true });
    assert_eq!(node.node.kind(), RoleKind::Candidate);
    node.sync();
    assert_eq!(node.node.kind(), RoleKind::Leader);
}

#[test]
fn the_same_voter_twice_is_one_vote() {
    let mut node = Bench::new(1, &[], &[Rule::PreVote]);
    node.tell(Input::Campaign);
    node.sync();
    node.receive(2, 1, Message::VoteReply { granted: true });
    node.receive(2, 1, Message::VoteReply { granted: true });
    assert_eq!(node.node.kind(), RoleKind::Candidate);
}

#[test]
fn a_pre_vote_changes_nothing_at_the_voter() {
    let mut node = Bench::new(1, &[1], &[]);
    let before = node.node.view(node.now);
    let said = node.receive(2, 7, Message::PreVote(ballot(1, 1)));
    let granted = Message::PreVoteReply {
        granted: true,
        asked: 7,
    };
    assert_eq!(said, [Said::Send(2, 1, granted, None)]);
    assert_eq!(node.node.view(node.now), before);
}

#[test]
fn while_a_leader_is_heard_no_vote_is_given_and_no_term_taken() {
    let mut node = Bench::new(1, &[], &[]);
    node.receive(2, 1, append((0, 0), &[], 0));
    let said = node.receive(3, 2, vote(ballot(9, 9)));
    assert!(!votes(&said)[0].0);
    assert_eq!(node.node.term(), 1);
    node.now += node.node.options.election_timeout.min;
    let said = node.receive(3, 2, vote(ballot(9, 9)));
    assert!(votes(&said)[0].0);
    assert_eq!(node.node.term(), 2);
}

#[test]
fn a_node_that_has_just_started_withholds_no_vote() {
    let mut node = Bench::new(1, &[], &[]);
    let said = node.receive(2, 1, vote(ballot(0, 0)));
    assert!(votes(&said)[0].0);
}

#[test]
fn entries_are_taken_where_the_logs_agree_and_a_conflict_is_cut() {
    let mut node = Bench::new(1, &[1, 1, 1], &[]);
    let said = node.receive(2, 2, append((1, 1), &[2, 2], 2));
    let Some(Said::Send(2, 2, reply, after)) = said.last() else {
        panic!("{said:?}");
    };
    assert_eq!((reply, *after), (&accepted(3, 2), Some(node.node.written)));
    assert_eq!(node.node.log().terms().collect::<Vec<_>>(), [1, 2, 2]);
    assert_eq!(node.node.commit(), 2);
}

#[test]
fn an_old_append_removes_nothing() {
    let mut node = Bench::new(1, &[1, 1, 1], &[]);
    node.receive(2, 1, append((0, 0), &[1], 0));
    assert_eq!(node.node.log().last(), 3);
}

#[test]
fn a_refusal_tells_where_the_conflicting_term_begins() {
    let mut node = Bench::new(1, &[1, 2, 2, 2], &[]);
    let said = node.receive(2, 5, append((4, 5), &[5], 0));
    let refusal = AppendAnswer::Refused {
        prev_index: 4,
        last: 4,
        conflict_term: Some(2),
        conflict_index: 2,
    };
    let reply = Message::AppendReply {
        round: 0,
        answer: refusal,
    };
    assert!(matches!(said.last(), Some(Said::Send(2, 5, found, _)) if *found == reply));
}

#[test]
fn the_commit_index_goes_no_further_than_the_leader_vouched_for() {
    let mut node = Bench::new(1, &[1, 1, 1], &[]);
    node.receive(2, 2, append((1, 1), &[], 3));
    assert_eq!(node.node.commit(), 1);
}

#[test]
fn a_leader_appends_its_own_entry_and_commits_when_a_majority_has_it() {
    let mut node = Bench::new(1, &[], &[]);
    let said = node.lead();
    let sends = said.iter().filter(|said| matches!(said, Said::Send(..)));
    assert_eq!(sends.count(), 4);
    node.receive(2, 1, accepted(1, 0));
    assert_eq!(node.node.commit(), 0, "two of five");
    node.receive(3, 1, accepted(1, 0));
    assert_eq!(node.node.commit(), 0, "its own copy is not on its disk yet");
    node.sync();
    assert_eq!(node.node.commit(), 1);
}

#[test]
fn entries_of_an_older_term_are_committed_only_with_one_of_its_own() {
    let mut node = Bench::new(1, &[1, 1], &[]);
    node.lead();
    node.sync();
    node.receive(2, 2, accepted(2, 0));
    node.receive(3, 2, accepted(2, 0));
    assert_eq!(node.node.commit(), 0);
    node.receive(2, 2, accepted(3, 0));
    node.receive(3, 2, accepted(3, 0));
    assert_eq!(node.node.commit(), 3);
}

#[test]
fn a_client_is_answered_when_its_entry_is_applied() {
    let mut node = Bench::new(1, &[], &[]);
    node.lead();
    node.sync();
    node.receive(2, 1, accepted(1, 0));
    node.receive(3, 1, accepted(1, 0));
    assert!(
        !node
            .tell(put(1))
            .iter()
            .any(|said| matches!(said, Said::Reply(..)))
    );
    node.sync();
    node.receive(2, 1, accepted(2, 0));
    let said = node.receive(3, 1, accepted(2, 0));
    assert!(said.contains(&Said::Reply(1, Answer::Outcome(Outcome::Done))));
}

#[test]
fn a_follower_sends_clients_to_the_leader_that_it_knows() {
    let mut node = Bench::new(1, &[], &[]);
    node.receive(4, 1, append((0, 0), &[], 0));
    let said = node.tell(put(1));
    assert_eq!(said, [Said::Reply(1, Answer::NotLeader(Some(NodeId(4))))]);
}

#[test]
fn a_leader_that_hears_no_majority_steps_down() {
    let mut node = Bench::new(1, &[], &[]);
    node.lead();
    node.now += node.node.options.election_timeout.max;
    node.receive(2, 1, accepted(0, 0));
    node.tell(Input::Tick);
    assert_eq!(node.node.kind(), RoleKind::Follower);
    let mut node = Bench::new(1, &[], &[]);
    node.lead();
    node.now += node.node.options.election_timeout.max;
    node.receive(2, 1, accepted(0, 0));
    node.receive(3, 1, accepted(0, 0));
    node.tell(Input::Tick);
    assert_eq!(node.node.kind(), RoleKind::Leader);
}

#[test]
fn no_more_messages_are_under_way_than_allowed() {
    let mut node = Bench::new(1, &[], &[]);
    node.node.options.inflight = 2;
    node.lead();
    // Peer 2 agrees, and from then on is sent entries without waiting.
    node.receive(2, 1, accepted(1, 0));
    let to_2 = |said: &[Said]| {
        let sends = said.iter().filter(|said| matches!(said, Said::Send(2, ..)));
        sends.count()
    };
    let sent: Vec<usize> = (1..=4)
        .map(|serial| to_2(&node.tell(put(serial))))
        .collect();
    assert_eq!(sent, [1, 1, 0, 0]);
    assert_eq!(to_2(&node.receive(2, 1, accepted(2, 0))), 1);
}

#[test]
fn a_read_is_answered_when_a_majority_confirms_the_round() {
    let mut node = Bench::new(1, &[], &[]);
    node.lead();
    node.sync();
    node.receive(2, 1, accepted(1, 0));
    node.receive(3, 1, accepted(1, 0));
    let get = Input::Request {
        request: Arc::new(Request {
            client: ClientId(1),
            serial: 1,
            operation: Operation::Get { key: "x".into() },
        }),
        reads: ReadMode::Linearizable,
        forward: false,
    };
    let said = node.tell(get);
    assert!(!said.iter().any(|said| matches!(said, Said::Reply(..))));
    let confirms = |matched| {
        let answer = AppendAnswer::Accepted { matched, commit: 0 };
        Message::AppendReply { round: 1, answer }
    };
    assert_eq!(node.receive(2, 1, confirms(1)), []);
    let said = node.receive(3, 1, confirms(1));
    assert!(said.contains(&Said::Reply(1, Answer::Outcome(Outcome::Missing))));
}

#[test]
fn the_term_follows_the_entries_when_the_rule_is_off() {
    let mut node = Bench::new(1, &[], &[Rule::TermBeforeEntries]);
    let said = node.receive(2, 3, append((0, 0), &[3], 0));
    let writes = |said: &[Said]| -> Vec<bool> {
        let writes = said.iter().filter_map(|said| match said {
            Said::Write(_, write) => Some(matches!(write, Write::Vote { .. })),
            _ => None,
        });
        writes.collect()
    };
    assert_eq!(writes(&said), [false], "entries, and no term");
    assert_eq!(writes(&node.sync()), [true]);
}

#[test]
fn held_timers_want_no_tick_and_a_campaign_comes_all_the_same() {
    let mut node = Bench::new(1, &[], &[]);
    node.tell(Input::HoldElection(true));
    assert_eq!(node.node.deadline(), None);
    node.tell(Input::Campaign);
    assert_eq!(node.node.kind(), RoleKind::PreCandidate);
    node.tell(Input::HoldElection(false));
    assert!(node.node.deadline().is_some());
}
