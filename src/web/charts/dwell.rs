//! Dwell time: what waits, in bands of days, bars from zero with the amounts at their ends.

use super::{Anchor, Chart, Drawing, NARROW, exact, scaled, text_width};
use crate::web::figures::Wan;

/// A band.
#[derive(Clone, Debug)]
pub struct Band {
    /// Its days, as text.
    pub name: String,
    /// The class of its colour.
    pub class: &'static str,
    /// How much waits so long, in fen.
    pub fen: i128,
}

/// The chart of the bands, in their order.
pub fn dwell(bands: &[Band], wan: Wan, says: String) -> Chart {
    Chart { wide: drawn(bands, wan, 540), narrow: Some(drawn(bands, wan, NARROW)), says }
}

fn drawn(bands: &[Band], wan: Wan, width: i64) -> Drawing {
    let mut drawing = Drawing::new(width);
    let names = bands.iter().map(|band| text_width(&band.name)).max().unwrap_or(0) + 12;
    let amounts = bands.iter().map(|band| text_width(&wan.text(band.fen))).max().unwrap_or(0) + 14;
    let longest = bands.iter().map(|band| band.fen).max().unwrap_or(0);
    let length = (width - names - amounts).max(40) * 10;
    let mut y = 0;
    for band in bands {
        let bar = scaled(band.fen, longest, length);
        let at = (y + 18) * 10;
        drawing.text("m", Anchor::End, [(names - 10) * 10, at], &band.name);
        drawing.bar(band.class, [names * 10, (y + 2) * 10, bar, 220], &exact(&band.name, band.fen));
        drawing.text("b", Anchor::Start, [names * 10 + bar + 80, at], &wan.text(band.fen));
        y += 33;
    }
    drawing.bar("f-edge", [names * 10 - 10, 0, 10, y * 10], "");
    drawing.height = y;
    drawing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_band_fills_the_axis_and_zero_has_no_bar() {
        let band = |name: &str, fen| Band { name: name.to_owned(), class: "f-committed", fen };
        let bands = [band("a", 0), band("b", 2_000_000), band("c", 1_000_000)];
        let wan = Wan::fitting(bands.iter().map(|band| band.fen));
        let body = drawn(&bands, wan, 100).body;
        // 100 less the names' 22 and the amounts' 24.
        assert!(body.contains("width=\"0\""), "{body}");
        assert!(body.contains("width=\"54\""), "{body}");
        assert!(body.contains("width=\"27\""), "{body}");
    }
}
