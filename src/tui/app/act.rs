//! What each action of the keymap does, given what is seen.

use super::{App, GONE, Outgoing};
use crate::command::ViewName;
use crate::raft::NodeId;
use crate::screen::Overlay;
use crate::script::live::Ask;
use crate::session::Landmark;
use crate::tui::action::Action;
use crate::tui::moves::Move;
use crate::tui::palette::Line;
use crate::tui::{deeds, hints, offers};
use crate::world::command::Handling;

/// How far the arrows lead.
const SCRUB: i64 = 50_000;
/// How far one leaps.
const LEAP: i64 = 500_000;

impl App {
    pub(super) fn act(&mut self, action: Action) -> Vec<Outgoing> {
        use Action::{LeapBack, LeapOn, PageBack, PageOn, ScrubBack, ScrubOn};
        let scrubs = matches!(
            action,
            ScrubOn | ScrubBack | LeapOn | LeapBack | PageOn | PageBack
        );
        if !scrubs {
            self.target = None;
        }
        if let Some(outgoing) = self.listed(action) {
            return outgoing;
        }
        if let Some(outgoing) = Move::of_action(action).and_then(|way| self.go_through(way)) {
            return outgoing;
        }
        if let Some(number) = action.selects() {
            return self.choose(NodeId(number));
        }
        let scene = &self.scene;
        match action {
            Action::RunPause if matches!(self.ui.overlay, Overlay::Partition { .. }) => {
                match self.selected().map(|node| node.id) {
                    Some(id) => self.mark(id),
                    None => self.say(GONE),
                }
            }
            Action::RunPause => vec![Outgoing::Ask(Ask::Play(!scene.playing))],
            Action::StepOn => self.held(Ask::StepOn),
            Action::StepBack => self.held(Ask::StepBack),
            Action::ScrubOn if self.link_is_chosen() => self.step_link(0, 1),
            Action::ScrubBack if self.link_is_chosen() => self.step_link(0, -1),
            Action::ScrubOn => self.scrub(SCRUB),
            Action::ScrubBack => self.scrub(-SCRUB),
            Action::LeapOn => self.scrub(LEAP),
            Action::LeapBack => self.scrub(-LEAP),
            Action::SeekStart => self.held(Ask::Seek(0)),
            Action::SeekEnd => vec![Outgoing::Ask(Ask::SeekEnd)],
            Action::Slower => vec![Outgoing::Ask(Ask::Pace(0.5))],
            Action::Faster => vec![Outgoing::Ask(Ask::Pace(2.0))],
            Action::NextElection => self.held(Ask::Next(Landmark::Election)),
            Action::LastElection => self.held(Ask::Last(Landmark::Election)),
            Action::NextCommit => self.held(Ask::Next(Landmark::Commit)),
            Action::LastCommit => self.held(Ask::Last(Landmark::Commit)),
            Action::NextFault => self.held(Ask::Next(Landmark::Fault)),
            Action::LastFault => self.held(Ask::Last(Landmark::Fault)),
            Action::NextViolation => self.held(Ask::Next(Landmark::Violation)),
            Action::LastViolation => self.held(Ask::Last(Landmark::Violation)),
            Action::Branches => self.open_list(Overlay::Branches { chosen: 0 }),
            Action::Breakpoints => self.open_list(Overlay::Breakpoints { chosen: 0 }),
            Action::BreakWhen => self.ask_for_break(),
            Action::NextMessage => self.step_flight(1),
            Action::LastMessage => self.step_flight(-1),
            Action::DropMessage => self.handle(Handling::Drop),
            Action::DelayMessage => self.handle(Handling::Delay(offers::DELAY)),
            Action::CopyMessage => self.handle(Handling::Copy),
            Action::DeliverMessage => self.handle(Handling::Deliver),
            Action::SelectNext => self.step_selection(1),
            Action::SelectPrevious => self.step_selection(-1),
            Action::PageOn => self.turn_page(Action::PageOn),
            Action::PageBack => self.turn_page(Action::PageBack),
            Action::Events => self.walk_events(),
            Action::CrashOrRestart
            | Action::StopOrResume
            | Action::HoldOrRelease
            | Action::PromoteOrDemote => self.act_on_selected(action),
            Action::AddNode => self.perform(Some(deeds::add_node(&scene.world))),
            Action::LossUp => match deeds::more_loss(&scene.world) {
                None => self.say("this key goes no further; :loss 90% does"),
                command => self.perform(command),
            },
            Action::LossDown => match deeds::less_loss(&scene.world) {
                None => self.say("nothing is lost as it is"),
                command => self.perform(command),
            },
            Action::Workload => self.perform(Some(deeds::workload(&scene.world))),
            Action::Write => {
                self.writes = deeds::fresh_value(&self.scene.world, self.writes);
                self.perform(Some(deeds::write(self.writes)))
            }
            Action::Why => self.ask_why(),
            Action::Undo if scene.undoable == 0 => self.say("there is nothing to undo"),
            Action::Undo => vec![Outgoing::Ask(Ask::Undo)],
            Action::Save => self.suggest_file("save", ".raft"),
            Action::Record if self.ui.films => vec![Outgoing::EndFilm],
            Action::Record => self.suggest_file("record", ".cast"),
            Action::Copy => vec![Outgoing::Ask(Ask::Copy)],
            Action::NewRun => vec![Outgoing::Ask(Ask::NewRun { fresh_seed: false })],
            Action::NewSeed => vec![Outgoing::Ask(Ask::NewRun { fresh_seed: true })],
            Action::Partition => self.toggle_partition(),
            Action::Apply => self.apply(),
            Action::Close => self.close(),
            Action::NextView => self.show_view(self.ui.view.step(1)),
            Action::PreviousView => self.show_view(self.ui.view.step(-1)),
            Action::Help => self.show_view(match self.ui.view {
                ViewName::Help => ViewName::Main,
                _ => ViewName::Help,
            }),
            Action::Palette => self.open_palette(Line::default()),
            Action::Demos => self.open_picker(),
            Action::Filter => {
                self.show_view(ViewName::Main);
                self.line = Line::of(&self.ui.filter);
                self.ui.overlay = Overlay::Filter(self.line.prompt());
                Vec::new()
            }
            Action::Suspend => vec![Outgoing::Suspend],
            Action::Quit => vec![Outgoing::Quit],
            // Who is selected is chosen above; a key that was taken back is not in the keymap.
            Action::Select1
            | Action::Select2
            | Action::Select3
            | Action::Select4
            | Action::Select5
            | Action::Select6
            | Action::Select7
            | Action::Select8
            | Action::Select9
            | Action::Unbound => Vec::new(),
        }
    }

