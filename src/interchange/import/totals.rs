//! Total rows: recognised, checked against the rows they cover, never posted.
//!
//! A total may stand below its rows or above them, and cover a section or the whole sheet; it is
//! right when it agrees with one of these. A total over a row whose amount cannot be read is not
//! checked, and says so.

use super::super::text::half_width;
use crate::base::Fen;
use std::collections::HashMap;

/// The longest cell that is taken for the name of a total, such as 产业类项目小计.
const NAME_CHARS_MAX: usize = 12;

/// A total row and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TotalRow {
    /// The row's number.
    pub row: u32,
    /// What the row calls itself.
    pub name: String,
    /// What it says, if that can be read.
    pub stated: Option<Fen>,
    /// What became of it.
    pub verdict: Verdict,
}

/// What became of a total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the sum of rows that it covers.
    Agrees,
    /// It is not; this is what they sum to.
    Differs(Fen),
    /// It says no amount, or one of the rows that it covers says none that can be read.
    NotChecked,
}

/// Is this the name of a total? 合计, 总 计, 康保县小计, Total:
pub(super) fn is_name(text: &str) -> bool {
    let plain: String = half_width(text)
        .to_lowercase()
        .chars()
        .filter(|it| !it.is_whitespace() && !":：*-_".contains(*it))
        .collect();
    let plain = plain.split('(').next().unwrap_or_default();
    let short = plain.chars().count() <= NAME_CHARS_MAX;
    let chinese = ["合计", "总计", "小计", "共计", "累计"];
    let english = ["total", "totals", "subtotal", "grandtotal", "sum"];
    (short && chinese.iter().any(|it| plain.ends_with(it)))
        || english.contains(&plain)
        || ["总额", "总数", "合計", "總計", "小計"].contains(&plain)
}

/// The amounts of rows and totals in the order of the sheet.
#[derive(Default)]
pub(super) struct Totals {
    /// The sum of the first so many rows, and how many of them say no amount that can be read.
    sums: Vec<(i128, u32)>,
    totals: Vec<(usize, TotalRow)>,
}

impl Totals {
    /// A row that is posted, with its amount if that can be read.
    pub(super) fn row(&mut self, fen: Option<i64>) {
        let (sum, unread) = self.sums.last().copied().unwrap_or_default();
        self.sums.push((sum + i128::from(fen.unwrap_or(0)), unread + u32::from(fen.is_none())));
    }

    /// A total row.
    pub(super) fn total(&mut self, row: u32, name: String, stated: Option<Fen>) {
        let total = TotalRow { row, name, stated, verdict: Verdict::NotChecked };
        self.totals.push((self.sums.len(), total));
    }

    /// Checks every total against what it may cover.
    pub(super) fn check(self) -> Vec<TotalRow> {
        let places: Vec<usize> = self.totals.iter().map(|(at, _)| *at).collect();
        let names: Vec<String> = self.totals.iter().map(|(_, it)| key(&it.name)).collect();
        let same_before = neighbours(&names, places.iter().copied());
        let mut same_after = neighbours(
            &names.iter().rev().cloned().collect::<Vec<_>>(),
            places.iter().rev().copied(),
        );
        same_after.reverse();
        let end = self.sums.len();
        let sums = self.sums;
        let mut checked = Vec::with_capacity(self.totals.len());
        for (index, (at, mut total)) in self.totals.into_iter().enumerate() {
            let before = index.checked_sub(1).map_or(0, |it| places[it]);
            let after = places.get(index + 1).copied().unwrap_or(end);
            // The likeliest first: it is the one whose sum a wrong total is told.
            let above = [(0, at), (before, at), (same_before[index].unwrap_or(0), at)];
            let below = [(at, after), (at, same_after[index].unwrap_or(end)), (0, end)];
            let spans = above.into_iter().chain(below).filter(|(from, to)| from < to);
            total.verdict = verdict(&sums, total.stated, spans);
            checked.push(total);
        }
        checked
    }
}

