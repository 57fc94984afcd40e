//! What an event carries, as JSON.

use serde_json::{Value, json};

use crate::command::read_mode;
use crate::kv::{ClientId, Operation, Outcome};
use crate::raft::{
    AdminAnswer, Answer, AppendAnswer, Ballot, Change, Configuration, Entry, Envelope, Kind,
    Message, NodeId, Payload,
};
use crate::world::World;
use crate::world::event::ClientMessage;
use crate::world::explain::refusal_words;

pub(super) fn ballot_json(ballot: &Ballot) -> Value {
    json!({"last_term": ballot.last_term, "last_index": ballot.last_index})
}

pub(super) fn letter(message: u64, envelope: &Envelope, world: &World) -> Value {
    let name = |id: NodeId| &**world.name(id);
    json!({
        "message": message, "kind": envelope.message.kind().name(),
        "from": name(envelope.from), "to": name(envelope.to), "term": envelope.term,
        "body": body(&envelope.message, world),
    })
}

pub(super) fn body(message: &Message, world: &World) -> Value {
    match message {
        Message::PreVote(ballot) => ballot_json(ballot),
        Message::Vote { ballot, transfer } => {
            let mut fields = ballot_json(ballot);
            fields["transfer"] = (*transfer).into();
            fields
        }
        Message::PreVoteReply { granted, asked } => json!({"granted": granted, "asked": asked}),
        Message::VoteReply { granted } => json!({"granted": granted}),
        Message::Append(append) => json!({
            "prev_index": append.prev_index, "prev_term": append.prev_term,
            "entries": append.entries.iter().map(entry_json).collect::<Vec<_>>(),
            "commit": append.commit, "round": append.round,
        }),
        Message::AppendReply { round, answer } => match answer {
            AppendAnswer::Accepted { matched, commit } => {
                json!({"accepted": true, "matched": matched, "commit": commit, "round": round})
            }
            AppendAnswer::Refused {
                prev_index,
                last,
                conflict_term,
                conflict_index,
            } => json!({
                "accepted": false, "prev_index": prev_index, "last": last,
                "conflict_term": conflict_term, "conflict_index": conflict_index,
                "round": round,
            }),
        },
        Message::Snapshot(chunk) => json!({
            "index": chunk.snapshot.index, "term": chunk.snapshot.term, "offset": chunk.offset,
            "length": chunk.length, "size": chunk.snapshot.size, "round": chunk.round,
        }),
        Message::SnapshotReply(answer) => json!({
            "index": answer.index, "received": answer.received, "size": answer.size,
            "round": answer.round,
        }),
        Message::TimeoutNow => json!({}),
        Message::TimeoutNowReply { campaigns } => json!({"campaigns": campaigns}),
        Message::Read { id } => json!({"question": id}),
        Message::ReadReply { id, index } => json!({"question": id, "index": index}),
        Message::Request { request, reads } => json!({
            "client": request.client.to_string(), "serial": request.serial,
            "operation": operation_json(&request.operation),
            "reads": request.operation.is_read().then(|| read_mode(*reads)),
        }),
        Message::RequestReply {
            client,
            serial,
            answer,
            entry,
        } => {
            let mut fields = answer_json(answer, world);
            fields["client"] = client.to_string().into();
            fields["serial"] = (*serial).into();
            fields["index"] = entry.map(|(index, _)| index).into();
            fields
        }
    }
}

/// What a client and a node say to one another.
pub(super) fn client_letter(
    client: ClientId,
    peer: NodeId,
    message: &ClientMessage,
    world: &World,
) -> Value {
    let mut fields = match message {
        ClientMessage::Request { request, reads, .. } => json!({
            "serial": request.serial, "operation": operation_json(&request.operation),
            "reads": request.operation.is_read().then(|| read_mode(*reads)),
        }),
        ClientMessage::Probe(probe) => json!({"probe": probe}),
        ClientMessage::Answer {
            serial,
            answer,
            entry,
        } => {
            let mut fields = answer_json(answer, world);
            let number = match answer {
                Answer::Health { .. } => "probe",
                Answer::Outcome(_) | Answer::NotLeader(_) => "serial",
            };
            fields[number] = (*serial).into();
            fields["index"] = entry.map(|(index, _)| index).into();
            fields
        }
    };
    fields["kind"] = message.kind().map(Kind::name).into();
    let (client, node) = (json!(client.to_string()), json!(&**world.name(peer)));
    let (from, to) = match message.is_answer() {
        true => (node, client.clone()),
        false => (client.clone(), node),
    };
    fields["client"] = client;
    fields["from"] = from;
    fields["to"] = to;
    fields
}

