//! The demos that are built in.

use crate::command::{Diagnostics, Script};

/// One demo.
#[derive(Clone, Copy, Debug)]
pub struct Demo {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is about.
    pub topic: &'static str,
    /// The script.
    pub text: &'static str,
}

impl Demo {
    /// The script, read.
    ///
    /// # Errors
    /// What is wrong with it; a test sees to it that nothing is.
    pub fn script(&self) -> Result<Script, Diagnostics> {
        Script::parse(self.name, self.text)
    }
}

/// Plays when the program is not in a terminal and no script is named.
pub const DEFAULT: &str = "failover";

/// Plays on the first start of the dashboard.
pub const TOUR: &str = "tour";

macro_rules! demos {
    ($( $topic:literal: $( $name:literal )* ; )*) => {
        /// Every demo, by topic.
        pub const DEMOS: &[Demo] = &[ $( $( Demo {
            name: $name,
            topic: $topic,
            text: include_str!(concat!("../../demos/", $name, ".raft")),
        }, )* )* ];
    };
}

demos! {
    "tour": "tour";
    "election": "election" "one-candidate" "two-candidates" "split-vote" "odd-ties" "failover"
        "old-term" "stale-candidate" "partition" "smaller-side" "old-leader" "bad-link"
        "lost-answer" "transfer";
    "replication": "replication" "applied" "entry-kinds" "slow-follower" "lossy" "log-matching"
        "backtracking" "figure-7" "find-the-leader" "pipelining";
    "safety": "figure-8" "up-to-date" "inherited" "lock" "minority" "recovered";
    "snapshots": "snapshots";
    "membership": "when-it-counts" "join" "learners" "three-to-five" "one-at-a-time"
        "add-under-partition" "leader-cut-off-while-adding" "leader-dies-while-adding"
        "leader-dies-while-removing" "second-change" "single-bug" "joint" "joint-crash-early"
        "joint-crash-late" "joint-crash-ends" "joint-or-single" "leave" "remove-leader"
        "remove-crashed" "refusals" "reboot" "reboot-loses";
    "reads": "stale-read" "read-modes";
    "rules": "figure-8-off" "bad-link-off" "too-early" "two-leaders" "second-change-off"
        "single-bug-off";
}

/// The demo of that name, with or without `.raft`.
pub fn named(name: &str) -> Option<&'static Demo> {
    let name = name.strip_suffix(".raft").unwrap_or(name);
    DEMOS.iter().find(|demo| demo.name == name)
}
