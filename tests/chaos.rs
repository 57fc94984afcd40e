//! Anything goes: keys, pastes, clicks, sizes and time in any order, before any cluster. Nothing
//! panics, nothing is drawn where it should not be, no key is lost, and what was done can be
//! played again. `CHAOS_SEEDS=A..B` tries other seeds.

#[path = "fixtures/app.rs"]
mod app;
#[path = "fixtures/chance.rs"]
mod chance;
#[path = "fixtures/frame.rs"]
mod frame;
#[path = "fixtures/key.rs"]
mod key;
#[path = "fixtures/run.rs"]
mod run;
#[path = "fixtures/statements.rs"]
mod statements;

use std::collections::VecDeque;
use std::sync::Arc;

use chance::{Chance, Event};
use raft_playground::command::{Dashboard, Lang, Script, Statement, ViewName};
use raft_playground::raft::Rng;
use raft_playground::screen::{Overlay, Screen, Theme};
use raft_playground::script::live::{Ask, Begin, Inline, Usual};
use raft_playground::script::{free_stage, stage};
use raft_playground::tui::{App, Keymap, Outgoing};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

/// So many events happen before each cluster.
const EVENTS: usize = 2_000;
/// The clusters of a seed.
const SIZES: [u16; 5] = [1, 3, 5, 9, 51];
/// After so many events somebody looks whether the way back is open.
const OFTEN: usize = 50;
/// After so many events what was done is played again.
const REPLAYED: usize = 500;
/// How far a wrong widget would be caught beyond the edge.
const MARGIN: u16 = 3;

/// Somebody who does whatever can be done, and looks at each frame.
struct Hand {
    chance: Chance,
    session: Inline,
    app: App,
    theme: Theme,
    size: (u16, u16),
    /// What is to happen next.
    plan: VecDeque<Event>,
    /// What happened, the newest last.
    past: VecDeque<Event>,
    who: String,
}

/// Says what led to a panic.
impl Drop for Hand {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let (who, size) = (&self.who, self.size);
            eprintln!("{who}, {size:?}, after {:#?}", self.past);
        }
    }
}

fn begin(seed: u64, nodes: u16) -> Begin {
    Begin {
        usual: Usual {
            nodes,
            ..Usual::default()
        },
        ..Begin::free(free_stage(nodes, seed), || 99)
    }
}

impl Hand {
    fn new(seed: u64, nodes: u16) -> Hand {
        let mut rng = Rng::stream(seed, &[0x6368_616f, u64::from(nodes)]);
        let keymaps: Vec<&str> = Keymap::names().collect();
        let keymap = keymaps[rng.below(keymaps.len() as u64) as usize];
        let keymap = Keymap::named(keymap).expect("it is there");
        let mut chance = Chance::new(rng, &keymap);
        let session = Inline::start(begin(seed, nodes));
        let lang = match chance.below(3) {
            0 => Lang::Zh,
            _ => Lang::En,
        };
        Hand {
            theme: Theme::dark().in_ascii(chance.below(4) == 0),
            app: app::app(session.scene(), keymap, lang),
            chance,
            session,
            size: (120, 36),
            plan: VecDeque::new(),
            past: VecDeque::new(),
            who: format!("seed {seed}, {nodes} nodes"),
        }
    }

    /// The next thing happens, and is looked at.
    fn go_on(&mut self) {
        if self.plan.is_empty() {
            self.plan = self.chance.think(self.size).into();
        } else if self.chance.below(12) == 0 {
            self.plan.push_front(self.chance.meanwhile(self.size));
        }
        let event = self.plan.pop_front().expect("something was thought of");
        self.happens(event);
    }

    fn happens(&mut self, event: Event) {
        self.past.push_back(event.clone());
        if self.past.len() > 40 {
            self.past.pop_front();
        }
        match event {
            Event::Key(key) => {
                let outgoing = self.app.on_key(&key);
                self.carry_out(outgoing);
            }
            Event::Mouse(mouse) => {
                let area = Rect::new(0, 0, self.size.0, self.size.1);
                let outgoing = self.app.on_mouse(&mouse, area, &self.theme);
                self.carry_out(outgoing.unwrap_or_default());
            }
            Event::Paste(text) => self.app.on_paste(&text),
            Event::Resize(columns, rows) => self.size = (columns, rows),
            Event::Time(time) => {
                self.session.pass(time);
                self.show();
            }
        }
        self.look();
    }

