//! The lists agree with what there is.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{fields, folder, objects, program, run, stderr, stdout, write};

#[test]
fn every_verb_can_be_said() {
    let folder = folder();
    let output = run(&folder, &["commands", "--json"]);
    let commands: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let text = run(&folder, &["commands"]);
    for verb in commands["verbs"].as_array().expect("verbs") {
        let (name, usage) = (
            verb["name"].as_str().expect("a name"),
            verb["usage"].as_str().expect("a usage"),
        );
        let help = verb["help"].as_str().expect("help");
        let listed = stdout(&text).contains(usage) && stdout(&text).contains(help);
        assert!(listed, "{name}");
        write(&folder, "one.raft", format!("{name}\n"));
        let output = run(&folder, &["check", "one.raft"]);
        let error = stderr(&output);
        assert!(!error.contains("there is no statement"), "{name}: {error}");
    }
    for kind in commands["kinds"].as_array().expect("kinds") {
        let name = kind["name"].as_str().expect("a name");
        write(&folder, "one.raft", format!("drop {name} n1->n2\n"));
        let output = run(&folder, &["check", "one.raft"]);
        assert!(output.status.success(), "{name}: {}", stderr(&output));
    }
    for option in commands["options"].as_array().expect("options") {
        // Words to choose from are all told, and all can be said.
        let name = option["name"].as_str().expect("a name");
        let values = option["value"].as_str().expect("a value");
        for value in values.split('|').filter(|_| values.contains('|')) {
            write(&folder, "one.raft", format!("set {name} {value}\n"));
            let output = run(&folder, &["check", "one.raft"]);
            assert!(output.status.success(), "{name}: {}", stderr(&output));
            assert!(stdout(&text).contains(values), "{values}");
        }
        let line = format!(
            "set {} {}\n",
            option["name"].as_str().expect("a name"),
            option["default"].as_str().expect("a default")
        );
        write(&folder, "one.raft", &line);
        let output = run(&folder, &["check", "one.raft"]);
        assert!(output.status.success(), "{line}: {}", stderr(&output));
    }
}

