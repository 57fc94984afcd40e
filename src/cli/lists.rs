//! What can be listed: demos, statements, rules, keys; and the pages made from the command line.

use clap_mangen::Man;
use serde_json::{Value, json};
use signal_hook::consts::{SIGINT, SIGTERM};

use crate::command::{self, Lang};
use crate::raft::rule::Rule;
use crate::screen::theme::{Named, THEMES};
use crate::script::demos::DEMOS;
use crate::script::exit::{BUG, DONE, FAILED, HUNG_UP, UNREADABLE, WRONG, of_signal};
use crate::tui::Keymap;

/// What the program is called where it is typed.
const PROGRAM: &str = "raft-playground";

/// How the program ends.
const EXIT_CODES: [(i32, &str); 8] = [
    (DONE, "Done, and all expectations held."),
    (FAILED, "An expectation failed, or a violation was found."),
    (
        WRONG,
        "The command line, a script, a keymap or the configuration is wrong; nothing \
         is run, unless only the run of the script could show it.",
    ),
    (UNREADABLE, "Reading or writing failed."),
    (BUG, "A bug in the program."),
    (HUNG_UP, "The terminal hung up."),
    (of_signal(SIGINT), "Interrupted."),
    (of_signal(SIGTERM), "Terminated."),
];

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

/// The built-in demos, by topic.
pub(super) fn demos(as_json: bool, lang: Lang) -> String {
    let parsed = DEMOS
        .iter()
        .filter_map(|demo| Some((demo, demo.script().ok()?)));
    if as_json {
        let rows: Value = parsed
            .map(|(demo, script)| {
                let about: Vec<&str> = script.about.iter().map(|line| &*line.text).collect();
                json!({"name": demo.name, "topic": demo.topic, "title": &*script.title.text, "about": about})
            })
            .collect();
        return pretty(&rows);
    }
    let width = DEMOS.iter().map(|demo| demo.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    let mut topic = "";
    for (demo, script) in parsed {
        if demo.topic != topic {
            topic = demo.topic;
            text.push_str(&format!("{topic}\n"));
        }
        let (name, title) = (demo.name, script.title.text_in(lang));
        text.push_str(&format!("  {name:<width$}  {title}\n"));
    }
    text
}

/// The rules of Raft, and what each protects.
pub(super) fn rules(as_json: bool) -> String {
    if as_json {
        let rows: Value = Rule::ALL
            .iter()
            .map(|rule| {
                let info = rule.info();
                json!({
                    "name": info.name, "holds": info.holds, "without": info.without,
                    "source": info.source, "protects": info.protects.name(),
                    "companions": info.companions,
                })
            })
            .collect();
        return pretty(&rows);
    }
    let mut text = String::new();
    for rule in Rule::ALL {
        let info = rule.info();
        text.push_str(&format!("{}\n  {}\n", info.name, info.holds));
        text.push_str(&format!("  off: {}\n", info.without));
        text.push_str(&format!(
            "  protects {} ({})\n",
            info.protects.name(),
            info.source
        ));
        if !info.companions.is_empty() {
            text.push_str(&format!("  seen with {}\n", info.companions.join(", ")));
        }
    }
    text
}

/// The statements of the command language.
pub(super) fn commands(as_json: bool) -> String {
    match as_json {
        true => pretty(&command::commands_json()),
        false => command::commands_text(),
    }
}

/// The keys of the dashboard.
pub(super) fn keys(keymap: &Keymap, as_json: bool) -> String {
    match as_json {
        true => pretty(&keymap.keys_json()),
        false => keymap.keys_text(),
    }
}

/// The themes of the dashboard.
pub(super) fn themes(as_json: bool) -> String {
    if as_json {
        let rows = THEMES.map(|theme| json!({"name": theme.name, "about": theme.about}));
        return pretty(&Value::from(rows.to_vec()));
    }
    let line = |theme: &Named| format!("{:<13}  {}\n", theme.name, theme.about);
    THEMES.iter().map(line).collect()
}

/// The command line without what is hidden: the generators of completions heed no `hide`.
fn shown(command: &clap::Command) -> clap::Command {
    let arguments = command
        .get_arguments()
        .filter(|argument| !argument.is_hide_set());
    let modes = command.get_subcommands().filter(|mode| !mode.is_hide_set());
    clap::Command::new(PROGRAM)
        .version(env!("CARGO_PKG_VERSION"))
        .about(command.get_about().cloned().unwrap_or_default())
        .subcommand_value_name("COMMAND")
        .args(arguments.cloned())
        .subcommands(modes.cloned())
}

/// The completion script for a shell.
pub(super) fn completions(shell: clap_complete::Shell, command: &clap::Command) -> String {
    let mut script = Vec::new();
    let mut shown = shown(command);
    clap_complete::generate(shell, &mut shown, PROGRAM, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// The manual page: the dashboard, then every mode with its own arguments.
pub(super) fn man(command: &clap::Command) -> String {
    let shown = shown(command);
    let main = Man::new(shown.clone());
    let mut page = roff(|page| {
        main.render_title(page)?;
        main.render_name_section(page)?;
        main.render_synopsis_section(page)?;
        main.render_description_section(page)?;
        main.render_options_section(page)
    });
    page.push_str(".SH COMMANDS\n");
    for mode in shown.get_subcommands() {
        page.push_str(&man_of_mode(mode.get_name(), mode));
    }
    page.push_str(".SH EXIT STATUS\n");
    for (code, meaning) in EXIT_CODES {
        page.push_str(&format!(".TP\n\\fB{code}\\fR\n{meaning}\n"));
    }
    page.push_str(&roff(|page| main.render_version_section(page)));
    // Each part comes with the definitions that the page needs once.
    let defines = |line: &str| line.starts_with(".ie ") || line.starts_with(".el ");
    let lines = page.lines().enumerate();
    let lines = lines.filter(|(number, line)| *number < 2 || !defines(line));
    lines.map(|(_, line)| format!("{line}\n")).collect()
}

/// What would be a page of its own, as a part of the one page; of a mode that has modes of its own,
/// a part for each.
fn man_of_mode(name: &str, mode: &clap::Command) -> String {
    if mode.has_subcommands() {
        let parts = mode.get_subcommands();
        let part = |part: &clap::Command| man_of_mode(&format!("{name} {}", part.get_name()), part);
        return parts.map(part).collect();
    }
    let page = Man::new(mode.clone().bin_name(format!("{PROGRAM} {name}")));
    let sections = roff(|text| {
        page.render_synopsis_section(text)?;
        page.render_description_section(text)?;
        page.render_options_section(text)
    });
    let heading = format!(".SS {name}");
    let lines = sections.lines().filter_map(|line| match line {
        ".SH SYNOPSIS" => Some(heading.as_str()),
        ".SH DESCRIPTION" => Some(".PP"),
        ".SH OPTIONS" => None,
        line => Some(line),
    });
    lines.map(|line| format!("{line}\n")).collect()
}

fn roff(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut text = Vec::new();
    write(&mut text).expect("memory takes everything");
    String::from_utf8_lossy(&text).into_owned()
}
