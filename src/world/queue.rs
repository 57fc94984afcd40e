//! What is due, ordered by (time, sequence).

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use crate::raft::Micros;
use crate::room::Put;

/// Names an item in the queue until it is taken or withdrawn.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Ticket {
    sequence: u64,
    slot: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Key {
    at: Micros,
    ticket: Ticket,
}

impl Key {
    /// Time and sequence as one number: compared in one step, without a branch.
    fn order(self) -> u128 {
        u128::from(self.at) << 64 | u128::from(self.ticket.sequence)
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Key) -> Ordering {
        self.order().cmp(&other.order())
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Key) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A queue of items, each due at an instant; items of one instant come in the order in which
/// they were added. The heap holds small keys; the items lie still beside it.
#[derive(Clone, Debug)]
pub struct Queue<T> {
    heap: BinaryHeap<Reverse<Key>>,
    items: Vec<Option<(u64, T)>>,
    free: Vec<u32>,
    sequence: u64,
}

impl<T> Default for Queue<T> {
    fn default() -> Queue<T> {
        Queue {
            heap: BinaryHeap::new(),
            items: Vec::new(),
            free: Vec::new(),
            sequence: 0,
        }
    }
}

impl<T> Queue<T> {
    /// Adds an item that is due at `at`.
    #[inline(always)]
    pub fn add(&mut self, at: Micros, item: T) -> Ticket {
        self.sequence += 1;
        let sequence = self.sequence;
        let slot = self.free.pop().unwrap_or(self.items.len() as u32);
        match self.items.get_mut(slot as usize) {
            Some(place) => *place = Some((sequence, item)),
            None => self.items.put(Some((sequence, item))),
        }
        let ticket = Ticket { sequence, slot };
        self.heap.push(Reverse(Key { at, ticket }));
        ticket
    }

    /// The next item and when it is due.
    pub fn peek(&mut self) -> Option<(Micros, &T)> {
        while let Some(&Reverse(key)) = self.heap.peek() {
            if self.get(key.ticket).is_some() {
                return self.get(key.ticket).map(|item| (key.at, item));
            }
            self.heap.pop();
        }
        None
    }

    /// Takes the next item if it is due at `now` or before.
    pub fn take_due(&mut self, now: Micros) -> Option<T> {
        while let Some(&Reverse(key)) = self.heap.peek()
            && key.at <= now
        {
            self.heap.pop();
            let item = self.withdraw(key.ticket);
            if item.is_some() {
                return item;
            }
        }
        None
    }

    /// Takes an item out before it is due.
    pub fn withdraw(&mut self, ticket: Ticket) -> Option<T> {
        self.get(ticket)?;
        self.free.push(ticket.slot);
        let taken = self.items[ticket.slot as usize].take();
        taken.map(|(_, item)| item)
    }

    /// The item of a ticket, while it is in the queue.
    pub fn get(&self, ticket: Ticket) -> Option<&T> {
        let held = self.items[ticket.slot as usize].as_ref();
        held.filter(|(sequence, _)| *sequence == ticket.sequence)
            .map(|(_, item)| item)
    }

    /// All items with their tickets, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (Ticket, &T)> {
        self.items.iter().enumerate().filter_map(|(slot, held)| {
            let (sequence, item) = held.as_ref()?;
            let ticket = Ticket {
                sequence: *sequence,
                slot: slot as u32,
            };
            Some((ticket, item))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_by_time_then_by_order_of_adding() {
        let mut queue = Queue::default();
        for (at, name) in [(5, "c"), (3, "a"), (5, "d"), (3, "b")] {
            queue.add(at, name);
        }
        let mut taken = Vec::new();
        while let Some(item) = queue.take_due(5) {
            taken.push(item);
        }
        assert_eq!(taken, ["a", "b", "c", "d"]);
    }

    #[test]
    fn nothing_is_taken_before_it_is_due() {
        let mut queue = Queue::default();
        queue.add(7, ());
        assert_eq!(queue.take_due(6), None);
        assert_eq!(queue.take_due(7), Some(()));
    }

    #[test]
    fn a_withdrawn_item_never_comes_and_its_place_is_used_again() {
        let mut queue = Queue::default();
        let first = queue.add(1, "first");
        assert_eq!(queue.withdraw(first), Some("first"));
        queue.add(2, "second");
        assert_eq!(queue.withdraw(first), None);
        assert_eq!(queue.take_due(9), Some("second"));
        assert_eq!(queue.take_due(9), None);
    }
}
