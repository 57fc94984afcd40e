//! The lanes: whose they are, what each node was at each instant, and what happened on it.

use std::collections::BTreeMap;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::{Scale, TIMES, VIOLATED};
use crate::raft::{Event as NodeEvent, Micros, NodeId, RoleKind};
use crate::screen::paint::{put, width};
use crate::screen::{Screen, Theme};
use crate::world::explain::brief::{self, Standing};
use crate::world::view::{Life, NodeStatus};
use crate::world::{Event, Record};

/// The least columns from lane to lane.
const LEAST: u16 = 9;
/// How much a mark matters that tells of a violation, of a role, or of a term.
const VIOLATION: u8 = 10;
const ROLE: u8 = 7;
const TERM: u8 = 5;

/// A node's lane.
pub struct Lane {
    /// Whose it is.
    pub node: NodeId,
    /// Its column.
    pub x: u16,
    /// The columns to the next lane.
    pub gap: u16,
    /// The columns for what is written beside it.
    room: u16,
    /// What the node was, from each instant on; the first since ever.
    states: Vec<(Micros, Standing)>,
}

/// The lanes that there is room for: those of the nodes that matter most, in order.
pub fn choose(screen: &Screen<'_>, scale: &Scale, area: Rect) -> Vec<Lane> {
    let nodes = &screen.scene.world.nodes;
    let room = area.width.saturating_sub(TIMES);
    let most = usize::from((room / LEAST).max(1)).min(nodes.len());
    let mut ranked: Vec<&NodeStatus> = nodes.iter().collect();
    let busy = busy(screen, scale);
    ranked.sort_by_key(|node| {
        let matters = match (node.id == screen.ui.selected, node.role()) {
            (true, _) => 0,
            (_, Some(RoleKind::Leader)) => 1,
            (_, Some(RoleKind::Candidate | RoleKind::PreCandidate)) => 2,
            _ => 3,
        };
        (matters, std::cmp::Reverse(busy[node.id.slot()]), node.id)
    });
    ranked.truncate(most);
    ranked.sort_by_key(|node| node.id);
    let gap = room / u16::try_from(most).unwrap_or(u16::MAX).max(1);
    let gap = gap.min(60);
    let lane = |(place, node): (usize, &NodeStatus)| {
        let x = area.x + TIMES + gap / 4 + place as u16 * gap;
        Lane {
            node: node.id,
            x,
            gap,
            room: gap
                .saturating_sub(2)
                .min(area.right().saturating_sub(x + 1)),
            states: states(screen, node),
        }
    };
    ranked.into_iter().enumerate().map(lane).collect()
}

/// How much each node did that tells something, in the time that is shown.
fn busy(screen: &Screen<'_>, scale: &Scale) -> Vec<usize> {
    let mut busy = vec![0; screen.scene.world.nodes.len()];
    let records = screen.scene.records.iter().rev();
    for record in records.take_while(|record| record.at >= scale.from) {
        if let Some(count) = record.node.and_then(|node| busy.get_mut(node.slot()))
            && record.is_telling()
        {
            *count += 1;
        }
    }
    busy
}

/// What a node was: told forwards by its events, and at last what it is.
fn states(screen: &Screen<'_>, node: &NodeStatus) -> Vec<(Micros, Standing)> {
    let mut state = Standing::UNKNOWN;
    let mut states = vec![(0, state)];
    let own = screen.scene.records.iter();
    for record in own.filter(|record| record.node == Some(node.id)) {
        if state.take(&record.event) {
            states.push((record.at, state));
        }
    }
    let now = Standing {
        life: node.life,
        role: node.role(),
        term: Some(node.node.term),
    };
    match states.as_slice() {
        // Nothing changed as far back as anything is known.
        [_] => states[0].1 = now,
        _ => {
            // What it is now it is since its last change.
            if let Some((_, last)) = states.last_mut() {
                *last = now;
            }
        }
    }
    states
}

impl Lane {
    /// Draws the lane, from where everything is known to the present, and faintly beyond.
    pub fn draw(&self, screen: &Screen<'_>, scale: &Scale, known: Micros, buf: &mut Buffer) {
        let (theme, now) = (screen.theme, screen.scene.world.now);
        for (y, at) in scale.rows() {
            if at + scale.row <= known {
                continue;
            }
            let (ch, style) = match at > now {
                true => ('┊', theme.faint),
                // What it was at the end of the row.
                false => look(theme, self.state(at + scale.row - 1)),
            };
            buf[(self.x, y)].set_char(ch).set_style(style);
        }
    }

    fn state(&self, at: Micros) -> Standing {
        let next = self.states.partition_point(|&(since, _)| since <= at);
        self.states[next.saturating_sub(1)].1
    }

