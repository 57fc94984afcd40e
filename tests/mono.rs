//! No fact is told by colour alone: each pane is drawn without any, and the fact must be found in
//! its signs, its words or the way they are written.

mod fixtures;
#[path = "fixtures/frame.rs"]
mod frame;
#[path = "fixtures/odds.rs"]
mod odds;
#[path = "fixtures/scene.rs"]
mod scene;

use raft_playground::command::ViewName;
use raft_playground::raft::{Event as NodeEvent, Invariant, NodeId, RoleView, Rule, VoteReason};
use raft_playground::screen::{Choices, Overlay, Prompt, Row, Theme, Ui};
use raft_playground::session::odds::Outcome;
use raft_playground::session::why::Step;
use raft_playground::session::{Answer, Breakpoint, Mark, Missing, Notice, OtherBranch, Scene};
use raft_playground::tui::advice::advice;
use raft_playground::world::Event;
use raft_playground::world::view::Life;
use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// What can be seen of a frame without colours.
struct Seen {
    text: String,
    reversed: String,
    underlined: String,
}

/// How a fact is told.
#[derive(Clone, Copy, Debug)]
enum By<'a> {
    Text(&'a str),
    Reversed(&'a str),
    Underlined(&'a str),
    /// More of them than before: the legend has one.
    More(&'a str),
}

impl Seen {
    /// True when there is something of that kind; `but` are those that do not count.
    fn tells(&self, by: By<'_>, but: usize) -> bool {
        match by {
            By::More(text) => self.text.matches(text).count() > but,
            By::Text(text) => self.text.contains(text),
            By::Reversed(text) => self.reversed.contains(text),
            By::Underlined(text) => self.underlined.contains(text),
        }
    }
}

fn see(scene: &Scene, ui: &Ui) -> Seen {
    let buf = frame::draw_in(scene, ui, (120, 36), &Theme::mono());
    let plain = |cell: &Cell| (cell.fg, cell.bg) == (Color::Reset, Color::Reset);
    assert!(buf.content().iter().all(plain), "mono has no colours");
    let lines = |with: Modifier| {
        let row = |cells: &[Cell]| {
            let sign = |cell: &Cell| match cell.modifier.contains(with) {
                true => cell.symbol().to_owned(),
                false => " ".to_owned(),
            };
            cells.iter().map(sign).collect::<String>()
        };
        let rows = buf.content().chunks(usize::from(buf.area.width));
        rows.map(row).collect::<Vec<_>>().join("\n")
    };
    Seen {
        text: lines(Modifier::empty()),
        reversed: lines(Modifier::REVERSED),
        underlined: lines(Modifier::UNDERLINED),
    }
}

/// A fact that can be seen after something changed, and cannot before.
struct Fact<'a> {
    name: &'a str,
    by: By<'a>,
    change: &'a dyn Fn(&mut Scene, &mut Ui),
}

fn fact<'a>(name: &'a str, by: By<'a>, change: &'a dyn Fn(&mut Scene, &mut Ui)) -> Fact<'a> {
    Fact { name, by, change }
}

