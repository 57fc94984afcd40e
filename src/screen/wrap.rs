//! Lines for a pane, of text that may come from outside.

use crate::command::clean::clean;
use crate::script;

/// Lines of at most `columns`, of text that is [`clean`]. Never empty lines.
pub fn wrap(text: &str, columns: u16) -> Vec<String> {
    script::wrap::wrap(&clean(text), columns)
}
