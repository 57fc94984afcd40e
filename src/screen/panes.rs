//! The panes of each view, and what lies over them: one pane, one file.

pub mod calls;
pub mod caption;
pub mod clients;
pub mod cluster;
pub mod events;
pub mod flights;
pub mod foot;
pub mod grid;
pub mod head;
pub mod help;
pub mod islands;
pub mod lists;
pub mod logs;
pub mod main;
pub mod metrics;
pub mod network;
pub mod node;
pub mod picker;
pub mod prompt;
pub mod ring;
pub mod rules;
pub mod small;
pub mod tape;
pub mod timeline;
pub mod traffic;
pub mod views;
