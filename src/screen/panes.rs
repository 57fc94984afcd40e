//! The panes of the main screen, and what lies over it: one pane, one file.

pub mod caption;
pub mod cluster;
pub mod events;
pub mod foot;
pub mod grid;
pub mod head;
pub mod help;
pub mod islands;
pub mod logs;
pub mod node;
pub mod picker;
pub mod prompt;
pub mod ring;
pub mod small;
pub mod tape;
pub mod traffic;
pub mod why;