    fn carry_out(&mut self, outgoing: Vec<Outgoing>) {
        let mut asked = false;
        for outgoing in outgoing {
            let Outgoing::Ask(ask) = outgoing else {
                // Leaving is put off.
                continue;
            };
            let begins = matches!(ask, Ask::NewRun { .. } | Ask::Open(_));
            let writes = matches!(
                ask,
                Ask::Perform(
                    Statement::Dashboard(Dashboard::Save { .. })
                        | Statement::Dashboard(Dashboard::Export(_))
                )
            );
            // A test leaves no files behind, and who begins all the time comes to nothing.
            if !writes && (!begins || self.chance.below(20) == 0) {
                self.session.obey(ask);
                asked = true;
            }
        }
        if asked {
            self.show();
        }
    }

    /// What the session has come to is seen.
    fn show(&mut self) {
        let scene = self.session.scene();
        assert!(scene.world.now <= scene.frontier, "beyond the frontier");
        self.app.on_scene(Arc::new(scene));
        self.app.take_clip();
    }

    /// Draws, and looks at every cell, and beyond the edges.
    fn look(&self) {
        let (columns, rows) = self.size;
        let area = Rect::new(0, 0, columns, rows);
        let around = Rect::new(0, 0, columns + MARGIN, rows + MARGIN);
        let blank = Cell::new("\u{2591}");
        let mut buf = Buffer::filled(around, blank.clone());
        let screen = Screen {
            scene: self.app.scene(),
            ui: self.app.ui(),
            theme: &self.theme,
        };
        screen.render(area, &mut buf);
        for position in around.positions() {
            let inside = area.contains(position);
            assert!(inside || buf[position] == blank, "drawn at {position:?}");
        }
        if let Some(fault) = frame::fault(&buf, area) {
            panic!("{fault}");
        }
    }

    fn press(&mut self, keys: &str) {
        for key in key::events(keys) {
            self.happens(Event::Key(key));
        }
    }

    /// From wherever we are, `esc` leads back, and the next keys do what they always do.
    fn comes_back(&mut self) {
        self.plan.clear();
        for _ in 0..6 {
            self.press("esc");
        }
        let ui = self.app.ui();
        assert_eq!((&ui.overlay, ui.view), (&Overlay::None, ViewName::Main));
        self.press("?");
        assert_eq!(self.app.ui().view, ViewName::Help);
        self.press("esc : c r é");
        match &self.app.ui().overlay {
            Overlay::Palette(prompt) => assert_eq!(prompt.text, "cré"),
            other => panic!("the palette is not open, but {other:?}"),
        }
        self.press("ctrl-c");
        assert_eq!(self.app.ui().overlay, Overlay::None);
    }

    /// What is kept of the session, played again, is the session.
    fn is_kept(&mut self) {
        let mut scene = self.session.scene();
        // What holds the time on the way may do so often.
        for _ in 0..1_000 {
            if scene.world.now < scene.frontier {
                self.session.obey(Ask::SeekEnd);
                scene = self.session.scene();
            }
        }
        assert_eq!(scene.world.now, scene.frontier, "the end is not reached");
        self.show();
        let text = self.session.script_so_far();
        let script = Script::parse("kept", &text).unwrap_or_else(|wrong| panic!("{wrong}\n{text}"));
        let script = Arc::new(script);
        let again = Inline::start(Begin {
            stage: stage(&script, None),
            script: Some(script),
            reopens: true,
            ..begin(0, 1)
        });
        let again = again.scene();
        assert_eq!(
            (again.world.now, again.world.digest),
            (scene.world.now, scene.world.digest),
            "{text}"
        );
    }
}

#[test]
fn anything_goes() {
    let seeds = run::seeds("CHAOS_SEEDS", 3);
    // A thread for each, since none waits for another.
    std::thread::scope(|scope| {
        for nodes in SIZES {
            let seeds = seeds.clone();
            scope.spawn(move || {
                for seed in seeds {
                    let mut hand = Hand::new(seed, nodes);
                    for number in 1..=EVENTS {
                        hand.go_on();
                        if number.is_multiple_of(OFTEN) {
                            hand.comes_back();
                        }
                        if number.is_multiple_of(REPLAYED) {
                            hand.is_kept();
                        }
                    }
                }
            });
        }
    });
}
