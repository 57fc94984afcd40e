//! A film as a GIF file, which loops for ever.
//!
//! It is written as it comes. A frame holds the rectangle that changed, and leaves what did not
//! change in it transparent, but for short gaps; so a film in which little moves is small.

use std::io::{self, Write};
use std::ops::Range;

use gif::{AnyExtension, DisposalMethod, Encoder, EncodingError, Extension, Repeat};

use super::colours::{ColourId, Palette};
use super::picture::{MARK, Measures, Picture};
use super::raster::Raster;
use super::{Frame, Reel};
use crate::raft::Micros;

/// Time in a GIF, in hundredths of a second.
type Centis = u64;

/// What viewers take as it is; they show what is to be shown for less for much longer.
const SHORTEST: Centis = 2;
/// The time of one of the parts of a frame that is shown for longer than a GIF can say.
const PART: u16 = 60_000;

/// Up to so many pixels between two that changed are drawn again. The same text then gives the
/// same bytes whatever it covers, and repeats itself: frames in which much moves are a sixth
/// smaller.
const GAP: usize = 40;

/// A GIF file being written.
pub struct Gif<W: Write> {
    picture: Picture,
    raster: Option<Raster>,
    sink: Sink<W>,
    /// What the viewer sees after the frames that are written.
    shown: Vec<ColourId>,
    /// What comes next, and from when on; it is written when it is known how long it is shown.
    next: Vec<ColourId>,
    since: Centis,
}

/// Where it is written to.
enum Sink<W: Write> {
    /// Nothing is written yet.
    Fresh(W),
    /// Frames are written.
    Begun(Encoder<W>),
    /// The file is complete.
    Done,
}

impl<W: Write> Gif<W> {
    /// The file will be written to `out`.
    pub fn new(out: W, picture: &Picture) -> Gif<W> {
        Gif {
            picture: picture.clone(),
            raster: None,
            sink: Sink::Fresh(out),
            shown: Vec::new(),
            next: Vec::new(),
            since: 0,
        }
    }

    /// Writes what comes next, which is shown until a moment.
    fn write(&mut self, until: Centis) -> io::Result<()> {
        let Some(raster) = &self.raster else {
            return Ok(());
        };
        let measures = raster.measures();
        let area = Area::of(measures, &self.shown, &self.next);
        let rows = area.rows(measures);
        let drawn: Vec<Range<usize>> = rows
            .flat_map(|row| stretches(&self.shown, &self.next, row))
            .collect();
        let seen = drawn.iter().flat_map(|stretch| &self.next[stretch.clone()]);
        let palette = Palette::of(seen.copied(), raster.colours(), 255);
        // The place after the colours is for what stays as it is.
        let stays = palette.chosen.len() as u8;
        let mut pixels = vec![stays; area.size()];
        for stretch in drawn {
            let to = area.place(measures, stretch.start);
            let place = |&pixel: &ColourId| palette.place(pixel).unwrap_or(stays);
            let from = self.next[stretch].iter().map(place);
            pixels[to..]
                .iter_mut()
                .zip(from)
                .for_each(|(to, from)| *to = from);
        }
        let mut colours = palette.bytes();
        colours.extend([0; 3]);
        let encoder = self.sink.begun(measures)?;
        let mut left = until - self.since;
        let mut frame = gif::Frame {
            delay: part(&mut left),
            dispose: DisposalMethod::Keep,
            transparent: Some(stays),
            left: area.left,
            top: area.top,
            width: area.width,
            height: area.height,
            palette: Some(colours),
            buffer: pixels.into(),
            ..gif::Frame::default()
        };
        encoder.write_frame(&frame).map_err(broken)?;
        while left > 0 {
            // Nothing changes any more.
            (frame.width, frame.height) = (1, 1);
            frame.buffer = vec![stays].into();
            frame.delay = part(&mut left);
            encoder.write_frame(&frame).map_err(broken)?;
        }
        self.since = until;
        self.shown.clone_from(&self.next);
        Ok(())
    }
}

impl<W: Write> Reel for Gif<W> {
    fn frame(&mut self, frame: Frame<'_>) -> io::Result<()> {
        let at = centis(frame.at);
        let raster = Raster::show(&mut self.raster, &self.picture, frame.screen);
        if raster.pixels() == self.next {
            return Ok(());
        }
        let pixels = raster.pixels().to_vec();
        if self.next.is_empty() {
            self.shown = vec![ColourId::NONE; pixels.len()];
        } else if at >= self.since + SHORTEST {
            self.write(at)?;
        }
        self.next = pixels;
        Ok(())
    }

