//! Statements about who is in the cluster, and the names of nodes that they make.

use raft_playground::command::Statement;

use super::script;
use super::wrong::{Wrong, tell};

#[rustfmt::skip]
pub const WRONG: &[Wrong] = &[
    // Membership
    ("add", (1, 4), "a node is missing", "known or new"),
    ("add leader", (1, 5), "`leader` is a selection, and here stands one node", "known or new"),
    ("add all-n1", (1, 5), "`all-n1` is a selection", "known or new"),
    ("add @", (1, 5), "`@` is a selection", "known or new"),
    ("add n6,n7", (1, 7), "here stands one node, not several", "`members` takes several"),
    ("add 6", (1, 5), "there is no node `6`", "needs a name"),
    ("add c7", (1, 5), "`c7` is no name for a node, but a client", "`n6`"),
    ("add term", (1, 5), "`term` is no name, but a keyword", "`n6`"),
    ("add n-6", (1, 5), "`n-6` is no name", "`n6`"),
    ("add \"n6\"", (1, 5), "a text in quotes is not a node", "known or new"),
    ("add n6 as voter", (1, 11), "`voter` is not `learner`", "as in: add NODE [as learner] [via NODE]"),
    ("add n6 via n1 as learner", (1, 15), "`as` is not expected here", "as in: add"),
    ("add n6 via n6", (1, 12), "there is no node `n6` yet", "this statement makes it"),
    ("add n6 via n7", (1, 12), "there is no node `n7`", "n1, n2, n3, n4, n5"),
    ("promote", (1, 8), "a node is missing", "`leader` or `random`"),
    ("promote n6", (1, 9), "there is no node `n6`", "n1, n2, n3, n4, n5"),
    ("demote voters", (1, 8), "`voters` is a selection, and here stands one node", "`leader`"),
    ("remove n1,n2", (1, 10), "here stands one node, not several", "members n1,n2,n3"),
    ("remove all-leader", (1, 8), "`all-leader` is a selection", "`leader`"),
    ("transfer n1 to n2", (1, 13), "`to` is not expected here", "as in: transfer NODE [via NODE]"),
    ("transfer c1", (1, 10), "`c1` is a client, not a node", "n1"),
    ("members", (1, 8), "NODES is missing", "voters"),
    ("members n1,all", (1, 12), "`all` stands alone", "only names are joined"),
    ("members all-n9", (1, 13), "there is no node `n9`", "n1, n2, n3, n4, n5"),
    ("members n1,n6-n6", (1, 15), "there is no node `n6` yet", "this statement makes it"),
    ("members n1,9", (1, 12), "there is no node `9`", "needs a name"),
    ("members n6 via n6", (1, 16), "there is no node `n6` yet", "this statement makes it"),
    ("reboot n1,c2", (1, 11), "`c2` is no name for a node, but a client", "`n6`"),
    ("reboot n1 via n2", (1, 11), "`via` is not expected here", "as in: reboot NODES"),
    ("snapshot n6", (1, 10), "there is no node `n6`", "n1, n2, n3, n4, n5"),
    ("expect members n1 = n1,n6", (1, 24), "there is no node `n6`", "n1, n2, n3, n4, n5"),
    // Nodes that are made
    ("crash n6\nadd n6", (1, 7), "there is no node `n6` yet", "line 2 makes it; write this after it"),
    ("crash 7\nadd n6\nadd n7", (1, 7), "there is no node `7` yet", "line 3 makes it"),
    ("repeat 2\ncrash n6\nadd n6\nend", (2, 7), "there is no node `n6` yet", "line 3 makes it"),
    ("wait until members n1 = n6\nat 1s reboot n6", (1, 25), "there is no node `n6` yet", "line 2 makes it"),
    ("given n6 term 1\nadd n6", (1, 7), "there is no node `n6`", "n1, n2, n3, n4, n5"),
    ("add n6\ncrash 7", (2, 7), "there is no node `7`", "n5, n6"),
    ("add n6 as lerner\ncrash n6", (1, 11), "`lerner` is not `learner`", "as in: add"),
    ("add n6\ncluster 3", (2, 1), "`cluster` comes too late", "head of the script"),
    ("cluster 101\nadd X", (2, 5), "`X` is one node too many", "at most 101 nodes"),
    ("cluster 99\nmembers A,B,C", (2, 13), "`C` is one node too many", "removed ones included"),
];

