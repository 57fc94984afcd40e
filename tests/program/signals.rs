//! What ends the program from outside, signals and a terminal that goes away: what is told, and what
//! is left behind.

use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use super::pty::{PATIENCE, restored};
use super::{PROGRAM, dashboard, folder};

/// Between two looks at what nobody tells; how often it is looked at decides nothing.
const PAUSE: Duration = Duration::from_millis(5);

fn signal(program: &Child, signal: &str) {
    let id = program.id().to_string();
    let told = Command::new("kill").args([signal, &id]).status();
    assert!(told.expect("kill").success());
}

/// The names of the files there.
fn files(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).expect("a folder");
    let name = |file: std::io::Result<fs::DirEntry>| file.expect("a file").file_name();
    let names = files.map(|file| name(file).to_string_lossy().into_owned());
    names.collect()
}

/// Waits until something is so that a running program brings about.
///
/// # Panics
/// When the program ends before, or nothing comes of it.
fn until(program: &mut Child, wanted: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !wanted() {
        let ended = program.try_wait().expect("it is asked");
        assert_eq!(ended, None, "it ended too early");
        if Instant::now() > end {
            // Nobody else would end it.
            let _ = program.kill();
            panic!("nothing comes of it");
        }
        thread::sleep(PAUSE);
    }
}

#[test]
fn signals_end_it_in_order() {
    let state = folder("signals");
    let mut pty = dashboard(&["--seed", "7"], &state);
    pty.see_text("help");
    pty.signal("-TERM");
    let (code, output) = pty.end();
    assert_eq!((code, restored(&output)), (143, true), "{output:?}");
    let mut pty = dashboard(&["--seed", "7"], &state);
    pty.see_text("help");
    pty.signal("-HUP");
    let (code, output) = pty.end();
    assert_eq!((code, restored(&output)), (129, false), "{output:?}");
}

/// The summary comes all the same, also where one signal comes twice, as `timeout` sends it.
#[test]
fn signals_end_a_search() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let state = folder("interrupt");
        let mut pty = dashboard(&["fuzz", "--for", "10m"], &state);
        pty.see_text("virtual hours");
        pty.signal(signal);
        pty.signal(signal);
        let (ended, output) = pty.end();
        assert_eq!(ended, code);
        assert!(output.contains(", 0 failed"), "{output:?}");
    }
}

#[test]
fn signals_end_a_film_and_leave_nothing() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
        let state = folder("film");
        let film = state.join("film.gif");
        let film = film.to_str().expect("a name");
        let mut pty = dashboard(&["record", "figure-8", "-o", film], &state);
        pty.see_text("filming: ");
        pty.signal(signal);
        let (ended, output) = pty.end();
        assert_eq!(ended, code, "{signal} {output:?}");
        assert_eq!(fs::read_dir(&state).expect("a folder").count(), 0);
    }
}

/// Whoever starts it so has gone, and wants the file all the same.
#[test]
#[cfg(target_os = "linux")]
fn a_film_goes_on_without_its_terminal_where_that_is_wished() {
    let state = folder("nohup");
    let mut program = Command::new("nohup");
    program.args([PROGRAM, "record", "figure-8", "-o", "film.gif"]);
    let mut program = program.current_dir(&state).spawn().expect("it runs");
    let begun = || files(&state).iter().any(|name| name.ends_with(".part"));
    until(&mut program, begun);
    signal(&program, "-HUP");
    // Time enough to end if it took the signal to heart. A slow machine makes the test milder, and
    // never makes it fail.
    thread::sleep(Duration::from_millis(200));
    assert!(begun(), "it goes on");
    signal(&program, "-TERM");
    assert_eq!(program.wait().expect("an end").code(), Some(143));
    assert!(!begun());
}

#[test]
fn signals_leave_no_unfinished_file() {
    let state = folder("unfinished");
    let script = state.join("long.raft");
    let long = "cluster 3\nworkload 50/s clients 3\nwait 6000m\n";
    fs::write(&script, long).expect("a script");
    let kinds = [
        ["record", "long.raft", "-o", "a.gif"],
        ["export", "long.raft", "-o", "a.jsonl"],
        ["run", "long.raft", "--trace", "a.jsonl"],
    ];
    for arguments in kinds {
        let mut program = Command::new(PROGRAM);
        program.args(arguments).current_dir(&state);
        let mut program = program.spawn().expect("it runs");
        // It has begun when there is something that could be left behind.
        until(&mut program, || files(&state).len() > 1);
        signal(&program, "-TERM");
        let code = program.wait().expect("an end").code();
        assert_eq!(code, Some(143), "{arguments:?}");
        assert_eq!(files(&state), ["long.raft"], "{arguments:?}");
    }
}

/// Not a test: the other end of a terminal, which goes away while the dashboard is in it.
#[test]
#[ignore = "it is run by another test"]
fn a_terminal_that_goes_away() {
    let mut pty = dashboard(&["--seed", "7"], &folder("gone"));
    pty.see_text("help");
    println!("dashboard {}", pty.child.process_id().expect("a process"));
    // All at once, as when a window is closed, with keys still to be read.
    pty.press("lllLcc ");
    std::process::exit(0);
}

/// Whoever reads keys from such a terminal may read for ever.
#[test]
#[cfg(target_os = "linux")]
fn it_ends_when_its_terminal_is_gone() {
    let this = std::env::current_exe().expect("this test");
    for _ in 0..10 {
        let mut window = Command::new(&this);
        window.args(["signals::a_terminal_that_goes_away", "--exact"]);
        let window = window.args(["--ignored", "--nocapture"]).output();
        let told = String::from_utf8(window.expect("it runs").stdout).expect("text");
        let (_, id) = told.split_once("dashboard ").expect("it began");
        let process = format!("/proc/{}/stat", id.trim());
        // Whoever inherits it may not ask how it ended.
        let runs = || fs::read_to_string(&process).is_ok_and(|stat| !stat.contains(") Z "));
        let end = Instant::now() + PATIENCE;
        while runs() {
            assert!(Instant::now() < end, "{process} goes on");
            thread::sleep(PAUSE);
        }
    }
}
