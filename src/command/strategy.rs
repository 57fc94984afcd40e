//! Any statement that can be written, for tests of properties.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::clean::steers;
use super::condition::{
    Asker, Clause, Cmp, Condition, Measure, Percentile, Question, ReplyWord, RoleWord, Subject,
};
use super::link::only_itself;
use super::nodes::MAX_CLIENTS;
use super::number::{LONGEST, SPEEDS};
use super::odds::MAX_RUNS;
use super::question::WORDS;
use super::statement::MAX_REPEATS;
use super::verb::VERBS;
use super::{
    Caption, Cluster, Dashboard, Export, Given, Line, Odds, Show, Statement, ViewName, Why,
};
use crate::kv::{ClientId, Operation, Text};
use crate::raft::{self, Invariant, Kind, Micros, ReadMode, RoleKind, Span};
use crate::world::command::{
    self, AdminVerb, ClockChange, DiskChange, End, Group, Handling, Link, Millionths, NodeRef,
    Nodes, Pick, Selector, Setting,
};
use crate::world::{Command, MAX_NODES};

/// Any text: words, keywords, quotes, new lines, control characters, other scripts.
fn text() -> BoxedStrategy<Text> {
    let verbs: Vec<&'static str> = VERBS.iter().map(|verb| verb.name).collect();
    prop_oneof![
        "[a-z0-9_]{1,5}(-[a-z0-9_]{1,3})?".prop_map(Text::from),
        select(verbs).prop_map(Text::from),
        select(vec![
            "missing",
            "none",
            "by",
            "all-leader",
            "-1",
            "1.5",
            "",
            "#",
            "a--b",
            "@"
        ])
        .prop_map(Text::from),
        vec(any::<char>(), 0..8).prop_map(|chars| chars.into_iter().collect::<String>().into()),
        vec(
            select(vec![
                '"', '\\', '\n', '\r', '\t', '\u{1b}', '\0', '\u{7f}', '\u{202e}', '复', 'é', ' ',
                'n'
            ]),
            0..8
        )
        .prop_map(|chars| chars.into_iter().collect::<String>().into()),
    ]
    .boxed()
}

fn caption() -> BoxedStrategy<Caption> {
    (text(), of(text()))
        .prop_map(|(text, zh)| Caption { text, zh })
        .boxed()
}

fn name() -> BoxedStrategy<Text> {
    select(vec!["n1", "n2", "S5", "A", "a_b", "_", "node", "c1x"])
        .prop_map(Text::from)
        .boxed()
}

fn node() -> BoxedStrategy<NodeRef> {
    prop_oneof![
        name().prop_map(NodeRef::Name),
        (1..=MAX_NODES as u16).prop_map(NodeRef::Number),
    ]
    .boxed()
}

/// Nodes in an action, or in a condition, where nobody draws lots.
fn nodes(random: bool) -> BoxedStrategy<Nodes> {
    let groups = Group::ALL.map(|(group, _)| group).into_iter();
    let groups: Vec<Group> = groups
        .filter(|&group| random || group != Group::Random)
        .collect();
    let selector = prop_oneof![
        vec(node(), 1..4).prop_map(Selector::These),
        select(groups).prop_map(Selector::Group),
    ];
    (selector.clone(), of(selector))
        .prop_map(|(base, less)| Nodes { base, less })
        .boxed()
}

fn actors() -> BoxedStrategy<Nodes> {
    nodes(true)
}

/// One node in an action, or where nobody draws lots.
fn one(random: bool) -> BoxedStrategy<Nodes> {
    let mut groups = vec![Group::Leader, Group::Selected];
    groups.extend(random.then_some(Group::Random));
    prop_oneof![
        node().prop_map(|node| Nodes::these(vec![node])),
        select(groups).prop_map(Nodes::group),
    ]
    .boxed()
}

fn client() -> BoxedStrategy<ClientId> {
    (1..=MAX_CLIENTS).prop_map(ClientId).boxed()
}

