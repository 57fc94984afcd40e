//! What is said is true of what is seen, and nothing that begins or ends does so in silence.

use super::*;
use crate::session::Tone;

impl Director {
    fn tone(&self) -> Option<Tone> {
        self.notice.as_ref().map(|notice| notice.tone)
    }

    fn stands(&self) -> Option<String> {
        let said = |(caption, _): (Caption, Micros)| caption.text.to_string();
        self.scene().caption.map(said)
    }
}

#[test]
fn an_answer_tells_of_when_it_was_asked() {
    let mut director = free();
    director.pass(1_000_000);
    director.type_in("why role n1");
    let told = director.scene().answer.expect("it is answered");
    assert_eq!(
        (told.at, told.newest),
        (1_000_000, director.scene().newest())
    );
    // At the same instant another thing may be so.
    director.type_in("crash n1");
    assert_eq!(director.now(), told.at);
    assert_ne!(told.newest, director.scene().newest());
}

#[test]
fn another_future_begins_aloud_whatever_begins_it() {
    for text in [
        "say \"hello\"",
        "set heartbeat 40ms",
        "mark",
        "expect leaders < 9",
        "never leaders > 9",
        "transfer n1",
    ] {
        let mut director = free();
        director.seek(1_000_000);
        director.obey(Ask::Seek(500_000));
        director.type_in(text);
        assert_eq!(director.scene().branches.len(), 1, "{text}");
        assert!(
            director.says("another future begins here"),
            "{text}: {:?}",
            director.notice
        );
    }
}

const TALKS: &str =
    "title \"t\"\ncluster 3\nseed 7\nsay \"All is well.\"\nwait 9s\nsay \"Over.\"\n";

#[test]
fn the_caption_of_a_script_ends_where_a_person_takes_over() {
    let mut director = scripted(TALKS, None);
    director.pass(1_000_000);
    assert_eq!(director.stands().as_deref(), Some("All is well."));
    director.type_in("crash n1");
    assert!(!director.scene().scripted);
    assert_eq!(director.stands(), None);
    director.pass(2_000_000);
    assert_eq!(director.stands(), None);
    // Before that it stood, and so it does there.
    director.obey(Ask::Seek(900_000));
    assert_eq!(director.stands().as_deref(), Some("All is well."));
    director.obey(Ask::SeekEnd);
    assert_eq!(director.stands(), None);
    // What the person says stays, whatever else is done.
    director.type_in("say \"Mine.\"");
    director.type_in("restart n1");
    assert_eq!(director.stands().as_deref(), Some("Mine."));
    for _ in 0..2 {
        director.obey(Ask::Undo);
    }
    assert_eq!(director.stands().as_deref(), Some("All is well."));
    assert!(director.scene().scripted);
}

#[test]
fn a_script_that_is_returned_to_has_its_caption() {
    let mut director = scripted(TALKS, None);
    director.pass(1_000_000);
    director.type_in("crash n1");
    director.return_to_script();
    assert_eq!(director.stands().as_deref(), Some("All is well."));
}

#[test]
fn what_is_under_way_names_itself_and_is_no_refusal() {
    let mut director = free();
    director.seek(1_000_000);
    director.hold();
    let leader = director.scene().world.leader().expect("a leader").id;
    let other = (0..3).map(NodeId::from_slot).find(|id| *id != leader);
    let other = other.expect("another").0;
    director.type_in(&format!("transfer n{other}"));
    let words = format!("`transfer n{other}` is under way: n{other} must hold the whole log");
    assert!(director.says(&words), "{:?}", director.notice);
    assert_eq!(director.tone(), Some(Tone::UnderWay));
    director.pass(2_000_000);
    assert!(director.says(&format!("`transfer n{other}`: ok")));
    assert_eq!(director.tone(), Some(Tone::Done));
    director.type_in("heal");
    assert_eq!(director.tone(), Some(Tone::Look));
    director.type_in("mark");
    assert_eq!(director.tone(), Some(Tone::Done));
    director.type_in("wait 1s");
    assert_eq!(director.tone(), Some(Tone::UnderWay));
}

#[test]
fn a_request_that_waits_for_another_says_so() {
    let mut director = free();
    director.seek(1_000_000);
    director.hold();
    for number in 1..=3 {
        director.type_in(&format!("put x {number}"));
        let said = match number {
            1 => director.notice.is_none(),
            2 => director.says("c1 waits for an answer: this is asked after that"),
            _ => director.says("after that and 1 more"),
        };
        assert!(said, "{number}: {:?}", director.notice);
    }
    assert_eq!(director.tone(), Some(Tone::UnderWay));
    // Whatever else is under way, each names itself.
    director.type_in("remove n2");
    director.type_in("put x 4");
    let words = director.notice.as_ref().map(|notice| &*notice.words);
    let words = words.expect("it waits");
    assert!(words.starts_with("c1 waits for an answer"), "{words}");
}

#[test]
fn what_is_refused_at_once_is_told_once() {
    let mut director = free();
    director.seek(1_000_000);
    director.type_in("crash n3");
    director.type_in("snapshot n3");
    let words = director.notice.as_ref().map(|notice| &*notice.words);
    assert_eq!(
        words,
        Some("`snapshot n3`: refused, what is down does nothing")
    );
}

#[test]
fn a_search_that_finds_nothing_ends_where_it_began() {
    for landmark in [Landmark::Violation, Landmark::Fault] {
        let mut director = free();
        director.seek(1_000_000);
        director.obey(Ask::Seek(400_000));
        director.obey(Ask::Next(landmark));
        assert_eq!(director.now(), 400_000, "{landmark:?}");
        assert!(director.says("comes in the ten seconds from 1.000 s on"));
        assert!(director.says("this is where you were"));
        assert!(!director.playing());
    }
}

#[test]
fn a_script_is_told_that_its_speed_is_overruled() {
    let script = "title \"t\"\ncluster 3\nseed 7\nspeed 0.05\nwait 1s\nspeed 0.05\nwait 1s\n";
    let script = Script::parse("test", script).expect("a script");
    let stage = stage(&script, None);
    let begin = |speed| Begin {
        script: Some(Arc::new(script.clone())),
        speed,
        ..Begin::free(stage.clone(), || 99)
    };
    let mut director = Director::new(begin(Some(0.3)));
    assert!(director.says("the script asks for `speed 0.05`; --speed 0.3 overrules its speeds"));
    assert_eq!(director.speed(), 0.3);
    director.obey(Ask::Dismiss);
    director.pass(1_500_000);
    assert_eq!(director.notice, None, "once is enough");
    for speed in [None, Some(0.05)] {
        let director = Director::new(begin(speed));
        assert_eq!((director.speed(), &director.notice), (0.05, &None));
    }
}

#[test]
fn an_instant_can_be_typed() {
    let mut director = free();
    director.type_in("goto 1.25s");
    assert_eq!((director.now(), director.playing()), (1_250_000, false));
    director.type_in("goto 300ms");
    assert_eq!(director.now(), 300_000);
    // Nothing was done by going there.
    assert_eq!(director.scene().undoable, 0);
    director.type_in("goto 9000s");
    assert!(director.says("9000.000 s is too far: 601.250 s is as far"));
    assert_eq!(director.now(), 300_000);
}
