//! No fact is told by colour alone: each pane is drawn without any, and the fact must be found in
//! its signs, its words or the way they are written.

mod fixtures;
#[path = "fixtures/frame.rs"]
mod frame;
#[path = "fixtures/odds.rs"]
mod odds;
#[path = "fixtures/scene.rs"]
mod scene;
#[path = "mono/views.rs"]
mod views;
#[path = "mono/windows.rs"]
mod windows;

use raft_playground::command::ViewName;
use raft_playground::raft::{Event as NodeEvent, NodeId, RoleView, VoteReason};
use raft_playground::screen::{Overlay, Theme, Ui};
use raft_playground::session::{Mark, Notice, Scene};
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