fn link() -> BoxedStrategy<Link> {
    let side = || actors().prop_map(End::Nodes);
    let client = || client().prop_map(End::Client);
    let ends = prop_oneof![(side(), side()), (client(), side()), (side(), client())];
    (ends, any::<bool>())
        .prop_map(|((from, to), both)| Link { from, to, both })
        .prop_filter("a node has no link to itself", |link| {
            !only_itself(&link.from, &link.to)
        })
        .boxed()
}

fn micros() -> BoxedStrategy<Micros> {
    let units = (0..2000u64, select(vec![1, 1_000, 1_000_000, 60_000_000]));
    prop_oneof![0..=LONGEST, units.prop_map(|(n, unit)| n * unit)].boxed()
}

fn span(min: Micros) -> BoxedStrategy<Span> {
    (micros(), micros())
        .prop_map(move |(a, b)| Span {
            min: a.min(b).max(min),
            max: a.max(b).max(min),
        })
        .boxed()
}

fn share() -> BoxedStrategy<Millionths> {
    (0..=1_000_000u32).boxed()
}

fn kind() -> BoxedStrategy<Option<Kind>> {
    of(select(Kind::ALL.to_vec())).boxed()
}

fn read_mode() -> BoxedStrategy<ReadMode> {
    select(vec![
        ReadMode::Linearizable,
        ReadMode::Lease,
        ReadMode::Leader,
        ReadMode::Stale,
    ])
    .boxed()
}

fn setting() -> BoxedStrategy<(Setting, bool)> {
    use Setting::*;
    let of_nodes = prop_oneof![
        micros().prop_map(|m| Heartbeat(m.max(1))),
        span(1).prop_map(ElectionTimeout),
        (1..=u64::MAX).prop_map(MaxAppend),
        (1..=u32::MAX).prop_map(|n| Inflight(n as usize)),
        select(vec![raft::Backtracking::Hint, raft::Backtracking::Naive]).prop_map(Backtracking),
        any::<bool>().prop_map(ParallelDisk),
        any::<u64>().prop_map(SnapshotEvery),
        (1..=u64::MAX).prop_map(SnapshotChunk),
        select(vec![raft::Membership::Joint, raft::Membership::Single]).prop_map(Membership),
        (0..1_000_000u32).prop_map(DriftBound),
    ];
    let discovery = {
        use command::Discovery::*;
        select(vec![Redirect, Poll, HealthCheck, Forward])
    };
    let of_clients = prop_oneof![
        discovery.prop_map(Discovery),
        micros().prop_map(|m| ClientTimeout(m.max(1))),
        any::<bool>().prop_map(ClientRetries),
        read_mode().prop_map(Reads),
    ];
    prop_oneof![
        of_nodes.prop_map(|setting| (setting, true)),
        of_clients.prop_map(|setting| (setting, false)),
    ]
    .boxed()
}

fn operation() -> BoxedStrategy<Operation> {
    prop_oneof![
        (text(), text()).prop_map(|(key, value)| Operation::Put { key, value }),
        text().prop_map(|key| Operation::Get { key }),
        text().prop_map(|key| Operation::Delete { key }),
        (text(), any::<i64>()).prop_map(|(key, amount)| Operation::Add { key, amount }),
        (text(), text()).prop_map(|(key, value)| Operation::Append { key, value }),
        (text(), of(text()), text()).prop_map(|(key, old, new)| Operation::Cas { key, old, new }),
    ]
    .boxed()
}

fn handle() -> BoxedStrategy<Command> {
    let handling = prop_oneof![
        Just(Handling::Drop),
        micros().prop_map(Handling::Delay),
        Just(Handling::Deliver),
        Just(Handling::Copy),
    ];
    let nth = prop_oneof![Just(1), 1..=u64::MAX];
    let count = prop_oneof![Just(Some(1)), of(1..=u64::MAX)];
    (handling, kind(), link(), nth, count)
        .prop_map(|(handling, kind, link, nth, count)| {
            let pick = Pick {
                kind: kind.filter(|&kind| link.carries(kind)),
                link,
                nth,
                count,
            };
            Command::Handle { handling, pick }
        })
        .boxed()
}

