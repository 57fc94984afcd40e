//! What each meaning looks like. Panes name meanings, never colours, and every colour goes with a
//! glyph or a word, so that a theme without colours tells the same.

use ratatui::style::{Color, Modifier, Style};

use crate::raft::{RoleKind, Term};
use crate::world::view::{Life, NodeStatus};

/// A style for each meaning.
#[derive(Clone, PartialEq, Debug)]
pub struct Theme {
    /// Ordinary text.
    pub text: Style,
    /// Text of less weight: labels, units, rules.
    pub quiet: Style,
    /// What only hints: links, empty places.
    pub faint: Style,
    /// Frames.
    pub border: Style,
    /// Titles of panes and of the script.
    pub title: Style,
    /// The selected node.
    pub selected: Style,
    /// What the script says.
    pub caption: Style,
    /// Keys that may be pressed.
    pub key: Style,
    /// All is well.
    pub good: Style,
    /// Worth a look: a fault, a lost message, a refused action.
    pub warn: Style,
    /// Wrong: a violation, a node that is down.
    pub bad: Style,
    terms: [Style; 7],
}

/// A cycle that stays apart for people with colour blindness (after Okabe and Ito), in the 256
/// colours that nearly every terminal has.
const TERMS: [u8; 7] = [75, 214, 42, 227, 175, 202, 147];

impl Theme {
    /// Light text on a dark ground.
    pub fn dark() -> Theme {
        let colour = |index| Style::new().fg(Color::Indexed(index));
        Theme {
            text: Style::new(),
            quiet: colour(246),
            faint: colour(240),
            border: colour(238),
            title: colour(252).add_modifier(Modifier::BOLD),
            selected: Style::new().add_modifier(Modifier::REVERSED),
            caption: colour(230).add_modifier(Modifier::BOLD),
            key: colour(80).add_modifier(Modifier::BOLD),
            good: colour(79),
            warn: colour(215),
            bad: colour(203).add_modifier(Modifier::BOLD),
            terms: TERMS.map(colour),
        }
    }

    /// No colour at all.
    pub fn mono() -> Theme {
        let plain = Style::new();
        Theme {
            text: plain,
            quiet: plain,
            faint: plain.add_modifier(Modifier::DIM),
            border: plain.add_modifier(Modifier::DIM),
            title: plain.add_modifier(Modifier::BOLD),
            selected: plain.add_modifier(Modifier::REVERSED),
            caption: plain.add_modifier(Modifier::BOLD),
            key: plain.add_modifier(Modifier::BOLD),
            good: plain,
            warn: plain.add_modifier(Modifier::BOLD),
            bad: plain.add_modifier(Modifier::BOLD),
            terms: [plain; 7],
        }
    }

    /// The theme for this environment: without colour when `NO_COLOR` is set (no-color.org).
    pub fn from_environment() -> Theme {
        match std::env::var_os("NO_COLOR") {
            Some(value) if !value.is_empty() => Theme::mono(),
            _ => Theme::dark(),
        }
    }

    /// The colour of a term.
    pub fn term(&self, term: Term) -> Style {
        match term.checked_sub(1) {
            None => self.quiet,
            Some(place) => self.terms[(place % self.terms.len() as u64) as usize],
        }
    }

    /// How a node's name looks: in the colour of its term, the leader bold.
    pub fn node(&self, node: &NodeStatus) -> Style {
        match (node.life, node.role()) {
            (Life::Down, _) => self.bad,
            (Life::Stopped, _) => self.warn,
            (_, Some(RoleKind::Leader)) => self.term(node.node.term).add_modifier(Modifier::BOLD),
            _ => self.term(node.node.term),
        }
    }
}

/// The glyph for what a node is.
pub fn role_glyph(node: &NodeStatus) -> &'static str {
    match (node.life, node.node.role.kind()) {
        (Life::Down, _) => "✝",
        (Life::Stopped, _) => "‖",
        (_, RoleKind::Leader) => "♛",
        (_, RoleKind::Follower) => "○",
        (_, RoleKind::PreCandidate) => "◔",
        (_, RoleKind::Candidate) => "◑",
        (_, RoleKind::Learner) => "◇",
        (_, RoleKind::Removed) => "∅",
    }
}

/// The word for what a node is.
pub fn role_word(node: &NodeStatus) -> &'static str {
    match node.life {
        Life::Down => "down",
        Life::Stopped => "stopped",
        Life::Up => node.node.role.kind().name(),
    }
}
