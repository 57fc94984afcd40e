//! Where a node runs: on a thread of its own, or on the caller's.

use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::raft::{Effect, EventId, Glance, Input, Micros, Node, NodeView};

/// Which kind of host nodes run on. The run is the same, byte for byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hosts {
    /// Every live node is an OS thread that owns its state.
    Threads,
    /// Nodes run on the thread that drives the world.
    Inline,
}

impl Hosts {
    /// The word on the command line and in the report.
    pub fn name(self) -> &'static str {
        match self {
            Hosts::Threads => "threads",
            Hosts::Inline => "inline",
        }
    }
}

/// What a node works on in one round, and what it answers. The buffers go back and forth, so
/// that nothing is allocated on the way.
#[derive(Default, Debug)]
pub struct Batch {
    /// The node's own clock.
    pub now: Micros,
    /// What it is told, in order, each with the event that brought it.
    pub inputs: Vec<(EventId, Input)>,
    /// What it answers.
    pub effects: Vec<Effect>,
    /// When it wants to be woken, by its own clock.
    pub deadline: Option<Micros>,
}

impl Batch {
    fn work(&mut self, node: &mut Node) {
        for (cause, input) in self.inputs.drain(..) {
            node.step(self.now, cause, input, &mut self.effects);
        }
        self.deadline = node.deadline();
    }
}

enum Call {
    Work(Box<Batch>),
    View(Micros),
    Glance,
    Copy,
}

enum Answer {
    Worked(Box<Batch>),
    View(Box<NodeView>),
    Glance(Box<Glance>),
    Copy(Box<Node>),
}

/// A node's thread as the world sees it.
#[derive(Debug)]
pub struct Remote {
    calls: Option<Sender<Call>>,
    answers: Receiver<Answer>,
    thread: Option<JoinHandle<()>>,
}

impl Remote {
    fn start(name: &str, mut node: Box<Node>) -> Remote {
        let (calls, inbox) = unbounded::<Call>();
        let (outbox, answers) = unbounded();
        let serve = move || {
            for call in inbox {
                let answer = match call {
                    Call::Work(mut batch) => {
                        batch.work(&mut node);
                        Answer::Worked(batch)
                    }
                    Call::View(now) => Answer::View(Box::new(node.view(now))),
                    Call::Glance => Answer::Glance(Box::new(node.glance())),
                    Call::Copy => Answer::Copy(node.clone()),
                };
                if outbox.send(answer).is_err() {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new()
            .name(format!("node-{name}"))
            .spawn(serve)
            .expect("the operating system has room for one more thread");
        Remote {
            calls: Some(calls),
            answers,
            thread: Some(thread),
        }
    }

    fn call(&self, call: Call) {
        // The thread ends only when `calls` is dropped, or by a panic, and then no answer comes.
        let _ = self.calls.as_ref().map(|calls| calls.send(call));
    }

    fn answer(&self) -> Answer {
        self.answers
            .recv()
            .expect("a node's thread lives until it is dropped; a panic in it was reported")
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        self.calls = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the node was or will be reported by whoever called it.
            let _ = thread.join();
        }
    }
}

/// A live node, wherever it runs.
#[derive(Debug)]
pub enum Host {
    /// On the caller's thread.
    Inline(Box<Node>),
    /// On its own.
    Thread(Remote),
}

impl Host {
    /// Puts a node on a host.
    pub fn start(hosts: Hosts, name: &str, node: Box<Node>) -> Host {
        match hosts {
            Hosts::Inline => Host::Inline(node),
            Hosts::Threads => Host::Thread(Remote::start(name, node)),
        }
    }

    /// Hands over a batch of inputs; with threads it is worked on meanwhile.
    pub fn begin(&mut self, batch: &mut Box<Batch>) {
        match self {
            Host::Inline(node) => batch.work(node),
            Host::Thread(remote) => remote.call(Call::Work(std::mem::take(batch))),
        }
    }

    /// Waits for the batch that was begun.
    pub fn finish(&mut self, batch: &mut Box<Batch>) {
        if let Host::Thread(remote) = self {
            match remote.answer() {
                Answer::Worked(done) => *batch = done,
                _ => unreachable!("calls are answered in order"),
            }
        }
    }

    /// The node as others may see it, at its own time `now`.
    pub fn view(&self, now: Micros) -> NodeView {
        match self {
            Host::Inline(node) => node.view(now),
            Host::Thread(remote) => {
                remote.call(Call::View(now));
                match remote.answer() {
                    Answer::View(view) => *view,
                    _ => unreachable!("calls are answered in order"),
                }
            }
        }
    }

    /// A few facts of the node.
    pub fn glance(&self) -> Glance {
        match self {
            Host::Inline(node) => node.glance(),
            Host::Thread(remote) => {
                remote.call(Call::Glance);
                match remote.answer() {
                    Answer::Glance(glance) => *glance,
                    _ => unreachable!("calls are answered in order"),
                }
            }
        }
    }

    /// A copy of the node.
    pub fn copy(&self) -> Box<Node> {
        match self {
            Host::Inline(node) => node.clone(),
            Host::Thread(remote) => {
                remote.call(Call::Copy);
                match remote.answer() {
                    Answer::Copy(node) => node,
                    _ => unreachable!("calls are answered in order"),
                }
            }
        }
    }
}
