//! Makes the frames of a film. The script is played twice: once to see what there is to show, and
//! again to show it at the [pace](super::pace) that follows from that.

use std::io::{self, ErrorKind};
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::pace::{Beat, Piece, pieces, reading_time};
use super::{Frame, Reel};
use crate::command::{Lang, Script, Show, ViewName, duration_text};
use crate::raft::{Index, Micros, NodeId};
use crate::screen::{Hint, Screen, Theme, Ui};
use crate::script::live::USUAL_SPEED;
use crate::script::play::times_real;
use crate::script::{Outcome, Player, Progress, stage};
use crate::session::{Manner, Mark, Scene, Session};
use crate::world::Hosts;

/// Events kept in memory.
const KEEP: usize = 20_000;
/// Events that a scene carries.
const SHOWN: usize = 500;

/// What a film shows, and how.
#[derive(Clone, Debug)]
pub struct Take {
    /// How wide the screen is, in cells.
    pub columns: u16,
    /// How high the screen is, in cells; below [`SMALLEST`](crate::screen::layout::SMALLEST) it
    /// only says that it is too small.
    pub rows: u16,
    /// Frames in a second of film, 1 or more.
    pub fps: u16,
    /// Virtual seconds in a second of film, above 0, throughout; without it the pace is made for
    /// viewers.
    pub speed: Option<f64>,
    /// The first instant that is shown, in microseconds; without it the first of all.
    pub from: Option<Micros>,
    /// The last instant that is shown, in microseconds; without it the last of all. When both are
    /// the same there is one frame.
    pub to: Option<Micros>,
    /// Whether the last instant is all that is shown.
    pub still: bool,
    /// The language of captions.
    pub lang: Lang,
    /// The colours.
    pub theme: Theme,
    /// How the film's viewer can play the script, for the foot of the screen.
    pub command: String,
}

/// How the script of a film ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ending {
    /// What became of it; none when the film ends before the script does.
    pub outcome: Option<Outcome>,
    /// Why it did not pass, for a person.
    pub failure: Option<String>,
    /// The last instant that is shown, in microseconds.
    pub until: Micros,
    /// How long the film is, in microseconds.
    pub length: Micros,
}

/// Makes a film of a script, frame by frame. `progress` is told how much of the film there is, and
/// how much there will be.
///
/// # Errors
/// When the reel cannot be written; [`ErrorKind::InvalidInput`] when the script ends before the
/// first instant that is to be shown.
pub fn film(
    script: &Arc<Script>,
    take: &Take,
    reel: &mut dyn Reel,
    progress: &mut dyn FnMut(Micros, Micros),
) -> io::Result<Ending> {
    let (beats, end) = beats(script, take);
    let from = take.from.unwrap_or(0);
    if from > end {
        let end = duration_text(end);
        let words = format!("the script ends at {end}, before the film begins");
        return Err(io::Error::new(ErrorKind::InvalidInput, words));
    }
    let pieces = pieces(&beats, end, take.speed);
    let still = take.still || take.from == Some(end);
    let pieces = match still {
        true => all_but_the_last(pieces),
        false => cut(pieces, from),
    };
    let length = pieces.iter().map(|piece| piece.film).sum();
    let mut camera = Camera::new(script, take, reel);
    if still {
        camera.first = end + 1;
    }
    let moves = pieces.iter().find(|piece| piece.speed > 0.0);
    camera.speed = moves.map_or(USUAL_SPEED, |piece| piece.speed);
    for (place, &piece) in pieces.iter().enumerate() {
        let mut same = pieces[place..]
            .iter()
            .take_while(|next| next.until == piece.until);
        camera.shoot(piece, same.any(|next| next.stops))?;
        progress(camera.at, length);
    }
    camera.wrap()
}

/// What of a run has a say in the pace, in order, and the last instant that is shown.
fn beats(script: &Arc<Script>, take: &Take) -> (Vec<(Micros, Beat)>, Micros) {
    let last = take.to.unwrap_or(Micros::MAX);
    let mut stand = Stand::new(script);
    let mut beats = Vec::new();
    let mut seen = Seen::default();
    loop {
        let next = stand.session.next_instant();
        let until = next.unwrap_or(Micros::MAX).max(stand.session.now());
        let progress = stand.step(until);
        let now = stand.session.now();
        if now > last {
            return (beats, last);
        }
        let speeds = std::mem::take(&mut stand.speeds);
        beats.extend(speeds.into_iter().map(|speed| (now, Beat::Speed(speed))));
        if let Some(beat) = seen.look(&stand.session) {
            beats.push((now, beat));
        }
        match progress {
            Progress::Waits | Progress::Steps { says: false } => {}
            Progress::Pauses => beats.push((now, Beat::Paused)),
            Progress::Steps { says: true } => {
                let needed = reading_time(&stand.caption(take.lang));
                beats.push((now, Beat::Said(needed)));
            }
            Progress::Ends => return (beats, now),
        }
    }
}

