//! Films of scripts: what is on them, for how long, and how they play elsewhere.

#[path = "fixtures/program.rs"]
mod program;

use std::io;
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;

use program::program;
use raft_playground::command::{Lang, Script};
use raft_playground::raft::Micros;
use raft_playground::record::text::lines;
use raft_playground::record::{Ending, FilmFile, Frame, Label, Reel, Take, film, reading_time};
use raft_playground::screen::Theme;
use raft_playground::script::Outcome;
use raft_playground::script::demos::{self, DEMOS};
use ratatui::buffer::Buffer;
use serde_json::Value;
use tempfile::TempDir;

fn take(columns: u16, rows: u16, lang: Lang) -> Take {
    Take {
        columns,
        rows,
        fps: 15,
        speed: None,
        from: None,
        to: None,
        still: false,
        lang,
        theme: Theme::dark(),
        command: "raft-playground test".to_owned(),
    }
}

fn demo(name: &str) -> Arc<Script> {
    let demo = demos::named(name).expect("a demo of that name");
    Arc::new(demo.script().expect("demos are right"))
}

fn script(text: &str) -> Arc<Script> {
    Arc::new(Script::parse("test.raft", text).expect("the script is right"))
}

/// Keeps the frames.
#[derive(Default)]
struct Kept {
    frames: Vec<(Micros, Buffer, Option<String>)>,
    end: Micros,
}

impl Reel for Kept {
    fn frame(&mut self, frame: Frame<'_>) -> io::Result<()> {
        let caption = frame.caption.map(str::to_owned);
        self.frames.push((frame.at, frame.screen.clone(), caption));
        Ok(())
    }

    fn end(&mut self, at: Micros) -> io::Result<()> {
        self.end = at;
        Ok(())
    }
}

fn filmed(script: &Arc<Script>, take: &Take) -> (Kept, Ending) {
    let mut kept = Kept::default();
    let ending = film(script, take, &mut kept, &mut |_, _| {}).expect("nothing can go wrong");
    (kept, ending)
}

/// The whole screen without what is empty, so that wrapped text can be looked for in it.
fn letters(screen: &Buffer) -> String {
    let symbols = screen.content.iter().map(|cell| cell.symbol());
    symbols.filter(|symbol| !symbol.trim().is_empty()).collect()
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}

fn captions_are_whole(columns: u16, rows: u16, lang: Lang) {
    for demo in DEMOS.iter().filter(|demo| demo.name != demos::TOUR) {
        let script = Arc::new(demo.script().expect("demos are right"));
        let take = Take {
            // What matters here is on few frames.
            fps: 2,
            ..take(columns, rows, lang)
        };
        let (film, ending) = filmed(&script, &take);
        assert_eq!(ending.outcome, Some(Outcome::Passed), "{}", demo.name);
        let mut stands = None;
        let mut last = 0;
        for (at, screen, begins) in &film.frames {
            assert!(*at >= last, "{}: time goes back", demo.name);
            last = *at;
            if let Some(begins) = begins
                && let Some((since, caption)) = stands.replace((*at, begins.clone()))
            {
                stood(demo.name, &caption, at - since);
            }
            if let Some((_, caption)) = &stands {
                let (whole, shown) = (without_spaces(caption), letters(screen));
                let at = *at as f64 / 1e6;
                assert!(shown.contains(&whole), "{} at {at} s: {caption}", demo.name);
            }
        }
        let (since, caption) = stands.expect("every demo says something");
        stood(demo.name, &caption, film.end - since);
    }
}

/// A caption stood so long.
fn stood(name: &str, caption: &str, time: Micros) {
    let needed = reading_time(caption);
    // Pieces of film are whole microseconds.
    assert!(
        time + 100 >= needed,
        "{name}: {caption}: {time} of {needed}"
    );
}

#[test]
fn every_caption_is_whole_and_stays_until_it_is_read_on_a_small_screen() {
    captions_are_whole(80, 24, Lang::En);
}

#[test]
fn every_caption_is_whole_and_stays_until_it_is_read_on_a_common_screen() {
    captions_are_whole(120, 36, Lang::En);
}

#[test]
fn every_chinese_caption_is_whole_and_stays_until_it_is_read() {
    captions_are_whole(80, 24, Lang::Zh);
}

