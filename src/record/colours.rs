//! The colours of a film, numbered, and choices of 256 of them for kinds of files that know no more.

use std::collections::{BTreeMap, HashMap};

use super::picture::Rgb;

/// A colour by its number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub struct ColourId(u16);

impl ColourId {
    /// The number of no colour.
    pub const NONE: ColourId = ColourId(u16::MAX);
}

/// Every colour that was met, in the order in which they came.
#[derive(Clone, Default, Debug)]
pub struct Colours {
    all: Vec<Rgb>,
    /// Only looked up, so that the order of hashes decides nothing.
    numbers: HashMap<Rgb, ColourId>,
}

impl Colours {
    /// The number of a colour; when there are no more numbers, that of the nearest colour.
    pub fn id(&mut self, colour: Rgb) -> ColourId {
        if let Some(&known) = self.numbers.get(&colour) {
            return known;
        }
        let id = match ColourId(u16::try_from(self.all.len()).unwrap_or(u16::MAX)) {
            ColourId::NONE => ColourId(nearest(colour, &self.all) as u16),
            new => {
                self.all.push(colour);
                new
            }
        };
        self.numbers.insert(colour, id);
        id
    }

    /// The colour of a number.
    pub fn rgb(&self, id: ColourId) -> Rgb {
        self.all[usize::from(id.0)]
    }
}

/// The place of the colour that differs least.
fn nearest(wanted: Rgb, colours: &[Rgb]) -> usize {
    let distances = colours.iter().map(|colour| colour.distance(wanted));
    let least = distances.enumerate().min_by_key(|&(_, distance)| distance);
    least.map_or(0, |(place, _)| place)
}

/// Some of the colours, with a place for each.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Palette {
    /// The colours that were chosen.
    pub chosen: Vec<Rgb>,
    /// For each colour the place of the one that stands for it.
    places: Vec<Option<u8>>,
}

impl Palette {
    /// The colours of these pixels. Where there are more than `room` (at most 256) of them, colours
    /// that are alike are taken together: the one that is seen most is kept, and the nearest one
    /// that is kept stands for each of the others.
    pub fn of(pixels: impl Iterator<Item = ColourId>, colours: &Colours, room: usize) -> Palette {
        let all = &colours.all;
        let mut counts = vec![0_usize; all.len()];
        for pixel in pixels {
            counts[usize::from(pixel.0)] += 1;
        }
        let used: Vec<usize> = (0..counts.len()).filter(|&id| counts[id] > 0).collect();
        let alike = |bits: u32| -> Vec<usize> {
            let mut groups = BTreeMap::new();
            for &id in &used {
                let group = all[id].0.map(|part| u16::from(part) >> bits);
                let kept = groups.entry(group).or_insert(id);
                if counts[id] > counts[*kept] {
                    *kept = id;
                }
            }
            groups.into_values().collect()
        };
        let kept = (0..=u8::BITS).map(alike).find(|kept| kept.len() <= room);
        let mut kept = kept.unwrap_or_default();
        kept.sort_unstable();
        let chosen: Vec<Rgb> = kept.iter().map(|&id| all[id]).collect();
        let mut places = vec![None; counts.len()];
        for id in used {
            places[id] = Some(nearest(all[id], &chosen) as u8);
        }
        Palette { chosen, places }
    }

    /// The place of the colour that stands for this one; `None` for one that was not seen.
    pub fn place(&self, id: ColourId) -> Option<u8> {
        self.places.get(usize::from(id.0)).copied().flatten()
    }

    /// The chosen colours: red, green, blue, one after another.
    pub fn bytes(&self) -> Vec<u8> {
        self.chosen.iter().flat_map(|colour| colour.0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_there_is_no_room_the_nearest_colour_stands_for_another() {
        let mut colours = Colours::default();
        let grey = |level| Rgb([level; 3]);
        let ids = [0, 100, 104, 255].map(|level| colours.id(grey(level)));
        let seen = [ids[0], ids[1], ids[1], ids[2], ids[3], ids[0], ids[3]];
        let all = Palette::of(seen.into_iter(), &colours, 4);
        assert_eq!(all.chosen, [0, 100, 104, 255].map(grey));
        assert_eq!(ids.map(|id| all.place(id)), [0, 1, 2, 3].map(Some));
        let some = Palette::of(seen.into_iter(), &colours, 3);
        assert_eq!(some.chosen, [0, 100, 255].map(grey));
        assert_eq!(ids.map(|id| some.place(id)), [0, 1, 1, 2].map(Some));
        let unseen = colours.id(grey(7));
        assert_eq!(some.place(unseen), None);
    }

    #[test]
    fn when_numbers_run_out_the_nearest_colour_is_taken() {
        let mut colours = Colours::default();
        for number in 0..u16::MAX {
            let [high, low] = number.to_be_bytes();
            colours.id(Rgb([0, high, low]));
        }
        let id = colours.id(Rgb([9, 7, 5]));
        assert_eq!(colours.rgb(id), Rgb([0, 7, 5]));
    }
}
