//! The keys that apply now, for the foot.

use super::action::Action;
use super::key::Key;
use super::keymap::{Deed, Keymap, written};
use crate::raft::NodeId;
use crate::screen::{Hint, Overlay, Ui};
use crate::session::Scene;
use crate::world::view::Life;

/// The usual ones, the most useful first; the foot shows as many as fit.
const USUAL: [Action; 20] = [
    Action::RunPause,
    Action::SeekEnd,
    Action::StepOn,
    Action::CrashOrRestart,
    Action::Partition,
    Action::Write,
    Action::Palette,
    Action::Demos,
    Action::Help,
    Action::Quit,
    Action::StopOrResume,
    Action::Workload,
    Action::Faster,
    Action::Slower,
    Action::Undo,
    Action::LossUp,
    Action::Filter,
    Action::NewRun,
    Action::Save,
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
        Overlay::None => usual(keymap, scene, ui),
        Overlay::Help { .. } => of(
            keymap,
            &[(Action::Close, "close"), (Action::SelectNext, "scroll")],
        ),
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

/// While nothing lies over the screen.
fn usual(keymap: &Keymap, scene: &Scene, ui: &Ui) -> Vec<Hint> {
    let skip = keymap.key_of(Action::Close).filter(|_| scene.tour);
    let mut hints: Vec<Hint> = skip.iter().map(|key| hint(key, "skip the tour")).collect();
    for action in USUAL.into_iter().filter(|action| applies(*action, scene)) {
        let key = keymap.key_of(action);
        hints.extend(key.map(|key| hint(&key, word(action, scene, ui))));
        if action == Action::Help && !scene.back.is_empty() {
            let key = keymap.key_of_statement("back");
            hints.extend(key.map(|key| hint(&key, "back")));
        }
    }
    hints
}

/// What a newcomer may do in free play, as long as nothing was said or done.
pub fn welcome(keymap: &Keymap, scene: &Scene) -> Option<String> {
    if scene.scripted || scene.caption.is_some() || scene.undoable > 0 {
        return None;
    }
    let key = |action| keymap.key_of(action);
    Some(format!(
        "Yours to break: {}–{} select a node, {} crashes it, {} writes, {} lists every key.",
        key(Action::Select1)?,
        scene.world.nodes.len().min(9),
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

fn applies(action: Action, scene: &Scene) -> bool {
    match action {
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
