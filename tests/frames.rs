//! Frames as text, to be read as prose, and frames of any size, which must not panic.

mod fixtures;
#[path = "fixtures/frame.rs"]
mod frame;
#[path = "fixtures/odds.rs"]
mod odds;
#[path = "fixtures/run.rs"]
mod run;

use std::sync::Arc;

use frame::{draw, text, ui};
use proptest::prelude::*;
use raft_playground::command::{Caption, Dashboard, Lang, Statement, ViewName};
use raft_playground::raft::{Invariant, NodeId};
use raft_playground::screen::units::Seconds;
use raft_playground::screen::{Choices, Overlay, Preview, Prompt, Row, Ui, legend};
use raft_playground::session::odds::Outcome;
use raft_playground::session::why::Step;
use raft_playground::session::why::Way;
use raft_playground::session::{Answer, Futures, Missing, Scene};
use raft_playground::tui::Keymap;
use raft_playground::world::view::Life;
use raft_playground::world::{Event, Hosts};
use ratatui::style::Modifier;

#[test]
fn figure_8_at_120_by_36() {
    insta::assert_snapshot!(text(&fixtures::figure_8(), &ui(), 120, 36));
}

#[test]
fn figure_8_at_80_by_24() {
    insta::assert_snapshot!(text(&fixtures::figure_8(), &ui(), 80, 24));
}

#[test]
fn figure_8_at_200_by_60() {
    insta::assert_snapshot!(text(&fixtures::figure_8(), &ui(), 200, 60));
}

#[test]
fn a_partition_rewound() {
    let ui = Ui {
        selected: NodeId(3),
        ..ui()
    };
    insta::assert_snapshot!(text(&fixtures::partitioned(), &ui, 120, 36));
}

#[test]
fn an_election_among_three() {
    let ui = Ui {
        selected: NodeId(2),
        ..ui()
    };
    insta::assert_snapshot!(text(&fixtures::election(), &ui, 100, 30));
}

#[test]
fn nine_nodes() {
    for (columns, rows) in [(120, 36), (80, 24), (200, 60)] {
        insta::assert_snapshot!(text(&fixtures::crowd(9), &ui(), columns, rows));
    }
}

#[test]
fn one_node() {
    insta::assert_snapshot!(text(&fixtures::crowd(1), &ui(), 80, 24));
}

#[test]
fn fifty_one_nodes() {
    let ui = Ui {
        selected: NodeId(30),
        ..ui()
    };
    for (columns, rows) in [(120, 36), (80, 24), (200, 60)] {
        insta::assert_snapshot!(text(&fixtures::crowd(51), &ui, columns, rows));
    }
}

#[test]
fn a_hundred_and_one_nodes_on_a_small_screen() {
    insta::assert_snapshot!(text(&fixtures::crowd(101), &ui(), 80, 24));
}

#[test]
fn a_small_terminal_is_told_what_is_needed() {
    insta::assert_snapshot!(text(&fixtures::figure_8(), &ui(), 40, 10));
}

#[test]
fn the_palette_offers_what_can_be_meant() {
    let mut ui = ui();
    ui.overlay = Overlay::Palette(Prompt {
        text: "cr".into(),
        cursor: 2,
        choices: vec![
            ("crash".into(), "lose memory and unsynced writes".into()),
            ("cut".into(), "a link carries nothing".into()),
        ],
        chosen: Some(0),
        ..Prompt::default()
    });
    insta::assert_snapshot!(text(&fixtures::figure_8(), &ui, 80, 24));
}

