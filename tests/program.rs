//! The program as it is installed, in a real pseudo-terminal: what a person sees and is left with.
#![cfg(unix)]

#[path = "fixtures/pty.rs"]
mod pty;
#[path = "program/signals.rs"]
mod signals;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use portable_pty::CommandBuilder;
use pty::{Pty, folder, restored};

const PROGRAM: &str = env!("CARGO_BIN_EXE_raft-playground");

/// The dashboard with these arguments, its journals in `state`.
fn dashboard(arguments: &[&str], state: &Path) -> Pty {
    Pty::open(pty::program(arguments, state), 160, 60)
}

/// The number of the leader in the head, and the term there.
fn leader(shown: &str) -> Option<(u16, u64)> {
    let head = shown.lines().next()?;
    let after = |word: &str| head.split_once(word)?.1.split_whitespace().next();
    let leader = after("leader n")?.parse().ok()?;
    Some((leader, after("term ")?.parse().ok()?))
}

/// The instant of the last event that says so, in milliseconds of virtual time.
fn told_at(shown: &str, words: &str) -> Option<u64> {
    let line = shown.lines().rfind(|line| line.contains(words))?;
    let (before, _) = line.split_once(words)?;
    let instants = before.split_whitespace().rev();
    let mut instants = instants.filter_map(|word| word.split_once('.'));
    instants.find_map(|(seconds, millis)| {
        Some(seconds.parse::<u64>().ok()? * 1000 + millis.parse::<u64>().ok()?)
    })
}

/// The places of messages on their way. The legend stands in a frame, with the same signs.
fn messages(shown: &str) -> BTreeSet<(usize, usize)> {
    let lines = shown.lines().enumerate().skip(1).take(30);
    let pane = lines.filter(|(_, line)| line.starts_with('│'));
    pane.flat_map(|(y, line)| {
        let cells = line.chars().enumerate().take(55);
        cells.filter_map(move |(x, ch)| "▸◂▾▴▷◁▽△►◄▼▲→←↑↓⇢⇠⇣⇡".contains(ch).then_some((x, y)))
    })
    .collect()
}

fn leave(mut pty: Pty) {
    pty.press("q");
    let (code, output) = pty.end();
    assert_eq!((code, restored(&output)), (0, true), "{output:?}");
}

#[test]
fn it_elects_a_leader_loses_it_and_gets_it_back() {
    let mut pty = dashboard(&["--seed", "7"], &folder("election"));
    let (first, term) = pty.see("a leader", leader);
    let mut places = BTreeSet::new();
    pty.see("messages that move", |shown| {
        places.extend(messages(shown));
        (places.len() >= 8).then_some(())
    });
    pty.press(&first.to_string());
    pty.see_text(&format!("n{first} · leader"));
    pty.press("c");
    // At once, before other events push it out of sight.
    let crashed = pty.see("the crash", |shown| {
        told_at(shown, &format!("» crash n{first}"))
    });
    let (second, newer) = pty.see("another leader", |shown| {
        leader(shown).filter(|&(node, _)| node != first)
    });
    assert!(newer > term);
    let elected = pty.see("its election", |shown| {
        told_at(shown, &format!("n{second} becomes leader of term {newer}"))
    });
    assert!(elected - crashed <= 1_000, "{crashed} to {elected} ms");
    pty.see_text(&format!("n{first} · down"));
    pty.press("c");
    pty.see_text(&format!("n{first} · follower"));
    leave(pty);
}