fn check(scene: &Scene, ui: &Ui, facts: &[Fact<'_>]) {
    let before = see(scene, ui);
    for Fact { name, by, change } in facts {
        let (mut scene, mut ui) = (scene.clone(), ui.clone());
        change(&mut scene, &mut ui);
        let after = see(&scene, &ui);
        let but = match by {
            By::More(text) => before.text.matches(text).count(),
            _ => 0,
        };
        assert!(!before.tells(*by, but), "{name}: {by:?} is always there");
        assert!(after.tells(*by, but), "{name}: {by:?}\n{}", after.text);
    }
}

fn shows(view: ViewName) -> Ui {
    Ui {
        view,
        ..Ui::default()
    }
}

/// Three servers that have settled down, n1 leads; time is held, and nothing just changed.
fn settled() -> Scene {
    let mut scene = scene::after(
        "cluster 3\nseed 7\nhold-timer all\nlatency 10ms\ntimeout n1\nwait until commit all = 1\n\
         release-timer all\nwait 35ms\n",
    );
    scene.playing = false;
    scene
}

fn role(role: RoleView) -> impl Fn(&mut Scene, &mut Ui) {
    move |scene, _| scene.world.nodes[2].node.role = role.clone()
}

fn life(life: Life) -> impl Fn(&mut Scene, &mut Ui) {
    move |scene, _| scene.world.nodes[2].life = life
}

#[test]
fn what_a_server_is() {
    let scene = settled();
    let facts = [
        ("candidate", "◑ n3", RoleView::Candidate { votes: vec![] }),
        ("before", "◔ n3", RoleView::PreCandidate { votes: vec![] }),
        ("leader", "♛ n3", RoleView::Leader { peers: vec![] }),
        ("learner", "◇ n3", RoleView::Learner { leader: None }),
        ("removed", "∅ n3", RoleView::Removed),
    ];
    for (name, sign, is) in facts {
        check(
            &scene,
            &Ui::default(),
            &[fact(name, By::Text(sign), &role(is))],
        );
    }
    check(
        &scene,
        &Ui::default(),
        &[
            fact("down", By::Text("✝ n3"), &life(Life::Down)),
            fact("stopped", By::Text("‖ n3"), &life(Life::Stopped)),
            fact("selected", By::Reversed("n3"), &|_, ui| {
                ui.selected = NodeId(3);
            }),
            fact("marked", By::Text("◉ n3"), &|_, ui| {
                ui.overlay = Overlay::Partition {
                    marked: [NodeId(3)].into(),
                };
            }),
            fact("held timer", By::Text("⊣"), &|scene, _| {
                let node = &mut scene.world.nodes[2].node;
                (node.timer_held, node.election_timer) = (true, None);
            }),
            fact("cut link", By::Text("╳"), &|scene, _| {
                fixtures::cut(&mut scene.world, &[3], &[1, 2]);
            }),
            fact("island", By::Text("alone, can do neither"), &|scene, _| {
                fixtures::cut(&mut scene.world, &[3], &[1, 2]);
            }),
        ],
    );
}

#[test]
fn messages_on_their_way() {
    let scene = settled();
    let sent = |message: raft_playground::raft::Message| {
        move |scene: &mut Scene, _: &mut Ui| {
            let envelope = fixtures::envelope(1, 2, 1, message.clone());
            let now = scene.world.now;
            let flight = fixtures::flight(9_999, envelope, now - 5_000, now + 5_000);
            scene.world.flights = vec![flight];
        }
    };
    let mut quiet = scene.clone();
    quiet.world.flights.clear();
    let entry = fixtures::log(&[1]).get(1).expect("one entry").clone();
    let kinds = [
        ("entries", fixtures::append(0, 0, &[entry], 0)),
        ("a heartbeat", fixtures::append(1, 1, &[], 1)),
        ("yes", fixtures::accepted(1)),
    ];
    let glyphs = |scene: &Scene| {
        let seen = see(scene, &Ui::default());
        let ring = seen.text.lines().take(18).map(|line| line.chars().take(44));
        ring.flatten()
            .filter(|ch| !ch.is_ascii())
            .collect::<Vec<_>>()
    };
    let before = glyphs(&quiet);
    let mut found = Vec::new();
    for (name, message) in kinds {
        let mut scene = quiet.clone();
        sent(message)(&mut scene, &mut Ui::default());
        let mut new = glyphs(&scene);
        new.retain(|glyph| !before.contains(glyph));
        assert_eq!(new.len(), 1, "{name}: {new:?}");
        assert!(!found.contains(&new), "{name} has a sign of its own");
        found.push(new);
    }
    check(
        &quiet,
        &Ui::default(),
        &[fact("lost", By::More("✗"), &|scene, _| {
            *scene = scene::after("cluster 3\nseed 7\nwait until leader\nloss 100%\nwait 52ms\n");
        })],
    );
}

#[test]
fn entries_and_what_became_of_them() {
    let mut scene = settled();
    for node in &mut scene.world.nodes {
        node.node.log = fixtures::log(&[1, 1, 1]);
        (node.node.commit, node.node.applied, node.node.synced) = (3, 3, 3);
    }
    check(
        &scene,
        &Ui::default(),
        &[
            fact("committed", By::Text("▣1"), &|scene, _| {
                scene.world.nodes[2].node.applied = 2;
            }),
            fact("uncommitted", By::Text("□1"), &|scene, _| {
                let node = &mut scene.world.nodes[2].node;
                (node.commit, node.applied) = (2, 2);
            }),
            fact("the commit index", By::Text("■1│"), &|scene, _| {
                let node = &mut scene.world.nodes[2].node;
                (node.commit, node.applied) = (2, 2);
            }),
            fact("the term", By::Text("□2"), &|scene, _| {
                let node = &mut scene.world.nodes[2].node;
                node.log = fixtures::log(&[1, 1, 2]);
                (node.commit, node.applied) = (2, 2);
            }),
            fact("missing", By::Text("■1   ··"), &|scene, _| {
                scene.world.nodes[2].node.log = fixtures::log(&[1, 1]);
            }),
            fact("unsynced", By::Text("■1'"), &|scene, _| {
                scene.world.nodes[2].node.synced = 2;
            }),
            fact("cut off", By::Text("××"), &|scene, _| {
                scene.world.nodes[2].node.log = fixtures::log(&[1, 1]);
                just_now(scene, NodeEvent::Truncate { from: 3, count: 1 });
            }),
        ],
    );
}

/// Lets something happen on n3 at this instant.
fn just_now(scene: &mut Scene, event: NodeEvent) {
    let now = scene.world.now;
    let id = scene.records.last().map_or(1, |record| record.id + 1);
    let record = fixtures::record(id, now, Some(3), Event::Node(event));
    scene.records.push(record);
}

#[test]
fn what_a_step_changed() {
    let mut scene = settled();
    let ui = Ui {
        selected: NodeId(3),
        ..Ui::default()
    };
    // Nothing of what happened at the last instant changed anything.
    let sent = Event::Command("nothing".into());
    let now = scene.world.now;
    scene
        .records
        .push(fixtures::record(99_999, now, None, sent));
    let term = NodeEvent::Term {
        term: 1,
        from: Some(NodeId(1)),
    };
    let vote = NodeEvent::Vote {
        candidate: NodeId(1),
        term: 1,
        pre: false,
        ballot: raft_playground::raft::Ballot {
            last_term: 0,
            last_index: 0,
        },
        reason: VoteReason::Granted,
    };
    let commit = NodeEvent::Commit { from: 0, to: 1 };
    check(
        &scene,
        &ui,
        &[
            fact("a term", By::Text("term 1*"), &|scene, _| {
                just_now(scene, term.clone());
            }),
            fact("a term, on the ring", By::Text("n3 t1*"), &|scene, _| {
                just_now(scene, term.clone());
            }),
            fact("a vote", By::Text("voted n1*"), &|scene, _| {
                just_now(scene, term.clone());
                just_now(scene, vote.clone());
            }),
            fact("a commit", By::Text("commit 1*"), &|scene, _| {
                just_now(scene, commit.clone());
            }),
            fact("in the logs", By::Underlined("commit 1"), &|scene, _| {
                just_now(scene, commit.clone());
            }),
            fact("on the ring", By::Underlined("n3"), &|scene, _| {
                just_now(scene, commit.clone());
            }),
        ],
    );
}

#[test]
fn the_chosen_server_from_the_inside() {
    let scene = settled();
    let ui = Ui {
        selected: NodeId(3),
        ..Ui::default()
    };
    let votes = vec![(NodeId(3), true), (NodeId(1), false)];
    let candidate = RoleView::Candidate { votes };
    check(
        &scene,
        &ui,
        &[
            fact("given", By::Text("n3✔"), &role(candidate.clone())),
            fact("refused", By::Text("n1✘"), &role(candidate.clone())),
            fact("unknown", By::Text("n2?"), &role(candidate)),
            fact("a stalled disk", By::Text("stalled"), &|scene, _| {
                scene.world.nodes[2].disk.stalled = true;
            }),
            fact("unsynced", By::Text("unsynced 1"), &|scene, _| {
                scene.world.nodes[2].disk.written += 1;
            }),
            fact(
                "a vote in memory only",
                By::Text("voted nobody"),
                &|scene, _| {
                    scene.world.nodes[2].disk.vote = None;
                },
            ),
            fact("a clock", By::Text("×1.02"), &|scene, _| {
                scene.world.nodes[2].clock_rate = 1_020_000;
            }),
            fact("down", By::Text("only its disk is left"), &life(Life::Down)),
        ],
    );
}

#[test]
fn the_run_as_a_whole() {
    let scene = settled();
    let stale = scene::after(include_str!("rules/confirm-leadership.raft"));
    check(
        &scene,
        &Ui::default(),
        &[
            fact("it plays", By::Text("▶ 1×"), &|scene, _| {
                scene.playing = true;
            }),
            fact("the past", By::Text("◂◂ "), &|scene, _| {
                scene.frontier += 5_000_000;
            }),
            fact("no leader", By::Text("no leader"), &|scene, _| {
                scene.world.nodes[0].life = Life::Down;
            }),
            fact("unsafe", By::Text("✘ linearizability"), &|scene, _| {
                scene.violations = stale.violations.clone();
            }),
            fact("a violation", By::Text("!▁"), &|scene, _| {
                let at = scene.world.now / 2;
                scene.tape.push((at, Mark::Violation));
            }),
            fact("a fault", By::Text("▁×▁"), &|scene, _| {
                let at = scene.world.now / 2;
                scene.tape.push((at, Mark::Fault));
            }),
            fact("a term", By::Text("▃▃"), &|scene, _| {
                let at = scene.world.now / 2;
                scene.tape.push((at, Mark::Term(3)));
            }),
            fact("advice", By::Text("! "), &|scene, ui| {
                scene.world.nodes[0].disk.stalled = true;
                ui.advice = advice(&scene.world).pop().map(|(_, words)| words);
            }),
            fact("a notice", By::Text("! nothing was done"), &|scene, _| {
                scene.notice = Some("nothing was done".into());
            }),
            fact("what is done", By::Text("✔ saved"), &|scene, _| {
                scene.notice = Some(Notice::done("saved"));
            }),
            fact(
                "what is under way",
                By::Text("… `wait 1s`"),
                &|scene, _| {
                    scene.notice = Some(Notice::under_way("`wait 1s` is under way"));
                },
            ),
            fact(
                "what is too fast",
                By::Text("1× (0.266×)"),
                &|scene, _| {
                    scene.reached = Some(0.266);
                },
            ),
            fact("a question", By::Text("▸ what now?"), &|scene, _| {
                scene.caption = Some(("what now?".into(), 0));
                scene.asks = true;
            }),
            fact("the view", By::Text("[rules]"), &|_, ui| {
                ui.view = ViewName::Rules;
            }),
        ],
    );
}

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
    let stale = scene::after(include_str!("rules/confirm-leadership.raft"));
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
            comes: false,
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