/// Without colour too: underlined.
#[test]
fn what_is_wrong_in_a_line_is_underlined() {
    let wrong = |text: &str, cursor: usize, wrong: std::ops::Range<usize>, columns: u16| {
        let prompt = Prompt {
            text: text.into(),
            cursor,
            error: Some("there is no node n9".into()),
            wrong,
            ..Prompt::default()
        };
        let ui = Ui {
            overlay: Overlay::Palette(prompt),
            ..ui()
        };
        let buf = draw(&fixtures::figure_8(), &ui, columns, 24);
        let last = buf
            .content()
            .chunks(usize::from(columns))
            .last()
            .expect("rows");
        let underlined = last
            .iter()
            .filter(|cell| cell.modifier.contains(Modifier::UNDERLINED));
        underlined
            .map(|cell| cell.symbol().to_owned())
            .collect::<String>()
    };
    assert_eq!(wrong("crash n9", 8, 6..8, 80), "n9");
    assert_eq!(wrong("crash n9", 0, 6..8, 80), "n9");
    assert_eq!(wrong("crash n9", 8, 0..0, 80), "");
    // Also while a part of the line is scrolled away.
    let long = format!("{} n9", "é".repeat(70));
    assert_eq!(wrong(&long, 73, 71..73, 60), "n9");
    assert_eq!(wrong(&long, 73, 0..18, 60), "é");
}

#[test]
fn help_lists_every_key() {
    for (columns, rows) in [(120, 36), (80, 24)] {
        let mut ui = ui();
        ui.view = ViewName::Help;
        ui.keys = Keymap::default().table();
        ui.keys.extend(legend::table());
        insta::assert_snapshot!(text(&fixtures::figure_8(), &ui, columns, rows));
    }
}

/// Whatever a pane draws that is no letter stands in the help with its meaning.
#[test]
fn help_tells_what_the_signs_mean() {
    let mut ui = ui();
    ui.view = ViewName::Help;
    ui.keys = legend::table();
    let drawn = text(&fixtures::figure_8(), &ui, 60, 40);
    for meaning in [
        "♛ leader",
        "○ follower",
        "◔ pre-candidate",
        "◑ candidate",
        "◇ learner",
        "∅ removed",
        "✝ down",
        "‖ stopped",
        "▒▒ in the snapshot",
        "* changed a moment ago",
        "? it is searched where the logs part",
        "× a fault, or its end",
        "✔ done",
        "✘ violated",
    ] {
        assert!(drawn.contains(meaning), "{meaning}: {drawn}");
    }
}

/// A list of what can be played, and one of it chosen.
fn choices(lang: Lang, typed: &str, chosen: usize) -> Overlay {
    let heading = |text: &str| Row::Heading(text.into());
    let choice = |text: &str, name: &str| Row::Choice {
        text: text.into(),
        name: name.into(),
    };
    let zh = lang == Lang::Zh;
    let title = match zh {
        true => "领导者切换：领导者崩溃会丢失什么？",
        false => "Failover: what is lost when the leader dies?",
    };
    let about = match zh {
        true => {
            "S2 当选后崩溃：一次写入已经答复，另一次还没有。S5 在下一任期当选，S2 恢复后成为它的跟随者。"
        }
        false => {
            "S2 leads and crashes, with one write acknowledged and one not. S5 wins the next term."
        }
    };
    let said = match zh {
        true => "五台服务器。S2 向其他服务器拉票；五票中得三票（含自己一票）即可当选。",
        false => "Five servers. S2 asks the others for their votes; three of five make it leader.",
    };
    let mut rows = vec![
        choice("back to free play, at 3.412 s", ""),
        choice("free play", ""),
        heading("election"),
        choice("Election: who leads when nobody does?", "election"),
        choice(title, "failover"),
        heading("membership"),
    ];
    let more = (1..30).map(|number| {
        let text =
            format!("The leader is cut off while it adds server {number}: what becomes of it?");
        choice(&text, "leader-cut-off-while-adding")
    });
    rows.extend(more);
    if !typed.is_empty() {
        rows.drain(..3);
        rows.truncate(2);
    }
    Overlay::Picker(Choices {
        prompt: Prompt {
            text: typed.into(),
            cursor: typed.chars().count(),
            ..Prompt::default()
        },
        rows,
        chosen: Some(chosen),
        preview: Some(Preview {
            title: title.into(),
            facts: "failover · 5 servers · election".into(),
            about: vec![about.into()],
            said: vec![said.into(), said.into()],
        }),
    })
}

