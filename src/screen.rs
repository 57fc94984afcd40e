//! What is drawn: panes, themes and layout, from a scene. Drawing borrows and never changes
//! anything; the dashboard and the recorder share it.

pub mod ascii;
pub mod change;
pub mod hit;
pub mod layout;
pub mod legend;
pub mod lines;
pub mod paint;
pub mod panes;
pub mod theme;
pub mod units;
pub mod wrap;

use std::collections::BTreeSet;
use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::Widget;

use crate::command::{Caption, Lang, ViewName};
use crate::raft::{EventId, Micros, NodeId, Rule};
use crate::session::{Answered, Notice, Scene};
use crate::world::View;
use crate::world::event::MessageId;
use crate::world::view::NodeStatus;
use layout::Layout;
pub use theme::Theme;
use theme::role_glyph;

/// What the person at the keyboard has chosen to look at; the scene knows nothing of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Ui {
    /// The node that keys act on and whose pane is open.
    pub selected: NodeId,
    /// What is shown between the head and the caption.
    pub view: ViewName,
    /// How many rows of the view are scrolled away, where it has too many.
    pub scrolled: usize,
    /// The message on its way that is chosen.
    pub flight: Option<MessageId>,
    /// The event that is chosen, among those that are listed.
    pub event: Option<EventId>,
    /// The link that is chosen in the network, from one node to another. A node with itself stands
    /// for the node.
    pub link: Option<(NodeId, NodeId)>,
    /// The rule that is chosen among the rules.
    pub rule: Rule,
    /// Words that an event must contain to be listed; empty for the usual choice.
    pub filter: String,
    /// The language of titles and captions.
    pub lang: Lang,
    /// The caption that was put away, and since when it stands.
    pub put_away: Option<(Caption, Micros)>,
    /// What lies over the screen.
    pub overlay: Overlay,
    /// The keys that apply now, the most useful first.
    pub hints: Vec<Hint>,
    /// Every key, and below them every sign.
    pub keys: Vec<Hint>,
    /// A word from the dashboard itself: a statement that could not be read, say.
    pub message: Option<Notice>,
    /// True while a film is made of what is shown.
    pub films: bool,
    /// What cannot work as things stand, and what to try.
    pub advice: Option<String>,
    /// What a newcomer may do, shown as long as nobody has said or done anything.
    pub welcome: Option<String>,
}

impl Default for Ui {
    fn default() -> Ui {
        Ui {
            selected: NodeId(1),
            view: ViewName::Main,
            scrolled: 0,
            flight: None,
            event: None,
            link: None,
            rule: Rule::ALL[0],
            filter: String::new(),
            lang: Lang::En,
            put_away: None,
            overlay: Overlay::None,
            hints: Vec::new(),
            keys: Vec::new(),
            message: None,
            films: false,
            advice: None,
            welcome: None,
        }
    }
}

/// A key with what it does, for the foot and for help.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hint {
    /// The key or keys, as they are written.
    pub keys: String,
    /// What they do.
    pub words: String,
}

/// What lies over the screen.
#[derive(Clone, PartialEq, Debug)]
pub enum Overlay {
    /// Nothing.
    None,
    /// A statement is typed.
    Palette(Prompt),
    /// The event filter is typed.
    Filter(Prompt),
    /// Something to play is chosen.
    Picker(Choices),
    /// The other futures of the run.
    Branches {
        /// The place of the chosen one.
        chosen: usize,
    },
    /// What holds the time when it comes true.
    Breakpoints {
        /// The place of the chosen one.
        chosen: usize,
    },
    /// What was asked with `why` is answered.
    Why {
        /// The answer.
        told: Answered,
        /// The place of the chosen step; none before one was chosen.
        chosen: Option<usize>,
    },
    /// What was asked with `odds` is answered, as far as it is known.
    Odds,
    /// Nodes are marked for one side of a partition.
    Partition {
        /// The nodes of that side.
        marked: BTreeSet<NodeId>,
    },
}

/// A line being typed.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Prompt {
    /// The text so far.
    pub text: String,
    /// The cursor, in characters from the start.
    pub cursor: usize,
    /// Completions: what would be inserted, and what it means.
    pub choices: Vec<(String, String)>,
    /// How what is being typed is written: shown where nothing could be inserted.
    pub usage: String,
    /// The completion that was chosen last.
    pub chosen: Option<usize>,
    /// The first completion that is shown, where the chosen one is in sight then, or none is.
    pub top: usize,
    /// True while the choices are lines that were typed before.
    pub searches: bool,
    /// True when the choices are whole statements, to be carried out.
    pub offers: bool,
    /// Why the line was not accepted.
    pub error: Option<String>,
    /// What is wrong with it, in characters from the start.
    pub wrong: Range<usize>,
}

