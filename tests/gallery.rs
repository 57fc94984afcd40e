//! The pictures of the README: each is made by a command that stands there, and shows the program
//! as it is today.

use std::path::Path;

/// Set to have the pictures made anew.
const REFRESH: &str = "REFRESH_GALLERY";

/// The arguments of each command of the README that makes a picture, the picture's path last.
fn commands(readme: &str) -> Vec<Vec<&str>> {
    let lines = readme.lines();
    let commands = lines.filter_map(|line| line.strip_prefix("raft-playground "));
    let makes = |words: &Vec<&str>| words.last().is_some_and(|last| last.starts_with("assets/"));
    commands
        .map(|command| command.split_whitespace().collect())
        .filter(makes)
        .collect()
}

#[test]
fn the_pictures_of_the_readme_show_the_program_of_today() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).expect("the README");
    let commands = commands(&readme);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("assets")).expect("a folder");
    let mut stale = Vec::new();
    for arguments in &commands {
        let made = assert_cmd::Command::cargo_bin("raft-playground")
            .expect("the program is there")
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .expect("the program runs");
        assert!(made.status.success(), "{arguments:?}: {made:?}");
        let path = arguments.last().expect("a path");
        let drawn = std::fs::read(folder.path().join(path)).expect("a picture");
        if std::env::var_os(REFRESH).is_some() {
            std::fs::write(root.join(path), &drawn).expect("the picture can be written");
        }
        if std::fs::read(root.join(path)).unwrap_or_default() != drawn {
            stale.push(*path);
        }
    }
    assert!(
        stale.is_empty(),
        "{} are not what the program shows now; make them anew with\n\
         {REFRESH}=1 cargo test --test gallery\nand look at them",
        stale.join(", ")
    );
    // Each picture has its command.
    let shown = readme.lines().filter(|line| line.starts_with("![")).count();
    assert_eq!(commands.len(), shown);
    assert!(shown > 2, "the pictures are gone");
}
