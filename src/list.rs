//! A list that grows at its end and is cheap to copy: what a log is made of.
//!
//! Full chunks never change and are shared between copies; only the chunk at the end, which is
//! still growing, is copied. So adding and reading are as fast as with a vector.

use std::sync::Arc;

/// Items in a chunk.
const CHUNK: usize = 128;

/// A list of items, numbered from 0. Copies share all but the newest few.
#[derive(Clone, Debug)]
pub struct List<T> {
    /// So many items of the first chunk do not belong to the list any more; 0 in an empty list.
    skip: usize,
    full: Arc<Vec<Arc<[T]>>>,
    /// Fewer than a chunk.
    tail: Vec<T>,
}

impl<T> Default for List<T> {
    fn default() -> List<T> {
        List {
            skip: 0,
            full: Arc::default(),
            tail: Vec::new(),
        }
    }
}

impl<T> List<T> {
    /// How many items there are.
    pub fn len(&self) -> usize {
        self.full.len() * CHUNK + self.tail.len() - self.skip
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at a place.
    #[inline]
    pub fn get(&self, place: usize) -> Option<&T> {
        let place = place.checked_add(self.skip)?;
        let (chunk, place) = (place / CHUNK, place % CHUNK);
        match self.full.get(chunk) {
            Some(chunk) => chunk.get(place),
            None if chunk == self.full.len() => self.tail.get(place),
            None => None,
        }
    }

    /// The last item.
    #[inline]
    pub fn last(&self) -> Option<&T> {
        match self.tail.last() {
            None => self.get(self.len().checked_sub(1)?),
            last => last,
        }
    }

    /// How many items at the start are the same in both lists. Chunks that they share are not
    /// looked into.
    pub fn common(&self, other: &List<T>) -> usize
    where
        T: PartialEq,
    {
        let mut shared = 0;
        if self.skip == other.skip {
            let chunks = self.full.iter().zip(other.full.iter());
            let chunks = chunks.take_while(|(one, another)| Arc::ptr_eq(one, another));
            shared = (chunks.count() * CHUNK).saturating_sub(self.skip);
        }
        let rest = self.iter_from(shared).zip(other.iter_from(shared));
        shared + rest.take_while(|(one, another)| one == another).count()
    }

    /// Adds an item at the end.
    #[inline]
    pub fn push(&mut self, item: T) {
        self.tail.push(item);
        if self.tail.len() == CHUNK {
            let chunk = self.tail.drain(..).collect();
            Arc::make_mut(&mut self.full).push(chunk);
        }
    }

    /// All items, or those from a place on.
    pub fn iter_from(
        &self,
        place: usize,
    ) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        (place..self.len()).map(|place| self.get(place).expect("the place is in the list"))
    }

    /// All items.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        self.iter_from(0)
    }

    /// Removes all items.
    pub fn clear(&mut self) {
        *self = List::default();
    }

    /// Removes the first `count` items.
    pub fn drop_first(&mut self, count: usize) {
        if count >= self.len() {
            return self.clear();
        }
        self.skip += count;
        let gone = (self.skip / CHUNK).min(self.full.len());
        if gone > 0 {
            Arc::make_mut(&mut self.full).drain(..gone);
            self.skip -= gone * CHUNK;
        }
    }
}

impl<T: Clone> List<T> {
    /// Keeps the first `len` items, and forgets those after them.
    pub fn truncate(&mut self, len: usize) {
        if len >= self.len() {
            return;
        }
        if len == 0 {
            return self.clear();
        }
        let end = self.skip + len;
        if let Some(chunk) = self.full.get(end / CHUNK) {
            self.tail = chunk.to_vec();
            Arc::make_mut(&mut self.full).truncate(end / CHUNK);
        }
        self.tail.truncate(end % CHUNK);
    }

    /// Puts an item in the place of another.
    ///
    /// # Panics
    /// When there is no such place.
    pub fn set(&mut self, place: usize, item: T) {
        let place = place + self.skip;
        let (chunk, place) = (place / CHUNK, place % CHUNK);
        match chunk < self.full.len() {
            true => Arc::make_mut(&mut Arc::make_mut(&mut self.full)[chunk])[place] = item,
            false => self.tail[place] = item,
        }
    }
}

impl<T: PartialEq> PartialEq for List<T> {
    fn eq(&self, other: &List<T>) -> bool {
        let shared = self.skip == other.skip && Arc::ptr_eq(&self.full, &other.full);
        match shared {
            true => self.tail == other.tail,
            false => self.iter().eq(other.iter()),
        }
    }
}

impl<T: Eq> Eq for List<T> {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    enum Change {
        Push(usize),
        Truncate(usize),
        DropFirst(usize),
        Set(usize),
    }

    fn change() -> impl Strategy<Value = Change> {
        prop_oneof![
            4 => (0..3 * CHUNK).prop_map(Change::Push),
            1 => (0..4 * CHUNK).prop_map(Change::Truncate),
            1 => (0..2 * CHUNK).prop_map(Change::DropFirst),
            1 => (0..4 * CHUNK).prop_map(Change::Set),
        ]
    }

    proptest! {
        #[test]
        fn it_is_what_a_vector_would_be(changes in prop::collection::vec(change(), 1..40)) {
            let (mut list, mut vector, mut next) = (List::default(), Vec::new(), 0);
            let mut copies = Vec::new();
            for change in changes {
                copies.push((list.clone(), vector.clone()));
                match change {
                    Change::Push(count) => for _ in 0..count {
                        next += 1;
                        list.push(next);
                        vector.push(next);
                    },
                    Change::Truncate(len) => {
                        list.truncate(len);
                        vector.truncate(len);
                    }
                    Change::DropFirst(count) => {
                        list.drop_first(count);
                        vector.drain(..count.min(vector.len()));
                    }
                    Change::Set(place) => if place < vector.len() {
                        next += 1;
                        list.set(place, next);
                        vector[place] = next;
                    },
                }
                prop_assert_eq!(list.len(), vector.len());
                prop_assert_eq!(list.last(), vector.last());
                prop_assert!(list.iter().eq(vector.iter()));
                prop_assert!(list.iter().rev().eq(vector.iter().rev()));
                prop_assert_eq!(list.get(vector.len()), None);
                let mut again = List::default();
                vector.iter().for_each(|&item| again.push(item));
                prop_assert_eq!(&again, &list);
            }
            // What is done to a list is not seen in its copies.
            for (old, vector) in copies {
                let pairs = list.iter().zip(vector.iter());
                let common = pairs.take_while(|(one, other)| one == other).count();
                prop_assert_eq!(list.common(&old), common);
                let list = old;
                prop_assert!(list.iter().eq(vector.iter()));
            }
        }
    }
}
