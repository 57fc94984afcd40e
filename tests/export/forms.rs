//! What is written is right in form, whatever demo it is of.

use std::collections::BTreeSet;

use raft_playground::script::demos::DEMOS;
use roxmltree::Document;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use super::{KINDS, export, folder};

/// Every demo in every kind, twice with the same bytes; and what is written is right in form.
#[test]
fn every_demo_can_be_exported() {
    let folders = (folder(), folder());
    for demo in DEMOS.iter() {
        for kind in KINDS {
            let file = format!("demo.{kind}");
            let stretch = [demo.name, "--to", "700ms"];
            let first = export(folders.0.path(), &stretch, &file);
            assert_eq!(
                first,
                export(folders.1.path(), &stretch, &file),
                "{} {kind}",
                demo.name
            );
            match kind {
                "mmd" => check_mermaid(&first),
                "svg" => check_svg(&first),
                "txt" => check_text(&first, demo.name),
                _ => first.lines().for_each(|line| {
                    serde_json::from_str::<Value>(line).expect("JSON");
                }),
            }
        }
    }
}

/// Each line is one of the few statements that are written, and its text means nothing to Mermaid.
fn check_mermaid(text: &str) {
    let mut lines = text.lines();
    let first = lines.next().expect("a line");
    assert!(first.starts_with("%% raft-playground export "), "{first}");
    assert_eq!(lines.next(), Some("sequenceDiagram"));
    let mut known = BTreeSet::new();
    for line in lines {
        let line = line.strip_prefix("    ").expect("a statement");
        if let Some(participant) = line.strip_prefix("participant ") {
            let (id, _) = participant.split_once(" as ").expect("an alias");
            known.insert(id.to_owned());
            continue;
        }
        let words = match line.strip_prefix("title ") {
            Some(words) => words,
            None => {
                let (head, words) = line.split_once(": ").expect("words");
                let ends: Vec<&str> = match head.strip_prefix("Note over ") {
                    Some(ends) => ends.split(',').collect(),
                    None => {
                        let arrow = ["->>", "--x", "--)"]
                            .into_iter()
                            .find(|it| head.contains(it));
                        head.split(arrow.expect("an arrow")).collect()
                    }
                };
                assert!(ends.iter().all(|end| known.contains(*end)), "{line}");
                words
            }
        };
        let words = words.replace("<br/>", " ");
        for (at, ch) in words.char_indices() {
            let entity = || {
                let rest = &words[at + 1..];
                let (number, _) = rest.split_once(';').expect("an entity ends");
                number.parse::<u8>().is_ok()
            };
            match ch {
                '#' => assert!(entity(), "{line}"),
                ';' => assert!(
                    words[..at].ends_with(|ch: char| ch.is_ascii_digit()),
                    "{line}"
                ),
                '<' | '>' | '%' | '{' | '}' | '&' | '$' | '\\' | '"' => panic!("{ch} in {line}"),
                _ => {}
            }
        }
    }
}

/// It is XML, runs nothing, loads nothing, and no text stands on another.
fn check_svg(text: &str) {
    assert!(text.starts_with("<!-- raft-playground export "));
    let document = Document::parse(text).expect("XML");
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "svg");
    let known = [
        "svg", "title", "style", "rect", "text", "line", "g", "circle", "polygon",
    ];
    let mut boxes: Vec<(f64, f64, f64, String)> = Vec::new();
    let number = |node: &roxmltree::Node, name| -> f64 {
        let value = node.attribute(name).expect("a number");
        value.parse().unwrap_or_else(|_| panic!("{value}"))
    };
    let height = number(&root, "height");
    for node in root.descendants().filter(roxmltree::Node::is_element) {
        assert!(
            known.contains(&node.tag_name().name()),
            "{:?}",
            node.tag_name()
        );
        assert!(
            node.attributes()
                .all(|it| !it.name().starts_with("on") && it.name() != "href")
        );
        if node.tag_name().name() == "text" {
            let words = node.text().expect("words");
            let (x, y) = (number(&node, "x"), number(&node, "y"));
            assert!(y <= height, "{words}");
            let width = words.width() as f64 * 6.6;
            let left = match node.attribute("text-anchor") {
                Some("middle") => x - width / 2.0,
                Some("end") => x - width,
                _ => x,
            };
            if y > 110.0 && words != "✗" {
                boxes.push((left, width, y, words.to_owned()));
            }
        }
    }
    boxes.sort_by(|one, other| one.2.total_cmp(&other.2));
    for (place, (left, width, y, words)) in boxes.iter().enumerate() {
        for (other_left, other_width, other_y, other) in &boxes[place + 1..] {
            if other_y - y >= 10.0 {
                break;
            }
            let apart = left + width <= *other_left || other_left + other_width <= *left;
            assert!(
                apart,
                "`{words}` at {left},{y} and `{other}` at {other_left},{other_y}"
            );
        }
    }
}

fn check_text(text: &str, demo: &str) {
    assert!(text.starts_with("raft-playground export "));
    // Five nodes and the clients.
    let five = !text
        .lines()
        .any(|line| line.trim_start().starts_with("s ") && line.contains("n6"));
    for line in text.lines().filter(|_| five) {
        assert!(
            line.width() <= 122,
            "{demo}: {} columns: {line}",
            line.width()
        );
    }
}
