//! Rows that change: which stretches of them do, and how they are moved.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::layer::{Kind, Layer};
use crate::raft::Micros;
use crate::record::picture::{HEIGHT, Picture, WIDTH};

/// Stretches that change are taken together when fewer cells than this, which do not change, lie
/// between them.
const APART: usize = 4;

/// What a row shows in the course of the film. Cells are named by their kinds.
#[derive(Clone, Default, Debug)]
pub struct Row {
    /// Each of its looks once.
    versions: Vec<Vec<usize>>,
    /// The place of each; only looked up, so that the order of hashes decides nothing.
    known: HashMap<Vec<usize>, usize>,
    /// From when on it shows which.
    turns: Vec<(Micros, usize)>,
}

/// A stretch of a row that changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Strip {
    /// Where it begins.
    pub column: u16,
    versions: Vec<Vec<usize>>,
    turns: Vec<(Micros, usize)>,
}

impl Row {
    /// From this moment on the row shows these cells.
    pub fn turn(&mut self, at: Micros, cells: Vec<usize>) {
        let version = match self.known.get(&cells) {
            Some(&version) => version,
            None => {
                self.versions.push(cells.clone());
                self.known.insert(cells, self.versions.len() - 1);
                self.versions.len() - 1
            }
        };
        turn(&mut self.turns, at, version);
    }

    /// For each column whether it changes.
    pub fn varies(&self, kinds: &[Kind]) -> Vec<bool> {
        let Some(first) = self.versions.first() else {
            return Vec::new();
        };
        let changes = |column: usize| {
            let mut versions = self.versions.iter();
            versions.any(|version| version[column] != first[column])
        };
        let mut varies: Vec<bool> = (0..first.len()).map(changes).collect();
        for version in &self.versions {
            // Both halves of a wide character go together.
            for column in 1..version.len() {
                if kinds[version[column - 1]].columns > 1 {
                    let both = varies[column - 1] || varies[column];
                    varies[column - 1..=column].fill(both);
                }
            }
        }
        let mut last = None;
        for column in 0..varies.len() {
            if varies[column] {
                if let Some(last) = last.filter(|last| column - last <= APART) {
                    varies[last..column].fill(true);
                }
                last = Some(column);
            }
        }
        varies
    }

    /// The cells that never change.
    pub fn still<'a>(
        &self,
        varies: &[bool],
        kinds: &'a [Kind],
    ) -> impl Iterator<Item = Option<&'a Kind>> {
        let cells = self.versions.first().into_iter().flatten().zip(varies);
        cells.map(|(&cell, varies)| (!varies).then(|| &kinds[cell]))
    }

    /// The stretches that change.
    pub fn strips(&self, varies: &[bool]) -> Vec<Strip> {
        let mut strips = Vec::new();
        let mut column = 0;
        for stretch in varies.chunk_by(|one, other| one == other) {
            let end = column + stretch.len();
            if stretch[0] {
                strips.push(self.strip(column, end));
            }
            column = end;
        }
        strips
    }

    /// The stretch from a column to another.
    fn strip(&self, start: usize, end: usize) -> Strip {
        let mut strip = Strip {
            column: start as u16,
            versions: Vec::new(),
            turns: Vec::new(),
        };
        // Only looked up, as above.
        let mut known: HashMap<&[usize], usize> = HashMap::new();
        for &(at, version) in &self.turns {
            let cells = &self.versions[version][start..end];
            let place = *known.entry(cells).or_insert_with(|| {
                strip.versions.push(cells.to_vec());
                strip.versions.len() - 1
            });
            turn(&mut strip.turns, at, place);
        }
        strip
    }
}

/// Adds a turn, if it is one.
fn turn(turns: &mut Vec<(Micros, usize)>, at: Micros, version: usize) {
    if turns.last().is_none_or(|&(_, last)| last != version) {
        turns.push((at, version));
    }
}

impl Strip {
    /// The strip with its window at this place.
    pub fn moving(
        &self,
        kinds: &[Kind],
        corner: (u16, u16),
        end: Micros,
        picture: &Picture,
    ) -> String {
        let (left, top) = corner;
        let mut layer = Layer::default();
        let tops = (0..).step_by(HEIGHT.into());
        for (version, top) in self.versions.iter().zip(tops) {
            layer.row(version.iter().map(|&cell| Some(&kinds[cell])), 0, top);
        }
        let columns = self.versions.first().map_or(0, Vec::len);
        let (width, height) = (columns * usize::from(WIDTH), HEIGHT);
        let (mut times, mut places) = (String::new(), String::new());
        for &(at, version) in &self.turns {
            let between = if times.is_empty() { "" } else { ";" };
            let time = share(at, end);
            write!(times, "{between}{time}").expect("a text takes everything");
            let y = version * usize::from(height);
            write!(places, "{between}0,-{y}").expect("a text takes everything");
        }
        let length = end as f64 / 1e6;
        format!(
            "<svg x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\"><g>\
             <animateTransform attributeName=\"transform\" type=\"translate\" calcMode=\"discrete\" \
             dur=\"{length}s\" repeatCount=\"indefinite\" keyTimes=\"{times}\" \
             values=\"{places}\"/>\n{}</g></svg>\n",
            layer.svg(picture)
        )
    }
}

/// How much of the film has passed, in millionths, without a whole film before the dot.
fn share(at: Micros, end: Micros) -> String {
    let millionths = u128::from(at) * 1_000_000 / u128::from(end.max(1));
    let digits = format!("{:06}", millionths.min(999_999));
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        "0".into()
    } else {
        format!(".{digits}")
    }
}