/// What can be played, as far as it fits what is typed.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Choices {
    /// What is typed.
    pub prompt: Prompt,
    /// The rows, with their headings.
    pub rows: Vec<Row>,
    /// The place of the chosen row; none when nothing fits.
    pub chosen: Option<usize>,
    /// What is chosen.
    pub preview: Option<Preview>,
}

/// A row of the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Row {
    /// A topic.
    Heading(String),
    /// Something that can be chosen.
    Choice {
        /// What it is called, or the question that it answers.
        text: String,
        /// Its name in the command language; empty when it has none.
        name: String,
    },
}

/// What is told beforehand of a choice.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Preview {
    /// The whole title.
    pub title: String,
    /// Its name, how many servers, its topic.
    pub facts: String,
    /// What it is about.
    pub about: Vec<String>,
    /// Its first captions.
    pub said: Vec<String>,
}

/// A whole frame.
pub struct Screen<'a> {
    /// What happens.
    pub scene: &'a Scene,
    /// What is looked at.
    pub ui: &'a Ui,
    /// How it looks.
    pub theme: &'a Theme,
}

impl Widget for &Screen<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        self.draw(area, buf);
        if self.theme.ascii {
            ascii::write(buf, area);
        }
    }
}

impl Screen<'_> {
    fn draw(&self, area: Rect, buf: &mut Buffer) {
        buf.set_style(area, self.theme.ground);
        let Some(layout) = Layout::of(area, self.scene, self.ui) else {
            panes::small::draw(area, buf, self.theme);
            return;
        };
        panes::head::draw(self, layout.head, buf);
        panes::views::draw(self, layout.views, buf);
        match self.ui.view {
            ViewName::Main => panes::main::draw(self, layout.body, buf),
            ViewName::Timeline => panes::timeline::draw(self, layout.body, buf),
            ViewName::Network => panes::network::draw(self, layout.body, buf),
            ViewName::Clients => panes::clients::draw(self, layout.body, buf),
            ViewName::Metrics => panes::metrics::draw(self, layout.body, buf),
            ViewName::Rules => panes::rules::draw(self, layout.body, buf),
            ViewName::Help => panes::help::draw(self, layout.body, buf),
        }
        panes::tape::draw(self, layout.tape, buf);
        panes::caption::draw(self, layout.caption, buf);
        panes::foot::draw(self, layout.foot, buf);
        match &self.ui.overlay {
            Overlay::Palette(prompt) => panes::prompt::draw(self, ':', prompt, area, buf),
            Overlay::Filter(prompt) => panes::prompt::draw(self, '/', prompt, area, buf),
            Overlay::Picker(choices) => panes::picker::draw(self, choices, area, buf),
            Overlay::Branches { chosen } => panes::lists::branches(self, *chosen, area, buf),
            Overlay::Breakpoints { chosen } => panes::lists::breakpoints(self, *chosen, area, buf),
            Overlay::Why { told, chosen } => {
                panes::why::draw(self, told, *chosen, &layout, buf);
            }
            Overlay::Odds => panes::odds::draw(self, &layout, buf),
            Overlay::None | Overlay::Partition { .. } => {}
        }
    }

    /// The selected node, if there is such a node.
    fn selected(&self) -> Option<&NodeStatus> {
        self.scene.world.nodes.get(self.ui.selected.slot())
    }

    /// What stands before the name of a node: what it is, or that it is marked for a partition.
    fn glyph_of(&self, node: &NodeStatus) -> &'static str {
        match &self.ui.overlay {
            Overlay::Partition { marked } if marked.contains(&node.id) => "◉",
            _ => role_glyph(node),
        }
    }

    /// How the name of a node is written: the selected one stands out.
    fn style_of_name(&self, node: &NodeStatus) -> Style {
        let style = self.theme.node(node);
        if node.id == self.ui.selected {
            style.patch(self.theme.selected)
        } else {
            style
        }
    }
}

/// A node's name, also of one that the view does not know.
fn name(view: &View, id: NodeId) -> &str {
    view.nodes.get(id.slot()).map_or("?", |node| &node.name)
}