pub(super) fn answer_json(answer: &Answer, world: &World) -> Value {
    match answer {
        Answer::Outcome(outcome) => json!({"outcome": outcome_json(outcome)}),
        Answer::NotLeader(leader) => {
            let leader = leader.map(|id| &**world.name(id));
            json!({"outcome": "not-leader", "leader": leader})
        }
        Answer::Health { leads, term } => json!({"leads": leads, "term": term}),
    }
}

pub(super) fn change_json(change: &Change, world: &World) -> Value {
    let name = |id: &NodeId| &**world.name(*id);
    match change {
        Change::Add(node) => json!({"add": name(node)}),
        Change::AddLearner(node) => json!({"add-learner": name(node)}),
        Change::Promote(node) => json!({"promote": name(node)}),
        Change::Demote(node) => json!({"demote": name(node)}),
        Change::Remove(node) => json!({"remove": name(node)}),
        Change::Members(nodes) => json!({"members": nodes.iter().map(name).collect::<Vec<_>>()}),
        Change::Transfer(node) => json!({"transfer": name(node)}),
    }
}

pub(super) fn admin_json(answer: &AdminAnswer, world: &World) -> Value {
    let name = |id: NodeId| &**world.name(id);
    match answer {
        AdminAnswer::Done => json!("ok"),
        AdminAnswer::NotLeader(leader) => json!({"not-leader": leader.map(name)}),
        AdminAnswer::Deposed(leader) => json!({"deposed": leader.map(name)}),
        AdminAnswer::Refused(refusal) => json!({"refused": refusal_words(*refusal, &name)}),
    }
}

pub(super) fn configuration_json(configuration: &Configuration, world: &World) -> Value {
    let names = |ids: &[NodeId]| ids.iter().map(|&id| &**world.name(id)).collect::<Vec<_>>();
    json!({
        "members": names(&configuration.voters),
        "members_old": configuration.voters_old.as_deref().map(names),
        "learners": names(&configuration.learners),
    })
}

pub(super) fn entry_json(entry: &Entry) -> Value {
    json!({"term": entry.term, "entry": payload_json(&entry.payload)})
}

pub(super) fn payload_json(payload: &Payload) -> Value {
    match payload {
        Payload::Noop => json!({"kind": "no-op"}),
        Payload::Command(request) => json!({
            "kind": "command", "client": request.client.0, "serial": request.serial,
            "operation": operation_json(&request.operation),
        }),
        Payload::Configuration(configuration) => json!({
            "kind": "configuration",
            "voters": configuration.voters.iter().map(|id| id.0).collect::<Vec<_>>(),
        }),
    }
}

pub(super) fn operation_json(operation: &Operation) -> Value {
    match operation {
        Operation::Put { key, value } => json!({"put": [&**key, &**value]}),
        Operation::Get { key } => json!({"get": [&**key]}),
        Operation::Delete { key } => json!({"del": [&**key]}),
        Operation::Add { key, amount } => json!({"add-to": [&**key, amount]}),
        Operation::Append { key, value } => json!({"append": [&**key, &**value]}),
        Operation::Cas { key, old, new } => {
            json!({"cas": [&**key, old.as_deref(), &**new]})
        }
    }
}

pub(super) fn outcome_json(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Done => json!("ok"),
        Outcome::Value(value) => json!({"value": &**value}),
        Outcome::Missing => json!("missing"),
        Outcome::Mismatch => json!("mismatch"),
    }
}
