//! The command language from outside: scripts are read, resolved and printed, wrong ones are
//! answered with the place and what would be right, and nothing makes the parser panic.

#[path = "language/garbage.rs"]
mod garbage;
#[path = "language/membership.rs"]
mod membership;
#[path = "language/wrong.rs"]
mod wrong;

use raft_playground::command::{
    Caption, Diagnostics, Script, Statement, check_names, commands_text,
};
use raft_playground::raft::NodeId;

/// A script with most of what can be written.
const SCRIPT: &str = r#"
title "A tour of the language" zh "语言导览"
about "Every statement, once."
about "And a second line."
cluster A B C D E
seed 42
given A term 3 voted B log 1 1 2 commit 2
given 5 log 1

set election-timeout 150ms..300ms on A,B   # for some
set heartbeat 50ms
set reads stale
rule pre-vote off
never violation
partition A,B | C, D , E
isolate all-leader
cut A->B
cut A <-> B,C
mend followers->leader
loss 20%
loss 0.5% c1->A
latency 5ms..15ms A->all-A
bandwidth 1000/s
bandwidth none A->B
drop request c1->A
delay any A->c1 by 5ms count all
drop append A->B nth 2 count all
delay any A->B by 1.5ms
drop off
clock A rate 1.10
clock B jump -50ms
disk C latency 1ms..2ms
disk C stall
disk C ok
put x "missing" by c2 via leader
get x reads linearizable
add-to n -5
cas lock missing me
set membership single
set drift-bound 0.5%
set discovery health-check
rule one-change-at-a-time off
drop timeout-now A->B
add F as learner
promote F via leader
members A,B,F
snapshot F
reboot all
workload 0.5/s keys 3 reads 20% clients 2
wait until leader and not leader B within 3s
ask "Crash the leader." zh "让领导者崩溃。" until no leader
else crash leader
repeat 2
  crash random
  wait 10ms
  repeat 3
    restart down
  end
end
expect any voters = stable
"#;

fn script(text: &str) -> Result<Script, Diagnostics> {
    Script::parse("t.raft", text)
}

#[test]
fn a_script_is_resolved() {
    let text = SCRIPT.replace("any voters = stable", "config any voters = stable for 1s");
    let script = script(&text).unwrap_or_else(|errors| panic!("{}", errors.render(&text, false)));
    assert_eq!(&*script.title.text, "A tour of the language");
    assert_eq!(script.title.zh.as_deref(), Some("语言导览"));
    assert_eq!(script.about.len(), 2);
    assert_eq!(script.cluster, ["A", "B", "C", "D", "E"].map(Into::into));
    assert_eq!(script.seed, Some(42));
    let given: Vec<NodeId> = script.given.iter().map(|(id, _)| *id).collect();
    assert_eq!(given, [NodeId(1), NodeId(5)]);
    assert!(
        !script
            .lines
            .iter()
            .any(|line| line.statement.sets_the_stage())
    );
    assert_eq!(script.lines[0].number, 10);
    let last = script.lines.last().expect("there are lines");
    assert_eq!(
        last.statement.to_string(),
        "expect config any voters = stable for 1s"
    );

    // Printed and read again it is the same, but for the numbers of its lines. F is made.
    let names = [&script.cluster[..], &["F".into()]].concat();
    for line in &script.lines {
        let printed = line.statement.to_string();
        let again = Statement::parse(&printed, &names, false).map(|s| s.to_string());
        assert_eq!(again, Ok(printed));
    }
}

#[test]
fn an_empty_script_has_five_nodes_and_the_name_of_its_file() {
    let script = script("# nothing\r\n\n").expect("a script may be empty");
    assert_eq!(script.cluster.len(), 5);
    assert_eq!(&*script.cluster[4], "n5");
    let title = Caption {
        text: "t.raft".into(),
        zh: None,
    };
    assert_eq!(script.title, title);
    assert_eq!(script.seed, None);
}

#[test]
fn a_key_may_be_called_as_a_node_is() {
    let script = script("put n2 5\nwait until value n1 n2 = 5 and value all n3 missing");
    assert!(script.is_ok(), "{script:?}");
}

#[test]
fn a_file_may_end_its_lines_as_elsewhere() {
    let script = script("crash n1\r\nheal").expect("the script is right");
    assert_eq!(script.lines.len(), 2);
}

#[test]
fn statements_by_hand_know_the_selected_node_and_the_names_given() {
    let names = ["A".into(), "B".into()];
    for text in [
        "crash @",
        "isolate all-@",
        "put x 1 via @",
        "focus @",
        "cut @->A",
    ] {
        assert!(Statement::parse(text, &names, true).is_ok(), "{text}");
        assert!(Statement::parse(text, &names, false).is_err(), "{text}");
    }
    assert!(Statement::parse("crash C", &names, true).is_err());
    let crash = Statement::parse("crash C", &[], true).expect("any name may be meant");
    assert!(check_names(&crash, &names).is_err());
    assert!(check_names(&crash, &["C".into()]).is_ok());
    for text in ["", "# nothing", "heal\nheal", "repeat 2"] {
        assert!(Statement::parse(text, &[], true).is_err(), "{text}");
    }
    assert!(Statement::parse("repeat 2\nheal\nend", &[], true).is_ok());
}

#[test]
fn what_is_the_dashboards_own_waits_for_no_instant() {
    for text in [
        "save mine",
        "record film.gif",
        "open failover",
        "back",
        "why leader",
    ] {
        assert!(Statement::parse(text, &[], true).is_ok(), "{text}");
        let late = Statement::parse(&format!("at 9s {text}"), &[], true);
        let errors = late.expect_err(text).to_string();
        assert!(
            errors.contains("this can't be done `at` an instant"),
            "{errors}"
        );
        assert!(errors.contains("is the dashboard's own"), "{errors}");
    }
    // And its words are free in scripts.
    for text in [
        "put save 1",
        "put force 1",
        "wait until value n1 save = force",
    ] {
        assert!(script(text).is_ok(), "{text}");
    }
}

#[test]
fn every_line_of_the_list_of_commands_begins_with_its_word() {
    let text = commands_text();
    for word in [
        "crash",
        "heartbeat",
        "leaders",
        "append-reply",
        "pre-vote",
        "durability",
    ] {
        let begins =
            |line: &str| line.starts_with(&format!("  {word} ")) || line == format!("  {word}");
        assert!(text.lines().any(begins), "{word}");
    }
}
