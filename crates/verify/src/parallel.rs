//! One function over many items on several threads; results in the items' order, whatever the threads do.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Items that one thread takes at a time.
const CHUNK: usize = 16;

/// Maps every item. The order of the results does not depend on the number of threads.
pub(crate) fn in_parallel<T: Sync, U: Send>(items: &[T], threads: usize, work: impl Fn(&T) -> U + Sync) -> Vec<U> {
    let chunks = items.len().div_ceil(CHUNK);
    let threads = threads.clamp(1, chunks.max(1));
    if threads == 1 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let chunk = next.fetch_add(1, Ordering::Relaxed);
            if chunk >= chunks {
                return done;
            }
            let from = chunk * CHUNK;
            let to = items.len().min(from + CHUNK);
            done.push((chunk, items[from..to].iter().map(&work).collect::<Vec<U>>()));
        }
    };
    let mut done: Vec<(usize, Vec<U>)> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(take)).collect();
        handles
            .into_iter()
            .flat_map(|handle| match handle.join() {
                Ok(part) => part,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    });
    done.sort_unstable_by_key(|(chunk, _)| *chunk);
    done.into_iter().flat_map(|(_, part)| part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_order_for_any_number_of_threads() {
        let items: Vec<u32> = (0..1001).collect();
        for threads in [0, 1, 2, 7, 100] {
            let out = in_parallel(&items, threads, |n| n * 2);
            assert!(out.iter().zip(&items).all(|(a, b)| *a == b * 2) && out.len() == items.len());
        }
        assert!(in_parallel(&[] as &[u32], 4, |n| *n).is_empty());
    }
}
