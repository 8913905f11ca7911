//! The flow picture: which money went where, in columns of equal height, bands as wide as amounts.
//!
//! One scale a picture; knots at least 2 px high; labels at least 20 px apart. Money that is not
//! arranged yet is orange, and a county is never a colour (pages design, 5.1).

use super::{Anchor, Chart, Drawing, NARROW, exact, tenths, text_width};
use crate::web::figures::Wan;

/// A knot of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Knot {
    /// Its name.
    pub name: String,
    /// Does money wait here that is not arranged yet?
    pub waits: bool,
    /// How much stands in it, in fen; never below zero.
    pub fen: i128,
}

/// A band from a knot of one column to a knot of the next, by their places in their columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// The place of the left knot in its column.
    pub from: usize,
    /// The place of the right knot in the column behind.
    pub to: usize,
    /// How much, in fen; above zero.
    pub fen: i128,
}

/// Whose money a picture shows; the two are never in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hue {
    /// Fiscal money: blue, and orange where it waits.
    Fiscal,
    /// Social money: its own colour, pale where it waits, and a smaller picture.
    Social,
}

impl Hue {
    /// The classes of knots: at the edges, between them, where money waits.
    fn knots(self) -> [&'static str; 3] {
        match self {
            Hue::Fiscal => ["f-spent", "f-advanced", "f-exc"],
            Hue::Social => ["g-used", "g-used", "g-committed"],
        }
    }

    /// The classes of bands: of money on its way, of money that waits.
    fn bands(self) -> [&'static str; 2] {
        match self {
            Hue::Fiscal => ["flow", "flow flow-waits"],
            Hue::Social => ["flow flow-social", "flow flow-social-waits"],
        }
    }

    /// The width of its wide drawing, and the least height of both, in pixels.
    fn size(self) -> (i64, i64) {
        match self {
            Hue::Fiscal => (1072, 260),
            Hue::Social => (760, 110),
        }
    }
}

/// The thickness of a knot, in pixels.
const KNOT: i64 = 10;

/// The room behind the label of an inner column, and the least for the bands before it, in pixels.
const BEHIND: i64 = 24;
const BANDS_MIN: i64 = 90;

/// The least distance between two labels of one line, and of two, in pixels.
const APART: i64 = 22;
const APART_OF_TWO: i64 = 40;

/// The chart: columns from left to right, and the bands between each two.
pub fn sankey(
    hue: Hue,
    columns: &[Vec<Knot>],
    flows: &[Vec<Flow>],
    narrow: (&[Vec<Knot>], &[Vec<Flow>]),
    wan: Wan,
    says: String,
) -> Chart {
    let wide = drawn(hue, columns, flows, hue.size().0, wan);
    Chart { wide, narrow: Some(drawn(hue, narrow.0, narrow.1, NARROW, wan)), says }
}

/// Where a knot stands, in tenths of a pixel.
#[derive(Clone, Copy, Debug)]
struct Stand {
    y: i64,
    height: i64,
    /// Where the next band leaves on the left side and on the right side.
    left: i64,
    right: i64,
}

