//! How long each part of a run takes on film, decided on the virtual clock alone: a caption stays
//! until it can have been read, stretches in which nothing happens are shortened, and the moments
//! that matter are slowed. Where a script names a `speed` it is left to it, but for captions;
//! where the person who makes the film names one, it is left to that person altogether.

use unicode_width::UnicodeWidthStr;

use crate::raft::Micros;
use crate::script::live::USUAL_SPEED;

/// What has a say in the pace.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Beat {
    /// A caption begins, which takes so long to read. The reader of the script stops there.
    Said(Micros),
    /// The script holds the wall's time. Its reader stops there.
    Paused,
    /// The script asks for a speed.
    Speed(f64),
    /// Something happens.
    Stir,
    /// Something happens that matters: somebody comes to lead, an invariant is violated.
    Moment,
}

/// A part of a run that passes evenly.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Piece {
    /// The instant that it goes up to; it begins where the one before it ends.
    pub until: Micros,
    /// How long it takes on film.
    pub film: Micros,
    /// How fast time passes in it, in virtual seconds for each second of film, where it does.
    pub speed: f64,
    /// Whether time stands still because the script says so.
    pub paused: bool,
    /// Whether the reader of the script stops at its end.
    pub stops: bool,
}

/// How much slower a moment that matters passes, and how much of the run before and after it.
const SLOWER: f64 = 0.5;
const BEFORE: Micros = 10_000;
const AFTER: Micros = 20_000;
/// Where nothing happens, so much of film is left beside what does happen, and so much between.
const MARGIN: f64 = 700_000.0;
const QUIET: f64 = 600_000.0;
/// How long a `pause` lasts.
const PAUSE: Micros = 2_000_000;
/// How long the end can be looked at, besides the time to read its caption.
const END: Micros = 1_000_000;

/// How long somebody needs to read a caption: a second and a half to find the place, and a second
/// for twenty letters, of which a Chinese character counts for two. In microseconds of the wall's
/// time, or of film.
pub fn reading_time(caption: &str) -> Micros {
    let letters = caption.width() as Micros;
    1_500_000 + letters * 1_000_000 / 20
}

/// The pieces of a film of a run up to `end`. `asked` is the speed of the person who makes it.
pub(super) fn pieces(beats: &[(Micros, Beat)], end: Micros, asked: Option<f64>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut speed = None;
    let mut caption = Caption::default();
    let mut from = 0;
    let mut rest = beats;
    loop {
        let ends = |&(_, beat): &(_, Beat)| !matches!(beat, Beat::Stir | Beat::Moment);
        let count = rest.iter().position(ends).unwrap_or(rest.len());
        let (inner, after) = rest.split_at(count);
        let until = after.first().map_or(end, |&(at, _)| at);
        let begun = pieces.len();
        match asked.or(speed) {
            Some(speed) => pieces.extend(even(from, until, speed)),
            None => by_itself(from, until, inner, &mut pieces),
        }
        caption.shown += pieces[begun..]
            .iter()
            .map(|piece| piece.film)
            .sum::<Micros>();
        from = until;
        let Some((&(_, beat), next)) = after.split_first() else {
            break;
        };
        rest = next;
        match beat {
            Beat::Speed(wanted) => speed = Some(wanted),
            Beat::Paused => {
                stop(&mut pieces, until);
                pieces.push(still(until, PAUSE, true));
                caption.shown += PAUSE;
            }
            Beat::Said(needed) => {
                if asked.is_none() {
                    pieces.extend(caption.rest(until));
                }
                stop(&mut pieces, until);
                caption = Caption { needed, shown: 0 };
            }
            Beat::Stir | Beat::Moment => {}
        }
    }
    if asked.is_none() {
        pieces.extend(caption.rest(end));
    }
    stop(&mut pieces, end);
    pieces.push(still(end, END, false));
    pieces
}

/// The caption that stands: how long it takes to read, and how long it was seen.
#[derive(Default)]
struct Caption {
    needed: Micros,
    shown: Micros,
}

impl Caption {
    /// Stands still until it can have been read.
    fn rest(&self, at: Micros) -> Option<Piece> {
        let rest = self.needed.saturating_sub(self.shown);
        (rest > 0).then(|| still(at, rest, false))
    }
}

fn still(at: Micros, film: Micros, paused: bool) -> Piece {
    Piece {
        until: at,
        film,
        speed: 0.0,
        paused,
        stops: false,
    }
}

/// The reader of the script stops here.
fn stop(pieces: &mut Vec<Piece>, at: Micros) {
    match pieces.last_mut() {
        Some(last) if !last.stops => last.stops = true,
        _ => pieces.push(Piece {
            stops: true,
            ..still(at, 0, false)
        }),
    }
}

fn even(from: Micros, until: Micros, speed: f64) -> Option<Piece> {
    let film = (until - from) as f64 / speed;
    (until > from).then_some(Piece {
        until,
        film: film.round() as Micros,
        speed,
        paused: false,
        stops: false,
    })
}

