//! What each meaning looks like. Panes name meanings, never colours, and every colour goes with a
//! glyph or a word, so that a theme without colours tells the same.

mod palette;

use ratatui::style::{Modifier, Style};

use crate::raft::{RoleKind, Term};
use crate::world::View;
use crate::world::explain::brief::role_sign;
use crate::world::view::{Life, NodeStatus};
use palette::{DARK, HIGH_CONTRAST, LIGHT, Palette};
pub use palette::{Depth, of_256};

/// A theme that can be asked for.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it looks like.
    pub about: &'static str,
    /// Its colours; without any only weight tells meanings apart.
    palette: Option<Palette>,
}

/// Every theme, the default first.
pub const THEMES: [Named; 4] = [
    Named {
        name: "dark",
        about: "light text on a dark ground",
        palette: Some(DARK),
    },
    Named {
        name: "light",
        about: "dark text on a light ground",
        palette: Some(LIGHT),
    },
    Named {
        name: "high-contrast",
        about: "bright text on black, for weak eyes and bad projectors",
        palette: Some(HIGH_CONTRAST),
    },
    Named {
        name: "mono",
        about: "no colour: as with NO_COLOR set",
        palette: None,
    },
];

/// A style for each meaning.
#[derive(Clone, PartialEq, Debug)]
pub struct Theme {
    /// What lies under everything: the ground, and text that says nothing else of itself.
    pub ground: Style,
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
    /// What changed a moment ago, upon its own style.
    pub changed: Style,
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
    /// True for ASCII signs in the place of all others.
    pub ascii: bool,
    terms: [Style; 7],
}

/// True when `NO_COLOR` is set and not empty (no-color.org).
pub fn wants_no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

impl Theme {
    /// The theme of that name, for a terminal that knows so many colours.
    pub fn named(name: &str, depth: Depth) -> Option<Theme> {
        let named = THEMES.iter().find(|theme| theme.name == name)?;
        Some(match &named.palette {
            Some(palette) => Theme::coloured(palette, depth),
            None => Theme::mono(),
        })
    }

    /// Light text on a dark ground, in any colour: what pictures are drawn with.
    pub fn dark() -> Theme {
        Theme::coloured(&DARK, Depth::Any)
    }

    fn coloured(palette: &Palette, depth: Depth) -> Theme {
        let style = |colour: palette::Colour| Style::new().fg(colour.at(depth));
        let bold = |colour| style(colour).add_modifier(Modifier::BOLD);
        Theme {
            ground: style(palette.text).bg(palette.ground.at(depth)),
            text: style(palette.text),
            quiet: style(palette.quiet),
            faint: style(palette.faint),
            border: style(palette.border),
            title: bold(palette.title),
            selected: Style::new().add_modifier(Modifier::REVERSED),
            changed: Style::new().add_modifier(Modifier::UNDERLINED),
            caption: bold(palette.caption),
            key: bold(palette.key),
            good: style(palette.good),
            warn: style(palette.warn),
            bad: bold(palette.bad),
            ascii: false,
            terms: palette.terms.map(style),
        }
    }

    /// No colour at all.
    pub fn mono() -> Theme {
        let plain = Style::new();
        let (dim, bold) = (Modifier::DIM, Modifier::BOLD);
        Theme {
            ground: plain,
            text: plain,
            quiet: plain,
            faint: plain.add_modifier(dim),
            border: plain.add_modifier(dim),
            title: plain.add_modifier(bold),
            selected: plain.add_modifier(Modifier::REVERSED),
            changed: plain.add_modifier(Modifier::UNDERLINED),
            caption: plain.add_modifier(bold),
            key: plain.add_modifier(bold),
            good: plain,
            warn: plain.add_modifier(bold),
            bad: plain.add_modifier(bold),
            ascii: false,
            terms: [plain; 7],
        }
    }

    /// The theme for this environment: the one asked for, or else the default one, without
    /// colour when `NO_COLOR` is set (no-color.org), in as many colours as the terminal knows.
    pub fn from_environment(asked: Option<&str>) -> Theme {
        let variable = |name| std::env::var(name).ok();
        let (colorterm, term) = (variable("COLORTERM"), variable("TERM"));
        let depth = Depth::told(colorterm.as_deref(), term.as_deref());
        let usual = if wants_no_color() {
            "mono"
        } else {
            THEMES[0].name
        };
        let theme = Theme::named(asked.unwrap_or(usual), depth);
        theme.unwrap_or_else(Theme::mono)
    }

    /// This theme in ASCII signs only, if `ascii`.
    pub fn in_ascii(self, ascii: bool) -> Theme {
        Theme { ascii, ..self }
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

    /// Every style that text is written in, with its name.
    pub fn of_text(&self) -> Vec<(String, Style)> {
        let terms = self.terms.iter().zip(1..);
        let terms = terms.map(|(style, term)| (format!("term {term}"), *style));
        let named = [
            ("ground", self.ground),
            ("text", self.text),
            ("quiet", self.quiet),
            ("faint", self.faint),
            ("title", self.title),
            ("caption", self.caption),
            ("key", self.key),
            ("good", self.good),
            ("warn", self.warn),
            ("bad", self.bad),
        ];
        let named = named.map(|(name, style)| (name.to_owned(), style));
        named.into_iter().chain(terms).collect()
    }
}

/// The glyph for what a node is.
pub fn role_glyph(node: &NodeStatus) -> &'static str {
    role_sign(node.life, node.node.role.kind())
}

/// The word for what a node is.
pub fn role_word(view: &View, node: &NodeStatus) -> &'static str {
    match node.life {
        Life::Down => "down",
        Life::Stopped => "stopped",
        Life::Up if view.awaits_its_addition(node) => "not added",
        Life::Up => node.node.role.kind().name(),
    }
}
