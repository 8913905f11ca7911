//! The body of the event that a row, or the rows of one payment, become.
//!
//! Shapes are the design's, section 5. Whether the ledger takes the event is judged when it is
//! posted.

use super::identity::{event_id, lot_id};
use super::kind::{Column, Need};
use super::payment::Payment;
use super::value::{Fields, Value};
use super::{Document, Kind, Poster, Reason};
use crate::base::{Digest, EventId};
use serde_json::{Map, Value as Json, json};

/// What a gift notes whose column says that it is directed, but not to what.
const DIRECTED: &str = "定向捐赠，来源表未写明用途";

/// Writes the bodies of one sheet.
pub(super) struct Writer<'a> {
    pub(super) kind: Kind,
    pub(super) poster: &'a Poster<'a>,
    pub(super) document: &'a Document,
    pub(super) columns: &'a [Column],
}

impl Writer<'_> {
    /// The id and the body of an event, or the field that its rows lack.
    pub(super) fn body(
        &self,
        payment: &Payment,
        digest: Digest,
    ) -> Result<(EventId, String), Reason> {
        let fields = &payment.rows[0].fields;
        let data = match self.kind {
            Kind::Allocations => self.pick(fields, &["lot", "to", "amount"]),
            Kind::Commitments => self.commitment(payment)?,
            Kind::Disbursements => self.disbursement(payment)?,
            Kind::Donations => self.donation(fields, digest),
            Kind::Projects => self.project(fields),
        };
        let id = event_id(digest);
        let mut body = json!({
            "business_date": get(fields, "business_date"),
            "by": {
                "checker": self.poster.checker.as_str(),
                "maker": self.poster.maker.as_str(),
                "org": self.poster.org.as_str(),
            },
            "data": data,
            "docs": [self.document(fields)?],
            "id": id.to_string(),
            "jurisdiction": self.poster.jurisdiction.to_string(),
            "type": self.kind.event_type(),
        });
        if let Some(note) = note(payment) {
            body["note"] = bounded_note(note)?.into();
        }
        Ok((id, body.to_string()))
    }

    /// The document: the sheet itself, or the one that the row names with its digest. A number
    /// alone becomes the title of the sheet, since the sheet is what can be checked.
    fn document(&self, fields: &Fields) -> Result<Json, Reason> {
        let (number, sha256) = (get(fields, "document"), get(fields, "document_sha256"));
        match (number, sha256) {
            (Some(number), Some(sha256)) => Ok(json!({ "number": number, "sha256": sha256 })),
            (None, Some(_)) => Err(Reason::Blank("document")),
            (title, None) => {
                let sha256 = self.document.sha256.to_string();
                let mut sheet = json!({ "number": self.document.number, "sha256": sha256 });
                if let Some(title) = title {
                    sheet["title"] = title;
                }
                Ok(sheet)
            }
        }
    }

    fn commitment(&self, payment: &Payment) -> Result<Map<String, Json>, Reason> {
        let fields = &payment.rows[0].fields;
        let mut data = self.pick(fields, &["project", "from", "plan"]);
        // A plan is only ever a plan of consolidation, so it says where the money is from.
        let from = if fields.contains_key("plan") { "consolidated" } else { "available" };
        data.entry("from").or_insert_with(|| from.into());
        if data["from"] == "consolidated" && !data.contains_key("plan") {
            return Err(Reason::Blank("plan"));
        }
        data.insert("lots".to_owned(), lots(payment));
        Ok(data)
    }

    fn disbursement(&self, payment: &Payment) -> Result<Map<String, Json>, Reason> {
        let fields = &payment.rows[0].fields;
        let own =
            ["project", "kind", "payee", "payee_account", "method", "bank_ref", "subject_code"];
        let mut data = self.pick(fields, &own);
        if let Some(transfer) = get(fields, "transfer").or(payment.transfer_fen.map(Json::from)) {
            data.insert("transfer_fen".to_owned(), transfer);
        }
        let basis = renamed(
            fields,
            &[
                ("kind", "basis_kind"),
                ("number", "basis_number"),
                ("sha256", "basis_sha256"),
                ("amount_fen", "basis_amount"),
            ],
        );
        data.insert("basis".to_owned(), basis.into());
        data.insert("lots".to_owned(), lots(payment));
        let vouchers = vouchers(payment)?;
        if !vouchers.is_empty() {
            data.insert("vouchers".to_owned(), vouchers.into());
        }
        // A count of households beside a payment informs the reader of the sheet, no more.
        if data.get("kind").is_some_and(|it| it == "subsidy_batch") {
            for field in ["recipients", "recipients_sha256", "paid_through"] {
                if !fields.contains_key(field) {
                    return Err(Reason::Blank(field));
                }
            }
            let recipients = renamed(
                fields,
                &[
                    ("count", "recipients"),
                    ("list_sha256", "recipients_sha256"),
                    ("paid_through", "paid_through"),
                ],
            );
            data.insert("recipients".to_owned(), recipients.into());
        }
        Ok(data)
    }

    fn donation(&self, fields: &Fields, digest: Digest) -> Map<String, Json> {
        let own = [
            "lot",
            "donor",
            "donor_kind",
            "amount",
            "bank_ref",
            "receipt_no",
            "anonymity",
            "campaign",
            "pledge",
        ];
        let mut data = self.pick(fields, &own);
        data.entry("lot").or_insert_with(|| lot_id(digest).into());
        data.insert("custodian".to_owned(), self.poster.org.as_str().into());
        if let Some(transfer) = get(fields, "transfer") {
            data.insert("transfer_fen".to_owned(), transfer);
        }
        let mut intent = renamed(
            fields,
            &[
                ("jurisdictions", "intent_jurisdictions"),
                ("villages", "intent_villages"),
                ("projects", "intent_projects"),
                ("categories", "intent_categories"),
                ("fee_cap_bp", "fee_cap_bp"),
            ],
        );
        intent.extend(self.pick(fields, &["fallback"]));
        if let Some(Value::Text(text)) = fields.get("intent_text") {
            intent.insert("text".to_owned(), text.as_str().into());
        }
        data.insert("intent".to_owned(), intent.into());
        data
    }

    fn project(&self, fields: &Fields) -> Map<String, Json> {
        let own = ["project", "name", "category", "unit", "households", "goals"];
        let mut data = self.pick(fields, &own);
        data.extend(renamed(fields, &[("estimate_fen", "estimate")]));
        let villages = get(fields, "village_codes").unwrap_or_else(|| json!([]));
        data.insert("village_codes".to_owned(), villages);
        data
    }

    /// The named fields under their own names, `amount` as `amount_fen`, with the kind's
    /// defaults for those that are absent.
    fn pick(&self, fields: &Fields, names: &[&str]) -> Map<String, Json> {
        let mut data = Map::new();
        for name in names {
            let default = self.columns.iter().find(|it| it.field == *name).map(|it| it.need);
            let value = get(fields, name).or(match default {
                Some(Need::Default(word)) => Some(word.into()),
                Some(Need::Required | Need::Optional) | None => None,
            });
            if let Some(value) = value {
                let name = if *name == "amount" { "amount_fen" } else { name };
                data.insert(name.to_owned(), value);
            }
        }
        data
    }
}

