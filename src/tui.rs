//! The live dashboard: keys in, scenes in, frames out.
//!
//! Nothing polls. The loop sleeps until a key, a signal or a scene comes; a change is drawn at
//! once unless a frame was drawn less than a thirtieth of a second ago, and then when that time
//! is over. Paused and untouched, nothing comes and nothing is done.

pub mod action;
pub mod advice;
pub mod app;
mod deeds;
mod fuzzy;
mod hints;
pub mod history;
pub mod key;
pub mod keymap;
mod moves;
pub mod offers;
pub mod palette;
mod picker;
pub mod problem;
mod signals;
mod studio;
mod terminal;

use std::io::{self, Write as _};
use std::sync::Arc;

use crossterm::event::{Event, EventStream};
use futures_util::StreamExt;
use ratatui::layout::Rect;
use tokio::time::{Instant, sleep_until};

use crate::command::Lang;
use crate::command::clean::clean;
use crate::screen::Theme;
use crate::script::exit;
use crate::script::live::{Ask, FRAME, Live};
use crate::session::Notice;
pub use app::{App, Open, Outgoing, Parse};
pub use history::History;
pub use keymap::Keymap;
pub use palette::Complete;
use signals::{Signal, Signals};
use terminal::Terminal;

/// How the dashboard was left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// By the person.
    Left,
    /// With what was filmed not written.
    FilmLost,
    /// The terminal has gone away.
    HungUp,
    /// By a signal, of this number.
    Signal(i32),
}

/// How the loop goes on after something came.
enum Turn {
    /// As before.
    Same,
    /// With something new to draw.
    Changed,
    /// With the terminal given back to the shell until it lets us go on.
    Suspend,
    /// With a terminal in an unknown state.
    Retake,
    /// Not at all.
    End(Ending),
}

/// How the dashboard looks and what it knows of the person.
pub struct Settings {
    /// What keys do.
    pub keymap: Keymap,
    /// The language of captions.
    pub lang: Lang,
    /// The colours and signs.
    pub theme: Theme,
    /// What was typed before.
    pub history: History,
    /// True when the mouse is listened to; or else it is left to the terminal.
    pub mouse: bool,
}

/// Runs the dashboard until it is left.
///
/// A panic in any thread, and a terminal that goes away, end the process where it stands.
///
/// # Errors
/// When the terminal cannot be taken, or the runtime cannot be set up.
pub fn run(
    mut live: Live,
    settings: Settings,
    parse: Parse,
    complete: Complete,
    open: Open,
) -> anyhow::Result<Ending> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let scene: Arc<_> = live.scenes.borrow_and_update().clone();
    let mut app = App::new(scene, settings.keymap, parse, complete)
        .with_scripts(open, settings.lang)
        .with_history(settings.history);
    terminal::end_on_panic();
    let ending = runtime.block_on(dashboard(
        &mut live,
        &mut app,
        &settings.theme,
        settings.mouse,
    ));
    live.ask(Ask::Quit);
    // The terminal has been given back: what is said now stays to be read.
    match studio::end() {
        Some(Ok(words)) => {
            let _ = writeln!(io::stdout(), "{}", clean(&words));
        }
        Some(Err(words)) => {
            let _ = writeln!(io::stderr(), "error: {}", clean(&words));
            return Ok(ending.map(|_| Ending::FilmLost)?);
        }
        None => {}
    }
    Ok(ending?)
}

