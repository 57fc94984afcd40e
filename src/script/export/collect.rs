//! Gathers a diagram from the events of a run.

mod errands;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use unicode_width::UnicodeWidthChar;

use self::errands::Errand;
use super::diagram::{Arrow, Diagram, End, Fate, Item, Lane, MOST, Note, State, What};
use crate::command::clean::printable;
use crate::command::{Caption, Lang};
use crate::kv::Text;
use crate::raft::{Envelope, Event as NodeEvent, EventId, Micros, NodeId, RoleKind};
use crate::session::{Deed, Session};
use crate::world::event::{MessageId, is_routine};
use crate::world::explain::brief::{self, Standing};
use crate::world::view::{Flight as Flying, Life, NodeStatus};
use crate::world::{Event, Record, World};

/// The columns of a label at most, and of what is written across all lanes.
const LABEL: usize = 60;
const NOTE: usize = 400;

/// A message that was sent and has not arrived.
#[derive(Debug)]
struct Flight {
    sent: Micros,
    arrives: Micros,
    envelope: Arc<Envelope>,
    copy: bool,
    /// Its arrow, within the stretch.
    item: Option<usize>,
}

/// Makes a diagram of events, told one by one.
#[derive(Debug)]
pub struct Collector {
    diagram: Diagram,
    /// True from the first event of the stretch on.
    begun: bool,
    names: Vec<Text>,
    standings: Vec<Option<Standing>>,
    flights: BTreeMap<MessageId, Flight>,
    /// Those that nothing has followed from yet, by the event that says so.
    errands: BTreeMap<EventId, Errand>,
    clients: bool,
}

impl Collector {
    /// Nothing has been told. The world stands anywhere before the stretch.
    pub fn new(world: &World, stretch: RangeInclusive<Micros>) -> Collector {
        let view = world.view();
        let standing = |node: &NodeStatus| Standing {
            life: node.life,
            role: Some(node.node.role.kind()),
            term: Some(node.node.term),
        };
        let flight = |flight: &Flying| {
            let flying = Flight {
                sent: flight.sent,
                arrives: flight.arrives,
                envelope: flight.envelope.clone(),
                copy: false,
                item: None,
            };
            (flight.message, flying)
        };
        Collector {
            diagram: Diagram {
                title: "".into(),
                seed: world.seed(),
                stretch,
                lanes: Vec::new(),
                items: Vec::new(),
                count: 0,
            },
            begun: false,
            names: view.nodes.iter().map(|node| node.name.clone()).collect(),
            standings: view.nodes.iter().map(|node| Some(standing(node))).collect(),
            flights: view.flights.iter().map(flight).collect(),
            errands: BTreeMap::new(),
            clients: false,
        }
    }

    /// Takes in the next event.
    pub fn take(&mut self, record: &Record, world: &World) {
        let stretch = &self.diagram.stretch;
        if record.at > *stretch.end() {
            return;
        }
        if record.at >= *stretch.start() {
            self.begin();
        }
        for slot in self.names.len()..world.size() {
            self.names.push(world.name(NodeId::from_slot(slot)).clone());
            self.standings.push(None);
            self.diagram.lanes.push(Lane {
                end: End::Node(NodeId::from_slot(slot)),
                name: self.names[slot].clone(),
                states: Vec::new(),
            });
        }
        self.follow(record, world);
        self.take_message(record);
        if self.begun {
            self.take_errand(record, world);
            self.take_note(record);
            self.take_mark(record, world);
            self.take_state(record);
        }
    }

    /// The stretch begins: what is under way comes first.
    fn begin(&mut self) {
        if std::mem::replace(&mut self.begun, true) {
            return;
        }
        let start = *self.diagram.stretch.start();
        let nodes = self.names.iter().zip(&self.standings).enumerate();
        let lanes = nodes.map(|(slot, (name, standing))| Lane {
            end: End::Node(NodeId::from_slot(slot)),
            name: name.clone(),
            states: standing
                .iter()
                .map(|&standing| State {
                    since: start,
                    item: None,
                    standing,
                })
                .collect(),
        });
        self.diagram.lanes = lanes.collect();
        let mut flights = std::mem::take(&mut self.flights);
        for flight in flights.values_mut() {
            let arrow = arrow(&flight.envelope, flight.copy);
            flight.item = self.add(flight.sent, What::Arrow(arrow));
        }
        self.flights = flights;
    }

