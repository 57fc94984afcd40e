//! Directed links between nodes and from clients: latency, loss, duplication, bandwidth, cuts,
//! partitions, and messages handled by hand.

mod filter;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::command::{Handling, Millionths};
use super::event::DropReason;
use super::view::Channel;
use crate::kv::ClientId;
use crate::raft::{Kind, Micros, NodeId, Rng, Span};
pub use filter::Filter;

/// Who stands at the end of a link.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Endpoint {
    /// A node.
    Node(NodeId),
    /// A client.
    Client(ClientId),
}

impl From<NodeId> for Endpoint {
    fn from(node: NodeId) -> Endpoint {
        Endpoint::Node(node)
    }
}

impl From<ClientId> for Endpoint {
    fn from(client: ClientId) -> Endpoint {
        Endpoint::Client(client)
    }
}

impl Endpoint {
    /// Numbers that name the endpoint in a random stream.
    fn name(self) -> u64 {
        match self {
            Endpoint::Node(node) => u64::from(node.0),
            Endpoint::Client(client) => (1 << 32) | u64::from(client.0),
        }
    }
}

/// A link in one direction: from one end to the other.
pub type Way = (Endpoint, Endpoint);

/// What one link has of its own.
#[derive(Clone, Copy, Default, Debug)]
struct Own {
    loss: Option<Millionths>,
    duplicate: Option<Millionths>,
    latency: Option<Span>,
    /// The inner `None` is no limit, whatever holds in general.
    bandwidth: Option<Option<u64>>,
}

/// A property of a channel with its new value.
#[derive(Clone, Copy, Debug)]
pub enum ChannelChange {
    /// The share of messages lost.
    Loss(Millionths),
    /// The share of messages doubled.
    Duplicate(Millionths),
    /// How long a message takes.
    Latency(Span),
    /// Bytes a second; `None` for no limit.
    Bandwidth(Option<u64>),
}

/// How long a message that was handed to the network is on its way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Passage {
    /// It arrives after this long.
    pub after: Micros,
    /// So does each copy that was made: by the channel, and by every filter that wants one.
    pub copies: Vec<Micros>,
}

/// All links.
#[derive(Clone, Debug)]
pub struct Network {
    seed: u64,
    channel: Channel,
    own: BTreeMap<Way, Own>,
    streams: BTreeMap<Way, Rng>,
    busy_until: BTreeMap<Way, Micros>,
    /// The streams of links between the first nodes, found without a search.
    near: Vec<Option<Rng>>,
    island: BTreeMap<NodeId, usize>,
    partitioned: bool,
    isolated: BTreeSet<NodeId>,
    cut: BTreeSet<Way>,
    filters: Vec<Filter>,
}

/// Links among so many nodes are kept in a table.
const NEAR: usize = 16;

impl Network {
    /// A network without faults.
    pub fn new(seed: u64) -> Network {
        Network {
            seed,
            channel: Channel::default(),
            own: BTreeMap::new(),
            streams: BTreeMap::new(),
            busy_until: BTreeMap::new(),
            near: vec![None; NEAR * NEAR],
            island: BTreeMap::new(),
            partitioned: false,
            isolated: BTreeSet::new(),
            cut: BTreeSet::new(),
            filters: Vec::new(),
        }
    }

    /// The channels in general.
    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// The directed links between nodes that are not like the channels in general.
    pub fn links(&self) -> BTreeMap<(NodeId, NodeId), Channel> {
        let between_nodes = |&(from, to): &Way| match (from, to) {
            (Endpoint::Node(from), Endpoint::Node(to)) => Some((
                (from, to),
                self.channel_of(Endpoint::Node(from), Endpoint::Node(to)),
            )),
            _ => None,
        };
        let links = self.own.keys().filter_map(between_nodes);
        links.filter(|(_, own)| *own != self.channel).collect()
    }

    /// True when a node or a link is cut off.
    pub fn is_cut(&self) -> bool {
        self.partitioned || !self.isolated.is_empty() || !self.cut.is_empty()
    }

    /// True when a node was isolated.
    pub fn is_isolated(&self, node: NodeId) -> bool {
        self.isolated.contains(&node)
    }

    /// True when nothing differs from the defaults, and nothing is to be handled by hand.
    pub fn is_calm(&self) -> bool {
        let usual = self.channel == Channel::default() && self.own.is_empty();
        let free = self.busy_until.is_empty() && self.filters.iter().all(Filter::done);
        usual && free && !self.is_cut()
    }

    /// True when something is lost or doubled, or does not get through.
    pub fn is_faulty(&self) -> bool {
        let broken = |loss, duplicate| loss > 0 || duplicate > 0;
        let mut own = self.own.values();
        self.is_cut()
            || broken(self.channel.loss, self.channel.duplicate)
            || own.any(|own| broken(own.loss.unwrap_or(0), own.duplicate.unwrap_or(0)))
    }

