//! The bar of places: one bar in a fixed order, the darker the further the money has gone.
//!
//! No text stands in the bar; the legend beside it carries the amounts. What is withheld is drawn
//! as one pale rest (pages design, section 4).

use super::{Chart, Drawing, NARROW, exact, scaled};

/// A part of the bar.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// The class of its colour.
    pub class: &'static str,
    /// How much, in fen.
    pub fen: i128,
}

/// The gap between two parts, in tenths of a pixel.
const GAP: i64 = 12;

/// The chart of the parts, in their order.
pub fn places(parts: &[Part], says: String) -> Chart {
    Chart { wide: drawn(parts, 700, 22), narrow: Some(drawn(parts, NARROW, 20)), says }
}

fn drawn(parts: &[Part], width: i64, height: i64) -> Drawing {
    let mut drawing = Drawing::new(width);
    drawing.height = height;
    let shown: Vec<&Part> = parts.iter().filter(|part| part.fen > 0).collect();
    let whole: i128 = shown.iter().map(|part| part.fen).sum();
    let gaps = i64::try_from(shown.len()).unwrap_or(0).saturating_sub(1) * GAP;
    let (mut before, mut x) = (0, 0);
    for part in shown {
        // Each part ends where the sum up to it ends, so that no rounding adds up.
        let start = scaled(before, whole, width * 10 - gaps);
        before += part.fen;
        let end = scaled(before, whole, width * 10 - gaps);
        let bar = (end - start).max(10);
        drawing.bar(part.class, [x, 5, bar, height * 10 - 10], &exact(&part.name, part.fen));
        x += end - start + GAP;
    }
    drawing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_fill_the_bar_and_empty_ones_are_left_out() {
        let part = |class, fen| Part { name: "x".to_owned(), class, fen };
        let parts = [part("f-spent", 1), part("f-advanced", 0), part("f-available", 1)];
        let drawing = drawn(&parts, 100, 20).body;
        assert_eq!(drawing.matches("<rect").count(), 2);
        assert!(drawing.contains("x=\"0\" y=\"0.5\" width=\"49.4\""), "{drawing}");
        assert!(drawing.contains("x=\"50.6\" y=\"0.5\" width=\"49.4\""), "{drawing}");
    }
}
