//! Where a file goes. It appears whole or not at all, and a file that was made in another way is
//! kept.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The place of a file that is being written.
pub enum Place {
    /// A device or a pipe, which cannot be replaced.
    Stream(PathBuf),
    /// `part`, beside `path`, takes its place when it is whole.
    File {
        /// Where the file will be; what a link points to is replaced, not the link.
        path: PathBuf,
        /// Where it is until then.
        part: PathBuf,
    },
}

impl Place {
    /// The place at `path`. What stands there is replaced if `is_own` knows it for a file of the
    /// same making, or with `force`.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] when the file that stands there is to be kept; others when
    /// nothing can be written there.
    pub fn of(path: &Path, force: bool, is_own: impl Fn(&Path) -> bool) -> io::Result<Place> {
        let path = match fs::metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => path.to_owned(),
            Err(error) => return Err(error),
            Ok(found) if found.is_dir() => return Err(ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() => return Ok(Place::Stream(path.to_owned())),
            Ok(_) if !force && !is_own(path) => {
                let words = "a file that was made in another way is there";
                return Err(io::Error::new(ErrorKind::AlreadyExists, words));
            }
            Ok(_) => path.canonicalize()?,
        };
        let mut name = OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(format!(".{}.part", std::process::id()));
        let part = path.with_file_name(name);
        Ok(Place::File { path, part })
    }

    /// Opens what is written to.
    ///
    /// # Errors
    /// When it cannot be opened for writing.
    pub fn open(&self) -> io::Result<File> {
        match self {
            Place::Stream(path) => OpenOptions::new().write(true).open(path),
            Place::File { part, .. } => File::create_new(part),
        }
    }

    /// Writes all of the file, and puts it in its place; true when it took that of another.
    ///
    /// # Errors
    /// When it cannot be written or moved.
    pub fn fill(&self, text: &str) -> io::Result<bool> {
        let mut out = self.open()?;
        out.write_all(text.as_bytes())?;
        self.close(&out)
    }

    /// Puts a file of which all has been written in its place; true when it took that of another.
    ///
    /// # Errors
    /// When it could not be written after all, or cannot be moved.
    pub fn close(&self, out: &File) -> io::Result<bool> {
        let Place::File { path, .. } = self else {
            return Ok(false);
        };
        // Some file systems say only now that they are full.
        out.sync_all()?;
        let replaced = path.exists();
        self.settle()?;
        Ok(replaced)
    }

    /// Puts the file in its place, when all of it has been written.
    ///
    /// # Errors
    /// When it cannot be moved.
    pub fn settle(&self) -> io::Result<()> {
        match self {
            Place::Stream(_) => Ok(()),
            Place::File { path, part } => fs::rename(part, path),
        }
    }
}

impl Drop for Place {
    /// Half a file is of no use to anybody. A whole one has been moved, and nothing is there.
    fn drop(&mut self) {
        if let Place::File { part, .. } = self {
            let _ = fs::remove_file(part);
        }
    }
}
