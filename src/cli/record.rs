//! `record`: a script as a film.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::interrupt::leave_nothing;
use super::locale::FileLangArg;
use super::output::{print, say, shell_word};
use super::play::tell_of_panics;
use super::progress::Progress;
use super::{Failure, count, input, instant, speed};
use crate::command::clean::printable;
use crate::command::duration_text;
use crate::record::{FilmFile, Kind, Label, Take, film};
use crate::screen::Theme;
use crate::screen::layout::SMALLEST;
use crate::screen::theme::{Depth, THEMES};
use crate::script::Outcome;
use crate::script::exit::DONE;

/// `record` and what it takes.
#[derive(Args, Debug)]
pub(super) struct Record {
    /// A script: a file, or the name of a demo
    script: String,
    /// Where the film goes; the name's end says what it is: .cast (asciicast), .gif, .svg, .png (one
    /// frame) or .txt (the screen as each caption leaves it)
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The size of the screen in columns and rows
    #[arg(long, value_name = "COLUMNSxROWS", allow_hyphen_values = true, default_value = "120x36", value_parser = size)]
    size: (u16, u16),
    /// Frames in a second of film (1 to 60)
    #[arg(long, value_name = "N", allow_hyphen_values = true, default_value = "15", value_parser = count(1_u16, Some(60)))]
    fps: u16,
    /// Virtual seconds in a second of film, throughout [default: as the script says, and made for
    /// viewers: captions stay until they are read, what is quiet is shortened]
    #[arg(long, value_name = "X", allow_hyphen_values = true, value_parser = speed)]
    speed: Option<f64>,
    /// The first instant to show, as in 1.5s
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = instant)]
    from: Option<u64>,
    /// The last instant to show; the same as --from for one frame
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = instant)]
    to: Option<u64>,
    /// The colours
    #[arg(long, value_name = "NAME", default_value = "dark", value_parser = THEMES.map(|theme| theme.name))]
    theme: String,
    /// Draw a window with a title around the screen (.gif, .svg and .png)
    #[arg(long)]
    window: bool,
    #[command(flatten)]
    lang: FileLangArg,
    /// Replace a file that was made in another way
    #[arg(long)]
    force: bool,
}

/// The largest screen.
const LARGEST: (u16, u16) = (400, 120);

fn size(text: &str) -> Result<(u16, u16), String> {
    let parts = text.split_once(['x', 'X', '×']);
    let parsed = parts.and_then(|(columns, rows)| {
        Some((columns.trim().parse().ok()?, rows.trim().parse().ok()?))
    });
    match parsed {
        Some((columns, rows))
            if (SMALLEST.0..=LARGEST.0).contains(&columns)
                && (SMALLEST.1..=LARGEST.1).contains(&rows) =>
        {
            Ok((columns, rows))
        }
        _ => Err(format!(
            "a size is columns and rows, from {}x{} to {}x{}, as in 120x36",
            SMALLEST.0, SMALLEST.1, LARGEST.0, LARGEST.1
        )),
    }
}

/// Makes the film.
pub(super) fn record(args: &Record) -> Result<i32, Failure> {
    tell_of_panics();
    let wrong = |words: String| {
        let name = args.output.display().to_string();
        let name = printable(&name);
        Failure::wrong(format!("error: {name}: {words}"))
    };
    let kind = args.kind().map_err(wrong)?;
    if let (Some(from), Some(to)) = (args.from, args.to)
        && from > to
    {
        return Err(Failure::wrong(
            "error: --from is after --to: the film would end before it begins",
        ));
    }
    let script = Arc::new(input::unattended(&args.script)?);
    let take = args.take(kind);
    let unwritable = |error: std::io::Error| match error.kind() {
        ErrorKind::InvalidInput => wrong(error.to_string()),
        _ => Failure::of_place(&args.output, &error),
    };
    let label = Label {
        title: script.title.text_in(take.lang).to_string(),
        arguments: shell_word(&args.script),
        theme: take.theme.clone(),
        window: args.window,
    };
    leave_nothing();
    let mut reel = FilmFile::create(&args.output, args.force, &label).map_err(unwritable)?;
    let mut progress = Progress::new();
    let mut length = 0;
    let mut told = |done: u64, whole: u64| {
        length = whole;
        progress.tell(|| {
            let percent = done * 100 / whole.max(1);
            format!("filming: {percent} % of {} s", whole / 1_000_000)
        });
    };
    let ending = film(&script, &take, &mut reel, &mut told);
    progress.clear();
    let ending = ending.map_err(unwritable)?;
    let still = take.still || take.from.is_some() && take.from == take.to;
    let made = match still {
        true => "one picture".to_owned(),
        false => format!("{:.1} s of film", length as f64 / 1e6),
    };
    let short = match args.to.is_some_and(|to| ending.until < to) {
        true => format!("; the script ends at {}", duration_text(ending.until)),
        false => String::new(),
    };
    let path = args.output.display().to_string();
    print(&format!("{}: {made}{short}", printable(&path)))?;
    if let Some(words) = &ending.failure {
        say(&match &ending.outcome {
            // It names the place itself.
            Some(Outcome::Wrong(wrong)) => wrong.render(&script.source, false),
            _ => format!("{}: {}", printable(&args.script), printable(words)),
        });
    }
    Ok(ending.outcome.map_or(DONE, |outcome| outcome.exit_code()))
}

impl Record {
    /// What the film is, by the name of its file; the error says what does not go together.
    fn kind(&self) -> Result<Kind, String> {
        let kind = Kind::of(&self.output)?;
        if self.window && !kind.is_picture() {
            return Err("--window is for pictures: .gif, .svg and .png".to_owned());
        }
        Ok(kind)
    }

    /// How it is filmed.
    fn take(&self, kind: Kind) -> Take {
        let still = kind == Kind::Png;
        let theme = Theme::named(&self.theme, Depth::Any);
        Take {
            columns: self.size.0,
            rows: self.size.1,
            fps: self.fps,
            speed: self.speed,
            from: self.from,
            // A picture without an end shows where the film would begin.
            to: self.to.or(self.from.filter(|_| still)),
            still,
            lang: self.lang.lang(),
            theme: theme.expect("the command line takes the names of themes only"),
            command: format!("raft-playground {}", shell_word(&self.script)),
        }
    }
}
