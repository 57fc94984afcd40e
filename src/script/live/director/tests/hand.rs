//! Somebody who types whatever there is to type.

use super::keeping::{inline, keeps};
use super::*;
use crate::command::duration_text;
use crate::raft::{Rng, Rule};

/// A person who tries everything.
pub(super) struct Hand {
    rng: Rng,
    pub director: Director,
    /// It said what did not hold.
    pub failed: bool,
    /// It says only what holds.
    honest: bool,
}

const CONDITIONS: [&str; 10] = [
    "leader",
    "leaders = 1",
    "term any up > 3",
    "role any all down",
    "logs agree",
    "reply = ok",
    "reply admin = ok",
    "sent append > 100",
    "elections < 2",
    "linearizable",
];

const ALONE: [&str; 46] = [
    "crash random",
    "crash leader",
    "restart down",
    "restart down",
    "wipe down",
    "stop random",
    "resume up",
    "isolate random",
    "heal",
    "heal",
    "loss 5%",
    "loss 0%",
    "loss 30% c1->all",
    "duplicate 10%",
    "duplicate 0%",
    "latency 1ms..9ms",
    "bandwidth 90000/s",
    "drop append leader->all-leader count 3",
    "copy any all->random count 2",
    "deliver any all->leader count 5",
    "drop off",
    "clock random rate 1.05",
    "clock random jump 40ms",
    "clock random jump -30ms",
    "disk random latency 1ms..5ms",
    "disk random stall",
    "disk all ok",
    "timeout random",
    "hold-timer random",
    "release-timer all",
    "calm",
    "transfer random",
    "snapshot up",
    "workload 40/s keys 3 reads 30% clients 3",
    "workload off",
    "set heartbeat 30ms",
    "set election-timeout 100ms..200ms on random",
    "set snapshot-every 5",
    "set reads lease",
    "set membership single",
    "set discovery poll",
    "mark",
    "say \"a \\\"word\\\"\\nand more\" zh \"字幕\"",
    "never leaders > 9",
    "always leaders < 9 and last c9x >= 0",
    "wait 15ms",
];

impl Hand {
    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.rng.below(of.len() as u64) as usize].clone()
    }

    /// Something to type.
    fn line(&mut self) -> String {
        let names = self.director.names();
        let mut others = names.clone();
        let mut node = |hand: &mut Hand| {
            let place = hand.rng.below(others.len() as u64) as usize;
            others.remove(place)
        };
        let (a, b, c) = (node(self), node(self), node(self));
        let number = self.rng.below(1_000);
        let soon = duration_text(self.director.now() + number * 20);
        match self.rng.below(60) {
            0 => format!("partition {a},{b} | {c}"),
            1 => format!("cut {a}->{b}"),
            2 => format!("mend {a}<->{b}"),
            3 => format!("delay any {a}->{b} by 30ms nth 2"),
            4 => format!(
                "put k{} v{number} by c{} via random",
                number % 4,
                number % 3 + 1
            ),
            5 => format!("put \"a key\" \"{number} \\\"quoted\\\"\""),
            6 => format!("get k{} reads linearizable", number % 4),
            7 => format!("cas k1 missing {number}"),
            8 => format!("add-to n -{number}"),
            9 => format!("append k2 {a}"),
            10 => "del k1 via leader".to_owned(),
            11 if names.len() < 8 => format!("add m{number} as learner"),
            11 | 12 => format!("add {a}"),
            13 => format!("remove {a}"),
            14 => format!("promote {b}"),
            15 => format!("members {a},{b},{c}"),
            16 if number < 300 => format!("reboot {a},{b},{c}"),
            16 | 17 => format!("at {soon} timeout {a}"),
            18 => {
                let rule = self.one(Rule::ALL);
                let on = if number.is_multiple_of(2) {
                    "on"
                } else {
                    "off"
                };
                format!("rule {} {on}", rule.info().name)
            }
            19 => format!("expect leaders < 9 for {}us", number * 40),
            20..=26 => self.expectation(),
            _ => self.one(&ALONE).replace("c9x", &a),
        }
    }

    fn expectation(&mut self) -> String {
        let condition = self.one(&CONDITIONS);
        let not = self.rng.share(500_000);
        let text = |not: bool| format!("expect {}{condition}", if not { "not " } else { "" });
        let holds = |hand: &Hand, not: bool| {
            let parsed = Statement::parse(&text(not), &[], true);
            let Ok(Statement::Expect { condition, .. }) = parsed else {
                panic!("{}", text(not));
            };
            hand.director.session.judge().holds(&condition)
        };
        match (holds(self, not), self.honest) {
            (true, _) => text(not),
            (false, true) if holds(self, !not) => text(!not),
            // A selection of nobody: neither holds.
            (false, true) => "expect leaders < 9".to_owned(),
            (false, false) => {
                self.failed = true;
                text(not)
            }
        }
    }

    /// Lets some time pass.
    fn rest(&mut self) {
        self.director.obey(Ask::Play(true));
        let until = self.director.now() + self.rng.below(40_000);
        self.director.pass(until);
    }

    /// Goes somewhere else in time, and perhaps stays there.
    fn wander(&mut self) {
        let now = self.director.now();
        match self.rng.below(6) {
            0 => self.director.obey(Ask::Undo),
            1 => self.director.obey(Ask::StepBack),
            2 => self.director.obey(Ask::StepOn),
            3 => self.director.obey(Ask::SeekEnd),
            _ => {
                let back = self.rng.below(400_000);
                self.director.obey(Ask::Seek(now.saturating_sub(back)));
            }
        }
    }
}

/// A session of 300 statements, with some time after each. One that `wanders` is rewound, undone and
/// branched on the way; an `honest` one says only what holds.
pub(super) fn session_of(seed: u64, wanders: bool, honest: bool) -> Hand {
    let nodes = if seed.is_multiple_of(2) { 5 } else { 3 };
    let begin = Begin::free(free_stage(nodes, seed), || 99);
    let mut hand = Hand {
        rng: Rng::stream(seed, &[0x6861_6e64]),
        director: inline(Director::new(begin)),
        failed: false,
        honest,
    };
    for step in 0..300 {
        let line = hand.line();
        hand.director.type_in(&line);
        hand.rest();
        if wanders && hand.rng.below(8) == 0 {
            hand.wander();
            if step % 50 == 0 {
                keeps(&hand.director, false);
            }
        }
    }
    hand
}
