//! The configuration: how the dashboard starts where the command line says nothing.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use toml::de::DeValue;

use super::input::read;
use super::{Failure, keymaps, speed};
use crate::command::Lang;
use crate::command::clean::printable;
use crate::screen::theme::THEMES;
use crate::script::live::Usual;
use crate::tui::problem::{Problem, did_you_mean, report, table};
use crate::world::MAX_NODES;

/// The file as `config` prints it: every setting with its default, commented out.
const TEMPLATE: &str = include_str!("config.toml");

const NAMES: [&str; 7] = [
    "theme", "keymap", "ascii", "mouse", "lang", "speed", "nodes",
];

/// What can be set. What is not there is left to the environment.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Config {
    /// The name of a theme.
    pub theme: Option<String>,
    /// The name or the file of a keymap.
    pub keymap: String,
    /// Whether only ASCII characters are drawn.
    pub ascii: Option<bool>,
    /// Whether the mouse is listened to.
    pub mouse: bool,
    /// The language of captions.
    pub lang: Option<Lang>,
    /// How a session runs that says nothing of it.
    pub usual: Usual,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            theme: None,
            keymap: "default".into(),
            ascii: None,
            mouse: true,
            lang: None,
            usual: Usual::default(),
        }
    }
}

/// The folder of the user's system where the program's settings are.
pub(super) fn folder() -> Option<PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.config_dir().join("raft-playground"))
}

/// The configuration of the person, or the default one when there is none.
pub(super) fn config() -> Result<Config, Failure> {
    let Some(file) = file().filter(|file| file.exists()) else {
        return Ok(Config::default());
    };
    let text = read(&file, "a configuration")?;
    parse(&file, &text).map_err(Failure::wrong)
}

/// A file to begin with.
pub(super) fn template() -> String {
    let path = file().unwrap_or_else(|| "raft-playground/config.toml".into());
    TEMPLATE.replace("PATH", &printable(&path.display().to_string()))
}

/// Where paths in the configuration begin.
pub(super) fn place() -> PathBuf {
    folder().unwrap_or_default()
}

fn file() -> Option<PathBuf> {
    Some(folder()?.join("config.toml"))
}

/// Reads a configuration, or says everything that is wrong with it.
fn parse(file: &Path, text: &str) -> Result<Config, String> {
    let name = file.display().to_string();
    let table = match table(&name, text, "a setting looks like theme = \"light\"") {
        Ok(table) => table,
        Err(problem) => return Err(report(&name, text, vec![problem])),
    };
    let mut config = Config::default();
    let mut problems = Vec::new();
    for (key, value) in table.get_ref() {
        let setting: &str = key.get_ref();
        let problem = |at, title, label: &str, help| Problem {
            at,
            title,
            label: label.into(),
            other: None,
            help,
        };
        if !NAMES.contains(&setting) {
            let general = format!("the settings are {}", NAMES.join(", "));
            problems.push(problem(
                key.span(),
                format!("there is no setting `{setting}`"),
                "unknown setting",
                did_you_mean(setting, NAMES.into_iter(), &general),
            ));
        } else if let Err(help) = config.set(setting, value.get_ref(), file) {
            problems.push(problem(
                value.span(),
                format!("`{setting}` cannot be this"),
                value.get_ref().type_str(),
                help,
            ));
        }
    }
    match problems.is_empty() {
        true => Ok(config),
        false => Err(report(&name, text, problems)),
    }
}

impl Config {
    /// Sets one of [`NAMES`]; the error says what would be right.
    fn set(&mut self, name: &str, value: &DeValue<'_>, file: &Path) -> Result<(), String> {
        let place = file.parent().unwrap_or(file);
        match name {
            "theme" => self.theme = theme(value)?,
            "keymap" => self.keymap = keymap(value, place)?,
            "ascii" => self.ascii = true_or_false_or_auto(value)?,
            "mouse" => self.mouse = value.as_bool().ok_or("write true or false")?,
            "lang" => self.lang = lang(value)?,
            "speed" => {
                self.usual.speed = number(value).map_or_else(|| speed(""), |text| speed(&text))?
            }
            _ => self.usual.nodes = nodes(value)?,
        }
        Ok(())
    }
}

