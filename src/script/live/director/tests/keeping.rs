//! What is kept of a session, played again, is the session.

use std::path::{Path, PathBuf};

use super::hand::session_of;
use super::*;
use crate::raft::Rng;
use crate::script::{token, trace};
use crate::session::{Deed, Entry};

/// Plays a script as `run` does: how it ended, where, and its digest.
fn played(text: &str) -> (Outcome, Micros, u64) {
    let script = Script::parse("saved", text).unwrap_or_else(|wrong| panic!("{wrong}\n{text}"));
    let script = Arc::new(script);
    let manner = Manner::unwatched(64);
    let mut session = Session::new(stage(&script, None), manner);
    let outcome = Player::new(script).run(&mut session);
    (outcome, session.now(), session.world().trace().digest())
}

/// Opens a session as `--replay` does.
fn reopened(text: &str, at: Option<Micros>) -> Director {
    let script = Script::parse("token", text).expect("a script");
    let stage = stage(&script, None);
    inline(Director::new(Begin {
        script: Some(Arc::new(script)),
        reopens: true,
        at,
        ..Begin::free(stage, || 99)
    }))
}

/// It is not the threads that are tested here, and they take their time.
pub(super) fn inline(mut director: Director) -> Director {
    director.session.go_on(Hosts::Inline, KEEP);
    director
}

fn digest(director: &Director) -> u64 {
    director.session.world().trace().digest()
}

/// Saves what is shown, and plays it in every way. `failed` says whether something that was
/// expected did not hold.
pub(super) fn keeps(director: &Director, failed: bool) {
    let text = director.script_so_far();
    let (outcome, now, played) = played(&text);
    if failed {
        assert_eq!(outcome, Outcome::Failed, "{text}");
    } else {
        assert!(
            matches!(outcome, Outcome::Passed | Outcome::Violation),
            "{outcome:?}\n{text}"
        );
        assert_eq!((now, played), (director.now(), digest(director)), "{text}");
    }
    let unpacked = token::unpack(&token::pack(&text)).expect("a token");
    assert_eq!(unpacked, text);
    let again = reopened(&text, None);
    assert_eq!(
        (again.now(), digest(&again)),
        (director.now(), digest(director)),
        "{text}"
    );
    assert!(!again.playing());
    assert_eq!(again.script_so_far(), text);
}

#[test]
fn a_session_of_300_statements_replays_to_its_digest() {
    for seed in 0..50 {
        let hand = session_of(seed, false, true);
        // Most of it does something.
        let acts = |entry: &&Entry| matches!(entry.deed, Deed::Act(_));
        assert!(hand.director.session.past().filter(acts).count() > 120);
        keeps(&hand.director, false);
    }
}

/// What did not hold stops a script, but not who takes the session up again.
#[test]
fn so_does_one_in_which_not_everything_holds() {
    for seed in 0..10 {
        let hand = session_of(seed, false, false);
        assert!(hand.failed);
        keeps(&hand.director, true);
    }
}

#[test]
fn so_does_one_with_rewinding_and_branches() {
    for seed in 0..50 {
        let hand = session_of(seed, true, true);
        assert!(hand.director.session.branches().len() > 10);
        keeps(&hand.director, false);
    }
}

