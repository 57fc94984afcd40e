//! The keys that apply now, for the foot.

use super::action::Action;
use super::key::Key;
use super::keymap::{Deed, Keymap, written};
use super::{deeds, offers};
use crate::command::ViewName;
use crate::raft::{Kind, NodeId};
use crate::screen::{Hint, Overlay, Ui};
use crate::session::Scene;
use crate::world::view::Life;

/// The usual ones, the most useful first; the foot shows as many as fit.
const USUAL: [Action; 24] = [
    Action::RunPause,
    Action::SeekEnd,
    Action::StepOn,
    Action::CrashOrRestart,
    Action::Write,
    Action::NextView,
    Action::Help,
    Action::Why,
    Action::Palette,
    Action::Demos,
    Action::Partition,
    Action::Quit,
    Action::StopOrResume,
    Action::Workload,
    Action::Faster,
    Action::Slower,
    Action::Undo,
    Action::LossUp,
    Action::Events,
    Action::Filter,
    Action::NewRun,
    Action::Save,
    Action::Record,
    Action::Copy,
];

/// The keys that apply now, with what they would do.
pub fn hints(keymap: &Keymap, scene: &Scene, ui: &Ui, pending: &[Key]) -> Vec<Hint> {
    if !pending.is_empty() {
        return continued(keymap, pending);
    }
    let fixed = |rows: &[(&str, &str)]| -> Vec<Hint> {
        rows.iter().map(|(keys, words)| hint(keys, words)).collect()
    };
    match &ui.overlay {
        Overlay::Partition { .. } => of(
            keymap,
            &[
                (Action::Select1, "… mark"),
                (Action::SelectNext, "next"),
                (Action::RunPause, "mark selected"),
                (Action::Apply, "cut them off"),
                (Action::Close, "leave"),
            ],
        ),
        Overlay::Branches { .. } if scene.branches.is_empty() => {
            of(keymap, &[(Action::Close, "close")])
        }
        Overlay::Branches { .. } => of(
            keymap,
            &[
                (Action::Apply, "take it up"),
                (Action::SelectNext, "next"),
                (Action::Close, "close"),
            ],
        ),
        Overlay::Breakpoints { .. } if scene.breakpoints.is_empty() => of(
            keymap,
            &[(Action::BreakWhen, "break"), (Action::Close, "close")],
        ),
        Overlay::Breakpoints { .. } => of(
            keymap,
            &[
                (Action::BreakWhen, "another"),
                (Action::Apply, "on or off"),
                (Action::DropMessage, "forget"),
                (Action::SelectNext, "next"),
                (Action::Close, "close"),
            ],
        ),
        Overlay::None if ui.flight.is_some() => {
            let mut hints = chosen_message(scene, ui);
            hints.extend(of(
                keymap,
                &[
                    (Action::DropMessage, "drop"),
                    (Action::DelayMessage, "delay 50 ms"),
                    (Action::CopyMessage, "copy"),
                    (Action::DeliverMessage, "deliver now"),
                    (Action::NextMessage, "next message"),
                    (Action::Close, "leave"),
                ],
            ));
            hints
        }
        Overlay::None if ui.event.is_some() && ui.view == ViewName::Main => of(
            keymap,
            &[
                (Action::SelectPrevious, "older"),
                (Action::SelectNext, "newer"),
                (Action::PageBack, "page"),
                (Action::Apply, "go there"),
                (Action::Why, "why that"),
                (Action::Close, "leave"),
                (Action::Filter, "filter"),
            ],
        ),
        Overlay::None => usual(keymap, scene, ui),
        Overlay::Odds => {
            let played = scene.odds.as_ref();
            let whole = played.is_none_or(|(_, forecast)| forecast.is_whole());
            let mut hints = of(
                keymap,
                &[(Action::Close, if whole { "close" } else { "give up" })],
            );
            hints.extend(usual(keymap, scene, ui));
            hints
        }
        Overlay::Why { told, .. } if told.answer.steps.is_empty() => {
            of(keymap, &[(Action::Close, "close")])
        }
        Overlay::Why { .. } => of(
            keymap,
            &[
                (Action::SelectNext, "choose a step"),
                (Action::Apply, "go there"),
                (Action::Why, "why that"),
                (Action::Close, "close"),
            ],
        ),
        Overlay::Palette(prompt) if prompt.searches => fixed(&[
            ("enter", "take it"),
            ("up down", "choose"),
            ("letters", "find"),
            ("esc", "leave"),
        ]),
        Overlay::Palette(_) => fixed(&[
            ("enter", "do it"),
            ("tab", "complete"),
            ("ctrl-r", "typed before"),
            ("esc", "close"),
        ]),
        Overlay::Picker(_) => fixed(&[
            ("enter", "play"),
            ("up down", "choose"),
            ("letters", "find"),
            ("esc", "close"),
        ]),
        Overlay::Filter(_) => fixed(&[("enter", "keep"), ("esc", "close")]),
    }
}

/// Which message is chosen: `◉ append S1->S3`, and of those alike which, as a statement counts them:
/// `◉ append S1->S3 nth 2`.
fn chosen_message(scene: &Scene, ui: &Ui) -> Vec<Hint> {
    let mut on_way = scene.world.on_way();
    let chosen = on_way.find(|it| Some(it.message()) == ui.flight);
    let words = chosen.map(|it| {
        let [from, to] = it.ends(&scene.world);
        let place = deeds::pick(&scene.world, it.message()).filter(|pick| pick.nth > 1);
        let place = place.map_or(String::new(), |pick| format!(" nth {}", pick.nth));
        format!(
            "{} {from}->{to}{place}",
            it.kind().map_or("any", Kind::name)
        )
    });
    words.iter().map(|words| hint("◉", words)).collect()
}

