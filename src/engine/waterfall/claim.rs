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
/// ... converting to n + m    max(L + n x, (n + m) x)          L, n from 0, and m from L / m
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
        Claim::participating(fixed, shares, Some(limit), shares, rank)
    }

    /// A sum and shares, up to a limit if there is one; or, once that is more, what it converts to. A limit below the
    /// sum is the sum.
    pub fn participating(fixed: S, shares: S, limit: Option<S>, converted: S, rank: u32) -> Claim<S> {
        let first = Some(from(S::ZERO, shares));
        let plain = Claim::plain(fixed, rank);
        // With more shares converting is worth it from `L / more` on, unless the limit comes before.
        let more = converted - shares;
        let early = S::ZERO.lt(more).any().then(|| from(fixed, more));
        let Some(limit) = limit else { return Claim { kinks: [first, early, None], ..plain } };
        let limit = S::select(limit.lt(fixed), fixed, limit);
        let room = limit - fixed;
        if let Some(early) = early
            && (fixed * shares).lt(room * more).any()
        {
            return Claim { kinks: [first, Some(early), None], ..plain };
        }
        Claim {
            kinks: [first, Some(Kink { money: room, shares, rises: false }), Some(from(limit, converted))],
            ..plain
        }
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
        let mut kinks = [None; 3];
        let mut free = kinks.iter_mut();
        let mut push = |kink: Kink<S>| {
            if let Some(slot) = free.next() {
                *slot = Some(kink);
            }
        };
        let mut began = false;
        for kink in self.kinks.into_iter().flatten() {
            if !began {
                // At the kink the shares take `constant + slope x`.
                let constant = reached;
                let at_kink = constant + slope.times(kink.money.per(kink.shares));
                if S::ZERO.lt(slope).any() && strike.lt(at_kink).any() {
                    push(from(strike - constant, slope));
                    began = true;
                }
            }
            let change = if kink.rises { kink.shares } else { S::ZERO - kink.shares };
            slope += change;
            reached = if kink.rises { reached - kink.money } else { reached + kink.money };
            if began {
                push(kink);
            }
        }
        if !began && S::ZERO.lt(slope).any() {
            push(from(strike - reached, slope));
        }
        Claim { fixed: S::ZERO, rank: self.rank, gross, strike, kinks }
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
