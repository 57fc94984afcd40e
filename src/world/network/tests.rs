use super::*;

const A: Endpoint = Endpoint::Node(NodeId(1));
const B: Endpoint = Endpoint::Node(NodeId(2));
const C: Endpoint = Endpoint::Node(NodeId(3));
const CLIENT: Endpoint = Endpoint::Client(ClientId(1));

/// How long a message of 100 bytes takes.
fn after(network: &mut Network, way: Way, now: Micros) -> Micros {
    let passage = network.send(None, way, || 100, now);
    passage.expect("no loss was asked for").after
}

#[test]
fn islands_do_not_hear_one_another_but_clients_do() {
    let mut network = Network::new(1);
    network.partition(&[vec![NodeId(1)], vec![NodeId(2)]]);
    assert!(network.blocked(A, B));
    assert!(network.blocked(A, C), "a node not named is alone");
    assert!(!network.blocked(CLIENT, A));
    network.heal();
    assert!(!network.blocked(A, B));
}

#[test]
fn a_cut_has_a_direction() {
    let mut network = Network::new(1);
    network.cut(&[(A, B)]);
    assert!(network.blocked(A, B));
    assert!(!network.blocked(B, A));
    network.mend(&[(A, B)]);
    assert!(!network.blocked(A, B));
}

#[test]
fn bandwidth_makes_messages_queue() {
    let mut network = Network::new(1);
    network.change(ChannelChange::Latency(Span::exactly(1_000)), None);
    network.change(ChannelChange::Bandwidth(Some(1_000)), Some(&[(A, B)]));
    assert_eq!(after(&mut network, (A, B), 0), 101_000);
    assert_eq!(after(&mut network, (A, B), 0), 201_000);
    assert_eq!(after(&mut network, (B, A), 0), 1_000);
}

#[test]
fn each_filter_makes_a_copy_and_so_does_the_channel() {
    let mut network = Network::new(1);
    let filter = || {
        let links = BTreeSet::from([(A, B)]);
        Filter::new(Handling::Copy, None, links, 1, Some(1))
    };
    let copies = |network: &mut Network| {
        let passage = network.send(None, (A, B), || 100, 0);
        passage.expect("no loss was asked for").copies.len()
    };
    network.add_filter(filter());
    network.add_filter(filter());
    assert_eq!(copies(&mut network), 2);
    assert_eq!(copies(&mut network), 0);
    network.change(ChannelChange::Duplicate(1_000_000), None);
    network.add_filter(filter());
    assert_eq!(copies(&mut network), 2);
    assert_eq!(copies(&mut network), 1);
}

#[test]
fn what_has_no_kind_is_meant_by_any_only() {
    let filter = |kind| {
        let links = BTreeSet::from([(CLIENT, A)]);
        Filter::new(Handling::Drop, kind, links, 1, Some(1))
    };
    assert!(!filter(Some(Kind::Request)).takes(None, (CLIENT, A)));
    assert!(filter(Some(Kind::Request)).takes(Some(Kind::Request), (CLIENT, A)));
    assert!(filter(None).takes(None, (CLIENT, A)));
    assert!(!filter(None).takes(None, (A, CLIENT)));
}

#[test]
fn a_changed_bandwidth_has_nobody_wait_in_the_old_line() {
    let mut network = Network::new(1);
    let limit = |network: &mut Network, rate, links: Option<&[Way]>| {
        network.change(ChannelChange::Bandwidth(rate), links);
    };
    network.change(ChannelChange::Latency(Span::exactly(1_000)), None);
    limit(&mut network, Some(100), None);
    assert_eq!(after(&mut network, (A, B), 0), 1_001_000);
    limit(&mut network, Some(1_000), None);
    assert_eq!(after(&mut network, (A, B), 0), 101_000);
    // The same again is no change.
    limit(&mut network, Some(1_000), None);
    assert_eq!(after(&mut network, (A, B), 0), 201_000);
    limit(&mut network, None, Some(&[(A, B)]));
    assert_eq!(after(&mut network, (A, B), 0), 1_000);
    limit(&mut network, Some(1_000), Some(&[(A, B)]));
    assert_eq!(after(&mut network, (A, B), 0), 101_000);
    limit(&mut network, None, None);
    assert_eq!(after(&mut network, (A, B), 0), 1_000);
    assert!(network.links().is_empty());
}

#[test]
fn one_links_draws_do_not_disturb_anothers() {
    let draws = |disturb: bool| -> Vec<Micros> {
        let mut network = Network::new(7);
        let draw = |network: &mut Network| {
            if disturb {
                after(network, (A, C), 0);
            }
            after(network, (A, B), 0)
        };
        (0..20).map(|_| draw(&mut network)).collect()
    };
    assert_eq!(draws(false), draws(true));
}