/// What a script brings with it may look like anything, but it does not steer the terminal.
#[test]
fn nothing_from_outside_steers_the_terminal() {
    let folder = folder("hostile");
    let evil = "\u{1b}]0;evil\u{7}\u{1b}[?5h\u{9b}?5h\u{202e}\u{2066}";
    let written: String = evil
        .chars()
        .map(|ch| format!("\\u{{{:x}}}", u32::from(ch)))
        .collect();
    let name = format!("{}/a{evil}.raft", folder.display());
    let steers = |output: &[u8]| {
        let text = String::from_utf8_lossy(output);
        let wanted = [
            "\u{1b}]",
            "\u{7}",
            "\u{1b}[?5h",
            "\u{9b}",
            "\u{202e}",
            "\u{2066}",
        ];
        wanted
            .into_iter()
            .find(|steer| text.contains(steer))
            .map(str::to_owned)
    };
    let run = |text: &str, how: &[&str]| {
        std::fs::write(&name, text).expect("a script");
        let output = Command::new(PROGRAM).args(how).arg(&name).output();
        output.expect("an end")
    };

    for text in [
        // As a script may say it.
        format!(
            "title \"t {written}\"\nsay \"s {written}\"\nput \"k {written}\" \"v {written}\"\n"
        ),
        format!("title \"t\"\nwait 1s\nexpect value n1 \"k{written}\" = \"{written}\"\n"),
        // As it stands in files that were not written in good faith.
        format!("title \"{evil}\"\n"),
        format!("{evil}\n"),
        format!("title \"t\"\ncluster {evil} b\n"),
        format!("title \"t\"\nwait {evil}\n"),
    ] {
        let checked = run(&text, &["check"]);
        let told = run(&text, &["run"]);
        let reported = run(&text, &["run", "--json", "--trace", "-"]);
        for output in [&checked, &told, &reported] {
            assert_eq!(steers(&output.stdout), None, "{text:?} {output:?}");
            assert_eq!(steers(&output.stderr), None, "{text:?} {output:?}");
        }
        let mut pty = dashboard(&[&name, "--speed", "10"], &folder);
        if checked.status.success() {
            pty.see("the end of the script", |shown| {
                ["has ended", "does not hold"]
                    .iter()
                    .any(|end| shown.contains(end))
                    .then_some(())
            });
            pty.press("q");
        }
        let raw = std::mem::take(&mut pty.raw);
        let (_, rest) = pty.end();
        let steered = steers(&raw).or_else(|| steers(rest.as_bytes()));
        assert_eq!(steered, None, "{text:?} {rest:?}");
    }
}

#[test]
fn a_session_leaves_a_journal_that_replays_it() {
    let state = folder("journal");
    let mut pty = dashboard(&["--seed", "7", "--speed", "1"], &state);
    pty.see("a leader", leader);
    pty.press("w");
    pty.see_text("» put x 1");
    pty.press("c");
    pty.see_text("» crash n1");
    leave(pty);
    let journals = std::fs::read_dir(state.join("raft-playground")).expect("journals");
    let journals: Vec<PathBuf> = journals.map(|file| file.expect("a file").path()).collect();
    let [journal] = journals.as_slice() else {
        panic!("{journals:?}");
    };
    let text = std::fs::read_to_string(journal).expect("a journal");
    assert!(text.contains("seed 7") && text.contains("put x 1") && text.contains("crash n1"));
    let mut command = Command::new(PROGRAM);
    command.arg("run").arg(journal).args(["--hosts", "inline"]);
    let output = command.output().expect("an end");
    assert!(output.status.success(), "{text}{output:?}");
}

/// The digest at the end of a run, in its story.
fn digest(told: &Output) -> String {
    let story = String::from_utf8_lossy(&told.stdout);
    let (_, after) = story.split_once(", digest ").expect("a digest");
    after
        .split_whitespace()
        .next()
        .expect("a digest")
        .to_owned()
}

#[test]
fn what_was_done_is_saved_copied_and_opened_again() {
    let folder = folder("saved");
    let mut command = CommandBuilder::new(PROGRAM);
    command.args(["--seed", "7", "--speed", "1"]);
    command.env("TERM", "xterm-256color");
    command.env("XDG_STATE_HOME", &folder);
    command.env("XDG_CONFIG_HOME", &folder);
    command.env("LC_ALL", "C.UTF-8");
    command.cwd(&folder);
    let mut pty = Pty::open(command, 160, 60);
    pty.see("a leader", leader);
    pty.press("w");
    pty.see_text("» put x 1");
    pty.press("c");
    pty.see_text("» crash n1");
    pty.press(" ");
    pty.see_text("││ 1×");
    pty.press(":expect role n1 down\r");
    pty.see_text("`expect role n1 down` holds: n1: down");
    pty.press("S");
    pty.see_text("save session-7.raft");
    pty.press("\r");
    pty.see_text("saved as session-7.raft: 7 lines");
    pty.press("y");
    pty.see_text("copied: a command of");
    // OSC 52, in base64.
    let raw = String::from_utf8_lossy(&pty.raw).into_owned();
    let (_, clip) = raw.split_once("\u{1b}]52;c;").expect("a copy");
    let clip = clip.split(['\u{1b}', '\u{7}']).next().expect("its end");
    let copied = BASE64_STANDARD.decode(clip).expect("base64");
    let copied = String::from_utf8(copied).expect("a command");
    let token = copied
        .strip_prefix("raft-playground --replay ")
        .expect("a command");
    let shown = pty.see("the instant", |shown| {
        shown.lines().next().map(str::to_owned)
    });
    leave(pty);

    let ended = |arguments: &[&str]| {
        let mut command = Command::new(PROGRAM);
        let output = command.args(arguments).current_dir(&folder).output();
        let output = output.expect("an end");
        assert!(output.status.success(), "{output:?}");
        output
    };
    let saved = digest(&ended(&["run", "session-7.raft"]));
    assert_eq!(digest(&ended(&["--replay", token])), saved);
    let mut pty = dashboard(&["--replay", token], &folder);
    // Paused, at the same instant, and in the same state.
    let (_, state) = shown.split_once('×').expect("a speed");
    pty.see("the same", |now| {
        now.lines().next()?.contains(state).then_some(())
    });
    pty.see_text("││ 0.1×");
    leave(pty);
}

