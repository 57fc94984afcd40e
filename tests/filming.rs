//! The dashboard filmed while it is used, in a real pseudo-terminal: the film holds what was on
//! the screen, however the program ends.
#![cfg(unix)]

#[path = "fixtures/pty.rs"]
mod pty;

use std::num::NonZeroU16;
use std::path::Path;

use pty::{Pty, folder};
use serde_json::Value;

fn dashboard(folder: &Path) -> Pty {
    let mut command = pty::program(&["--seed", "7", "--speed", "1"], folder);
    command.cwd(folder);
    Pty::open(command, 120, 36)
}

/// The last screen of a cast, and how often something changed in it.
fn played(path: &Path) -> (String, usize) {
    let cast = std::fs::read_to_string(path).expect("a film");
    let mut lines = cast.lines();
    let header: Value = serde_json::from_str(lines.next().expect("a header")).expect("JSON");
    let size = |name: &str| {
        let cells = header[name]
            .as_u64()
            .and_then(|cells| u16::try_from(cells).ok());
        NonZeroU16::new(cells.expect("a size")).expect("a size")
    };
    let mut screen = vt100::Parser::new(size("height"), size("width"), 0);
    let (mut last, mut changes) = (0.0, 0);
    for line in lines {
        let event: Value = serde_json::from_str(line).expect("JSON");
        let at = event[0].as_f64().expect("a time");
        assert!(at >= last, "time goes back");
        last = at;
        if event[1] == "o" {
            changes += 1;
            screen.process(event[2].as_str().expect("text").as_bytes());
        }
    }
    (screen.screen().contents(), changes)
}

/// Nothing but the film and what the dashboard keeps for itself.
fn only(folder: &Path, name: &str) {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let names: Vec<_> = names.filter(|name| name != "raft-playground").collect();
    assert_eq!(names, [name]);
}

#[test]
fn what_is_seen_is_filmed_between_two_keys() {
    let folder = folder("keys");
    let mut pty = dashboard(&folder);
    pty.see_text("leader n");
    pty.press("R");
    pty.see_text("record session-7.cast");
    pty.press("\r");
    pty.see_text("filming: what you see goes to session-7.cast");
    pty.press("c");
    pty.see_text("» crash n1");
    pty.see_text("R end the film");
    pty.press("R");
    pty.see_text("the film is in session-7.cast");
    only(&folder, "session-7.cast");
    let (shown, changes) = played(&folder.join("session-7.cast"));
    assert!(
        shown.contains("» crash n1") && changes > 1,
        "{changes}\n{shown}"
    );
    // And again, over the film that is there.
    pty.press(":record session-7.cast\r");
    pty.see_text("filming: what you see goes to session-7.cast");
    pty.press(":record off\r");
    pty.see_text("the film is in session-7.cast");
    pty.press("q");
    assert_eq!(pty.end().0, 0);
    only(&folder, "session-7.cast");
}

#[test]
fn leaving_and_being_ended_close_the_film() {
    for (name, code) in [("leave", 0), ("-TERM", 143), ("-HUP", 129)] {
        let folder = folder(name);
        let mut pty = dashboard(&folder);
        pty.see_text("leader n");
        pty.press(":record film.cast\r");
        pty.see_text("filming: what you see goes to film.cast");
        pty.press("w");
        pty.see_text("» put x 1");
        match name {
            "leave" => pty.press("q"),
            signal => pty.signal(signal),
        }
        let (ended, output) = pty.end();
        assert_eq!(ended, code, "{name}");
        assert_eq!(
            output.contains("the film is in film.cast"),
            name != "-HUP",
            "{output}"
        );
        only(&folder, "film.cast");
        let (shown, _) = played(&folder.join("film.cast"));
        assert!(shown.contains("» put x 1"), "{name}\n{shown}");
    }
}

#[test]
fn what_cannot_be_filmed_is_told_and_the_session_goes_on() {
    let folder = folder("refused");
    std::fs::write(folder.join("mine.cast"), "kept\n").expect("a file");
    std::os::unix::fs::symlink("/dev/full", folder.join("full.cast")).expect("a link");
    let mut pty = dashboard(&folder);
    pty.see_text("leader n");
    for (typed, told) in [
        (":record film.mp4\r", "the name of a film ends in .cast"),
        (":record no/such/film.cast\r", "no film: no/such/film.cast"),
        (":record mine.cast\r", "made in another way"),
        (":record off\r", "no film is made"),
    ] {
        pty.press(typed);
        pty.see_text(told);
    }
    // The palette is open, with what was refused.
    pty.press("\u{3}");
    // Nothing is drawn between the two.
    pty.press(":record none.gif\r:record off\r");
    pty.see_text("nothing was filmed");
    assert!(!folder.join("none.gif").exists());
    pty.press(":record full.cast\r");
    pty.see_text("the film is lost: full.cast");
    pty.press("w");
    pty.see_text("» put x 1");
    pty.press("q");
    assert_eq!(pty.end().0, 0);
    let kept = std::fs::read_to_string(folder.join("mine.cast"));
    assert_eq!(kept.expect("a file"), "kept\n");
}