fn drawn(hue: Hue, columns: &[Vec<Knot>], flows: &[Vec<Flow>], width: i64, wan: Wan) -> Drawing {
    let mut drawing = Drawing::new(width);
    let most = columns.iter().map(Vec::len).max().unwrap_or(0);
    let count = i64::try_from(most).unwrap_or(0);
    // High enough that the fullest column has its labels apart and the scale is still seen.
    let two_lines = width <= NARROW && wan.is_long();
    let apart = if two_lines { APART_OF_TWO } else { APART };
    let height = (count * (apart + 16)).clamp(hue.size().1, 1400) * 10;
    let whole = columns.iter().map(|knots| sum(knots)).max().unwrap_or(0);
    // One scale for all columns: what the gaps of the fullest one leave.
    let scale = Scale { whole, span: (height - (count - 1).max(0) * 100).max(1000) };
    let xs = across(columns, width, wan);
    let mut stands: Vec<Vec<Stand>> =
        columns.iter().map(|knots| stand(knots, scale, apart)).collect();
    for (at, bands) in flows.iter().enumerate() {
        for band in bands {
            let thick = scale.of(band.fen);
            let (left, right) = (&columns[at][band.from], &columns[at + 1][band.to]);
            let from = &mut stands[at][band.from];
            let y0 = from.right;
            from.right += thick;
            let to = &mut stands[at + 1][band.to];
            let y1 = to.left;
            to.left += thick;
            let shape = ribbon((xs[at] + KNOT) * 10, y0, xs[at + 1] * 10, y1, thick.max(5));
            let class = hue.bands()[usize::from(left.waits || right.waits)];
            let name = format!("{} → {}", left.name, right.name);
            drawing.path(class, &shape, &exact(&name, band.fen));
        }
    }
    for (at, knots) in columns.iter().enumerate() {
        let last = at + 1 == columns.len();
        knots_of(&mut drawing, (hue, knots), &stands[at], xs[at], (at == 0, last, width), wan);
    }
    let lowest = stands.iter().flatten().map(|stand| stand.y + stand.height).max().unwrap_or(0);
    drawing.height = lowest / 10 + if two_lines { 24 } else { 12 };
    drawing
}

fn sum(knots: &[Knot]) -> i128 {
    knots.iter().map(|knot| knot.fen).sum()
}

/// The left edges of the columns, in pixels: labels of the first stand before it on a desk, all
/// others behind their column.
fn across(columns: &[Vec<Knot>], width: i64, wan: Wan) -> Vec<i64> {
    let widest = |knots: &[Knot]| {
        let widths = knots.iter().map(|knot| label_width(knot, wan));
        widths.max().unwrap_or(0) + 12
    };
    let last = columns.len().saturating_sub(1);
    let first_x = if width > NARROW { widest(&columns[0]) } else { 0 };
    let last_x = if width > NARROW { width - KNOT - widest(&columns[last]) } else { width - KNOT };
    let step = i64::try_from(last.max(1)).unwrap_or(1);
    let mut xs: Vec<i64> = (0..columns.len())
        .map(|at| first_x + (last_x - first_x) * i64::try_from(at).unwrap_or(0) / step)
        .collect();
    // Labels between two columns need their room, as long as the bands before them keep some.
    for at in (1..last).rev() {
        let room = KNOT + widest(&columns[at]) + BEHIND;
        xs[at] = xs[at].min((xs[at + 1] - room).max(xs[at - 1] + BANDS_MIN));
    }
    xs
}

fn label_width(knot: &Knot, wan: Wan) -> i64 {
    text_width(&knot.name) + text_width(&wan.text(knot.fen)) + 8
}

/// The scale of a picture: so many tenths of a pixel for the whole.
#[derive(Clone, Copy, Debug)]
struct Scale {
    whole: i128,
    span: i64,
}

impl Scale {
    fn of(self, fen: i128) -> i64 {
        super::scaled(fen, self.whole, self.span)
    }
}

/// The knots of a column under each other, their middles far enough apart for labels.
fn stand(knots: &[Knot], scale: Scale, apart: i64) -> Vec<Stand> {
    let mut stands: Vec<Stand> = Vec::with_capacity(knots.len());
    let mut free = 0;
    let mut label = i64::MIN / 2;
    for knot in knots {
        let high = scale.of(knot.fen).max(20);
        let middle = (free + high / 2).max(label + apart * 10).max(apart * 10 / 2 - 20);
        let y = middle - high / 2;
        stands.push(Stand { y, height: high, left: y, right: y });
        free = y + high + 60;
        label = middle;
    }
    stands
}

/// A band between two columns: as thick at both ends, bent between.
fn ribbon(x0: i64, y0: i64, x1: i64, y1: i64, thick: i64) -> String {
    let middle = tenths((x0 + x1) / 2);
    let [x0, x1, top0, top1] = [x0, x1, y0, y1].map(tenths);
    let [low0, low1] = [y0 + thick, y1 + thick].map(tenths);
    format!(
        "M{x0},{top0}C{middle},{top0} {middle},{top1} {x1},{top1}L{x1},{low1}\
         C{middle},{low1} {middle},{low0} {x0},{low0}Z"
    )
}