    /// Writes beside the lane what happened to the node; where that stands.
    pub fn draw_marks(&self, screen: &Screen<'_>, scale: &Scale, buf: &mut Buffer) -> Vec<Rect> {
        let records = screen.scene.records.iter();
        let own = records.filter(|record| record.node == Some(self.node));
        let mut rows: BTreeMap<u16, Vec<Mark>> = BTreeMap::new();
        for record in own {
            if let (Some(y), Some(mark)) = (scale.row_of(record.at), mark(screen, record)) {
                rows.entry(y).or_default().push(mark);
            }
        }
        let violations = screen.scene.violations.iter();
        for violation in violations.filter(|found| found.nodes.contains(&self.node)) {
            if let Some(y) = scale.row_of(violation.at) {
                let mark = Mark {
                    weight: VIOLATION,
                    long: format!("{VIOLATED} {}", violation.invariant),
                    short: VIOLATED.to_owned(),
                    style: screen.theme.bad,
                };
                rows.entry(y).or_default().push(mark);
            }
        }
        let mut places = Vec::new();
        for (y, marks) in rows {
            let start = self.x + 2;
            let area = Rect::new(start, y, self.room.saturating_sub(1), 1);
            let mut x = start;
            for (text, style) in fitting(&marks, area.width) {
                x = put(buf, area, x, y, text, style);
                // No line runs into the words.
                x = put(buf, area, x, y, " ", style);
            }
            places.push(Rect::new(start, y, x - start, 1));
        }
        places
    }
}

/// As many marks as there is room for, the weightiest before all, in the order of the events.
fn fitting(marks: &[Mark], room: u16) -> Vec<(&str, Style)> {
    let mut by_weight: Vec<usize> = (0..marks.len()).collect();
    by_weight.sort_by_key(|&place| std::cmp::Reverse(marks[place].weight));
    let mut left = room;
    let mut chosen: Vec<(usize, &str)> = Vec::new();
    for place in by_weight {
        let mark = &marks[place];
        // A role tells its term, and the same again says nothing.
        let told = mark.weight == TERM && marks.iter().any(|mark| mark.weight == ROLE);
        let again = chosen
            .iter()
            .any(|(other, _)| marks[*other].long == mark.long);
        let texts = [&mark.long, &mark.short].into_iter();
        let text = texts
            .filter(|_| !told && !again)
            .find(|text| width(text) <= left);
        if let Some(text) = text {
            chosen.push((place, text));
            left = left.saturating_sub(width(text) + 1);
        }
    }
    chosen.sort_unstable();
    let styled = chosen.into_iter();
    styled
        .map(|(place, text)| (text, marks[place].style))
        .collect()
}

/// How a lane looks.
fn look(theme: &Theme, state: Standing) -> (char, Style) {
    let style = state.term.map_or(theme.quiet, |term| theme.term(term));
    let style = match (state.life, state.role) {
        (Life::Down, _) => theme.bad,
        (Life::Stopped, _) => theme.warn,
        (_, Some(RoleKind::Leader)) => style.add_modifier(Modifier::BOLD),
        _ => style,
    };
    (state.stroke(), style)
}

/// What is written beside a lane.
struct Mark {
    weight: u8,
    long: String,
    short: String,
    style: Style,
}

/// What an event has to say beside its lane, if there is room for such things here.
fn mark(screen: &Screen<'_>, record: &Record) -> Option<Mark> {
    let theme = screen.theme;
    let (weight, style) = match &record.event {
        Event::Crash => (9, theme.bad),
        Event::Wipe => (8, theme.warn),
        Event::Boot | Event::Restart | Event::Reboot | Event::Resume => (9, theme.good),
        Event::Stop => (9, theme.warn),
        Event::Node(event) => match event {
            NodeEvent::Timeout { election: true } => (4, theme.warn),
            NodeEvent::Role { term, .. } => (ROLE, theme.term(*term)),
            NodeEvent::Term { term, .. } => (TERM, theme.term(*term)),
            NodeEvent::Commit { .. } => (6, theme.good),
            NodeEvent::CommitHeld { .. } | NodeEvent::Truncate { .. } => (6, theme.warn),
            NodeEvent::Install { .. } => (6, theme.text),
            _ => return None,
        },
        _ => return None,
    };
    let names = |id: NodeId| screen.scene.world.name(id);
    let mark = brief::mark(&record.event, &names)?;
    let short = match mark.short.is_empty() {
        true => mark.sign.to_owned(),
        false => format!("{} {}", mark.sign, mark.short),
    };
    Some(Mark {
        weight,
        long: mark.to_string(),
        short,
        style,
    })
}