/// While nothing lies over the screen.
fn usual(keymap: &Keymap, scene: &Scene, ui: &Ui) -> Vec<Hint> {
    let mut hints = match ui.view {
        ViewName::Main if scene.tour => of(keymap, &[(Action::Close, "skip the tour")]),
        ViewName::Main => Vec::new(),
        ViewName::Timeline => of(
            keymap,
            &[
                (Action::Close, "main"),
                (Action::NextView, "view"),
                (Action::StepBack, "event back"),
                (Action::ScrubBack, "scrub"),
            ],
        ),
        ViewName::Network if ui.link.is_some() => of(
            keymap,
            &[
                (Action::Apply, "what can be done"),
                (Action::SelectNext, "below"),
                (Action::ScrubOn, "to the right"),
                (Action::Close, "leave"),
            ],
        ),
        ViewName::Network => of(
            keymap,
            &[
                (Action::Close, "main"),
                (Action::NextView, "view"),
                (Action::SelectNext, "choose a link"),
                (Action::NextMessage, "next message"),
            ],
        ),
        ViewName::Clients | ViewName::Metrics => of(
            keymap,
            &[(Action::Close, "main"), (Action::NextView, "view")],
        ),
        ViewName::Rules => of(
            keymap,
            &[
                (Action::Close, "main"),
                (Action::NextView, "view"),
                (Action::SelectNext, "next rule"),
                (Action::Apply, "switch it"),
            ],
        ),
        ViewName::Help => of(
            keymap,
            &[
                (Action::Close, "main"),
                (Action::NextView, "view"),
                (Action::SelectNext, "scroll"),
                (Action::PageOn, "page"),
            ],
        ),
    };
    let told = |action| action == Action::Record && ui.films;
    let usual = USUAL
        .into_iter()
        .filter(|&action| applies(action, scene, ui) && !told(action));
    if ui.films {
        hints.splice(0..0, of(keymap, &[(Action::Record, "end the film")]));
    }
    // Where the view says how to leave it, it has said so.
    let elsewhere = ui.view != ViewName::Main;
    for action in usual.filter(|action| !(elsewhere && *action == Action::NextView)) {
        let key = keymap.key_of(action);
        hints.extend(key.map(|key| hint(&key, word(action, scene, ui))));
        if action == Action::Quit && caption_may_go(scene, ui) {
            hints.extend(of(keymap, &[(Action::Close, "end caption")]));
        }
        if action == Action::Help && !scene.back.is_empty() {
            let key = keymap.key_of_statement("back");
            hints.extend(key.map(|key| hint(&key, "back")));
        }
    }
    hints
}

/// True while a caption stands that no script will end.
pub fn caption_may_go(scene: &Scene, ui: &Ui) -> bool {
    !scene.scripted && scene.caption.is_some() && scene.caption != ui.put_away
}

/// What a newcomer may do in free play, as long as nothing was said or done.
pub fn welcome(keymap: &Keymap, scene: &Scene) -> Option<String> {
    if scene.scripted || scene.caption.is_some() || scene.undoable > 0 {
        return None;
    }
    let key = |action| keymap.key_of(action);
    let first = key(Action::Select1)?;
    let select = match scene.world.nodes.len().min(9) {
        1 => String::new(),
        last => format!("{first}–{last} select a node, "),
    };
    Some(format!(
        "Yours to break: {select}{} crashes it, {} writes, {} lists every key.",
        key(Action::CrashOrRestart)?,
        key(Action::Write)?,
        key(Action::Help)?,
    ))
}

fn continued(keymap: &Keymap, pending: &[Key]) -> Vec<Hint> {
    let next = keymap.continued(pending).map(|binding| {
        let words = match &binding.deed {
            Deed::Act(action) => action.short(),
            Deed::Perform(text) => text,
        };
        hint(&written(&binding.keys), words)
    });
    next.collect()
}

fn of(keymap: &Keymap, rows: &[(Action, &str)]) -> Vec<Hint> {
    let row = |(action, words): &(Action, &str)| Some(hint(&keymap.key_of(*action)?, words));
    rows.iter().filter_map(row).collect()
}

fn hint(keys: &str, words: &str) -> Hint {
    Hint {
        keys: keys.into(),
        words: words.into(),
    }
}

fn applies(action: Action, scene: &Scene, ui: &Ui) -> bool {
    let selected = scene.world.nodes.get(ui.selected.slot());
    match action {
        Action::CrashOrRestart | Action::StopOrResume => {
            selected.is_some_and(|node| offers::by_key(&scene.world, node, action).is_some())
        }
        Action::Undo => scene.undoable > 0,
        Action::SeekEnd => scene.world.now < scene.frontier,
        Action::Partition => scene.world.nodes.len() > 1,
        _ => true,
    }
}

/// The short word, as things stand.
fn word(action: Action, scene: &Scene, ui: &Ui) -> &'static str {
    let life = |id: NodeId| scene.world.nodes.get(id.slot()).map(|node| node.life);
    match (action, life(ui.selected)) {
        (Action::RunPause, _) if !scene.playing => "run",
        (Action::CrashOrRestart, Some(Life::Down)) => "restart",
        (Action::StopOrResume, Some(Life::Stopped)) => "resume",
        (Action::Workload, _) if scene.world.workload.is_some() => "workload off",
        _ => action.short(),
    }
}