#[test]
fn each_mistake_about_membership_has_one_error() {
    tell(WRONG);
}

#[test]
fn nodes_that_are_made_are_known_from_there_on() {
    let text = "cluster A B C
add D as learner via leader
at 1s promote 4
members F,A,E via B
crash 5,6 # F and E, in the order in which they are named
expect members A = A,E,F and learners A = D and role D learner
repeat 2
  reboot all-leader
  reboot A,G
  isolate G
end
wait until value G x missing within 1s
set snapshot-every 10 on G
snapshot 7
cut c1->G
remove A
add A
transfer random via 7
expect reply admin = refused and role A removed";
    let script = script(text).unwrap_or_else(|errors| panic!("{}", errors.render(text, false)));
    assert_eq!(script.cluster.len(), 3, "the first voters");
    let printed: Vec<String> = script
        .lines
        .iter()
        .map(|l| l.statement.to_string())
        .collect();
    // A number becomes the name that it stands for.
    let read = text.replace("promote 4", "promote D");
    let read = read.replace("5,6 # F and E, in the order in which they are named", "F,E");
    let read = read
        .replace("snapshot 7", "snapshot G")
        .replace("via 7", "via G");
    let read = read.replace("\n  ", "\n");
    assert_eq!(format!("cluster A B C\n{}", printed.join("\n")), read);
}

#[test]
fn the_last_node_that_there_is_room_for_can_be_made() {
    for text in [
        "cluster 100\nadd n101\ncrash 101",
        "cluster 101\nadd n101\nmembers n1,n101",
        "cluster 99\nreboot n1,X,Y\nadd X\nreboot X,Y",
    ] {
        assert!(script(text).is_ok(), "{text}");
    }
}

#[test]
fn a_statement_by_hand_may_make_nodes_and_keys_may_name_any() {
    let names = ["A".into(), "B".into()];
    for (text, printed) in [
        ("add n3", Ok("add n3")),
        ("add 2 as learner", Ok("add B as learner")),
        ("members A,n3 via @", Ok("members A,n3 via @")),
        ("remove @", Ok("remove @")),
        ("reboot all-@", Ok("reboot all-@")),
        (
            "repeat 2\nadd C\ncrash C\nend",
            Ok("repeat 2\nadd C\ncrash C\nend"),
        ),
        (
            "remove n3",
            Err("statement:1:8: there is no node `n3` (the nodes are: A, B)"),
        ),
        (
            "repeat 2\ncrash C\nadd C\nend",
            Err("statement:2:7: there is no node `C` yet (line 3 makes it; write this after it)"),
        ),
    ] {
        let read = Statement::parse(text, &names, true);
        let read = read.map(|statement| statement.to_string());
        let read = read.map_err(|errors| errors.to_string());
        assert_eq!(read.as_deref().map_err(String::as_str), printed);
    }
    // A key is bound before it is known which nodes there are.
    for text in [
        "add C",
        "members 1,C",
        "repeat 2\nadd C\ncrash D,7\nend",
        "promote 101",
    ] {
        let read = Statement::parse(text, &[], true).map(|statement| statement.to_string());
        assert_eq!(read.as_deref(), Ok(text));
    }
    let many: Vec<String> = (1..=102).map(|n| format!("N{n}")).collect();
    let members = format!("members {}", many.join(","));
    assert!(Statement::parse(&members, &[], true).is_err());
    assert!(Statement::parse("promote 102", &[], true).is_err());
}
