//! What the dashboard itself can do: one table gives the names for keymaps, the words for help
//! and the short words for the foot.

macro_rules! actions {
    ($( $variant:ident $name:literal $short:literal $words:literal; )*) => {
        /// Something that the dashboard does when its key is pressed.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Action { $( #[doc = $words] $variant, )* }

        impl Action {
            /// Every action, in the order of the help.
            pub const ALL: &'static [Action] = &[ $( Action::$variant, )* ];

            /// Its name in keymaps.
            pub fn name(self) -> &'static str {
                match self { $( Action::$variant => $name, )* }
            }

            /// What it does.
            pub fn words(self) -> &'static str {
                match self { $( Action::$variant => $words, )* }
            }

            /// What it does in a word, for the foot.
            pub fn short(self) -> &'static str {
                match self { $( Action::$variant => $short, )* }
            }
        }
    };
}

actions! {
    RunPause "run-pause" "pause" "run or pause";
    StepOn "step-on" "step" "one event on";
    StepBack "step-back" "back" "one event back";
    ScrubOn "scrub-on" "scrub" "50 ms on; with a link chosen, one to the right";
    ScrubBack "scrub-back" "scrub" "50 ms back; with a link chosen, one to the left";
    LeapOn "leap-on" "leap" "500 ms on";
    LeapBack "leap-back" "leap" "500 ms back";
    SeekStart "seek-start" "start" "go to the start; of a list, to its first row";
    SeekEnd "seek-end" "now" "go to the newest instant; of a list, to its last row";
    Slower "slower" "slower" "half the speed";
    Faster "faster" "faster" "twice the speed";
    NextElection "next-election" "election" "go to the next election";
    LastElection "last-election" "last election" "go to the last election";
    NextCommit "next-commit" "commit" "go to the next commit";
    LastCommit "last-commit" "last commit" "go to the last commit";
    NextFault "next-fault" "fault" "go to the next fault";
    LastFault "last-fault" "last fault" "go to the last fault";
    NextViolation "next-violation" "violation" "go to the next violation";
    LastViolation "last-violation" "last violation" "go to the last violation";
    Branches "branches" "other futures" "other futures of this run";
    BreakWhen "break-when" "break" "hold the time when something comes true";
    Breakpoints "breakpoints" "breakpoints" "what holds the time";
    SelectNext "select-next" "next" "the next node, row of a list, event, or link below";
    SelectPrevious "select-previous" "previous" "the previous node, row, event, or link above";
    PageOn "page-on" "page" "a page of a list or of the events down; elsewhere 500 ms on";
    PageBack "page-back" "page" "a page of a list or of the events up; elsewhere 500 ms back";
    Select1 "select-1" "node 1" "select node 1";
    Select2 "select-2" "node 2" "select node 2";
    Select3 "select-3" "node 3" "select node 3";
    Select4 "select-4" "node 4" "select node 4";
    Select5 "select-5" "node 5" "select node 5";
    Select6 "select-6" "node 6" "select node 6";
    Select7 "select-7" "node 7" "select node 7";
    Select8 "select-8" "node 8" "select node 8";
    Select9 "select-9" "node 9" "select node 9";
    NextView "next-view" "view" "the next view";
    PreviousView "previous-view" "view" "the view before";
    CrashOrRestart "crash-or-restart" "crash" "crash the node, or restart it";
    StopOrResume "stop-or-resume" "stop" "stop the node, or let it go on";
    HoldOrRelease "hold-or-release" "hold timer" "hold the election timer, or let it go";
    AddNode "add-node" "add" "add a new node";
    PromoteOrDemote "promote-or-demote" "promote" "make a learner a voter, or a voter a learner";
    NextMessage "next-message" "message" "choose the next message on its way";
    LastMessage "last-message" "last message" "choose the message before";
    DropMessage "drop-message" "drop" "lose the chosen message";
    DelayMessage "delay-message" "delay" "delay the chosen message by 50 ms";
    CopyMessage "copy-message" "copy" "let the chosen message arrive twice";
    DeliverMessage "deliver-message" "deliver" "let the chosen message arrive now";
    Partition "partition" "partition" "mark nodes and cut them off";
    LossUp "loss-up" "more loss" "lose more messages";
    LossDown "loss-down" "less loss" "lose fewer messages";
    Write "write" "write" "put a fresh value for x";
    Workload "workload" "workload" "steady requests, on or off";
    Why "why" "why" "why it is so: a failure, node, missing leader, chosen event or step";
    Undo "undo" "undo" "rewind to before the last statement";
    Save "save" "save" "save what was done as a script";
    Record "record" "record" "make a film of what is shown, or end it";
    Copy "copy" "copy" "copy a command that replays this";
    NewRun "new-run" "new run" "begin anew, same seed";
    NewSeed "new-seed" "new seed" "begin anew, fresh seed";
    Demos "demos" "demos" "choose what to play";
    Events "events" "events" "choose an event, and others from there";
    Filter "filter" "filter" "filter the events";
    Palette "palette" "command" "type a statement";
    Help "help" "help" "these keys";
    Apply "apply" "apply" "do or go to what is chosen; else, what can be done";
    Close "close" "close" "close what is open";
    Suspend "suspend" "suspend" "back to the shell (fg returns)";
    Quit "quit" "quit" "leave";
    Unbound "none" "" "nothing: takes a key back";
}

impl Action {
    /// The action with this name.
    pub fn named(name: &str) -> Option<Action> {
        Action::ALL
            .iter()
            .copied()
            .find(|action| action.name() == name)
    }

    /// The number of the node that it selects.
    pub fn selects(self) -> Option<u16> {
        self.name().strip_prefix("select-")?.parse().ok()
    }
}
