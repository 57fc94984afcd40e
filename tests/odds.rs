//! `odds`: in how many futures something comes true, and when. The session knows nothing of it.

#[path = "fixtures/run.rs"]
mod run;

use raft_playground::command::{Dashboard, Odds, Statement};
use raft_playground::raft::{Invariant, Micros};
use raft_playground::script::free_stage;
use raft_playground::script::live::{Ask, Begin, Inline};
use raft_playground::session::{Forecast, Futures, Session};
use raft_playground::world::Hosts;

/// A session after a script.
fn after(script: &str) -> Session {
    run::run("odds", script, Some(7), Hosts::Inline).2
}

fn question(text: &str) -> Odds {
    match Statement::parse(text, &[], true) {
        Ok(Statement::Dashboard(Dashboard::Odds(odds))) => odds,
        other => panic!("{text}: {other:?}"),
    }
}

fn asked_with(session: &Session, text: &str, threads: usize) -> Forecast {
    let mut futures = Futures::play(session, &question(text), threads);
    futures.wait();
    futures.so_far()
}

fn asked(session: &Session, text: &str) -> Forecast {
    let forecast = asked_with(session, text, 2);
    assert!(forecast.is_whole(), "{forecast:?}");
    forecast
}

/// The shortest and the longest time it took.
fn times(forecast: &Forecast) -> (Micros, Micros) {
    let time = |percent| forecast.outcomes.percentile(percent);
    (time(0).expect("it came true"), time(100).expect("it did"))
}

#[test]
fn what_is_certain_comes_always_and_what_cannot_be_never() {
    let alone = after("cluster 1\nlatency 1ms\n");
    let forecast = asked(&alone, "odds leader within 1s runs 300");
    assert_eq!(
        (forecast.outcomes.came(), forecast.outcomes.never),
        (300, 0)
    );
    // Election timeouts lie between 150 and 300 ms, and the disk takes a millisecond for the vote.
    let (first, last) = times(&forecast);
    assert!((151_000..156_000).contains(&first), "{first}");
    assert!((296_000..302_000).contains(&last), "{last}");

    let cut = after("cluster 5\npartition n1,n2 | n3,n4,n5\n");
    let forecast = asked(&cut, "odds leader n1 within 2s runs 60");
    assert_eq!((forecast.outcomes.came(), forecast.outcomes.never), (0, 60));
    assert_eq!(forecast.outcomes.percentile(50), None);
    let forecast = asked(&cut, "odds leader within 2s runs 60");
    assert_eq!(forecast.outcomes.came(), 60);
}

/// The vote and its answer must both arrive, and nobody asks twice: 0.75² is 56.25 %.
#[test]
fn the_share_is_the_probability() {
    let session = after(
        "cluster 2\nrule pre-vote off\nhold-timer all\nlatency 10ms\nloss 25%\nwait 1s\ntimeout n1\n",
    );
    let forecast = asked(&session, "odds leader n1 within 400ms runs 4000");
    let came = forecast.outcomes.came();
    // The standard deviation is 31.
    assert!((2_130..2_370).contains(&came), "{came} of 4,000");
    assert_eq!(came + forecast.outcomes.never, 4_000);
    // One sync of the candidate, two ways, and one sync of the voter.
    assert_eq!(times(&forecast), (22_000, 22_000));
}

/// Election timeouts that run are drawn anew, among those that have not ended: whoever looks on
/// cannot know them.
#[test]
fn who_follows_a_leader_that_crashed_is_open() {
    let script = "cluster 5\nwait until leader within 9s\nwait 300ms\ncrash leader\n";
    let session = after(script);
    let up: Vec<String> = (1..=5).map(|id| format!("n{id}")).collect();
    let mut all = 0;
    for name in &up {
        let forecast = asked(&session, &format!("odds leader {name} within 2s runs 400"));
        let came = forecast.outcomes.came();
        let down = session
            .judge()
            .found(&question(&format!("odds role {name} down")).condition);
        match down.contains("down") {
            true => assert_eq!(came, 0, "{name}"),
            false => assert!((40..200).contains(&came), "{name}: {came} of 400"),
        }
        all += came;
    }
    // In two seconds there may be a second leader, but hardly ever.
    assert!((390..=410).contains(&all), "{all}");
    let forecast = asked(&session, "odds leader within 2s runs 400");
    let (first, last) = times(&forecast);
    assert!(last - first > 60_000, "{first} to {last}");
    assert!(forecast.outcomes.histogram(20).len() > 8);
}