/// The knots of a column with their labels; `edge` says whether it is the first or the last of a
/// drawing of what width.
fn knots_of(
    drawing: &mut Drawing,
    (hue, knots): (Hue, &[Knot]),
    stands: &[Stand],
    x: i64,
    (first, last, width): (bool, bool, i64),
    wan: Wan,
) {
    let narrow = width <= NARROW;
    let [edge, between, waits] = hue.knots();
    for (knot, stand) in knots.iter().zip(stands) {
        let class = match (knot.waits, first || last) {
            (true, _) => waits,
            (false, true) => edge,
            (false, false) => between,
        };
        let place = [x * 10, stand.y, KNOT * 10, stand.height];
        drawing.bar(class, place, &exact(&knot.name, knot.fen));
        let before = (first && !narrow) || (last && narrow);
        let (anchor, at) = match before {
            true => (Anchor::End, (x - 8) * 10),
            false => (Anchor::Start, (x + KNOT + 8) * 10),
        };
        let y = stand.y + stand.height / 2 + 50;
        match narrow && wan.is_long() {
            true => {
                drawing.text("b halo", anchor, [at, y - 80], &knot.name);
                drawing.text("m halo", anchor, [at, y + 90], &wan.text(knot.fen));
            }
            false => drawing.label(anchor, [at, y], &knot.name, &wan.text(knot.fen)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knot(name: &str, fen: i128) -> Knot {
        Knot { name: name.to_owned(), waits: false, fen }
    }

    #[test]
    fn labels_stand_apart_and_small_knots_are_seen() {
        let knots: Vec<Knot> =
            (0..12).map(|at| knot("x", if at == 0 { 1_000_000 } else { 1 })).collect();
        let stands = stand(&knots, Scale { whole: sum(&knots), span: 4000 }, APART);
        let middles: Vec<i64> = stands.iter().map(|one| one.y + one.height / 2).collect();
        assert!(middles.windows(2).all(|pair| pair[1] - pair[0] >= APART * 10), "{middles:?}");
        assert!(stands.iter().all(|one| one.height >= 20));
        assert!(stands.windows(2).all(|pair| pair[1].y >= pair[0].y + pair[0].height));
    }

    #[test]
    fn a_long_label_between_two_columns_reaches_none_of_them() {
        let inner = vec![knot("Province, not passed on for a good while", 1_234_567_891)];
        let columns = [vec![knot("a", 1)], inner, vec![knot("Not yet arranged", 1)]];
        let wan = Wan::fitting([1_234_567_891]);
        let xs = across(&columns, 1072, wan);
        assert!(xs[1] + KNOT + label_width(&columns[1][0], wan) < xs[2], "{xs:?}");
        assert!(xs[0] + BANDS_MIN <= xs[1] && xs[1] < xs[2], "{xs:?}");
        // Where there is room, the columns stand evenly.
        let columns = [vec![knot("a", 1)], vec![knot("b", 1)], vec![knot("c", 1)]];
        let xs = across(&columns, 1072, wan);
        assert!((xs[2] - xs[1] - (xs[1] - xs[0])).abs() <= 1, "{xs:?}");
    }

    #[test]
    fn bands_leave_a_knot_below_each_other() {
        let columns =
            [vec![knot("a", 3_000_000)], vec![knot("b", 1_000_000), knot("c", 2_000_000)]];
        let flows = [vec![
            Flow { from: 0, to: 0, fen: 1_000_000 },
            Flow { from: 0, to: 1, fen: 2_000_000 },
        ]];
        let wan = Wan::fitting([1_000_000]);
        let drawing = drawn(Hue::Fiscal, &columns, &flows, 358, wan);
        assert_eq!(drawing.body.matches("<path").count(), 2);
        assert!(drawing.body.contains("<title>a → c ¥20,000.00</title>"), "{}", drawing.body);
        let starts: Vec<&str> = drawing
            .body
            .split("d=\"M")
            .skip(1)
            .map(|rest| &rest[..rest.find('C').unwrap()])
            .collect();
        assert_ne!(starts[0], starts[1]);
    }
}
