//! The views of the dashboard: one table gives their order, the names that `view NAME` knows, and
//! what each shows.

macro_rules! views {
    ($( $variant:ident $name:literal $shows:literal; )*) => {
        /// A view of the dashboard, as `view NAME` names it.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum ViewName { $( #[doc = $shows] $variant, )* }

        impl ViewName {
            /// Every view, in the order in which one goes through them.
            pub const ALL: &'static [ViewName] = &[ $( ViewName::$variant, )* ];

            /// Its name in the command language, which is its title too.
            pub fn name(self) -> &'static str {
                match self { $( ViewName::$variant => $name, )* }
            }

            /// What it shows, in a line.
            pub fn shows(self) -> &'static str {
                match self { $( ViewName::$variant => $shows, )* }
            }
        }
    };
}

views! {
    Main "main" "nodes, messages, logs and events";
    Timeline "timeline" "the space-time diagram: what was said, by whom, when";
    Network "network" "each link, and the messages on their way";
    Clients "clients" "what each client asked, and how it ended";
    Metrics "metrics" "rates and latencies over time";
    Rules "rules" "every rule with its switch";
    Help "help" "every key";
}

impl ViewName {
    /// The view `by` places further round.
    pub fn step(self, by: isize) -> ViewName {
        let count = ViewName::ALL.len() as isize;
        ViewName::ALL[(self as isize + by).rem_euclid(count) as usize]
    }
}
