//! Work on columns with the widest instructions there are.

use pulp::Arch;
use pulp::NullaryFnOnce;

/// Does work with the widest instructions there are. What it calls is inlined, and so compiled once for each instruction set.
#[inline(never)]
pub fn wide<R>(work: impl FnOnce() -> R) -> R {
    wide_on(Arch::new(), work)
}

/// The same with chosen instructions.
#[inline(always)]
pub fn wide_on<R>(arch: Arch, work: impl FnOnce() -> R) -> R {
    arch.dispatch(Work(work))
}

struct Work<F>(F);

impl<R, F: FnOnce() -> R> NullaryFnOnce for Work<F> {
    type Output = R;

    #[inline(always)]
    fn call(self) -> R {
        (self.0)()
    }
}

/// The rest of a run of draws, as a whole block: no number stands where there is none.
#[inline(always)]
pub fn filled<const N: usize>(rest: &[f64]) -> [f64; N] {
    let mut block = [f64::NAN; N];
    for (slot, value) in block.iter_mut().zip(rest) {
        *slot = *value;
    }
    block
}
