//! Messages: their lines, what stands at their ends, and what they say.

use super::labels::{Area, Labels};
use super::{GAP, Page, TOP, columns, lane_x, of_term, written};
use crate::raft::Micros;
use crate::script::export::diagram::{Arrow, Fate, Item};
use crate::script::xml::escaped;
use crate::world::explain::instant_text;

impl Page<'_> {
    /// The line of a message, and what stands at its end.
    pub(super) fn arrow(
        &self,
        item: &Item,
        arrow: &Arrow,
        labels: &mut Labels,
    ) -> (String, String) {
        let (x1, y1, x2, y2) = self.way(item, arrow);
        let (class, colour) = match arrow.fate {
            Fate::Lost(_) => ("lost", "#b00020"),
            Fate::Unseen | Fate::UnderWay => ("open", "#666"),
            Fate::Arrived if arrow.routine => ("routine", "#999"),
            Fate::Arrived => ("arrives", arrow.term.map_or("#444", of_term)),
        };
        let title = escaped(&self.tale(item, arrow));
        let line = format!(
            "<line class=\"{class}\" stroke=\"{colour}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"><title>{title}</title></line>\n"
        );
        if let Fate::Lost(_) = arrow.fate {
            labels.take(Area {
                x: x2 - 5.0,
                y: y2 - 6.0,
                width: 10.0,
                height: 12.0,
            });
            let y = y2 + 4.0;
            let cross = format!(
                "<text class=\"bad\" x=\"{x2:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">✗</text>\n"
            );
            return (line, cross);
        }
        let (dx, dy) = (x2 - x1, y2 - y1);
        let long = (dx * dx + dy * dy).sqrt().max(1.0);
        let (dx, dy) = (dx / long, dy / long);
        let corner = |side: f64| {
            let x = x2 - 8.0 * dx - side * 3.0 * dy;
            let y = y2 - 8.0 * dy + side * 3.0 * dx;
            format!("{x:.1},{y:.1}")
        };
        let fill = match arrow.fate {
            Fate::Arrived => colour,
            _ => "#fff",
        };
        let (left, right) = (corner(1.0), corner(-1.0));
        let head = format!(
            "<polygon points=\"{x2:.1},{y2:.1} {left} {right}\" fill=\"{fill}\" stroke=\"{colour}\"/>\n"
        );
        (line, head)
    }

    /// Where the line of a message begins and ends. What was sent before the stretch, or arrives
    /// after it, is cut where the stretch begins and ends.
    fn way(&self, item: &Item, arrow: &Arrow) -> (f64, f64, f64, f64) {
        let (from, to) = (self.x(arrow.from), self.x(arrow.to));
        let side = (to - from).signum();
        let (first, last) = (*self.diagram.stretch.start(), *self.diagram.stretch.end());
        // A lane is as thick as its node matters.
        let (start, goal) = (from + 3.0 * side, to - 3.0 * side);
        let part = |at: Micros, end: Micros| {
            let whole = end.saturating_sub(item.at).max(1);
            start + (goal - start) * (at.saturating_sub(item.at) as f64 / whole as f64)
        };
        let begin = match (arrow.end, item.at < first) {
            (Some(end), true) => part(first, end),
            _ => start,
        };
        let y = self.layout.y(item.at);
        let (x, end) = match (arrow.fate, arrow.end) {
            (Fate::UnderWay, Some(end)) if end > last => {
                (part(last, end), self.layout.y(last).max(y) + 4.0)
            }
            // One that was lost as it was sent comes no further than beside its lane; a little
            // further the further it was to go, so that each can be seen.
            (Fate::Lost(_), Some(end)) if end == item.at => {
                let lanes = (to - from).abs() / GAP;
                let part = (0.4 + 0.15 * lanes).min(0.95);
                (from + part * GAP * side, y + 12.0 * part)
            }
            (Fate::Lost(_), Some(end)) => (goal - 9.0 * side, self.layout.y(end)),
            (_, Some(end)) => (goal, self.layout.y(end)),
            (_, None) => (goal, y + 8.0),
        };
        (begin, y, x, end)
    }

    /// All that there is to say of a message; it is shown where the pointer rests.
    fn tale(&self, item: &Item, arrow: &Arrow) -> String {
        let name = |end| &*self.diagram.lanes[self.diagram.column(end)].name;
        let route = format!("{} to {}", name(arrow.from), name(arrow.to));
        let end = arrow.end.map(|end| format!(" to {} s", instant_text(end)));
        let times = format!("{} s{}", instant_text(item.at), end.unwrap_or_default());
        format!("{route}: {}; {times}", arrow.words())
    }

    /// What a message says, beside its line, in the first gap between lanes that has room; less of
    /// it where there is none for all.
    pub(super) fn label(&self, item: &Item, arrow: &Arrow, labels: &mut Labels) -> String {
        let least = match arrow.remark() {
            Some(remark) => remark,
            None => arrow
                .label
                .split([',', ':'])
                .next()
                .unwrap_or_default()
                .to_owned(),
        };
        let class = match (arrow.fate, arrow.routine) {
            (Fate::Lost(_), _) => "bad",
            (_, true) => "quiet",
            _ => "",
        };
        let mut text = String::new();
        for words in [arrow.words(), least] {
            if let Some(area) = self.beside(item, arrow, columns(&words), labels) {
                labels.take(area);
                written(&mut text, &area, class, &words);
                break;
            }
        }
        text
    }

    /// A free place beside the line of a message.
    fn beside(&self, item: &Item, arrow: &Arrow, width: f64, labels: &Labels) -> Option<Area> {
        let (x1, y1, x2, y2) = self.way(item, arrow);
        let slope = match x1 == x2 {
            true => 0.0,
            false => (y2 - y1) / (x2 - x1),
        };
        let here = self.diagram.column(arrow.from);
        let there = self.diagram.column(arrow.to);
        let gaps: Vec<usize> = match here < there {
            true => (here..there).collect(),
            false => (there..here).rev().collect(),
        };
        let (first, last) = (x1.min(x2), x1.max(x2));
        let mut areas = gaps.into_iter().flat_map(|gap| {
            let (left, right) = (lane_x(gap) + 6.0, lane_x(gap + 1) - 6.0);
            let room = width <= right - left;
            let middle = f64::midpoint(left, right);
            let centres = [middle, left + width / 2.0, right - width / 2.0];
            let centres = centres
                .into_iter()
                .filter(move |x| room && (first..=last).contains(x));
            centres.flat_map(move |x| {
                // Above the line, and else below it.
                let y = y1 + slope * (x - x1);
                [y - 12.0, y + 2.0].map(|y| Area {
                    x: x - width / 2.0,
                    y,
                    width,
                    height: 12.0,
                })
            })
        });
        areas.find(|area| {
            let inside = area.y >= TOP && area.y + area.height < self.layout.bottom;
            inside && labels.fits(area)
        })
    }
}