/// The tour asks a person to do things, and is filmed with what it does where nobody is there.
#[test]
fn the_tour_can_be_filmed() {
    let (film, ending) = filmed(&demo(demos::TOUR), &take(80, 24, Lang::En));
    assert_eq!(ending.outcome, Some(Outcome::Passed));
    assert!(film.frames.len() > 100);
}

#[test]
fn captions_of_one_instant_are_all_seen() {
    let script = script("cluster 3\nsay \"one\"\nsay \"two\"\nwait 1ms\nsay \"three\"\n");
    let (film, _) = filmed(&script, &take(80, 24, Lang::En));
    let begins = film.frames.iter().filter_map(|(at, _, caption)| {
        let caption = caption.as_deref()?;
        Some((*at, caption))
    });
    let begins: Vec<_> = begins.collect();
    let names: Vec<_> = begins.iter().map(|(_, caption)| *caption).collect();
    assert_eq!(names, ["one", "two", "three"]);
    assert_eq!(begins[1].0, reading_time("one"));
    assert_eq!(begins[2].0, reading_time("one") + reading_time("two"));
}

#[test]
fn one_instant_is_one_frame() {
    let at = Some(50_000);
    let take = Take {
        from: at,
        to: at,
        ..take(80, 24, Lang::En)
    };
    let (film, ending) = filmed(&demo("figure-8"), &take);
    assert_eq!(film.frames.len(), 1);
    assert_eq!(ending.outcome, None, "the script goes on after this");
    assert!(letters(&film.frames[0].1).contains("0.050s"));
}

#[test]
fn a_stretch_begins_and_ends_where_it_should() {
    let take = Take {
        from: Some(50_000),
        to: Some(100_000),
        ..take(80, 24, Lang::En)
    };
    let (film, _) = filmed(&demo("figure-8"), &take);
    let (first, last) = (film.frames.first(), film.frames.last());
    let shows = |frame: Option<&(Micros, Buffer, Option<String>)>, words: &str| {
        letters(&frame.expect("there are frames").1).contains(words)
    };
    assert_eq!(film.frames[0].0, 0);
    assert!(shows(first, "0.050s"));
    assert!(shows(last, "0.100s"));
}

#[test]
fn a_speed_that_is_asked_for_holds_throughout() {
    let take = Take {
        speed: Some(0.1),
        ..take(120, 36, Lang::En)
    };
    let (film, _) = filmed(&demo("figure-8"), &take);
    assert!((15_000_000..25_000_000).contains(&film.end), "{}", film.end);
}

#[test]
fn a_script_that_fails_is_filmed_up_to_there() {
    let script = script("cluster 3\nwait until leader\nexpect leaders = 2\nwait 60m\n");
    let (film, ending) = filmed(&script, &take(80, 24, Lang::En));
    assert_eq!(ending.outcome, Some(Outcome::Failed));
    let failure = ending.failure.expect("it says why");
    assert!(failure.starts_with("line 3: `expect leaders = 2` does not hold"));
    let last = letters(&film.frames.last().expect("there are frames").1);
    assert!(last.contains(&without_spaces("line 3: `expect leaders = 2`")));
}

/// A film of everything in a folder of its own.
fn written(script: &Arc<Script>, take: &Take, name: &str) -> Vec<u8> {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join(name);
    let label = Label {
        title: "a film".to_owned(),
        arguments: "test".to_owned(),
        theme: Theme::dark(),
        window: false,
    };
    let mut file = FilmFile::create(&path, false, &label).expect("the file can be written");
    film(script, take, &mut file, &mut |_, _| {}).expect("the film can be written");
    std::fs::read(&path).expect("the film is there")
}

fn stretch(columns: u16, rows: u16, lang: Lang) -> Take {
    Take {
        from: Some(30_000),
        to: Some(120_000),
        speed: Some(0.02),
        ..take(columns, rows, lang)
    }
}

