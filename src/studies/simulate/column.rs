//! A column of floats: a number for each of some draws.

/// `N` floats side by side, aligned to the widest vectors there are.
///
/// ```
/// use capsim::studies::simulate::Column;
/// assert_eq!(Column::<4>::splat(0.5).0, [0.5; 4]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub struct Column<const N: usize>(pub [f64; N]);

impl<const N: usize> Column<N> {
    /// The same number for every draw.
    #[inline(always)]
    #[must_use]
    pub fn splat(value: f64) -> Column<N> {
        Column([value; N])
    }
}