/// The lots of a payment in the order of the sheet, each once with its sum.
fn lots(payment: &Payment) -> Json {
    let mut lots: Vec<(&str, i64)> = Vec::new();
    for row in &payment.rows {
        let (Some(Value::Text(lot)), Some(Value::Number(fen))) =
            (row.fields.get("lot"), row.fields.get("amount"))
        else {
            continue;
        };
        match lots.iter_mut().find(|(known, _)| known == lot) {
            // The ledger refuses sums out of range; here it is enough not to overflow.
            Some((_, sum)) => *sum = sum.saturating_add(*fen),
            None => lots.push((lot, *fen)),
        }
    }
    let each = lots.into_iter().map(|(lot, fen)| json!({ "amount_fen": fen, "lot": lot }));
    each.collect()
}

fn vouchers(payment: &Payment) -> Result<Vec<Json>, Reason> {
    let names = [
        ("kind", "voucher_kind"),
        ("number", "voucher_number"),
        ("sha256", "voucher_sha256"),
        ("amount_fen", "voucher_amount"),
        ("face_fen", "voucher_face"),
    ];
    let mut vouchers = Vec::new();
    for row in &payment.rows {
        if !names.iter().any(|(_, field)| row.fields.contains_key(field)) {
            continue;
        }
        let mut voucher = renamed(&row.fields, &names);
        for (field, column) in &names[..3] {
            if !voucher.contains_key(*field) {
                return Err(Reason::Blank(column));
            }
        }
        // A voucher that says no amount covers its row.
        if let Some(amount) = get(&row.fields, "amount") {
            voucher.entry("amount_fen").or_insert(amount);
        }
        vouchers.push(voucher.into());
    }
    Ok(vouchers)
}

/// What the rows note, each note once.
fn note(payment: &Payment) -> Option<String> {
    let mut notes: Vec<&str> = Vec::new();
    for row in &payment.rows {
        if let Some(Value::Text(note)) = row.fields.get("note")
            && !notes.contains(&note.as_str())
        {
            notes.push(note);
        }
        if row.fields.get("intent_text") == Some(&Value::Flag(true)) {
            notes.push(DIRECTED);
        }
    }
    (!notes.is_empty()).then(|| notes.join("；"))
}

fn bounded_note(note: String) -> Result<String, Reason> {
    let (chars, limit) = (note.chars().count(), 500);
    if chars > limit { Err(Reason::TooLong { chars, limit }) } else { Ok(note) }
}

fn renamed(fields: &Fields, names: &[(&str, &str)]) -> Map<String, Json> {
    let each = names.iter();
    each.filter_map(|(name, field)| Some(((*name).to_owned(), get(fields, field)?))).collect()
}

fn get(fields: &Fields, field: &str) -> Option<Json> {
    Some(match fields.get(field)? {
        Value::Text(text) => text.as_str().into(),
        Value::Number(number) => (*number).into(),
        Value::Texts(texts) => texts.as_slice().into(),
        Value::Flag(flag) => (*flag).into(),
    })
}
