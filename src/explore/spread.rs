//! Work that is handed out to threads, piece by piece.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;

/// Does the pieces of work from number 0 on, on so many threads; each thread ends when it is given
/// `None`. `take` is handed what came of each, in no particular order, on the calling thread. When
/// it breaks off, no more are begun; what was begun is finished and handed over all the same, so
/// that all up to some number are done, and none after it.
pub fn spread<T: Send>(
    jobs: usize,
    work: impl Fn(u64) -> Option<T> + Sync,
    mut take: impl FnMut(u64, T) -> ControlFlow<()>,
) {
    let next = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (sender, done) = mpsc::channel();
        for _ in 0..jobs.max(1) {
            let (sender, next, stop, work) = (sender.clone(), &next, &stop, &work);
            scope.spawn(move || {
                // Whoever has a number does its piece: no lower one is left out.
                while !stop.load(Ordering::Relaxed)
                    && let number = next.fetch_add(1, Ordering::Relaxed)
                    && let Some(piece) = work(number)
                {
                    if sender.send((number, piece)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for (number, piece) in done {
            if take(number, piece).is_break() {
                stop.store(true, Ordering::Relaxed);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_when_it_is_broken_off_has_no_gaps() {
        for _ in 0..500 {
            let mut done = Vec::new();
            let piece = |number| (number < 2_000).then_some(number);
            spread(8, piece, |_, number| {
                done.push(number);
                ControlFlow::Break(())
            });
            done.sort_unstable();
            assert!(done.iter().copied().eq(0..done.len() as u64), "{done:?}");
        }
    }
}