async fn dashboard(
    live: &mut Live,
    app: &mut App,
    theme: &Theme,
    mouse: bool,
) -> io::Result<Ending> {
    // Before the terminal is taken, so that no signal finds it taken and nobody listening.
    let mut signals = Signals::listen(hang_up)?;
    let mut terminal = Terminal::take(mouse)?;
    let mut input = EventStream::new();
    let mut changed = true;
    let mut next_frame = Instant::now();
    loop {
        if changed && Instant::now() >= next_frame {
            let Ok(screen) = terminal.draw(app, theme) else {
                // Nobody is left to tell.
                return Ok(Ending::HungUp);
            };
            app.was_drawn_on(screen.area);
            let lost = studio::take(screen, app.scene(), app.ui().lang);
            changed = lost.is_some();
            if let Some(words) = lost {
                app.on_film(false, words.into());
            }
            next_frame = Instant::now() + FRAME;
        }
        let settles_by = live.settles_by(app.scene()).map(Instant::from_std);
        let turn = tokio::select! {
            biased;
            signal = signals.next() => on_signal(signal),
            event = input.next(), if settles_by.is_none() => match event {
                Some(Ok(event)) => on_event(app, live, theme, event),
                Some(Err(_)) | None => Turn::End(Ending::HungUp),
            },
            alive = live.scenes.changed() => match alive {
                Ok(()) => {
                    let scene = live.scenes.borrow_and_update().clone();
                    if live.has_heard_all(&scene) {
                        app.arrive();
                    }
                    app.on_scene(scene);
                    if let Some(text) = app.take_clip() && terminal.copy(&text).is_err() {
                        return Ok(Ending::HungUp);
                    }
                    Turn::Changed
                }
                // The session's thread has ended, and in order: a panic would have ended us.
                Err(_) => Turn::End(Ending::Left),
            },
            () = sleep_until(next_frame), if changed => Turn::Same,
            () = sleep_until(settles_by.unwrap_or(next_frame)), if settles_by.is_some() => Turn::Same,
        };
        match turn {
            Turn::Same => {}
            Turn::Changed => changed = true,
            Turn::Suspend | Turn::Retake => {
                // A new terminal, since nothing is known of what the old one shows. The reader of
                // keys stays: a stopped process reads nothing, and waking a reader to end it can
                // cost the key that comes with the waking.
                drop(terminal);
                if matches!(turn, Turn::Suspend) {
                    signals.suspend().await?;
                }
                terminal = Terminal::take(mouse)?;
                changed = true;
                next_frame = Instant::now();
            }
            Turn::End(ending) => return Ok(ending),
        }
    }
}

fn on_signal(signal: Signal) -> Turn {
    match signal {
        Signal::End(signal) => Turn::End(Ending::Signal(signal)),
        Signal::Continued => Turn::Retake,
    }
}

/// The terminal is gone. Giving it back would write to it: we leave as we stand, but for the film.
fn hang_up() {
    studio::end_in_turn();
    std::process::exit(exit::HUNG_UP)
}

fn on_event(app: &mut App, live: &mut Live, theme: &Theme, event: Event) -> Turn {
    match event {
        Event::Key(key) => {
            let outgoing = app.on_key(&key);
            on_outgoing(app, live, theme, outgoing)
        }
        Event::Mouse(mouse) => {
            let Ok((columns, rows)) = crossterm::terminal::size() else {
                return Turn::Same;
            };
            let area = Rect::new(0, 0, columns, rows);
            match app.on_mouse(&mouse, area, theme) {
                Some(outgoing) => on_outgoing(app, live, theme, outgoing),
                None => Turn::Same,
            }
        }
        Event::Paste(text) => {
            app.on_paste(&text);
            Turn::Changed
        }
        Event::Resize(..) => Turn::Changed,
        Event::FocusGained | Event::FocusLost => Turn::Same,
    }
}

fn on_outgoing(app: &mut App, live: &mut Live, theme: &Theme, outgoing: Vec<Outgoing>) -> Turn {
    for outgoing in outgoing {
        match outgoing {
            Outgoing::Ask(ask) => live.ask(ask),
            Outgoing::Record { file, force } => {
                let (films, notice) =
                    studio::begin(&file, force, app.scene(), app.ui().lang, theme);
                app.on_film(films, notice);
            }
            Outgoing::EndFilm => {
                if let Some(ended) = studio::end() {
                    app.on_film(false, ended.map_or_else(Notice::from, Notice::done));
                }
            }
            Outgoing::Suspend => return Turn::Suspend,
            Outgoing::Quit => return Turn::End(Ending::Left),
        }
    }
    Turn::Changed
}
