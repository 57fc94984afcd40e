//! How far down each instant lies, and the notes across all lanes.

use std::collections::BTreeMap;

use super::{COLUMN, LEFT, LINE, TOP, mark_lines, right};
use crate::raft::Micros;
use crate::script::export::diagram::{Diagram, End, What};
use crate::script::wrap::wrap;

/// The least and the most that lies between two instants, in pixels, and the time of a pixel.
const STEP: (f64, f64) = (6.0, 44.0);
const PIXEL: f64 = 260.0;
/// The room that a note needs besides its lines.
const MARGIN: f64 = 10.0;

/// Where everything stands, from top to bottom.
pub struct Layout {
    from: Micros,
    /// The place of each instant at which something happens.
    places: BTreeMap<Micros, f64>,
    /// The place of each note by its item, and its lines.
    notes: BTreeMap<usize, (f64, Vec<String>)>,
    /// How far below its instant stands what is written beside a lane, by its item.
    marks: BTreeMap<usize, f64>,
    /// Where the lanes end.
    pub bottom: f64,
}

/// What is wanted at an instant: room below it, and notes before it.
#[derive(Default)]
struct Wanted {
    below: f64,
    notes: Vec<(usize, Vec<String>)>,
}

impl Layout {
    pub fn of(diagram: &Diagram) -> Layout {
        let mut layout = Layout {
            from: *diagram.stretch.start(),
            places: BTreeMap::new(),
            notes: BTreeMap::new(),
            marks: BTreeMap::new(),
            bottom: TOP,
        };
        let wanted = layout.wanted(diagram);
        layout.place(wanted);
        layout
    }

    /// The place of an instant; what was before the first lies there too.
    pub fn y(&self, at: Micros) -> f64 {
        let place = self.places.get(&at.max(self.from));
        place.copied().unwrap_or(self.bottom)
    }

    /// All instants with their places, in order.
    pub fn instants(&self) -> impl Iterator<Item = (Micros, f64)> {
        self.places.iter().map(|(&at, &y)| (at, y))
    }

    /// The place of what is written beside a lane at an instant, which is this item.
    pub fn mark(&self, item: usize, at: Micros) -> f64 {
        self.y(at) + self.marks.get(&item).copied().unwrap_or(0.0)
    }

    /// The place of the note that is this item, and its lines.
    pub fn note(&self, item: usize) -> Option<(f64, &[String])> {
        let note = self.notes.get(&item);
        note.map(|(y, lines)| (*y, lines.as_slice()))
    }

    fn place(&mut self, wanted: BTreeMap<Micros, Wanted>) {
        let mut before = self.from;
        // How far down something is written already.
        let (mut y, mut free) = (TOP, TOP);
        for (at, wanted) in wanted {
            if at > before {
                y += ((at - before) as f64 / PIXEL).clamp(STEP.0, STEP.1);
            }
            if wanted.below > 0.0 || !wanted.notes.is_empty() {
                y = y.max(free);
            }
            let across = !wanted.notes.is_empty();
            for (item, lines) in wanted.notes {
                let height = LINE * lines.len() as f64 + MARGIN;
                self.notes.insert(item, (y, lines));
                y += height;
            }
            if across {
                y += LINE;
            }
            self.places.insert(at, y);
            free = free.max(y + wanted.below);
            before = at;
        }
        self.bottom = y.max(free) + MARGIN;
    }

    /// What is wanted at each instant.
    fn wanted(&mut self, diagram: &Diagram) -> BTreeMap<Micros, Wanted> {
        let (from, to) = (*diagram.stretch.start(), *diagram.stretch.end());
        let mut wanted: BTreeMap<Micros, Wanted> = BTreeMap::new();
        wanted.entry(from).or_default();
        wanted.entry(to).or_default();
        let columns = ((right(diagram) - LEFT - 24.0) / COLUMN) as u16;
        let mut used: BTreeMap<(Micros, End), f64> = BTreeMap::new();
        for (place, item) in diagram.items.iter().enumerate() {
            let here = wanted.entry(item.at.max(from)).or_default();
            match &item.what {
                What::Note(note, words) => {
                    here.notes.push((place, wrap(&note.said(words), columns)));
                }
                What::Marks(end, marks) => {
                    let lines: usize = marks.iter().map(|mark| mark_lines(mark).len()).sum();
                    // What a lane has at one instant stands one below the other.
                    let used = used.entry((item.at, *end)).or_insert(0.0);
                    self.marks.insert(place, *used);
                    *used += LINE * lines as f64;
                    here.below = here.below.max(*used);
                }
                What::Arrow(arrow) => {
                    if let Some(end) = arrow.end.filter(|&end| end <= to) {
                        wanted.entry(end).or_default();
                    }
                }
            }
        }
        for state in diagram.lanes.iter().flat_map(|lane| &lane.states) {
            wanted.entry(state.since).or_default();
        }
        wanted
    }
}
