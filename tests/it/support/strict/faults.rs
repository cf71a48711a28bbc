//! What goes wrong between a request and its answer, by share or for the n-th write. *Pure.*

use std::{collections::BTreeMap, time::Duration};

/// One kind of trouble.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    /// The connection is closed; nothing was done.
    LostBefore,
    /// It is done; then the connection is closed.
    LostAfter,
    /// It is done; the answer is cut in its middle.
    CutAfter,
    /// 500; nothing was done.
    Error500Before,
    /// It is done; then 500.
    Error500After,
    /// 429, nothing was done; with this `Retry-After` or none.
    TooMany(Option<&'static str>),
    /// 503 with this `Retry-After`; nothing was done.
    Unavailable(&'static str),
    /// It is done; then a proxy's page under 200.
    HtmlAfter,
    /// It is done; the answer comes late.
    Slow(Duration),
    /// 200 with this member of its body saying `error`; nothing was done.
    ErrorUnder200(&'static str),
    /// This status with the API's error body; nothing was done.
    Status(u16),
    /// 400 that repeats what is known of the customer and all that was sent, the key too; nothing
    /// was done.
    Echo,
}

/// Which write meets which fault.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    /// A fault and its share of all writes; the shares add up to at most 1.
    pub(crate) shares: Vec<(Fault, f64)>,
    /// Makes two runs alike.
    pub(crate) seed: u64,
    /// For the n-th write, counted from 1: before the shares.
    pub(crate) scripted: BTreeMap<usize, Fault>,
}

impl Fault {
    /// Whether the request is carried out.
    pub(crate) fn is_done(self) -> bool {
        matches!(
            self,
            Self::LostAfter
                | Self::CutAfter
                | Self::Error500After
                | Self::HtmlAfter
                | Self::Slow(_)
        )
    }

    /// Whether the client cannot know if the request was carried out, given in-time answers.
    pub(crate) fn is_unclear(self) -> bool {
        matches!(
            self,
            Self::LostBefore
                | Self::LostAfter
                | Self::CutAfter
                | Self::Error500Before
                | Self::Error500After
                | Self::HtmlAfter
        )
    }

    /// Whether the answer asks to come again later.
    pub(crate) fn is_wait(self) -> bool {
        matches!(self, Self::TooMany(_) | Self::Unavailable(_))
    }
}

impl Faults {
    /// Faults for these writes only.
    pub(crate) fn scripted(faults: &[(usize, Fault)]) -> Self {
        Self { scripted: faults.iter().copied().collect(), ..Self::default() }
    }

    /// Every unclear fault, both limits and short delays, so that `share` of the writes meets one.
    pub(crate) fn mixed(share: f64, seed: u64) -> Self {
        let kinds = [
            Fault::LostBefore,
            Fault::LostAfter,
            Fault::CutAfter,
            Fault::Error500Before,
            Fault::Error500After,
            Fault::TooMany(None),
            Fault::TooMany(Some("0")),
            Fault::Unavailable("1"),
            Fault::HtmlAfter,
            Fault::Slow(Duration::from_millis(150)),
            Fault::ErrorUnder200("type"),
        ];
        let each = share / 11.0;
        Self { shares: kinds.map(|kind| (kind, each)).to_vec(), seed, scripted: BTreeMap::new() }
    }

    /// The fault of the n-th write.
    pub(crate) fn draw(&self, number: usize) -> Option<Fault> {
        if let Some(fault) = self.scripted.get(&number) {
            return Some(*fault);
        }
        let mut left = fraction(self.seed, number);
        self.shares.iter().find_map(|(fault, share)| {
            left -= share;
            (left < 0.0).then_some(*fault)
        })
    }
}

/// From 0 to below 1, even and without memory (`SplitMix64`).
fn fraction(seed: u64, number: usize) -> f64 {
    let mut z = seed
        .wrapping_mul(0xD6E8_FEB8_6659_FD93)
        .wrapping_add((number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    let top = u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or(0);
    f64::from(top) / 4_294_967_296.0
}

#[cfg(test)]
mod tests {
    use super::{Fault, Faults};

    #[test]
    fn a_share_is_a_share() {
        let faults = Faults::mixed(0.15, 7);
        let met = (1..=10_000).filter(|n| faults.draw(*n).is_some()).count();
        assert!((1350..=1650).contains(&met), "{met}");
        assert_eq!(faults.draw(17), Faults::mixed(0.15, 7).draw(17));
    }

    #[test]
    fn a_scripted_fault_comes_first() {
        let faults = Faults::scripted(&[(2, Fault::Echo)]);
        assert_eq!([faults.draw(1), faults.draw(2)], [None, Some(Fault::Echo)]);
    }
}
