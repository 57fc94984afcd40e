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
    "election": "election" "failover" "partition" "transfer";
    "replication": "replication" "backtracking" "figure-7" "lossy";
    "reads": "stale-read" "read-modes";
    "safety": "figure-8" "figure-8-off";
    "snapshots": "snapshots";
    "membership": "when-it-counts" "join" "learners" "two-leaders" "three-to-five" "one-at-a-time"
        "add-under-partition" "leader-cut-off-while-adding" "leader-dies-while-adding"
        "leader-dies-while-removing" "second-change" "single-bug" "single-bug-off" "joint"
        "joint-crash-early" "joint-crash-late" "joint-or-single" "leave" "remove-leader"
        "remove-crashed" "refusals" "reboot" "reboot-loses";
}

/// The demo of that name, with or without `.raft`.
pub fn named(name: &str) -> Option<&'static Demo> {
    let name = name.strip_suffix(".raft").unwrap_or(name);
    DEMOS.iter().find(|demo| demo.name == name)
}
