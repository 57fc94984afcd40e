//! Work that is handed out to threads, piece by piece.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;

/// Does the pieces of work from number 0 on, on so many threads; each thread ends when it is given
/// `None`. `take` is handed what came of each, in no particular order, on the calling thread.
pub(super) fn spread<T: Send>(
    jobs: usize,
    work: impl Fn(u64) -> Option<T> + Sync,
    mut take: impl FnMut(u64, T),
) {
    let next = AtomicU64::new(0);
    std::thread::scope(|scope| {
        let (sender, done) = mpsc::channel();
        for _ in 0..jobs.max(1) {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                while let number = next.fetch_add(1, Ordering::Relaxed)
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
            take(number, piece);
        }
    });
}
