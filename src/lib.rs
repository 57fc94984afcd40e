//! A Raft cluster that lives in a terminal. (map to follow)

pub mod check;
pub mod cli;
pub mod command;
pub mod kv;
pub mod raft;
pub mod screen;
pub mod script;
pub mod session;
pub mod tui;
pub mod world;
