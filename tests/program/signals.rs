//! Signals in the modes that take long: what is told, and what is left behind.

use std::fs;
use std::process::Command;
use std::time::Duration;

use super::{PROGRAM, dashboard, folder};

/// The summary comes all the same.
#[test]
fn signals_end_a_search() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let state = folder("interrupt");
        let mut pty = dashboard(&["fuzz", "--for", "10m"], &state);
        pty.see_text("virtual hours");
        pty.signal(signal);
        let (ended, output) = pty.end();
        assert_eq!(ended, code);
        assert!(output.contains(", 0 failed"), "{output:?}");
    }
}

#[test]
fn signals_end_a_film_and_leave_nothing() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
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
        let count = || fs::read_dir(&state).expect("a folder").count();
        // It has begun when there is something that could be left behind. Nobody is told of that,
        // so it is looked for again and again; how often decides nothing.
        while count() == 1 {
            assert_eq!(
                program.try_wait().expect("it is asked"),
                None,
                "{arguments:?}"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        let id = program.id().to_string();
        let killed = Command::new("kill").args(["-TERM", &id]).status();
        assert!(killed.expect("kill").success());
        assert_eq!(
            program.wait().expect("an end").code(),
            Some(143),
            "{arguments:?}"
        );
        assert_eq!(count(), 1, "{arguments:?}");
    }
}