/// Islands that have no node in common.
fn islands() -> BoxedStrategy<Vec<Nodes>> {
    let groups =
        select(vec![Group::Leader, Group::Followers, Group::Random]).prop_map(Nodes::group);
    let lists = prop_oneof![
        Just(vec![Nodes::named("n1"), Nodes::named("n2")]),
        Just(vec![
            Nodes::these(vec![NodeRef::Name("A".into()), NodeRef::Number(3)]),
            Nodes::named("S5"),
            Nodes::named("B"),
        ]),
    ];
    prop_oneof![vec(groups, 1..4), lists].boxed()
}

/// Who is in the cluster, and what they keep.
fn membership() -> BoxedStrategy<Command> {
    let add = (node(), any::<bool>(), of(one(true)))
        .prop_map(|(node, learner, via)| Command::Add { node, learner, via });
    let verbs = AdminVerb::ALL.map(|(verb, _)| verb).to_vec();
    let admin = (select(verbs), one(true), actors(), of(one(true))).prop_map(
        |(verb, one, several, via)| {
            let nodes = match verb {
                AdminVerb::Members => several,
                _ => one,
            };
            Command::Admin { verb, nodes, via }
        },
    );
    prop_oneof![
        1 => add,
        3 => admin,
        1 => actors().prop_map(Command::Snapshot),
        1 => actors().prop_map(Command::Reboot),
    ]
    .boxed()
}

fn act() -> BoxedStrategy<Command> {
    use Command::*;
    let on_nodes = prop_oneof![
        actors().prop_map(Crash),
        actors().prop_map(Restart),
        actors().prop_map(Wipe),
        actors().prop_map(Stop),
        actors().prop_map(Resume),
        actors().prop_map(Isolate),
        actors().prop_map(Timeout),
        actors().prop_map(HoldTimer),
        actors().prop_map(ReleaseTimer),
    ];
    let links = prop_oneof![
        link().prop_map(Cut),
        link().prop_map(Mend),
        (share(), of(link())).prop_map(|(share, link)| Loss { share, link }),
        (share(), of(link())).prop_map(|(share, link)| Duplicate { share, link }),
        (span(0), of(link())).prop_map(|(span, link)| Latency { span, link }),
        (of(1..=u64::MAX), of(link())).prop_map(|(rate, link)| Bandwidth { rate, link }),
        handle(),
    ];
    let change = prop_oneof![
        (1..=1_000_000_000u32).prop_map(ClockChange::Rate),
        micros().prop_map(|m| ClockChange::Jump(m as i64)),
        micros().prop_map(|m| ClockChange::Jump(-(m as i64))),
    ];
    let disk = prop_oneof![
        span(0).prop_map(DiskChange::Latency),
        Just(DiskChange::Stall),
        Just(DiskChange::Ok),
    ];
    let clients = prop_oneof![
        (operation(), of(client()), of(one(true)), of(read_mode())).prop_map(
            |(operation, by, via, reads)| Request {
                operation,
                by,
                via,
                reads
            }
        ),
        (
            1..=100_000_000_000_u64,
            1..=u32::MAX,
            share(),
            1..=MAX_CLIENTS
        )
            .prop_map(|(rate, keys, reads, clients)| Workload(command::Workload {
                rate,
                keys,
                reads,
                clients
            })),
    ];
    prop_oneof![
        (setting(), of(actors())).prop_map(|((setting, of_nodes), on)| Set {
            setting,
            on: on.filter(|_| of_nodes),
        }),
        (select(raft::Rule::ALL.to_vec()), any::<bool>()).prop_map(|(rule, on)| Rule { rule, on }),
        on_nodes,
        links,
        islands().prop_map(Partition),
        (actors(), change).prop_map(|(nodes, change)| Clock { nodes, change }),
        (actors(), disk).prop_map(|(nodes, change)| Disk { nodes, change }),
        membership(),
        clients,
        select(vec![
            Heal,
            HandleOff,
            Calm,
            Chaos(true),
            Chaos(false),
            WorkloadOff
        ]),
    ]
    .boxed()
}