    /// Adds an item, if there is room for it; its place.
    fn add(&mut self, at: Micros, what: What) -> Option<usize> {
        self.diagram.count += 1;
        let place = self.diagram.items.len();
        let room = place < MOST;
        if room {
            self.diagram.items.push(Item { at, what });
        }
        room.then_some(place)
    }

    /// Says what became of an arrow.
    fn end(&mut self, item: Option<usize>, at: Micros, fate: Fate) {
        if let Some(arrow) = arrow_at(&mut self.diagram.items, item) {
            (arrow.end, arrow.fate) = (Some(at), fate);
        }
    }

    fn follow(&mut self, record: &Record, world: &World) {
        let Some(id) = record.node else {
            return;
        };
        let standing = &mut self.standings[id.slot()];
        let mut next = standing.unwrap_or(Standing::UNKNOWN);
        if next.take(&record.event) {
            // One without a vote begins so, and no event says it.
            if matches!(record.event, Event::Boot | Event::Restart)
                && world.life(id) != Life::Down
                && let role @ (RoleKind::Learner | RoleKind::Removed) = world.standing(id).0
            {
                next.role = Some(role);
            }
            *standing = Some(next);
        }
    }

    fn take_message(&mut self, record: &Record) {
        let (message, envelope, arrives, copy) = match &record.event {
            Event::Send {
                message,
                envelope,
                arrives,
            } => (message, envelope, arrives, false),
            Event::Duplicate {
                copy,
                envelope,
                arrives,
                ..
            } => (copy, envelope, arrives, true),
            Event::Deliver { message, .. } => {
                return self.land(*message, record.at, Fate::Arrived);
            }
            Event::Drop {
                message, reason, ..
            } => return self.land(*message, record.at, Fate::Lost(*reason)),
            _ => return,
        };
        let item = match self.begun {
            true => self.add(record.at, What::Arrow(arrow(envelope, copy))),
            false => None,
        };
        let flight = Flight {
            sent: record.at,
            arrives: *arrives,
            envelope: envelope.clone(),
            copy,
            item,
        };
        self.flights.insert(*message, flight);
    }

    fn land(&mut self, message: MessageId, at: Micros, fate: Fate) {
        if let Some(flight) = self.flights.remove(&message) {
            self.end(flight.item, at, fate);
        }
    }

    fn take_note(&mut self, record: &Record) {
        let (note, text) = match &record.event {
            Event::Say(text) => (Note::Caption, text),
            Event::Command(text) => (Note::Command, text),
            Event::Violation(text) => (Note::Violation, text),
            _ => return,
        };
        let text = line(text, NOTE);
        // Statements that follow one another at once stand together.
        let last = self.diagram.items.last_mut();
        match last.map(|item| (item.at, &mut item.what)) {
            Some((at, What::Note(Note::Command, before)))
                if note == Note::Command && at == record.at =>
            {
                before.push_str(" · ");
                before.push_str(&text);
            }
            _ => {
                self.add(record.at, What::Note(note, text));
            }
        }
    }

