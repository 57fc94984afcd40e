//! A list that grows at its end and is cheap to copy: what a log is made of.
//!
//! Full chunks never change and are shared between copies; only the chunk at the end, which is
//! still growing, is copied. So adding and reading are as fast as with a vector. Lists that come
//! to hold the same can share chunks too, by way of a [`Pool`].

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use imbl::Vector;

use crate::room::Put;

/// Items in a chunk.
const CHUNK: usize = 128;
/// So many chunks of a pool are compared with a new one.
const POOL: usize = 16;

/// A list of items, numbered from 0. Copies share all but the newest few.
#[derive(Clone, Debug)]
pub struct List<T> {
    /// So many items of the first chunk do not belong to the list any more; 0 in an empty list.
    skip: usize,
    full: Vector<Arc<[T]>>,
    /// How many items full chunks hold: asked for all the time.
    closed: usize,
    /// Fewer than a chunk.
    tail: Vec<T>,
    pool: Option<Arc<Pool<T>>>,
}

/// The newest chunks of several lists, such as the logs of a cluster: each list that fills a
/// chunk with the same items takes the one that is there already.
#[derive(Debug)]
pub struct Pool<T>(Mutex<VecDeque<Arc<[T]>>>);

impl<T> Default for Pool<T> {
    fn default() -> Pool<T> {
        Pool(Mutex::default())
    }
}

impl<T: PartialEq> Pool<T> {
    /// The chunk with these items.
    fn shared(&self, chunk: Arc<[T]>) -> Arc<[T]> {
        let mut chunks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(same) = chunks.iter().rev().find(|known| **known == chunk) {
            return same.clone();
        }
        if chunks.len() == POOL {
            chunks.pop_front();
        }
        chunks.push_back(chunk.clone());
        chunk
    }
}

impl<T> Default for List<T> {
    fn default() -> List<T> {
        List {
            skip: 0,
            full: Vector::new(),
            closed: 0,
            tail: Vec::new(),
            pool: None,
        }
    }
}

impl<T> List<T> {
    /// How many items there are.
    pub fn len(&self) -> usize {
        self.closed + self.tail.len() - self.skip
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at a place.
    #[inline]
    pub fn get(&self, place: usize) -> Option<&T> {
        let place = place.checked_add(self.skip)?;
        match place.checked_sub(self.closed) {
            Some(place) => self.tail.get(place),
            None => self.full.get(place / CHUNK)?.get(place % CHUNK),
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

    /// Shares chunks with the other lists of a pool from now on, as do its copies.
    pub fn share(&mut self, pool: &Arc<Pool<T>>) {
        self.pool = Some(pool.clone());
    }

    /// Adds an item at the end.
    #[inline]
    pub fn push(&mut self, item: T)
    where
        T: PartialEq,
    {
        self.tail.put(item);
        if self.tail.len() == CHUNK {
            self.close_chunk();
        }
    }

    #[cold]
    fn close_chunk(&mut self)
    where
        T: PartialEq,
    {
        let chunk = self.tail.drain(..).collect();
        self.full.push_back(match &self.pool {
            Some(pool) => pool.shared(chunk),
            None => chunk,
        });
        self.closed += CHUNK;
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
        self.skip = 0;
        self.closed = 0;
        self.full.clear();
        self.tail.clear();
    }

    /// Removes the first `count` items.
    pub fn drop_first(&mut self, count: usize) {
        if count >= self.len() {
            return self.clear();
        }
        self.skip += count;
        let gone = (self.skip / CHUNK).min(self.full.len());
        if gone > 0 {
            self.full = self.full.skip(gone);
            self.skip -= gone * CHUNK;
            self.closed -= gone * CHUNK;
        }
    }
}

impl<T: Clone> List<T> {
    /// Adds items at the end.
    pub fn extend(&mut self, mut items: &[T])
    where
        T: PartialEq,
    {
        while !items.is_empty() {
            let (fitting, rest) = items.split_at(items.len().min(CHUNK - self.tail.len()));
            self.tail.extend_from_slice(fitting);
            if self.tail.len() == CHUNK {
                self.close_chunk();
            }
            items = rest;
        }
    }

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
            self.full.truncate(end / CHUNK);
            self.closed = end / CHUNK * CHUNK;
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
        match self.full.get_mut(chunk) {
            Some(chunk) => Arc::make_mut(chunk)[place] = item,
            None => self.tail[place] = item,
        }
    }
}

impl<T: PartialEq> PartialEq for List<T> {
    fn eq(&self, other: &List<T>) -> bool {
        self.len() == other.len() && self.common(other) == self.len()
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

    #[test]
    fn lists_of_a_pool_share_what_is_the_same() {
        let pool = Arc::default();
        let list = |items: std::ops::Range<usize>| {
            let mut list = List::default();
            list.share(&pool);
            items.for_each(|item| list.push(item));
            list
        };
        let (one, two, other) = (list(0..300), list(0..200), list(1..200));
        assert!(Arc::ptr_eq(&one.full[0], &two.full[0]));
        assert_eq!(one.common(&two), 200);
        assert!(!Arc::ptr_eq(&one.full[0], &other.full[0]));
        // What is done to one is not seen in the other.
        let mut changed = two.clone();
        changed.set(7, 0);
        assert_eq!((changed.get(7), one.get(7)), (Some(&0), Some(&7)));
        // Too long ago.
        list(1_000..1_000 + CHUNK * POOL);
        assert!(!Arc::ptr_eq(&one.full[0], &list(0..200).full[0]));
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