fn question() -> BoxedStrategy<Question> {
    let cmp = || {
        use Cmp::*;
        select(vec![Equal, Unequal, Less, AtMost, More, AtLeast])
    };
    let subject = || (any::<bool>(), nodes(false)).prop_map(|(any, nodes)| Subject { any, nodes });
    let role = {
        use RoleKind::*;
        let live = [Follower, PreCandidate, Candidate, Leader, Learner, Removed];
        select([&live.map(RoleWord::Role)[..], &[RoleWord::Down]].concat())
    };
    let asked = of(node()).prop_map(|node| node.map(|node| Nodes::these(vec![node])));
    let reply = prop_oneof![
        text().prop_map(ReplyWord::Value),
        select({
            use ReplyWord::*;
            vec![Ok, Missing, Mismatch, Refused, Timeout, Pending]
        }),
    ];
    let of_client = (client().prop_map(Asker::Client), reply);
    let of_admin = {
        use ReplyWord::*;
        (
            Just(Asker::Admin),
            select(vec![Ok, Refused, Timeout, Pending]),
        )
    };
    let reply = prop_oneof![3 => of_client, 1 => of_admin];
    let measures = select(Measure::ALL.map(|(measure, _)| measure).to_vec());
    let of_cluster = prop_oneof![
        asked.prop_map(Question::Leader),
        (cmp(), any::<u64>()).prop_map(|(cmp, n)| Question::Leaders(cmp, n)),
        (cmp(), any::<u64>()).prop_map(|(cmp, n)| Question::Elections(cmp, n)),
        (cmp(), micros()).prop_map(|(cmp, micros)| Question::Outage(cmp, micros)),
        (select(Percentile::ALL.to_vec()), cmp(), micros())
            .prop_map(|(percentile, cmp, micros)| Question::Latency(percentile, cmp, micros)),
        Just(Question::Linearizable),
        (kind(), cmp(), any::<u64>()).prop_map(|(kind, cmp, n)| Question::Sent(kind, cmp, n)),
        (kind(), cmp(), any::<u64>()).prop_map(|(kind, cmp, n)| Question::InFlight(kind, cmp, n)),
        of(select(Invariant::ALL.to_vec())).prop_map(Question::Violation),
        reply.prop_map(|(asker, reply)| Question::Reply(asker, reply)),
        of(nodes(false)).prop_map(Question::LogsAgree),
    ];
    let of_nodes = prop_oneof![
        (subject(), role).prop_map(|(subject, role)| Question::Role(subject, role)),
        (measures, subject(), cmp(), any::<u64>())
            .prop_map(|(measure, subject, cmp, n)| { Question::Measure(measure, subject, cmp, n) }),
        (subject(), vec(1..=u64::MAX, 0..4)).prop_map(|(subject, log)| Question::Log(subject, log)),
        (subject(), text(), of(text())).prop_map(|(subject, k, v)| Question::Value(subject, k, v)),
        (subject(), nodes(false)).prop_map(|(subject, list)| Question::Members(subject, list)),
        (subject(), of(nodes(false))).prop_map(|(subject, list)| Question::Learners(subject, list)),
        (subject(), any::<bool>()).prop_map(|(subject, joint)| Question::Joint(subject, joint)),
    ];
    prop_oneof![of_cluster, of_nodes].boxed()
}

fn condition() -> BoxedStrategy<Condition> {
    let clause =
        (any::<bool>(), question()).prop_map(|(negated, question)| Clause { negated, question });
    vec(clause, 1..4).prop_map(Condition).boxed()
}

