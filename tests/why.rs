//! `why` in prepared situations. What each answer must say is written from the rules of the paper
//! and the dissertation: who must have voted, on which servers an entry must be, which rule
//! forbids it; not from what was answered.

#[path = "why/candidates.rs"]
mod candidates;
#[path = "why/client.rs"]
mod client;
#[path = "why/commit.rs"]
mod commit;
#[path = "why/event.rs"]
mod event;
#[path = "why/found.rs"]
mod found;
#[path = "why/leader.rs"]
mod leader;
#[path = "why/node.rs"]
mod node;
#[path = "why/order.rs"]
mod order;
#[path = "why/outage.rs"]
mod outage;
#[path = "fixtures/run.rs"]
mod run;
#[path = "why/store.rs"]
mod store;
#[path = "why/time.rs"]
mod time;

use std::sync::Arc;

use raft_playground::command::{Dashboard, Statement, Why};
use raft_playground::script::demos::DEMOS;
use raft_playground::script::{Outcome, Player, Progress, stage};
use raft_playground::session::why::Way;
use raft_playground::session::{Answer, Manner, Session};
use raft_playground::world::Hosts;

/// Three servers; timers fire by hand, messages take 10 ms, and n1 leads term 1.
const LED: &str = "cluster 3\nhold-timer all\nlatency 10ms\ntimeout n1\nwait until leader n1\nwait until commit all = 1\n";

/// The same with five.
const FIVE: &str = "cluster 5\nhold-timer all\nlatency 10ms\ntimeout n1\nwait until leader n1\nwait until commit all = 1\n";

/// Plays a script, of which everything held must be expected to the end.
fn passed(script: &str) -> Session {
    let (mut session, mut player) = run::set_up("why.raft", script, Some(7), Hosts::Inline);
    session.go_on(Hosts::Inline, 20_000);
    assert_eq!(player.run(&mut session), Outcome::Passed, "{script}");
    session
}

fn ask(session: &Session, question: &str) -> Answer {
    let names: Vec<_> = session.world().view().nodes;
    let names: Vec<_> = names.into_iter().map(|node| node.name).collect();
    match Statement::parse(question, &names, true) {
        Ok(Statement::Dashboard(Dashboard::Why(why))) => answer(session, &why),
        other => panic!("{question}: {other:?}"),
    }
}

/// Asks, and sees to what holds of every answer.
fn answer(session: &Session, why: &Why) -> Answer {
    let answer = session.why(why);
    assert_eq!(
        answer,
        session.why(why),
        "the same question has the same answer"
    );
    assert!(!answer.headline.is_empty());
    assert!(answer.steps.len() <= 12, "{}", text(&answer));
    let mut events: Vec<_> = answer.steps.iter().filter_map(|step| step.event).collect();
    events.sort_unstable();
    events.dedup();
    let told = answer.steps.iter().filter(|step| step.event.is_some());
    assert_eq!(events.len(), told.count(), "a step stands there once");
    for step in &answer.steps {
        assert!(step.at <= session.now(), "{}", text(&answer));
    }
    for (place, step) in answer
        .steps
        .iter()
        .enumerate()
        .filter(|(_, step)| step.depth > 0)
    {
        let mut above = answer.steps[..place].iter().rev();
        let led_to = above.find(|above| above.depth < step.depth);
        let later = |led_to: &raft_playground::session::why::Step| led_to.at >= step.at;
        assert!(led_to.is_some_and(later), "{}", text(&answer));
        // Where steps in between were left out, what led to them has moved up.
        let above = &answer.steps[place - 1];
        assert!(step.depth <= above.depth + 1, "{}", text(&answer));
    }
    answer
}

fn text(answer: &Answer) -> String {
    let steps = answer.steps.iter().map(|step| {
        let (at, indent) = (step.at, 2 * step.depth);
        format!("  {at:>9} {:indent$}{}", "", step.words)
    });
    let missing = answer.missing.iter().map(|it| format!("  - {}", it.words));
    let lines: Vec<String> = steps.chain(missing).collect();
    format!(
        "{}\n{}\n{}",
        answer.question,
        answer.headline,
        lines.join("\n")
    )
}

