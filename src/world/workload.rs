//! The workload: requests at a fixed interval, from clients that take turns.

use std::collections::BTreeMap;

use super::command::Workload;
use super::{Due, World};
use crate::kv::{ClientId, Operation, Text};
use crate::raft::{Micros, Rng};

/// A workload that runs.
#[derive(Clone, Debug)]
struct Load {
    workload: Workload,
    since: Micros,
    /// The names of the keys, each made when it is first drawn.
    keys: BTreeMap<u64, Text>,
    /// Ticks so far.
    ticks: u64,
    /// Tells the ticks of this workload from those of one before it.
    generation: u64,
}

/// The workload that runs, if one does, and what goes on from one to the next.
#[derive(Clone, Debug)]
pub struct Workloads {
    load: Option<Load>,
    generations: u64,
    /// Values written so far; each is unique.
    values: u64,
    /// Whose turn it is, from 0.
    turn: u16,
    rng: Rng,
}

fn stream(seed: u64) -> Rng {
    const WORKLOAD: u64 = 0x776f_726b;
    Rng::stream(seed, &[WORKLOAD])
}

impl Workloads {
    /// No workload yet.
    pub fn new(seed: u64) -> Workloads {
        Workloads {
            load: None,
            generations: 0,
            values: 0,
            turn: 0,
            rng: stream(seed),
        }
    }

    /// Draws from the stream of another seed from now on.
    pub fn draw_anew(&mut self, seed: u64) {
        self.rng = stream(seed);
    }

    /// The workload that runs.
    pub fn current(&self) -> Option<Workload> {
        self.load.as_ref().map(|load| load.workload)
    }

    /// What is asked at a tick of the workload that runs.
    fn draw(&mut self) -> Option<Operation> {
        let load = self.load.as_mut()?;
        let number = self.rng.below(load.workload.keys.into()) + 1;
        let name = || format!("k{number}").into();
        let key = load.keys.entry(number).or_insert_with(name).clone();
        if self.rng.share(load.workload.reads) {
            return Some(Operation::Get { key });
        }
        self.values += 1;
        let value = format!("v{}", self.values).into();
        Some(Operation::Put { key, value })
    }
}

impl World {
    /// Starts a workload, instead of the one before, or ends it.
    pub(super) fn set_workload(&mut self, workload: Option<Workload>) {
        self.workloads.generations += 1;
        let generation = self.workloads.generations;
        self.workloads.load = workload.map(|workload| Load {
            workload,
            since: self.now,
            keys: BTreeMap::new(),
            ticks: 0,
            generation,
        });
        self.next_workload_tick();
    }

    fn next_workload_tick(&mut self) {
        let Some(load) = &mut self.workloads.load else {
            return;
        };
        load.ticks += 1;
        // Counted from the start, so that no rounding adds up.
        let passed =
            u128::from(load.ticks) * 1_000_000_000_000 / u128::from(load.workload.rate.max(1));
        let generation = load.generation;
        let at = load.since.saturating_add(passed as Micros);
        self.queue.add(at, Due::Workload { generation });
    }

    /// The workload asks something, if a client is free.
    pub(super) fn workload_tick(&mut self, generation: u64) {
        let load = self.workloads.load.as_ref();
        let Some(load) = load.filter(|load| load.generation == generation) else {
            return;
        };
        let (clients, turn) = (load.workload.clients, self.workloads.turn);
        let free = (0..clients)
            .map(|step| ClientId((turn + step) % clients + 1))
            .find(|&id| self.clients.is_free(id));
        if let Some(id) = free {
            self.workloads.turn = id.0 % clients;
            if let Some(operation) = self.workloads.draw() {
                self.ask(id, operation, None, None, 0);
            }
        }
        self.next_workload_tick();
    }
}
