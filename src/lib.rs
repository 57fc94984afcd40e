//! A Raft cluster that lives in a terminal: watch it, break it, rewind it, and keep what you did as
//! a test.
//!
//! One idea holds the house together: everything that a person does to the cluster is one line of
//! text, at one virtual instant, in one deterministic world. A key, an entry of the palette, a line
//! of a script and a line of a journal are the same thing; so a session can be saved, replayed,
//! rewound, branched and tested without a second mechanism.
//!
//! # The floors
//!
//! A module uses only those below it; `tests/architecture.rs` sees to that.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`cli`] | reads the command line, runs one mode, gives the exit code |
//! | [`tui`] | the live dashboard: event loop, keys, palette, mouse |
//! | [`explore`] | many runs at once: the search for a schedule that breaks something, experiments |
//! | [`record`] | films: what is drawn of a script, as a cast, a GIF, an SVG, a picture or text |
//! | [`screen`] | what is drawn: layout, panes, themes; it borrows a scene and changes nothing |
//! | [`script`] | plays a script: waits, expectations, story, report, exports; the thread of a live session |
//! | [`session`] | world, checker and journal together: run, rewind, branch, explain, play futures |
//! | [`check`] | watches the invariants and never steers |
//! | [`command`] | the text of commands: one table of verbs; parse, print, complete; conditions |
//! | [`world`] | virtual time, network, disks, clocks, clients, the threads of the nodes, the trace |
//! | [`raft`] | the protocol: pure, told what happens and answering what is to be done |
//! | [`kv`] | the replicated state machine: keys, values, client sessions |
//! | [`list`] | a list that is cheap to copy: what logs are made of |
//! | `hash` | one word more in a fast hash, the same on every machine |
//! | `room` | adding to a vector without a stop on the way |
//!
//! # The way of data
//!
//! ```text
//! key ─ keymap ─▶ statement ─▶ session (its own thread) ─▶ journal
//!                                │
//!                                ▼
//!      ┌─────────────── world: next instant ◀──────────────┐
//!      │ what is due, by node                               │ (time, order of sending)
//!      ▼                                                    │
//!  nodes: Node::step ─▶ effects ─▶ disk, network, clients ──┘
//!                          │
//!                          ▼
//!                        trace ─▶ checker ─▶ scene ─▶ screen ─▶ terminal
//! ```
//!
//! Nothing runs the other way: panes never hold the world, the protocol never calls out, the
//! network never looks into a node.
//!
//! # Where to begin
//!
//! To follow one message, read [`raft::Node::step`] and then [`world`]; to see a whole run, play a
//! script:
//!
//! ```
//! use std::sync::Arc;
//! use raft_playground::command::Script;
//! use raft_playground::script::{Outcome, Player, stage};
//! use raft_playground::session::{Manner, Session};
//! use raft_playground::world::Hosts;
//!
//! let text = "cluster 3\nwait until leader\nput x 1\nwait until reply = ok\n";
//! let script = Script::parse("example.raft", text)?;
//! let manner = Manner { hosts: Hosts::Inline, keep: 1_000, rewinds: false };
//! let mut session = Session::new(stage(&script, Some(7)), manner);
//! let mut player = Player::new(Arc::new(script));
//!
//! assert_eq!(player.run(&mut session), Outcome::Passed);
//! assert_eq!(player.expectations().len(), 2);
//! assert!(session.violations().is_empty());
//! # Ok::<(), raft_playground::command::Diagnostics>(())
//! ```

pub mod check;
pub mod cli;
pub mod command;
pub mod explore;
mod hash;
pub mod kv;
pub mod list;
pub mod raft;
pub mod record;
mod room;
pub mod screen;
pub mod script;
pub mod session;
pub mod tui;
pub mod world;