#[test]
fn a_cast_plays_to_the_same_screen_in_other_emulators() {
    for (name, columns, rows, lang) in [
        ("figure-8", 120, 36, Lang::En),
        ("figure-8", 80, 24, Lang::Zh),
        ("joint", 200, 60, Lang::En),
        ("transfer", 60, 18, Lang::En),
    ] {
        let (script, take) = (demo(name), stretch(columns, rows, lang));
        let (film, _) = filmed(&script, &take);
        let cast = written(&script, &take, "film.cast");
        let cast = String::from_utf8(cast).expect("casts are text");
        let mut events = cast.lines().map(|line| {
            let value: Value = serde_json::from_str(line).expect("each line is JSON");
            value
        });
        let header = events.next().expect("a header");
        assert_eq!(header["version"], 2);
        assert_eq!(
            (&header["width"], &header["height"]),
            (&columns.into(), &rows.into())
        );
        let mut first = vt100::Parser::new(cells(rows), cells(columns), 0);
        let mut second = avt::Terminal::new(columns.into(), rows.into()).expect("a size");
        let mut last = 0.0;
        for event in events {
            let at = event[0].as_f64().expect("a time");
            assert!(at >= last, "time goes back");
            last = at;
            if event[1] == "o" {
                let data = event[2].as_str().expect("text");
                first.process(data.as_bytes());
                second.feed(data);
            }
        }
        let shown = &film.frames.last().expect("there are frames").1;
        assert_eq!(
            lines(shown).collect::<Vec<_>>(),
            rows_of_vt100(first.screen()),
            "{name}"
        );
        let seen = (0..rows.into()).map(|y| second.screen().line(y).expect("a row").text());
        let seen: Vec<_> = seen.map(|line| line.trim_end().to_owned()).collect();
        assert_eq!(lines(shown).collect::<Vec<_>>(), seen, "{name}");
        for y in 0..rows {
            for x in 0..columns {
                let (cell, ours) = (first.screen().cell(y, x).expect("a cell"), &shown[(x, y)]);
                if cell.is_wide_continuation() || ours.symbol() == " " {
                    continue;
                }
                assert_eq!(colour(cell.fgcolor()), ours.fg, "{name} {x} {y}");
                assert_eq!(colour(cell.bgcolor()), ours.bg, "{name} {x} {y}");
                let bold = ours.modifier.contains(ratatui::style::Modifier::BOLD);
                assert_eq!(cell.bold(), bold, "{name} {x} {y}");
            }
        }
    }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("a size")
}

fn colour(colour: vt100::Color) -> ratatui::style::Color {
    match colour {
        vt100::Color::Default => ratatui::style::Color::Reset,
        vt100::Color::Idx(index) => ratatui::style::Color::Indexed(index),
        vt100::Color::Rgb(r, g, b) => ratatui::style::Color::Rgb(r, g, b),
    }
}

fn rows_of_vt100(screen: &vt100::Screen) -> Vec<String> {
    let (_, columns) = screen.size();
    screen
        .rows(0, columns.get())
        .map(|row| row.trim_end().to_owned())
        .collect()
}

#[test]
fn captions_are_markers_of_a_cast() {
    let script = script("cluster 3\nsay \"one\"\nwait 10ms\nsay \"two, \\\"quoted\\\"\"\n");
    let cast = written(&script, &take(80, 24, Lang::En), "film.cast");
    let cast = String::from_utf8(cast).expect("casts are text");
    let events = cast.lines().skip(1).map(|line| {
        let event: Value = serde_json::from_str(line).expect("each line is JSON");
        event
    });
    let markers = events.filter(|event| event[1] == "m");
    let markers: Vec<_> = markers
        .map(|event| event[2].as_str().map(str::to_owned))
        .collect();
    assert_eq!(
        markers,
        [Some("one".into()), Some("two, \"quoted\"".into())]
    );
}

#[test]
fn a_text_holds_the_screen_as_each_caption_leaves_it() {
    let text =
        "cluster 3\nseed 1\nspeed 0.5\nsay \"one\"\nwait until leader\nsay \"two\"\nwait 10ms\n";
    let text = written(&script(text), &take(60, 18, Lang::En), "film.txt");
    insta::assert_snapshot!(String::from_utf8(text).expect("it is text"));
}

// Through the program.

/// Where Chinese is spoken, which makes no difference to a film.
fn run(arguments: &[&str], folder: &Path) -> Output {
    let mut program = program(folder);
    program.env_remove("LC_ALL").env("LANG", "zh_CN.UTF-8");
    program.args(arguments).output().expect("the program runs")
}