fn given() -> BoxedStrategy<Given> {
    let log = vec(1..=1_u64 << 40, 0..4).prop_map(|mut log| {
        log.sort_unstable();
        log
    });
    (node(), of(1..=1_u64 << 40), of(node()), log, of(0..4u64))
        .prop_map(|(node, term, voted, log, commit)| Given {
            node: Nodes::these(vec![node]),
            term: term.map(|term| term.max(log.last().copied().unwrap_or(1))),
            voted: voted.filter(|_| term.is_some() || !log.is_empty()),
            commit: commit.map(|commit| commit.min(log.len() as u64)),
            log,
        })
        .boxed()
}

fn stage() -> BoxedStrategy<Statement> {
    let names = Just(vec!["A".into(), "n7".into(), "S_1".into()]).prop_shuffle();
    let cluster = prop_oneof![
        (1..=MAX_NODES as u16).prop_map(Cluster::Count),
        names.prop_map(Cluster::Names),
    ];
    prop_oneof![
        caption().prop_map(Statement::Title),
        caption().prop_map(Statement::About),
        cluster.prop_map(Statement::Cluster),
        any::<u64>().prop_map(Statement::Seed),
        given().prop_map(Statement::Given),
    ]
    .boxed()
}

/// A statement that takes no time and does not set the stage.
fn instant() -> BoxedStrategy<Statement> {
    let expect = condition().prop_map(|condition| Statement::Expect {
        condition,
        throughout: None,
    });
    let show = prop_oneof![
        condition().prop_map(Show::BreakWhen),
        SPEEDS.prop_map(Show::Speed),
        one(false).prop_map(Show::Focus),
        select(ViewName::ALL).prop_map(Show::View),
        Just(Show::BreakClear),
    ];
    let shown = prop_oneof![
        1 => caption().prop_map(Statement::Say),
        4 => show.prop_map(Statement::Show),
        1 => select(vec![Statement::Pause, Statement::Mark]),
    ];
    prop_oneof![
        4 => act().prop_map(Statement::Act),
        1 => condition().prop_map(Statement::Never),
        1 => condition().prop_map(Statement::Always),
        1 => expect,
        2 => shown,
    ]
    .boxed()
}

/// A caption that waits, and what is done where nobody is there.
fn ask() -> BoxedStrategy<Statement> {
    let otherwise = instant().prop_map(|statement| {
        Box::new(Line {
            number: 0,
            statement,
        })
    });
    (caption(), condition(), of(otherwise))
        .prop_map(|(caption, until, otherwise)| Statement::Ask {
            caption,
            until,
            otherwise,
        })
        .boxed()
}

fn why() -> BoxedStrategy<Why> {
    let node = || {
        let groups = select(vec![Group::Leader, Group::Selected]).prop_map(Nodes::group);
        prop_oneof![node().prop_map(|node| Nodes::these(vec![node])), groups]
    };
    let asker = prop_oneof![client().prop_map(Asker::Client), Just(Asker::Admin)];
    prop_oneof![
        select(vec![
            Why::Leader,
            Why::Config(None),
            Why::Latency,
            Why::Outage,
            Why::Elections
        ]),
        of(select(Invariant::ALL.to_vec())).prop_map(Why::Violation),
        node().prop_map(Why::Role),
        node().prop_map(Why::Term),
        node().prop_map(Why::Vote),
        (1..=u64::MAX, of(node())).prop_map(|(index, on)| Why::Commit(index, on)),
        (node(), 1..=u64::MAX).prop_map(|(node, index)| Why::Log(node, index)),
        (node(), text()).prop_map(|(node, key)| Why::Value(node, key)),
        node().prop_map(Why::Snapshot),
        node().prop_map(|node| Why::Config(Some(node))),
        asker.prop_map(Why::Reply),
        (1..=u64::MAX).prop_map(Why::Event),
    ]
    .boxed()
}

