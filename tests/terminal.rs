//! The dashboard's manners in a real pseudo-terminal: however it ends, the terminal is as before.
#![cfg(unix)]
#![allow(missing_docs, reason = "tests")]

mod fixtures;

use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use raft_playground::command::Statement;
use raft_playground::screen::Theme;
use raft_playground::script::live::{Ask, Live};
use raft_playground::tui::{self, Keymap};

const INSIDE: &str = "RAFT_PLAYGROUND_TEST_DASHBOARD";

/// The program under test: a dashboard over a session that does nothing, except that a new run
/// makes its thread panic. Run by the other tests, in a pseudo-terminal.
#[test]
#[ignore = "the other tests run it"]
fn dashboard() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
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
    let code = tui::run(
        Live::new(seen, asks),
        Keymap::default(),
        Box::new(|text, _| Ok(Statement::View(text.into()))),
        Box::new(|_, _| (0, Vec::new())),
        &Theme::mono(),
    );
    std::process::exit(code.expect("a dashboard"));
}

/// A dashboard in a pseudo-terminal.
struct Pty {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
}

/// One at a time: they measure time, and machines may be small.
static ONE: Mutex<()> = Mutex::new(());

impl Pty {
    fn open() -> Pty {
        let size = PtySize {
            rows: 36,
            cols: 120,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system()
            .openpty(size)
            .expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(std::env::current_exe().expect("this test"));
        command.args(["--exact", "dashboard", "--ignored", "--nocapture"]);
        command.env(INSIDE, "1");
        let child = pair.slave.spawn_command(command).expect("a dashboard");
        let mut reader = pair.master.try_clone_reader().expect("its output");
        let keys = pair.master.take_writer().expect("its input");
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 65_536];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let mut pty = Pty {
            child,
            master: pair.master,
            keys,
            output,
        };
        pty.until("help");
        pty
    }

    fn press(&mut self, keys: &str) {
        self.keys
            .write_all(keys.as_bytes())
            .expect("keys are taken");
        self.keys.flush().expect("keys are taken");
    }

    fn signal(&self, name: &str) {
        let id = self.child.process_id().expect("a process");
        let status = std::process::Command::new("kill")
            .args([name, &id.to_string()])
            .status();
        assert!(status.expect("kill").success());
    }

    /// What comes until the text has come; fails when it does not.
    fn until(&mut self, text: &str) -> String {
        let end = Instant::now() + Duration::from_secs(20);
        let mut seen = String::new();
        while !seen.contains(text) {
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => seen.push_str(&String::from_utf8_lossy(&bytes)),
                Err(_) => panic!("no {text:?} in {seen:?}"),
            }
        }
        seen
    }

    /// The exit code, and what was written up to it.
    fn end(mut self) -> (u32, String) {
        let code = self.child.wait().expect("an end").exit_code();
        let mut rest = String::new();
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(300)) {
            rest.push_str(&String::from_utf8_lossy(&bytes));
        }
        (code, rest)
    }
}

fn restored(output: &str) -> bool {
    ["\x1b[?2004l", "\x1b[?1049l", "\x1b[?25h"]
        .iter()
        .all(|sequence| output.contains(sequence))
}

fn alone() -> impl Drop {
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn leaving_restores_the_terminal() {
    let _alone = alone();
    let mut pty = Pty::open();
    pty.press("q");
    let (code, output) = pty.end();
    assert_eq!((code, restored(&output)), (0, true), "{output:?}");
}

#[test]
fn signals_restore_it_and_say_so_in_the_exit_code() {
    let _alone = alone();
    for (name, expected) in [("-TERM", 143), ("-INT", 130)] {
        let pty = Pty::open();
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
    let pty = Pty::open();
    pty.signal("-HUP");
    assert_eq!(pty.end(), (129, String::new()));
}

#[test]
fn a_panic_in_another_thread_ends_it_with_the_message() {
    let _alone = alone();
    let mut pty = Pty::open();
    pty.press("n");
    let (code, output) = pty.end();
    assert_eq!((code, restored(&output)), (101, true), "{output:?}");
    let restored = output.find("\x1b[?1049l");
    assert!(restored < output.find("a bug in the session"), "{output:?}");
}

#[test]
fn any_size_is_drawn_and_pasted_text_does_nothing() {
    let _alone = alone();
    let mut pty = Pty::open();
    for (rows, cols) in [(1, 1), (3, 70), (60, 200)] {
        let size = PtySize {
            rows,
            cols,
            pixel_width: 0,
            pixel_height: 0,
        };
        pty.master.resize(size).expect("a new size");
        thread::sleep(Duration::from_millis(120));
    }
    pty.press("\x1b[200~heal\rq\x1b[201~");
    pty.until("heal q");
    pty.press("\x1b");
    pty.until("partition");
    pty.press("q");
    assert_eq!(pty.end().0, 0);
}

/// Paused and untouched: not one tick of processor time in a second, and nothing written.
#[test]
#[cfg(target_os = "linux")]
fn untouched_it_does_nothing() {
    let _alone = alone();
    let mut pty = Pty::open();
    let stat = format!("/proc/{}/stat", pty.child.process_id().expect("a process"));
    let ticks = || -> u64 {
        let stat = std::fs::read_to_string(&stat).expect("a running process");
        let fields: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap_or("")
            .split_whitespace()
            .collect();
        [11, 12]
            .iter()
            .map(|&place| fields[place].parse::<u64>().expect("ticks"))
            .sum()
    };
    thread::sleep(Duration::from_millis(300));
    while pty.output.try_recv().is_ok() {}
    let before = ticks();
    thread::sleep(Duration::from_secs(1));
    assert_eq!(ticks(), before);
    assert!(pty.output.try_recv().is_err());
    pty.press("q");
    assert_eq!(pty.end().0, 0);
}

/// Through a shell, since an orphaned process group ignores the stop.
#[test]
fn it_is_suspended_and_comes_back() {
    let _alone = alone();
    let pair = native_pty_system().openpty(PtySize {
        rows: 36,
        cols: 120,
        pixel_width: 0,
        pixel_height: 0,
    });
    let pair = pair.expect("a pseudo-terminal");
    let mut command = CommandBuilder::new("bash");
    command.args(["--norc", "--noprofile", "-i"]);
    command.env(INSIDE, "1");
    let child = pair.slave.spawn_command(command).expect("a shell");
    let mut reader = pair.master.try_clone_reader().expect("its output");
    let keys = pair.master.take_writer().expect("its input");
    let (sender, output) = channel();
    thread::spawn(move || {
        let mut buffer = [0; 65_536];
        while let Ok(count @ 1..) = reader.read(&mut buffer) {
            if sender.send(buffer[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    let mut pty = Pty {
        child,
        master: pair.master,
        keys,
        output,
    };
    let own = std::env::current_exe().expect("this test");
    pty.press(&format!(
        "{} --exact dashboard --ignored --nocapture\n",
        own.display()
    ));
    pty.until("partition");
    pty.press("\x1a");
    assert!(restored(&pty.until("Stopped")));
    pty.press("fg\n");
    pty.until("\x1b[?1049h");
    pty.until("partition");
    pty.press("q");
    pty.until("\x1b[?1049l");
    pty.press("exit\n");
    assert_eq!(pty.end().0, 0);
}
