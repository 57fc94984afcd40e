//! Whatever way a client takes to the leader, its request gets there: across failovers, losses,
//! and nodes that do not answer; and it takes effect once.
//!
//! `CLIENT_SEEDS=A..B` tries other seeds of the random schedules.

#[path = "fixtures/run.rs"]
mod run;

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use raft_playground::command::{Script, Statement};
use raft_playground::raft::{Rng, Rule};
use raft_playground::script::{Outcome, Player, stage};
use raft_playground::session::{Manner, Session};
use raft_playground::tui::offers;
use raft_playground::world::view::{Flight, NodeStatus};
use raft_playground::world::{Event, Hosts};
use run::run;

const WAYS: [&str; 4] = ["redirect", "poll", "health-check", "forward"];

/// Plays a script under a strategy.
fn play(way: &str, text: &str, seed: u64, hosts: Hosts) -> (Outcome, Player, Session) {
    // A script begins with its cluster.
    let (cluster, rest) = text.trim_start().split_once('\n').expect("a script");
    let text = format!("{cluster}\nset discovery {way}\n{rest}\nexpect no violation\n");
    run("clients", &text, Some(seed), hosts)
}

/// The script passes under a strategy, with any seed, and is the same on all hosts.
fn passes(way: &str, text: &str) {
    for seed in 1..=5 {
        let (outcome, player, session) = play(way, text, seed, Hosts::Inline);
        let last = player.expectations().last();
        assert_eq!(outcome, Outcome::Passed, "{way}, seed {seed}: {last:?}");
        let (_, _, threads) = play(way, text, seed, Hosts::Threads);
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
    let script = Script::parse("counted", &script).unwrap_or_else(|wrong| panic!("{wrong}"));
    let manner = Manner {
        hosts: Hosts::Inline,
        keep: 64,
        rewinds: false,
    };
    let mut session = Session::new(stage(&script, Some(1)), manner);
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
    let mut player = Player::new(Arc::new(script));
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
    let session = play("health-check", text, 1, Hosts::Inline).2;
    assert_eq!(session.world().clients().operations(), 1);
}

/// Draws a schedule of 20 virtual seconds of faults that clients suffer from.
fn schedule(way: &str, seed: u64) -> String {
    let mut rng = Rng::stream(seed, &[0x636c_6965_6e74]);
    let nodes = [3, 3, 5, 4, 1, 2][rng.below(6) as usize];
    let mut script = format!("cluster {nodes}\nseed {seed}\nset discovery {way}\n");
    let timeout = [50, 200, 1_000][rng.below(3) as usize];
    let _ = writeln!(script, "set client-timeout {timeout}ms");
    let reads = ["linearizable", "lease", "leader", "stale"][rng.below(4) as usize];
    let rate = 5 + rng.below(60);
    let _ = writeln!(
        script,
        "set reads {reads}\nworkload {rate}/s keys 3 reads 30% clients 5"
    );
    let mut at = 0;
    while at < 20_000 {
        let pause = 20 + rng.below(600);
        at += pause;
        let _ = writeln!(script, "wait {pause}ms\n{}", fault(&mut rng, nodes));
        if rng.below(3) == 0 {
            let _ = writeln!(
                script,
                "add-to counter 1 by c9 via n{}",
                1 + rng.below(nodes)
            );
        }
    }
    // By name, since `all` does not mean those that have left, and requests go by way of them too.
    let names: Vec<String> = (1..=nodes).map(|node| format!("n{node}")).collect();
    let _ = writeln!(script, "restart {}", names.join(","));
    script.push_str("calm\ndrop off\nrestart all\nworkload off\n");
    script
}

fn fault(rng: &mut Rng, nodes: u64) -> String {
    let node = |rng: &mut Rng| format!("n{}", 1 + rng.below(nodes));
    let (a, client) = (node(rng), format!("c{}", 1 + rng.below(5)));
    match rng.below(31) {
        0 | 1 => format!("crash {a}"),
        2 => "crash leader".to_owned(),
        3..=6 => format!("restart {a}"),
        7 => "restart down".to_owned(),
        8 | 9 => "isolate leader".to_owned(),
        10..=12 => "heal".to_owned(),
        13 => format!("cut {client}->{a}"),
        14 => format!("cut {a}->{client}"),
        15 => format!("loss {}% {client}<->all", rng.below(70)),
        16 => format!("loss {}%", rng.below(30)),
        17 => format!("duplicate {}%", rng.below(40)),
        18 => format!("latency {}ms..{}ms", rng.below(20), 20 + rng.below(150)),
        19 => format!("stop {a}"),
        20 => "resume all".to_owned(),
        21 => format!("timeout {a}"),
        22 if nodes > 1 => "drop request all->all count 2".to_owned(),
        23 if nodes > 1 => "drop request-reply all->all count 2".to_owned(),
        24 if nodes > 1 => "delay request all->all by 700ms count 3".to_owned(),
        // Rarely, so that most of the schedule is of one strategy.
        25 if rng.below(10) == 0 => {
            format!("set discovery {}", WAYS[rng.below(4) as usize])
        }
        26 => format!("add m{}", 1 + rng.below(3)),
        27 => format!("remove {a}"),
        28 => format!("add {a}"),
        29 => format!("transfer {a}"),
        _ => "latency 5ms..15ms".to_owned(),
    }
}

/// Plays a schedule; what is wrong, if anything is.
fn weather(way: &str, seed: u64) -> Result<(), String> {
    let text = schedule(way, seed);
    let wrong = |why: String| Err(format!("{way}, seed {seed}: {why}\n{text}"));
    let (outcome, _, mut session) = run("schedule", &text, None, Hosts::Inline);
    if outcome != Outcome::Passed {
        return wrong(format!("{}: {:?}", outcome.word(), session.violations()));
    }
    let additions = text.matches("add-to counter").count() as u64;
    let end = session.now() + 15_000_000;
    while session.now() < end {
        let next = session.now() + 50_000;
        session.run_to(next).expect("instants end");
        let view = session.world().view();
        let busy = view.clients.iter().any(|it| it.outstanding.is_some());
        let settled = |leader: &NodeStatus| leader.node.commit == leader.node.log.last();
        if !busy && view.leader().is_some_and(settled) {
            break;
        }
    }
    if !session.violations().is_empty() {
        return wrong(format!("{:?}", session.violations()));
    }
    let view = session.world().view();
    let late = view.clients.iter().find(|it| it.outstanding.is_some());
    if let Some(client) = late {
        return wrong(format!("{client:?} waits for ever"));
    }
    let Some(leader) = view.leader() else {
        return wrong("nobody leads".to_owned());
    };
    let counter = leader.node.store.value("counter");
    let counter = counter.map_or(0, |value| value.parse().expect("a number"));
    match counter == additions {
        true => Ok(()),
        false => wrong(format!("{additions} additions made {counter}")),
    }
}

fn seeds() -> Range<u64> {
    run::seeds("CLIENT_SEEDS", 200)
}

#[test]
fn in_any_weather_every_client_is_answered_once() {
    std::thread::scope(|scope| {
        let threads: Vec<_> = WAYS
            .into_iter()
            .map(|way| scope.spawn(move || seeds().find_map(|seed| weather(way, seed).err())))
            .collect();
        let wrong: Vec<String> = threads
            .into_iter()
            .filter_map(|thread| thread.join().expect("no schedule panics"))
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

/// Whatever is broken then, the nodes go on.
#[test]
fn with_any_rule_off_requests_are_passed_on_without_a_panic() {
    for rule in Rule::ALL {
        let name = rule.info().name;
        for seed in 1..=10 {
            let text = schedule("forward", seed);
            let off = format!("rule {name} off\nset client-timeout");
            let text = text.replacen("set client-timeout", &off, 1);
            let (outcome, ..) = run(name, &text, None, Hosts::Inline);
            let word = outcome.word();
            assert_ne!(word, "error", "{name}, seed {seed}");
        }
    }
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
