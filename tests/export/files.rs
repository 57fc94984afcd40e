//! What is wrong with the arguments, the file or the script.

use std::fs;

use super::{KINDS, export, folder, run, small};

#[test]
fn what_is_wrong_is_said_and_nothing_is_written() {
    let folder = small();
    let path = folder.path();
    fs::write(path.join("notes.txt"), "my notes\n").expect("a file");
    fs::write(path.join("wrong.raft"), "crush n1\n").expect("a file");
    fs::write(path.join("long.raft"), "cluster 5\nwait 1m\n").expect("a file");
    let cases: [(&[&str], i32, &[&str]); 12] = [
        (
            &["small.raft", "-o", "a.pdf"],
            2,
            &[".mmd", ".svg", ".txt", ".jsonl"],
        ),
        (&["small.raft", "-o", "svg"], 2, &[".mmd", "-o diagram.svg"]),
        (&["small.raft"], 2, &["--output"]),
        (
            &["small.raft", "-o", "a.svg", "--from", "2s", "--to", "1s"],
            2,
            &["before it begins", "--from"],
        ),
        (
            &["small.raft", "-o", "a.svg", "--from", "now"],
            2,
            &["an instant is a number"],
        ),
        (
            &["small.raft", "-o", "a.svg", "--from", "1h"],
            2,
            &["an instant is a number"],
        ),
        (
            &["small.raft", "-o", "a.svg", "--from", "59m"],
            2,
            &["is over at", "earlier --from"],
        ),
        (&["wrong.raft", "-o", "a.svg"], 2, &["did you mean `crash`"]),
        (&["nothing.raft", "-o", "a.svg"], 3, &["nothing.raft"]),
        (
            &["small.raft", "-o", "notes.txt"],
            3,
            &["in another way", "--force"],
        ),
        (
            &["small.raft", "-o", "no/a.svg"],
            3,
            &["no/a.svg", "No such file"],
        ),
        (
            &["long.raft", "-o", "a.mmd"],
            2,
            &["2000", "--from and --to", "0ms", "1m"],
        ),
    ];
    for (arguments, code, wanted) in cases {
        let mut all = vec!["export"];
        all.extend(arguments);
        let output = run(path, &all);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
        assert!(
            wanted.iter().all(|words| error.contains(words)),
            "{arguments:?}: {error}"
        );
    }
    let mut names: Vec<String> = fs::read_dir(path)
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["long.raft", "notes.txt", "small.raft", "wrong.raft"]
    );
    assert_eq!(
        fs::read_to_string(path.join("notes.txt")).expect("it is there"),
        "my notes\n"
    );
    // A trace may be as long as it likes.
    let long = export(path, &["long.raft"], "long.jsonl");
    assert!(long.lines().count() > 2_000);
}

#[test]
fn an_own_file_is_replaced_and_another_only_by_force() {
    let folder = small();
    for kind in KINDS {
        let file = format!("own.{kind}");
        let whole = export(folder.path(), &["small.raft"], &file);
        let part = export(folder.path(), &["small.raft", "--to", "30ms"], &file);
        assert!(part.len() < whole.len(), "{kind}");
        // A trace may be as long as it likes: of one only the beginning is looked at.
        let changed = (kind != "jsonl").then(|| format!("{part}a note\n"));
        for mine in ["mine\n".to_owned()].into_iter().chain(changed) {
            fs::write(folder.path().join(&file), &mine).expect("a file");
            let kept = run(folder.path(), &["export", "small.raft", "-o", &file]);
            assert_eq!(kept.status.code(), Some(3), "{kind}");
            let found = fs::read_to_string(folder.path().join(&file));
            assert_eq!(found.expect("a file"), mine, "{kind}");
        }
        assert_eq!(
            export(folder.path(), &["small.raft", "--force"], &file),
            whole,
            "{kind}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_told() {
    let folder = small();
    for kind in KINDS {
        let file = format!("full.{kind}");
        std::os::unix::fs::symlink("/dev/full", folder.path().join(&file)).expect("a link");
        let output = run(folder.path(), &["export", "small.raft", "-o", &file]);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{kind}: {error}");
        assert!(
            error.contains(&file) && error.contains("No space left"),
            "{error}"
        );
    }
}

#[test]
fn a_script_that_fails_is_exported_up_to_there() {
    let folder = folder();
    let script = "cluster 3\nwait until leader\nexpect leaders = 2\nwait 1s\n";
    fs::write(folder.path().join("fails.raft"), script).expect("a script");
    for kind in KINDS {
        let file = format!("fails.{kind}");
        let output = run(folder.path(), &["export", "fails.raft", "-o", &file]);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert!(
            error.contains("FAILED") && error.contains("✗ line 3: expect leaders = 2"),
            "{error}"
        );
        let text = fs::read_to_string(folder.path().join(&file)).expect("it was written");
        assert!(text.contains("leader"), "{text}");
    }
}
