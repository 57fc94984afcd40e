//! The main screen and the other views in every size, of clusters of every size: frames of real
//! runs, to be looked at.

#[path = "fixtures/frame.rs"]
mod frame;
#[path = "fixtures/scene.rs"]
mod scene;

use frame::{text, ui};
use raft_playground::command::ViewName;
use raft_playground::screen::Ui;
use raft_playground::session::Scene;
use raft_playground::tui::Keymap;

const SIZES: [(u16, u16); 5] = [(60, 18), (80, 24), (120, 36), (200, 60), (300, 100)];
const COUNTS: [u16; 5] = [1, 3, 5, 9, 51];

/// A cluster under load, of which one server is down, while messages are under way.
fn busy(count: u16) -> Scene {
    let crash = if count > 1 { "crash n2\n" } else { "" };
    let script = format!(
        "title \"Under load\"\ncluster {count}\nseed 5\nwait until leader\nworkload 40/s\n\
         wait 400ms\n{crash}wait 209ms\nfocus leader\n"
    );
    Scene {
        speed: 0.1,
        ..scene::after(&script)
    }
}

/// The interface with the node chosen that the script looks at.
fn looks(scene: &Scene, view: ViewName) -> Ui {
    let ui = ui();
    Ui {
        selected: scene.focus.map_or(ui.selected, |(_, node)| node),
        view,
        keys: Keymap::default().table(),
        ..ui
    }
}

#[test]
fn clusters_of_every_size_on_screens_of_every_size() {
    for count in COUNTS {
        let scene = busy(count);
        for (columns, rows) in SIZES {
            let name = format!("{count:02}_nodes_at_{columns:03}_by_{rows:03}");
            let drawn = text(&scene, &looks(&scene, ViewName::Main), columns, rows);
            insta::assert_snapshot!(name, drawn);
        }
    }
}

#[test]
fn views_on_the_smallest_and_the_largest_screens() {
    let scene = busy(5);
    for &view in ViewName::ALL.iter().filter(|&&view| view != ViewName::Main) {
        for (columns, rows) in [(60, 18), (80, 24), (300, 100)] {
            let name = format!("{}_at_{columns:03}_by_{rows:03}", view.name());
            let drawn = text(&scene, &looks(&scene, view), columns, rows);
            insta::assert_snapshot!(name, drawn);
        }
    }
}