fn folder_with(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

fn names(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let names = entries.map(|entry| PathBuf::from(entry.expect("an entry").file_name()));
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

const SHORT: &str = "cluster 3\nseed 1\nsay \"hello\" zh \"你好\"\nwait until leader\n";

#[test]
fn the_environment_changes_nothing() {
    let folder = folder_with(&[("short.raft", SHORT)]);
    let made = run(&["record", "short.raft", "-o", "a.cast"], folder.path());
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let plain = program(folder.path())
        .args(["record", "short.raft", "-o", "b.cast"])
        .env("COLORTERM", "truecolor")
        .env_remove("NO_COLOR")
        .env_remove("LANG")
        .output()
        .expect("the program runs");
    assert_eq!(plain.status.code(), Some(0));
    let read = |name: &str| std::fs::read(folder.path().join(name)).expect("a film");
    assert_eq!(read("a.cast"), read("b.cast"));
    let text = String::from_utf8(read("a.cast")).expect("casts are text");
    assert!(text.contains("hello") && text.contains("38;2;"));
}

#[test]
fn what_cannot_be_filmed_is_told_once_and_leaves_nothing() {
    let folder = folder_with(&[
        ("short.raft", SHORT),
        ("wrong.raft", "cluster 3\nfoo\n"),
        ("own.cast", "kept\n"),
    ]);
    let before = names(folder.path());
    let cases: [(&[&str], i32, &str); 14] = [
        (&["short.raft", "-o", "film.mp4"], 2, "ends in .cast"),
        (&["short.raft", "-o", "film"], 2, "ends in .cast"),
        (&["short.raft"], 2, "--output"),
        (&["short.raft", "-o", "f.cast", "--size", "9x9"], 2, "60x18"),
        (
            &["short.raft", "-o", "f.cast", "--size", "99999x9999"],
            2,
            "400x120",
        ),
        (
            &["short.raft", "-o", "f.cast", "--fps", "0"],
            2,
            "from 1 to 60",
        ),
        (
            &["short.raft", "-o", "f.cast", "--from", "2s", "--to", "1s"],
            2,
            "--from",
        ),
        (
            &["short.raft", "-o", "f.cast", "--from", "5s"],
            2,
            "before the film begins",
        ),
        (
            &["short.raft", "-o", "f.cast", "--theme", "pink"],
            2,
            "dark",
        ),
        (
            &["short.raft", "-o", "f.cast", "--window"],
            2,
            "--window is for pictures",
        ),
        (&["wrong.raft", "-o", "f.cast"], 2, "wrong.raft:2:1"),
        (&["nothing", "-o", "f.cast"], 2, "no demo `nothing`"),
        (&["short.raft", "-o", "own.cast"], 3, "--force"),
        (&["short.raft", "-o", "no/such/f.cast"], 3, "no/such/f.cast"),
    ];
    for (arguments, code, words) in cases {
        let arguments: Vec<_> = ["record"].iter().chain(arguments).copied().collect();
        let made = run(&arguments, folder.path());
        let said = String::from_utf8_lossy(&made.stderr).into_owned();
        assert_eq!(made.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
        assert_eq!(said.matches("error:").count(), 1, "{arguments:?}: {said}");
        assert!(made.stdout.is_empty());
        assert_eq!(names(folder.path()), before, "{arguments:?}");
    }
    let kept = std::fs::read_to_string(folder.path().join("own.cast"));
    assert_eq!(kept.expect("a file"), "kept\n");
}

#[test]
fn a_full_disk_is_told() {
    let folder = folder_with(&[("short.raft", SHORT)]);
    std::os::unix::fs::symlink("/dev/full", folder.path().join("full.cast")).expect("a link");
    let made = run(&["record", "short.raft", "-o", "full.cast"], folder.path());
    let said = String::from_utf8_lossy(&made.stderr).into_owned();
    assert_eq!(made.status.code(), Some(3), "{said}");
    assert!(
        said.contains("full.cast") && said.contains("space"),
        "{said}"
    );
}

#[test]
fn a_film_is_made_anew_without_being_asked() {
    let folder = folder_with(&[("short.raft", SHORT)]);
    for name in ["film.cast", "film.gif", "film.svg", "film.png", "film.txt"] {
        let films = [(); 2].map(|()| {
            let made = run(&["record", "short.raft", "-o", name], folder.path());
            assert_eq!(made.status.code(), Some(0), "{made:?}");
            std::fs::read(folder.path().join(name)).expect("a film")
        });
        assert!(films[0] == films[1], "{name} is not the same twice");
    }
}

#[test]
fn a_failing_script_leaves_its_film_and_says_so() {
    let text = "cluster 3\nwait until leader\nexpect leaders = 2\n";
    let folder = folder_with(&[("fails.raft", text)]);
    let made = run(&["record", "fails.raft", "-o", "film.txt"], folder.path());
    let said = String::from_utf8_lossy(&made.stderr).into_owned();
    assert_eq!(made.status.code(), Some(1), "{said}");
    assert!(
        said.contains("line 3: `expect leaders = 2` does not hold"),
        "{said}"
    );
    assert!(folder.path().join("film.txt").exists());
}

#[test]
fn files_of_others_that_look_alike_are_kept() {
    let notes = "raft-playground run failover # my notes\n";
    let cast = r#"{"version":2,"width":80,"height":24,"command":"raft-playground election"}"#;
    let folder = folder_with(&[
        ("short.raft", SHORT),
        ("notes.txt", notes),
        ("mine.cast", cast),
    ]);
    for (name, kept) in [("notes.txt", notes), ("mine.cast", cast)] {
        let made = run(&["record", "short.raft", "-o", name], folder.path());
        assert_eq!(made.status.code(), Some(3), "{made:?}");
        let text = std::fs::read_to_string(folder.path().join(name));
        assert_eq!(text.expect("a file"), kept);
    }
}

#[test]
fn no_caption_is_left_out_at_a_speed_that_is_asked_for() {
    let take = Take {
        speed: Some(1_000.0),
        ..take(80, 24, Lang::En)
    };
    let script = script("cluster 3\nsay \"one\"\nsay \"two\"\nwait 1ms\nsay \"three\"\n");
    let (film, _) = filmed(&script, &take);
    let begins = film.frames.iter().filter_map(|frame| frame.2.as_deref());
    assert_eq!(begins.collect::<Vec<_>>(), ["one", "two", "three"]);
}

#[test]
fn a_caption_does_not_steer_whoever_reads_it() {
    let script = script("cluster 3\nsay \"a\\u{1b}[2Jb\"\nwait 1ms\n");
    for name in ["film.txt", "film.cast"] {
        let film = written(&script, &take(80, 24, Lang::En), name);
        let text = String::from_utf8(film).expect("it is text");
        let text = match name {
            "film.txt" => text,
            _ => {
                let marker = text.lines().find(|line| line.contains("\"m\""));
                let event: Value = serde_json::from_str(marker.expect("a marker")).expect("JSON");
                event[2].as_str().expect("text").to_owned()
            }
        };
        let steers = |c: char| c.is_control() && c != '\n';
        assert!(!text.contains(steers), "{name}");
    }
}

#[test]
#[cfg(unix)]
fn enough_is_enough() {
    let folder = TempDir::new().expect("a folder");
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_raft-playground"))
        .args([
            "record", "figure-8", "-o", "big.gif", "--size", "400x120", "--fps", "60",
        ])
        .current_dir(folder.path())
        .spawn()
        .expect("the program runs");
    // Its file is there as soon as it has begun.
    while names(folder.path()).is_empty() {
        std::thread::yield_now();
    }
    let id = child.id().to_string();
    let status = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status();
    assert!(status.expect("kill").success());
    let ended = child.wait().expect("an end");
    assert_eq!(ended.code(), Some(130));
    assert_eq!(names(folder.path()), [] as [PathBuf; 0]);
}

#[test]
fn what_was_made_is_said_and_a_cast_says_how() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = "title \"a \\u{1b}[31m\"\ncluster 3\nwait 10ms\n";
    std::fs::write(folder.path().join("my script.raft"), script).expect("a script");
    let made = run(&["record", "my script.raft", "-o", "a.cast"], folder.path());
    let said = String::from_utf8_lossy(&made.stdout).into_owned();
    assert!(
        said.starts_with("a.cast: ") && said.ends_with(" s of film\n"),
        "{said}"
    );
    let cast = std::fs::read_to_string(folder.path().join("a.cast")).expect("a cast");
    let header: Value = serde_json::from_str(cast.lines().next().expect("a line")).expect("JSON");
    assert_eq!(header["title"], "a ␛[31m");
    assert_eq!(header["command"], "raft-playground 'my script.raft'");
    let made = run(&["record", "my script.raft", "-o", "a.png"], folder.path());
    assert_eq!(
        String::from_utf8_lossy(&made.stdout),
        "a.png: one picture\n"
    );
    // Who asks for more than there is learns where the script ends.
    let longer = ["record", "my script.raft", "-o", "a.png", "--to", "1s"];
    let made = run(&longer, folder.path());
    assert_eq!(
        String::from_utf8_lossy(&made.stdout),
        "a.png: one picture; the script ends at 10ms\n"
    );
}
