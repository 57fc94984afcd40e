//! Everything that acts on the world, as data: each value is one statement of the language.

use crate::kv::{ClientId, Operation, Text};
use crate::raft::{Backtracking, Kind, Membership, Micros, ReadMode, Rule, Span};

/// With that many nodes chaos adds no new ones; the ones that it adds are called `n` and a number.
pub const MOST_DRAWN: usize = 9;

/// A share in millionths: 20 % is 200,000.
pub type Millionths = u32;

/// A node as it is written: by name, or by number in order of creation.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum NodeRef {
    /// `n1`, `S5`.
    Name(Text),
    /// `3`.
    Number(u16),
}

/// A word that stands for several nodes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    /// Every member and learner, up or down; a condition leaves out who is down.
    All,
    /// The voters.
    Voters,
    /// The learners.
    Learners,
    /// The live leader of the highest term.
    Leader,
    /// The live followers.
    Followers,
    /// The live candidates and pre-candidates.
    Candidates,
    /// Nodes that are up, stopped ones included.
    Up,
    /// Nodes that are down.
    Down,
    /// One node that is up, drawn from the script's own stream; in actions only.
    Random,
    /// The selected node; in the dashboard only.
    Selected,
}

impl Group {
    /// Every word, with how it is written.
    pub const ALL: [(Group, &'static str); 10] = [
        (Group::All, "all"),
        (Group::Voters, "voters"),
        (Group::Learners, "learners"),
        (Group::Leader, "leader"),
        (Group::Followers, "followers"),
        (Group::Candidates, "candidates"),
        (Group::Up, "up"),
        (Group::Down, "down"),
        (Group::Random, "random"),
        (Group::Selected, "@"),
    ];

    /// How the word is written.
    pub fn word(self) -> &'static str {
        let row = Group::ALL.iter().find(|(group, _)| *group == self);
        row.map_or("", |(_, word)| word)
    }
}

/// One side of a selection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Selector {
    /// Nodes by name or number, at least one.
    These(Vec<NodeRef>),
    /// Nodes by what they are.
    Group(Group),
}

/// A selection of nodes, resolved when its statement runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Nodes {
    /// The nodes meant …
    pub base: Selector,
    /// … less these (`all-leader`).
    pub less: Option<Selector>,
}

impl Nodes {
    /// One node by name.
    pub fn named(name: impl Into<Text>) -> Nodes {
        Nodes::these(vec![NodeRef::Name(name.into())])
    }

    /// Nodes by name or number.
    pub fn these(nodes: Vec<NodeRef>) -> Nodes {
        Nodes {
            base: Selector::These(nodes),
            less: None,
        }
    }

    /// Nodes by what they are.
    pub fn group(group: Group) -> Nodes {
        Nodes {
            base: Selector::Group(group),
            less: None,
        }
    }
}

/// One end of a link.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum End {
    /// Nodes.
    Nodes(Nodes),
    /// A client.
    Client(ClientId),
}

/// Directed links between two ends; with `both`, in both directions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// Where messages come from.
    pub from: End,
    /// Where they go.
    pub to: End,
    /// `<->` instead of `->`.
    pub both: bool,
}

impl Link {
    /// False for a kind of message that never goes there: a client and a node exchange requests
    /// and their answers only.
    pub fn carries(&self, kind: Kind) -> bool {
        let is_client = |end: &End| matches!(end, End::Client(_));
        let (from, to) = (is_client(&self.from), is_client(&self.to));
        match kind {
            _ if !from && !to => true,
            Kind::Request => from || self.both,
            Kind::RequestReply => to || self.both,
            _ => false,
        }
    }
}

/// Which messages are meant: one kind, or `any`.
pub type KindPattern = Option<Kind>;

/// What is done to a message by hand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Handling {
    /// It is lost.
    Drop,
    /// It arrives that much later, in microseconds.
    Delay(Micros),
    /// It arrives now.
    Deliver,
    /// It arrives twice.
    Copy,
}

/// Messages to handle: the `nth` that matches and those after it, `count` in all. Messages in
/// flight come first, in order of sending, then the next ones.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pick {
    /// Which kind.
    pub kind: KindPattern,
    /// On which links.
    pub link: Link,
    /// The first to take, from 1.
    pub nth: u64,
    /// How many to take; `None` for all.
    pub count: Option<u64>,
}

/// A clock's speed as an exact ratio to true time, in millionths: 1,100,000 runs 10 % fast.
pub type RateMillionths = u32;

/// What is done to a node's clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClockChange {
    /// It runs at this rate from now on.
    Rate(RateMillionths),
    /// It jumps by so many microseconds.
    Jump(i64),
}

/// What is done to a node's disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DiskChange {
    /// A sync takes this long.
    Latency(Span),
    /// No sync ends until the disk is `ok` again.
    Stall,
    /// Syncs go on. The latency stays.
    Ok,
}

