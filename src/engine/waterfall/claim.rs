//! What somebody takes of an exit, as a function of the value of one common share.

use crate::units::Mask;
use crate::units::Scalar;

/// A value of one common share at which a claim begins to take more, or less, of each further unit.
///
/// It stands at `money / shares`, kept as the two numbers: what is multiplied first is not rounded.
#[derive(Debug, Clone, Copy)]
pub struct Kink<S> {
    /// The money at which it stands.
    pub money: S,
    /// The shares that begin, or end, to count.
    pub shares: S,
    /// Whether they begin.
    pub rises: bool,
}

/// What somebody takes once every preference is covered: a sum, and shares that count from some value on.
///
/// ```text
/// common                     n x                              n from 0
/// option at strike s         n max(0, x - s)                  n from s
/// non-participating          max(L, n x)                      L, and n from L / n
/// participating              L + n x                          L, and n from 0
/// participating up to H      max(min(L + n x, H), n x)        L, and n from 0 to (H - L) / n and from H / n
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Claim<S> {
    /// What it takes before common stock.
    pub fixed: S,
    /// Where it stands: lower ranks are paid first.
    pub rank: u32,
    /// What its shares are entitled to before the strike is paid; the same without a strike.
    pub gross: S,
    /// What is paid to have the shares.
    pub strike: S,
    kinks: [Option<Kink<S>>; 3],
}

impl<S: Scalar> Claim<S> {
    fn plain(fixed: S, rank: u32) -> Claim<S> {
        Claim { fixed, rank, gross: fixed, strike: S::ZERO, kinks: [None; 3] }
    }

    /// A sum, and nothing more.
    pub fn sum(fixed: S, rank: u32) -> Claim<S> {
        Claim::plain(fixed, rank)
    }

    /// Common stock.
    pub fn common(shares: S) -> Claim<S> {
        Claim { kinks: [Some(from(S::ZERO, shares)), None, None], ..Claim::plain(S::ZERO, 0) }
    }

    /// The larger of a sum and shares.
    pub fn either(fixed: S, shares: S, rank: u32) -> Claim<S> {
        Claim { kinks: [Some(from(fixed, shares)), None, None], ..Claim::plain(fixed, rank) }
    }

    /// A sum and shares.
    pub fn both(fixed: S, shares: S, rank: u32) -> Claim<S> {
        Claim { kinks: [Some(from(S::ZERO, shares)), None, None], ..Claim::plain(fixed, rank) }
    }

    /// A sum and shares up to a limit, or the shares alone. A limit below the sum is the sum.
    pub fn capped(fixed: S, shares: S, limit: S, rank: u32) -> Claim<S> {
        let limit = S::select(limit.lt(fixed), fixed, limit);
        let kinks = [
            Some(from(S::ZERO, shares)),
            Some(Kink { money: limit - fixed, shares, rises: false }),
            Some(from(limit, shares)),
        ];
        Claim { kinks, ..Claim::plain(fixed, rank) }
    }

    /// What comes on top of a sum that is paid elsewhere: `more`, or what shares are worth above the sum.
    pub fn beyond(more: S, sum: S, shares: S, rank: u32) -> Claim<S> {
        let plain = Claim::plain(more, rank);
        let turn = S::ZERO.lt(shares).any().then(|| from(sum + more, shares));
        Claim { kinks: [turn, None, None], ..plain }
    }

    /// The same for who must pay `strike` in all to have it, and does so only where it pays.
    ///
    /// The money is the larger of nothing and what the shares take less the strike.
    #[must_use]
    pub fn at_strike(self, strike: S) -> Claim<S> {
        let gross = self.fixed;
        if strike.lt(gross).any() {
            return Claim { fixed: gross - strike, gross, strike, ..self };
        }
        // It begins where what the shares take reaches the strike; what they do above that stays.
        let mut slope = S::ZERO;
        let mut reached = gross;
        let mut kinks: Vec<Kink<S>> = Vec::with_capacity(4);
        let mut began = false;
        for kink in self.kinks.into_iter().flatten() {
            if !began {
                // At the kink the shares take `constant + slope x`.
                let constant = reached;
                let at_kink = constant + slope.times(kink.money.per(kink.shares));
                if S::ZERO.lt(slope).any() && strike.lt(at_kink).any() {
                    kinks.push(from(strike - constant, slope));
                    began = true;
                }
            }
            let change = if kink.rises { kink.shares } else { S::ZERO - kink.shares };
            slope += change;
            reached = if kink.rises { reached - kink.money } else { reached + kink.money };
            if began {
                kinks.push(kink);
            }
        }
        if !began && S::ZERO.lt(slope).any() {
            kinks.push(from(strike - reached, slope));
        }
        let mut all = [None; 3];
        for (slot, kink) in all.iter_mut().zip(kinks) {
            *slot = Some(kink);
        }
        Claim { fixed: S::ZERO, rank: self.rank, gross, strike, kinks: all }
    }

    /// Its kinks, from the lowest value of a share on.
    pub fn kinks(&self) -> impl Iterator<Item = Kink<S>> + use<S> {
        self.kinks.into_iter().flatten()
    }
}

/// Shares that count from where they are worth so much.
fn from<S>(money: S, shares: S) -> Kink<S> {
    Kink { money, shares, rises: true }
}