    /// What a key does with the selected node, as that node is.
    fn act_on_selected(&mut self, action: Action) -> Vec<Outgoing> {
        let Some(node) = self.selected() else {
            return self.say(GONE);
        };
        match offers::by_key(&self.scene.world, node, action) {
            None => {
                let words = format!(
                    "{} is down: there is nothing to {}",
                    node.name,
                    action.short()
                );
                self.say(words)
            }
            command => self.perform(command),
        }
    }

    /// Opens the palette with a statement that writes a file, its name ready to be changed.
    fn suggest_file(&mut self, verb: &str, ending: &str) -> Vec<Outgoing> {
        let text = format!("{verb} session-{}{ending}", self.scene.seed);
        self.open_palette(Line::with_cursor(&text, ending.len()))
    }

    /// Goes so far on, or back when negative: from where we asked to go, if we are not there yet.
    fn scrub(&mut self, by: i64) -> Vec<Outgoing> {
        let from = self.target.unwrap_or(self.scene.world.now);
        let to = from.saturating_add_signed(by);
        self.target = Some(to);
        self.held(Ask::Seek(to))
    }

    pub(super) fn choose(&mut self, id: NodeId) -> Vec<Outgoing> {
        if id.slot() >= self.scene.world.nodes.len() {
            return self.say(format!("there is no node {}", id.0));
        }
        let outgoing = self.select(id);
        match self.ui.overlay {
            Overlay::Partition { .. } => self.mark(id),
            _ => outgoing,
        }
    }

    /// Does what is laid out: goes to the step that is chosen, cuts off who is marked, or what
    /// the view offers.
    fn apply(&mut self) -> Vec<Outgoing> {
        match (&self.ui.overlay, self.ui.view) {
            (Overlay::Why { .. }, _) => self.go_to_step(),
            (Overlay::Partition { .. }, _) => self.cut_off(),
            _ if self.event_is_chosen() => self.go_to_event(),
            (_, ViewName::Rules) => {
                self.perform(Some(deeds::switch(&self.scene.world, self.ui.rule)))
            }
            (_, ViewName::Network) if self.ui.flight.is_none() => self.offer_link(),
            (_, ViewName::Help) => self.say("there is nothing to choose here"),
            _ => self.offer_chosen(),
        }
    }

    /// Closes the innermost: what lies over the screen, then what is chosen, the view, the filter, a
    /// caption, the advice that may have waited behind it, and the tour.
    fn close(&mut self) -> Vec<Outgoing> {
        if self.ui.overlay == Overlay::Odds {
            return self.close_odds();
        }
        if self.ui.overlay != Overlay::None {
            self.ui.overlay = Overlay::None;
        } else if self.ui.flight.is_some() {
            self.ui.flight = None;
        } else if self.event_is_chosen() {
            self.ui.event = None;
        } else if self.ui.link.is_some() {
            self.ui.link = None;
        } else if self.ui.view != ViewName::Main {
            return self.show_view(ViewName::Main);
        } else if !self.ui.filter.is_empty() {
            self.ui.filter.clear();
        } else if self.scene.notice.is_some() && !self.scene.tour {
            return vec![Outgoing::Ask(Ask::Dismiss)];
        } else if hints::caption_may_go(&self.scene, &self.ui) {
            self.ui.put_away = self.scene.caption.clone();
        } else if self.ui.advice.is_some() {
            let new = self.advice().map(|(trouble, _)| trouble);
            self.known.extend(new);
        } else if self.scene.tour {
            return vec![Outgoing::Ask(Ask::Leave)];
        } else {
            let quit = self.keymap.key_of(Action::Quit);
            let quit = quit.map(|key| format!("; {key} leaves the dashboard"));
            return self.say(format!("nothing is open{}", quit.unwrap_or_default()));
        }
        Vec::new()
    }
}
