//! Plan against actual: the plan a tick, what was consolidated pale, what was arranged a thin dark
//! bar, all plans on one scale.

use super::{Chart, Drawing, scaled};

/// The width of a drawing in a cell, in pixels.
const WIDE: i64 = 220;

/// The chart of one plan; `longest` is the scale of all of them.
pub fn bullet(planned: i128, actual: i128, used: i128, longest: i128, says: String) -> Chart {
    let mut drawing = Drawing::new(WIDE);
    drawing.height = 18;
    let length = WIDE * 10 - 20;
    drawing.bar("f-consolidated", [0, 30, scaled(actual, longest, length), 120], "");
    drawing.bar("f-spent", [0, 70, scaled(used, longest, length), 40], "");
    drawing.bar("f-ink", [scaled(planned, longest, length), 0, 20, 180], "");
    Chart::same(drawing, says)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_stand_on_one_scale() {
        let chart = bullet(100, 50, 25, 100, "says".to_owned()).to_string();
        for wanted in ["width=\"109\"", "width=\"54.5\"", "x=\"218\""] {
            assert!(chart.contains(wanted), "{wanted}: {chart}");
        }
    }
}
