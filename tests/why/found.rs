//! What is told of an expectation that fails: what is found instead, and the question behind it.

use raft_playground::script::Outcome;
use raft_playground::world::Hosts;

use super::{LED, after, run};

/// What is found where a condition fails after a script, and the question that leads on.
#[track_caller]
fn failing(script: &str, condition: &str) -> (String, Option<String>) {
    let script = format!("{script}\nexpect {condition}");
    let (outcome, player, session) = run::run("why.raft", &script, Some(7), Hosts::Inline);
    assert_eq!(outcome, Outcome::Failed, "{condition}");
    let failed = player.expectations().last().expect("an expectation");
    let why = player.why(session.violations());
    (failed.found.clone(), why.map(|why| why.to_string()))
}

#[track_caller]
fn finds(script: &str, condition: &str, found: &str, why: Option<&str>) {
    let (told, question) = failing(script, condition);
    assert_eq!(told, found, "{condition}");
    assert_eq!(question.as_deref(), why, "{condition}");
}

#[test]
fn a_compacted_log_is_told_with_what_stands_before_it() {
    let script = after(
        LED,
        "put x 1 via n1\nwait until reply = ok\nsnapshot n1\nput x 2 via n1\nwait until commit all = 3",
    );
    let snapshot = Some("why snapshot n1");
    let found = "n1: 1 after the snapshot up to 2";
    finds(&script, "log n1 = 1", found, snapshot);
    // Where another log differs that one is the reason.
    let both = "n1: 1 after the snapshot up to 2, n2: 1 1 1";
    finds(&script, "log n1,n2 = 1 1 1", both, snapshot);
    finds(&script, "log n2 = 1 1", "n2: 1 1 1", Some("why log n2 3"));
    let agree = "n1: 1 after the snapshot up to 2, n2: 1 1 1, n3: 1 1 1";
    finds(&script, "not logs agree", agree, None);
}

#[test]
fn clauses_say_what_they_are_about_where_there_are_several() {
    let led = "leader n1 and term all = 9 and commit n1 = 7";
    let found = "term n1: 1, n2: 1, n3: 1; commit n1: 1";
    finds(LED, led, found, Some("why term n1"));
    // What is found tells by itself what it is.
    let labelled = "role n2 leader and reply = ok and leaders = 2 and log n2 = 2";
    let found = "role n2: follower; reply c1 = nothing was asked; n1 leads term 1; log n2: 1";
    finds(LED, labelled, found, Some("why role n2"));
    let counted = "sent vote = 7 and in-flight any = 9";
    let found = "vote: 2 sent; any: 2 in flight";
    finds(LED, counted, found, Some("why elections"));
    // Of the others nothing is said, and a single clause needs no words.
    finds(
        LED,
        "leader n1 and term n1 = 9",
        "term n1: 1",
        Some("why term n1"),
    );
    finds(LED, "term n1 = 9", "n1: 1", Some("why term n1"));
}

#[test]
fn who_is_down_is_in_no_selection() {
    let nobody = "the selection means nobody";
    let script = after(LED, "crash all");
    let told = format!(
        "{nobody}: n1,n2,n3 are down, and who is down is in no selection but `down` or by name"
    );
    finds(&script, "role all down", &told, None);
    let script = after(LED, "crash n1");
    let told = told.replace("n1,n2,n3 are", "n1 is");
    finds(&script, "term all-n2,n3 = 1", &told, None);
    // Nobody is meant for another reason.
    finds(LED, "role learners learner", nobody, None);
    finds(LED, "role down down", nobody, None);
}

#[test]
fn what_is_counted_leads_to_those_who_did_it() {
    for (condition, question) in [
        ("elections = 9", Some("why elections")),
        ("sent vote > 9", Some("why elections")),
        ("outage > 1s", Some("why outage")),
        ("commands n2 = 3", Some("why commit 2 on n2")),
        // No question tells of these.
        ("not commands n2 = 0", None),
        ("sent append = 0", None),
        ("violation", None),
    ] {
        let (_, why) = failing(LED, condition);
        assert_eq!(why.as_deref(), question, "{condition}");
    }
}
