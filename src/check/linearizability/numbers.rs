//! A small set of calls.

use std::hash::{Hash, Hasher};

use super::call::Number;

/// So many fit in without memory of their own.
const FEW: usize = 6;

/// A set of calls, by number, in order. There are seldom more than a few, and copies are made
/// all the time.
#[derive(Clone, Debug)]
pub(super) enum Numbers {
    Few(u8, [Number; FEW]),
    Many(Vec<Number>),
}

impl Default for Numbers {
    fn default() -> Numbers {
        Numbers::Few(0, [0; FEW])
    }
}

impl Numbers {
    pub fn as_slice(&self) -> &[Number] {
        match self {
            Numbers::Few(count, numbers) => &numbers[..usize::from(*count)],
            Numbers::Many(numbers) => numbers,
        }
    }

    pub fn contains(&self, number: Number) -> bool {
        self.as_slice().contains(&number)
    }

    /// Adds a number that is not in it.
    pub fn insert(&mut self, number: Number) {
        let place = self.as_slice().partition_point(|&other| other < number);
        match self {
            Numbers::Few(count, numbers) if usize::from(*count) < FEW => {
                numbers.copy_within(place..usize::from(*count), place + 1);
                numbers[place] = number;
                *count += 1;
            }
            Numbers::Few(_, numbers) => {
                let mut numbers = numbers.to_vec();
                numbers.insert(place, number);
                *self = Numbers::Many(numbers);
            }
            Numbers::Many(numbers) => numbers.insert(place, number),
        }
    }

    /// Takes a number out; false when it is not in it.
    pub fn remove(&mut self, number: Number) -> bool {
        let Ok(place) = self.as_slice().binary_search(&number) else {
            return false;
        };
        match self {
            Numbers::Few(count, numbers) => {
                numbers.copy_within(place + 1..usize::from(*count), place);
                *count -= 1;
            }
            Numbers::Many(numbers) => {
                numbers.remove(place);
            }
        }
        true
    }
}

impl PartialEq for Numbers {
    fn eq(&self, other: &Numbers) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for Numbers {}

impl Hash for Numbers {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_slice().hash(state);
    }
}
