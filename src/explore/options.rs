//! The options of a run, those that change while it goes on included, and rules of availability that
//! go off for a while.

use super::case::of_availability;
use crate::kv::Text;
use crate::raft::{Backtracking, Membership, Micros, ReadMode, Rng, Rule, Span};
use crate::session::chaos::MS;
use crate::world::command::{Command, Discovery, DiskChange, Group, Nodes, Setting};

/// What is set before the run: mostly as it is unless somebody says otherwise.
pub fn at_first(rng: &mut Rng, names: &[Text], leases: bool, setup: &mut Vec<Command>) {
    let mut set = |setting| setup.push(Command::Set { setting, on: None });
    if rng.below(2) == 0 {
        set(Setting::Membership(Membership::Single));
    }
    if leases {
        set(Setting::Reads(ReadMode::Lease));
    }
    if rng.below(2) == 0 {
        set(discovery(rng));
    }
    if rng.below(6) == 0 {
        set(Setting::ClientTimeout((20 + rng.below(500)) * MS));
        set(Setting::ClientRetries(rng.below(2) == 0));
    }
    match rng.below(6) {
        0 => set(Setting::ElectionTimeout(Span::millis(150, 160))),
        1 => set(Setting::ElectionTimeout(Span::millis(150, 600))),
        // What drifts apart takes time to do so.
        2 | 3 if leases => set(Setting::ElectionTimeout(Span::millis(1_000, 2_000))),
        _ => {}
    }
    for setting in of_nodes(rng) {
        let on = one_or_all(rng, names);
        setup.push(Command::Set { setting, on });
    }
}

fn discovery(rng: &mut Rng) -> Setting {
    let ways = [
        Discovery::Redirect,
        Discovery::Poll,
        Discovery::HealthCheck,
        Discovery::Forward,
    ];
    Setting::Discovery(ways[rng.below(4) as usize])
}

/// In some runs the clients look for the leader in another way all at once, while many of them are
/// at it: soon after some trouble.
pub fn other_discovery(rng: &mut Rng, until: Micros, steps: &mut Vec<(Micros, Command)>) {
    if rng.below(3) == 0 && !steps.is_empty() {
        let at = soon_after_trouble(rng, until, steps);
        let setting = discovery(rng);
        insert(at, Command::Set { setting, on: None }, steps);
    }
}

/// In some runs options change while the cluster runs, of all servers or of one, and rules of
/// availability go off for a while.
pub fn later(rng: &mut Rng, names: &[Text], until: Micros, steps: &mut Vec<(Micros, Command)>) {
    if rng.below(3) > 0 || steps.is_empty() {
        return;
    }
    for _ in 0..1 + rng.below(4) {
        let at = soon_after_trouble(rng, until, steps);
        if rng.below(2) == 0 {
            let rules: Vec<Rule> = of_availability().collect();
            let rule = rules[rng.below(rules.len() as u64) as usize];
            let back = (at + rng.below(2_000 * MS)).min(until);
            insert(at, Command::Rule { rule, on: false }, steps);
            insert(back, Command::Rule { rule, on: true }, steps);
            continue;
        }
        let settings = match rng.below(3) {
            0 => {
                let shortest = 100 + rng.below(400);
                let longest = shortest + rng.below(400);
                vec![Setting::ElectionTimeout(Span::millis(shortest, longest))]
            }
            1 => vec![Setting::Heartbeat((5 + rng.below(95)) * MS)],
            _ => of_nodes(rng),
        };
        for setting in settings {
            let on = one_or_all(rng, names);
            insert(at, Command::Set { setting, on }, steps);
        }
    }
}

/// In some runs messages and disks take no time at first: much happens in one instant.
pub fn no_time(rng: &mut Rng, setup: &mut Vec<Command>) {
    if rng.below(12) == 0 {
        let span = Span::millis(0, 0);
        let nodes = Nodes::group(Group::All);
        let change = DiskChange::Latency(span);
        setup.push(Command::Latency { span, link: None });
        setup.push(Command::Disk { nodes, change });
    }
}

/// Mostly all servers, which need not be alike.
fn one_or_all(rng: &mut Rng, names: &[Text]) -> Option<Nodes> {
    let some = rng.below(4) == 0;
    let place = rng.below(names.len() as u64) as usize;
    some.then(|| Nodes::named(names[place].clone()))
}

/// An instant up to half a second after one at which something happens.
fn soon_after_trouble(rng: &mut Rng, until: Micros, steps: &[(Micros, Command)]) -> Micros {
    let trouble = rng.below(steps.len() as u64) as usize;
    (steps[trouble].0 + rng.below(500 * MS)).min(until)
}

/// Adds a step, after those of the same instant.
fn insert(at: Micros, command: Command, steps: &mut Vec<(Micros, Command)>) {
    let place = steps.partition_point(|(earlier, _)| *earlier <= at);
    steps.insert(place, (at, command));
}

/// Options of which each server may have its own.
fn of_nodes(rng: &mut Rng) -> Vec<Setting> {
    let mut settings = Vec::new();
    match rng.below(4) {
        0 => settings.push(Setting::MaxAppend(1)),
        1 => settings.push(Setting::MaxAppend(1 + rng.below(4))),
        _ => {}
    }
    if rng.below(3) == 0 {
        settings.push(Setting::Inflight(1 + rng.below(4) as usize));
    }
    if rng.below(4) == 0 {
        settings.push(Setting::Backtracking(Backtracking::Naive));
    }
    if rng.below(3) == 0 {
        settings.push(Setting::ParallelDisk(false));
    }
    if rng.below(3) == 0 {
        settings.push(Setting::SnapshotEvery(1 + rng.below(20)));
        settings.push(Setting::SnapshotChunk(1 + rng.below(300)));
    }
    settings
}