/// How a client finds the leader.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Discovery {
    /// It follows the hint of a node that does not lead.
    Redirect,
    /// It asks one node after the other, and heeds no hint.
    Poll,
    /// It asks every node whether it leads, and then the one that does.
    HealthCheck,
    /// Any node takes the request and passes it on to the leader.
    Forward,
}

/// What is asked of the leader about who is in the cluster.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AdminVerb {
    /// `promote NODE`: a learner becomes a voter.
    Promote,
    /// `demote NODE`: a voter becomes a learner.
    Demote,
    /// `remove NODE`.
    Remove,
    /// `members NODES`: these are the voters.
    Members,
    /// `transfer NODE`: it is to lead.
    Transfer,
}

impl AdminVerb {
    /// Every verb with how it is written.
    pub const ALL: [(AdminVerb, &'static str); 5] = [
        (AdminVerb::Promote, "promote"),
        (AdminVerb::Demote, "demote"),
        (AdminVerb::Remove, "remove"),
        (AdminVerb::Members, "members"),
        (AdminVerb::Transfer, "transfer"),
    ];

    /// How the verb is written.
    pub fn word(self) -> &'static str {
        let row = AdminVerb::ALL.iter().find(|(verb, _)| *verb == self);
        row.map_or("", |(_, word)| word)
    }
}

/// An option with its new value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Setting {
    /// `heartbeat`.
    Heartbeat(Micros),
    /// `election-timeout`.
    ElectionTimeout(Span),
    /// `max-append`.
    MaxAppend(u64),
    /// `inflight`.
    Inflight(usize),
    /// `backtracking`.
    Backtracking(Backtracking),
    /// `parallel-disk`.
    ParallelDisk(bool),
    /// `snapshot-every`.
    SnapshotEvery(u64),
    /// `snapshot-chunk`.
    SnapshotChunk(u64),
    /// `membership`.
    Membership(Membership),
    /// `drift-bound`.
    DriftBound(Millionths),
    /// `discovery`.
    Discovery(Discovery),
    /// `client-timeout`.
    ClientTimeout(Micros),
    /// `client-retries`.
    ClientRetries(bool),
    /// `reads`.
    Reads(ReadMode),
}

/// Requests at a fixed interval.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Workload {
    /// Requests a second, in millionths, so that `0.5/s` is exact; at least 1.
    pub rate: u64,
    /// How many keys; they are called `k1`, `k2`, ….
    pub keys: u32,
    /// The share of reads.
    pub reads: Millionths,
    /// How many clients take turns, from `c1` on.
    pub clients: u16,
}

impl Workload {
    /// So many requests a second, in millionths, and the rest as it is when nobody says it.
    pub fn at(rate: u64) -> Workload {
        Workload {
            rate,
            keys: 10,
            reads: 0,
            clients: 5,
        }
    }
}

/// One statement that acts on the world.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// `set NAME VALUE [on NODES]`.
    Set { setting: Setting, on: Option<Nodes> },
    /// `rule NAME on|off`.
    Rule { rule: Rule, on: bool },
    /// `crash NODES`.
    Crash(Nodes),
    /// `restart NODES`.
    Restart(Nodes),
    /// `wipe NODES`.
    Wipe(Nodes),
    /// `stop NODES`.
    Stop(Nodes),
    /// `resume NODES`.
    Resume(Nodes),
    /// `partition n1,n2 | n3,n4`.
    Partition(Vec<Nodes>),
    /// `isolate NODES`.
    Isolate(Nodes),
    /// `heal`.
    Heal,
    /// `cut LINK`.
    Cut(Link),
    /// `mend LINK`.
    Mend(Link),
    /// `loss P [LINK]`.
    Loss {
        share: Millionths,
        link: Option<Link>,
    },
    /// `duplicate P [LINK]`.
    Duplicate {
        share: Millionths,
        link: Option<Link>,
    },
    /// `latency RANGE [LINK]`.
    Latency { span: Span, link: Option<Link> },
    /// `bandwidth N/s|none [LINK]`, in bytes a second; without a limit when `None`.
    Bandwidth {
        rate: Option<u64>,
        link: Option<Link>,
    },
    /// `drop`, `delay`, `deliver`, `copy`.
    Handle { handling: Handling, pick: Pick },
    /// `drop off`.
    HandleOff,
    /// `clock NODES …`.
    Clock { nodes: Nodes, change: ClockChange },
    /// `disk NODES …`.
    Disk { nodes: Nodes, change: DiskChange },
    /// `timeout NODES`.
    Timeout(Nodes),
    /// `hold-timer NODES`.
    HoldTimer(Nodes),
    /// `release-timer NODES`.
    ReleaseTimer(Nodes),
    /// `calm`.
    Calm,
    /// `chaos on|off`: what happens while it is on is drawn by the session.
    Chaos(bool),
    /// `add NODE [as learner] [via NODE]`; a node that does not exist yet is made.
    Add {
        node: NodeRef,
        learner: bool,
        via: Option<Nodes>,
    },
    /// `promote`, `demote`, `remove`, `members`, `transfer`. `members` may name nodes that do
    /// not exist yet: they are made.
    Admin {
        verb: AdminVerb,
        nodes: Nodes,
        via: Option<Nodes>,
    },
    /// `snapshot NODES`.
    Snapshot(Nodes),
    /// `reboot NODES`; nodes that do not exist yet are made.
    Reboot(Nodes),
    /// `put`, `get`, `del`, `add-to`, `append`, `cas`.
    Request {
        operation: Operation,
        by: Option<ClientId>,
        via: Option<Nodes>,
        reads: Option<ReadMode>,
    },
    /// `workload RATE …`.
    Workload(Workload),
    /// `workload off`.
    WorkloadOff,
}

