//! Disks and processes.

use raft_playground::world::Event;
use raft_playground::world::event::Written;

pub fn events() -> Vec<Event> {
    let persist = |write, what| Event::Persist { write, what };
    vec![
        persist(4, Written::Vote),
        persist(5, Written::Entries(3, 3)),
        persist(6, Written::Entries(3, 5)),
        persist(7, Written::Truncate(3)),
        Event::Sync { write: 7 },
        Event::Crash,
        Event::Restart,
        Event::Wipe,
        Event::Stop,
        Event::Resume,
    ]
}
