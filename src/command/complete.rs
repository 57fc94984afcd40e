//! What could be typed next, as the parser sees it.

use super::cursor::{Candidate, Cursor};
use super::lex::{in_word, lex};
use super::parse::attempt;
use super::scope::Scope;
use super::verb::{Group, Verb};
use crate::kv::Text;

/// What could stand where the cursor is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Completion {
    /// Where the word under the cursor begins, in bytes: a candidate replaces the text from here
    /// to the cursor.
    pub start: usize,
    /// The words that fit, in the order of the tables.
    pub candidates: Vec<Candidate>,
    /// How what is being typed is written, as far as it was understood: a verb, a question or a
    /// condition with what follows it. Empty before the first word is done.
    pub usage: &'static str,
}

/// What could be typed at `cursor`, in bytes, of a line in the dashboard. `names` are the nodes'.
pub fn complete(line: &str, cursor: usize, names: &[Text]) -> Completion {
    let head = &line[..line.floor_char_boundary(cursor)];
    let of_word = |c: char| in_word(c) || c == '-';
    let start = head.trim_end_matches(of_word).len();
    let (before, partial) = head.split_at(start);
    // Within a text or a comment there is nothing to complete.
    let complete = lex(before, 0).ok().filter(|_| !in_comment(before));
    let Some(tokens) = complete else {
        return Completion {
            start,
            candidates: Vec::new(),
            usage: "",
        };
    };
    let mut cursor = Cursor::new(&tokens, before.len(), Scope::of(names, true));
    attempt(&mut cursor);
    let mut candidates: Vec<Candidate> = Vec::new();
    // The stage was set before there was anybody to type.
    let begins = before.trim().is_empty();
    let too_late =
        |text: &str| begins && Verb::named(text).is_some_and(|verb| verb.group == Group::Stage);
    for offer in cursor.offers {
        let fits = offer.text.starts_with(partial) && !too_late(&offer.text);
        if fits && !candidates.contains(&offer) {
            candidates.push(offer);
        }
    }
    Completion {
        start,
        candidates,
        usage: cursor.form,
    }
}

