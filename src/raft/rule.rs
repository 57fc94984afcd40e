//! The rules of Raft, each with a switch that shows why the rule exists.

use super::Invariant;

/// What a rule is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Protects {
    /// Without the rule this invariant can be violated.
    Safety(Invariant),
    /// Without the rule nothing wrong is committed, but the cluster may fail to make progress.
    Availability,
}

impl Protects {
    /// What is protected, in a word.
    pub fn name(self) -> &'static str {
        match self {
            Protects::Safety(invariant) => invariant.name(),
            Protects::Availability => "availability",
        }
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct RuleInfo {
    /// The name in the command language.
    pub name: &'static str,
    /// What holds while the rule is on.
    pub holds: &'static str,
    /// What happens without it.
    pub without: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
    /// What it protects.
    pub protects: Protects,
    /// Other defences that hide the damage, to be switched off along with it: a statement each.
    pub companions: &'static [&'static str],
}

macro_rules! rules {
    ($( $variant:ident { name: $name:literal, holds: $holds:literal, without: $without:literal,
        source: $source:literal, protects: $protects:expr, companions: $companions:expr } )*) => {
        /// A rule of Raft that can be switched off.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Rule { $( #[doc = $holds] $variant, )* }

        impl Rule {
            /// Every rule, in the order of the table.
            pub const ALL: &'static [Rule] = &[ $( Rule::$variant, )* ];

            /// The rule's row in the table.
            pub fn info(self) -> &'static RuleInfo {
                match self { $( Rule::$variant => &RuleInfo {
                    name: $name, holds: $holds, without: $without, source: $source,
                    protects: $protects, companions: $companions,
                }, )* }
            }
        }
    };
}

use Invariant::*;
use Protects::{Availability, Safety};

/// Companion switches that let a node campaign and win while another leader is heard.
const ELECTIONS: &[&str] = &[
    "rule pre-vote off",
    "rule leader-stickiness off",
    "rule check-quorum off",
];
/// Changes of one voter at a time.
const SINGLE: &[&str] = &["set membership single"];
const SINGLE_ELECTIONS_AND_NOOP: &[&str] = &[
    "set membership single",
    "rule pre-vote off",
    "rule leader-stickiness off",
    "rule check-quorum off",
    "rule noop-on-election off",
];
const ELECTIONS_AND_NOOP: &[&str] = &[
    "rule pre-vote off",
    "rule leader-stickiness off",
    "rule check-quorum off",
    "rule noop-on-election off",
];