#[test]
fn the_first_start_begins_the_tour_and_esc_skips_it() {
    let state = folder("first");
    let mut pty = dashboard(&[], &state);
    pty.see_text("Five servers, n1 to n5");
    pty.see_text("esc skip the tour");
    pty.press("\x1b");
    pty.see_text("free play");
    pty.press("o");
    pty.see_text("back to Tour: how do five servers agree?");
    // The foot is drawn last.
    pty.see_text("letters find");
    pty.press("\x1b");
    // An escape and a letter at once would be one key.
    pty.see_text("space pause");
    leave(pty);
    // Never again, unless it is asked for.
    let mut pty = dashboard(&[], &state);
    pty.see_text("Yours to break");
    pty.press(":tour\r");
    pty.see_text("Five servers, n1 to n5");
    pty.press("\x1b");
    pty.see_text("free play");
    leave(pty);
}

#[test]
fn who_asks_for_something_else_has_no_tour() {
    for (number, arguments) in [&["election"][..], &["--seed", "7"], &["--at", "1s"]]
        .into_iter()
        .enumerate()
    {
        let mut pty = dashboard(arguments, &folder(&format!("other-{number}")));
        pty.see_text("help");
        assert!(pty.see("a title", |shown| Some(!shown.contains("Tour"))));
        leave(pty);
    }
}

/// From first to last, as somebody may take it who does what is asked, and a little more.
#[test]
fn the_tour_can_be_finished() {
    let state = folder("tour");
    let mut pty = dashboard(&["tour", "--speed", "0.3"], &state);
    let select = |pty: &mut Pty| {
        let (node, _) = pty.see("a leader", leader);
        pty.press(&node.to_string());
        pty.see_text(&format!("n{node} · leader"));
    };
    pty.see_text("Your turn: press w");
    // What was not asked for does no harm.
    pty.press("r");
    pty.see_text("» get x");
    pty.press("w");
    pty.see_text("Now break something.");
    select(&mut pty);
    pty.press("c");
    pty.see_text("Press c again");
    pty.press("c");
    pty.see_text("Press p, then 1 and 2");
    pty.press("p");
    pty.see_text("mark one side");
    pty.press("12\r");
    pty.see_text("Press w, and see");
    pty.press("w");
    pty.see_text("Press H");
    pty.press("H");
    pty.see_text("Time goes both ways");
    pty.press(",,");
    pty.see_text("││ 0.3×");
    pty.press(" ");
    pty.see_text("That was the tour");
    pty.see_text("all it expected held");
    leave(pty);
}

#[test]
fn a_demo_is_chosen_played_taken_over_and_returned_to() {
    let state = folder("picker");
    let mut pty = dashboard(&["--seed", "7"], &state);
    pty.see("a leader", leader);
    pty.press("o");
    pty.see_text("what to play");
    pty.press("failov");
    pty.see_text("▸ Failover: what is lost");
    pty.press("\r");
    pty.see_text("· seed 3");
    pty.press("c");
    pty.see_text("you have taken over");
    pty.press("B");
    pty.see("the script again", |shown| {
        let silent = shown.contains("you have taken over") || shown.contains("» crash S2");
        (!silent && shown.contains("Five servers. S2 asks")).then_some(())
    });
    pty.press("B");
    pty.see_text("free play");
    // A script that is wrong changes nothing.
    let wrong = state.join("wrong.raft");
    std::fs::write(&wrong, "crush n1\n").expect("a script");
    pty.press(&format!(":open \"{}\"\r", wrong.display()));
    pty.see_text("did you mean `crash`?");
    // Where the line stands now the keys stood before: they are not there before it has gone.
    pty.see_text(": open");
    pty.press("\x1b");
    pty.see_text("space pause");
    pty.see_text("free play");
    leave(pty);
}

