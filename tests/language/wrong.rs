//! Wrong scripts, where they are wrong, what is said, and what would be right.

use std::fmt::Write;

use super::script;

/// A wrong script, where it is wrong, what is said, and what would be right.
pub type Wrong = (&'static str, (usize, usize), &'static str, &'static str);

#[rustfmt::skip]
pub const WRONG: &[Wrong] = &[
    // Words
    ("crush n1", (1, 1), "`crush` is not a statement", "did you mean `crash`?"),
    ("n1 crash", (1, 1), "`n1` is not a statement", "`raft-playground commands`"),
    ("say hello", (1, 5), "`hello` is not a text in quotes", "double quotes"),
    ("say \"hello", (1, 5), "this text has no closing quote", "end it with"),
    ("say \"a\\tb\"", (1, 7), "this escape is not known", r"\n"),
    ("say \"\u{1b}[2J\"", (1, 6), "a control character stands in this text", r"`\u{1b}`"),
    ("put x a;b", (1, 8), "`;` is not expected here", "double quotes"),
    ("put x a.b", (1, 7), "`a.b` is not a value", "\"a.b\""),
    ("put x leader", (1, 7), "`leader` is a keyword", "\"leader\""),
    ("heal now", (1, 6), "`now` is not expected here", "as in: heal"),
    ("crash", (1, 6), "NODES is missing", "voters"),
    ("heal\n\n  crush n1", (3, 3), "`crush` is not a statement", "`crash`"),
    ("say \"é\" nothing", (1, 9), "`nothing` is not expected here", "as in: say"),
    // Nodes, links and kinds
    ("crash n1 n2", (1, 10), "`n2` is not expected here", "joined by a comma: `n1,n2`"),
    ("wait until role n1,n2 n3 leader", (1, 23), "`n3` is not expected here", "`n2,n3`"),
    ("crash n6", (1, 7), "there is no node `n6`", "n1, n2, n3, n4, n5"),
    ("crash 6", (1, 7), "there is no node `6`", "n1, n2, n3, n4, n5"),
    ("crash n1,,n2", (1, 10), "a node is missing before this sign", "as in"),
    ("crash leadr", (1, 7), "there is no node `leadr`", "did you mean `leader`?"),
    ("crash leader,n1", (1, 7), "`leader` stands alone", "only names are joined"),
    ("crash all-n1-n2", (1, 7), "only one selection can be taken away", "all-n1,n2"),
    ("crash c1", (1, 7), "`c1` is a client, not a node", "n1"),
    ("crash @", (1, 7), "`@` is known only in the dashboard", "as in"),
    ("expect role random leader", (1, 13), "`random` stands only in actions", "as in"),
    ("cut n1", (1, 7), "`->` or `<->` is missing", "n1->n2"),
    ("cut c1->c2", (1, 5), "clients do not talk to one another", "c1->n2"),
    ("cut c1001->n1", (1, 5), "`c1001` is no client that there is", "c1 to c1000"),
    ("cut n1->n1", (1, 5), "a node has no link to itself", "different nodes, as in n1->n2"),
    ("mend n1<->1", (1, 6), "a node has no link to itself", "n1->n2"),
    ("loss 5% n2,n2->n2", (1, 9), "a node has no link to itself", "n1->n2"),
    ("latency 5ms leader->leader", (1, 13), "a node has no link to itself", "n1->n2"),
    ("drop any n1->n1-n2 count all", (1, 10), "a node has no link to itself", "n1->n2"),
    ("drop append c1->n1", (1, 6), "no `append` goes on this link", "`request-reply`; `any`"),
    ("copy request n1->c1", (1, 6), "no `request` goes on this link", "a client sends `request`"),
    ("delay request-reply c1->n1 by 5ms", (1, 7), "no `request-reply` goes", "a client sends"),
    ("bandwidth nine", (1, 11), "`nine` is no RATE", "did you mean `none`?"),
    ("drop apend n1->n2", (1, 6), "`apend` is not a KIND of message", "did you mean `append`?"),
    ("partition n1,n2 | n2,n3", (1, 19), "a node of this island is on another already", "one island only"),
    ("partition n1 | n2,1", (1, 16), "a node of this island is on another already", "one island only"),
    ("put x 1 via all", (1, 13), "`all` is a selection, and here stands one node", "`leader` or `random`"),
    ("expect leader random", (1, 15), "`random` stands only in actions", "`leader`"),
    ("given leader term 1", (1, 7), "`leader` is a selection", "its name or its number"),
    // Signs of other languages
    ("cut n1=>n2", (1, 7), "`=>` is no sign here", "n1->n2 for a LINK"),
    ("cut n1--n2", (1, 7), "`--` is no sign here", "a LINK is written n1->n2"),
    ("cut n1-->n2", (1, 7), "`-->` is no sign here", "a LINK is written n1->n2"),
    ("cut n1<-n2", (1, 7), "`<-` is no sign here", "from its sender: n2->n1"),
    ("cut n1<=>n2", (1, 7), "`<=>` is no sign here", "in both directions is written n1<->n2"),
    ("cut n1→n2", (1, 7), "`→` is no sign here", "a LINK is written n1->n2"),
    ("crash n1 // soon", (1, 10), "`//` is no sign here", "a comment begins with `#`"),
    ("crash n1; heal", (1, 9), "`;` is not expected here", "a statement ends with its line"),
    ("say 'hello'", (1, 5), "`'` is not expected here", "a text stands in double quotes"),
    ("crash all - n1", (1, 11), "`-` is not expected here", "no blanks about it: all-leader"),
    ("clock n1 jump +50ms", (1, 15), "`+` is not expected here", "a number is written without it"),
    ("wait until (leader)", (1, 12), "`(` is not expected here", "nothing stands in brackets"),
    ("partition {n1} {n2}", (1, 11), "`{` is not expected here", "`|` divides islands"),
    // What stands in the wrong place
    ("cut any n1->n2", (1, 5), "`any` is a KIND of message, and here stands a LINK", "as in: cut LINK"),
    ("loss 5% vote n1->n2", (1, 9), "`vote` is a KIND of message", "as in: loss PERCENT [LINK]"),
    ("cut n1 n2", (1, 8), "`n2` is not `->` or `<->`", "a LINK is written n1->n2"),
    ("drop n1->n2", (1, 6), "`n1` is not a KIND of message", "as in: drop KIND LINK"),
    ("drop vote", (1, 10), "a LINK is missing", "as in: drop KIND LINK"),
    ("drop vote,append n1->n2", (1, 10), "a LINK is missing before this sign", "as in: drop KIND LINK"),
    ("drop vote from n1 to n2", (1, 11), "there is no node `from`", "a LINK is written n1->n2"),
    ("drop 2 vote n1->n2", (1, 6), "`2` is not a KIND", "as in: drop KIND LINK [nth N] [count N|all]"),
    ("delay 5ms n1->n2", (1, 7), "`5ms` is not a KIND", "as in: delay KIND LINK by DURATION"),
    ("loss n1->n2 20%", (1, 6), "`n1` is no PERCENT", "as in: loss PERCENT [LINK]"),
    ("latency n1->n2 10ms", (1, 9), "`n1` is no DURATION", "as in: latency RANGE [LINK]"),
    ("latency 10ms 20ms", (1, 14), "`20ms` is not expected here", "one RANGE with `..`: 10ms..20ms"),
    ("disk stall", (1, 6), "there is no node `stall`", "as in: disk NODES latency RANGE | disk NODES stall"),
    ("crash all followers", (1, 11), "`followers` is not expected here", "all-leader"),
    ("crash n1 and n2", (1, 10), "`and` is not expected here", "joined by a comma: `n1,n2`"),
    ("crash n1 at 1s", (1, 10), "`at` is not expected here", "at 1s STATEMENT"),
    ("crash \"n1\"", (1, 7), "a text in quotes is not NODES", "as in: crash NODES"),
    ("heal n1->n2", (1, 6), "`n1` is not expected here", "mend LINK"),
    ("remove follower", (1, 8), "there is no node `follower`", "`leader` or `random`"),
    ("transfer to n2", (1, 10), "there is no node `to`", "as in: transfer NODE"),
    ("set x 5", (1, 5), "`x` is not an option", "a key is set with `put K V`"),
    ("set pre-vote off", (1, 5), "`pre-vote` is not an option", "rule pre-vote on|off"),
    ("set seed 3", (1, 5), "`seed` is not an option", "without `set`, as in: seed N"),
    ("set timeout 150ms", (1, 5), "`timeout` is not an option", "did you mean `election-timeout`?"),
    ("set heartbeat = 50ms", (1, 15), "a DURATION is missing before this sign", "as in: set OPTION VALUE"),
    ("rule pre-vote=off", (1, 14), "`on` or `off` is missing before this sign", "as in: rule RULE on|off"),
    ("rule off pre-vote", (1, 6), "`off` is not a rule", "as in: rule RULE on|off"),
    ("put x 5 by n1", (1, 12), "`n1` is no client", "as in: put K V [by CLIENT]"),
    ("cas x none 2", (1, 7), "`none` is a keyword", "as in: cas K OLD|missing NEW"),
    ("given n1 log 1,1,2", (1, 15), "a term is missing before this sign", "[log T1 T2 …]"),
    ("repeat 3 heal\nend", (1, 10), "`heal` is not expected here", "on the lines between `repeat N` and `end`"),
    ("at 1s, heal", (1, 6), "a statement is missing before this sign", "as in: at TIME STATEMENT"),
    ("at 1s crash", (1, 12), "NODES is missing", "as in: crash NODES"),
    ("wait for 5s", (1, 6), "`for` is no DURATION", "as in: wait DURATION"),
    // A word of another tongue
    ("kill n1", (1, 1), "`kill` is not a statement", "did you mean `crash`?"),
    ("delete x", (1, 1), "`delete` is not a statement", "did you mean `del`?"),
    ("CRASH n1", (1, 1), "`CRASH` is not a statement", "did you mean `crash`?"),
    ("crash N1", (1, 7), "there is no node `N1`", "did you mean `n1`?"),
    ("drop heartbeat n1->n2", (1, 6), "`heartbeat` is not a KIND", "did you mean `append`?"),
    ("drop all n1->n2", (1, 6), "`all` is not a KIND", "did you mean `any`?"),
    ("rule pre-vote false", (1, 15), "`false` is not `on` or `off`", "did you mean `off`?"),
    // Conditions
    ("wait until value x = 3", (1, 18), "there is no node `x`", "as in: value NODES K = V"),
    ("wait until value n1 = 3", (1, 21), "a key is missing", "as in: value NODES K = V"),
    ("wait until latency p95 < 10ms", (1, 20), "`p95` is not `p50` or `p99`", "one of: p50, p99"),
    ("expect latency 10ms", (1, 16), "`10ms` is not `p50` or `p99`", "as in: latency p50|p99 CMP DURATION"),
    ("wait until leader in 3s", (1, 19), "`in` is not expected here", "[within DURATION]"),
    ("wait until leader n1 in 3s", (1, 22), "`in` is not expected here", "[within DURATION]"),
    ("wait until leader 3s", (1, 19), "`3s` is not expected here", "[within DURATION]"),
    ("expect leader at 1s", (1, 15), "`at` is not expected here", "[for DURATION]"),
    ("expect leader = n1", (1, 15), "nothing is compared here", "without a sign, as in: leader [NODE]"),
    ("expect leader is n1", (1, 15), "there is no node `is`", "as in: leader [NODE]"),
    ("wait until leader no violation", (1, 19), "`no` is not expected here", "`and` joins another"),
    ("wait until leader, no violation", (1, 18), "this sign is not expected here", "`and` joins another"),
    ("expect violation none", (1, 18), "`none` is not expected here", "as in: violation [INVARIANT]"),
    ("expect role leader", (1, 19), "a role is missing", "as in: role NODES leader|"),
    ("expect role leader n1", (1, 20), "`n1` is not a role", "as in: role NODES leader|"),
    ("expect term = 2", (1, 13), "NODES is missing before this sign", "as in: term NODES CMP N"),
    ("expect leaders 1", (1, 16), "`1` is not a comparison", "as in: leaders CMP N"),
    ("expect config joint", (1, 15), "there is no node `joint`", "as in: config NODES = stable|joint"),
    ("expect sent < 3", (1, 13), "a KIND of message is missing", "as in: sent KIND CMP N"),
    ("expect 1 leader", (1, 8), "`1` is not a condition", "as in: expect COND"),
    ("always expect leader", (1, 8), "`expect` is not a condition", "as in: always COND"),
    // Numbers
    ("wait 5", (1, 6), "`5` has no unit", "10ms"),
    ("cluster all b", (1, 9), "`all` is no name, but a keyword", "as in: cluster"),
    ("wait 5 s", (1, 6), "`5` has no unit", "without a blank: 5s"),
    ("loss 20 %", (1, 6), "`20` is no PERCENT", "without a blank: 20%"),
    ("workload 50 /s", (1, 10), "`50` is no RATE", "without a blank: 50/s"),
    ("wait 0.5us", (1, 6), "`0.5us` is finer than a microsecond", "250us"),
    ("wait 99999999999999999999s", (1, 6), "is too large", "DURATION"),
    ("latency 30ms..10ms", (1, 9), "`30ms..10ms` ends before it begins", "10ms..30ms"),
    ("loss 120%", (1, 6), "`120%` is more than everything", "0% to 100%"),
    ("loss 20", (1, 6), "`20` is no PERCENT", "20%"),
    ("workload 50", (1, 10), "`50` is no RATE", "50/s"),
    ("bandwidth 0/s", (1, 11), "`0/s` is nothing at all", "at least 1"),
    ("seed 18446744073709551616", (1, 6), "is too large", "whole number"),
    ("add-to x 9223372036854775808", (1, 10), "is too large", "whole number"),
    ("clock n1 rate 0", (1, 15), "`0` is out of bounds", "1.10"),
    ("drop any n1->n2 nth 0", (1, 21), "`0` is out of bounds", "at least 1"),
    ("set heartbeat 0ms", (1, 15), "`0ms` is too short", "DURATION"),
    // Options, rules, conditions
    ("set hartbeat 50ms", (1, 5), "`hartbeat` is not an option", "did you mean `heartbeat`?"),
    ("set backtracking fast", (1, 18), "`fast` is not a way to backtrack", "hint, naive"),
    ("set reads stale on n1", (1, 17), "`reads` is an option of clients", "leave `on NODES` out"),
    ("set snapshot-every -1", (1, 20), "`-1` is no number", "at least 0"),
    ("set snapshot-chunk 0", (1, 20), "`0` is out of bounds", "at least 1"),
    ("set membership both", (1, 16), "`both` is not a way to change membership", "joint, single"),
    ("set drift-bound 100%", (1, 17), "`100%` would let a clock stand still", "below 100%"),
    ("set drift-bound 0.1", (1, 17), "`0.1` is no PERCENT", "10%"),
    ("set discovery forwards", (1, 15), "`forwards` is not a way to find the leader", "did you mean `forward`?"),
    ("set discovery poll on n1", (1, 20), "`discovery` is an option of clients", "leave `on NODES` out"),
    ("get x reads lese", (1, 13), "`lese` is not a way to read", "did you mean `lease`?"),
    ("rule staged-changes off", (1, 6), "`staged-changes` is not a rule", "did you mean `staged-change`?"),
    ("drop timeout-nov n1->n2", (1, 6), "is not a KIND of message", "did you mean `timeout-now`?"),
    ("expect reply admin = 5", (1, 22), "`5` is not an answer to membership", "ok, refused, timeout, pending"),
    ("expect reply admin = missing", (1, 22), "`missing` is not an answer to membership", "ok, refused"),
    ("expect role n1 remove", (1, 16), "`remove` is not a role", "did you mean `removed`?"),
    ("rule prevote off", (1, 6), "`prevote` is not a rule", "did you mean `pre-vote`?"),
    ("rule pre-vote of", (1, 15), "`of` is not `on` or `off`", "did you mean `off`?"),
    ("expect leders = 1", (1, 8), "`leders` is not a condition", "did you mean `leaders`?"),
    ("expect term n1 2", (1, 16), "`2` is not a comparison", "= != < <= > >="),
    ("expect role n1 folower", (1, 16), "`folower` is not a role", "did you mean `follower`?"),
    ("expect leader and", (1, 18), "a condition is missing", "one of: leader, leaders, role"),
    ("expect sent foo = 3", (1, 13), "`foo` is not a KIND of message", "any, pre-vote, pre-vote-reply"),
    ("expect in-flight 3", (1, 18), "`3` is not a KIND of message", "request, request-reply"),
    ("expect sent apend = 3", (1, 13), "`apend` is not a KIND of message", "did you mean `append`?"),
    ("expect term n1 => 3", (1, 16), "`=>` is no sign here", "write `>=`"),
    ("expect term n1 =< 3", (1, 16), "`=<` is no sign here", "write `<=`"),
    ("expect term n1 <> 3", (1, 16), "`<>` is no sign here", "write `!=`"),
    ("expect leader && no violation", (1, 15), "`&&` is no sign here", "joined by `and`"),
    ("expect leader || no violation", (1, 15), "`||` is no sign here", "joined by `and`"),
    ("expect leader n1 or leader n2", (1, 18), "`or` is not expected here", "joined by `and`"),
    ("expect leader or violation", (1, 15), "`or` is not expected here", "joined by `and`"),
    ("expect !leader", (1, 8), "`!` is not expected here", "`not` stands before"),
    ("expect no not leader", (1, 11), "`not` is not a condition", "denied once"),
    ("expect quorum", (1, 8), "`quorum` is not a condition", "linearizable"),
    ("expect n1 leader", (1, 8), "`n1` is not a condition", "role n1 leader"),
    ("expect any n1 term = 3", (1, 8), "`any` is not a condition", "role n1 leader"),
    ("expect all-n1 down", (1, 8), "`all-n1` is not a condition", "role n1 leader"),
    ("expect leader = n1", (1, 15), "nothing is compared here", "as in: leader [NODE]"),
    ("expect leader n1, n2", (1, 17), "this sign is not expected here", "as in: leader [NODE]"),
    ("expect role n1 = leader", (1, 16), "nothing is compared here", "as in: role NODES leader|"),
    ("expect violation = durability", (1, 18), "nothing is compared here", "as in: violation [INVARIANT]"),
    ("expect logs same", (1, 13), "`same` is not `agree`", "as in: logs agree"),
    ("expect log n1 = 1,1,2", (1, 18), "this sign is not expected here", "as in: log NODES = T1 T2"),
    ("expect reply c1 ok", (1, 17), "`ok` is not `=`", "as in: reply [CLIENT|admin] ="),
    ("expect reply = yes please", (1, 20), "`please` is not expected here", "as in: reply"),
    ("expect members n1 n1,n2", (1, 19), "`n1` is not `=`", "as in: members NODES = LIST"),
    ("expect config n1 = both", (1, 20), "`both` is not `stable` or `joint`", "stable, joint"),
    ("expect latency < 5ms", (1, 16), "`p50` or `p99` is missing", "p50, p99"),
    ("expect outage 5s", (1, 15), "`5s` is not a comparison", "= != < <= > >="),
    ("wait leader", (1, 6), "`leader` is not a DURATION", "wait until leader"),
    ("expect leader within 3s", (1, 15), "`within` is not expected here", "[for DURATION]"),
    ("rule quorum off", (1, 6), "`quorum` is not a rule", "`raft-playground rules` lists them all"),
    ("expect violation election-safty", (1, 18), "is not an invariant", "`election-safety`"),
    ("expect value n1 x 5", (1, 19), "`5` is not `=`", "as in: value NODES K = V"),
    ("wait until leader for 1s", (1, 19), "`for` is not expected here", "within"),
    ("chaos often", (1, 7), "`often` is not `on` or `off`", "one of: on, off"),
    // Asking
    ("ask until leader", (1, 5), "`until` is not a text in quotes", "double quotes"),
    ("ask \"ready?\"", (1, 13), "`until` is missing", "as in: ask"),
    ("ask \"ready?\" untl leader", (1, 14), "`untl` is not `until`", "as in: ask"),
    ("wait untl leader", (1, 6), "`untl` is no DURATION", "did you mean `until`?"),
    ("expect leaders == 1", (1, 16), "`==` is no sign here", "`=` compares"),
    ("ask \"ready?\" until leder", (1, 20), "`leder` is not a condition", "did you mean `leader`?"),
    ("ask \"ready?\" until leader within 1s", (1, 27), "`within` is not expected here", "as in: ask"),
    ("ask \"ready?\" until leder\nelse heal", (1, 20), "`leder` is not a condition", "did you mean `leader`?"),
    ("at 1s ask \"ready?\" until leader", (1, 7), "this can't be done `at` an instant", "takes no time"),
    ("else heal", (1, 1), "there is no `ask` that this belongs to", "on the line after an `ask`"),
    ("ask \"?\" until leader\nheal\nelse heal", (3, 1), "there is no `ask` that this belongs to", "on the line after"),
    ("ask \"?\" until leader\nelse heal\nelse heal", (3, 1), "there is no `ask` that this belongs to", "on the line after"),
    ("ask \"?\" until leader\nrepeat 2\nelse heal\nend", (3, 1), "there is no `ask` that this belongs to", "on the line after"),
    ("ask \"?\" until leader\nelse", (2, 5), "a statement is missing", "lists them all"),
    ("ask \"?\" until leader\nelse crush n1", (2, 6), "`crush` is not a statement", "did you mean `crash`?"),
    ("ask \"?\" until leader\nelse wait 1s", (2, 6), "this can't be done instead of an `ask`", "takes no time"),
    ("ask \"?\" until leader\nelse seed 1", (2, 6), "this can't be done instead of an `ask`", "set the stage"),
    ("ask \"?\" until leader\nelse end", (2, 6), "this can't be done instead of an `ask`", "takes no time"),
    ("speed 1000.5", (1, 7), "`1000.5` is too fast", "from 0.0001 to 1000"),
    ("speed 0.00001", (1, 7), "`0.00001` is too slow", "from 0.0001 to 1000"),
    ("speed 0", (1, 7), "`0` is no speed", "from 0.0001 to 1000"),
    // In the dashboard only
    ("open failover", (1, 1), "this is known only in the dashboard", "to its end"),
    ("tour", (1, 1), "this is known only in the dashboard", "to its end"),
    ("at 1s back", (1, 7), "this is known only in the dashboard", "to its end"),
    ("at 1s save mine", (1, 7), "this is known only in the dashboard", "to its end"),
    // The stage
    ("wait 1s\ntitle \"late\"", (2, 1), "`title` comes too late: time passes before it", "head"),
    ("crash n1\ncluster 3", (2, 1), "`cluster` comes too late", "head of the script"),
    ("given n1\ncluster 3", (2, 1), "`cluster` comes too late: nodes are named before it", "head"),
    ("cluster 3\ncluster 3", (2, 1), "there is a `cluster` already", "one `cluster`"),
    ("seed 1\nseed 2", (2, 1), "there is a `seed` already", "one `seed`"),
    ("cluster 0", (1, 9), "`0` is out of bounds", "from 1 to 101"),
    ("cluster 102", (1, 9), "`102` is out of bounds", "from 1 to 101"),
    ("cluster A B A", (1, 13), "`A` is named twice", "their names"),
    ("cluster A leader", (1, 11), "`leader` is no name, but a keyword", "their names"),
    ("cluster A c7", (1, 11), "`c7` is no name for a node, but a client", "their names"),
    ("cluster A-B", (1, 9), "`A-B` is no name", "their names"),
    ("cluster A,B", (1, 10), "a name is missing before this sign", "blanks between them"),
    ("cluster A B\ncrash n1", (2, 7), "there is no node `n1`", "A, B"),
    ("cluster A B é\ncrash A\nwait until leader B", (1, 13), "`é` is no name", "their names"),
    ("cluster A B ;\ngiven A term 1\ncrash A,B", (1, 13), "`;` is not expected here", "double quotes"),
    ("clutser A B C\ncut A->B\nadd D\ncrash D", (1, 1), "`clutser` is not a statement", "`cluster`"),
    ("cluster 0\ncrash n1,7", (1, 9), "`0` is out of bounds", "from 1 to 101"),
    ("given n1 log 2 1", (1, 16), "term 1 follows term 2", "never fall"),
    ("given n1 term 1 log 1 2", (1, 15), "the log ends in term 2", "term 2"),
    ("given n1 log 1 commit 2", (1, 23), "`2` is out of bounds", "from 0 to 1"),
    ("given n1 voted n2", (1, 16), "a vote is given in a term", "term 1"),
    ("given n1 term 1\ngiven 1 term 2", (2, 1), "this node's state is given already", "one `given`"),
    ("repeat 2\n  seed 1\nend", (2, 3), "the stage is not set in a `repeat`", "head of the script"),
    // Time and repeats
    ("wait 2s\nat 1s crash n1", (2, 1), "this instant is in the past", "the script is at 2s"),
    ("repeat 2\nat 1s heal\nwait 1s\nend", (2, 1), "in the past when it is repeated", "2s"),
    ("repeat 3\nwait 1s\nend\nat 2s heal", (4, 1), "this instant is in the past", "3s"),
    ("wait 999999999s\nwait 1001ms", (2, 1), "the run is longer than any", "at least"),
    ("repeat 20000\nwait 1000000000s\nend", (1, 1), "the run is longer than any", "at least"),
    ("at 1s wait 1s", (1, 7), "this can't be done `at` an instant", "takes no time"),
    ("at 1s at 2s heal", (1, 7), "this can't be done `at` an instant", "takes no time"),
    ("at 0ms seed 1", (1, 8), "this can't be done `at` an instant", "set the stage"),
    ("repeat 2\nheal", (1, 1), "this `repeat` has no `end`", "close it"),
    ("repeat x\nheal", (1, 8), "`x` is no number", "1 to 1000000"),
    ("repeat\nheal", (1, 7), "how often is missing", "1 to 1000000"),
    ("heal\nend", (2, 1), "there is nothing to end here", "repeat N"),
    ("repeat 0\nend", (1, 8), "`0` is out of bounds", "from 1 to 1000000"),
    ("repeat 1000001\nend", (1, 8), "`1000001` is out of bounds", "from 1 to 1000000"),
    ("repeat 1000\nrepeat 1001\nend\nend", (2, 1), "repeats 1001000 times", "1000000 repeats"),
];

#[test]
fn each_mistake_has_one_error_with_its_place_and_what_would_be_right() {
    tell(WRONG);
}

/// Each of these has one error, at its place and with its words.
pub fn tell(wrong: &[Wrong]) {
    let mut failures = String::new();
    for &(text, (line, column), message, help) in wrong {
        let errors = match script(text) {
            Ok(_) => {
                let _ = writeln!(failures, "{text:?} was taken as right");
                continue;
            }
            Err(errors) => errors.0,
        };
        let [error] = &errors[..] else {
            let _ = writeln!(
                failures,
                "{text:?} has {} errors: {errors:#?}",
                errors.len()
            );
            continue;
        };
        let right = (error.line, error.column) == (line, column)
            && error.message.contains(message)
            && error
                .help
                .as_deref()
                .is_some_and(|said| said.contains(help));
        if !right {
            let _ = writeln!(failures, "{text:?}: {error}");
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn all_errors_of_a_file_are_told_at_once() {
    let text = "crush n1\nheal\nwait 5\nend\nrule x on\n";
    let errors = script(text).expect_err("four lines are wrong");
    let lines: Vec<usize> = errors.0.iter().map(|error| error.line).collect();
    assert_eq!(lines, [1, 3, 4, 5]);
    assert_eq!(
        errors
            .render(text, false)
            .lines()
            .take(7)
            .collect::<Vec<_>>()
            .join("\n"),
        "error: `crush` is not a statement\n \
         --> t.raft:1:1\n  \
           |\n\
         1 | crush n1\n  \
           | ^^^^^\n  \
           |\n  \
           = help: did you mean `crash`?"
    );
}

#[test]
fn the_limits_have_an_error_each() {
    let long_value = format!("put x {}", "a".repeat(64 * 1024 + 1));
    let long_text = format!("put x \"{}\"", "a".repeat(64 * 1024 + 1));
    let large = "#".repeat(1024 * 1024 + 1);
    let many = "heal\n".repeat(10_001);
    let deep = "repeat 1\n".repeat(65) + &"end\n".repeat(65);
    let names: String = (1..=102).map(|n| format!(" N{n}")).collect();
    for (text, message) in [
        (long_value.as_str(), "longer than 64 KiB"),
        (&long_text, "longer than 64 KiB"),
        (&large, "the script has 1048577 bytes"),
        (&many, "one statement too many"),
        (&deep, "nested too deep"),
        (&format!("cluster{names}"), "at most 101 nodes"),
    ] {
        let errors = script(text).expect_err(message).0;
        assert_eq!(errors.len(), 1);
        assert!(errors[0].message.contains(message), "{}", errors[0]);
    }
    let most = format!("put x {}\n", "a".repeat(64 * 1024)) + &"heal\n".repeat(9_999);
    assert!(script(&most).is_ok());
}