    /// True when the link carries nothing. Clients reach every node through partitions.
    #[inline]
    pub fn blocked(&self, from: Endpoint, to: Endpoint) -> bool {
        let whole = self.cut.is_empty() && self.isolated.is_empty() && !self.partitioned;
        !whole && self.parts(from, to)
    }

    #[cold]
    fn parts(&self, from: Endpoint, to: Endpoint) -> bool {
        if self.cut.contains(&(from, to)) {
            return true;
        }
        let (Endpoint::Node(from), Endpoint::Node(to)) = (from, to) else {
            return false;
        };
        if self.isolated.contains(&from) || self.isolated.contains(&to) {
            return true;
        }
        // A node that no island names is an island of its own.
        self.partitioned
            && match (self.island.get(&from), self.island.get(&to)) {
                (Some(here), Some(there)) => here != there,
                _ => from != to,
            }
    }

    /// What becomes of a message of `size` bytes, asked for only where it matters, that is handed
    /// over now: what is done to it by hand, and what its link does.
    ///
    /// # Errors
    /// Why it is lost.
    pub fn send(
        &mut self,
        kind: Option<Kind>,
        way: Way,
        size: impl FnOnce() -> u64,
        now: Micros,
    ) -> Result<Passage, DropReason> {
        let handlings = match self.filters.is_empty() {
            true => Vec::new(),
            false => self.handlings(kind, way),
        };
        let (from, to) = way;
        if handlings.contains(&Handling::Drop) {
            return Err(DropReason::ByHand);
        }
        if self.blocked(from, to) {
            return Err(DropReason::Partition);
        }
        let mut passage = self.draw(from, to, size, now).ok_or(DropReason::Loss)?;
        for handling in handlings {
            match handling {
                Handling::Delay(by) => passage.after = passage.after.saturating_add(by),
                Handling::Deliver => passage.after = 0,
                Handling::Copy => passage.copies.push(self.draw_copy(from, to, now)),
                Handling::Drop => {}
            }
        }
        Ok(passage)
    }

    /// Draws what the channel does with a message; nothing when it loses it.
    fn draw(
        &mut self,
        from: Endpoint,
        to: Endpoint,
        size: impl FnOnce() -> u64,
        now: Micros,
    ) -> Option<Passage> {
        let channel = self.channel_of(from, to);
        let rng = self.stream(from, to);
        if rng.share(channel.loss) {
            return None;
        }
        let after = rng.span(channel.latency);
        let copy = rng
            .share(channel.duplicate)
            .then(|| rng.span(channel.latency));
        let queueing = match channel.bandwidth {
            Some(bandwidth) => self.transmit(from, to, bandwidth, size(), now),
            None => 0,
        };
        Some(Passage {
            after: queueing + after,
            copies: copy.map(|copy| queueing + copy).into_iter().collect(),
        })
    }

    /// How long the copy of a message that is copied by hand takes from `now` on, in microseconds: a
    /// latency drawn for it, after what was handed over has got onto a link of limited bandwidth.
    pub fn draw_copy(&mut self, from: Endpoint, to: Endpoint, now: Micros) -> Micros {
        let channel = self.channel_of(from, to);
        let busy = self.busy_until.get(&(from, to)).copied();
        let busy = busy.filter(|_| channel.bandwidth.is_some()).unwrap_or(now);
        let latency = self.stream(from, to).span(channel.latency);
        busy.saturating_sub(now).saturating_add(latency)
    }

    /// How long a message takes to get onto a link of limited bandwidth.
    fn transmit(
        &mut self,
        from: Endpoint,
        to: Endpoint,
        bandwidth: u64,
        size: u64,
        now: Micros,
    ) -> Micros {
        let takes = (size.saturating_mul(1_000_000)).div_ceil(bandwidth.max(1));
        let busy = self.busy_until.entry((from, to)).or_insert(0);
        *busy = (*busy).max(now).saturating_add(takes);
        *busy - now
    }

    #[inline(always)]
    fn channel_of(&self, from: Endpoint, to: Endpoint) -> Channel {
        match self.own.is_empty() {
            true => self.channel,
            false => self.own_channel(from, to),
        }
    }

    #[cold]
    fn own_channel(&self, from: Endpoint, to: Endpoint) -> Channel {
        let general = self.channel;
        let own = self.own.get(&(from, to)).copied().unwrap_or_default();
        Channel {
            loss: own.loss.unwrap_or(general.loss),
            duplicate: own.duplicate.unwrap_or(general.duplicate),
            latency: own.latency.unwrap_or(general.latency),
            bandwidth: own.bandwidth.unwrap_or(general.bandwidth),
        }
    }