/// What of a run was seen already.
#[derive(Default)]
struct Seen {
    deeds: usize,
    marks: usize,
    committed: Index,
    /// Something was committed since the last thing that happened otherwise. Under a workload
    /// something always is.
    commits: bool,
}

impl Seen {
    fn look(&mut self, session: &Session) -> Option<Beat> {
        let tape = session.tape();
        let new = &tape[self.marks.min(tape.len())..];
        let matters = |mark: &(Micros, Mark)| matches!(mark.1, Mark::Leader(..) | Mark::Violation);
        let moment = new.iter().any(matters);
        let stirs = !new.is_empty() || session.journal().len() > self.deeds;
        let committed = session.committed() > self.committed && !self.commits;
        self.commits = !stirs && (self.commits || committed);
        self.marks = tape.len();
        self.deeds = session.journal().len();
        self.committed = session.committed();
        match (moment, stirs || committed) {
            (true, _) => Some(Beat::Moment),
            (false, true) => Some(Beat::Stir),
            (false, false) => None,
        }
    }
}

/// Leaves the end alone on film.
fn all_but_the_last(mut pieces: Vec<Piece>) -> Vec<Piece> {
    if let Some((_, before)) = pieces.split_last_mut() {
        before.iter_mut().for_each(|piece| piece.film = 0);
    }
    pieces
}

/// Leaves nothing on film of what comes before `from`.
fn cut(mut pieces: Vec<Piece>, from: Micros) -> Vec<Piece> {
    let mut begin = 0;
    let mut cut = Vec::new();
    for piece in &mut pieces {
        if piece.until < from {
            piece.film = 0;
        } else if begin < from {
            let (before, whole) = (from - begin, piece.until - begin);
            let shown = piece.film as f64 * (whole - before) as f64 / whole as f64;
            cut.push(Piece {
                until: from,
                film: 0,
                stops: false,
                ..*piece
            });
            piece.film = shown.round() as Micros;
        }
        begin = piece.until;
        cut.push(*piece);
    }
    cut
}

/// A script that is played with nobody there.
struct Stand {
    session: Session,
    player: Player,
    /// The speeds that were asked for since they were taken.
    speeds: Vec<f64>,
    /// What the script wants looked at, since it said so.
    focus: Option<NodeId>,
    view: Option<ViewName>,
}

impl Stand {
    fn new(script: &Arc<Script>) -> Stand {
        let manner = Manner {
            hosts: Hosts::Inline,
            keep: KEEP,
            rewinds: true,
        };
        Stand {
            session: Session::new(stage(script, None), manner),
            player: Player::filmed(script.clone()),
            speeds: Vec::new(),
            focus: None,
            view: None,
        }
    }

    /// Plays up to an instant, or to the next statement.
    fn step(&mut self, until: Micros) -> Progress {
        let progress = self.player.advance(&mut self.session, until);
        for show in self.player.take_shows() {
            match show {
                Show::Speed(millionths) => self.speeds.push(times_real(millionths)),
                Show::Focus(nodes) => {
                    let first = self.session.world().select(&nodes).first().copied();
                    self.focus = first.or(self.focus);
                }
                Show::View(view) => self.view = Some(view),
                // A film does not wait for anybody.
                Show::BreakWhen(_) | Show::BreakClear => {}
            }
        }
        progress
    }

    /// Plays up to an instant, or to where the film stops: at a caption, a pause, the end.
    fn play(&mut self, until: Micros) -> Progress {
        loop {
            match self.step(until) {
                Progress::Steps { says: false } => {}
                Progress::Waits if self.session.now() < until => {}
                progress => return progress,
            }
        }
    }

    fn caption(&self, lang: Lang) -> String {
        let caption = self.session.caption();
        caption.map_or_else(String::new, |(caption, _)| {
            caption.text_in(lang).to_string()
        })
    }
}

