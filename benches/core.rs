//! How many commands a second are committed and applied by all of five nodes: the cores alone,
//! joined by plain queues, without world and without checks.

use std::collections::VecDeque;
use std::sync::Arc;

use divan::Bencher;
use divan::counter::ItemsCount;
use raft_playground::kv::{ClientId, Operation, Request};
use raft_playground::raft::{
    Configuration, Durable, Effect, Envelope, Input, Node, NodeId, Options, ReadMode, Rng, Rules,
    WriteId,
};

const NODES: u16 = 5;
const COMMANDS: u64 = 50_000;

fn main() {
    divan::main();
}

/// Five nodes and the messages between them; disks take no time.
struct Cluster {
    nodes: Vec<Node>,
    letters: VecDeque<Arc<Envelope>>,
    effects: Vec<Effect>,
}

impl Cluster {
    /// A cluster that node 1 leads.
    fn led() -> Cluster {
        let configuration = Configuration::of((1..=NODES).map(NodeId));
        let boot = |number| {
            let durable = Durable {
                configuration: configuration.clone(),
                ..Durable::default()
            };
            let options = Options {
                max_append: 256,
                ..Options::default()
            };
            let rng = Rng::stream(1, &[u64::from(number)]);
            Node::boot(
                NodeId(number),
                options,
                Rules::default(),
                durable,
                false,
                rng,
                0,
            )
        };
        let mut cluster = Cluster {
            nodes: (1..=NODES).map(boot).collect(),
            letters: VecDeque::new(),
            effects: Vec::new(),
        };
        cluster.tell(0, [Input::Campaign]);
        cluster.deliver();
        cluster
    }

    /// Gives a node its inputs. When it has worked on all of them its disk writes, in one sync, and
    /// what waited for that goes out.
    fn tell(&mut self, slot: usize, inputs: impl IntoIterator<Item = Input>) {
        let mut written = None;
        for input in inputs {
            written = self.step(slot, input).or(written);
        }
        while let Some(write) = written {
            written = self.step(slot, Input::Synced(write));
        }
    }

    /// Lets a node work; the newest write that it asks for.
    fn step(&mut self, slot: usize, input: Input) -> Option<WriteId> {
        let mut written = None;
        self.nodes[slot].step(1, 0, input, &mut self.effects);
        for effect in self.effects.drain(..) {
            match effect {
                Effect::Send { envelope, .. } => self.letters.push_back(envelope),
                Effect::Write { id, .. } => written = Some(id),
                _ => {}
            }
        }
        written
    }

    fn deliver(&mut self) {
        while let Some(letter) = self.letters.pop_front() {
            self.tell(letter.to.slot(), [Input::Receive(letter)]);
        }
    }
}

/// Commands are given `inflight` at a time; the next ones when all nodes have applied them.
#[divan::bench(args = [1, 256], sample_count = 10, sample_size = 1)]
fn committed_on_all_of_five(bencher: Bencher, inflight: u64) {
    let requests: Vec<Arc<Request>> = (1..=COMMANDS)
        .map(|serial| {
            Arc::new(Request {
                client: ClientId(1),
                serial,
                operation: Operation::Put {
                    key: "key".into(),
                    value: "sixteen bytes ok".into(),
                },
            })
        })
        .collect();
    bencher
        .counter(ItemsCount::new(COMMANDS))
        .with_inputs(Cluster::led)
        .bench_local_values(|mut cluster| {
            for batch in requests.chunks(inflight as usize) {
                let inputs = batch.iter().map(|request| Input::Request {
                    request: request.clone(),
                    reads: ReadMode::Leader,
                    forward: false,
                });
                cluster.tell(0, inputs);
                cluster.deliver();
            }
            assert_eq!(cluster.nodes[0].commit(), COMMANDS + 1);
            // Followers learn of the last commit with the next message, which does not come.
            let behind = |node: &Node| node.commit() + inflight <= COMMANDS;
            assert!(!cluster.nodes.iter().any(behind));
            cluster
        });
}
