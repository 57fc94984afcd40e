//! A request that a node passes on, and its answer.

use super::*;

fn request(serial: u64, operation: Operation) -> Arc<Request> {
    Arc::new(Request {
        client: ClientId(1),
        serial,
        operation,
    })
}

fn write(serial: u64) -> Arc<Request> {
    let operation = Operation::Put {
        key: "x".into(),
        value: "one".into(),
    };
    request(serial, operation)
}

fn passed_on(request: &Arc<Request>) -> Message {
    Message::Request {
        request: request.clone(),
        reads: ReadMode::Linearizable,
    }
}

fn answered(serial: u64, answer: Answer, entry: Option<(Index, Term)>) -> Message {
    Message::RequestReply {
        client: ClientId(1),
        serial,
        answer,
        entry,
    }
}

fn asked(request: &Arc<Request>, reads: ReadMode) -> Input {
    Input::Request {
        request: request.clone(),
        reads,
        forward: true,
    }
}

fn replies(said: &[Said]) -> Vec<&Message> {
    let replies = said.iter().filter_map(|said| match said {
        Said::Send(_, _, message @ Message::RequestReply { .. }, _) => Some(message),
        _ => None,
    });
    replies.collect()
}

#[test]
fn a_follower_passes_a_request_to_the_leader_and_the_answer_to_the_client() {
    let mut node = Bench::new(1, &[], &[]);
    node.receive(4, 2, append((0, 0), &[], 0));
    let write = write(7);
    let said = node.tell(asked(&write, ReadMode::Linearizable));
    assert_eq!(said, [Said::Send(4, 2, passed_on(&write), None)]);
    let done = Answer::Outcome(Outcome::Done);
    let said = node.receive(4, 2, answered(7, done.clone(), Some((1, 2))));
    assert_eq!(said, [Said::Reply(7, done)]);
}

#[test]
fn a_stale_read_goes_no_further_than_the_node_asked() {
    let mut node = Bench::new(1, &[], &[]);
    node.receive(4, 2, append((0, 0), &[], 0));
    let get = request(7, Operation::Get { key: "x".into() });
    let said = node.tell(asked(&get, ReadMode::Stale));
    assert_eq!(said, [Said::Reply(7, Answer::Outcome(Outcome::Missing))]);
    // Of a write it means nothing.
    let said = node.tell(asked(&write(8), ReadMode::Stale));
    assert!(matches!(
        said[..],
        [Said::Send(4, 2, Message::Request { .. }, None)]
    ));
}

#[test]
fn whoever_knows_no_leader_or_is_no_member_turns_the_client_away() {
    let mut node = Bench::new(1, &[], &[]);
    let turned_away = [Said::Reply(7, Answer::NotLeader(None))];
    let write = write(7);
    assert_eq!(
        node.tell(asked(&write, ReadMode::Linearizable)),
        turned_away
    );
    node.receive(4, 2, append((0, 0), &[], 0));
    let without = Arc::new(Configuration::of([NodeId(4), NodeId(5)]));
    node.node.history.restart(0, without.clone());
    node.node.configuration = without;
    assert_eq!(
        node.tell(asked(&write, ReadMode::Linearizable)),
        turned_away
    );
}

#[test]
fn a_request_makes_one_hop_only() {
    let mut node = Bench::new(1, &[], &[]);
    node.receive(4, 2, append((0, 0), &[], 0));
    let said = node.receive(5, 2, passed_on(&write(7)));
    let not_leader = answered(7, Answer::NotLeader(Some(NodeId(4))), None);
    assert_eq!(said, [Said::Send(5, 2, not_leader, None)]);
}

#[test]
fn a_leader_answers_the_way_by_which_it_was_asked_last() {
    let mut node = Bench::new(1, &[], &[]);
    node.lead();
    node.sync();
    let write = write(7);
    node.receive(4, 1, passed_on(&write));
    // The client has turned to another node, because the first is slow.
    node.receive(5, 1, passed_on(&write));
    assert_eq!(node.node.log().last(), 2, "one entry for one request");
    node.sync();
    node.receive(2, 1, accepted(2, 0));
    let said = node.receive(3, 1, accepted(2, 0));
    let done = answered(7, Answer::Outcome(Outcome::Done), Some((2, 1)));
    assert!(said.contains(&Said::Send(5, 1, done.clone(), None)));
    assert_eq!(replies(&said), [&done]);
}

#[test]
fn readers_of_a_leader_that_steps_down_are_told_the_way_they_came() {
    let mut node = Bench::new(1, &[], &[]);
    node.lead();
    node.sync();
    let get = request(7, Operation::Get { key: "x".into() });
    node.receive(4, 1, passed_on(&get));
    let said = node.receive(2, 5, append((0, 0), &[], 0));
    assert_eq!(
        replies(&said),
        [&answered(7, Answer::NotLeader(None), None)]
    );
}

#[test]
fn a_higher_term_deposes_and_a_lower_one_is_no_reason_to_refuse() {
    for rules_off in [&[][..], &[Rule::RejectStaleTerm, Rule::TermBeforeEntries]] {
        let mut node = Bench::new(1, &[], rules_off);
        node.lead();
        node.sync();
        // From a node that has seen a later term: this one leads no more.
        let said = node.receive(4, 3, passed_on(&write(7)));
        assert_eq!(node.node.kind(), RoleKind::Follower);
        assert_eq!(node.node.term(), 3);
        assert_eq!(
            replies(&said),
            [&answered(7, Answer::NotLeader(None), None)]
        );

        // Long on its way, and still wanted by its client.
        let mut node = Bench::new(1, &[5], rules_off);
        node.lead();
        node.receive(4, 5, passed_on(&write(7)));
        assert_eq!(node.node.log().last(), 3, "the no-op and the write");
        let done = Answer::Outcome(Outcome::Done);
        let said = node.receive(4, 5, answered(8, done.clone(), None));
        assert_eq!(said, [Said::Reply(8, done.clone())]);

        // An answer of a later term tells of that term.
        let said = node.receive(4, 9, answered(8, done.clone(), None));
        assert!(said.contains(&Said::Reply(8, done)));
        assert_eq!(node.node.term(), 9);
    }
}

#[test]
fn a_question_for_health_is_answered_and_changes_nothing() {
    let health = || Input::Health {
        client: ClientId(1),
        serial: 3,
    };
    let mut node = Bench::new(1, &[2], &[]);
    let (deadline, term) = (node.node.deadline(), node.node.term());
    let leads = |leads, term| [Said::Reply(3, Answer::Health { leads, term })];
    assert_eq!(node.tell(health()), leads(false, 2));
    assert_eq!((node.node.deadline(), node.node.term()), (deadline, term));
    node.lead();
    assert_eq!(node.tell(health()), leads(true, 3));
}