rules! {
    PersistVote { name: "persist-vote",
        holds: "A node writes its vote to disk before it answers.",
        without: "votedFor is lost in a crash, and the node votes twice in one term",
        source: "paper, Figure 2 and section 5.2", protects: Safety(ElectionSafety), companions: ELECTIONS }
    VoteOnce { name: "vote-once",
        holds: "A node votes for at most one candidate in a term.",
        without: "votedFor is cleared when a leader of the same term is heard, and given again",
        source: "paper, section 5.2", protects: Safety(ElectionSafety), companions: ELECTIONS }
    ElectionRestriction { name: "election-restriction",
        holds: "A node votes only for a candidate whose log is at least as up to date as its own.",
        without: "votes and pre-votes ignore the candidate's log",
        source: "paper, section 5.4.1", protects: Safety(LeaderCompleteness), companions: &[] }
    CommitCurrentTerm { name: "commit-current-term",
        holds: "A leader commits by counting replicas only entries of its own term.",
        without: "entries of older terms are committed by counting replicas",
        source: "paper, section 5.4.2, Figure 8", protects: Safety(LeaderCompleteness), companions: ELECTIONS_AND_NOOP }
    TruncateOnConflict { name: "truncate-on-conflict",
        holds: "A follower removes entries only where one conflicts with the leader's.",
        without: "every AppendEntries truncates what follows its entries",
        source: "paper, Figure 2, AppendEntries 3", protects: Safety(LeaderCompleteness), companions: &[] }
    CapCommitIndex { name: "cap-commit-index",
        holds: "A follower's commit index goes no further than the last entry the leader vouched for.",
        without: "the commit index follows leaderCommit past the last new entry",
        source: "paper, Figure 2, AppendEntries 5", protects: Safety(StateMachineSafety), companions: &[] }
    PrevLogCheck { name: "prev-log-check",
        holds: "A follower appends only where its log agrees with the leader's before the entries.",
        without: "entries are appended without the consistency check",
        source: "paper, section 5.3", protects: Safety(LogMatching), companions: &[] }
    RejectStaleTerm { name: "reject-stale-term",
        holds: "An old term is refused or ignored, a newer one taken over.",
        without: "votes and answers of an old term count",
        source: "paper, section 5.1", protects: Safety(ElectionSafety), companions: ELECTIONS }
    SyncBeforeReply { name: "sync-before-reply",
        holds: "A node answers only when what the answer promises is on its disk.",
        without: "a node answers before its write is synced",
        source: "paper, Figure 2, Persistent state", protects: Safety(LeaderCompleteness), companions: &[] }
    ReplyAfterCommit { name: "reply-after-commit",
        holds: "A client is answered when its entry is committed and applied.",
        without: "a client is answered when the leader has appended its entry",
        source: "paper, section 5.3", protects: Safety(Durability), companions: &[] }
    TermBeforeEntries { name: "term-before-entries",
        holds: "A term reaches the disk no later than the entries accepted in it.",
        without: "entries reach the disk before the term that they were accepted in",
        source: "dissertation, section 3.8", protects: Safety(LeaderCompleteness), companions: ELECTIONS }
    OneChangeAtATime { name: "one-change-at-a-time",
        holds: "A change of membership begins only when the one before it is committed.",
        without: "a second change starts before the first is committed, and majorities need not meet",
        source: "dissertation, section 4.1", protects: Safety(ElectionSafety), companions: SINGLE }
    CommitBeforeChange { name: "commit-before-change",
        holds: "A leader changes membership only after it has committed an entry of its own term.",
        without: "a new leader changes membership while an older change may still be committed elsewhere",
        source: "Ongaro, raft-dev, 2015: bug in single-server membership changes", protects: Safety(LeaderCompleteness), companions: SINGLE_ELECTIONS_AND_NOOP }
    StagedChange { name: "staged-change",
        holds: "Membership changes in stages of which each shares a majority with the one before.",
        without: "membership jumps straight from the old configuration to the new one",
        source: "paper, section 6, Figure 10", protects: Safety(ElectionSafety), companions: ELECTIONS }
    SeparateMajorities { name: "separate-majorities",
        holds: "A joint configuration needs a majority of the old voters and one of the new.",
        without: "one majority of all voters, old and new together, is enough",
        source: "paper, section 6", protects: Safety(LeaderCompleteness), companions: &[] }
    ConfigOnAppend { name: "config-on-append",
        holds: "A node uses the newest configuration in its log, committed or not.",
        without: "a configuration takes effect only when it is applied",
        source: "paper, section 6", protects: Safety(ElectionSafety), companions: ELECTIONS }
    LeaderCountsIfMember { name: "leader-counts-if-member",
        holds: "A leader counts itself only where it is a voter.",
        without: "a leader that is leaving counts itself in majorities it is no part of",
        source: "paper, section 6", protects: Safety(LeaderCompleteness), companions: &[] }
    LearnersDoNotVote { name: "learners-do-not-vote",
        holds: "Majorities are counted among voters; learners only receive the log.",
        without: "what learners hold counts towards the voters' majority",
        source: "dissertation, section 4.2.1", protects: Safety(LeaderCompleteness), companions: &[] }
    SnapshotKeepsSuffix { name: "snapshot-keeps-suffix",
        holds: "A snapshot of what the log holds already leaves the entries after it alone.",
        without: "an old snapshot that arrives late deletes the entries after it",
        source: "paper, Figure 13, InstallSnapshot 6", protects: Safety(LeaderCompleteness), companions: &[] }
    SnapshotCarriesConfig { name: "snapshot-carries-config",
        holds: "A snapshot holds the configuration as of its last entry.",
        without: "membership is not part of the snapshot, and a node falls back to the one it began with",
        source: "paper, section 7", protects: Safety(ElectionSafety), companions: &[] }
    ClientSessions { name: "client-sessions",
        holds: "A request that was applied already is answered from the client's session.",
        without: "a retried request is applied again",
        source: "dissertation, section 6.3", protects: Safety(ExactlyOnce), companions: &[] }
    ConfirmLeadership { name: "confirm-leadership",
        holds: "A leader confirms with a majority that it still leads before it answers a linearizable read.",
        without: "a leader answers linearizable reads from its own state at once",
        source: "dissertation, section 6.4", protects: Safety(Linearizability), companions: &[] }
    ReadAfterOwnCommit { name: "read-after-own-commit",
        holds: "A leader serves linearizable reads only after it has committed an entry of its own term.",
        without: "a new leader reads at a commit index that may be old",
        source: "dissertation, section 6.4", protects: Safety(Linearizability), companions: &[] }
    LeaseUnderDrift { name: "lease-under-drift",
        holds: "A lease is shorter than the time in which nobody else is elected, by as much as clocks may drift.",
        without: "a lease lasts as long by the leader's clock as votes are withheld by the others'",
        source: "dissertation, section 6.4.1", protects: Safety(Linearizability), companions: &["set reads lease"] }
    RandomizedTimeouts { name: "randomized-timeouts",
        holds: "Election timeouts are drawn at random from a range.",
        without: "all election timeouts are equal, and votes split again and again",
        source: "paper, section 5.2", protects: Availability, companions: &[] }
    PreVote { name: "pre-vote",
        holds: "A node asks whether it could win before it raises its term.",
        without: "a node campaigns at once, and a rejoining one deposes a healthy leader",
        source: "dissertation, section 9.6", protects: Availability, companions: &[] }
    LeaderStickiness { name: "leader-stickiness",
        holds: "A node grants no vote and no pre-vote while it hears a leader.",
        without: "votes and pre-votes are granted while a leader is heard",
        source: "dissertation, section 4.2.3", protects: Availability, companions: &[] }
    CheckQuorum { name: "check-quorum",
        holds: "A leader that hears no majority for an election timeout steps down.",
        without: "a leader that hears no majority stays leader",
        source: "dissertation, section 6.2", protects: Availability, companions: &[] }
    NoopOnElection { name: "noop-on-election",
        holds: "A new leader appends an entry of its own term at once.",
        without: "an inherited tail stays uncommitted until the next request",
        source: "paper, section 8", protects: Availability, companions: &[] }
    RemovedNodeSilenced { name: "removed-node-silenced",
        holds: "A vote request from outside the configuration is heeded only if its log is the newer one.",
        without: "a node that was removed and does not know it campaigns for ever, and is heard each time",
        source: "paper, section 6; dissertation, section 4.2.3", protects: Availability, companions: ELECTIONS }
}

