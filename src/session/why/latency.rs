//! Which answered request took longest, and what it waited for.

use std::collections::BTreeMap;

use super::Answer;
use super::account::Account;
use super::facts::Facts;
use super::{elections, legs};
use crate::command::duration_text;
use crate::kv::{ClientId, Operation};
use crate::raft::Micros;
use crate::world::event::Reply;
use crate::world::explain::{Seconds, asked};
use crate::world::{Event, Record};

/// A request that was answered.
struct Served<'a> {
    client: ClientId,
    serial: u64,
    operation: &'a Operation,
    began: &'a Record,
    ended: &'a Record,
}

impl Served<'_> {
    fn took(&self) -> Micros {
        self.ended.at - self.began.at
    }

    /// How often it was sent.
    fn attempts(&self, facts: &Facts<'_>) -> usize {
        let sent = |record: &&&Record| {
            matches!(record.event, Event::Request { client, serial, .. }
                if client == self.client && serial == self.serial)
        };
        facts.records.iter().filter(sent).count()
    }
}

/// The request that took longest of those answered since the counters were zeroed.
pub(super) fn slowest(facts: &Facts<'_>) -> Answer {
    let mut account = Account::new(facts);
    let Some(slowest) = longest(facts) else {
        let counted = elections::counted_since(facts);
        return account.finish(format!(
            "No request was answered {counted}, as far as events are held."
        ));
    };
    account.visible(slowest.ended, 0);
    account.visible(slowest.began, 0);
    let attempts = slowest.attempts(facts);
    let legs = legs::tell(&mut account, slowest.began, slowest.ended);
    let legs = legs.map_or(String::new(), |legs| format!(" {legs}"));
    account.finish(format!(
        "The slowest answered request is {} of {}: it took {}, from {} to {}, and was sent {attempts} {}.{legs}",
        asked(slowest.operation),
        slowest.client,
        duration_text(slowest.took()),
        Seconds(slowest.began.at),
        Seconds(slowest.ended.at),
        if attempts == 1 { "time" } else { "times" }
    ))
}

/// Of several that took as long the first.
fn longest<'a>(facts: &Facts<'a>) -> Option<Served<'a>> {
    let counts = |at: Micros| facts.marked().is_none_or(|marked| at > marked);
    let mut waiting = BTreeMap::new();
    let mut longest: Option<Served<'a>> = None;
    for &record in &facts.records {
        match &record.event {
            Event::Request {
                client,
                attempt: 1,
                operation,
                ..
            }
            // Who looks for the leader first waits already.
            | Event::Probe {
                client, operation, ..
            } => {
                waiting.entry(*client).or_insert((record, operation));
            }
            Event::Reply {
                client,
                serial,
                reply,
                ..
            } => {
                if let Some((began, operation)) = waiting.remove(client)
                    && matches!(reply, Reply::Outcome(_))
                    && counts(record.at)
                {
                    let served = Served {
                        client: *client,
                        serial: *serial,
                        operation,
                        began,
                        ended: record,
                    };
                    if longest.as_ref().is_none_or(|it| served.took() > it.took()) {
                        longest = Some(served);
                    }
                }
            }
            _ => {}
        }
    }
    longest
}
