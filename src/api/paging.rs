//! Pages of named rows, in the order of their names: a row that comes later never moves those that
//! a reader has.

use super::parameters::Values;
use serde::Serialize;

/// A page of rows.
#[derive(Clone, Debug, Serialize)]
pub struct Rows<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// The cursor of the next page; null at the end.
    pub next: Option<String>,
}

/// The page that is asked for, of rows that come in the order of their names.
pub fn page<T>(query: &Values, rows: impl Iterator<Item = (String, T)>) -> Rows<T> {
    let after = query.text("after");
    let mut rows = rows.filter(|(name, _)| after.is_none_or(|after| name.as_str() > after));
    let limit = query.limit();
    let mut taken: Vec<(String, T)> = rows.by_ref().take(limit).collect();
    let next = match rows.next() {
        Some(_) => taken.last().map(|(name, _)| name.clone()),
        None => None,
    };
    Rows { rows: taken.drain(..).map(|(_, row)| row).collect(), next }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::parameters::{AFTER_NAME, LIMIT, Parameter};

    #[test]
    fn pages_follow_each_other_without_gap_or_overlap() {
        static KNOWN: &[&Parameter] = &[&LIMIT, &AFTER_NAME];
        let all: Vec<String> = (0..10).map(|at| format!("r{at}")).collect();
        for limit in 1..12 {
            let mut seen = Vec::new();
            let mut after: Option<String> = None;
            loop {
                let mut pairs = vec![("limit".to_owned(), limit.to_string())];
                pairs.extend(after.iter().map(|after| ("after".to_owned(), after.clone())));
                let query = Values::read(KNOWN, pairs.into_iter()).unwrap();
                let rows = page(&query, all.iter().map(|name| (name.clone(), name.clone())));
                assert!(rows.rows.len() <= limit);
                seen.extend(rows.rows);
                match rows.next {
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
            assert_eq!(seen, all, "{limit}");
        }
    }
}
