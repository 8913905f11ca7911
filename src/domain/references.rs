//! Bank references and the faces of vouchers: what was paid once is not paid twice.
//!
//! A reference or voucher is remembered by a digest, so no text of it stands in the state.
//! Reversals and returns give back what they undo (design section 5, duplicates).

use super::case::Case;
use super::event::{Data, Entry};
use super::events::Method;
use super::parts::{Basis, BasisKind, Voucher, VoucherKind};
use super::refusal::{Check, Code as Refused};
use super::state::{BankUse, Direction, State, bank_key};
use crate::base::{Amount, Digest, Fen, Name};

/// A bank reference as an event uses it.
#[derive(Clone, Copy, Debug)]
pub struct Bank<'a> {
    /// The reference; none when no bank moved.
    pub reference: Option<Name<'a>>,
    /// Did the money come or go?
    pub direction: Direction,
    /// The event's own sum.
    pub sum: Fen,
    /// The whole of the bank's transfer, where it paid several events.
    pub transfer: Option<Amount>,
}

impl<'a> Bank<'a> {
    /// The bank reference that an event uses; none where no bank moved.
    pub fn of(data: &'a Data<'_>) -> Option<Bank<'a>> {
        let bank = match data {
            Data::FundsReceived(data) => data.bank(),
            Data::FundsWithdrawn(data) => data.bank(),
            // A cash voucher's number stands in the same field and no bank knows it.
            Data::DisbursementMade(data) if data.method == Method::Cash => return None,
            Data::DisbursementMade(data) => data.bank(),
            Data::DisbursementReturned(data) => data.bank(),
            Data::DonationReceived(data) => data.bank(),
            Data::DonationRefunded(data) => data.bank(),
            Data::FundsRecovered(data) => data.bank(),
            _ => return None,
        };
        bank.reference.is_some().then_some(bank)
    }
}

/// A paper with a face: how much of it an event uses.
#[derive(Clone, Copy, Debug)]
pub struct Face<'a> {
    /// Its number.
    pub number: &'a str,
    /// Is its number unique everywhere (an invoice), or only within one organization and kind?
    pub everywhere: bool,
    /// The kind's code.
    pub kind: &'static str,
    /// SHA-256 of its file.
    pub sha256: Digest,
    /// What is used.
    pub used: Fen,
    /// What its face says.
    pub face: Fen,
}

impl<'a> Face<'a> {
    /// A voucher's face.
    pub fn of_voucher(voucher: &'a Voucher<'_>) -> Face<'a> {
        Face {
            number: voucher.number.as_str(),
            everywhere: voucher.kind == VoucherKind::Invoice,
            kind: voucher.kind.code(),
            sha256: voucher.sha256,
            used: voucher.amount_fen.fen(),
            face: voucher.face_fen.unwrap_or(voucher.amount_fen).fen(),
        }
    }

    /// A basis' face, of which the event uses its own sum; contracts and requests have none.
    pub fn of_basis(basis: &'a Basis<'_>, sum: Fen) -> Option<Face<'a>> {
        match basis.kind {
            BasisKind::Contract | BasisKind::Reimbursement => None,
            BasisKind::Invoice | BasisKind::HouseholdList => Some(Face {
                number: basis.number.as_str(),
                everywhere: basis.kind == BasisKind::Invoice,
                kind: basis.kind.code(),
                sha256: basis.sha256,
                used: sum,
                face: basis.amount_fen.map_or(sum, Amount::fen),
            }),
        }
    }

    /// The two keys by which it is remembered: its file, and its number.
    fn keys(&self, org: &str) -> [[u8; 16]; 2] {
        let number = match self.everywhere {
            true => Digest::of(&[b"invoice/", self.number.as_bytes()]),
            false => Digest::of(&[
                b"paper/",
                self.kind.as_bytes(),
                b"/",
                org.as_bytes(),
                b"/",
                self.number.as_bytes(),
            ]),
        };
        [Digest::of(&[b"file/", &self.sha256.0]).half(), number.half()]
    }
}

