//! Drafts: which lots a sum is drawn from.
//!
//! Pure. A draft is a proposal that a person posts or not; whether it is right, the rules decide.

use crate::base::{Amount, Date, Fen, words::vocabulary};

vocabulary! {
    /// How a sum is divided among lots.
    pub enum Rule {
        Fifo "fifo" "先到先用" "First in, first out",
        ProRata "pro-rata" "按比例" "Pro rata, largest remainder",
    }
}

/// A lot that a sum may be drawn from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its id.
    pub lot: String,
    /// When it came; with the order of the records it decides who is first.
    pub received_on: Date,
    /// The order of its receipt among the records.
    pub order: u64,
    /// What may be drawn.
    pub available: Fen,
    /// Must it be moved by an event of its own?
    pub alone: bool,
}

/// The sum is more than all sources hold together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("only {available} fen are there to draw from, {asked} fen are asked")]
pub struct TooLittle {
    /// What was asked.
    pub asked: Fen,
    /// What all sources hold.
    pub available: Fen,
}

/// Draws a sum from sources: pieces that add up to it exactly, none above what its source holds.
///
/// First in, first out by date and order of receipt; or pro rata, each share rounded down and the
/// fen that are left given to the largest remainders, ties to who came first.
///
/// # Errors
/// [`TooLittle`].
pub fn draw(
    sources: &[Source],
    sum: Amount,
    rule: Rule,
) -> Result<Vec<(usize, Amount)>, TooLittle> {
    let total: i128 = sources.iter().map(|one| i128::from(one.available.get())).sum();
    let asked = sum.fen();
    if total < i128::from(asked.get()) {
        let available = i64::try_from(total).ok().and_then(Fen::new).unwrap_or_default();
        return Err(TooLittle { asked, available });
    }
    let mut order: Vec<usize> = (0..sources.len()).collect();
    order.sort_by_key(|at| (sources[*at].received_on, sources[*at].order));
    let shares = match rule {
        Rule::Fifo => fifo(sources, &order, asked),
        Rule::ProRata => pro_rata(sources, &order, asked, total),
    };
    let pieces: Vec<(usize, Amount)> = order
        .into_iter()
        .filter_map(|at| Amount::try_from(shares[at]).ok().map(|amount| (at, amount)))
        .collect();
    assert!(Fen::sum(pieces.iter().map(|(_, amount)| *amount)) == Some(asked), "pieces add up");
    Ok(pieces)
}

fn fifo(sources: &[Source], order: &[usize], asked: Fen) -> Vec<Fen> {
    let mut shares = vec![Fen::ZERO; sources.len()];
    let mut missing = asked;
    for at in order {
        shares[*at] = sources[*at].available.min(missing);
        missing = missing.less(shares[*at]);
    }
    shares
}

fn pro_rata(sources: &[Source], order: &[usize], asked: Fen, total: i128) -> Vec<Fen> {
    let asked = i128::from(asked.get());
    let exact = |at: usize| i128::from(sources[at].available.get()) * asked;
    let mut shares: Vec<i128> = (0..sources.len()).map(|at| exact(at) / total).collect();
    let mut left = asked - shares.iter().sum::<i128>();
    let mut by_remainder = order.to_vec();
    by_remainder.sort_by_key(|at| std::cmp::Reverse(exact(*at) % total));
    for at in by_remainder {
        if left == 0 {
            break;
        }
        shares[at] += 1;
        left -= 1;
    }
    let fen = |share: i128| i64::try_from(share).ok().and_then(Fen::new);
    shares.into_iter().map(|share| fen(share).expect("a share is at most what is there")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn source(lot: &str, day: u8, fen: i64) -> Source {
        Source {
            lot: lot.to_owned(),
            received_on: Date::new(2017, 3, day).unwrap(),
            order: u64::from(day),
            available: Fen::new(fen).unwrap(),
            alone: false,
        }
    }

    fn drawn(sources: &[Source], fen: i64, rule: Rule) -> Vec<(String, i64)> {
        let pieces = draw(sources, Amount::new(fen).unwrap(), rule).unwrap();
        pieces.into_iter().map(|(at, fen)| (sources[at].lot.clone(), fen.get())).collect()
    }

    #[test]
    fn the_first_that_came_is_emptied_first() {
        let sources = [source("b", 2, 100), source("a", 1, 50)];
        let expected = [("a".to_owned(), 50), ("b".to_owned(), 10)];
        assert_eq!(drawn(&sources, 60, Rule::Fifo), expected);
    }

    #[test]
    fn fen_that_do_not_divide_go_to_the_largest_remainders_and_first_comers() {
        let sources = [source("a", 1, 1), source("b", 2, 1), source("c", 3, 1)];
        let expected = [("a".to_owned(), 1), ("b".to_owned(), 1)];
        assert_eq!(drawn(&sources, 2, Rule::ProRata), expected);
    }

    #[test]
    fn more_than_is_there_is_not_drawn() {
        let sources = [source("a", 1, 5)];
        assert!(draw(&sources, Amount::new(6).unwrap(), Rule::Fifo).is_err());
        assert_eq!(drawn(&sources, 5, Rule::ProRata), [("a".to_owned(), 5)]);
    }

    proptest! {
        #[test]
        fn pieces_add_up_and_none_is_above_its_source(
            each in prop::collection::vec(0i64..1_000_000_000, 1..20),
            part in 1i64..1000,
            rule in 0usize..2,
        ) {
            let sources: Vec<Source> =
                (1u8..).zip(&each).map(|(day, fen)| source("x", day, *fen)).collect();
            let total: i64 = each.iter().sum();
            let sum = total / 1000 * part;
            prop_assume!(sum > 0);
            let pieces = draw(&sources, Amount::new(sum).unwrap(), Rule::ALL[rule]).unwrap();
            for (at, amount) in &pieces {
                prop_assert!(amount.fen() <= sources[*at].available);
            }
            prop_assert_eq!(pieces.iter().map(|(_, amount)| amount.get()).sum::<i64>(), sum);
        }
    }
}