impl Rule {
    /// The rule with this name.
    pub fn named(name: &str) -> Option<Rule> {
        Rule::ALL
            .iter()
            .copied()
            .find(|rule| rule.info().name == name)
    }
}

/// Which rules are on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rules(u64);

impl Default for Rules {
    /// All rules on.
    fn default() -> Rules {
        Rules(u64::MAX)
    }
}

impl Rules {
    /// True while the rule is on.
    pub fn on(self, rule: Rule) -> bool {
        self.0 & (1 << rule as u64) != 0
    }

    /// Switches a rule; true when that changed something.
    pub fn switch(&mut self, rule: Rule, on: bool) -> bool {
        let before = self.0;
        let bit = 1 << rule as u64;
        self.0 = if on { self.0 | bit } else { self.0 & !bit };
        self.0 != before
    }

    /// The rules that are off, in the order of the table.
    pub fn off(self) -> impl Iterator<Item = Rule> {
        Rule::ALL
            .iter()
            .copied()
            .filter(move |&rule| !self.on(rule))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        for &rule in Rule::ALL {
            assert_eq!(Rule::named(rule.info().name), Some(rule));
        }
    }

    #[test]
    fn a_switch_says_whether_it_changed_anything() {
        let mut rules = Rules::default();
        assert!(!rules.switch(Rule::PreVote, true));
        assert!(rules.switch(Rule::PreVote, false));
        assert_eq!(rules.off().collect::<Vec<_>>(), [Rule::PreVote]);
    }
}