fn verdict(
    sums: &[(i128, u32)],
    stated: Option<Fen>,
    spans: impl Iterator<Item = (usize, usize)>,
) -> Verdict {
    let Some(stated) = stated else { return Verdict::NotChecked };
    let upto = |rows: usize| rows.checked_sub(1).map_or((0, 0), |last| sums[last]);
    let (mut likeliest, mut all_read) = (None, true);
    for (from, to) in spans {
        let (sum, unread) = (upto(to).0 - upto(from).0, upto(to).1 - upto(from).1);
        if unread > 0 {
            all_read = false;
            continue;
        }
        let Some(sum) = i64::try_from(sum).ok().and_then(Fen::new) else { continue };
        if sum == stated {
            return Verdict::Agrees;
        }
        likeliest = likeliest.or(Some(sum));
    }
    match likeliest {
        Some(sum) if all_read => Verdict::Differs(sum),
        // A total over nothing but itself has nothing to agree with but nothing.
        None if all_read && !stated.is_zero() => Verdict::Differs(Fen::ZERO),
        Some(_) | None => Verdict::NotChecked,
    }
}

/// For each total the place of the last one before it that has the same name.
fn neighbours(names: &[String], places: impl Iterator<Item = usize>) -> Vec<Option<usize>> {
    let mut last: HashMap<&str, usize> = HashMap::new();
    let each = names.iter().zip(places);
    each.map(|(name, place)| last.insert(name.as_str(), place)).collect()
}

/// Names that stand on one level: every 小计 with every other.
fn key(name: &str) -> String {
    let plain: String = name.chars().filter(|it| !it.is_whitespace()).collect();
    let plain = plain.to_lowercase();
    let level = ["小计", "合计", "总计", "共计", "累计", "subtotal", "total"];
    level.iter().find(|it| plain.contains(*it)).map_or(plain.clone(), |it| (*it).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_totals() {
        for name in [
            "合计",
            "合 计",
            "总计：",
            "本页小计",
            "康保县小计",
            "合计（万元）",
            "Total",
            "Grand Total",
        ] {
            assert!(is_name(name), "{name}");
        }
        for other in
            ["合计划项目", "会计", "totally", "某村2017年度产业扶贫资金支出合计说明", "P1", ""]
        {
            assert!(!is_name(other), "{other}");
        }
    }

    /// Rows are amounts; `T n` a total of this name that says n; `?` an amount not read.
    fn verdicts(sheet: &[(&str, i64)]) -> Vec<Verdict> {
        let mut totals = Totals::default();
        for (name, fen) in sheet {
            match *name {
                "" => totals.row(Some(*fen)),
                "?" => totals.row(None),
                name => totals.total(1, name.to_owned(), Fen::new(*fen)),
            }
        }
        totals.check().into_iter().map(|it| it.verdict).collect()
    }

    type Case = (&'static str, Vec<(&'static str, i64)>, Vec<Verdict>);

    #[test]
    fn a_total_agrees_with_the_rows_it_covers_or_is_told_their_sum() {
        use Verdict::{Agrees, Differs, NotChecked};
        let fen = |it| Fen::new(it).unwrap();
        let cases: Vec<Case> = vec![
            ("below", vec![("", 1), ("", 2), ("合计", 3)], vec![Agrees]),
            ("wrong", vec![("", 1), ("", 2), ("合计", 4)], vec![Differs(fen(3))]),
            ("above", vec![("合计", 3), ("", 1), ("", 2)], vec![Agrees]),
            ("wrong above", vec![("合计", 4), ("", 1), ("", 2)], vec![Differs(fen(3))]),
            (
                "sections below",
                vec![("", 1), ("小计", 1), ("", 2), ("", 3), ("小计", 5), ("合计", 6)],
                vec![Agrees, Agrees, Agrees],
            ),
            (
                "sections above",
                vec![("合计", 6), ("小计", 1), ("", 1), ("小计", 5), ("", 2), ("", 3)],
                vec![Agrees, Agrees, Agrees],
            ),
            (
                "three levels",
                vec![
                    ("", 1),
                    ("小计", 1),
                    ("", 2),
                    ("小计", 2),
                    ("合计", 3),
                    ("", 4),
                    ("小计", 4),
                    ("合计", 4),
                    ("总计", 7),
                ],
                vec![Agrees; 6],
            ),
            ("an amount not read", vec![("", 1), ("?", 0), ("合计", 3)], vec![NotChecked]),
            ("no amount in the total", vec![("", 1), ("合计", -1)], vec![NotChecked]),
            ("nothing covered", vec![("合计", 3)], vec![Differs(fen(0))]),
        ];
        for (name, sheet, expected) in cases {
            assert_eq!(verdicts(&sheet), expected, "{name}");
        }
    }
}
