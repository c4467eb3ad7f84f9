//! Many pieces of work on some threads, the results in the order of their numbers.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

/// What a thread may stack up: a play of many draws side by side holds them all in its frames.
const STACK: usize = 16 << 20;

/// Who looks on while a study runs: is told how far it is, and may stop it.
pub trait Watch {
    /// So many pieces are done. Told from any thread, and not always in rising order.
    fn done(&self, so_far: usize);

    /// Whether the study is to stop. Asked before each piece.
    fn is_stopped(&self) -> bool;
}

/// Nobody looks on, and nothing stops the study.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn done(&self, _so_far: usize) {}

    fn is_stopped(&self) -> bool {
        false
    }
}

/// The results of pieces 0, 1, ... `count` - 1 in the order of their numbers, whatever the number of threads; none if
/// the watcher stopped it. A piece is taken by the next thread that is free.
///
/// ```
/// use capsim::studies::{Unwatched, in_order};
/// assert_eq!(in_order(4, 2, &Unwatched, |number| number * 10), Some(vec![0, 10, 20, 30]));
/// ```
pub fn in_order<T: Send>(
    count: usize,
    threads: usize,
    watch: &(dyn Watch + Sync),
    work: impl Fn(usize) -> T + Sync,
) -> Option<Vec<T>> {
    let all = as_far_as(count, threads, watch, work);
    (all.len() == count).then_some(all)
}

/// The same, as far as it came: where the watcher stopped it, the results of the first pieces without a gap.
pub fn as_far_as<T: Send>(
    count: usize,
    threads: usize,
    watch: &(dyn Watch + Sync),
    work: impl Fn(usize) -> T + Sync,
) -> Vec<T> {
    let threads = threads.clamp(1, count.max(1));
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let pieces = || {
        let mut mine = Vec::new();
        while !watch.is_stopped() {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                break;
            }
            mine.push((number, work(number)));
            watch.done(done.fetch_add(1, Ordering::Relaxed).saturating_add(1));
        }
        mine
    };
    let mut all = if threads == 1 {
        pieces()
    } else {
        std::thread::scope(|scope| {
            // A machine that has no more threads to give does the work on fewer.
            let another = |_| std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, pieces).ok();
            let others: Vec<_> = (1..threads).filter_map(another).collect();
            let mut all = pieces();
            for other in others {
                match other.join() {
                    Ok(mine) => all.extend(mine),
                    // What went wrong there goes wrong here, as it would without threads.
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            all
        })
    };
    all.sort_unstable_by_key(|(number, _)| *number);
    // Pieces are taken in their order and each that is taken is done: what there is has no gap.
    all.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::AtomicUsize;
    use super::Ordering;
    use super::Unwatched;
    use super::Watch;
    use super::in_order;

    struct StopAfter {
        most: usize,
        seen: AtomicUsize,
        told: Mutex<Vec<usize>>,
    }

    impl StopAfter {
        fn new(most: usize) -> StopAfter {
            StopAfter { most, seen: AtomicUsize::new(0), told: Mutex::new(Vec::new()) }
        }
    }

    impl Watch for StopAfter {
        fn done(&self, so_far: usize) {
            self.seen.fetch_max(so_far, Ordering::Relaxed);
            self.told.lock().unwrap().push(so_far);
        }

        fn is_stopped(&self) -> bool {
            self.seen.load(Ordering::Relaxed) >= self.most
        }
    }

    #[test]
    fn results_are_in_order_on_any_number_of_threads() {
        let wanted: Vec<usize> = (0..500).map(|number| number * number).collect();
        for threads in [0, 1, 2, 3, 8, 1000] {
            let slow_first = |number: usize| {
                if number < 3 {
                    std::thread::sleep(std::time::Duration::from_millis(5));
                }
                number * number
            };
            assert_eq!(in_order(500, threads, &Unwatched, slow_first), Some(wanted.clone()), "{threads}");
        }
    }

    #[test]
    fn nothing_to_do_is_done() {
        assert_eq!(in_order(0, 4, &Unwatched, |number| number), Some(Vec::new()));
    }

    #[test]
    fn the_watcher_is_told_of_each_piece() {
        for threads in [1, 4] {
            let watch = StopAfter::new(usize::MAX);
            assert!(in_order(20, threads, &watch, |number| number).is_some());
            let mut told = watch.told.into_inner().unwrap();
            told.sort_unstable();
            assert_eq!(told, (1..=20).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_stopped_study_gives_nothing() {
        for threads in [1, 2, 4] {
            let played = AtomicUsize::new(0);
            let work = |number: usize| {
                played.fetch_add(1, Ordering::Relaxed);
                number
            };
            assert_eq!(in_order(10_000, threads, &StopAfter::new(10), work), None);
            assert!(played.load(Ordering::Relaxed) < 10_000);
        }
    }
}