#[test]
fn demos_to_choose_from() {
    for (columns, rows) in [(60, 18), (80, 24), (120, 36), (200, 60)] {
        let ui = Ui {
            overlay: choices(Lang::En, "", 4),
            ..ui()
        };
        insta::assert_snapshot!(text(&fixtures::figure_8(), &ui, columns, rows));
    }
}

#[test]
fn demos_that_fit_what_is_typed() {
    let ui = Ui {
        overlay: choices(Lang::En, "fail", 1),
        ..ui()
    };
    insta::assert_snapshot!(text(&fixtures::figure_8(), &ui, 80, 24));
}

/// The longest caption in Chinese, under a title in Chinese, while the script waits.
fn chinese() -> Scene {
    let mut scene = fixtures::figure_8();
    scene.title = Caption {
        text: "Figure 8".into(),
        zh: Some("图 8：什么时候才能说旧条目已经提交？".into()),
    };
    let zh = "条目 2 已在五台中的三台上，但还没有人可以说它“已提交”（论文的图 8）：按 c 让 S1 崩溃，看看\
              会发生什么；S5 会当选，把它覆盖掉。";
    let caption = Caption {
        text: "Entry 2 is on three of five servers.".into(),
        zh: Some(zh.into()),
    };
    scene.caption = Some((caption, 3_300_000));
    scene.asks = true;
    scene
}

#[test]
fn captions_and_titles_in_chinese() {
    let ui = Ui {
        lang: Lang::Zh,
        ..ui()
    };
    for (columns, rows) in [(60, 18), (80, 24), (120, 36)] {
        insta::assert_snapshot!(text(&chinese(), &ui, columns, rows));
    }
}

#[test]
fn demos_to_choose_from_in_chinese() {
    for (columns, rows) in [(60, 18), (80, 24), (120, 36)] {
        let ui = Ui {
            lang: Lang::Zh,
            overlay: choices(Lang::Zh, "", 4),
            ..ui()
        };
        insta::assert_snapshot!(text(&chinese(), &ui, columns, rows));
    }
}

/// Whatever lies over wide characters, none is drawn in half: each takes two cells, and what
/// stands beside it is drawn.
#[test]
fn no_character_is_halved_at_an_edge() {
    let mut scene = chinese();
    scene.notice = Some("服务器崩溃了".repeat(20).as_str().into());
    for columns in 60..130 {
        for overlay in [Overlay::None, choices(Lang::Zh, "", 4)] {
            let ui = Ui {
                lang: Lang::Zh,
                overlay,
                ..ui()
            };
            let buf = draw(&scene, &ui, columns, 24);
            for y in 0..24 {
                for x in 0..columns {
                    let wide = unicode_width::UnicodeWidthStr::width(buf[(x, y)].symbol()) > 1;
                    let covered = wide && (x + 1 == columns || buf[(x + 1, y)].symbol() != " ");
                    assert!(
                        !covered,
                        "{columns}: {x},{y}\n{}",
                        text(&scene, &ui, columns, 24)
                    );
                }
            }
        }
    }
}

#[test]
fn a_filter_finds_events_by_their_words() {
    let mut ui = ui();
    ui.filter = "vote S5".into();
    insta::assert_snapshot!(text(&fixtures::figure_8(), &ui, 120, 36));
}

/// The longest caption that a script may have is seen whole, also while there is a notice.
#[test]
fn the_longest_caption_is_whole_and_a_notice_does_not_hide_it() {
    let caption = "Entry 2 is on three of five servers, and still nobody may call it committed: \
                   that is what Figure 8 of the paper is about. Press c to crash S1, and see.";
    assert!(caption.len() >= 150);
    let mut scene = fixtures::figure_8();
    scene.caption = Some((caption.into(), 0));
    scene.notice = Some("the script has ended, and all it expected held".into());
    for (columns, rows) in [(60, 18), (80, 24), (120, 36), (200, 60)] {
        let drawn = text(&scene, &ui(), columns, rows);
        let words: Vec<&str> = drawn.split_whitespace().collect();
        assert!(words.join(" ").contains(caption), "{drawn}");
        assert!(drawn.contains("! the script has ended"), "{drawn}");
    }
}

