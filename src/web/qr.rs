//! QR codes as drawings: a rectangle for each run of dark squares, so that a page needs no style
//! and no script, and paper prints them sharp.
//!
//! The text stands in the drawing and nowhere else: it never goes into markup, so nothing is
//! escaped here. What it says, such as an address, the page prints beside it.

use askama::filters::HtmlSafe;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt;

/// The quiet zone around a code, in squares, as the standard asks.
const QUIET: usize = 4;

/// A code, drawn; the page names it by `label` and places it.
#[derive(Clone, Debug)]
pub struct Drawing {
    side: usize,
    dark: Vec<Color>,
}

/// The drawing of a text; none of one that is too long for a code.
pub fn svg(text: &str) -> Option<Drawing> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    Some(Drawing { side: code.width(), dark: code.to_colors() })
}

impl fmt::Display for Drawing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.side + 2 * QUIET;
        write!(out, "<svg class=\"qr\" viewBox=\"0 0 {whole} {whole}\" aria-hidden=\"true\">")?;
        write!(out, "<path class=\"qr-ground\" d=\"M0 0h{whole}v{whole}H0z\"/>")?;
        write!(out, "<path class=\"qr-dark\" d=\"")?;
        for (row, squares) in self.dark.chunks(self.side).enumerate() {
            let mut at = 0;
            for run in squares.chunk_by(|one, next| one == next) {
                if run[0] == Color::Dark {
                    let (x, y, width) = (at + QUIET, row + QUIET, run.len());
                    write!(out, "M{x} {y}h{width}v1h-{width}z")?;
                }
                at += run.len();
            }
        }
        write!(out, "\"/></svg>")
    }
}

// Numbers and fixed text alone.
impl HtmlSafe for Drawing {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dark_square_is_drawn_once_and_the_corner_has_its_mark() {
        let drawing = svg("https://ledger.example/projects/P1").unwrap();
        let dark = drawing.dark.iter().filter(|one| **one == Color::Dark).count();
        let text = drawing.to_string();
        let runs = text.split("v1h-").skip(1).filter_map(|run| run.split_once('z'));
        assert_eq!(runs.map(|(width, _)| width.parse::<usize>().unwrap()).sum::<usize>(), dark);
        assert!(text.contains("d=\"M4 4h7v1h-7z"), "{text}");
        assert!(!text.contains("ledger.example") && !text.contains("style"));
    }

    #[test]
    fn a_text_too_long_for_a_code_has_none() {
        assert!(svg(&"x".repeat(3_000)).is_none());
    }
}
