//! What a client's way to the leader costs in messages, and that these are messages like any other.

use raft_playground::command::Statement;
use raft_playground::tui::offers;
use raft_playground::world::Hosts;
use raft_playground::world::view::Flight;

use super::run::run;
use super::{counted, passes, under};

#[test]
fn only_forwarding_costs_messages_between_nodes() {
    let text = |count: &str| {
        format!(
            "cluster 3
             hold-timer all
             timeout n1
             wait until leader n1
             put x 1 by c1 via n2
             wait until reply c1 = ok within 2s
             get x by c1 via n3
             wait until reply c1 = 1 within 2s
             get x by c1 via n2 reads stale
             wait until reply c1 = ok within 2s
             expect sent request {count} and sent request-reply {count}"
        )
    };
    for way in ["redirect", "poll", "health-check"] {
        passes(way, &text("= 0"));
    }
    passes("forward", &text(">= 1"));
    passes("forward", &text("<= 2"));
}

#[test]
fn forwarded_requests_are_messages_like_any_other() {
    passes(
        "forward",
        "cluster 3
         hold-timer all
         latency 10ms
         timeout n1
         wait until leader n1
         wait 100ms
         # A request is dropped by hand, and its client asks again after its timeout.
         drop request n2->n1
         put x 1 by c1 via n2
         wait 900ms
         expect reply c1 = pending and sent request = 1
         wait until reply c1 = ok within 1s
         # The answer arrives twice, and again later: it counts once.
         mark
         copy request-reply n1->n2
         add-to n 1 by c2 via n2
         wait until reply c2 = 1 within 200ms
         delay request-reply n1->n2 by 1500ms
         add-to n 1 by c2 via n2
         wait until reply c2 = 2 within 2s
         expect commands n1 = 3
         # Between islands nothing is passed on; nobody there leads.
         partition n1,n3 | n2
         put y 1 by c3 via n2
         wait 500ms
         expect reply c3 = pending
         wait until reply c3 = ok within 3s",
    );
}

#[test]
fn probes_are_no_attempts_and_no_operations() {
    let text = "cluster 3
        hold-timer all
        wait 1s
        say \"begin\"
        put x 1 by c1
        wait 5s
        expect reply c1 = pending
        timeout n2
        wait until reply c1 = ok within 2s";
    let (attempts, probes, told, answers) = counted("health-check", text);
    assert_eq!((attempts, answers), (1, 1));
    assert_eq!(probes, told, "every node answers every probe");
    assert!((40..80).contains(&probes), "with back-off: {probes}");
    for way in ["redirect", "poll", "forward"] {
        let (attempts, probes, told, _) = counted(way, text);
        assert_eq!((probes, told), (0, 0));
        assert!((15..60).contains(&attempts), "{way} backs off: {attempts}");
    }
    let session = under("health-check", text, 1, Hosts::Inline).2;
    assert_eq!(session.world().clients().operations(), 1);
}

/// A message with a client is chosen on its way like any other, and what is offered means that one.
#[test]
fn a_message_with_a_client_is_handled_by_hand() {
    let sent = "cluster 3\nhold-timer all\nlatency 10ms\ntimeout n1\nwait until leader n1\nwait 50ms\n\
        put x 1 via n1\nwait 2ms\ncopy request c1->n1\n";
    for (place, statement) in ["drop request c1->n1", "drop request c1->n1 nth 2"]
        .into_iter()
        .enumerate()
    {
        let (_, _, mut session) = run("letters", sent, Some(1), Hosts::Inline);
        let view = session.world().view();
        let mut letters: Vec<u64> = view.letters.iter().map(|it| it.message).collect();
        assert_eq!(letters.len(), 2);
        let chosen = letters.remove(place);
        let between_nodes = |flight: &Flight| flight.message == chosen;
        assert!(!view.flights.iter().any(between_nodes));
        let offers = offers::of_message(&view, chosen);
        assert_eq!(offers[0].0, statement);
        let names: Vec<_> = view.nodes.iter().map(|node| node.name.clone()).collect();
        let Ok(Statement::Act(command)) = Statement::parse(statement, &names, true) else {
            panic!("{statement} is no command");
        };
        session.act(&command, true).expect("the instant ends");
        let left = session.world().view().letters;
        let left: Vec<u64> = left.iter().map(|it| it.message).collect();
        assert_eq!(left, letters, "{statement}");
    }
    // The question whether a server leads is of no kind: it is one of all on its link.
    let asks = "cluster 3\nset discovery health-check\nwait 1s\nput x 1\nwait 1ms\n";
    let (_, _, session) = run("letters", asks, Some(1), Hosts::Inline);
    let view = session.world().view();
    let probe = view.letters.iter().find(|it| it.says.kind().is_none());
    let probe = probe.expect("it asks who leads").message;
    assert_eq!(offers::of_message(&view, probe)[0].0, "drop any c1->n1");
}