/// What stands in no script.
fn dashboard() -> impl Strategy<Value = Dashboard> {
    prop_oneof![
        text().prop_map(Dashboard::Open),
        select(vec![Dashboard::Back, Dashboard::Tour, Dashboard::RecordOff]),
        micros().prop_map(Dashboard::Goto),
        why().prop_map(Dashboard::Why),
        (condition(), of(1..=LONGEST), of(1..=MAX_RUNS)).prop_map(|(condition, within, runs)| {
            Dashboard::Odds(Odds {
                condition,
                within,
                runs,
            })
        }),
        (
            "\\PC{1,9}",
            of(0..=1_000_u64),
            of(1_000..=LONGEST),
            any::<bool>(),
        )
            .prop_map(|(file, from, to, force)| {
                Dashboard::Export(Export {
                    file: file.into(),
                    from,
                    to,
                    force,
                })
            }),
        ("\\PC{1,9}", any::<bool>()).prop_map(|(file, force)| Dashboard::Save {
            file: file.into(),
            force,
        }),
        ("\\PC{1,9}", any::<bool>()).prop_map(|(file, force)| Dashboard::Record {
            file: file.into(),
            force,
        }),
    ]
}

/// Any statement; lines that belong to it are numbered as they are printed.
pub(super) fn statement() -> BoxedStrategy<Statement> {
    let timed = prop_oneof![
        micros().prop_map(Statement::Wait),
        (condition(), of(micros()))
            .prop_map(|(condition, within)| Statement::WaitUntil { condition, within }),
        (condition(), micros()).prop_map(|(condition, micros)| Statement::Expect {
            condition,
            throughout: Some(micros),
        }),
        (micros(), instant()).prop_map(|(at, statement)| Statement::At(at, Box::new(statement))),
    ];
    let leaf = prop_oneof![
        3 => stage(),
        6 => instant(),
        3 => timed,
        2 => ask(),
        1 => dashboard().prop_map(Statement::Dashboard),
    ];
    let repeated = leaf.prop_recursive(3, 12, 4, |inner| {
        (1..=MAX_REPEATS.isqrt().isqrt(), vec(inner, 0..4)).prop_map(|(times, statements)| {
            let lines = statements.into_iter().map(|statement| Line {
                number: 0,
                statement,
            });
            Statement::Repeat(times, lines.collect())
        })
    });
    repeated
        .prop_map(|mut statement| {
            renumber(&mut statement, &mut 1);
            statement
        })
        .boxed()
}

fn renumber(statement: &mut Statement, number: &mut usize) {
    *number += 1;
    match statement {
        Statement::Repeat(_, lines) => {
            for line in lines {
                line.number = *number;
                renumber(&mut line.statement, number);
            }
            *number += 1;
        }
        Statement::Ask {
            otherwise: Some(line),
            ..
        } => {
            line.number = *number;
            *number += 1;
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_printed_is_read_back(statement in statement()) {
        let text = statement.to_string();
        let read = Statement::parse(&text, &[], true);
        prop_assert_eq!(read, Ok(statement), "{}", text);
    }

    #[test]
    fn what_is_printed_is_safe_to_show(statement in statement()) {
        let text = statement.to_string();
        prop_assert!(!text.contains(|c: char| steers(c) && c != '\n'), "{:?}", text);
    }
}

#[test]
fn every_verb_and_every_condition_is_drawn() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let statements = (0..6_000).filter_map(|_| statement().new_tree(&mut runner).ok());
    let text: Vec<String> = statements.map(|tree| tree.current().to_string()).collect();
    let text = text.join("\n");
    for verb in VERBS.iter() {
        let begins = |line: &str| line.split(' ').next() == Some(verb.name);
        assert!(text.lines().any(begins), "{}", verb.name);
    }
    for word in WORDS {
        assert!(text.contains(&format!(" {} ", word.name)), "{}", word.name);
    }
}
