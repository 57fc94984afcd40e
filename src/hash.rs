//! A hash that is fast and the same on every machine, and is not cryptographic: FxHash, which
//! Firefox and the Rust compiler used (crate `rustc-hash`, version 1).

/// Takes one more word into a hash.
#[inline]
pub(crate) fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95)
}