fn lines(director: &Director) -> Vec<String> {
    let text = director.script_so_far();
    text.lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn a_script_says_what_was_done_and_when() {
    let script = "title \"T\" zh \"题\"\ncluster A B C\nseed 5\ngiven A term 2 log 1 2\n\
                  set heartbeat 40ms\nsay \"hello\" zh \"你好\"\nwait 1s\ncrash random\n\
                  wait until leader\nmark\nexpect leaders = 1\n";
    let mut director = inline(scripted(script, None));
    director.pass(2_000_000);
    director.type_in("put x \"a b\" via leader");
    director.type_in("restart B");
    director.pass(2_000_700);
    let lines = lines(&director);
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    assert_eq!(lines.join("\n"), include_str!("kept.raft").trim_end());
    keeps(&director, false);
}

#[test]
fn what_holds_for_a_while_is_written_around_what_was_done_meanwhile() {
    let mut director = inline(free());
    director.pass(2_000_000);
    director.type_in("expect leader for 500ms");
    director.pass(2_100_000);
    director.type_in("put x 1");
    director.pass(2_200_000);
    let tail = |director: &Director| lines(director).split_off(3).join("; ");
    assert_eq!(
        tail(&director),
        "wait 2s; expect leader for 100ms; at 2.1s put x 1; expect leader for 100ms"
    );
    director.pass(2_600_000);
    director.obey(Ask::Play(true));
    director.pass(2_600_000);
    assert_eq!(
        tail(&director),
        "wait 2s; expect leader for 100ms; at 2.1s put x 1; expect leader for 400ms; wait 100ms"
    );
    keeps(&director, false);
    director.type_in("expect leader for 1s");
    assert!(tail(&director).ends_with("; expect leader for 0ms"));
    keeps(&director, false);
}

#[test]
fn what_did_not_hold_fails_the_script_and_not_the_session() {
    let mut director = inline(free());
    director.pass(1_000_000);
    director.type_in("expect leaders = 3");
    assert!(director.says("does not hold"));
    director.pass(1_500_000);
    director.type_in("crash n1");
    director.pass(2_000_000);
    keeps(&director, true);
}

#[test]
fn a_session_taken_up_again_goes_on_and_is_undone() {
    let mut director = inline(free());
    director.pass(1_000_000);
    director.type_in("crash n1");
    director.pass(1_500_000);
    director.type_in("expect role n1 leader");
    director.pass(2_000_000);
    let text = director.script_so_far();
    let mut again = reopened(&text, None);
    again.obey(Ask::Play(true));
    director.obey(Ask::Play(true));
    again.pass(4_000_000);
    director.pass(4_000_000);
    assert_eq!(digest(&again), digest(&director));
    again.obey(Ask::Undo);
    assert_eq!(again.now(), 1_500_000);
    again.obey(Ask::Undo);
    assert_eq!((again.now(), again.life(0)), (1_000_000, Life::Up));
    let earlier = reopened(&text, Some(700_000));
    assert_eq!(
        (earlier.now(), earlier.scene().frontier),
        (700_000, 2_000_000)
    );
    let later = reopened(&text, Some(4_000_000));
    assert_eq!(digest(&later), digest(&director));
}

fn folder(name: &str) -> PathBuf {
    let folder =
        std::env::temp_dir().join(format!("raft-playground-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_session_is_saved_whole_and_over_nobody_elses_file() {
    let folder = folder("save");
    let mut director = inline(free());
    director.pass(1_000_000);
    director.type_in("crash n1");
    let save = |director: &mut Director, name: &str, force: &str| {
        director.type_in(&format!("save \"{}/{name}\"{force}", folder.display()));
    };
    save(&mut director, "one", "");
    assert!(director.says("saved as") && director.says("one.raft: 5 lines, up to 1s"));
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a file");
    // The first line tells who wrote the file.
    let lines = |text: String| text.split_once('\n').expect("a line").1.to_owned();
    assert_eq!(lines(read("one.raft")), lines(director.script_so_far()));
    director.pass(1_200_000);
    save(&mut director, "one.raft", "");
    assert!(director.says("saved over"));
    assert_eq!(lines(read("one.raft")), lines(director.script_so_far()));

    let tested = format!("{}expect leaders = 1\n", read("one.raft"));
    std::fs::write(folder.join("one.raft"), &tested).expect("a file");
    save(&mut director, "one.raft", "");
    assert!(director.says("changed since") && director.says("force"));
    assert_eq!(read("one.raft"), tested);
    // Nothing was done: it is no statement of the run.
    assert_eq!(director.scene().undoable, 1);

    std::fs::write(folder.join("notes.txt"), "mine").expect("a file");
    save(&mut director, "notes.txt", "");
    assert!(director.says("was made in another way") && director.says("force"));
    assert_eq!(read("notes.txt"), "mine");
    save(&mut director, "notes.txt", " force");
    assert!(director.says("saved over"));
    assert_eq!(lines(read("notes.txt")), lines(director.script_so_far()));

    save(&mut director, "no/such/folder", "");
    assert!(director.says("not saved") && director.says("folder.raft"));
    std::fs::create_dir(folder.join("d.raft")).expect("a folder");
    save(&mut director, "d", "");
    assert!(director.says("not saved") && director.says("directory"));
    #[cfg(target_os = "linux")]
    {
        std::os::unix::fs::symlink("/dev/full", folder.join("full.raft")).expect("a link");
        save(&mut director, "full", "");
        assert!(director.says("not saved") && director.says("No space left"));
        std::fs::remove_file(folder.join("full.raft")).expect("the link");
    }
    assert_eq!(files(&folder), ["d.raft", "notes.txt", "one.raft"]);
    std::fs::remove_dir_all(&folder).expect("the end");
}

#[test]
fn a_session_that_no_script_can_hold_is_not_saved() {
    let folder = folder("long");
    let mut director = inline(free());
    for _ in 0..10_001 {
        director.type_in("loss 0%");
    }
    director.type_in(&format!("save \"{}/long\"", folder.display()));
    assert!(
        director.says("not saved") && director.says("too many"),
        "{:?}",
        director.notice
    );
    assert!(files(&folder).is_empty());
    std::fs::remove_dir_all(&folder).expect("the end");
}

#[test]
fn a_violation_that_nobody_expects_is_mentioned() {
    let folder = folder("violation");
    let demo = crate::script::demos::named("figure-8-off").expect("a demo");
    let saved = |text: &str, name: &str| {
        let mut director = inline(scripted(text, None));
        while director.scene().scripted {
            director.pass(director.now() + 10_000_000);
        }
        assert!(!director.session.violations().is_empty());
        director.type_in(&format!("save \"{}/{name}\"", folder.display()));
        assert!(director.says("saved as"));
        keeps(&director, false);
        let outcome = played(&director.script_so_far()).0;
        (outcome, director.says("it fails when it is run"))
    };
    // The demo expects it, and so does what is saved of it.
    assert_eq!(saved(demo.text, "off"), (Outcome::Passed, false));
    let silent = |line: &&str| !line.starts_with("expect");
    let silent: Vec<&str> = demo.text.lines().filter(silent).collect();
    assert_eq!(
        saved(&silent.join("\n"), "silent"),
        (Outcome::Violation, true)
    );
    std::fs::remove_dir_all(&folder).expect("the end");
}

#[test]
fn a_command_is_copied_unless_it_is_too_long() {
    let mut director = inline(free());
    director.obey(Ask::Copy);
    let clip = director.scene().clip.expect("a command");
    let token = clip
        .1
        .strip_prefix("raft-playground --replay ")
        .expect("a command");
    assert_eq!(
        token::unpack(token).as_deref(),
        Ok(&*director.script_so_far())
    );
    assert!(director.says(&format!("{} characters", clip.1.len())));
    let mut rng = Rng::stream(1, &[]);
    let noise: String = (0..40_000)
        .map(|_| char::from(b'a' + rng.below(26) as u8))
        .collect();
    director.type_in(&format!("put x {noise}"));
    director.obey(Ask::Copy);
    assert!(director.says("too many for a command line") && director.says("save it as a script"));
    assert_eq!(director.scene().clip, Some(clip));
}

/// What is exported is what happened, wherever one stands; and nothing has changed.
#[test]
fn a_stretch_is_exported_and_nothing_changes() {
    let folder = folder("export");
    let mut director = scripted(SCRIPT, None);
    assert!(director.pass(4_000_000));
    director.type_in("put x 1");
    assert!(director.pass(5_000_000));
    let all: Vec<String> = {
        let world = director.session.world();
        let records = world.trace().records();
        records.map(|record| trace::line(record, world)).collect()
    };
    let within = |from: Micros, to: Micros| -> Vec<String> {
        let at = |line: &&String| {
            let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
            (from..=to).contains(&line["at_us"].as_u64().expect("an instant"))
        };
        all.iter().filter(at).cloned().collect()
    };
    for at in [5_000_000, 2_000_000, 0] {
        director.seek(at);
        let before = (
            director.now(),
            digest(&director),
            director.session.tape().len(),
        );
        let cases = [
            ("", at.saturating_sub(1_000_000), at),
            (" from 0ms to 1s", 0, 1_000_000),
            (" from 1.9s to 2.1s", 1_900_000, 2_100_000),
            (" from 3s to 1m", 3_000_000, 5_000_000),
        ];
        for (stretch, from, to) in cases {
            let file = folder.join("some.jsonl");
            director.type_in(&format!("export \"{}\"{stretch}", file.display()));
            assert!(
                director.says("exported"),
                "{at}{stretch}: {:?}",
                director.notice
            );
            let lines = std::fs::read_to_string(&file).expect("it was written");
            let lines: Vec<&str> = lines.lines().collect();
            assert_eq!(lines, within(from, to), "{at}{stretch}");
            let after = (
                director.now(),
                digest(&director),
                director.session.tape().len(),
            );
            assert_eq!(before, after, "{at}{stretch}");
        }
    }
    assert!(director.session.seek(5_000_000).is_ok() && director.session.at_frontier());
    for kind in ["mmd", "svg", "txt"] {
        let file = folder.join(format!("x.{kind}"));
        director.type_in(&format!("export \"{}\" from 1.9s to 2.1s", file.display()));
        assert!(director.says("exported as"), "{:?}", director.notice);
        let text = std::fs::read_to_string(&file).expect("it was written");
        assert!(text.contains("crash"), "{text}");
    }
    director.type_in("export \"x.pdf\"");
    assert!(director.says("not exported: x.pdf: the file must end in .mmd"));
    let notes = folder.join("notes.txt");
    std::fs::write(&notes, "mine").expect("a file");
    director.type_in(&format!("export \"{}\"", notes.display()));
    assert!(director.says("`force` at the end replaces it"));
    director.type_in(&format!("export \"{}\" force", notes.display()));
    assert!(director.says("exported over"));
    std::fs::remove_dir_all(&folder).expect("the end");
}
