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
