//! What must hold whatever goes wrong.

use std::cmp::Ordering;
use std::fmt;

macro_rules! invariants {
    ($( $(#[doc = $doc:literal])+ $variant:ident $name:literal; )*) => {
        /// A promise of the cluster to those who use it: Raft's safety properties (paper,
        /// Figure 3), and what clients may rely on.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Invariant { $( $(#[doc = $doc])+ $variant, )* }

        impl Invariant {
            /// Every invariant, in the order in which they are listed.
            pub const ALL: [Invariant; [$( $name ),*].len()] = [ $( Invariant::$variant, )* ];

            /// The name in the command language.
            pub fn name(self) -> &'static str {
                match self { $( Invariant::$variant => $name, )* }
            }
        }
    };
}

invariants! {
    /// At most one leader is elected in a term.
    ElectionSafety "election-safety";
    /// A leader never overwrites or removes entries of its own log.
    LeaderAppendOnly "leader-append-only";
    /// Two logs that hold an entry of the same index and term are equal up to it.
    LogMatching "log-matching";
    /// What is committed stands in the logs of all leaders of later terms.
    LeaderCompleteness "leader-completeness";
    /// No two nodes apply different entries at one index.
    StateMachineSafety "state-machine-safety";
    /// What clients see could have been done by one server, each request at once.
    Linearizability "linearizability";
    /// No request takes effect twice.
    ExactlyOnce "exactly-once";
    /// What was acknowledged is not lost.
    Durability "durability";
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Ord for Invariant {
    /// By name, as what was found is listed.
    fn cmp(&self, other: &Invariant) -> Ordering {
        self.name().cmp(other.name())
    }
}

impl PartialOrd for Invariant {
    fn partial_cmp(&self, other: &Invariant) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