#[test]
fn every_rule_can_be_switched() {
    let folder = folder();
    let output = run(&folder, &["rules", "--json"]);
    let rules: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let text = run(&folder, &["rules"]);
    let mut script = String::new();
    for rule in rules.as_array().expect("rules") {
        for field in ["name", "holds", "without", "source", "protects"] {
            assert!(
                rule[field].as_str().is_some_and(|words| !words.is_empty()),
                "{field}: {rule}"
            );
        }
        let name = rule["name"].as_str().expect("a name");
        assert!(stdout(&text).contains(&format!("{name}\n  ")), "{name}");
        script.push_str(&format!("rule {name} off\nrule {name} on\n"));
        let companions = rule["companions"].as_array().expect("companions");
        assert!(companions.iter().all(Value::is_string));
    }
    assert_eq!(rules.as_array().expect("rules").len(), 30);
    write(&folder, "switches.raft", script);
    let output = run(&folder, &["check", "switches.raft"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[test]
fn every_demo_is_listed_and_passes() {
    let folder = folder();
    let output = run(&folder, &["demos", "--json"]);
    let demos: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let names: Vec<&str> = demos
        .as_array()
        .expect("demos")
        .iter()
        .map(|demo| demo["name"].as_str().expect("a name"))
        .collect();
    let listed = run(&folder, &["demos"]);
    for (name, demo) in names.iter().zip(demos.as_array().expect("demos")) {
        fields(
            demo,
            &[
                ("name", "string"),
                ("topic", "string"),
                ("title", "string"),
                ("about", "strings"),
            ],
        );
        let title = demo["title"].as_str().expect("a title");
        assert!(
            stdout(&listed)
                .lines()
                .any(|line| line.contains(name) && line.ends_with(title)),
            "{name}"
        );
    }
    let sources = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("demos")).expect("demos");
    let files = sources.filter(|entry| {
        let path = entry.as_ref().expect("an entry").path();
        path.extension().is_some_and(|end| end == "raft")
    });
    assert_eq!(
        files.count(),
        names.len(),
        "every file in demos/ is built in"
    );
    let output = program(folder.path())
        .arg("run")
        .args(&names)
        .args(["--json", "--hosts", "inline"])
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert_eq!(objects(stdout(&output)).count(), names.len());
}

#[test]
fn the_list_of_keys_can_be_laid_over_itself() {
    let folder = folder();
    let output = run(&folder, &["keys", "--json"]);
    let keys: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let text = run(&folder, &["keys"]);
    let mut sections = [String::from("[actions]\n"), String::from("[statements]\n")];
    for key in keys.as_array().expect("keys") {
        let (section, deed) = match (&key["action"], &key["statement"]) {
            (Value::String(action), Value::Null) => (0, action),
            (Value::Null, Value::String(statement)) => (1, statement),
            _ => panic!("{key}"),
        };
        let written = key["keys"].as_str().expect("keys");
        assert!(
            stdout(&text).lines().any(|line| line.starts_with(written)),
            "{written}"
        );
        sections[section].push_str(&format!("{written:?} = {deed:?}\n"));
    }
    write(&folder, "all.toml", sections.concat());
    let output = run(&folder, &["--keymap", "all.toml"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[test]
fn a_keymap_has_a_name() {
    let folder = folder();
    let keys = |arguments: &[&str]| {
        let output = run(&folder, &[&["keys"], arguments].concat());
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        stdout(&output).to_owned()
    };
    assert_eq!(keys(&["--keymap", "default"]), keys(&[]));
    let vim = keys(&["--keymap", "vim"]);
    assert!(vim.contains("g g            seek-start"), "{vim}");
    assert!(vim.contains("crash-or-restart"), "{vim}");
    // One's own are found by name, and laid over the built-in one of that name.
    let own = folder.path().join("raft-playground/keymaps");
    fs::create_dir_all(&own).expect("a folder");
    let bind = "[statements]\n\"Q\" = \"heal\"\n";
    for (name, over) in [("vim", "g g"), ("mine", "home"), ("default", "home")] {
        fs::write(own.join(format!("{name}.toml")), bind).expect("a file");
        let keys = keys(&["--keymap", name]);
        assert!(keys.contains("Q              (statement)"), "{keys}");
        assert!(keys.lines().any(|line| line.starts_with(over)), "{keys}");
    }
    assert!(
        !keys(&[]).contains("Q  "),
        "what is asked for without a name is built in"
    );
    fs::write(own.join("mine.toml"), "[actions]\n\"x\" = \"qiut\"\n").expect("a file");
    let output = run(&folder, &["keys", "--keymap", "mine"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("keymaps/mine.toml:2:7"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_configuration_is_printed_and_read_by_the_dashboard_only() {
    let folder = folder();
    let output = run(&folder, &["config"]);
    let template = stdout(&output);
    let place = folder.path().join("raft-playground/config.toml");
    assert!(
        template.contains(&place.display().to_string()),
        "{template}"
    );
    assert!(
        template.contains("\n# keymap = \"default\"\n"),
        "{template}"
    );
    fs::create_dir(folder.path().join("raft-playground")).expect("a folder");
    fs::write(&place, "nonsense").expect("a file");
    for arguments in [
        &["run", "election", "--hosts", "inline"][..],
        &[],
        &["keys"],
    ] {
        let output = run(&folder, arguments);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
}

#[test]
fn completions_and_the_manual_name_what_is_there() {
    let folder = folder();
    let made = [
        (
            &["completions", "bash"][..],
            "complete -F _raft__playground",
        ),
        (&["completions", "zsh"], "#compdef raft-playground"),
        (&["completions", "fish"], "complete -c raft-playground"),
        (&["man"], ".TH raft-playground 1"),
        (&["--help"], "Usage: raft-playground"),
        (&["--version"], env!("CARGO_PKG_VERSION")),
    ];
    for (arguments, words) in made {
        let output = run(&folder, arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(stderr(&output), "");
        assert!(
            stdout(&output).contains(words),
            "{arguments:?}: {}",
            stdout(&output)
        );
        if arguments != ["--version"] {
            assert!(stdout(&output).contains("keymap"), "{arguments:?}");
        }
    }
}

#[test]
fn every_mode_is_offered_to_a_shell() {
    let folder = folder();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = run(&folder, &["completions", shell]);
        let script = stdout(&output);
        for word in [
            "check",
            "completions",
            "keymap",
            "hosts",
            "trace",
            "record",
            "export",
        ] {
            assert!(script.contains(word), "{shell} lacks {word}");
        }
    }
}

#[test]
fn the_manual_is_one_page_and_complete() {
    let folder = folder();
    let output = run(&folder, &["man"]);
    let page = stdout(&output);
    assert!(!page.contains("Not built") && !page.contains("\\-run(1)"));
    for heading in [
        ".SS run",
        ".SS check",
        ".SS commands",
        ".SS experiment failover",
        ".SS man",
        ".SH EXIT STATUS",
        ".SH VERSION",
    ] {
        assert!(page.lines().any(|line| line == heading), "{heading}");
    }
    assert!(page.contains("\\-\\-trace"), "a mode's own options");
    assert_eq!(page.matches(".ds Aq").count(), 2);
}

/// The blocks of the README in that language.
fn blocks(language: &str) -> Vec<&'static str> {
    const README: &str = include_str!("../../README.md");
    let fence = format!("```{language}\n");
    let blocks = README.split(&fence).skip(1);
    blocks
        .map(|rest| rest.split("```").next().unwrap_or_default())
        .collect()
}

#[test]
fn what_the_readme_shows_is_true() {
    let folder = folder();
    for script in blocks("raft") {
        write(&folder, "readme.raft", script);
        let output = run(&folder, &["run", "readme.raft"]);
        assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    }
    for keymap in blocks("toml") {
        write(&folder, "readme.toml", keymap);
        let output = run(&folder, &["--keymap", "readme.toml"]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    assert!(blocks("raft").len() == 5 && blocks("toml").len() == 1);
    let commands = blocks("sh").concat();
    assert!(commands.contains("cargo run\ncargo test\n"));
    for demo in raft_playground::script::demos::DEMOS {
        let name = format!("`{}`", demo.name);
        assert!(include_str!("../../README.md").contains(&name), "{name}");
    }
}

#[test]
fn themes_are_listed() {
    let folder = folder();
    let text = run(&folder, &["themes"]);
    let list = run(&folder, &["themes", "--json"]);
    let list: Value = serde_json::from_str(stdout(&list)).expect("JSON");
    let rows = list.as_array().expect("a list").iter();
    let names: Vec<&str> = rows.filter_map(|row| row["name"].as_str()).collect();
    assert_eq!(names, ["dark", "light", "high-contrast", "mono"]);
    for (line, name) in stdout(&text).lines().zip(names) {
        assert!(line.starts_with(name), "{line}");
    }
}
