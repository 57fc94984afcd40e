//! Whatever way a client takes to the leader, its request gets there: across failovers, losses,
//! and nodes that do not answer; and it takes effect once.
//!
//! `CLIENT_SEEDS=A..B` tries other seeds of the random schedules.

#[path = "clients/messages.rs"]
mod messages;
#[path = "fixtures/run.rs"]
mod run;
#[path = "clients/weather.rs"]
mod weather;

use std::sync::{Arc, Mutex};

use raft_playground::script::{Outcome, Player};
use raft_playground::session::Session;
use raft_playground::world::{Event, Hosts};
use run::{run, set_up};

const WAYS: [&str; 4] = ["redirect", "poll", "health-check", "forward"];

/// Plays a script under a strategy.
fn under(way: &str, text: &str, seed: u64, hosts: Hosts) -> (Outcome, Player, Session) {
    // A script begins with its cluster.
    let (cluster, rest) = text.trim_start().split_once('\n').expect("a script");
    let text = format!("{cluster}\nset discovery {way}\n{rest}\nexpect no violation\n");
    run("clients", &text, Some(seed), hosts)
}

/// The script passes under a strategy, with any seed, and is the same on all hosts.
fn passes(way: &str, text: &str) {
    for seed in 1..=5 {
        let (outcome, player, session) = under(way, text, seed, Hosts::Inline);
        let last = player.expectations().last();
        assert_eq!(outcome, Outcome::Passed, "{way}, seed {seed}: {last:?}");
        let (_, _, threads) = under(way, text, seed, Hosts::Threads);
        let digest = |session: &Session| session.world().trace().digest();
        assert_eq!(digest(&threads), digest(&session), "{way}, seed {seed}");
    }
}

fn all_pass(text: &str) {
    for way in WAYS {
        passes(way, text);
    }
}

/// How often each kind of event of clients is seen: attempts, probes, health told, answers.
fn counted(way: &str, text: &str) -> (u32, u32, u32, u32) {
    let script = format!("{text}\n");
    let script = script.replacen('\n', &format!("\nset discovery {way}\n"), 1);
    let (mut session, mut player) = set_up("counted", &script, Some(1), Hosts::Inline);
    let counts = Arc::new(Mutex::new((0, 0, 0, 0)));
    let counter = counts.clone();
    session.set_sink(Box::new(move |record, _| {
        use raft_playground::raft::Event as Node;
        let mut counts = counter.lock().expect("nobody panicked");
        match &record.event {
            Event::Say(_) => *counts = (0, 0, 0, 0),
            Event::Request { .. } => counts.0 += 1,
            Event::Probe { .. } => counts.1 += 1,
            Event::Node(Node::Health { .. }) => counts.2 += 1,
            Event::Reply { .. } => counts.3 += 1,
            _ => {}
        }
    }));
    let outcome = player.run(&mut session);
    let last = player.expectations().last();
    assert_eq!(outcome, Outcome::Passed, "{way}: {last:?}");
    *counts.lock().expect("nobody panicked")
}

#[test]
fn the_leader_crashes() {
    all_pass(
        "cluster 3
         put x 1 by c1
         put y 1 by c2
         wait until reply c1 = ok and reply c2 = ok
         crash leader
         put x 2 by c1
         put y 2 by c2
         put z 2 by c3
         wait until reply c1 = ok and reply c2 = ok and reply c3 = ok within 5s
         wait until value up x = 2 and value up y = 2 and value up z = 2 within 1s
         expect commands leader = 5",
    );
}

#[test]
fn the_leader_is_isolated_and_clients_still_reach_it() {
    for check_quorum in ["on", "off"] {
        all_pass(&format!(
            "cluster 3
             rule check-quorum {check_quorum}
             hold-timer all
             timeout n1
             put x 1 by c1
             put y 1 by c2
             wait until reply c1 = ok and reply c2 = ok
             isolate n1
             wait 160ms
             timeout n2
             wait until leader n2
             put x 2 by c1
             get x by c1
             put y 2 by c2 via n1
             put z 2 by c3 via n3
             wait until reply c1 = 2 and reply c2 = ok and reply c3 = ok within 6s
             expect value n2 x = 2 and value n2 y = 2 and value n1 x = 1
             heal
             wait until logs agree within 3s
             expect commands n2 = 5",
        ));
    }
}