/// A stretch that nobody set a speed for.
fn by_itself(from: Micros, until: Micros, beats: &[(Micros, Beat)], pieces: &mut Vec<Piece>) {
    let mut begin = from;
    let stirs = beats.iter().map(|&(at, _)| at).chain([until]);
    for stir in stirs {
        let margin = (MARGIN * USUAL_SPEED) as Micros;
        let quiet = (stir - begin).saturating_sub(2 * margin);
        if (quiet as f64) / USUAL_SPEED > QUIET {
            slowed(begin, begin + margin, beats, pieces);
            let fast = quiet as f64 / QUIET;
            pieces.extend(even(begin + margin, begin + margin + quiet, fast));
            slowed(begin + margin + quiet, stir, beats, pieces);
        } else {
            slowed(begin, stir, beats, pieces);
        }
        begin = stir;
    }
}

/// A stretch in which something happens: slow where it matters.
fn slowed(from: Micros, until: Micros, beats: &[(Micros, Beat)], pieces: &mut Vec<Piece>) {
    let mut begin = from;
    for &(at, beat) in beats {
        let slow = (at.saturating_sub(BEFORE), at.saturating_add(AFTER));
        if beat == Beat::Moment && slow.1 > begin && slow.0 < until {
            let (first, last) = (slow.0.max(begin), slow.1.min(until));
            pieces.extend(even(begin, first, USUAL_SPEED));
            pieces.extend(even(first, last, USUAL_SPEED * SLOWER));
            begin = last;
        }
    }
    pieces.extend(even(begin, until, USUAL_SPEED));
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Micros = 1_000_000;

    fn film(pieces: &[Piece]) -> Micros {
        pieces.iter().map(|piece| piece.film).sum()
    }

    fn said(text: &str) -> Beat {
        Beat::Said(reading_time(text))
    }

    #[test]
    fn a_caption_stays_until_it_is_read() {
        let text = "twenty letters, more";
        let beats = [(0, said(text)), (0, said("")), (10_000, Beat::Stir)];
        let pieces = pieces(&beats, 20_000, None);
        let stops: Vec<_> = pieces.iter().map(|piece| piece.stops).collect();
        // The reader stops at each caption and at the end.
        assert_eq!(stops.iter().filter(|&&stops| stops).count(), 3);
        let first: Micros = pieces[1..2].iter().map(|piece| piece.film).sum();
        assert_eq!(first, 2_500_000);
        assert_eq!(film(&pieces), 2_500_000 + 1_500_000 + END);
    }

    #[test]
    fn chinese_takes_longer_to_read() {
        assert_eq!(reading_time("ten!"), 1_700_000);
        assert_eq!(reading_time("选举"), 1_700_000);
    }

    #[test]
    fn a_script_that_names_a_speed_is_left_to_it() {
        let beats = [(0, Beat::Speed(0.5)), (SECOND, Beat::Moment)];
        let pieces = pieces(&beats, 2 * SECOND, None);
        assert_eq!(film(&pieces), 4 * SECOND + END);
        assert!(pieces.iter().all(|piece| [0.0, 0.5].contains(&piece.speed)));
    }

    #[test]
    fn what_is_asked_for_holds_throughout() {
        let beats = [
            (0, Beat::Speed(0.5)),
            (0, said("a caption that would take a while")),
            (SECOND, Beat::Moment),
        ];
        assert_eq!(film(&pieces(&beats, 2 * SECOND, Some(2.0))), SECOND + END);
    }

    #[test]
    fn a_pause_is_seen() {
        let beats = [(0, Beat::Speed(1.0)), (SECOND, Beat::Paused)];
        let pieces = pieces(&beats, 2 * SECOND, None);
        assert_eq!(film(&pieces), 2 * SECOND + PAUSE + END);
        assert_eq!(pieces.iter().filter(|piece| piece.paused).count(), 1);
    }

    #[test]
    fn nothing_is_short_and_what_matters_is_slow() {
        let quiet = pieces(&[], 100 * SECOND, None);
        assert_eq!(film(&quiet), 2 * MARGIN as Micros + QUIET as Micros + END);
        let moment = pieces(&[(SECOND / 20, Beat::Moment)], SECOND / 10, None);
        let slow = (BEFORE + AFTER) * 20;
        assert_eq!(
            film(&moment),
            (SECOND / 10 - BEFORE - AFTER) * 10 + slow + END
        );
    }

    #[test]
    fn time_goes_on_and_never_back() {
        let beats = [
            (0, said("one")),
            (40_000, Beat::Moment),
            (45_000, Beat::Moment),
            (60_000, Beat::Stir),
            (5 * SECOND, Beat::Paused),
            (5 * SECOND, said("two")),
            (6 * SECOND, Beat::Speed(3.0)),
        ];
        for asked in [None, Some(0.3)] {
            let pieces = pieces(&beats, 9 * SECOND, asked);
            assert!(pieces.is_sorted_by_key(|piece| piece.until));
            assert_eq!(pieces.last().map(|piece| piece.until), Some(9 * SECOND));
        }
    }
}
