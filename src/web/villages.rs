//! Villages in words. The ledger registers no village, so each stands by its twelve digits, as the
//! statistics office lists it.

use super::lang::Lang;
use crate::base::Village;

/// How many villages are named before the rest are counted.
const NAMED: usize = 6;

/// `村 130723200201、130723200202`, and how many there are where not all are named; nothing for
/// none.
pub fn named(lang: Lang, villages: &[Village]) -> String {
    let codes: Vec<String> = villages.iter().take(NAMED).map(Village::to_string).collect();
    let (count, more) = (villages.len(), villages.len() > NAMED);
    match (lang, count) {
        (_, 0) => String::new(),
        (Lang::Zh, _) if more => format!("村 {} 等 {count} 个村", codes.join("、")),
        (Lang::Zh, _) => format!("村 {}", codes.join("、")),
        (Lang::En, 1) => format!("village {}", codes.concat()),
        (Lang::En, _) if more => {
            format!("villages {} and {} more", codes.join(", "), count - NAMED)
        }
        (Lang::En, _) => format!("villages {}", codes.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_named_and_many_are_counted() {
        let villages: Vec<Village> = (1..=8).map(|one| Village(130_723_200_200 + one)).collect();
        assert_eq!(named(Lang::Zh, &[]), "");
        assert_eq!(named(Lang::Zh, &villages[..2]), "村 130723200201、130723200202");
        assert_eq!(named(Lang::En, &villages[..1]), "village 130723200201");
        assert!(named(Lang::Zh, &villages).ends_with("130723200206 等 8 个村"));
        assert!(named(Lang::En, &villages).ends_with("130723200206 and 2 more"));
    }
}
