//! The dashboard's manners in a real pseudo-terminal: however it ends, the terminal is as before.
#![cfg(unix)]

#[path = "fixtures/app.rs"]
mod app;
mod fixtures;
#[path = "fixtures/pty.rs"]
mod pty;

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use portable_pty::CommandBuilder;
use pty::{Pty, restored};
use raft_playground::cli::exit_code;
use raft_playground::command::Lang;
use raft_playground::screen::Theme;
use raft_playground::script::free_stage;
use raft_playground::script::live::{Ask, Live};
use raft_playground::script::logbook::Logbook;
use raft_playground::tui::palette::Choices;
use raft_playground::tui::{self, History, Keymap, Settings};
use serde_json::Value;

const INSIDE: &str = "RAFT_PLAYGROUND_TEST_DASHBOARD";

/// The program under test: a dashboard over a session that does nothing, except that a new run
/// makes its thread panic. Run by the other tests, in a pseudo-terminal.
#[test]
#[ignore = "the other tests run it"]
fn dashboard() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    let _journal = Logbook::begin(&free_stage(3, 41), None);
    let mut scene = fixtures::figure_8();
    scene.playing = false;
    let (scenes, seen) = tokio::sync::watch::channel(Arc::new(scene));
    let (asks, asked) = crossbeam_channel::unbounded();
    thread::spawn(move || {
        let _open = scenes;
        for ask in asked {
            match ask {
                Ask::NewRun { .. } => panic!("a bug in the session"),
                Ask::Quit => return,
                _ => {}
            }
        }
    });
    let ending = tui::run(
        Live::new(seen, asks),
        Settings {
            keymap: Keymap::default(),
            lang: Lang::En,
            theme: Theme::mono(),
            history: History::default(),
            mouse: true,
        },
        Box::new(app::parse),
        Box::new(|_, _, _| Choices::default()),
        Box::new(|name| Err(format!("there is no script `{name}`"))),
    );
    std::process::exit(exit_code(ending.expect("a dashboard")));
}

/// One at a time: they measure time, and machines may be small.
static ONE: Mutex<()> = Mutex::new(());

/// The program under test, in a pseudo-terminal, as soon as its first frame is there.
fn dashboard_in_pty() -> Pty {
    let mut command = CommandBuilder::new(std::env::current_exe().expect("this test"));
    command.args(["--exact", "dashboard", "--ignored", "--nocapture"]);
    command.env(INSIDE, "1");
    command.env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"));
    let mut pty = Pty::open(command, 120, 36);
    // The end of the last row.
    pty.until("caption");
    pty
}

fn alone() -> impl Drop {
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn leaving_restores_the_terminal() {
    let _alone = alone();
    let mut pty = dashboard_in_pty();
    pty.press("q");
    let (code, output) = pty.end();
    assert_eq!((code, restored(&output)), (0, true), "{output:?}");
}

#[test]
fn signals_restore_it_and_say_so_in_the_exit_code() {
    let _alone = alone();
    for (name, expected) in [("-TERM", 143), ("-INT", 130)] {
        let pty = dashboard_in_pty();
        pty.signal(name);
        let (code, output) = pty.end();
        assert_eq!(
            (code, restored(&output)),
            (expected, true),
            "{name} {output:?}"
        );
    }
}

#[test]
fn a_hang_up_prints_nothing() {
    let _alone = alone();
    let pty = dashboard_in_pty();
    pty.signal("-HUP");
    assert_eq!(pty.end(), (129, String::new()));
}

#[test]
fn a_panic_in_another_thread_ends_it_with_the_message() {
    let _alone = alone();
    let mut pty = dashboard_in_pty();
    pty.press("n");
    let (code, output) = pty.end();
    assert_eq!((code, restored(&output)), (101, true), "{output:?}");
    let restored = output.find("\x1b[?1049l");
    let message = output.find("a bug in the session");
    let last_words = output.find("to see it again: seed 41; the journal of the session is ");
    assert!(restored < message && message < last_words, "{output:?}");
}

#[test]
fn a_panic_in_another_thread_closes_the_film() {
    let _alone = alone();
    let film = tempfile::tempdir().expect("a folder");
    let film = film.path().join("film.cast");
    let mut pty = dashboard_in_pty();
    pty.press(&format!(":record {}\r", film.display()));
    pty.until("filming");
    pty.press("n");
    let (code, output) = pty.end();
    assert_eq!((code, restored(&output)), (101, true), "{output:?}");
    assert!(output.contains("the film is in "), "{output:?}");
    let film = std::fs::read_to_string(film).expect("a film");
    let events = film.lines().map(serde_json::from_str::<Value>);
    let events: Vec<Value> = events.collect::<Result<_, _>>().expect("whole lines");
    assert_eq!(
        (&events[0]["width"], &events[1][1]),
        (&120.into(), &"o".into())
    );
}

#[test]
fn any_size_is_drawn_and_pasted_text_does_nothing() {
    let _alone = alone();
    let mut pty = dashboard_in_pty();
    // One cell has room for a letter, three rows say what is missing, the last one has a last row.
    for (rows, cols, sign) in [(1, 1, "T"), (3, 70, "dashboard"), (60, 200, "\x1b[60;")] {
        let size = pty::size(cols, rows);
        pty.master.resize(size).expect("a new size");
        pty.until(sign);
    }
    pty.press("\x1b[200~heal\rq\x1b[201~");
    pty.until("heal q");
    pty.press("\x1b");
    pty.until("write");
    pty.press("q");
    assert_eq!(pty.end().0, 0);
}

/// What it costs is measured with the program itself (`tests/program.rs`).
#[test]
fn untouched_it_draws_nothing() {
    let _alone = alone();
    let mut pty = dashboard_in_pty();
    // The first frame may come in two parts.
    thread::sleep(Duration::from_millis(300));
    while pty.output.try_recv().is_ok() {}
    let more = pty.output.recv_timeout(Duration::from_secs(1));
    assert!(more.is_err(), "{more:?}");
    pty.press("q");
    assert_eq!(pty.end().0, 0);
}

/// Through a shell, since an orphaned process group ignores the stop.
#[test]
fn it_is_suspended_and_comes_back() {
    let _alone = alone();
    let mut command = CommandBuilder::new("bash");
    command.args(["--norc", "--noprofile", "-i"]);
    command.env("PS1", "ready> ");
    command.env(INSIDE, "1");
    command.env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"));
    let mut pty = Pty::open(command, 120, 36);
    let own = std::env::current_exe().expect("this test");
    pty.press(&format!(
        "{} --exact dashboard --ignored --nocapture\n",
        own.display()
    ));
    pty.until("write");
    pty.press("\x1a");
    assert!(restored(&pty.until("Stopped")));
    pty.press("fg\n");
    pty.until("\x1b[?1049h");
    pty.until("write");
    pty.press("q");
    // Not earlier: the dashboard would read what the shell is to read.
    assert!(restored(&pty.until("ready> ")));
    pty.press("exit\n");
    assert_eq!(pty.end().0, 0);
}
