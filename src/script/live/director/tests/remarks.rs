//! Nothing that a person asks for is done in silence when it has no effect, or none yet.

use super::*;

#[test]
fn a_timer_of_who_does_not_run_is_told_of() {
    let mut director = free();
    director.seek(1_000_000);
    director.hold();
    let leader = director.scene().world.leader().expect("a leader").id;
    let mut others = (0..3).map(NodeId::from_slot).filter(|id| *id != leader);
    let (stopped, down) = (others.next().expect("one"), others.next().expect("two"));
    director.type_in(&format!("stop {}", name(stopped)));
    director.type_in(&format!("crash {}", name(down)));
    for (verb, id, words) in [
        ("timeout", down, "is down: no timer runs"),
        ("timeout", stopped, "is stopped: the timer fires when"),
        ("timeout", leader, "leads: a leader has no election timer"),
        ("hold-timer", down, "held from its restart on"),
        ("hold-timer", stopped, "held when it goes on"),
        ("hold-timer", leader, "as soon as it leads no more"),
        ("snapshot", stopped, "takes its snapshot when it goes on"),
    ] {
        director.type_in(&format!("{verb} {}", name(id)));
        assert!(director.says(&name(id)), "{:?}", director.notice);
        assert!(director.says(words), "{words}: {:?}", director.notice);
    }
    // What is held is seen, so that the same key lets it go.
    for id in [down, stopped, leader] {
        let held = |director: &Director| director.scene().world.nodes[id.slot()].node.timer_held;
        assert!(held(&director), "{id:?}");
        director.type_in(&format!("release-timer {}", name(id)));
        assert!(!held(&director), "{id:?}");
    }
    director.type_in("hold-timer all");
    director.type_in(&format!("resume {}", name(stopped)));
    director.type_in(&format!("restart {}", name(down)));
    director.type_in("hold-timer all-leader");
    assert_eq!(director.notice, None, "they run");
}

fn name(id: NodeId) -> String {
    format!("n{}", id.0)
}

#[test]
fn the_ends_of_time_and_of_speed_are_told() {
    let mut director = free();
    director.obey(Ask::SeekEnd);
    assert!(director.says("newest instant"));
    director.obey(Ask::Seek(0));
    assert_eq!(director.notice, None);
    for ask in [Ask::Seek(0), Ask::StepBack] {
        director.obey(ask);
        assert!(director.says("the run begins here"));
        director.notice = None;
    }
    for (factor, words) in [(0.5, "no slower"), (2.0, "no faster")] {
        let mut director = free();
        let mut pressed = 0;
        while !director.says(words) {
            director.obey(Ask::Pace(factor));
            pressed += 1;
            assert!(pressed < 99, "{words}");
        }
        assert!(pressed > 2);
    }
}

/// A server that was refused stands there all the same: it can be asked for again, or ended.
#[test]
fn whoever_was_refused_can_be_asked_for_again() {
    let mut director = free();
    director.seek(1_000_000);
    director.type_in("add n4");
    director.type_in("add n5");
    assert!(director.says("`add n5`: "), "{:?}", director.notice);
    director.seek(3_000_000);
    director.type_in("remove n5");
    assert!(
        director.says("`add n5` asks again"),
        "{:?}",
        director.notice
    );
    director.type_in("add n5");
    director.seek(6_000_000);
    assert!(director.says("`add n5`: ok"), "{:?}", director.notice);
}

/// What a leader has to answer says at once what it waits for.
#[test]
fn what_is_not_answered_yet_tells_what_it_waits_for() {
    let mut director = free();
    director.type_in("transfer n2");
    assert!(director.says("nobody leads"), "{:?}", director.notice);
    director.seek(2_000_000);
    director.hold();
    let leader = director.scene().world.leader().expect("a leader").id;
    let mut others = (0..3).map(NodeId::from_slot).filter(|id| *id != leader);
    let (stopped, down) = (others.next().expect("one"), others.next().expect("two"));
    director.type_in(&format!("transfer {}", name(stopped)));
    assert!(director.says("must hold the whole log, and then win"));
    director.seek(4_000_000);
    director.hold();
    let leader = director.scene().world.leader().expect("a leader").id;
    let mut others = (0..3).map(NodeId::from_slot).filter(|id| *id != leader);
    let stopped = match others.next() {
        Some(id) if id == down => others.next().expect("two"),
        id => id.expect("one"),
    };
    director.type_in(&format!("stop {}", name(stopped)));
    for (statement, words) in [
        (format!("transfer {}", name(stopped)), "is stopped: "),
        (format!("demote {}", name(stopped)), "a majority must hold"),
    ] {
        director.type_in(&statement);
        assert!(director.says(words), "{statement}: {:?}", director.notice);
    }
    director.type_in(&format!("stop {}", name(leader)));
    director.type_in("add n4");
    let words = format!("{} is stopped: it answers when it goes on", name(leader));
    assert!(director.says(&words), "{:?}", director.notice);
    director.type_in(&format!("crash {}", name(leader)));
    director.type_in("add n5");
    assert!(director.says("nobody leads"), "{:?}", director.notice);
}

#[test]
fn a_frozen_server_tells_when_it_has_taken_its_snapshot() {
    let mut director = free();
    director.seek(1_000_000);
    director.type_in("put x 1");
    director.seek(2_000_000);
    director.type_in("stop n2");
    director.type_in("snapshot n2");
    assert!(director.says("takes its snapshot when it goes on"));
    director.type_in("resume n2");
    director.pass(2_100_000);
    assert!(director.says("`snapshot n2`: ok"), "{:?}", director.notice);
}

/// What finds nothing to do is not done: it neither takes over from a script nor begins a branch.
#[test]
fn nothing_is_done_where_there_is_nothing_to_do() {
    let mut director = scripted(SCRIPT, None);
    director.pass(500_000);
    for (statement, words) in [
        ("heal", "nothing is cut off"),
        ("calm", "all is calm"),
        ("workload off", "no workload runs"),
    ] {
        director.type_in(statement);
        let notice = format!("`{statement}`: nothing is done: {words}");
        assert!(director.says(&notice), "{statement}: {:?}", director.notice);
    }
    assert!(director.scene().scripted && director.session.journal().is_empty());
    director.type_in("isolate n1");
    director.type_in("isolate n1");
    assert!(director.says("it is isolated already"));
    director.type_in("isolate n1,n2");
    assert_eq!(director.notice, None);
    director.type_in("heal");
    assert_eq!(director.notice, None);
    for disturbance in [
        "hold-timer n1",
        "stop n2",
        "disk n3 latency 5ms",
        "loss 5% n1->n2",
    ] {
        director.type_in(disturbance);
        director.type_in("calm");
        assert_eq!(director.notice, None, "{disturbance}");
    }
    director.type_in("calm");
    assert!(director.says("all is calm"), "{:?}", director.notice);
}
