//! Nodes on a ring, the links between them, and messages moving along the links.
//!
//! An island shows as a closed shape: neighbours on the ring are joined while they reach each
//! other, a leader is joined to all whom it reaches, and a cut link bears a cross: in the middle
//! where it is cut both ways, and else before the node that does not hear the other.

use std::f64::consts::{FRAC_PI_2, TAU};

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::traffic;
use crate::raft::{NodeId, RoleKind};
use crate::screen::Screen;
use crate::screen::change::Change;
use crate::screen::lines::{Lines, Point};
use crate::screen::paint::{bar, blank, gauge, put, shorten, width};
use crate::screen::theme::role_word;
use crate::screen::units::digits;
use crate::world::View;
use crate::world::event::MessageId;
use crate::world::view::{Life, NodeStatus};

/// The columns of a timer below a label, edges included.
const TIMER: u16 = 8;
/// Those of a timer behind a label: the smallest is one cell without edges.
const BESIDE: [u16; 3] = [5, 3, 1];
/// How far along a link that is cut one way its cross stands.
const DEAF_END: f64 = 0.6;
/// The longest name that is written out.
const NAME: u16 = 10;

/// Where each node stands.
pub struct Ring {
    area: Rect,
    labels: Vec<Rect>,
    centres: Vec<Point>,
    /// The columns of a timer behind each label, 0 when there is none.
    beside: u16,
}

impl Ring {
    /// Places the nodes, with timers below their labels or, when that is too tight, behind them, or
    /// without; `None` when labels would touch even so.
    pub fn fit(view: &View, area: Rect) -> Option<Ring> {
        if let Some(roomy) = Ring::place(view, area, 2, 0) {
            return Some(roomy);
        }
        let plain = Ring::place(view, area, 1, 0)?;
        let timed = |beside| Ring::place(view, area, 1, beside);
        Some(BESIDE.into_iter().find_map(timed).unwrap_or(plain))
    }

    fn place(view: &View, area: Rect, rows: u16, beside: u16) -> Option<Ring> {
        let count = view.nodes.len();
        let columns = view.nodes.iter().map(label_width).max()? + beside;
        let columns = if rows > 1 {
            columns.max(TIMER)
        } else {
            columns
        };
        // One column of air on either side.
        let across = area.width.checked_sub(columns + 2)?;
        let down = area.height.checked_sub(rows)?;
        // Cells are twice as high as wide; a ring may be a little flatter than round, and more so
        // before its timers are given up.
        let flat = if beside > 0 { 3.6 } else { 2.8 };
        let half_across = f64::from(across) / 2.0;
        let half_down = (f64::from(down) / 2.0).min(half_across / 1.8);
        let half_across = half_across.min(half_down * flat);
        let middle = (
            f64::from(area.x) + f64::from(area.width - 1) / 2.0,
            f64::from(area.y) + f64::from(down) / 2.0,
        );
        let mut labels = Vec::with_capacity(count);
        let mut centres = Vec::with_capacity(count);
        for slot in 0..count {
            let angle = TAU * slot as f64 / count as f64 - FRAC_PI_2;
            let radius = if count == 1 { 0.0 } else { 1.0 };
            let x = middle.0 + radius * half_across * angle.cos();
            let y = middle.1 + radius * half_down * angle.sin();
            let left = (x - f64::from(columns - 1) / 2.0).round().max(0.0) as u16;
            let label = Rect::new(left, y.round() as u16, columns, rows);
            let apart = |other: &Rect| {
                let other = Rect::new(other.x.saturating_sub(1), other.y, other.width + 2, rows);
                !other.intersects(label)
            };
            if !labels.iter().all(apart) || label.intersection(area) != label {
                return None;
            }
            labels.push(label);
            centres.push((x, y + f64::from(rows - 1) / 2.0));
        }
        Some(Ring {
            area,
            labels,
            centres,
            beside,
        })
    }

    /// The label of each node, in order of their numbers.
    pub fn labels(&self) -> &[Rect] {
        &self.labels
    }

    /// Draws links, messages and nodes with what changed on each, the later over the earlier.
    pub fn draw(&self, screen: &Screen<'_>, changes: &[Change], buf: &mut Buffer) {
        self.links(screen, buf);
        traffic::draw(screen, self.area, &|id| self.centre(id), buf);
        let nodes = screen.scene.world.nodes.iter().zip(changes);
        for ((node, change), label) in nodes.zip(&self.labels) {
            self.label(screen, node, change, *label, buf);
        }
    }

    /// The message that is drawn at a cell.
    pub fn message(&self, screen: &Screen<'_>, cell: Position) -> Option<MessageId> {
        traffic::at(screen, &|id| self.centre(id), cell)
    }

