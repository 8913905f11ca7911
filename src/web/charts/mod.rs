//! Charts, drawn by the server: SVG of whole tenths of a pixel, every text escaped.
//!
//! Each is drawn twice, for a desk and for a phone, and the style sheet shows one. A chart is never
//! the only bearer of a figure: the page prints the same in a table or list (pages design,
//! section 4). Colours are classes, since a page carries no style of its own.

mod bullet;
mod descent;
mod dwell;
mod places;
mod sankey;

pub use bullet::bullet;
pub use descent::{Step, descent};
pub use dwell::{Band, dwell};
pub use places::{Part, places};
pub use sankey::{Flow, Hue, Knot, sankey};

use super::figures;
use askama::filters::{Escaper, Html, HtmlSafe};
use std::fmt::{self, Display, Write};

/// The width of a drawing for a phone, in pixels.
pub const NARROW: i64 = 358;

/// A part of a pixel: a tenth.
type Tenths = i64;

/// A chart: its drawings, with the sentence that says what it shows.
#[derive(Clone, Debug)]
pub struct Chart {
    wide: Drawing,
    narrow: Option<Drawing>,
    says: String,
}

/// One drawing.
#[derive(Clone, Debug)]
struct Drawing {
    width: i64,
    height: i64,
    body: String,
}

/// Which end of a text stands at its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Anchor {
    Start,
    End,
}

impl Chart {
    /// The same drawing at both widths.
    fn same(drawing: Drawing, says: String) -> Chart {
        Chart { wide: drawing, narrow: None, says }
    }
}

impl HtmlSafe for Chart {}

impl Display for Chart {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(narrow) = &self.narrow else { return self.wide.write(out, "", &self.says) };
        self.wide.write(out, " wide-only", &self.says)?;
        narrow.write(out, " narrow-only", &self.says)
    }
}

impl Drawing {
    fn new(width: i64) -> Drawing {
        Drawing { width, height: 0, body: String::new() }
    }

    fn write(&self, out: &mut fmt::Formatter<'_>, class: &str, says: &str) -> fmt::Result {
        let Drawing { width, height, body } = self;
        write!(out, "<svg class=\"chart{class}\" viewBox=\"0 0 {width} {height}\" role=\"img\"")?;
        out.write_str(" aria-label=\"")?;
        Html.write_escaped_str(&mut *out, says)?;
        write!(out, "\">{body}</svg>")
    }

    /// A bar; `says` is what a pointer that rests on it is told.
    fn bar(&mut self, class: &str, [x, y, width, height]: [Tenths; 4], says: &str) {
        let [x, y, width, height] = [x, y, width.max(0), height].map(tenths);
        let class = escaped(class);
        self.body += &format!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\""
        );
        match says.is_empty() {
            true => self.body += "/>",
            false => self.body += &format!("><title>{}</title></rect>", escaped(says)),
        }
    }

    fn text(&mut self, class: &str, anchor: Anchor, [x, y]: [Tenths; 2], text: &str) {
        let anchor = if anchor == Anchor::End { " text-anchor=\"end\"" } else { "" };
        let (class, text) = (escaped(class), escaped(text));
        self.body += &format!(
            "<text class=\"{class}\" x=\"{}\" y=\"{}\"{anchor}>{text}</text>",
            tenths(x),
            tenths(y)
        );
    }

    /// A name and its amount, in one line.
    fn label(&mut self, anchor: Anchor, [x, y]: [Tenths; 2], name: &str, amount: &str) {
        let anchor = if anchor == Anchor::End { " text-anchor=\"end\"" } else { "" };
        let (name, amount) = (escaped(name), escaped(amount));
        self.body += &format!(
            "<text class=\"halo\" x=\"{}\" y=\"{}\"{anchor}><tspan class=\"b\">{name}</tspan> \
             <tspan class=\"m\">{amount}</tspan></text>",
            tenths(x),
            tenths(y)
        );
    }

    fn path(&mut self, class: &str, shape: &str, says: &str) {
        let (class, shape, says) = (escaped(class), escaped(shape), escaped(says));
        self.body += &format!("<path class=\"{class}\" d=\"{shape}\"><title>{says}</title></path>");
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    Html.write_escaped_str(&mut out, text).expect("a string takes any text");
    out
}

/// A measure as an attribute carries it.
fn tenths(of: Tenths) -> String {
    let (sign, of) = (if of < 0 { "-" } else { "" }, of.abs());
    match of % 10 {
        0 => format!("{sign}{}", of / 10),
        tenth => format!("{sign}{}.{tenth}", of / 10),
    }
}

/// What part of `length` an amount is of a whole; nothing of nothing, and never beyond the ends.
fn scaled(amount: i128, whole: i128, length: Tenths) -> Tenths {
    if whole <= 0 {
        return 0;
    }
    let part = amount.clamp(0, whole) * i128::from(length) / whole;
    i64::try_from(part).unwrap_or(length)
}

/// About how wide a bold text of 15 pixels is, in pixels: enough to keep it inside its drawing.
fn text_width(text: &str) -> i64 {
    text.chars().map(|letter| if letter.is_ascii() { 10 } else { 15 }).sum()
}

/// What a pointer that rests on a part is told: whose amount, in yuan, exactly.
fn exact(name: &str, fen: i128) -> String {
    let mut says = format!("{name} ");
    write!(says, "¥{}", figures::yuan(fen)).expect("a string takes any text");
    says
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_escapes_what_stands_in_it() {
        let mut drawing = Drawing::new(100);
        drawing.text("b", Anchor::End, [15, -20], "<script>&\"");
        drawing.bar("f-spent", [0, 0, 333, 100], "\"><script>");
        let chart = Chart::same(drawing, "\"><script>".to_owned()).to_string();
        assert!(!chart.contains("<script"), "{chart}");
        assert!(chart.contains("x=\"1.5\" y=\"-2\" text-anchor=\"end\""), "{chart}");
        assert!(chart.contains("width=\"33.3\""), "{chart}");
    }

    #[test]
    fn a_part_is_never_longer_than_its_whole() {
        assert_eq!(scaled(1, 3, 1000), 333);
        assert_eq!(scaled(5, 3, 1000), 1000);
        assert_eq!(scaled(-5, 3, 1000), 0);
        assert_eq!(scaled(5, 0, 1000), 0);
    }
}
