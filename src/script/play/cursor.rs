//! Where a reader stands in a script, `repeat` unfolded.

use crate::command::{Line, Statement};

/// The place in each of the nested lists of lines, the innermost last.
#[derive(Clone, Debug)]
pub(super) struct Cursor {
    frames: Vec<Frame>,
}

/// A place in one list of lines.
#[derive(Clone, Copy, Debug)]
struct Frame {
    place: usize,
    /// How often the list is still to come after this time.
    left: u64,
}

impl Cursor {
    /// Before the first line.
    pub fn new() -> Cursor {
        Cursor {
            frames: vec![Frame { place: 0, left: 0 }],
        }
    }

    /// Takes the next of the lines that the whole script has.
    pub fn next(&mut self, lines: &[Line]) -> Option<Line> {
        loop {
            let depth = self.frames.len();
            let lines = lines_at(lines, &self.frames[..depth - 1]);
            let frame = self.frames.last_mut()?;
            match lines.get(frame.place) {
                None if frame.left > 0 => {
                    frame.left -= 1;
                    frame.place = 0;
                }
                None if depth == 1 => return None,
                None => {
                    self.frames.pop();
                    self.frames.last_mut()?.place += 1;
                }
                Some(line) => match &line.statement {
                    Statement::Repeat(times, inner) if *times > 0 && !inner.is_empty() => {
                        self.frames.push(Frame {
                            place: 0,
                            left: times - 1,
                        });
                    }
                    Statement::Repeat(..) => frame.place += 1,
                    _ => {
                        frame.place += 1;
                        return Some(line.clone());
                    }
                },
            }
        }
    }
}

/// The lines that the innermost of `frames` leads into.
fn lines_at<'a>(lines: &'a [Line], frames: &[Frame]) -> &'a [Line] {
    frames.iter().fold(lines, |lines, frame| {
        match lines.get(frame.place).map(|line| &line.statement) {
            Some(Statement::Repeat(_, inner)) => inner,
            _ => &[],
        }
    })
}