    #[inline(always)]
    fn stream(&mut self, from: Endpoint, to: Endpoint) -> &mut Rng {
        let seed = self.seed;
        let begin = || {
            const LINK: u64 = 0x6c69_6e6b;
            Rng::stream(seed, &[LINK, from.name(), to.name()])
        };
        match (from, to) {
            (Endpoint::Node(a), Endpoint::Node(b)) if a.slot() < NEAR && b.slot() < NEAR => {
                self.near[a.slot() * NEAR + b.slot()].get_or_insert_with(begin)
            }
            _ => self.streams.entry((from, to)).or_insert_with(begin),
        }
    }

    /// Draws from the streams of another seed from now on.
    pub fn draw_anew(&mut self, seed: u64) {
        self.seed = seed;
        self.streams.clear();
        self.near.fill(None);
    }

    /// Changes all channels, or only some links. What is on its way arrives as it would have; what
    /// is sent from now on does not wait in line for what was sent at another bandwidth.
    pub fn change(&mut self, change: ChannelChange, links: Option<&[Way]>) {
        let lines = self.busy_until.keys();
        let rate = |network: &Network, (from, to): Way| network.channel_of(from, to).bandwidth;
        let before: Vec<_> = lines.map(|&way| (way, rate(self, way))).collect();
        self.set(change, links);
        for (way, before) in before {
            if rate(self, way) != before {
                self.busy_until.remove(&way);
            }
        }
    }

    fn set(&mut self, change: ChannelChange, links: Option<&[Way]>) {
        let Some(links) = links else {
            match change {
                ChannelChange::Loss(share) => self.channel.loss = share,
                ChannelChange::Duplicate(share) => self.channel.duplicate = share,
                ChannelChange::Latency(span) => self.channel.latency = span,
                ChannelChange::Bandwidth(rate) => self.channel.bandwidth = rate,
            }
            // What is said of all links holds for all of them.
            self.own.values_mut().for_each(|own| match change {
                ChannelChange::Loss(_) => own.loss = None,
                ChannelChange::Duplicate(_) => own.duplicate = None,
                ChannelChange::Latency(_) => own.latency = None,
                ChannelChange::Bandwidth(_) => own.bandwidth = None,
            });
            return;
        };
        for &link in links {
            let own = self.own.entry(link).or_default();
            match change {
                ChannelChange::Loss(share) => own.loss = Some(share),
                ChannelChange::Duplicate(share) => own.duplicate = Some(share),
                ChannelChange::Latency(span) => own.latency = Some(span),
                ChannelChange::Bandwidth(rate) => own.bandwidth = Some(rate),
            }
        }
    }

    /// Splits the nodes into islands; the partition before is replaced.
    pub fn partition(&mut self, islands: &[Vec<NodeId>]) {
        self.partitioned = true;
        self.island = islands
            .iter()
            .enumerate()
            .flat_map(|(number, nodes)| nodes.iter().map(move |&node| (node, number)))
            .collect();
    }

    /// Sets nodes apart, each alone, besides what is.
    pub fn isolate(&mut self, nodes: &[NodeId]) {
        self.isolated.extend(nodes);
    }

    /// Cuts links.
    pub fn cut(&mut self, links: &[Way]) {
        self.cut.extend(links);
    }

    /// Mends links that were cut.
    pub fn mend(&mut self, links: &[Way]) {
        for link in links {
            self.cut.remove(link);
        }
    }

    /// Ends partition, isolation and cuts.
    pub fn heal(&mut self) {
        self.partitioned = false;
        self.island.clear();
        self.isolated.clear();
        self.cut.clear();
    }

    /// Back to the defaults; only the random streams go on.
    pub fn calm(&mut self) {
        self.heal();
        self.channel = Channel::default();
        self.own.clear();
        self.busy_until.clear();
        self.filters.clear();
    }

    /// Has messages handled that are sent from now on.
    pub fn add_filter(&mut self, filter: Filter) {
        self.filters.push(filter);
    }

    /// Ends all filters.
    pub fn end_filters(&mut self) {
        self.filters.clear();
    }

    /// What filters want done with a message that is handed over now, in order of the filters.
    #[cold]
    fn handlings(&mut self, kind: Option<Kind>, way: Way) -> Vec<Handling> {
        let mut wanted = Vec::new();
        for filter in &mut self.filters {
            if filter.takes(kind, way) {
                wanted.push(filter.handling);
                // What is lost is there for no other filter.
                if filter.handling == Handling::Drop {
                    break;
                }
            }
        }
        self.filters.retain(|filter| !filter.done());
        wanted
    }
}
