//! Which answered request took longest, and what it waited for.

use std::collections::BTreeMap;

use super::Answer;
use super::account::Account;
use super::facts::Facts;
use crate::command::duration_text;
use crate::raft::Micros;
use crate::session::Deed;
use crate::world::event::Reply;
use crate::world::explain::{Seconds, asked};
use crate::world::{Event, Record};

/// The request that took longest of those answered since the counters were zeroed.
pub(super) fn slowest(facts: &Facts<'_>) -> Answer {
    let mut account = Account::new(facts);
    let Some((began, ended)) = longest(facts) else {
        return account.finish("No request was answered, as far as events are held.");
    };
    let (Event::Request { operation, .. } | Event::Probe { operation, .. }) = &began.event else {
        return account.finish("");
    };
    let Event::Reply { client, serial, .. } = ended.event else {
        return account.finish("");
    };
    account.visible(ended, 0);
    account.visible(began, 0);
    let attempts = facts.after(began.id).take_while(|it| it.id < ended.id);
    let attempts = attempts.filter(|record| {
        matches!(record.event, Event::Request { client: of, serial: its, .. }
            if of == client && its == serial)
    });
    let attempts = attempts.count() + usize::from(matches!(began.event, Event::Request { .. }));
    account.finish(format!(
        "The slowest answered request is {} of {client}: it took {}, from {} to {}, and was sent {attempts} {}.",
        asked(operation),
        duration_text(ended.at - began.at),
        Seconds(began.at),
        Seconds(ended.at),
        if attempts == 1 { "time" } else { "times" }
    ))
}

/// How it began, and its reply; of several that took as long the first.
fn longest<'a>(facts: &Facts<'a>) -> Option<(&'a Record, &'a Record)> {
    let mut past = facts.past.iter().rev();
    let mark = past.find(|entry| entry.deed == Deed::Mark);
    let counts = |at: Micros| mark.is_none_or(|mark| at > mark.at);
    let mut waiting = BTreeMap::new();
    let mut longest: Option<(&Record, &Record)> = None;
    for &record in &facts.records {
        match &record.event {
            Event::Request {
                client, attempt: 1, ..
            }
            // Who looks for the leader first waits already.
            | Event::Probe { client, .. } => {
                waiting.entry(*client).or_insert(record);
            }
            Event::Reply { client, reply, .. } => {
                if let Some(began) = waiting.remove(client)
                    && matches!(reply, Reply::Outcome(_))
                    && counts(record.at)
                    && longest.is_none_or(|(from, to)| record.at - began.at > to.at - from.at)
                {
                    longest = Some((began, record));
                }
            }
            _ => {}
        }
    }
    longest
}
