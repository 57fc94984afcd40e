//! The picture at the head of the README: a frame of a real session, as the dashboard draws it.

#[path = "fixtures/scene.rs"]
mod scene;

use std::path::Path;
use std::sync::Arc;

use raft_playground::command::{Lang, Script};
use raft_playground::raft::Micros;
use raft_playground::record::picture::Picture;
use raft_playground::record::svg::Svg;
use raft_playground::record::{Frame, Reel};
use raft_playground::screen::{Screen, Theme};
use raft_playground::script::demos;
use raft_playground::session::Scene;
use raft_playground::tui::Keymap;
use raft_playground::tui::app::App;
use raft_playground::tui::palette::Refusal;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

/// What is shown, and when: the answers that let the leader commit are on their way.
const DEMO: &str = "figure-8";
const AT: Micros = 1_327_000;
const COLUMNS: u16 = 120;
const ROWS: u16 = 36;

/// Set to have the picture drawn anew.
const REFRESH: &str = "REFRESH_PICTURE";

/// The demo, played to the instant, as the dashboard would see it.
fn shown() -> Scene {
    let demo = demos::named(DEMO).expect("a demo of that name");
    let script = Script::parse(demo.name, demo.text).expect("the demo is right");
    scene::played(script, Some(AT))
}

fn frame(scene: Scene) -> Buffer {
    let scene = Arc::new(scene);
    let parse = Box::new(|_: &str, _: &[_]| Err(Refusal::default()));
    let complete = Box::new(|_: &str, _: usize, _: &[_]| (0, Vec::new()));
    let app = App::new(scene, Keymap::default(), parse, complete);
    let area = Rect::new(0, 0, COLUMNS, ROWS);
    let mut buffer = Buffer::empty(area);
    let theme = Theme::dark();
    let screen = Screen {
        scene: app.scene(),
        ui: app.ui(),
        theme: &theme,
    };
    screen.render(area, &mut buffer);
    buffer
}

fn svg(screen: &Buffer, title: &str) -> String {
    let picture = Picture::new(&Theme::dark(), Some(title));
    let mut file = Vec::new();
    let mut still = Svg::new(&mut file, &picture);
    let frame = Frame {
        at: 0,
        screen,
        caption: None,
    };
    still.frame(frame).expect("memory takes everything");
    still.end(0).expect("memory takes everything");
    String::from_utf8(file).expect("a text")
}

#[test]
fn the_picture_of_the_readme_is_a_frame_of_today() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/dashboard.svg");
    let scene = shown();
    let title = format!("raft-playground: {}", scene.title.text_in(Lang::En));
    let drawn = svg(&frame(scene), &title);
    if std::env::var_os(REFRESH).is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder"))
            .expect("a folder for the picture");
        std::fs::write(&path, &drawn).expect("the picture can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == drawn,
        "assets/dashboard.svg is not what the dashboard shows now; draw it anew with\n\
         {REFRESH}=1 cargo test --test picture\nand look at it"
    );
}