/// What there is to try stands at the end of a notice.
#[test]
fn a_notice_is_seen_to_its_end() {
    let notice = "refused: n6 is not in the cluster: nothing holds it but itself, and so it stays. \
                  `add n6` asks for it once more, and `crash n6` ends it.";
    for caption in [
        Some(("Short.".into(), 0)),
        None,
        fixtures::figure_8().caption,
    ] {
        let mut scene = fixtures::figure_8();
        (scene.caption, scene.notice) = (caption, Some(notice.into()));
        for (columns, rows) in [(60, 18), (80, 24), (120, 36), (200, 60)] {
            let drawn = text(&scene, &ui(), columns, rows);
            let words: Vec<&str> = drawn.split_whitespace().collect();
            let words = words.join(" ");
            assert!(words.contains(notice), "{drawn}");
            let tape = format!(" {}", Seconds(scene.frontier));
            assert!(drawn.contains(" 0 s ") && drawn.contains(&tape), "{drawn}");
            let said = scene.caption.as_ref().map_or("", |(it, _)| &*it.text);
            assert!(words.contains(said), "{drawn}");
        }
    }
}

#[test]
fn a_title_has_the_room_of_the_seed_where_it_needs_it() {
    let mut scene = fixtures::figure_8();
    scene.title = "Figure 8: when may a leader".into();
    let head = |columns| {
        let drawn = text(&scene, &ui(), columns, 24);
        drawn.lines().next().unwrap_or_default().to_owned()
    };
    assert!(head(120).contains("Figure 8: when may a leader · 5 nodes · seed 42"));
    let narrower = head(92);
    assert!(
        narrower.contains("Figure 8: when may a leader ") && !narrower.contains("seed"),
        "{narrower}"
    );
    // The verdict is worth more than its end.
    let narrow = head(80);
    assert!(
        narrow.contains("Figure 8: w") && narrow.ends_with("✔ safe  ✔ linearizable"),
        "{narrow}"
    );
}

/// However far back an event is, it is seen when it is chosen, with those around it.
#[test]
fn a_chosen_event_is_in_sight() {
    let mut scene = fixtures::figure_8();
    scene.records = (1..=60)
        .map(|id| {
            let said = Event::Command(format!("set heartbeat {id}ms").as_str().into());
            fixtures::record(id, 3_000_000 + id * 1_000, None, said)
        })
        .collect();
    for (columns, rows) in [(80, 24), (120, 36), (200, 60)] {
        for event in [1, 2, 30, 59, 60] {
            let mut ui = ui();
            ui.event = Some(event);
            let drawn = text(&scene, &ui, columns, rows);
            let chosen = format!("3.0{event:02}▸");
            assert!(drawn.contains(&chosen), "no {chosen} in\n{drawn}");
        }
    }
    let mut ui = ui();
    ui.event = Some(30);
    let drawn = text(&scene, &ui, 80, 24);
    assert!(
        drawn.contains("heartbeat 29ms") && drawn.contains("heartbeat 31ms"),
        "{drawn}"
    );
}

/// What comes from outside cannot steer the terminal.
#[test]
fn no_control_character_reaches_the_screen() {
    let evil = "\u{1b}[2J\u{9b}31m\u{202e}\u{200b}\r\n\u{7}";
    let mut scene = fixtures::figure_8();
    scene.title = evil.into();
    scene.caption = Some((evil.into(), 0));
    scene.notice = Some(evil.into());
    for node in &mut scene.world.nodes {
        node.name = evil.into();
    }
    for (columns, rows) in [(80, 24), (200, 60)] {
        let drawn = text(&scene, &ui(), columns, rows);
        let bad = |ch: char| ch != '\n' && (ch.is_control() || "\u{202e}\u{200b}".contains(ch));
        assert!(!drawn.contains(bad), "{drawn:?}");
    }
}

