//! Text that is typed and pasted: the palette, the filter, the clipboard.

use std::sync::Arc;

use raft_playground::screen::panes::prompt::SHOWN;
use raft_playground::screen::{Overlay, Prompt};
use raft_playground::script::live::Ask;
use raft_playground::tui::{App, Keymap, Outgoing};

use super::{app, asks, fixtures, palette, press, said, says};

#[test]
fn a_session_is_saved_under_a_name_that_can_be_changed() {
    let mut app = app();
    assert!(press(&mut app, "S").is_empty());
    let prompt = palette(&app);
    assert_eq!(prompt.text, "save session-42.raft");
    assert_eq!(&prompt.text[prompt.cursor..], ".raft");
    let saved = [Outgoing::Ask(Ask::Perform(said("save session-42b.raft")))];
    assert_eq!(press(&mut app, "b enter"), saved);
}

#[test]
fn what_is_copied_goes_to_the_clipboard_once() {
    assert_eq!(asks("y"), [Ask::Copy]);
    let mut app = app();
    let mut copied = |clip: Option<(u64, &str)>| {
        let mut scene = fixtures::figure_8();
        scene.clip = clip.map(|(number, text)| (number, text.into()));
        app.on_scene(Arc::new(scene));
        app.take_clip().map(|text| text.to_string())
    };
    assert_eq!(copied(None), None);
    assert_eq!(copied(Some((1, "one"))).as_deref(), Some("one"));
    assert_eq!(copied(Some((1, "one"))), None);
    // The same, asked for again.
    assert_eq!(copied(Some((2, "one"))).as_deref(), Some("one"));
    assert_eq!(copied(None), None);
}

#[test]
fn the_palette_completes_performs_and_remembers() {
    let mut app = app();
    let outgoing = press(&mut app, ": c r tab space @ enter");
    assert_eq!(outgoing, [Outgoing::Ask(Ask::Perform(said("crash S1")))]);
    assert_eq!(app.ui().overlay, Overlay::None);
    let again = press(&mut app, ": up enter");
    assert_eq!(again, outgoing);
}

#[test]
fn the_choices_of_the_palette_are_gone_through_and_seen_by_pages() {
    let mut app = app();
    press(&mut app, ":");
    let all: Vec<String> = {
        let choices = palette(&app).choices.iter();
        choices.map(|(text, _)| text.clone()).collect()
    };
    let last = all.len() - 1;
    assert_eq!(last, SHOWN, "one more than a page");
    // To see is not to take.
    let seen = |app: &App| {
        let prompt = palette(app);
        assert_eq!((prompt.chosen, &*prompt.text), (None, ""));
        prompt.top
    };
    press(&mut app, "page-down");
    assert_eq!(seen(&app), SHOWN);
    press(&mut app, "page-down");
    assert_eq!(seen(&app), SHOWN, "the last page");
    press(&mut app, "page-up page-up");
    assert_eq!(seen(&app), 0);
    // What is taken is the first that is seen, and those after it.
    press(&mut app, "page-down tab");
    assert_eq!(
        (palette(&app).chosen, &palette(&app).text),
        (Some(last), &all[last])
    );
    press(&mut app, "tab tab");
    assert_eq!(
        (palette(&app).chosen, &palette(&app).text),
        (Some(1), &all[1])
    );
    press(&mut app, "shift-tab shift-tab");
    assert_eq!(palette(&app).chosen, Some(last));
    // These go through what is typed.
    press(&mut app, "home");
    assert_eq!(palette(&app).cursor, 0);
    press(&mut app, "end");
    assert_eq!(palette(&app).cursor, all[last].len());
}

#[test]
fn a_line_that_is_not_finished_is_kept_while_others_are_looked_at() {
    let mut app = app();
    press(&mut app, ": h e a l enter : p u t up");
    assert_eq!(palette(&app).text, "heal");
    press(&mut app, "down");
    assert_eq!(palette(&app).text, "put");
}

