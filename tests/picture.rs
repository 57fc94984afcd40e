//! The picture at the head of the README: a frame of a real session, as the dashboard draws it.

#[path = "fixtures/scene.rs"]
mod scene;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use raft_playground::command::Script;
use raft_playground::raft::Micros;
use raft_playground::screen::{Screen, Theme};
use raft_playground::script::demos;
use raft_playground::session::Scene;
use raft_playground::tui::Keymap;
use raft_playground::tui::app::App;
use raft_playground::tui::palette::Refusal;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr;

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

/// The ground, and the colour of text without a style of its own.
const GROUND: &str = "#10141c";
const TEXT: &str = "#d8dee9";

/// A cell in pixels, and the border around the whole.
const WIDTH: f64 = 8.4;
const HEIGHT: f64 = 18.0;
const MARGIN: f64 = 18.0;
const BAR: f64 = 34.0;

/// How a cell looks.
#[derive(Clone, PartialEq)]
struct Look {
    text: String,
    ground: Option<String>,
    bold: bool,
    dim: bool,
}

impl Look {
    fn of(cell: &Cell) -> Look {
        let (mut text, mut ground) = (hex(cell.fg), hex(cell.bg));
        if cell.modifier.contains(Modifier::REVERSED) {
            (text, ground) = (
                Some(ground.unwrap_or_else(|| GROUND.into())),
                Some(text.unwrap_or_else(|| TEXT.into())),
            );
        }
        Look {
            text: text.unwrap_or_else(|| TEXT.into()),
            // The whole picture lies on it.
            ground: ground.filter(|ground| ground != GROUND),
            bold: cell.modifier.contains(Modifier::BOLD),
            dim: cell.modifier.contains(Modifier::DIM),
        }
    }
}

/// A colour of a terminal; `None` for the default one.
fn hex(color: Color) -> Option<String> {
    let rgb = |r: u8, g: u8, b: u8| Some(format!("#{r:02x}{g:02x}{b:02x}"));
    match color {
        Color::Reset => None,
        Color::Rgb(r, g, b) => rgb(r, g, b),
        // The cube and the greys of the 256 colours.
        Color::Indexed(index @ 16..=231) => {
            let level = |part: u8| [0, 95, 135, 175, 215, 255][usize::from(part % 6)];
            let index = index - 16;
            rgb(level(index / 36), level(index / 6), level(index))
        }
        Color::Indexed(index @ 232..) => {
            let grey = 8 + (index - 232) * 10;
            rgb(grey, grey, grey)
        }
        other => panic!("the picture has no colour for {other:?}"),
    }
}

/// Frames, bars and lines are drawn, so that no font leaves gaps between them: a path from (0, 0)
/// to (1, 1) within the cell, and whether it is filled.
fn drawn(symbol: &str) -> Option<(String, bool)> {
    let line = |path: &str| Some((path.to_owned(), false));
    let block = |x: f64, y: f64, w: f64, h: f64| {
        let (right, bottom) = (x + w, y + h);
        let path = format!("{x} {y},{right} {y},{right} {bottom},{x} {bottom}");
        Some((path, true))
    };
    let symbol = symbol.chars().next()?;
    match symbol {
        '─' => line("0 .5,1 .5"),
        '│' => line(".5 0,.5 1"),
        '╭' => line("1 .5,.5 .5,.5 1"),
        '╮' => line("0 .5,.5 .5,.5 1"),
        '╰' => line(".5 0,.5 .5,1 .5"),
        '╯' => line(".5 0,.5 .5,0 .5"),
        '╱' => line("0 1,1 0"),
        '╲' => line("0 0,1 1"),
        '▁'..='█' => {
            let eighths = f64::from(symbol as u32 - '▁' as u32 + 1) / 8.0;
            block(0.0, 1.0 - eighths, 1.0, eighths)
        }
        '▉'..='▏' => {
            let eighths = 1.0 - f64::from(symbol as u32 - '█' as u32) / 8.0;
            block(0.0, 0.0, eighths, 1.0)
        }
        '▕' => block(0.875, 0.0, 0.125, 1.0),
        _ => None,
    }
}

/// Cells side by side that look the same and are drawn in the same way.
struct Run {
    x: u16,
    columns: u16,
    text: String,
    look: Look,
    shape: Option<(String, bool)>,
}