/// n1 leads, is cut off with n2, and has an entry that three others lack.
fn explained(chosen: Option<usize>) -> (Scene, Ui) {
    let script = "cluster 5\nhold-timer all\nlatency 10ms\ntimeout n1\nwait until commit all = 1
partition n1,n2 | n3,n4,n5\nput x 1 via n1\nwait 50ms\n";
    let (_, _, session) = run::run("explained", script, Some(1), Hosts::Inline);
    let asked = Statement::parse("why not committed 2", &[], true);
    let Ok(Statement::Dashboard(Dashboard::Why(why))) = asked else {
        panic!("{asked:?}");
    };
    let mut scene = fixtures::scene("free play", session.world().view());
    scene.records = session.records(500);
    let mut ui = ui();
    ui.overlay = Overlay::Why {
        told: fixtures::answered(1, session.why(&why), &scene),
        chosen,
    };
    (scene, ui)
}

#[test]
fn an_answer_lies_below_what_it_tells_of() {
    let (scene, ui) = explained(None);
    insta::assert_snapshot!(text(&scene, &ui, 120, 36));
    let (scene, ui) = explained(Some(1));
    insta::assert_snapshot!(text(&scene, &ui, 80, 24));
}

/// Five servers whose leader has just crashed, and what may come of it.
fn forecast(question: &str) -> (Scene, Ui) {
    let script = "cluster 5\nseed 7\nwait until leader\nwait 400ms\ncrash leader\n";
    let (_, _, session) = run::run("forecast", script, None, Hosts::Inline);
    let Ok(Statement::Dashboard(Dashboard::Odds(question))) = Statement::parse(question, &[], true)
    else {
        panic!("{question} is no question");
    };
    let mut futures = Futures::play(&session, &question, 2);
    futures.wait();
    let mut scene = fixtures::scene("free play", session.world().view());
    scene.records = session.records(500);
    scene.odds = Some((1, Arc::new(futures.so_far())));
    let ui = Ui {
        overlay: Overlay::Odds,
        ..ui()
    };
    (scene, ui)
}

