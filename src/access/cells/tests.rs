//! Small cells: the words of the design, and a judge of its own who subtracts.

use super::*;
use proptest::prelude::*;

fn cell(gifts: u64, amount_fen: i128) -> Cell {
    Cell { gifts, amount_fen }
}

fn sum(total: usize, parts: &[usize]) -> Sum {
    Sum { total, parts: parts.to_vec() }
}

use Printed::{Amounts as A, FewGifts as F, NotListed as N};

#[test]
fn one_to_four_gifts_are_few_and_the_smallest_other_goes_with_them() {
    for (gifts, expected) in [(0, [A, A, A, A]), (1, [F, A, N, A]), (4, [F, A, N, A]), (5, [A; 4])]
    {
        let cells = [cell(gifts, 10), cell(9, 300), cell(9, 20), cell(99, 330)];
        assert_eq!(printed(&cells, &[sum(3, &[0, 1, 2])]), expected, "{gifts}");
    }
}

#[test]
fn a_cell_of_zeros_hides_nobody() {
    let cells = [cell(1, 10), cell(9, 300), cell(0, 0), cell(99, 310)];
    assert_eq!(printed(&cells, &[sum(3, &[0, 1, 2])]), [F, N, A, A]);
}

#[test]
fn where_nothing_else_is_there_the_sum_goes_too() {
    let cells = [cell(2, 10), cell(9, 10), cell(50, 400), cell(60, 410)];
    // The county's only cell, the county's total, another county's total, the city's.
    assert_eq!(printed(&cells, &[sum(1, &[0]), sum(3, &[1, 2])]), [F, N, N, A]);
}

#[test]
fn two_small_cells_of_one_sum_take_a_third_along() {
    let cells = [cell(1, 10), cell(1, 11), cell(9, 300), cell(9, 400), cell(99, 721)];
    assert_eq!(printed(&cells, &[sum(4, &[0, 1, 2, 3])]), [F, F, N, A, A]);
}

#[test]
fn crossing_sums_do_not_give_away_what_one_alone_hides() {
    // Two counties by two funds, totals of rows, columns and all.
    let cells = [
        cell(1, 10),
        cell(9, 300),
        cell(9, 310),
        cell(9, 500),
        cell(9, 700),
        cell(9, 1200),
        cell(9, 510),
        cell(9, 1000),
        cell(99, 1510),
    ];
    let sums = [
        sum(2, &[0, 1]),
        sum(5, &[3, 4]),
        sum(8, &[6, 7]),
        sum(6, &[0, 3]),
        sum(7, &[1, 4]),
        sum(8, &[2, 5]),
    ];
    assert_eq!(printed(&cells, &sums)[..6], [F, N, A, N, N, A]);
}

/// Does the amount of a withheld cell follow? The judge solves for it in fractions of integers,
/// by another way than the code: by adding the cell's own unit row and asking whether the rank
/// grows.
fn follows(at: usize, count: usize, sums: &[Sum], printed: &[Printed]) -> bool {
    let row = |sum: &Sum| {
        let mut row = vec![0i128; count];
        sum.parts.iter().for_each(|part| row[*part] += 1);
        row[sum.total] -= 1;
        (0..count).for_each(|at| {
            if printed[at] == A {
                row[at] = 0
            }
        });
        row
    };
    let rows: Vec<Vec<i128>> = sums.iter().map(row).collect();
    let mut unit = vec![0; count];
    unit[at] = 1;
    let mut more = rows.clone();
    more.push(unit);
    rank(more) == rank(rows)
}

/// The rank over the rationals, each row divided by its greatest common divisor.
fn rank(mut rows: Vec<Vec<i128>>) -> usize {
    let width = rows.first().map_or(0, Vec::len);
    let mut rank = 0;
    for column in 0..width {
        let Some(found) = (rank..rows.len()).find(|at| rows[*at][column] != 0) else { continue };
        rows.swap(rank, found);
        let lead = rows[rank].clone();
        for row in &mut rows[rank + 1..] {
            let factor = row[column];
            for (entry, of_lead) in row.iter_mut().zip(&lead) {
                *entry = *entry * lead[column] - of_lead * factor;
            }
            let common = row.iter().fold(0, |one, other| divisor(one, other.abs()));
            row.iter_mut().for_each(|entry| *entry /= common.max(1));
        }
        rank += 1;
    }
    rank
}

fn divisor(one: i128, other: i128) -> i128 {
    if other == 0 { one } else { divisor(other, one % other) }
}

/// Counties by funds: cells, row totals, column totals, the whole.
fn table(counts: &[Vec<u64>], amounts: &[Vec<i128>]) -> (Vec<Cell>, Vec<Sum>) {
    let (height, width) = (counts.len(), counts[0].len());
    let (stride, mut cells, mut sums) = (width + 1, Vec::new(), Vec::new());
    let mut columns = vec![Cell::default(); stride];
    for (counts, amounts) in counts.iter().zip(amounts) {
        let mut total = Cell::default();
        for (at, (gifts, amount_fen)) in counts.iter().zip(amounts).enumerate() {
            let one = cell(*gifts, if *gifts == 0 { 0 } else { *amount_fen });
            for sum in [&mut total, &mut columns[at]] {
                sum.gifts += one.gifts;
                sum.amount_fen += one.amount_fen;
            }
            cells.push(one);
        }
        columns[width].gifts += total.gifts;
        columns[width].amount_fen += total.amount_fen;
        cells.push(total);
    }
    cells.extend(columns);
    for row in 0..=height {
        let first = row * stride;
        sums.push(sum(first + width, &(first..first + width).collect::<Vec<_>>()));
    }
    for column in 0..stride {
        let parts: Vec<_> = (0..height).map(|row| row * stride + column).collect();
        sums.push(sum(height * stride + column, &parts));
    }
    (cells, sums)
}

#[test]
fn a_cell_that_follows_by_way_of_sums_that_do_not_name_it_is_hidden_too() {
    let counts = [vec![0, 5, 1], vec![5, 1, 0], vec![5, 1, 5], vec![1, 0, 0]];
    let amounts = [
        vec![497_283, 909_558, 360_903],
        vec![251_105, 325_447, 797_245],
        vec![792_289, 119_360, 625_964],
        vec![201_884, 576_367, 999_401],
    ];
    let (cells, sums) = table(&counts, &amounts);
    let printed = printed(&cells, &sums);
    let open = (0..cells.len()).filter(|at| printed[*at] != A);
    let open: Vec<usize> = open.filter(|at| follows(*at, cells.len(), &sums, &printed)).collect();
    assert_eq!(open, Vec::<usize>::new(), "{printed:?}");
}

proptest! {
    #[test]
    fn nothing_withheld_follows_from_what_is_printed(
        counts in (1usize..6, 1usize..5).prop_flat_map(|(height, width)| {
            prop::collection::vec(prop::collection::vec(0u64..12, width), height)
        }),
        seed in prop::collection::vec(1i128..1_000_000, 25),
    ) {
        let amounts: Vec<Vec<i128>> = counts
            .iter()
            .enumerate()
            .map(|(at, row)| (0..row.len()).map(|column| seed[at * 5 + column]).collect())
            .collect();
        let (cells, sums) = table(&counts, &amounts);
        let printed = printed(&cells, &sums);
        for at in 0..cells.len() {
            let small = (1..ENOUGH).contains(&cells[at].gifts);
            prop_assert_eq!(small, printed[at] == F, "cell {}", at);
            if printed[at] != A {
                prop_assert!(!follows(at, cells.len(), &sums, &printed), "cell {} of {:?}", at, printed);
            }
        }
    }
}
