//! What a frame costs: 200 by 60 with nine nodes must take at most a millisecond.

#[path = "../tests/fixtures/mod.rs"]
mod fixtures;

use raft_playground::screen::{Screen, Theme, Ui};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

fn main() {
    divan::main();
}

#[divan::bench(args = [9, 51])]
fn frame(bencher: divan::Bencher<'_, '_>, nodes: u16) {
    let (scene, ui, theme) = (fixtures::crowd(nodes), Ui::default(), Theme::dark());
    let area = Rect::new(0, 0, 200, 60);
    let mut buf = Buffer::empty(area);
    bencher.bench_local(|| {
        buf.reset();
        let screen = Screen {
            scene: &scene,
            ui: &ui,
            theme: &theme,
        };
        screen.render(area, &mut buf);
    });
}