    fn end(&mut self, at: Micros) -> io::Result<()> {
        self.write(centis(at).max(self.since + SHORTEST))?;
        if let Sink::Begun(encoder) = std::mem::replace(&mut self.sink, Sink::Done) {
            encoder.into_inner().map_err(broken)?.flush()?;
        }
        Ok(())
    }
}

impl<W: Write> Sink<W> {
    /// The encoder; the head of the file is written when it is first asked for.
    fn begun(&mut self, measures: Measures) -> io::Result<&mut Encoder<W>> {
        if let Sink::Fresh(_) = self
            && let Sink::Fresh(out) = std::mem::replace(self, Sink::Done)
        {
            let (width, height) = (measures.width, measures.height);
            let mut encoder = Encoder::new(out, width, height, &[]).map_err(broken)?;
            let comment = AnyExtension(Extension::Comment as u8);
            let marked = encoder.write_raw_extension(comment, &[MARK.as_bytes()]);
            marked.map_err(broken)?;
            encoder.set_repeat(Repeat::Infinite).map_err(broken)?;
            *self = Sink::Begun(encoder);
        }
        match self {
            Sink::Begun(encoder) => Ok(encoder),
            Sink::Fresh(_) | Sink::Done => Err(io::Error::other("the film is at its end")),
        }
    }
}

/// Rounded, so that the times of the frames add up to that of the film.
fn centis(at: Micros) -> Centis {
    (at + 5_000) / 10_000
}

/// As much of a time as one frame can be shown for.
fn part(left: &mut Centis) -> u16 {
    let part = u16::try_from(*left).unwrap_or(PART);
    *left -= Centis::from(part);
    part
}

fn broken(error: EncodingError) -> io::Error {
    match error {
        EncodingError::Io(error) => error,
        other => io::Error::other(other),
    }
}

/// A rectangle of a picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Area {
    left: u16,
    top: u16,
    width: u16,
    height: u16,
}

impl Area {
    /// The smallest one with all that differs between two pictures, of at least one pixel.
    fn of(measures: Measures, one: &[ColourId], other: &[ColourId]) -> Area {
        let across = usize::from(measures.width);
        let rows = one.chunks(across).zip(other.chunks(across));
        let (mut left, mut right) = (across, 0);
        let (mut top, mut bottom) = (usize::MAX, 0);
        for (y, (one, other)) in rows.enumerate().filter(|(_, (one, other))| one != other) {
            let differs = |x: &usize| one[*x] != other[*x];
            left = (0..left).find(differs).unwrap_or(left);
            right = (right..across).rfind(differs).map_or(right, |x| x + 1);
            (top, bottom) = (top.min(y), y + 1);
        }
        if bottom == 0 {
            (left, right, top, bottom) = (0, 1, 0, 1);
        }
        Area {
            left: left as u16,
            top: top as u16,
            width: (right - left) as u16,
            height: (bottom - top) as u16,
        }
    }

    /// How many pixels it has.
    fn size(self) -> usize {
        usize::from(self.width) * usize::from(self.height)
    }

    /// The place of a pixel of the whole picture in this one.
    fn place(self, measures: Measures, pixel: usize) -> usize {
        let across = usize::from(measures.width);
        let (x, y) = (pixel % across, pixel / across);
        (y - usize::from(self.top)) * usize::from(self.width) + x - usize::from(self.left)
    }

    /// Where the pixels of its rows are among those of the whole picture.
    fn rows(self, measures: Measures) -> impl Iterator<Item = Range<usize>> {
        let rows = usize::from(self.top)..usize::from(self.top + self.height);
        rows.map(move |y| {
            let start = y * usize::from(measures.width) + usize::from(self.left);
            start..start + usize::from(self.width)
        })
    }
}

/// What is drawn again of a row: all that differs, with the short gaps in it.
fn stretches(before: &[ColourId], after: &[ColourId], row: Range<usize>) -> Vec<Range<usize>> {
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for pixel in row.filter(|&pixel| before[pixel] != after[pixel]) {
        match stretches.last_mut() {
            Some(last) if pixel - last.end < GAP => last.end = pixel + 1,
            _ => stretches.push(pixel..pixel + 1),
        }
    }
    stretches
}

/// True for the beginning of a GIF file that this program made.
pub fn is_own(head: &[u8]) -> bool {
    let comment = [&[0x21, 0xfe, MARK.len() as u8], MARK.as_bytes()].concat();
    let marked = |bytes: &[u8]| bytes == comment;
    head.starts_with(b"GIF89a") && head.windows(comment.len()).any(marked)
}
