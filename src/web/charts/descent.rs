//! The descent: how much came, and at each step towards its use what is left of it, on one scale.
//!
//! Under each bar stands what the next one lacks, by place, so that the differences add up on the
//! page (pages design, 5.1).

use super::{Anchor, Chart, Drawing, NARROW, exact, scaled, text_width};
use crate::web::figures::{self, Wan};

/// A step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// The class of its colour.
    pub class: &'static str,
    /// How much comes this far, in fen.
    pub fen: i128,
    /// What the next step lacks, as text.
    pub lacks: Vec<String>,
}

/// The width of a drawing beside other things, in pixels.
const WIDE: i64 = 700;

/// Where bars begin in a wide drawing, behind their names.
const NAMES: i64 = 118;

/// The chart. The first step is the whole; `alone` draws for a narrow column at both widths.
pub fn descent(steps: &[Step], wan: Wan, says: String, alone: bool) -> Chart {
    let narrow = narrow(steps, wan);
    match alone {
        true => Chart::same(narrow, says),
        false => Chart { wide: wide(steps, wan), narrow: Some(narrow), says },
    }
}

fn wide(steps: &[Step], wan: Wan) -> Drawing {
    let mut drawing = Drawing::new(WIDE);
    let whole = steps.first().map_or(0, |step| step.fen);
    let length = (WIDE - NAMES) * 10;
    let mut y = 0;
    for (at, step) in steps.iter().enumerate() {
        let bar = scaled(step.fen, whole, length);
        drawing.bar("f-track", [NAMES * 10, y * 10, length, 300], "");
        drawing.bar(step.class, [NAMES * 10, y * 10, bar, 300], &exact(&step.name, step.fen));
        drawing.text("b", Anchor::Start, [0, (y + 20) * 10], &step.name);
        let text = amount(step, whole, wan, at > 0);
        let inside = bar > (text_width(&text) + 20) * 10;
        let (class, x) = match inside {
            true => ("b on", NAMES * 10 + 100),
            false => ("b", NAMES * 10 + bar + 80),
        };
        drawing.text(class, Anchor::Start, [x, (y + 20) * 10], &text);
        y += 32;
        for line in lines(&step.lacks, WIDE - NAMES) {
            drawing.text("m", Anchor::End, [WIDE * 10, (y + 14) * 10], &line);
            y += 20;
        }
        y += 7;
    }
    drawing.height = y;
    drawing
}

fn narrow(steps: &[Step], wan: Wan) -> Drawing {
    let mut drawing = Drawing::new(NARROW);
    let whole = steps.first().map_or(0, |step| step.fen);
    let mut y = 0;
    for (at, step) in steps.iter().enumerate() {
        let bar = scaled(step.fen, whole, NARROW * 10);
        drawing.text("b", Anchor::Start, [0, (y + 15) * 10], &step.name);
        let text = amount(step, whole, wan, at > 0);
        drawing.text("b", Anchor::End, [NARROW * 10, (y + 15) * 10], &text);
        y += 22;
        drawing.bar("f-track", [0, y * 10, NARROW * 10, 260], "");
        drawing.bar(step.class, [0, y * 10, bar, 260], &exact(&step.name, step.fen));
        y += 28;
        for line in lines(&step.lacks, NARROW) {
            drawing.text("m", Anchor::End, [NARROW * 10, (y + 14) * 10], &line);
            y += 20;
        }
        y += 9;
    }
    drawing.height = y;
    drawing
}

/// The amount, and its share of the first.
fn amount(step: &Step, whole: i128, wan: Wan, with_share: bool) -> String {
    let fen = wan.text(step.fen);
    match with_share && whole > 0 {
        true => format!("{fen}  {}", figures::share(step.fen, whole)),
        false => fen,
    }
}

/// The parts in as few lines as they need, none broken.
fn lines(parts: &[String], width: i64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(last) if text_width(last) + text_width(part) + 24 <= width => {
                last.push_str(" · ");
                last.push_str(part);
            }
            _ => lines.push(part.clone()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stand_on_one_scale_and_say_what_is_lacking() {
        let step = |name: &str, fen, lacks: &[&str]| Step {
            name: name.to_owned(),
            class: "f-spent",
            fen,
            lacks: lacks.iter().map(|text| (*text).to_owned()).collect(),
        };
        let steps = [step("came", 2_000_000, &["1 waits"]), step("spent", 1_000_000, &[])];
        let wan = Wan::fitting(steps.iter().map(|step| step.fen));
        let chart = descent(&steps, wan, "says".to_owned(), true).to_string();
        assert!(chart.contains("width=\"358\""), "{chart}");
        assert!(chart.contains("width=\"179\""), "{chart}");
        assert!(chart.contains(">1 waits<"), "{chart}");
        assert!(chart.contains("50.00%"), "{chart}");
        assert!(chart.contains("<title>spent ¥10,000.00</title>"), "{chart}");
    }

    #[test]
    fn parts_that_are_too_long_take_lines_of_their_own() {
        let parts = ["aaaa".to_owned(), "bbbb".to_owned(), "cccc".to_owned()];
        assert_eq!(lines(&parts, 110), ["aaaa · bbbb", "cccc"]);
    }
}