/// A timer that has run for a while is not drawn shorter than that; one that is held stays held.
#[test]
fn only_what_is_possible_is_drawn() {
    let session = after("cluster 1\nset election-timeout 500ms..1000ms\nwait 480ms\n");
    let (first, last) = times(&asked(&session, "odds leader within 5s runs 300"));
    assert!((20_000..40_000).contains(&first), "{first}");
    assert!((500_000..522_000).contains(&last), "{last}");
    let held = after("cluster 1\nhold-timer n1\n");
    assert_eq!(
        asked(&held, "odds leader within 5s runs 20").outcomes.never,
        20
    );
    let fixed = after("cluster 1\nset election-timeout 500ms\nwait 100ms\n");
    let (first, last) = times(&asked(&fixed, "odds leader within 5s runs 20"));
    assert_eq!((first, last), (401_000, 401_000));
}

/// Messages on their way arrive when they would have.
#[test]
fn what_is_under_way_stays_so() {
    let session = after(
        "cluster 2\nhold-timer all\nlatency 10ms..90ms\ntimeout n1\nwait until leader\nmark\nwait 1ms\n",
    );
    let now = session.now();
    let flights = session.world().view().flights;
    let arrives = flights.iter().map(|flight| flight.arrives).min();
    let arrives = arrives.expect("heartbeats are on their way") - now;
    let forecast = asked(&session, "odds in-flight append = 0 runs 50");
    assert!(times(&forecast).0 >= arrives);
    let forecast = asked(&session, "odds term n2 = 1 and last n2 = 1 runs 50");
    let (first, last) = times(&forecast);
    // The entry is in the first message; then it is written.
    assert_eq!((first, last), (arrives, arrives));
}

#[test]
fn the_answer_is_the_same_again_and_for_any_number_of_threads() {
    let script = "cluster 5\nseed 3\nloss 10%\nlatency 1ms..30ms\ndisk all latency 1ms..9ms\n\
                  wait until leader\nworkload 90/s keys 3 reads 40%\nchaos on\nwait 700ms\n";
    let (session, again) = (after(script), after(script));
    let text = "odds elections >= 5 within 900ms runs 60";
    let answer = asked_with(&session, text, 1);
    assert!(
        answer.outcomes.came() > 0 && answer.outcomes.never > 0,
        "{answer:?}"
    );
    for threads in [1, 2, 5] {
        assert_eq!(asked_with(&session, text, threads), answer);
        assert_eq!(asked_with(&again, text, threads), answer);
    }
}