#[test]
fn of_two_that_say_they_lead_the_higher_term_is_asked() {
    // Without a quorum check n1 believes for ever that it leads, and answers every probe.
    let text = "cluster 3
        rule check-quorum off
        hold-timer all
        latency 10ms
        timeout n1
        wait until leader n1
        isolate n1
        wait 160ms
        timeout n2
        wait until commit n2 = 1
        say \"begin\"
        put x 1 by c1
        wait until reply c1 = ok within 200ms
        put x 2 by c1
        wait until reply c1 = ok within 200ms";
    // Three nodes are probed once; what was found is remembered for the second write.
    assert_eq!(counted("health-check", text), (2, 3, 3, 2));
}

#[test]
fn links_lose_and_double_messages() {
    for reads in ["linearizable", "leader"] {
        all_pass(&format!(
            "cluster 5
             set reads {reads}
             loss 20%
             duplicate 20%
             set client-timeout 200ms
             repeat 10
             add-to counter 1 by c1
             append text x by c2
             get counter by c3
             end
             wait until reply c1 = 10 and reply c2 = xxxxxxxxxx and reply c3 = ok within 60s
             calm
             wait until commands all = 20 within 5s
             expect value all counter = 10",
        ));
    }
}

#[test]
fn answers_are_lost_and_every_addition_counts_once() {
    all_pass(
        "cluster 3
         set client-timeout 100ms
         loss 50% all->c1
         drop request-reply all->all count 3
         repeat 10
         add-to counter 1 by c1
         end
         wait until reply c1 = 10 within 60s
         wait until value all counter = 10 within 1s
         expect commands all = 10
         drop off",
    );
}

#[test]
fn the_first_in_line_is_stopped() {
    for stopped in ["n1", "n2"] {
        all_pass(&format!(
            "cluster 3
             hold-timer all-n3
             timeout n1
             wait until leader n1
             release-timer n3
             stop {stopped}
             put x 1 by c1 via {stopped}
             put y 1 by c2 via {stopped}
             wait until reply c1 = ok and reply c2 = ok within 4s
             put x 2 by c1
             wait until reply c1 = ok within 100ms
             resume {stopped}
             wait until logs agree within 2s
             wait 1s
             expect commands all = 3",
        ));
    }
}

#[test]
fn everybody_is_down_for_a_while() {
    all_pass(
        "cluster 3
         put x 1 by c1
         wait until reply c1 = ok
         crash all
         add-to n 1 by c1
         add-to n 1 by c2 via n2
         wait 10s
         expect reply c1 = pending and outage >= 10s
         restart all
         wait until reply c1 = ok and reply c2 = ok within 5s
         expect value leader n = 2",
    );
}

#[test]
fn a_link_to_the_leader_is_cut_for_one_client() {
    all_pass(
        "cluster 3
         hold-timer all
         timeout n1
         wait until leader n1
         put x 1 by c1
         wait until reply c1 = ok
         cut c1->n1
         put y 1 by c2
         wait until reply c2 = ok within 100ms
         timeout n2
         put x 2 by c1
         wait 3s
         mend c1->n1
         wait until reply c1 = ok within 3s",
    );
    // Others reach the leader for it.
    passes(
        "forward",
        "cluster 3
         hold-timer all
         timeout n1
         wait until leader n1
         cut c1<->n1
         put x 1 by c1
         get x by c1
         wait until reply c1 = 1 within 1500ms
         expect sent request = 1 and sent request-reply = 1
         expect sent read = 1 and sent read-reply = 1",
    );
}

#[test]
fn a_node_that_believes_in_a_deposed_leader_is_told() {
    // n3 follows n1 still when n2 leads already; n1 has not heard of it either.
    passes(
        "forward",
        "cluster 5
         rule check-quorum off
         hold-timer all
         latency 10ms
         timeout n1
         wait until commit all = 1
         partition n1,n3 | n2,n4,n5
         wait 160ms
         timeout n2
         wait until leader n2
         add-to x 1 by c1 via n3
         wait until last n1 = 2
         heal
         wait until reply c1 = 1 within 3s
         wait until logs agree within 1s
         wait 1s
         expect leader n2 and commands all = 1 and value all x = 1",
    );
}

#[test]
fn without_retries_one_time_is_all_a_request_has() {
    // An answer in time counts, forwarded or not.
    all_pass(
        "cluster 3
         hold-timer all
         timeout n1
         wait until leader n1
         set client-retries off
         put x 1 by c1 via n2
         wait until reply c1 = ok within 1s
         crash all
         put x 2 by c1
         wait 990ms
         expect reply c1 = pending
         wait 20ms
         expect reply c1 = timeout",
    );
    // A later one changes nothing, and the outcome is unknown: here it took effect.
    passes(
        "forward",
        "cluster 3
         hold-timer all
         timeout n1
         wait until commit all = 1
         set client-retries off
         delay request-reply n1->n2 by 2s
         put x 1 by c1 via n2
         wait 1100ms
         expect reply c1 = timeout and value n1 x = 1
         put y 1 by c1 via n2
         wait until reply c1 = ok within 100ms
         wait 2s
         expect reply c1 = ok and commands n1 = 2",
    );
}