/// What an answer must say, part by part: in its headline, in its steps, of what is missing.
#[track_caller]
fn says(answer: &Answer, headline: &[&str], steps: &[&str], missing: &[&str]) {
    let text = text(answer);
    for words in headline {
        assert!(
            answer.headline.contains(words),
            "no `{words}` in the headline of:\n{text}"
        );
    }
    for words in steps {
        let told = answer.steps.iter().any(|step| step.words.contains(words));
        assert!(told, "no step `{words}` in:\n{text}");
    }
    for words in missing {
        let told = answer.missing.iter().any(|it| it.words.contains(words));
        assert!(told, "`{words}` is not missing in:\n{text}");
    }
}

#[track_caller]
fn never_says(answer: &Answer, unwanted: &[&str]) {
    let text = text(answer);
    for words in unwanted {
        assert!(!text.contains(words), "`{words}` in:\n{text}");
    }
}

#[track_caller]
fn situation(
    script: &str,
    question: &str,
    headline: &[&str],
    steps: &[&str],
    missing: &[&str],
) -> Answer {
    let answer = ask(&passed(script), question);
    says(&answer, headline, steps, missing);
    answer
}

fn after(stage: &str, script: &str) -> String {
    format!("{stage}{script}")
}

/// Everything that can be asked of a session as it stands.
fn questions(session: &Session) -> Vec<String> {
    let view = session.world().view();
    let longest = view.nodes.iter().map(|node| node.node.log.last()).max();
    let indices = 1..=longest.unwrap_or(0) + 1;
    let mut all: Vec<String> = [
        "leader",
        "config",
        "violation",
        "reply admin",
        "latency",
        "outage",
        "elections",
    ]
    .map(String::from)
    .into();
    all.extend(
        view.clients
            .iter()
            .map(|client| format!("reply {}", client.id)),
    );
    all.extend(
        indices
            .clone()
            .rev()
            .take(6)
            .map(|index| format!("commit {index}")),
    );
    for node in &view.nodes {
        let name = &node.name;
        let of_node = ["role", "term", "vote", "config", "snapshot"];
        all.extend(of_node.map(|topic| format!("{topic} {name}")));
        all.push(format!("value {name} x"));
        for index in indices.clone().rev().take(3) {
            all.push(format!("log {name} {index}"));
            all.push(format!("commit {index} on {name}"));
        }
    }
    let records = session.world().trace().records().rev().step_by(7).take(6);
    all.extend(records.map(|record| format!("event {}", record.id)));
    all
}

#[test]
fn every_question_has_an_answer_at_any_instant_of_any_demo() {
    for demo in DEMOS {
        let script = Arc::new(demo.script().expect("a demo can be read"));
        let manner = Manner {
            hosts: Hosts::Inline,
            keep: 5_000,
            rewinds: false,
        };
        let mut session = Session::new(stage(&script, None), manner);
        let mut player = Player::new(script);
        for _ in 0..12 {
            let until = session.now() + 97_000;
            let goes_on = player.advance(&mut session, until) != Progress::Ends;
            for question in questions(&session) {
                ask(&session, &format!("why {question}"));
            }
            if !goes_on {
                break;
            }
        }
    }
}

#[test]
fn what_comes_by_itself_is_told_apart() {
    let comes = |script: &str| -> Vec<bool> {
        let answer = ask(&passed(script), "why leader");
        assert!(!answer.missing.is_empty(), "{}", text(&answer));
        let ways = answer.missing.iter().map(|missing| missing.way);
        ways.map(|way| way == Way::ByItself).collect()
    };
    // Timers fire, unless they are held.
    assert!(comes("cluster 3\nwait 1ms").iter().all(|&comes| comes));
    let held = comes(&after(LED, "crash n1"));
    assert!(held.iter().any(|&comes| !comes), "{held:?}");
}

#[test]
fn votes_of_a_term_that_had_a_leader_are_no_reason() {
    // n3 votes for n2; its refusal of n1 comes when n2 leads already.
    let lost = "cluster 3\nrule pre-vote off\nhold-timer all\nlatency 10ms\nlatency 50ms n1->n3\n\
        timeout n1\ntimeout n2\nwait until leader n2\nwait 100ms\ncrash n2";
    let answer = ask(&passed(lost), "why leader");
    never_says(&answer, &["refuses"]);
}