/// True when `text` ends in a comment: one more word would not be seen.
fn in_comment(text: &str) -> bool {
    let probe = format!("{text} x");
    lex(&probe, 0).is_ok_and(|tokens| tokens.last().is_none_or(|last| last.span.end < probe.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::percent_text;
    use crate::world::command::Workload;

    fn words(line: &str) -> Vec<String> {
        let names: Vec<Text> = vec!["n1".into(), "n2".into(), "S5".into()];
        let completion = complete(line, line.len(), &names);
        completion
            .candidates
            .into_iter()
            .map(|candidate| candidate.text)
            .collect()
    }

    #[test]
    fn verbs_options_rules_and_kinds_are_offered_where_they_stand() {
        assert_eq!(words("cr"), ["crash"]);
        // What stands at the head of a script is no use to somebody who types.
        assert_eq!(words("cl"), ["clock"]);
        assert!(!words("").contains(&"title".to_owned()));
        assert_eq!(words("at 1s cr"), ["crash"]);
        assert_eq!(words("set h"), ["heartbeat"]);
        assert_eq!(words("set heartbeat "), ["50ms"]);
        assert_eq!(words("set backtracking "), ["hint", "naive"]);
        assert_eq!(words("rule pre"), ["prev-log-check", "pre-vote"]);
        assert_eq!(words("rule pre-vote "), ["on", "off"]);
        assert_eq!(words("drop pre-"), ["pre-vote", "pre-vote-reply"]);
    }

    #[test]
    fn what_a_workload_is_when_nobody_says_it_is_told() {
        let usual = Workload::at(1);
        let line = "workload 10/s ";
        let told = complete(line, line.len(), &[]).candidates;
        for (keyword, default) in [
            ("keys", usual.keys.to_string()),
            ("reads", percent_text(usual.reads)),
            ("clients", usual.clients.to_string()),
        ] {
            let offer = told.iter().find(|offer| offer.text == keyword);
            let help = offer.expect("it is offered").help;
            assert!(
                help.ends_with(&format!("; {default} when not said")),
                "{help}"
            );
        }
    }

    #[test]
    fn nodes_and_groups_are_offered() {
        assert_eq!(words("crash n"), ["n1", "n2"]);
        assert_eq!(words("crash n1,"), ["n1", "n2", "S5"]);
        assert_eq!(words("crash l"), ["learners", "leader"]);
        assert_eq!(words("crash all-"), ["all-leader"]);
        assert!(words("crash ").contains(&"@".to_owned()));
        assert_eq!(words("cut n1->S"), ["S5"]);
        assert_eq!(words("loss 20% S"), ["S5"]);
        assert!(words("crash r").contains(&"random".to_owned()));
        assert!(!words("expect role r").contains(&"random".to_owned()));
    }

    #[test]
    fn a_node_on_one_island_is_not_offered_for_another() {
        assert_eq!(words("partition n"), ["n1", "n2"]);
        assert_eq!(words("partition n1,S5 | n"), ["n2"]);
        assert_eq!(words("partition n1 | n2 | S"), ["S5"]);
        assert_eq!(words("partition n1 | n2,n"), ["n2"]);
    }

    #[test]
    fn conditions_are_offered_word_by_word() {
        assert_eq!(words("wait until no v"), ["value", "violation"]);
        assert_eq!(words("expect violation d"), ["durability"]);
        assert_eq!(words("expect role n1 pre"), ["pre-candidate"]);
        assert_eq!(words("expect term n1 "), ["=", "!=", "<", "<=", ">", ">="]);
        assert_eq!(words("wait until leader n1 "), ["and", "within"]);
        assert_eq!(words("put x 1 "), ["by", "via", "reads"]);
    }

    #[test]
    fn what_is_asked_is_offered_word_by_word() {
        assert_eq!(words("as"), ["ask"]);
        assert_eq!(words("ask \"?\" "), ["zh", "until"]);
        assert_eq!(words("ask \"?\" until no viol"), ["violation"]);
        assert_eq!(words("else cr"), ["crash"]);
    }

    #[test]
    fn questions_are_offered_word_by_word() {
        assert_eq!(words("wh"), ["why"]);
        assert_eq!(words("why no"), ["not", "no"]);
        assert_eq!(words("od"), ["odds"]);
        assert_eq!(words("odds lead"), ["leader", "leaders"]);
        assert_eq!(words("odds leader n1 "), ["and", "within", "runs"]);
        assert_eq!(words("odds leader n1 within 2s "), ["runs"]);
        assert_eq!(words("why co"), ["commit", "committed", "config"]);
        assert_eq!(words("why not commit 7 "), ["on"]);
        assert_eq!(words("why role n"), ["n1", "n2"]);
        assert_eq!(words("why no reply "), ["admin", "c1"]);
    }

    #[test]
    fn a_new_name_is_offered_where_a_node_is_made() {
        assert_eq!(words("add "), ["n1", "n2", "S5", "n4"]);
        assert_eq!(words("members n4,"), ["n1", "n2", "S5", "n5"]);
        assert!(words("reboot ").contains(&"n4".to_owned()));
        assert_eq!(words("members all-n"), [""; 0]);
        for line in ["promote n", "snapshot n", "add n4 via n"] {
            assert_eq!(words(line), ["n1", "n2"], "{line}");
        }
        let most: Vec<Text> = (1..=101).map(|n| format!("n{n}").into()).collect();
        let offered = complete("add n10", 7, &most).candidates;
        assert!(offered.iter().all(|one| one.help == "a node"));
    }

    #[test]
    fn membership_is_offered_word_by_word() {
        assert_eq!(words("add n4 "), ["as", "via"]);
        assert_eq!(words("add n4 as "), ["learner"]);
        assert_eq!(words("add n4 as learner "), ["via"]);
        assert_eq!(words("remove n1 "), ["via"]);
        assert_eq!(words("remove n1 via l"), ["leader"]);
        assert_eq!(words("transfer r"), ["random"]);
        assert_eq!(words("members all "), ["via"]);
        assert_eq!(words("set m"), ["max-append", "membership"]);
        assert_eq!(words("set membership "), ["joint", "single"]);
        assert_eq!(words("set snapshot-chunk "), ["4096"]);
        assert_eq!(
            words("set discovery "),
            ["redirect", "poll", "health-check", "forward"]
        );
        assert_eq!(words("get x reads l"), ["linearizable", "lease", "leader"]);
        assert_eq!(
            words("rule lea"),
            [
                "leader-counts-if-member",
                "learners-do-not-vote",
                "lease-under-drift",
                "leader-stickiness"
            ]
        );
        assert_eq!(words("drop read"), ["read", "read-reply"]);
        assert_eq!(words("expect reply "), ["admin", "c1", "="]);
        assert_eq!(
            words("expect reply admin = "),
            ["ok", "refused", "timeout", "pending"]
        );
        assert_eq!(words("expect role n1 re"), ["removed"]);
    }

    #[test]
    fn nothing_is_offered_in_texts_comments_and_after_mistakes() {
        for line in [
            "say \"cr",
            "heal # cr",
            "crush n1 ",
            "heal ",
            "set nothing ",
        ] {
            assert_eq!(words(line), [""; 0], "{line}");
        }
    }

    #[test]
    fn views_are_offered_by_their_first_letters() {
        assert_eq!(words("view m")[0], "main");
    }

    #[test]
    fn a_candidate_replaces_the_word_under_the_cursor() {
        assert_eq!(complete("crash n1, n", 11, &["n1".into()]).start, 10);
        assert_eq!(complete("crash", 2, &[]).candidates[0].text, "crash");
        // A cursor in the middle of a character, or past the end, is not a mistake.
        assert_eq!(complete("say \"é", 6, &[]).candidates, []);
        assert_eq!(complete("", 99, &[]).start, 0);
    }

    #[test]
    fn the_usage_is_that_of_what_is_being_typed() {
        let usage = |line: &str| complete(line, line.len(), &["n1".into()]).usage;
        assert_eq!(usage("put "), "put K V [by CLIENT] [via NODE] [reads MODE]");
        assert_eq!(usage("put x"), usage("put "));
        assert_eq!(usage("latency 5"), "latency RANGE [LINK]");
        assert_eq!(usage("at 1s crash n"), "crash NODES");
        assert_eq!(usage("why value n1 "), "why value NODE K");
        assert_eq!(
            usage("wait until value n1 "),
            "value NODES K = V | value NODES K missing"
        );
        for nothing in ["", "pu", "zzz ", "say \"", "heal # "] {
            assert_eq!(usage(nothing), "", "{nothing}");
        }
    }
}
