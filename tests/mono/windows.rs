//! What lies over the panes: answers, lists, and what is typed.

use raft_playground::raft::Invariant;
use raft_playground::screen::{Choices, Overlay, Prompt, Row, Ui};
use raft_playground::session::odds::Outcome;
use raft_playground::session::why::Step;
use raft_playground::session::why::Way;
use raft_playground::session::{Answer, Breakpoint, Missing, OtherBranch, Scene};

use super::{By, check, fact, fixtures, odds, settled};

#[test]
fn answers_and_lists() {
    let mut scene = settled();
    let step = |words: &str, depth| Step {
        at: 0,
        event: None,
        node: None,
        words: words.into(),
        depth,
    };
    let answer = Answer {
        question: "why".into(),
        title: "Why?".into(),
        headline: "It is so.".into(),
        steps: vec![step("first", 0), step("second", 1)],
        left_out: 0,
        missing: vec![Missing {
            words: "n3 is cut off".into(),
            way: Way::Blocked,
        }],
    };
    let branch = |done: &str| OtherBranch {
        parts: 0,
        until: 1_000,
        done: vec![done.into()],
    };
    scene.branches = vec![branch("crash n1"), branch("crash n2")];
    let breakpoint = Breakpoint {
        text: "break when leader".into(),
        on: true,
        stopped: false,
        kept: false,
    };
    let violation = Breakpoint {
        text: "break when violation".into(),
        ..breakpoint.clone()
    };
    scene.breakpoints = vec![breakpoint, violation];
    let told = fixtures::answered(1, answer, &scene);
    let explained = |chosen| Overlay::Why {
        told: told.clone(),
        chosen,
    };
    check(
        &scene,
        &Ui::default(),
        &[
            fact(
                "what is missing",
                By::Text("✗ n3 is cut off"),
                &|_, ui| {
                    ui.overlay = explained(None);
                },
            ),
            fact("the chosen step", By::Text("▸ second"), &|_, ui| {
                ui.overlay = explained(Some(1));
            }),
            fact("the chosen future", By::Reversed("parts at"), &|_, ui| {
                ui.overlay = Overlay::Branches { chosen: 1 };
            }),
        ],
    );
    let came_of = [(Outcome::Came(5_000), 700), (Outcome::Came(9_000), 300)];
    scene.odds = Some((1, odds::forecast("odds leader", 0, &came_of)));
    let forecast = Ui {
        overlay: Overlay::Odds,
        ..Ui::default()
    };
    let came_of = |came_of: &'static [(Outcome, u64)]| {
        move |scene: &mut Scene, _: &mut Ui| {
            scene.odds = Some((1, odds::forecast("odds leader", 0, came_of)));
        }
    };
    check(
        &scene,
        &forecast,
        &[
            fact(
                "that futures are still played",
                By::Text("8 of 1,000 futures played"),
                &came_of(&[(Outcome::Came(5_000), 8)]),
            ),
            fact(
                "what breaks in them",
                By::Text("✗ log-matching violated first    400"),
                &came_of(&[
                    (Outcome::Never, 600),
                    (Outcome::Violated(Invariant::LogMatching), 400),
                ]),
            ),
            fact(
                "instants without end",
                By::Text("✗ an instant that never ends  1,000"),
                &came_of(&[(Outcome::Endless, 1_000)]),
            ),
        ],
    );
    let listed = Ui {
        overlay: Overlay::Breakpoints { chosen: 0 },
        ..Ui::default()
    };
    check(
        &scene,
        &listed,
        &[
            fact("off", By::Text("○ break"), &|scene, _| {
                scene.breakpoints[1].on = false;
            }),
            fact("holds", By::Text("■ break"), &|scene, _| {
                scene.breakpoints[1].stopped = true;
            }),
            fact("kept", By::Text("◆ break"), &|scene, _| {
                scene.breakpoints[1].kept = true;
            }),
            fact(
                "chosen",
                By::Text("▸ ● break when violation"),
                &|_, ui| {
                    ui.overlay = Overlay::Breakpoints { chosen: 1 };
                },
            ),
        ],
    );
}

#[test]
fn what_is_typed_and_chosen() {
    let scene = settled();
    let prompt = |chosen, wrong| Prompt {
        text: "crash n9".into(),
        cursor: 8,
        choices: vec![
            ("n1".into(), "leads".into()),
            ("n2".into(), "follows".into()),
        ],
        chosen,
        wrong,
        error: None,
        ..Prompt::default()
    };
    let typed = Ui {
        overlay: Overlay::Palette(prompt(None, 0..0)),
        ..Ui::default()
    };
    check(
        &scene,
        &typed,
        &[
            fact("the chosen word", By::Reversed("n2"), &|_, ui| {
                ui.overlay = Overlay::Palette(prompt(Some(1), 0..0));
            }),
            fact("what is wrong", By::Underlined("n9"), &|_, ui| {
                ui.overlay = Overlay::Palette(prompt(None, 6..8));
            }),
        ],
    );
    let choice = |name: &str| Row::Choice {
        text: name.into(),
        name: name.into(),
    };
    let picker = |chosen| {
        Overlay::Picker(Choices {
            prompt: Prompt::default(),
            rows: vec![choice("election"), choice("failover")],
            chosen: Some(chosen),
            preview: None,
        })
    };
    let open = Ui {
        overlay: picker(0),
        ..Ui::default()
    };
    check(
        &scene,
        &open,
        &[fact(
            "the chosen demo",
            By::Text("▸ failover"),
            &|_, ui| {
                ui.overlay = picker(1);
            },
        )],
    );
}
