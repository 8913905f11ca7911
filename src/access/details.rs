//! How much of a refusal its poster is told: figures only to a holder or supervisor; of a paper
//! that another organization may have used, and of a finding that is others', the code alone.
//!
//! The code itself is always told: the same wrong event gets the same code from whomever it comes.

use super::register::Register;
use super::viewer::{Principal, Viewer};
use crate::base::Code as Jurisdiction;
use crate::domain::role::Role;
use crate::domain::{Code, Refusal};

/// How much of a refusal's details is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    /// The code, and the sentence that belongs to it.
    CodeAlone,
    /// What it is about, without place and figures.
    WithoutFigures,
    /// Everything.
    All,
}

/// How much of the refusal of an event of this jurisdiction its poster is told.
pub fn may_see_details(
    viewer: &Viewer,
    refusal: &Refusal,
    here: Option<Jurisdiction>,
    register: &Register,
) -> Shown {
    let Some(one) = viewer.principal() else { return Shown::CodeAlone };
    if one.role.reads_all() {
        return Shown::All;
    }
    match refusal.code {
        // The refusal does not say whose the first use was; a bank reference counts within one
        // organization, so it is always the poster's own.
        Code::DuplicateVoucher => Shown::CodeAlone,
        // It would name who raised a finding that the poster may not know of.
        Code::NotOwnFinding => Shown::CodeAlone,
        _ if has_figures(refusal) && !holds(one, refusal, here, register) => Shown::WithoutFigures,
        _ => Shown::All,
    }
}

/// The refusal as its poster is told it.
pub fn shown(
    viewer: &Viewer,
    refusal: &Refusal,
    here: Option<Jurisdiction>,
    register: &Register,
) -> Refusal {
    match may_see_details(viewer, refusal, here, register) {
        Shown::All => refusal.clone(),
        Shown::CodeAlone => Refusal::new(refusal.code),
        Shown::WithoutFigures => {
            let mut told = refusal.clone();
            told.details.place = None;
            told.details.asked_fen = None;
            told.details.left_fen = None;
            told
        }
    }
}

fn has_figures(refusal: &Refusal) -> bool {
    let details = &refusal.details;
    details.place.is_some() || details.asked_fen.is_some() || details.left_fen.is_some()
}

/// Does the poster hold what the figures are of: a social lot's custodian or giver, the bureau of
/// the place of a fiscal lot, and where no lot is named whoever acts in that jurisdiction?
fn holds(
    one: &Principal,
    refusal: &Refusal,
    here: Option<Jurisdiction>,
    register: &Register,
) -> bool {
    let details = &refusal.details;
    let place = details.place.as_deref().and_then(|path| register.place(path));
    let Some(name) = details.lot.as_deref() else {
        return place.or(here) == Some(one.scope);
    };
    let Some(lot) = register.lot(name) else { return false };
    let gave = lot.giver.as_deref() == Some(&*one.org);
    let is_giver = gave && matches!(one.role, Role::Donor | Role::HelperUnit);
    let keeps = match &lot.custodian {
        Some(custodian) => one.role == Role::Custodian && **custodian == *one.org,
        None => one.role == Role::Bureau && place.or(here) == Some(one.scope),
    };
    keeps || is_giver
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::reading::tests::{principal, told};
    use crate::base::Fen;

    fn figures(code: Code) -> Refusal {
        Refusal::new(code).figures(Fen::new(9).unwrap(), Fen::new(8).unwrap()).about("it")
    }

    fn of_lot(lot: &str, place: &str) -> Refusal {
        let mut refusal = figures(Code::InsufficientFunds);
        refusal.details.lot = Some(lot.to_owned());
        refusal.details.place = Some(place.to_owned());
        refusal
    }

    #[test]
    fn figures_are_for_who_holds_the_money_and_for_supervision() {
        let register = told();
        let here = Jurisdiction::parse("130723");
        let gift = of_lot("G1", "available/130723");
        let fiscal = of_lot("L1", "available/130723");
        let project = figures(Code::AboveApproved);
        for (who, of_gift, of_fiscal, of_project) in [
            ("kb-finance", Shown::WithoutFigures, Shown::All, Shown::All),
            ("zb-finance", Shown::WithoutFigures, Shown::WithoutFigures, Shown::WithoutFigures),
            ("zjk-finance", Shown::WithoutFigures, Shown::WithoutFigures, Shown::WithoutFigures),
            ("kb-charity", Shown::All, Shown::WithoutFigures, Shown::All),
            ("kb-charity-2", Shown::WithoutFigures, Shown::WithoutFigures, Shown::All),
            ("donor-1", Shown::All, Shown::WithoutFigures, Shown::WithoutFigures),
            ("donor-2", Shown::WithoutFigures, Shown::WithoutFigures, Shown::WithoutFigures),
            ("hb-audit", Shown::All, Shown::All, Shown::All),
        ] {
            let viewer = principal(&register, who);
            let of = |refusal| may_see_details(&viewer, refusal, here, &register);
            assert_eq!(
                [of(&gift), of(&fiscal), of(&project)],
                [of_gift, of_fiscal, of_project],
                "{who}"
            );
        }
    }

    #[test]
    fn a_paper_that_others_may_have_used_shows_its_code_alone() {
        let register = told();
        let viewer = principal(&register, "kb-finance");
        for code in [Code::DuplicateVoucher, Code::NotOwnFinding] {
            let told = shown(&viewer, &figures(code), None, &register);
            assert_eq!(told, Refusal::new(code));
        }
        let own = figures(Code::DuplicateBankReference).code;
        assert_eq!(may_see_details(&viewer, &Refusal::new(own), None, &register), Shown::All);
    }

    #[test]
    fn without_figures_no_figure_is_left_in_the_sentence() {
        let register = told();
        let viewer = principal(&register, "zb-finance");
        let told = shown(&viewer, &of_lot("L1", "available/130723"), None, &register);
        assert_eq!(told.details.lot.as_deref(), Some("L1"));
        assert!(!told.message().contains("fen,") && !told.message().contains("130723"));
    }
}