    /// What a node does at one instant stands together, unless it says something in between.
    fn take_mark(&mut self, record: &Record, world: &World) {
        let names = |id: NodeId| &**world.name(id);
        let Some(node) = record.node else {
            return;
        };
        let Some(mut mark) = brief::mark(&record.event, &names) else {
            return;
        };
        mark.words = line(&mark.words, LABEL);
        let here = End::Node(node);
        let at_once = self.diagram.items.iter_mut().rev();
        let mut at_once = at_once.take_while(|item| item.at == record.at);
        let together = at_once.find_map(|item| match &mut item.what {
            What::Marks(end, marks) if *end == here => Some(Some(marks)),
            What::Arrow(arrow) if arrow.from == here => Some(None),
            What::Note(..) => Some(None),
            _ => None,
        });
        match together.flatten() {
            Some(marks) => {
                // A role tells its term.
                if matches!(record.event, Event::Node(NodeEvent::Role { .. })) {
                    marks.retain(|mark| mark.sign != brief::TERM);
                }
                marks.push(mark);
            }
            None => {
                self.add(record.at, What::Marks(here, vec![mark]));
            }
        }
    }

    fn take_state(&mut self, record: &Record) {
        let Some(node) = record.node else {
            return;
        };
        let Some(standing) = self.standings[node.slot()] else {
            return;
        };
        let lane = &mut self.diagram.lanes[node.slot()];
        let known = lane.states.last().map(|state| state.standing);
        if known != Some(standing) {
            lane.states.push(State {
                since: record.at,
                item: self.diagram.items.len().checked_sub(1),
                standing,
            });
        }
    }

    /// The diagram, when all has been told; the session says what captions are in a language, and
    /// how far it came.
    pub fn finish(mut self, session: &Session, title: Caption, lang: Lang) -> Diagram {
        self.begin();
        let shown = session.frontier().min(*self.diagram.stretch.end());
        for flight in self.flights.values() {
            if let Some(arrow) = arrow_at(&mut self.diagram.items, flight.item) {
                // One that should have come by now was put off by hand: nobody told for how long.
                let arrives = Some(flight.arrives).filter(|&arrives| arrives > shown);
                (arrow.end, arrow.fate) = (arrives, Fate::UnderWay);
            }
        }
        self.finish_errands(shown);
        let mut diagram = self.diagram;
        diagram.title = title;
        let (from, to) = diagram.stretch.into_inner();
        diagram.stretch = from..=to.min(session.frontier());
        if self.clients {
            let clients = Lane {
                end: End::Clients,
                name: "clients".into(),
                states: Vec::new(),
            };
            diagram.lanes.insert(0, clients);
        }
        translate(&mut diagram.items, session, from..=to, lang);
        diagram
    }
}

/// Puts the captions of a stretch into a language: the trace that they were taken from speaks one.
fn translate(items: &mut [Item], session: &Session, stretch: RangeInclusive<Micros>, lang: Lang) {
    let entries = session.journal().iter();
    let said = entries.filter(|entry| stretch.contains(&entry.at));
    let said = said.filter_map(|entry| match &entry.deed {
        Deed::Say(caption) => Some(caption.text_in(lang)),
        _ => None,
    });
    let notes = items.iter_mut().filter_map(|item| match &mut item.what {
        What::Note(Note::Caption, text) => Some(text),
        _ => None,
    });
    for (note, caption) in notes.zip(said) {
        *note = line(caption, NOTE);
    }
}

/// The arrow at a place, if there was room for it.
fn arrow_at(items: &mut [Item], place: Option<usize>) -> Option<&mut Arrow> {
    match &mut items.get_mut(place?)?.what {
        What::Arrow(arrow) => Some(arrow),
        _ => None,
    }
}

fn arrow(envelope: &Envelope, copy: bool) -> Arrow {
    Arrow {
        from: End::Node(envelope.from),
        to: End::Node(envelope.to),
        label: line(&brief::label(envelope), LABEL),
        end: None,
        fate: Fate::UnderWay,
        copy,
        routine: is_routine(envelope),
        term: Some(envelope.term),
    }
}

/// A text from outside on one line of so many columns at the most.
fn line(text: &str, columns: usize) -> String {
    let text = text.replace('\n', " ");
    let mut short = String::new();
    let mut used = 0;
    for ch in printable(&text).chars() {
        used += ch.width().unwrap_or(0);
        if used > columns {
            short.push('…');
            break;
        }
        short.push(ch);
    }
    short
}