fn theme(value: &DeValue<'_>) -> Result<Option<String>, String> {
    let names = THEMES.map(|theme| theme.name);
    match value.as_str() {
        Some("auto") => Ok(None),
        Some(name) if names.contains(&name) => Ok(Some(name.to_owned())),
        other => {
            let general = format!("a theme is \"{}\" or \"auto\"", names.join("\", \""));
            Err(did_you_mean(
                other.unwrap_or(""),
                names.into_iter(),
                &general,
            ))
        }
    }
}

/// A path is taken from the place of the file on.
fn keymap(value: &DeValue<'_>, place: &Path) -> Result<String, String> {
    match value.as_str() {
        Some(name) if !keymaps::is_known(name, place) => Err(keymaps::help(name)),
        Some(name) => Ok(name.to_owned()),
        None => Err("write the name of a keymap, or a file, in double quotes".into()),
    }
}

fn true_or_false_or_auto(value: &DeValue<'_>) -> Result<Option<bool>, String> {
    match (value.as_bool(), value.as_str()) {
        (None, Some("auto")) => Ok(None),
        (Some(on), _) => Ok(Some(on)),
        _ => Err("write true, false or \"auto\"".into()),
    }
}

fn lang(value: &DeValue<'_>) -> Result<Option<Lang>, String> {
    match value.as_str() {
        Some("auto") => Ok(None),
        Some("en") => Ok(Some(Lang::En)),
        Some("zh") => Ok(Some(Lang::Zh)),
        _ => Err("write \"en\", \"zh\" or \"auto\"".into()),
    }
}

fn nodes(value: &DeValue<'_>) -> Result<u16, String> {
    let count = number(value).and_then(|text| text.parse().ok());
    let count = count.filter(|&count| (1..=MAX_NODES).contains(&usize::from(count)));
    count.ok_or_else(|| format!("a cluster has 1 to {MAX_NODES} nodes"))
}

/// A number as it is written, in decimal.
fn number(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_tells_every_default() {
        let setting = |line: &&str| {
            let name = line.split(" = ").next().unwrap_or_default();
            NAMES.contains(&name)
        };
        let lines = TEMPLATE.lines().filter_map(|line| line.strip_prefix("# "));
        let settings: Vec<&str> = lines.filter(setting).collect();
        assert_eq!(settings.len(), NAMES.len());
        let file = Path::new("config.toml");
        assert_eq!(parse(file, &settings.join("\n")), Ok(Config::default()));
        assert_eq!(parse(file, TEMPLATE), Ok(Config::default()));
    }

    #[test]
    fn every_setting_can_be_set() {
        let text = "theme = \"light\"\nkeymap = \"vim\"\nascii = false\nmouse = false\n\
                    lang = \"zh\"\nspeed = 2\nnodes = 7\n";
        let config = Config {
            theme: Some("light".into()),
            keymap: "vim".into(),
            ascii: Some(false),
            mouse: false,
            lang: Some(Lang::Zh),
            usual: Usual {
                speed: 2.0,
                nodes: 7,
                ..Usual::default()
            },
        };
        assert_eq!(parse(Path::new("config.toml"), text), Ok(config));
    }

    #[test]
    fn everything_wrong_is_said_at_once_with_its_place() {
        let text = "thme = \"light\"\ntheme = \"drak\"\nkeymap = \"vimm\"\nascii = 1\n\
                    mouse = \"no\"\nlang = \"fr\"\nspeed = 0\nnodes = 0x10\n[nodes2]\n";
        let report = parse(Path::new("config.toml"), text).expect_err("it is wrong");
        for words in [
            "config.toml:1:1",
            "did you mean `theme`?",
            "config.toml:2:9",
            "did you mean `dark`?",
            "did you mean `vim`?",
            "write true, false or \"auto\"",
            "write true or false",
            "write \"en\", \"zh\" or \"auto\"",
            "0.0001 to 1000",
            "config.toml:8:9",
            "1 to 101",
            "there is no setting `nodes2`",
        ] {
            assert!(report.contains(words), "{words}:\n{report}");
        }
        let twice = "nodes = 3\n\nnodes = 4\n";
        let report = parse(Path::new("config.toml"), twice).expect_err("it is wrong");
        assert!(
            report.contains("config.toml:3:1") && report.contains("config.toml:1:1"),
            "{report}"
        );
        let report = parse(Path::new("config.toml"), "nodes = \n").expect_err("it is wrong");
        assert!(report.contains("this is not TOML"), "{report}");
    }
}
