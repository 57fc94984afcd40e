//! Where a file goes. It appears whole or not at all, and a file that was made in another way, or
//! was changed since, is kept.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So much of a file tells whether this program wrote it.
const HEAD: u64 = 1 << 20;
/// How many parts this process has named: no two of them share one.
static PARTS: AtomicU32 = AtomicU32::new(0);
/// The parts that exist: in reach of whoever ends the program.
static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn unfinished() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends the program, whatever its other threads do, and leaves no unfinished file.
pub fn exit(code: i32) -> ! {
    // Held to the end: nobody begins another meanwhile.
    let unfinished = unfinished();
    for part in unfinished.iter() {
        let _ = fs::remove_file(part);
    }
    std::process::exit(code)
}

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
    /// The place at `path`. What stands there is replaced if it is empty, if `is_own` knows it by
    /// its head for a file of the same making, or with `force`.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] when the file that stands there is to be kept; others when
    /// nothing can be written there.
    pub fn of(path: &Path, force: bool, is_own: impl Fn(&[u8]) -> bool) -> io::Result<Place> {
        let path = match fs::metadata(path) {
            // A link may point to what does not exist yet.
            Err(error) if error.kind() == ErrorKind::NotFound => match fs::read_link(path) {
                Ok(target) => path.parent().unwrap_or(Path::new("")).join(target),
                Err(_) => path.to_owned(),
            },
            Err(error) => return Err(error),
            Ok(found) if found.is_dir() => return Err(ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() => return Ok(Place::Stream(path.to_owned())),
            Ok(_) if !force && !head(path).is_ok_and(|head| head.is_empty() || is_own(&head)) => {
                let words = "a file that was made in another way, or changed since, is there";
                return Err(io::Error::new(ErrorKind::AlreadyExists, words));
            }
            Ok(_) => path.canonicalize()?,
        };
        loop {
            let count = PARTS.fetch_add(1, Ordering::Relaxed);
            // As short as it can be: names of files have a limit.
            let part = path.with_file_name(format!(".{}-{count}.part", std::process::id()));
            // A process of the same number may have left one behind.
            if !part.exists() {
                return Ok(Place::File { path, part });
            }
        }
    }

    /// Opens what is written to.
    ///
    /// # Errors
    /// When it cannot be opened for writing.
    pub fn open(&self) -> io::Result<File> {
        match self {
            Place::Stream(path) => OpenOptions::new().write(true).open(path),
            Place::File { part, .. } => {
                let mut unfinished = unfinished();
                let file = File::create_new(part)?;
                unfinished.insert(part.clone());
                Ok(file)
            }
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
        let Place::File { path, part } = self else {
            return Ok(false);
        };
        // Some file systems say only now that they are full.
        out.sync_all()?;
        let replaced = fs::metadata(path).ok();
        if let Some(replaced) = &replaced {
            fs::set_permissions(part, replaced.permissions())?;
        }
        let mut unfinished = unfinished();
        fs::rename(part, path)?;
        unfinished.remove(part);
        Ok(replaced.is_some())
    }
}

/// The beginning of a file.
fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

impl Drop for Place {
    /// Half a file is of no use to anybody.
    fn drop(&mut self) {
        if let Place::File { part, .. } = self
            && unfinished().remove(part)
        {
            let _ = fs::remove_file(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(place: &Place, text: &str) -> bool {
        place.fill(text).expect("it is written")
    }

    #[test]
    fn two_that_are_written_at_once_do_not_disturb_one_another() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.txt");
        let place = || Place::of(&path, true, |_| true).expect("a place");
        let (first, second) = (place(), place());
        let mut out = first.open().expect("a file");
        assert!(!written(&second, "second"));
        drop(second);
        out.write_all(b"first").expect("it is written");
        assert!(first.close(&out).expect("it is closed"));
        drop(first);
        assert_eq!(fs::read_to_string(&path).expect("a file"), "first");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }

    #[test]
    fn the_longest_name_will_do() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("n".repeat(255));
        let place = Place::of(&path, false, |_| false).expect("a place");
        assert!(!written(&place, "text"));
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().expect("a folder");
        let (link, real) = (folder.path().join("link"), folder.path().join("real"));
        symlink("real", &link).expect("a link");
        let place = || Place::of(&link, true, |_| true).expect("a place");
        assert!(!written(&place(), "new"));
        fs::set_permissions(&real, fs::Permissions::from_mode(0o600)).expect("permissions");
        assert!(written(&place(), "newer"));
        assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
        let found = fs::metadata(&real).expect("a file");
        assert_eq!(
            (found.permissions().mode() & 0o777, found.len()),
            (0o600, 5)
        );
    }
}
