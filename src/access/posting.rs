//! What a reader may post: the types that its role may be offered, and where.
//!
//! An offer is a convenience: whether an event is recorded, the rules decide when it is posted.

use super::viewer::{Principal, Viewer};
pub use crate::domain::Type;
pub use crate::domain::event::{Family, labels_of};
pub use crate::domain::refusal::Code;
use crate::domain::role::{Reach, Standing};

/// The types that a viewer's role may post in its scope or elsewhere, in the order of families.
pub fn offered(viewer: &Viewer) -> Vec<Type> {
    let Some(one) = viewer.principal() else { return Vec::new() };
    Type::ALL.iter().copied().filter(|kind| may_post(one, *kind)).collect()
}

/// Does the role's row name the type, where the scope lets it?
pub fn may_post(one: &Principal, kind: Type) -> bool {
    reaches(one, kind).any(|reach| reach != Reach::Province || is_province(one))
}

/// Is the event's jurisdiction always the scope?
pub fn is_own_only(one: &Principal, kind: Type) -> bool {
    let mut reaches = reaches(one, kind);
    reaches.all(|reach| matches!(reach, Reach::Own | Reach::Province))
}

/// Is an event of the scope itself among what the role may post?
pub fn covers_own(one: &Principal, kind: Type) -> bool {
    let own = if is_province(one) { Standing::SameProvince } else { Standing::Same };
    reaches(one, kind).any(|reach| reach.covers(own))
}

fn reaches(one: &Principal, kind: Type) -> impl Iterator<Item = Reach> {
    let posters = kind.spec().posters.iter();
    posters.filter(|(role, _)| *role == one.role).map(|(_, reach)| *reach)
}

fn is_province(one: &Principal) -> bool {
    one.scope.to_string().ends_with("0000")
}
