//! Whether the dashboard was ever started before.

use std::fs::File;

use crate::script::logbook;

/// The file in the state folder that says so.
const MARKER: &str = "tour-offered";

/// True once for each person: the first time that it is asked. Where nothing can be remembered it
/// is never true, since a tour at every start is worse than none.
pub(super) fn first_start() -> bool {
    let Some(folder) = logbook::folder() else {
        return false;
    };
    // A file that is there already cannot be created.
    std::fs::create_dir_all(&folder)
        .and_then(|()| File::create_new(folder.join(MARKER)))
        .is_ok()
}
