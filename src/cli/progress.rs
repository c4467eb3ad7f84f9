//! How far a study is, on a terminal, and a way to stop it.

use std::io::IsTerminal;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use indicatif::ProgressBar;
use indicatif::ProgressDrawTarget;
use indicatif::ProgressStyle;

use crate::studies::Watch;

/// A study that is over sooner shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// The exit code of a process that Ctrl-C ended, as shells know it: 128 and the number of the signal.
const INTERRUPTED: i32 = 130;

/// Whether Ctrl-C was pressed.
static ASKED_TO_STOP: AtomicBool = AtomicBool::new(false);

/// A bar on stderr, and the wish to stop.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    /// Whether anybody could see it.
    is_shown: bool,
}

impl Progress {
    /// For a study of so many pieces, called by what they are: "points". From here on a first Ctrl-C asks for a clean
    /// stop; a second ends the process at once.
    #[must_use]
    pub fn new(pieces: usize, what: &str) -> Progress {
        Progress::on(pieces, what, std::io::stderr().is_terminal())
    }

    fn on(pieces: usize, what: &str, is_shown: bool) -> Progress {
        // A handler that stands already, or none that can be set: Ctrl-C then does what it did before.
        let _ = ctrlc::set_handler(|| {
            if ASKED_TO_STOP.swap(true, Ordering::Relaxed) {
                std::process::exit(INTERRUPTED);
            }
        });
        let length = u64::try_from(pieces).unwrap_or(u64::MAX);
        let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("  {bar:40} {pos} of {len} {msg}, {eta} to go") {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        Progress { bar, is_shown }
    }
}

impl Watch for Progress {
    fn done(&self, so_far: usize) {
        if !self.is_shown {
            return;
        }
        if self.bar.is_hidden() && self.bar.elapsed() >= PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        // Threads tell it in any order; a bar does not go back.
        let so_far = u64::try_from(so_far).unwrap_or(u64::MAX);
        if so_far > self.bar.position() {
            self.bar.set_position(so_far);
        }
    }

    fn is_stopped(&self) -> bool {
        ASKED_TO_STOP.load(Ordering::Relaxed)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        // The bar leaves the screen as it found it.
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::Progress;
    use crate::studies::Watch;

    #[test]
    fn a_bar_goes_up_and_not_back() {
        let progress = Progress::on(10, "points", true);
        progress.done(3);
        progress.done(2);
        assert_eq!(progress.bar.position(), 3);
        assert_eq!(progress.bar.length(), Some(10));
    }

    #[test]
    fn nothing_is_drawn_in_the_first_second_or_off_a_terminal() {
        for is_shown in [true, false] {
            let progress = Progress::on(10, "points", is_shown);
            progress.done(1);
            assert!(progress.bar.is_hidden());
            assert!(!progress.is_stopped());
        }
    }
}
