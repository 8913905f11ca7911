//! A place as a record writes it, read without a state: folds know names, not indices.
//!
//! The form is that of `domain::place`; what it means is design section 3.

use crate::base::Code;
use crate::domain::place::PlaceKind;

/// A place by its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot<'p> {
    /// What kind of place it is.
    pub kind: PlaceKind,
    /// Where the money lies, or, inside a project, whose money it was; none outside.
    pub code: Option<Code>,
    /// The plan under which it was consolidated.
    pub plan: Option<&'p str>,
    /// The project that it lies in.
    pub project: Option<&'p str>,
    /// The unit that got the advance, or the debtor.
    pub party: Option<&'p str>,
}

impl<'p> Spot<'p> {
    /// The place of a path; none for what is not one.
    pub fn parse(path: &'p str) -> Option<Spot<'p>> {
        let mut steps = path.split('/');
        let kind = PlaceKind::parse(steps.next()?)?;
        let mut spot = Spot { kind, code: None, plan: None, project: None, party: None };
        match kind {
            PlaceKind::Outside => return Some(spot),
            PlaceKind::Available | PlaceKind::Consolidated | PlaceKind::Surplus => {}
            PlaceKind::Committed | PlaceKind::Spent => spot.project = Some(steps.next()?),
            PlaceKind::Advanced | PlaceKind::Reclaim => {
                spot.party = Some(steps.next()?);
                spot.project = Some(steps.next()?);
            }
        }
        spot.code = Some(Code::parse(steps.next()?)?);
        spot.plan = steps.next();
        steps.next().is_none().then_some(spot)
    }

    /// Does money here wait for its use, outside of any project?
    pub fn is_waiting(&self) -> bool {
        matches!(self.kind, PlaceKind::Available | PlaceKind::Consolidated | PlaceKind::Surplus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_path_is_read() {
        for (path, project, party, plan) in [
            ("available/130723", None, None, None),
            ("consolidated/130723/KB-2017", None, None, Some("KB-2017")),
            ("committed/P1/130000", Some("P1"), None, None),
            ("spent/P1/130723/KB-2017", Some("P1"), None, Some("KB-2017")),
            ("advanced/u1/P1/130723", Some("P1"), Some("u1"), None),
            ("reclaim/p-1/P1/130723/KB", Some("P1"), Some("p-1"), Some("KB")),
        ] {
            let spot = Spot::parse(path).unwrap();
            assert_eq!((spot.project, spot.party, spot.plan), (project, party, plan), "{path}");
            assert_eq!(spot.kind.code(), path.split('/').next().unwrap());
        }
        assert_eq!(Spot::parse("outside").unwrap().code, None);
        for wrong in ["", "available", "available/x", "spent/P1", "spent/P1/130723/a/b"] {
            assert_eq!(Spot::parse(wrong), None, "{wrong}");
        }
    }
}
