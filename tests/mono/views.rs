//! The views besides the main one.

use raft_playground::command::ViewName;
use raft_playground::raft::{NodeId, Rule};
use raft_playground::screen::Ui;
use raft_playground::session::Scene;

use super::{By, check, fact, scene, shows};

#[test]
fn the_timeline() {
    let quiet = "cluster 3\nseed 7\nwait until leader\nwait 300ms\n";
    let after = |more: &str| scene::after(&format!("{quiet}{more}wait 40ms\n"));
    let scene = after("");
    let to = |other: Scene| move |scene: &mut Scene, _: &mut Ui| *scene = other.clone();
    let leader = scene.world.leader().expect("one leads").name.clone();
    let crash = format!("crash {leader}\n");
    check(
        &scene,
        &shows(ViewName::Timeline),
        &[
            fact("a crash", By::Text("✝ crash"), &to(after(&crash))),
            fact("a stop", By::Text("‖ stop"), &to(after("stop followers\n"))),
            fact(
                "a lost message",
                By::More("✗"),
                &to(after("loss 100%\nwait 30ms\n")),
            ),
            fact(
                "a copy",
                By::More("»"),
                &to(after("duplicate 100%\nwait 50ms\n")),
            ),
            fact(
                "a campaign",
                By::More("╎"),
                &to(after(&format!("{crash}wait 200ms\n"))),
            ),
            fact("a selected lane", By::Reversed("n3"), &|_, ui| {
                ui.selected = NodeId(3);
            }),
        ],
    );
}

#[test]
fn the_network() {
    let base = "cluster 3\nseed 7\nwait until leader\nwait 20ms\n";
    let after = |more: &str| scene::after(&format!("{base}{more}"));
    let to = |other: Scene| move |scene: &mut Scene, _: &mut Ui| *scene = other.clone();
    let scene = after("");
    check(
        &scene,
        &shows(ViewName::Network),
        &[
            fact("a cut link", By::Text("✗  "), &to(after("cut n1->n2\n"))),
            fact(
                "a link of its own",
                By::Text("≠20%"),
                &to(after("loss 20% n1->n2\n")),
            ),
            fact("a chosen message", By::Text("│ ▸ in"), &|scene, ui| {
                let flights = raft_playground::screen::panes::flights::listed(&scene.world);
                ui.flight = flights.first().map(|flight| flight.message());
            }),
        ],
    );
}

#[test]
fn what_clients_asked() {
    let base = "cluster 3\nseed 7\nwait until leader\nput x 1 by c1\nwait 100ms\n";
    let after = |more: &str| scene::after(&format!("{base}{more}"));
    let to = |other: Scene| move |scene: &mut Scene, _: &mut Ui| *scene = other.clone();
    let stale = scene::after(include_str!("../rules/confirm-leadership.raft"));
    let unknown = "set client-retries off\ncrash all\nput y 1 by c1\nwait 5s\n";
    check(
        &after(""),
        &shows(ViewName::Clients),
        &[
            fact(
                "waits",
                By::More("… waits"),
                &to(after("put y 1 by c1\nwait 5ms\n")),
            ),
            fact(
                "failed",
                By::Text("✘ failed m"),
                &to(after("cas x 2 3 by c1\nwait 100ms\n")),
            ),
            fact("unknown", By::Text("? unknown in"), &to(after(unknown))),
            fact("conflict", By::Text("│ ! "), &to(stale)),
        ],
    );
}

#[test]
fn metrics_and_rules() {
    let base = "cluster 3\nseed 7\nwait until leader\nwait 500ms\n";
    let after = |more: &str| scene::after(&format!("{base}{more}"));
    let to = |other: Scene| move |scene: &mut Scene, _: &mut Ui| *scene = other.clone();
    check(
        &after(""),
        &shows(ViewName::Metrics),
        &[fact(
            "a fault",
            By::Text("▒▒"),
            &to(after("crash n1\nwait 300ms\n")),
        )],
    );
    let off = after("rule pre-vote off\n");
    let option = after("set heartbeat 49ms\n");
    let pre_vote = |ui: &mut Ui| ui.rule = Rule::PreVote;
    check(
        &after(""),
        &shows(ViewName::Rules),
        &[
            fact("a rule is off", By::Text("OFF  pre-vote"), &|scene, ui| {
                pre_vote(ui);
                *scene = off.clone();
            }),
            fact("an option", By::Text("heartbeat 49ms"), &to(option)),
            fact(
                "the chosen rule",
                By::Text("▸ on   pre-vote"),
                &|_, ui| {
                    pre_vote(ui);
                },
            ),
        ],
    );
}
