//! What takes time, and where it goes: clocks, and the way of a request.

use super::{LED, after, ask, never_says, passed, situation};

#[test]
fn a_timer_is_told_by_true_time_too_where_its_clock_is_wrong() {
    let slow = "cluster 2\nset election-timeout 200ms..201ms\nwait until leader n1\nwait until commit all = 1\nclock n2 rate 0.01\ncrash n1";
    let slow = slow.replace("wait until leader n1", "timeout n1\nwait until leader n1");
    let answer = ask(
        &passed(&slow.replace("cluster 2", "cluster 3\nhold-timer n3")),
        "why leader",
    );
    let timer = answer
        .missing
        .iter()
        .find(|it| it.words.starts_with("n2 could win"));
    let words = &timer.expect("n2 is told of").words;
    let (own, truly) = words
        .split_once(" by its own clock, which runs at the rate 0.01: in ")
        .unwrap_or_else(|| panic!("{words}"));
    let own = own.rsplit(' ').next().and_then(|it| it.strip_suffix("ms"));
    let own: f64 = own.and_then(|own| own.parse().ok()).expect("milliseconds");
    let truly: f64 = truly.trim_end_matches('s').parse().expect("seconds");
    // A hundred times as long, but for what is rounded.
    assert!((own / 10.0 - truly).abs() <= 0.1, "{words}");
    let right = situation(
        &after(LED, "release-timer n2\ncrash n1"),
        "why leader",
        &[],
        &[],
        &["n2 could win: its election timer fires in"],
    );
    never_says(&right, &["rate"]);
}

#[test]
fn the_slowest_request_waited_for_disks() {
    situation(
        &after(
            LED,
            "disk n1 latency 200ms\ndisk n2 latency 100ms\ncrash n3\nput x 1 via n1\nwait until reply = ok",
        ),
        "why latency",
        &[
            "It was entry 2 of n1 after 10ms, committed after another 200ms, and answered after another 10ms.",
            "Until it was committed: n1's own disk took 200ms (`disk n1 latency 200ms`)",
            "n2 had it after 10ms, its disk took 100ms (`disk n2 latency 100ms`), and its answer came after 120ms in all",
        ],
        &[],
        &[],
    );
    // The leader need not count itself.
    situation(
        &after(LED, "disk n1 stall\nput x 1 via n1\nwait until reply = ok"),
        "why latency",
        &["n1's own disk had not written it (`disk n1 stall`)"],
        &[],
        &[],
    );
    // A disk that is well again is no reason.
    let well = situation(
        &after(
            LED,
            "disk n1 stall\nwait 10ms\ndisk n1 ok\ndisk n2 latency 100ms\ncalm\nput x 1 via n1\nwait until reply = ok",
        ),
        "why latency",
        &["n1's own disk took 1ms."],
        &[],
        &[],
    );
    never_says(&well, &["(`"]);
}

#[test]
fn the_slowest_request_waited_on_its_way() {
    let back = situation(
        &after(
            LED,
            "latency 300ms n1->c1\nput x 1 via n1\nwait until reply = ok",
        ),
        "why latency",
        &["answered after another 300ms."],
        &[],
        &[],
    );
    never_says(&back, &["Until it was committed"]);
    // Whoever was asked first could not take it.
    let there = situation(
        &after(
            LED,
            "set client-timeout 100ms\nput x 1 via n1\nwait 5ms\ncrash n1\nwait 400ms\ntimeout n2\nwait until reply = ok",
        ),
        "why latency",
        &[
            " of n2 after ",
            "Until n2 had it: it asked n1, which crashed at 0.107 s, then n2 after 100ms without an answer (`client-timeout`), and last n2, at ",
        ],
        &[],
        &[],
    );
    never_says(&there, &["Until it was committed"]);
    // A read has no entry.
    let read = situation(
        &after(LED, "get x via n1\nwait until reply = missing"),
        "why latency",
        &["The slowest answered request is "],
        &[],
        &[],
    );
    never_says(&read, &["It was entry"]);
}
