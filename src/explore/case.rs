//! One run to try: a cluster, how it is set up, and what happens to it, drawn from a seed.

use super::{ending, options};
use crate::command::Statement;
use crate::kv::Text;
use crate::raft::rule::Protects;
use crate::raft::{Micros, ReadMode, Rng, Rule, Span};
use crate::session::chaos::{Chaos, Kinds, MS};
use crate::world::Stage;
use crate::world::command::{Command, DiskChange, Group, Nodes, Setting, Workload};

/// What the runs are to be like.
#[derive(Clone, Default, Debug)]
pub struct Wanted {
    /// So many nodes; drawn when not said.
    pub nodes: Option<u16>,
    /// Rules that are off, their companions with them.
    pub off: Vec<Rule>,
}

/// A run as it was drawn, or what is left of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Case {
    /// The seed of the run.
    pub seed: u64,
    /// The first voters.
    pub names: Vec<Text>,
    /// What is off because somebody wants it to be, at instant 0.
    pub off: Vec<Command>,
    /// What else is set at instant 0.
    pub setup: Vec<Command>,
    /// What happens, in order of time.
    pub steps: Vec<(Micros, Command)>,
    /// When the trouble is over.
    pub until: Micros,
    /// Whether the cluster must be well again after that.
    pub judged: bool,
}

impl Case {
    /// Draws a run.
    pub fn draw(seed: u64, wanted: &Wanted) -> Case {
        const FUZZ: u64 = 0x6675_7a7a;
        let mut rng = Rng::stream(seed, &[FUZZ]);
        let one = |rng: &mut Rng, of: &[u64]| of[rng.below(of.len() as u64) as usize];
        let drawn = one(&mut rng, &[3, 3, 3, 5, 5, 5, 4, 7]) as u16;
        let nodes = wanted.nodes.unwrap_or(drawn);
        let names: Vec<Text> = (1..=nodes)
            .map(|number| format!("n{number}").into())
            .collect();
        let off = off(wanted);
        let availability = wanted.off.iter().any(|rule| is_availability(*rule));
        let by_hand = rng.below(3) == 0;
        let mut setup = Vec::new();
        // Without those rules nothing false is committed. Alone, they are all on: else it could
        // not be said which rule's absence was found.
        let mut judged = wanted.off.is_empty() || availability;
        if wanted.off.is_empty() && rng.below(2) == 0 {
            judged = false;
            for rule in of_availability() {
                if rng.below(3) == 0 {
                    setup.push(Command::Rule { rule, on: false });
                }
            }
        }
        let leases = has_leases(&off) || off.is_empty() && rng.below(4) == 0;
        let changes = nodes > 1 && rng.below(2) == 0;
        options::at_first(&mut rng, &names, leases, &mut setup);
        let until = match by_hand {
            true => {
                nothing_is_drawn(one(&mut rng, &[10, 10, 5, 2]), &mut setup);
                one(&mut rng, &[500, 1_000, 2_000, 5_000]) * MS
            }
            false => {
                weather(&mut rng, &mut setup);
                one(&mut rng, &[2_000, 5_000, 12_000, 30_000]) * MS
            }
        };
        let kinds = Kinds {
            changes,
            leases,
            by_hand,
        };
        let mut chaos = Chaos::new(rng, names.clone(), kinds);
        let mut steps = Vec::new();
        let mut at = 0;
        loop {
            let (after, command) = chaos.draw();
            at += after;
            if at >= until {
                break;
            }
            steps.push((at, command));
        }
        // What is wanted off stays off.
        let about_membership = |command: &Command| {
            matches!(
                command,
                Command::Set {
                    setting: Setting::Membership(_),
                    ..
                }
            )
        };
        if off.iter().any(about_membership) {
            steps.retain(|(_, command)| !about_membership(command));
            setup.retain(|command| !about_membership(command));
        }
        if judged {
            options::other_discovery(&mut Rng::stream(seed, &[FUZZ, 2]), until, &mut steps);
        }
        // What is found is to be found by the absence of a rule, and not by another's.
        if wanted.off.is_empty() {
            let mut rng = Rng::stream(seed, &[FUZZ, 3]);
            options::later(&mut rng, &names, until, &mut steps);
            options::no_time(&mut Rng::stream(seed, &[FUZZ, 4]), &mut setup);
        }
        let mut rng = Rng::stream(seed, &[FUZZ, 1]);
        let until = match judged {
            true => ending::add(&mut rng, &names, until, &mut steps),
            false => until,
        };
        Case {
            seed,
            names,
            off,
            setup,
            steps,
            until,
            judged,
        }
    }

    /// The stage on which it is played.
    pub fn stage(&self) -> Stage {
        Stage {
            seed: self.seed,
            names: self.names.clone(),
            given: Vec::new(),
        }
    }
}

/// True for a rule without which nothing false is committed, but the cluster may stand still.
pub fn is_availability(rule: Rule) -> bool {
    rule.info().protects == Protects::Availability
}

/// All rules of that kind.
pub fn of_availability() -> impl Iterator<Item = Rule> {
    let all = Rule::ALL.iter().copied();
    all.filter(|&rule| is_availability(rule))
}

/// The rules that are wanted off, and what goes off along with them.
fn off(wanted: &Wanted) -> Vec<Command> {
    let mut off = Vec::new();
    for &rule in &wanted.off {
        off.push(Command::Rule { rule, on: false });
        for companion in rule.info().companions {
            match Statement::parse(companion, &[], false) {
                Ok(Statement::Act(command)) if !off.contains(&command) => off.push(command),
                Ok(Statement::Act(_)) => {}
                other => unreachable!("the table of rules says {companion}: {other:?}"),
            }
        }
    }
    off
}

fn has_leases(off: &[Command]) -> bool {
    let leases = Command::Set {
        setting: Setting::Reads(ReadMode::Lease),
        on: None,
    };
    off.contains(&leases)
}

/// Timers wait for statements, and all messages take the same time: what happens is what is said,
/// and whatever is left out changes only what follows from it. The latency is in milliseconds.
fn nothing_is_drawn(latency: u64, setup: &mut Vec<Command>) {
    let span = Span::millis(latency, latency);
    setup.push(Command::Latency { span, link: None });
    setup.push(Command::HoldTimer(Nodes::group(Group::All)));
}

/// Links and disks other than usual, and a workload.
fn weather(rng: &mut Rng, setup: &mut Vec<Command>) {
    let latency = [
        Span::millis(10, 10),
        Span::millis(1, 3),
        Span::millis(1, 60),
    ];
    if rng.below(3) == 0 {
        let span = latency[rng.below(3) as usize];
        setup.push(Command::Latency { span, link: None });
    }
    if rng.below(3) == 0 {
        setup.push(Command::Disk {
            nodes: Nodes::group(Group::All),
            change: DiskChange::Latency(Span::millis(0, rng.below(30))),
        });
    }
    if rng.below(4) > 0 {
        setup.push(Command::Workload(Workload {
            rate: [2, 10, 40, 100][rng.below(4) as usize] * 1_000_000,
            keys: 1 + rng.below(3) as u32,
            reads: rng.below(600_000) as u32,
            clients: 1 + rng.below(5) as u16,
        }));
    }
}