#[test]
fn a_few_letters_find_what_was_typed_before() {
    let mut app = app();
    press(&mut app, ": ctrl-r");
    assert!(!palette(&app).searches, "nothing was typed before");
    press(&mut app, "esc");
    for line in ["crash n1", "partition n1,n2", "crash n4", "heal"] {
        app.on_paste(line);
        press(&mut app, "enter");
    }
    press(&mut app, ": x ctrl-r");
    // What was typed so far is looked for at once.
    assert!(says(palette(&app), "nothing that was typed before"));
    press(&mut app, "backspace c r n");
    let found = |app: &App| -> Vec<String> {
        let choices = palette(app).choices.iter();
        choices.map(|(line, _)| line.clone()).collect()
    };
    assert_eq!(found(&app), ["crash n4", "crash n1"]);
    assert!(palette(&app).searches && palette(&app).chosen == Some(0));
    press(&mut app, "ctrl-r");
    assert_eq!(palette(&app).chosen, Some(1));
    press(&mut app, "page-up");
    assert_eq!(palette(&app).chosen, Some(0));
    press(&mut app, "page-down");
    assert_eq!(palette(&app).chosen, Some(1));
    // It is taken over, and can be changed before it is carried out.
    assert!(press(&mut app, "enter").is_empty());
    assert_eq!(palette(&app).text, "crash n1");
    assert_eq!(
        press(&mut app, "2 enter"),
        [Outgoing::Ask(Ask::Perform(said("crash n12")))]
    );
    // A line that was looked up is nothing that was typed to be found.
    press(&mut app, "esc : up ctrl-r");
    assert_eq!(
        (&*palette(&app).text, palette(&app).error.is_none()),
        ("", true)
    );
    press(&mut app, "esc");
    assert_eq!(palette(&app).text, "crash n12");
    press(&mut app, "esc");
    // Whoever leaves finds the line as it was.
    press(&mut app, ": w a ctrl-r h e esc");
    assert_eq!(
        (&*palette(&app).text, palette(&app).searches),
        ("wa", false)
    );
}

#[test]
fn what_is_wrong_in_a_line_is_pointed_at() {
    let mut app = app();
    app.on_paste("nonsense é");
    press(&mut app, "enter");
    assert_eq!(palette(&app).wrong, 0..8);
    press(&mut app, "x");
    assert_eq!(
        (palette(&app).wrong.clone(), &palette(&app).error),
        (0..0, &None)
    );
}

#[test]
fn the_palette_knows_a_node_that_was_added_since() {
    let mut app = app();
    let ask = |app: &mut App| press(app, ": c r tab space S 6 tab enter");
    let said = |text| [Outgoing::Ask(Ask::Perform(said(text)))];
    assert_eq!(ask(&mut app), said("crash S6"));
    let mut scene = app.scene().clone();
    let mut added = scene.world.nodes[0].clone();
    added.name = "S60".into();
    scene.world.nodes.push(added);
    app.on_scene(Arc::new(scene));
    assert_eq!(ask(&mut app), said("crash S60"));
}

#[test]
fn a_line_that_cannot_be_read_stays_with_the_reason() {
    let mut app = app();
    assert!(press(&mut app, ": n o n s e n s e enter").is_empty());
    let prompt = palette(&app);
    assert_eq!(prompt.text, "nonsense");
    assert!(says(prompt, "nonsense"));
}

#[test]
fn pasted_text_is_text() {
    let mut app = app();
    app.on_paste("heal\nq");
    let prompt = palette(&app);
    assert_eq!(prompt.text, "heal q");
}

#[test]
fn keys_are_text_while_text_is_typed() {
    let mut app = app();
    assert!(press(&mut app, "/ q c").is_empty());
    assert_eq!(app.ui().filter, "qc");
    press(&mut app, "enter");
    assert_eq!(
        (app.ui().filter.as_str(), &app.ui().overlay),
        ("qc", &Overlay::None)
    );
    press(&mut app, "esc");
    assert_eq!(app.ui().filter, "");
}

#[test]
fn the_colon_that_opens_the_palette_may_be_typed_and_pasted_again() {
    let mut app = app();
    assert_eq!(palette_after(&mut app, ": : h e").text, "he");
    press(&mut app, "esc");
    app.on_paste(" :heal");
    assert_eq!(palette(&app).text, "heal");
    // Elsewhere it is text, and so it is in a filter.
    assert_eq!(palette_after(&mut app, ":").text, "heal:");
    press(&mut app, "esc / :");
    assert_eq!(app.ui().filter, ":");
}

fn palette_after<'a>(app: &'a mut App, keys: &str) -> &'a Prompt {
    assert!(press(app, keys).is_empty());
    palette(app)
}

#[test]
fn where_nothing_can_be_chosen_it_is_shown_how_it_is_written() {
    let mut app = app();
    let prompt = palette_after(&mut app, ": z");
    assert!(prompt.choices.is_empty());
    assert_eq!(prompt.usage, "as it is written");
}

#[test]
fn what_is_done_with_a_key_and_typed_instead_names_its_key() {
    let refused = |keys: &str| {
        let mut app = super::app::app(
            fixtures::figure_8(),
            Keymap::default(),
            raft_playground::command::Lang::En,
        );
        let prompt = palette_after(&mut app, keys);
        prompt.error.clone().expect("it is refused")
    };
    assert!(refused(": q u i t enter").ends_with("and press q (leave)"));
    assert!(refused(": q enter").ends_with("and press q (leave)"));
    assert!(refused(": u n d o enter").contains("press U "));
    // What is a statement is told how it is written.
    assert!(refused(": w h y enter").contains("a question is missing"));
}