impl Command {
    /// True for what the operator asks of the cluster, and is answered with `reply admin`.
    pub fn is_administrative(&self) -> bool {
        matches!(
            self,
            Command::Add { .. } | Command::Admin { .. } | Command::Snapshot(_) | Command::Reboot(_)
        )
    }

    /// True for what breaks something, or mends it. How fast things are, and when timers fire, is
    /// nobody's fault.
    pub fn is_fault(&self) -> bool {
        match self {
            Command::Crash(_)
            | Command::Restart(_)
            | Command::Wipe(_)
            | Command::Stop(_)
            | Command::Resume(_)
            | Command::Partition(_)
            | Command::Isolate(_)
            | Command::Heal
            | Command::Cut(_)
            | Command::Mend(_)
            | Command::Loss { .. }
            | Command::Duplicate { .. }
            | Command::Handle { .. }
            | Command::HandleOff
            | Command::Clock { .. }
            | Command::Calm
            | Command::Chaos(_)
            | Command::Reboot(_) => true,
            Command::Disk { change, .. } => !matches!(change, DiskChange::Latency(_)),
            Command::Set { .. }
            | Command::Rule { .. }
            | Command::Latency { .. }
            | Command::Bandwidth { .. }
            | Command::Timeout(_)
            | Command::HoldTimer(_)
            | Command::ReleaseTimer(_)
            | Command::Add { .. }
            | Command::Admin { .. }
            | Command::Snapshot(_)
            | Command::Request { .. }
            | Command::Workload(_)
            | Command::WorkloadOff => false,
        }
    }

    /// Every selection of nodes in the command, in the order in which it is written.
    pub fn selections_mut(&mut self) -> Vec<&mut Nodes> {
        match self {
            Command::Crash(nodes)
            | Command::Restart(nodes)
            | Command::Wipe(nodes)
            | Command::Stop(nodes)
            | Command::Resume(nodes)
            | Command::Isolate(nodes)
            | Command::Snapshot(nodes)
            | Command::Reboot(nodes)
            | Command::Timeout(nodes)
            | Command::HoldTimer(nodes)
            | Command::ReleaseTimer(nodes)
            | Command::Clock { nodes, .. }
            | Command::Disk { nodes, .. } => vec![nodes],
            Command::Partition(islands) => islands.iter_mut().collect(),
            Command::Cut(link) | Command::Mend(link) => link.selections_mut(),
            Command::Loss { link, .. }
            | Command::Duplicate { link, .. }
            | Command::Latency { link, .. }
            | Command::Bandwidth { link, .. } => {
                link.iter_mut().flat_map(Link::selections_mut).collect()
            }
            Command::Handle { pick, .. } => pick.link.selections_mut(),
            Command::Set { on, .. } => on.iter_mut().collect(),
            Command::Request { via, .. } | Command::Add { via, .. } => via.iter_mut().collect(),
            Command::Admin { nodes, via, .. } => {
                std::iter::once(nodes).chain(via.iter_mut()).collect()
            }
            Command::Rule { .. }
            | Command::Heal
            | Command::HandleOff
            | Command::Calm
            | Command::Chaos(_)
            | Command::Workload(_)
            | Command::WorkloadOff => Vec::new(),
        }
    }
}

impl Link {
    /// From these nodes to those.
    pub fn one_way(from: Nodes, to: Nodes) -> Link {
        Link {
            from: End::Nodes(from),
            to: End::Nodes(to),
            both: false,
        }
    }

    /// Every selection of nodes in the link.
    pub fn selections_mut(&mut self) -> Vec<&mut Nodes> {
        let ends = [&mut self.from, &mut self.to];
        let nodes = ends.into_iter().filter_map(|end| match end {
            End::Nodes(nodes) => Some(nodes),
            End::Client(_) => None,
        });
        nodes.collect()
    }
}