#[test]
fn what_may_come_lies_below_what_is() {
    let (scene, ui) = forecast("odds leader n1 within 500ms");
    for (columns, rows) in [(60, 18), (80, 24), (120, 36), (200, 60)] {
        insta::assert_snapshot!(text(&scene, &ui, columns, rows));
    }
    let (scene, ui) = forecast("odds leaders = 0 runs 5");
    insta::assert_snapshot!(text(&scene, &ui, 80, 24));
    let (mut scene, ui) = forecast("odds term n2 > 9 within 100ms runs 5");
    insta::assert_snapshot!(text(&scene, &ui, 80, 24));
    // While the futures are played, and what breaks in them.
    let came_of = [
        (Outcome::Came(1_234_000), 20),
        (Outcome::Came(4_000_000), 7),
        (Outcome::Never, 3),
        (Outcome::Violated(Invariant::LogMatching), 2),
        (Outcome::Endless, 1),
    ];
    scene.odds = Some((1, odds::forecast("odds leader", 1_000_000, &came_of)));
    insta::assert_snapshot!(text(&scene, &ui, 80, 24));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn any_size_and_any_scene_can_be_drawn(
        columns in 1_u16..220,
        rows in 1_u16..70,
        count in 1_u16..=101,
        selected in 1_u16..=101,
        down in proptest::collection::vec(0_usize..101, 0..6),
        side in 0_u16..101,
        name in "\\PC{0,14}",
        overlay in 0_u8..9,
        view in proptest::sample::select(ViewName::ALL),
        now in 0_u64..6_000_000,
    ) {
        let mut scene = fixtures::crowd(count);
        scene.world.now = now;
        scene.world.nodes[0].name = name.as_str().into();
        scene.caption = Some((name.as_str().into(), 0));
        for slot in down {
            if let Some(node) = scene.world.nodes.get_mut(slot) {
                node.life = Life::Down;
            }
        }
        let one: Vec<u16> = (1..=side.min(count)).collect();
        let other: Vec<u16> = (side + 1..=count).collect();
        fixtures::cut(&mut scene.world, &one, &other);
        let came_of = [(Outcome::Came(now), u64::from(side)), (Outcome::Came(1), 1)];
        scene.odds = Some((1, odds::forecast("odds leader", now, &came_of)));
        let prompt = Prompt { text: name.clone(), cursor: 1, ..Prompt::default() };
        let overlay = match overlay {
            0 => Overlay::None,
            1 => Overlay::Palette(prompt),
            2 => Overlay::Filter(prompt),
            3 => Overlay::Why {
                told: fixtures::answered(1, Answer {
                    question: name.clone(),
                    title: name.clone(),
                    headline: name.clone(),
                    steps: (0..usize::from(side)).map(|depth| Step {
                        at: now, event: None, node: None, words: name.clone(), depth,
                    }).collect(),
                    left_out: 3,
                    missing: [Way::Blocked, Way::ByItself, Way::ByHand].map(|way| Missing { words: name.clone(), way }).to_vec(),
                }, &scene),
                chosen: Some(usize::from(side / 2)),
            },
            4 => Overlay::Branches { chosen: usize::from(side) },
            5 => Overlay::Breakpoints { chosen: usize::from(side) },
            6 => Overlay::Picker(Choices {
                prompt,
                rows: vec![
                    Row::Heading(name.clone()),
                    Row::Choice { text: name.clone(), name: name.clone() },
                ],
                chosen: Some(1),
                preview: Some(Preview {
                    title: name.clone(),
                    about: vec![name.clone()],
                    ..Preview::default()
                }),
            }),
            7 => Overlay::Odds,
            _ => Overlay::Partition { marked: [NodeId(1)].into() },
        };
        let ui = Ui { selected: NodeId(selected), view, overlay, ..ui() };
        draw(&scene, &ui, columns, rows);
    }
}

/// A removed server runs on, but belongs to no island: those that are left are all.
#[test]
fn a_removed_server_is_in_no_island() {
    let script = "cluster 3\nhold-timer all\ntimeout n1\nwait until leader\nremove n3\nwait until role n3 removed\nisolate n1\n";
    let (_, _, session) = run::run("removed", script, Some(1), Hosts::Inline);
    let lines = |view: &raft_playground::world::View| {
        let lines = raft_playground::screen::panes::islands::lines(view);
        let told = lines.into_iter().map(|line| (line.names, line.words));
        told.collect::<Vec<_>>()
    };
    let alone = ("n1, n2".to_owned(), "alone, can do neither");
    assert_eq!(lines(&session.world().view()), [alone]);
    let (_, _, session) = run::run("healed", &format!("{script}heal\n"), Some(1), Hosts::Inline);
    let all = ("all".to_owned(), "can elect, can commit");
    assert_eq!(lines(&session.world().view()), [all]);
    // One that has not heard of it is not meant, and is not called nobody.
    let script = "cluster 3\nhold-timer all\ntimeout n1\nwait until leader\nisolate n3\nmembers n1,n2\nwait 500ms\n";
    let (_, _, session) = run::run("unheard", script, Some(1), Hosts::Inline);
    let both = ("n1 n2".to_owned(), "can elect, can commit");
    assert_eq!(lines(&session.world().view()), [both]);
    let script = format!("{script}crash n1,n2\n");
    let (_, _, session) = run::run("alone", &script, Some(1), Hosts::Inline);
    let nobody = ("no member runs".to_owned(), "nothing can be done");
    assert_eq!(lines(&session.world().view()), [nobody]);
}
