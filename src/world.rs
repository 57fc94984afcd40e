//! The deterministic world around the nodes: clock, events, threads, network, disks, clients.

pub mod command;
pub mod event;
pub mod view;

pub use command::Command;
pub use event::{Causes, Event, Record};
pub use view::View;