/// What the dashboard is like without a flag stands in a file, and flags win over it.
/// Futures are played while the time is held and nobody presses a key.
#[test]
fn what_may_come_is_answered() {
    let mut pty = dashboard(&["--seed", "7"], &folder("odds"));
    pty.see("a leader", leader);
    pty.press(" ");
    pty.press(":odds no leader within 400ms runs 200\r");
    pty.see_text("odds no leader within 400ms runs 200 · from ");
    pty.see_text("0 % of 200 futures (0): it never came true");
    pty.press("\u{1b}");
    pty.see("the panes again", |shown| {
        (!shown.contains("of 200 futures")).then_some(())
    });
    leave(pty);
}

#[test]
fn the_configuration_is_heeded() {
    let state = folder("config");
    let own = state.join("raft-playground");
    std::fs::create_dir_all(&own).expect("a folder");
    let write = |text: &str| std::fs::write(own.join("config.toml"), text).expect("a file");
    write("nodes = 3\nkeymap = \"vim\"\nlang = \"zh\"\nspeed = 0.5\nascii = true\n");
    let mut pty = dashboard(&["--seed", "7"], &state);
    pty.see_text("3 nodes - seed 7");
    pty.see_text("0.5x");
    pty.press("g");
    pty.see_text("g g start");
    pty.press("n");
    leave(pty);
    let mut pty = dashboard(&["--nodes", "4", "--speed", "0.2", "--ascii=false"], &state);
    pty.see_text("4 nodes · seed");
    pty.see_text("0.2×");
    leave(pty);
    // A script has its own speed.
    let mut pty = dashboard(&["failover", "--ascii=false"], &state);
    pty.see("another speed", |shown| {
        (!shown.lines().next()?.contains("0.5×")).then_some(())
    });
    leave(pty);

    write("nodes = 3\n\nkeymap = \"vimm\"\n");
    let mut pty = dashboard(&[], &state);
    pty.see_text("config.toml:3:10");
    pty.see_text("did you mean `vim`?");
    assert_eq!(pty.end().0, 2);
}

/// They come faster than the session answers, as from a key that is held down.
#[test]
fn of_keys_in_one_burst_each_knows_what_the_last_one_did() {
    let state = folder("burst");
    let mut pty = dashboard(&["--seed", "7"], &state);
    pty.see_text("seed 7");
    pty.press("lll");
    pty.see_text("loss 10%");
    pty.press("Lcc");
    pty.see_text("loss 5%");
    pty.see_text("» restart n1");
    leave(pty);
}

/// A terminal tells of the mouse in columns and rows from 1.
#[test]
fn the_mouse_is_listened_to_unless_it_is_left_to_the_terminal() {
    let state = folder("mouse");
    let mut pty = dashboard(&["--seed", "7"], &state);
    let (x, y) = pty.see("the log of n3", |shown| {
        let rows = shown.lines().enumerate().skip(1);
        let mut rows = rows.filter_map(|(y, row)| Some((row.rfind(" n3 ")?, y, row)));
        let (at, y, row) = rows.find(|(at, _, row)| row[..*at].chars().count() > 60)?;
        Some((row[..at].chars().count() + 2, y + 1))
    });
    pty.press(&format!("\x1b[<0;{x};{y}M\x1b[<0;{x};{y}m"));
    pty.see_text("╭ n3 · ");
    pty.press("\x1b[<65;1;1M");
    pty.see_text("╭ n4 · ");
    pty.press(&format!("\x1b[<2;{x};{y}M"));
    pty.see_text("crash n3");
    pty.press("\r");
    pty.see_text("» crash n3");
    // The tape, near its beginning.
    pty.press("\x1b[<0;12;59M\x1b[<0;12;59m");
    pty.see_text("◂◂");
    let raw = String::from_utf8_lossy(&pty.raw).into_owned();
    assert!(raw.contains("\x1b[?1000h"));
    leave(pty);
    let mut pty = dashboard(&["--seed", "7", "--no-mouse"], &state);
    pty.see_text("help");
    let raw = String::from_utf8_lossy(&pty.raw).into_owned();
    assert!(!raw.contains("\x1b[?1000h"));
    leave(pty);
}

#[test]
fn captions_are_in_the_language_that_was_asked_for() {
    let mut pty = dashboard(&["tour", "--lang", "zh"], &folder("lang"));
    pty.see_text("n1 到 n5 五台服务器");
    pty.see_text("导览：五台服务器怎样达成一致？");
    leave(pty);
}

#[test]
#[cfg(target_os = "linux")]
fn paused_and_untouched_it_costs_nothing() {
    let mut pty = dashboard(&["--seed", "7"], &folder("idle"));
    pty.see("a leader", leader);
    pty.press(" ");
    pty.see_text("││ 0.1×");
    let before = pty::ticks(&pty);
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert!(pty::ticks(&pty) - before <= 1);
    leave(pty);
}
