//! Small cells of public totals: figures from which a single gift could be read are withheld.
//!
//! A social cell with 1 to 4 gifts that are not `anonymity: public` prints 不足5笔 and no amount,
//! and the smallest other cell of the same sum 不单列, so that nothing follows by subtraction
//! (design section 8). What is withheld follows from counts and sums alone; pure.

use crate::base::words::vocabulary;

/// So many gifts hide each other.
pub const ENOUGH: u64 = 5;

vocabulary! {
    /// How a cell is printed.
    pub enum Printed {
        Amounts "amounts" "金额" "Amounts",
        FewGifts "few_gifts" "不足5笔" "Fewer than 5 gifts",
        NotListed "not_listed" "不单列" "Not listed apart",
    }
}

/// A cell: figures of one jurisdiction, fund and year, of a project, or a total of others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// How many gifts that are not `anonymity: public` it tells of.
    pub gifts: u64,
    /// What decides which cell is the smallest: what it received, or what it prints first; 0 for a
    /// cell that prints nothing but zeros, which hides nobody.
    pub amount_fen: i128,
}

/// A sum that is printed beside its parts: indices of cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    /// The cell that prints the sum.
    pub total: usize,
    /// The cells that it adds up.
    pub parts: Vec<usize>,
}

/// How each cell is printed.
///
/// A cell may be part of several sums, and the total of another. Withheld are the small cells;
/// then, until nothing withheld follows from what is printed by any combination of the sums, the
/// smallest cell beside it, and a sum's own total where there is none.
///
/// # Panics
/// When a sum names a cell that is not there.
pub fn printed(cells: &[Cell], sums: &[Sum]) -> Vec<Printed> {
    let mut printed: Vec<Printed> = cells
        .iter()
        .map(|cell| match (1..ENOUGH).contains(&cell.gifts) {
            true => Printed::FewGifts,
            false => Printed::Amounts,
        })
        .collect();
    for sum in sums {
        let small = sum.parts.iter().any(|at| printed[*at] == Printed::FewGifts);
        let beside = sum.parts.iter().any(|at| printed[*at] == Printed::NotListed);
        if small && !beside {
            withhold_beside(cells, sum, &mut printed);
        }
    }
    loop {
        let open = those_that_follow(cells.len(), sums, &printed);
        if open.is_empty() {
            return printed;
        }
        let names = |sum: &&Sum| open.iter().any(|at| *at == sum.total || sum.parts.contains(at));
        // A part is told of less than a sum; sums go only where no part is left. Where all that
        // names the cell is withheld already, it follows by way of other sums.
        let more = sums.iter().filter(names).any(|sum| withhold_part(cells, sum, &mut printed))
            || sums.iter().filter(names).any(|sum| withhold_total(sum, &mut printed))
            || sums.iter().any(|sum| withhold_part(cells, sum, &mut printed))
            || sums.iter().any(|sum| withhold_total(sum, &mut printed));
        if !more {
            return printed;
        }
    }
}

/// Withholds the smallest printed part of a sum, or its total where no part is left.
fn withhold_beside(cells: &[Cell], sum: &Sum, printed: &mut [Printed]) {
    if !withhold_part(cells, sum, printed) {
        withhold_total(sum, printed);
    }
}

/// Withholds the smallest printed part of a sum; tells whether there was one.
fn withhold_part(cells: &[Cell], sum: &Sum, printed: &mut [Printed]) -> bool {
    let shown = |at: &&usize| printed[**at] == Printed::Amounts && cells[**at].amount_fen != 0;
    let smallest = sum.parts.iter().filter(shown).min_by_key(|at| (cells[**at].amount_fen, **at));
    let Some(at) = smallest else { return false };
    printed[*at] = Printed::NotListed;
    true
}

/// Withholds the total of a sum; tells whether it was printed.
fn withhold_total(sum: &Sum, printed: &mut [Printed]) -> bool {
    let shown = printed[sum.total] == Printed::Amounts;
    if shown {
        printed[sum.total] = Printed::NotListed;
    }
    shown
}

/// The withheld cells whose amount follows from what is printed: each sum is an equation in the
/// withheld cells, and an amount follows exactly when some combination of equations leaves its
/// cell alone. Cells that print only zeros are no unknowns: that they do is seen.
///
/// The equations are brought to reduced echelon form modulo a prime of 61 bits. Sums of a table by
/// two nested divisions have sub-determinants of −1, 0 and 1, for which this is exact; for others
/// a chance of about 2⁻⁶¹ remains that something withheld follows unnoticed.
fn those_that_follow(count: usize, sums: &[Sum], printed: &[Printed]) -> Vec<usize> {
    let withheld: Vec<usize> = (0..count).filter(|at| printed[*at] != Printed::Amounts).collect();
    let column = |at: &usize| withheld.binary_search(at).ok();
    let mut rows: Vec<Vec<u64>> = Vec::new();
    for sum in sums {
        let mut row = vec![0; withheld.len()];
        for column in sum.parts.iter().filter_map(column) {
            row[column] = add(row[column], 1);
        }
        if let Some(column) = column(&sum.total) {
            row[column] = add(row[column], PRIME - 1);
        }
        rows.push(row);
    }
    reduce(&mut rows, withheld.len());
    let alone = rows.iter().filter_map(|row| {
        let mut filled = (0..row.len()).filter(|at| row[*at] != 0);
        let first = filled.next()?;
        filled.next().is_none().then_some(first)
    });
    alone.map(|column| withheld[column]).collect()
}

/// 2⁶¹ − 1.
const PRIME: u64 = (1 << 61) - 1;

fn add(one: u64, other: u64) -> u64 {
    (one + other) % PRIME
}

fn multiply(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other) % u128::from(PRIME);
    u64::try_from(product).expect("a remainder is below the prime")
}

/// The number by which one multiplies to divide, by Fermat's little theorem.
fn inverse(of: u64) -> u64 {
    assert!(of != 0, "nothing is divided by zero");
    let (mut base, mut power, mut result) = (of, PRIME - 2, 1);
    while power > 0 {
        if power & 1 == 1 {
            result = multiply(result, base);
        }
        base = multiply(base, base);
        power >>= 1;
    }
    result
}

/// Brings rows to reduced echelon form: each leading entry is 1 and alone in its column.
fn reduce(rows: &mut [Vec<u64>], width: usize) {
    let mut done = 0;
    for column in 0..width {
        let Some(found) = (done..rows.len()).find(|at| rows[*at][column] != 0) else { continue };
        rows.swap(done, found);
        let scale = inverse(rows[done][column]);
        rows[done].iter_mut().for_each(|entry| *entry = multiply(*entry, scale));
        let leading = rows[done].clone();
        for (at, row) in rows.iter_mut().enumerate() {
            let factor = row[column];
            if at == done || factor == 0 {
                continue;
            }
            for (entry, lead) in row.iter_mut().zip(&leading) {
                *entry = add(*entry, multiply(PRIME - factor, *lead));
            }
        }
        done += 1;
    }
}

#[cfg(test)]
mod tests;