    fn centre(&self, id: NodeId) -> Option<Point> {
        self.centres.get(id.slot()).copied()
    }

    fn links(&self, screen: &Screen<'_>, buf: &mut Buffer) {
        let (view, theme) = (&screen.scene.world, screen.theme);
        let mut lines = Lines::new(self.area);
        let mut cuts = Vec::new();
        let mut join = |a: NodeId, b: NodeId, spoke: bool| {
            let (Some(from), Some(to)) = (self.centre(a), self.centre(b)) else {
                return;
            };
            let cut = |from, to| view.blocked.contains(&(from, to));
            let (there, back) = (cut(a, b), cut(b, a));
            if there || back {
                let part = match (there, back) {
                    (true, true) => 0.5,
                    (true, false) => DEAF_END,
                    _ => 1.0 - DEAF_END,
                };
                let along = |from: f64, to: f64| from + (to - from) * part;
                cuts.push((along(from.0, to.0), along(from.1, to.1)));
            }
            if !(there && back) {
                let style = if spoke { theme.faint } else { theme.border };
                lines.draw(from, to, u8::from(spoke), style);
            }
        };
        let count = view.nodes.len();
        let pairs = if count == 2 { 1 } else { count };
        for slot in 0..pairs {
            if count > 1 {
                let next = (slot + 1) % count;
                join(NodeId::from_slot(slot), NodeId::from_slot(next), false);
            }
        }
        let leads = |node: &&NodeStatus| node.role() == Some(RoleKind::Leader);
        for leader in view.nodes.iter().filter(leads) {
            let others = view.nodes.iter().filter(|other| other.id != leader.id);
            for other in others.filter(|other| other.life != Life::Down) {
                join(leader.id, other.id, true);
            }
        }
        lines.show(buf);
        for (x, y) in cuts {
            let (x, y) = (x.round() as u16, y.round() as u16);
            put(buf, self.area, x, y, "╳", screen.theme.warn);
        }
    }

    /// A node: `♛ S1 t4`, and below it, or behind it, the election timer or what there is instead.
    /// Its name is underlined if anything of it changed a moment ago, and a star stands behind a new
    /// term.
    fn label(
        &self,
        screen: &Screen<'_>,
        node: &NodeStatus,
        change: &Change,
        area: Rect,
        buf: &mut Buffer,
    ) {
        let theme = screen.theme;
        let air = Rect::new(
            area.x.saturating_sub(1),
            area.y,
            area.width + 2,
            area.height,
        );
        blank(buf, air);
        let own = (label_width(node) + self.beside).min(area.width);
        let (start, y) = (area.x + (area.width - own) / 2, area.y);
        let x = put(buf, area, start, y, screen.glyph_of(node), theme.node(node));
        let mut name_style = screen.style_of_name(node);
        if change.any() {
            name_style = name_style.patch(theme.changed);
        }
        let name = shorten(&node.name, NAME);
        let x = put(buf, area, x + 1, y, &name, name_style);
        let term = format!("t{}", node.node.term);
        let term_style = theme.term(node.node.term);
        let x = put(buf, area, x + 1, y, &term, term_style);
        if change.term {
            put(buf, air, x, y, "*", term_style);
        }
        let timer = node.node.election_timer;
        let timer = timer.filter(|_| node.life == Life::Up);
        if area.height < 2 {
            let row = Rect::new(area.right() - self.beside, y, self.beside, 1);
            match (timer, self.beside) {
                (None, _) | (_, 0) => {}
                // The star of a new term stands there.
                (_, 1) if change.term => {}
                (Some((left, whole)), 1) => {
                    put(buf, row, row.x, y, &bar(left, whole, 1), term_style);
                }
                (Some(timer), _) => gauge(buf, row, timer, term_style, theme.quiet),
            }
            return;
        }
        let follows = node.role() == Some(RoleKind::Follower);
        let below = match timer {
            Some(timer) => {
                let row = Rect::new(area.x + (area.width - TIMER) / 2, y + 1, TIMER, 1);
                return gauge(buf, row, timer, term_style, theme.quiet);
            }
            // What a candidate is says more than that it will not try again.
            _ if follows && node.waits_with_held_timer() => "⊣held⊢",
            _ => role_word(&screen.scene.world, node),
        };
        // `candidate` is longer than a timer is wide.
        let below = shorten(below, air.width);
        let x = air.x + (air.width - width(&below)) / 2;
        put(buf, air, x, y + 1, &below, theme.quiet);
    }
}

fn label_width(node: &NodeStatus) -> u16 {
    // A glyph, `t`, and two blanks.
    width(&node.name).min(NAME) + digits(node.node.term) + 4
}
