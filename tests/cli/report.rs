//! The report of `run --json`, field by field.

use serde_json::Value;

use super::{fields, messy_folder, objects, run, stderr, stdout, write};

#[test]
fn the_report_has_the_fields_of_the_contract_and_no_others() {
    let folder = messy_folder();
    write(
        &folder,
        "down.raft",
        "seed 42\nwait until leader\nput x 1\nwait until reply = ok\nwait 100ms\ncrash n1\n",
    );
    let output = run(&folder, &["run", "good.raft", "down.raft", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let reports: Vec<Value> = objects(stdout(&output)).collect();
    assert_eq!(reports.len(), 2);
    for report in &reports {
        fields(
            report,
            &[
                ("script", "string"),
                ("title", "string"),
                ("seed", "count"),
                ("hosts", "string"),
                ("outcome", "string"),
                ("virtual_us", "count"),
                ("events", "count"),
                ("messages", "object"),
                ("expectations", "array"),
                ("violations", "array"),
                ("nodes", "array"),
                ("history", "object"),
                ("digest", "string"),
            ],
        );
        fields(
            &report["messages"],
            &[
                ("sent", "count"),
                ("delivered", "count"),
                ("dropped", "count"),
                ("duplicated", "count"),
            ],
        );
        fields(
            &report["history"],
            &[("operations", "count"), ("linearizable", "bool?")],
        );
        for expectation in report["expectations"].as_array().expect("expectations") {
            fields(
                expectation,
                &[
                    ("line", "count"),
                    ("text", "string"),
                    ("held", "bool"),
                    ("at_us", "count"),
                    ("found", "string"),
                ],
            );
        }
        for node in report["nodes"].as_array().expect("nodes") {
            fields(
                node,
                &[
                    ("name", "string"),
                    ("id", "count"),
                    ("role", "string"),
                    ("term", "count"),
                    ("voted_for", "string?"),
                    ("commit", "count"),
                    ("applied", "count"),
                    ("last", "count"),
                    ("last_term", "count"),
                    ("snapshot", "count"),
                    ("commands", "count"),
                    ("members", "strings"),
                    ("members_old", "strings?"),
                    ("learners", "strings"),
                    ("config", "string"),
                    ("log_start", "count"),
                    ("log_terms", "counts"),
                    ("kv", "object"),
                ],
            );
        }
    }
    let [good, down] = &reports[..] else { panic!() };
    assert_eq!(
        (&good["script"], &good["title"], &good["seed"]),
        (&"good.raft".into(), &"Good".into(), &1.into())
    );
    assert_eq!(good["expectations"][0]["text"], "wait until leader");
    assert_eq!(good["expectations"][0]["line"], 3);
    assert_eq!(good["history"]["operations"], 2);
    assert_eq!(
        down["title"], "down.raft",
        "a script without a title is called by its file"
    );
    assert_eq!(down["seed"], 42);
    assert_eq!(down["nodes"][0]["role"], "down");
    assert_eq!(down["nodes"][1]["kv"]["x"], "1");
}

#[test]
fn what_was_watched_to_the_end_stands_in_the_report() {
    let folder = messy_folder();
    let watched = "cluster 3\nnever leaders > 2\nwait until leader\nalways leaders = 1\nwait 1s\n";
    write(&folder, "held.raft", watched);
    write(&folder, "late.raft", format!("{watched}crash all\n"));
    let output = run(&folder, &["run", "held.raft", "late.raft", "--json"]);
    let reports: Vec<Value> = objects(stdout(&output)).collect();
    let told = |report: &Value| -> Vec<(u64, bool)> {
        let all = report["expectations"].as_array().expect("expectations");
        all.iter()
            .map(|it| (it["line"].as_u64().expect("a line"), it["held"] == true))
            .collect()
    };
    assert_eq!(told(&reports[0]), [(3, true), (2, true), (4, true)]);
    // The end of the script is looked at too.
    assert_eq!(told(&reports[1]), [(3, true), (4, false)]);
    assert_eq!(reports[1]["outcome"], "failed");
}