/// The runs of a row; blanks between two words belong to their run.
fn runs(buffer: &Buffer, y: u16) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut x = 0;
    while x < COLUMNS {
        let cell = &buffer[(x, y)];
        let symbol = cell.symbol();
        let columns = (symbol.width() as u16).max(1);
        let (look, shape) = (Look::of(cell), drawn(symbol));
        match runs.last_mut() {
            Some(run) if shape.is_none() && run.shape.is_none() && run.look == look => {
                run.text.push_str(symbol);
                run.columns += columns;
            }
            _ => runs.push(Run {
                x,
                columns,
                text: symbol.to_owned(),
                look,
                shape,
            }),
        }
        x += columns;
    }
    runs
}

fn svg(buffer: &Buffer, title: &str) -> String {
    let (width, height) = (f64::from(COLUMNS) * WIDTH, f64::from(ROWS) * HEIGHT);
    let (whole_width, whole_height) = (width + 2.0 * MARGIN, height + BAR + MARGIN);
    let mut svg = String::new();
    let mut line = |text: &str| writeln!(svg, "{text}").expect("a text takes everything");
    line(&format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole_width:.0} {whole_height:.0}" role="img" aria-label="{}">"#,
        escaped(title)
    ));
    line(
        "<style>text { font: 14px ui-monospace, 'SF Mono', 'JetBrains Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace }</style>",
    );
    line(&format!(
        r##"<rect x=".5" y=".5" width="{:.0}" height="{:.0}" rx="10" fill="{GROUND}" stroke="#2c3442"/>"##,
        whole_width - 1.0,
        whole_height - 1.0
    ));
    for (place, fill) in (0_u8..).zip(["#f0655a", "#f2bd4b", "#5fc454"]) {
        let x = 20.0 + 18.0 * f64::from(place);
        line(&format!(
            r#"<circle cx="{x}" cy="17" r="5.5" fill="{fill}"/>"#
        ));
    }
    for y in 0..ROWS {
        let top = BAR + f64::from(y) * HEIGHT;
        for run in runs(buffer, y) {
            let left = MARGIN + f64::from(run.x) * WIDTH;
            line_of(&run, left, top, &mut line);
        }
    }
    line("</svg>");
    svg
}

/// One run: its ground, and its text or shape.
fn line_of(run: &Run, left: f64, top: f64, line: &mut impl FnMut(&str)) {
    let columns = f64::from(run.columns) * WIDTH;
    if let Some(ground) = &run.look.ground {
        line(&format!(
            r#"<rect x="{left:.1}" y="{top:.1}" width="{columns:.1}" height="{HEIGHT}" fill="{ground}"/>"#
        ));
    }
    let fill = &run.look.text;
    let dim = if run.look.dim { r#" opacity=".6""# } else { "" };
    if let Some((path, filled)) = &run.shape {
        let points: Vec<String> = path
            .split(',')
            .map(|point| placed(point, left, top))
            .collect();
        let points = points.join(" ");
        line(&match filled {
            true => format!(r#"<polygon points="{points}" fill="{fill}"{dim}/>"#),
            false => format!(r#"<polyline points="{points}" fill="none" stroke="{fill}"{dim}/>"#),
        });
        return;
    }
    let text = run.text.trim_end();
    let blanks = text.len() - text.trim_start().len();
    let text = text.trim_start();
    if text.is_empty() {
        return;
    }
    let (x, y) = (left + blanks as f64 * WIDTH, top + 13.5);
    let length = text.width() as f64 * WIDTH;
    let bold = if run.look.bold {
        r#" font-weight="bold""#
    } else {
        ""
    };
    line(&format!(
        r#"<text x="{x:.1}" y="{y:.1}" textLength="{length:.1}" lengthAdjust="spacingAndGlyphs" xml:space="preserve" fill="{fill}"{bold}{dim}>{}</text>"#,
        escaped(text)
    ));
}

/// A point of a cell in the picture.
fn placed(point: &str, left: f64, top: f64) -> String {
    let mut parts = point
        .split(' ')
        .map(|part| part.parse::<f64>().expect("a number"));
    let mut part = |from: f64, size: f64| from + size * parts.next().expect("two numbers");
    let (x, y) = (part(left, WIDTH), part(top, HEIGHT));
    format!("{x:.1},{y:.1}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[test]
fn the_picture_of_the_readme_is_a_frame_of_today() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/dashboard.svg");
    let scene = shown();
    let title = format!("The dashboard of raft-playground: {}", scene.title);
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