/// What is on film so far.
struct Camera<'a> {
    take: &'a Take,
    reel: &'a mut dyn Reel,
    stand: Stand,
    ui: Ui,
    /// How long the film is so far.
    at: Micros,
    /// The number of the next frame, counted evenly from the beginning.
    next: u64,
    /// What was shown last.
    shown: Option<Buffer>,
    /// The caption that has begun and is on no frame yet.
    begins: Option<String>,
    ended: bool,
    /// The first instant of which more than the last frame is shown.
    first: Micros,
    /// How fast time passed last.
    speed: f64,
}

impl<'a> Camera<'a> {
    fn new(script: &Arc<Script>, take: &'a Take, reel: &'a mut dyn Reel) -> Camera<'a> {
        let hint = Hint {
            keys: take.command.clone(),
            words: "plays this".to_owned(),
        };
        Camera {
            take,
            reel,
            stand: Stand::new(script),
            ui: Ui {
                lang: take.lang,
                hints: vec![hint],
                ..Ui::default()
            },
            at: 0,
            next: 0,
            shown: None,
            begins: None,
            ended: false,
            first: take.from.unwrap_or(0),
            speed: USUAL_SPEED,
        }
    }

    /// When the next frame is due.
    fn due(&self) -> Micros {
        self.next * 1_000_000 / u64::from(self.take.fps)
    }

    /// Takes a piece of the run. With `before` something is done at its last instant that has its
    /// turn only when the reader of the script is to stop there.
    fn shoot(&mut self, piece: Piece, before: bool) -> io::Result<()> {
        let (begin, from) = (self.at, self.stand.session.now());
        if piece.speed > 0.0 {
            self.speed = piece.speed;
        }
        let end = begin + piece.film;
        let last = match before {
            true => piece.until.checked_sub(1),
            false => Some(piece.until),
        };
        // A caption is there from its first moment on, whenever frames are due, and even if it
        // gives way to the next at once.
        if self.begins.is_some() && (piece.film > 0 || (piece.stops && from >= self.first)) {
            self.frame(begin, piece)?;
        }
        while self.due() < end {
            let at = self.due();
            let share = at.saturating_sub(begin) as f64 / piece.film as f64;
            let passed = (piece.until - from) as f64 * share;
            self.pass(from + passed as Micros, last);
            self.frame(at, piece)?;
            self.next += 1;
        }
        match piece.stops {
            true => self.play(piece.until),
            false => self.pass(piece.until, last),
        }
        self.at = end;
        Ok(())
    }

    /// Plays up to an instant, and not beyond the `last` that is allowed.
    fn pass(&mut self, until: Micros, last: Option<Micros>) {
        let until = last.map(|last| until.min(last));
        if let Some(until) = until.filter(|&until| until >= self.stand.session.now()) {
            self.play(until);
        }
    }

    fn play(&mut self, until: Micros) {
        let progress = self.stand.play(until);
        if progress == (Progress::Steps { says: true }) {
            self.begins = Some(self.stand.caption(self.take.lang));
        }
        self.ended = progress == Progress::Ends;
    }

    fn scene(&self, piece: Piece) -> Scene {
        let Stand {
            session, player, ..
        } = &self.stand;
        let title = player.script().title.clone();
        Scene {
            playing: !piece.paused,
            speed: self.speed,
            scripted: !self.ended,
            notice: player.failure(session.violations()).map(Into::into),
            undoable: 0,
            ..session.scene(title, SHOWN)
        }
    }

    /// Draws a frame, and hands it on if it shows anything new.
    fn frame(&mut self, at: Micros, piece: Piece) -> io::Result<()> {
        let scene = self.scene(piece);
        self.ui.selected = self.stand.focus.unwrap_or(self.ui.selected);
        self.ui.view = self.stand.view.unwrap_or(self.ui.view);
        let area = Rect::new(0, 0, self.take.columns, self.take.rows);
        let mut screen = Buffer::empty(area);
        let whole = Screen {
            scene: &scene,
            ui: &self.ui,
            theme: &self.take.theme,
        };
        whole.render(area, &mut screen);
        let begins = self.begins.take();
        if begins.is_some() || self.shown.as_ref() != Some(&screen) {
            self.reel.frame(Frame {
                at,
                screen: &screen,
                caption: begins.as_deref(),
            })?;
        }
        self.shown = Some(screen);
        Ok(())
    }

    fn wrap(self) -> io::Result<Ending> {
        self.reel.end(self.at)?;
        let Stand {
            session, player, ..
        } = &self.stand;
        let violations = session.violations();
        Ok(Ending {
            outcome: player.outcome(violations),
            failure: player.failure(violations),
            until: session.now(),
            length: self.at,
        })
    }
}