#[test]
fn short_patience_leaves_nobody_out() {
    // n1 knows no leader. Its pause lasts longer than the client would wait for an answer.
    all_pass(
        "cluster 2
         rule check-quorum off
         hold-timer all
         latency 10ms
         timeout n2
         wait until leader n2
         isolate n2
         crash n1
         restart n1
         set client-timeout 30ms
         get x by c1 via n1 reads leader
         wait until reply c1 = missing within 200ms",
    );
}

#[test]
fn links_without_latency_end_their_instants() {
    all_pass(
        "cluster 3
         latency 0ms
         disk all latency 0ms
         put x 1 by c1
         put y 1 by c2
         wait until reply c1 = ok and reply c2 = ok within 2s
         crash leader
         put x 2 by c1
         wait until reply c1 = ok within 5s",
    );
}

#[test]
fn slow_links_give_an_answer_in_the_end() {
    all_pass(
        "cluster 3
         set election-timeout 3s..6s
         set client-timeout 5s
         latency 400ms
         put x 1 by c1 via n3
         wait until reply c1 = ok within 60s",
    );
}

#[test]
fn the_strategy_changes_while_clients_wait() {
    for (number, way) in WAYS.iter().enumerate() {
        let next = WAYS[(number + 1) % WAYS.len()];
        let last = WAYS[(number + 2) % WAYS.len()];
        passes(
            way,
            &format!(
                "cluster 3
                 put x 1 by c1
                 wait until reply c1 = ok
                 crash all
                 add-to n 1 by c1
                 add-to n 1 by c2
                 wait 1500ms
                 set discovery {next}
                 restart all
                 wait 50ms
                 set discovery {last}
                 wait until reply c1 = ok and reply c2 = ok within 5s
                 expect value leader n = 2
                 set discovery {way}
                 put x 2 by c1
                 wait until reply c1 = ok within 2s"
            ),
        );
    }
}

#[test]
fn stale_reads_need_no_leader() {
    all_pass(
        "cluster 3
         put x 1 by c1
         wait until reply c1 = ok
         wait until value all x = 1
         isolate all
         hold-timer all
         crash leader
         get x by c2 reads stale
         wait until reply c2 = 1 within 2500ms",
    );
}

#[test]
fn reads_stay_with_a_node_that_answers() {
    for reads in ["stale", "linearizable", "lease", "leader"] {
        all_pass(&format!(
            "cluster 3
             set reads {reads}
             hold-timer all
             timeout n2
             wait until leader n2
             stop n1
             get x by c1
             wait until reply c1 = missing within 2s
             get x by c1
             wait until reply c1 = missing within 200ms"
        ));
    }
}

#[test]
fn members_come_and_go() {
    all_pass(
        "cluster 3
         put x 1 by c1
         wait until reply c1 = ok
         add n4
         wait until reply admin = ok
         add n5
         wait until reply admin = ok
         remove n1
         wait until reply admin = ok
         expect members leader = n2,n3,n4,n5
         # c1 began at n1, and c4 and c5 begin at nodes that were not there before.
         put x 2 by c1
         put y 1 by c4
         put z 1 by c5
         put v 1 by c6
         wait until reply c1 = ok and reply c4 = ok and reply c5 = ok and reply c6 = ok within 3s
         put w 1 by c2 via n1
         wait until reply c2 = ok within 3s
         remove leader
         put w 2 by c2
         get w by c2
         add-to n 1 by c3
         wait until reply c2 = 2 and reply c3 = 1 within 5s
         crash n1
         transfer n5
         add-to n 1 by c3
         wait until reply c3 = 2 within 5s",
    );
}

#[test]
fn requests_that_wait_for_a_transfer_are_answered_the_way_they_came() {
    // The target hears nothing, so that the leader keeps requests until it gives up.
    passes(
        "forward",
        "cluster 3
         hold-timer all
         timeout n1
         wait until commit all = 1
         isolate n3
         transfer n3
         put x 1 by c1 via n2
         wait 150ms
         expect reply c1 = pending and sent request = 1 and last n1 = 1
         wait until reply c1 = ok within 500ms
         expect sent request = 1",
    );
}
