//! What runs, how fast, how far, and whether all is well:
//!
//! ```text
//!  Figure 8 · 5 nodes · seed 42   ▶ 0.25×   3.412 s   term 4   leader S1   ✔ safe   ✔ linearizable
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::check::linearizability::Verdict;
use crate::raft::Invariant;
use crate::screen::Screen;
use crate::screen::paint::{put, shorten, width};
use crate::screen::units::{Seconds, Speed};
use crate::world::View;
use crate::world::view::Life;

/// The title keeps so many columns.
const TITLE: u16 = 8;

/// Draws it: the right side first, since it says how things stand, and the title in what is left.
pub fn draw(screen: &Screen<'_>, area: Rect, buf: &mut Buffer) {
    let (scene, theme) = (screen.scene, screen.theme);
    let count = scene.world.nodes.len();
    let nodes = if count == 1 { "node" } else { "nodes" };
    let about = format!(" · {count} {nodes} · seed {}", scene.seed);
    let title = scene.title.text_in(screen.ui.lang);
    let seed = format!(" · seed {}", scene.seed);

    let mut facts = facts(screen);
    let taken = |facts: &[(String, Style)], gap: u16| -> u16 {
        facts.iter().map(|(text, _)| width(text) + gap).sum()
    };
    // The title is shortened first; but for its beginning that all is well need not be said twice.
    let crowded = taken(&facts, 2) + width(title).min(TITLE) + 1 > area.width;
    if crowded && scene.history == Verdict::Linearizable {
        facts.pop();
    }
    // Where the title has no room, the same facts stand closer together.
    let gap = match taken(&facts, 3) + width(title) + 1 > area.width {
        true => 2,
        false => 3,
    };
    let needed = taken(&facts, gap);
    let start = area.right().saturating_sub(needed.saturating_sub(gap) + 1);
    let start = start.max(area.x + 1);
    let mut x = start;
    for (text, style) in &facts {
        x = put(buf, area, x, area.y, text, *style) + gap;
    }

    let room = start.saturating_sub(area.x + 1 + gap);
    // What is played is worth more than what else there is to say of it.
    let fits = |about: &&String| width(title) + width(about) <= room;
    let about = [&about, &seed].into_iter().find(fits);
    let title = shorten(title, room);
    let x = put(buf, area, area.x + 1, area.y, &title, theme.title);
    if let Some(about) = about {
        put(buf, area, x, area.y, about, theme.quiet);
    }
}

fn facts(screen: &Screen<'_>) -> Vec<(String, Style)> {
    let (scene, theme) = (screen.scene, screen.theme);
    let world = &scene.world;
    let mut facts = Vec::with_capacity(5);
    let play = if scene.playing { "▶" } else { "││" };
    let play_style = if scene.playing {
        theme.good
    } else {
        theme.warn
    };
    let reached = scene
        .reached
        .map(|reached| format!(" ({})", Speed(reached)));
    let speed = format!(
        "{play} {}{}",
        Speed(scene.speed),
        reached.unwrap_or_default()
    );
    facts.push((speed, play_style));
    if world.now < scene.frontier {
        let text = format!("◂◂ {} of {}", Seconds(world.now), Seconds(scene.frontier));
        facts.push((text, theme.warn));
    } else {
        facts.push((Seconds(world.now).to_string(), theme.text));
    }
    let term = world.term();
    facts.push((format!("term {term}"), theme.term(term)));
    let leaders = world.newest_leaders();
    let names = leaders.iter().map(|node| shorten(&node.name, 12));
    let names = names.collect::<Vec<_>>().join(" ");
    facts.push(match *leaders {
        [] => ("no leader".into(), theme.warn),
        [leader] => {
            let own = leader.node.term;
            // Somebody stands for a newer term, or has voted in one.
            let old = if own < term {
                format!(" t{own}")
            } else {
                String::new()
            };
            match leader.life {
                Life::Stopped => (
                    format!("leader {names}{old} stopped{}", stuck(world)),
                    theme.warn,
                ),
                _ => (format!("leader {names}{old}"), theme.term(own)),
            }
        }
        // What must never be.
        _ => (format!("leaders {names}"), theme.bad),
    });
    let verdict = match scene.violations.as_slice() {
        [] => ("✔ safe".into(), theme.good),
        [only] => (format!("✘ {}", only.invariant), theme.bad),
        [first, more @ ..] => (format!("✘ {} +{}", first.invariant, more.len()), theme.bad),
    };
    facts.push(verdict);
    let first = scene.violations.first().map(|found| found.invariant);
    match scene.history {
        Verdict::Linearizable => facts.push(("✔ linearizable".into(), theme.good)),
        Verdict::Undecided => facts.push(("? linearizable".into(), theme.warn)),
        Verdict::Violated if first == Some(Invariant::Linearizability) => {}
        Verdict::Violated => facts.push(("✘ linearizable".into(), theme.bad)),
    }
    facts
}

/// Whether anybody could follow a leader that stands still.
fn stuck(world: &View) -> &'static str {
    match world.islands().iter().any(|island| island.can_elect) {
        true => "",
        false => ", no majority",
    }
}