/// Where the nodes run makes no difference.
#[test]
fn sessions_on_threads_are_asked_like_any_other() {
    let script = "cluster 3\nwait until leader\nworkload 50/s\nwait 200ms\ncrash leader\n";
    let text = "odds leader within 400ms runs 40";
    let answers = [Hosts::Inline, Hosts::Threads].map(|hosts| {
        let session = run::run("odds", script, Some(7), hosts).2;
        let answer = asked(&session, text);
        // … and the session goes on as it would have.
        (answer, session.world().trace().digest())
    });
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn counters_go_on_from_what_was_marked() {
    let script = "cluster 3\nwait until leader\nwait 500ms\n";
    let session = after(script);
    let forecast = asked(&session, "odds elections >= 1 runs 20");
    let already = forecast.already.expect("it is so");
    assert_eq!(&*already, "1 election");
    assert_eq!(forecast.outcomes.ended(), 0);
    let session = after(&format!("{script}mark\n"));
    let forecast = asked(&session, "odds elections >= 1 within 300ms runs 20");
    assert_eq!((forecast.already, forecast.outcomes.never), (None, 20));
}

/// A condition of time alone comes true when the time is over, though nothing happens then.
#[test]
fn what_time_alone_brings_is_seen_at_the_end() {
    let session = after("cluster 1\nhold-timer n1\nput x 1\nwait 10ms\n");
    let forecast = asked(&session, "odds outage >= 70ms within 60ms runs 3");
    assert_eq!(forecast.outcomes.came(), 3);
    let forecast = asked(&session, "odds outage >= 71ms within 60ms runs 3");
    assert_eq!(forecast.outcomes.never, 3);
}

/// What breaks first counts as itself, and what was broken before breaks nothing again.
#[test]
fn a_violation_is_an_outcome_of_its_own() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules");
    let script = std::fs::read_to_string(folder.join("persist-vote.raft")).expect("a script");
    let whole = after(&script);
    let broken = whole.violations().first().expect("it is broken");
    let forecast = asked(&whole, "odds violation runs 5");
    assert!(forecast.already.is_some());
    // The same run up to just before it breaks.
    let (mut session, mut player) = run::set_up("odds", &script, Some(7), Hosts::Inline);
    player.advance(&mut session, broken.at - 1);
    assert!(session.violations().is_empty());
    let forecast = asked(&session, "odds leaders > 9 within 300ms runs 40");
    let violated: u64 = forecast.outcomes.violated.values().sum();
    assert!(
        forecast
            .outcomes
            .violated
            .contains_key(&Invariant::ElectionSafety),
        "{forecast:?}"
    );
    assert_eq!(violated + forecast.outcomes.never, 40);
    // Asked for, the same violations are what comes true.
    let wanted = asked(&session, "odds violation within 300ms runs 40");
    assert_eq!(wanted.outcomes.came(), violated);
    assert!(wanted.outcomes.violated.is_empty());
    let forecast = asked(&whole, "odds leaders > 9 within 300ms runs 20");
    assert!(
        !forecast
            .outcomes
            .violated
            .contains_key(&Invariant::ElectionSafety)
    );
}

/// What is asked is no deed: it leaves no trace in the run, in what is ahead, in the journal and in
/// the script that is made of it.
#[test]
fn the_session_is_not_disturbed() {
    let perform = |text: &str| Ask::Perform(Statement::parse(text, &[], true).expect(text));
    let play = |asks: bool| {
        let mut session = Inline::start(Begin::free(free_stage(5, 11), || 99));
        let ask = |session: &mut Inline, text: &str| {
            if asks {
                session.obey(perform(text));
            }
        };
        ask(&mut session, "odds leader runs 30");
        session.pass(900_000);
        session.obey(perform("workload 80/s keys 4 reads 20%"));
        session.obey(perform("chaos on"));
        session.obey(perform("loss 10%"));
        ask(&mut session, "odds elections >= 3 within 500ms runs 30");
        session.pass(700_000);
        session.obey(perform("crash random"));
        ask(&mut session, "odds no leader within 500ms runs 30");
        session.pass(500_000);
        let (digest, end) = (session.scene().world.digest, session.scene().world.now);
        session.obey(Ask::Seek(1_200_000));
        ask(&mut session, "odds leaders = 0 within 500ms runs 30");
        let asked = session.scene().odds;
        session.obey(Ask::SeekEnd);
        assert_eq!(session.scene().world.digest, digest);
        assert_eq!(session.scene().frontier, end);
        session.pass(300_000);
        let scene = session.scene();
        assert_eq!(asked.is_some(), asks);
        (
            scene.world,
            scene.tape,
            scene.undoable,
            session.script_so_far(),
        )
    };
    assert_eq!(play(false), play(true));
}

/// Asked again after going back, the answer is the same: nothing that lies ahead is played.
#[test]
fn what_lies_ahead_is_not_played() {
    let perform = |text: &str| Ask::Perform(Statement::parse(text, &[], true).expect(text));
    let mut session = Inline::start(Begin::free(free_stage(3, 5), || 99));
    session.obey(Ask::Seek(1_000_000));
    let ask = |session: &mut Inline| {
        session.obey(perform("odds role n1 down within 400ms runs 10"));
        let (_, forecast) = session.scene().odds.expect("it was asked");
        (*forecast).clone()
    };
    let first = ask(&mut session);
    assert_eq!(first.outcomes.never, 10);
    session.pass(200_000);
    session.obey(perform("crash n1"));
    session.pass(200_000);
    assert!(ask(&mut session).already.is_some());
    session.obey(Ask::Seek(1_000_000));
    assert_eq!(ask(&mut session), first);
    session.obey(Ask::ForgetOdds);
    assert_eq!(session.scene().odds, None);
}
