//! In which order the fields of the main papers stand, and what is proposed while one types.

use crate::access::posting::Type;

/// The order of the paper: business, payee and basis, lots.
const PAPERS: &[(Type, &[&str])] = &[
    (Type::AllocationMade, &["lot", "to", "amount_fen"]),
    (Type::FundsCommitted, &["project", "from", "plan", "lots"]),
    (
        Type::DisbursementMade,
        &["kind", "method", "project", "payee", "basis", "bank_ref", "lots", "vouchers"],
    ),
    (Type::ReimbursementAccepted, &["project", "unit", "vouchers", "lots"]),
    (
        Type::DonationReceived,
        &[
            "lot",
            "donor",
            "donor_kind",
            "anonymity",
            "custodian",
            "amount_fen",
            "bank_ref",
            "receipt_no",
            "lookup_sha256",
            "intent",
        ],
    ),
];

/// The order inside groups that several papers share.
const PARTS: &[&str] = &[
    "code",
    "kind",
    "number",
    "sha256",
    "lot",
    "fund",
    "item",
    "amount_fen",
    "face_fen",
    "date",
    "title",
    "text",
    "fallback",
];

/// Where a field stands among those beside it; what is not named stands behind.
pub fn of(kind: Type, above: &str, key: &str) -> usize {
    let paper = PAPERS.iter().find(|(known, _)| *known == kind).map(|(_, order)| *order);
    let order = if above == "data" { paper.unwrap_or(&[]) } else { PARTS };
    order.iter().position(|one| *one == key).unwrap_or(usize::MAX)
}

/// The list whose words are proposed for a field.
pub fn list_of(key: &str) -> Option<&'static str> {
    match key {
        "lot" | "of_lot" => Some("lots"),
        "project" => Some("projects"),
        "payee" | "unit" | "org" | "organization" | "custodian" | "debtor" | "certifier"
        | "helper" => Some("organizations"),
        "to" | "helped" => Some("jurisdictions"),
        _ => None,
    }
}
