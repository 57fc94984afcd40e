//! Random draws, each stream pinned by golden vectors.
//!
//! A stream is named by the run's seed and by who draws from it, so what one node or link draws
//! never disturbs another. The generator is xoshiro256++ (Blackman and Vigna); ranges and shares
//! are written out here because a library's distributions may change between releases.

use rand_core::{Rng as _, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::Span;

/// One stream of random numbers.
#[derive(Clone, Debug)]
pub struct Rng(Xoshiro256PlusPlus);

impl Rng {
    /// The stream called `name` of the run with this seed. Different names give independent
    /// streams; the same name gives the same stream on every machine.
    #[cold]
    pub fn stream(seed: u64, name: &[u64]) -> Rng {
        let mut state = mix(seed);
        for &word in name {
            state = mix(state ^ word);
        }
        Rng(Xoshiro256PlusPlus::seed_from_u64(state))
    }

    /// Sixty-four random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A whole number from 0 up to, not including, `bound`; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        // Multiply and shift: the bias is below bound / 2^64, far under anything observable.
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// A duration from a range, ends included. A range of one value draws nothing.
    pub fn span(&mut self, span: Span) -> u64 {
        if span.min >= span.max {
            return span.min;
        }
        span.min + self.below(span.max - span.min + 1)
    }

    /// Brings things into any order, each as likely as another (Fisher and Yates).
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for place in (1..things.len()).rev() {
            things.swap(place, self.below(place as u64 + 1) as usize);
        }
    }

    /// True with a probability in millionths. 0 and 1,000,000 draw nothing.
    pub fn share(&mut self, millionths: u32) -> bool {
        match millionths {
            0 => false,
            1_000_000.. => true,
            _ => self.below(1_000_000) < u64::from(millionths),
        }
    }
}

/// SplitMix64's finalizer: spreads every bit of the input over the output.
fn mix(word: u64) -> u64 {
    let mut z = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A change here means that every seed plays another run.
    #[test]
    fn streams_are_what_they_always_were() {
        let mut rng = Rng::stream(42, &[1, 2]);
        let bits = [rng.bits(), rng.bits(), rng.bits()];
        assert_eq!(
            bits,
            [
                5769939639384579832,
                2482794104070974276,
                7260863965658780015
            ]
        );
        let mut rng = Rng::stream(42, &[1, 2]);
        let below: Vec<u64> = (0..8).map(|_| rng.below(1_000)).collect();
        assert_eq!(below, [312, 134, 393, 214, 948, 424, 377, 78]);
        let mut rng = Rng::stream(42, &[1, 2]);
        let spans: Vec<u64> = (0..4).map(|_| rng.span(Span::millis(150, 300))).collect();
        assert_eq!(spans, [196918, 170189, 209042, 182191]);
        let mut rng = Rng::stream(42, &[1, 2]);
        let shares: Vec<bool> = (0..12).map(|_| rng.share(300_000)).collect();
        assert_eq!(
            shares,
            [
                false, true, false, true, false, false, false, true, false, false, false, false
            ]
        );
    }

    #[test]
    fn names_and_seeds_make_different_streams() {
        let first = |seed, name: &[u64]| Rng::stream(seed, name).bits();
        let all = [
            first(1, &[1]),
            first(2, &[1]),
            first(1, &[2]),
            first(1, &[1, 0]),
            first(1, &[]),
        ];
        for (place, bits) in all.iter().enumerate() {
            assert!(!all[..place].contains(bits));
        }
    }

    #[test]
    fn draws_keep_their_bounds() {
        let mut rng = Rng::stream(7, &[]);
        let span = Span { min: 5, max: 7 };
        let drawn: std::collections::BTreeSet<u64> = (0..200).map(|_| rng.span(span)).collect();
        assert_eq!(drawn.into_iter().collect::<Vec<_>>(), [5, 6, 7]);
        assert_eq!(rng.below(0), 0);
        assert!(rng.share(1_000_000) && !rng.share(0));
        let yes = (0..100_000).filter(|_| rng.share(200_000)).count();
        assert!((19_000..21_000).contains(&yes), "{yes} of 100,000 at 20 %");
    }

    #[test]
    fn what_is_certain_draws_nothing() {
        let mut rng = Rng::stream(7, &[]);
        let mut other = rng.clone();
        rng.share(0);
        rng.share(1_000_000);
        rng.span(Span::exactly(10));
        assert_eq!(rng.bits(), other.bits());
    }
}
