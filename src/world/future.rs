//! Another future of the present instant: all that is under way, and fresh randomness.

use super::World;
use super::disk::Disk;
use super::host::Host;

impl World {
    /// A copy, with all nodes inline, that draws from the streams of another seed from now on.
    ///
    /// What was drawn before stays as it is: messages on their way arrive when they would have, and
    /// a sync that was begun ends when it would have. Only election timeouts that run are drawn
    /// anew, among those that would not have ended yet: they are what decides who leads next, and
    /// nobody who looks at the cluster can know them.
    pub fn another_future(&self, seed: u64) -> World {
        let mut world = self.copy();
        world.seed = seed;
        world.network.draw_anew(seed);
        world.workloads.draw_anew(seed);
        for slot in 0..world.servers.len() {
            let server = &mut world.servers[slot];
            server.disk.draw_from(Disk::stream(seed, server.id));
            let rng = server.stream(seed);
            if let Some(Host::Inline(node)) = &mut server.host {
                node.draw_anew(rng, server.clock.local(world.now));
                server.batch.deadline = node.deadline();
            }
            world.arm(slot);
        }
        world.next_instant();
        world
    }
}