impl Case<'_> {
    /// The bank reference is new, or belongs to a transfer that pays several events of one day
    /// (`duplicate_bank_reference`).
    pub fn new_bank_reference(&self, bank: &Bank<'_>) -> Check {
        let Some(reference) = bank.reference else { return Ok(()) };
        let key = bank_key(self.event.by.org.as_str(), bank.direction, reference.as_str());
        let fits = match self.state.bank_references.get(&key) {
            None => true,
            Some(row) if row.count == 0 => true,
            Some(row) => {
                let whole = bank.transfer.map(Amount::fen);
                whole.is_some()
                    && row.transfer == whole
                    && row.date == Some(self.date())
                    && row.used.plus(bank.sum) <= whole
            }
        };
        self.require_of(Refused::DuplicateBankReference, fits, reference)
    }

    /// The transfer is at least the event's own sum (`figures_differ`).
    pub fn right_transfer(&self, bank: &Bank<'_>) -> Check {
        match bank.transfer {
            Some(transfer) if transfer.fen() < bank.sum => {
                self.require_equal(transfer.fen(), bank.sum, "transfer_fen")
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The face of each paper has room for what is used of it (`duplicate_voucher`).
    pub fn faces_have_room<'f>(&self, faces: impl Iterator<Item = Face<'f>>) -> Check {
        let mut here: Vec<([u8; 16], Fen)> = Vec::new();
        for face in faces {
            for key in face.keys(self.event.by.org.as_str()) {
                let earlier = here.iter().filter(|(other, _)| *other == key).map(|(_, used)| *used);
                let in_event = Fen::sum(earlier).unwrap_or_default();
                let row = self.state.faces.get(&key).filter(|row| !row.used.is_zero());
                let (limit, used) = row.map_or((face.face, Fen::ZERO), |row| (row.face, row.used));
                self.require_within(
                    Refused::DuplicateVoucher,
                    face.used,
                    limit.less(used).less(in_event),
                    format_args!("{} {}", face.kind, face.number),
                )?;
                here.push((key, face.used));
            }
        }
        Ok(())
    }
}

impl State {
    /// Remembers that an event used a bank reference.
    pub fn use_bank_reference(&mut self, entry: &Entry<'_>, bank: &Bank<'_>) {
        let Some(reference) = bank.reference else { return };
        let key = bank_key(entry.event.by.org.as_str(), bank.direction, reference.as_str());
        let row = self.bank_references.change_or_add(key);
        if row.count == 0 {
            *row = BankUse {
                date: Some(entry.event.business_date),
                transfer: bank.transfer.map(Amount::fen),
                ..BankUse::default()
            };
        }
        row.used = row.used.plus(bank.sum).expect("a transfer bounds its uses");
        row.count += 1;
    }

    /// Gives a bank reference back.
    pub fn free_bank_reference(&mut self, entry: &Entry<'_>, bank: &Bank<'_>) {
        let Some(reference) = bank.reference else { return };
        let key = bank_key(entry.event.by.org.as_str(), bank.direction, reference.as_str());
        let row = self.bank_references.change_or_add(key);
        row.used = row.used.minus(bank.sum).expect("a use is given back once");
        row.count = row.count.checked_sub(1).expect("a use is given back once");
    }

    /// Remembers what an event of `org` uses of a paper's face.
    pub fn use_face(&mut self, org: &str, face: &Face<'_>) {
        for key in face.keys(org) {
            let row = self.faces.change_or_add(key);
            if row.used.is_zero() {
                row.face = face.face;
            }
            row.used = row.used.plus(face.used).expect("a face bounds its uses");
        }
    }

    /// Gives back part of a paper's face.
    pub fn free_face(&mut self, org: &str, face: &Face<'_>, amount: Fen) {
        for key in face.keys(org) {
            let row = self.faces.change_or_add(key);
            row.used = row.used.less(amount);
        }
    }
}
