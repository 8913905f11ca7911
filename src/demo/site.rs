//! A project under way: what its offices post about it, one after the other.
//!
//! The site remembers what is committed, advanced and paid, so that each step asks for what is
//! there.

use super::calendar::{plus, working};
use super::cast::{County, MARK, Village};
use super::diary::{Act, Desk, Diary, Thread};
use super::purse::{Share, lots, put_back, sum, take};
use crate::base::{Date, EventId};
use serde_json::{Value, json};

/// What a project is to be.
#[derive(Clone, Debug)]
pub struct Outline {
    /// Its category.
    pub category: &'static str,
    /// What is built or given, such as 村道路硬化.
    pub what: &'static str,
    /// Where; none: in the whole county.
    pub village: Option<Village>,
    /// What it is thought to cost, in fen.
    pub estimate_fen: i64,
    /// How many households it helps.
    pub households: i64,
    /// Which of the county's units carries it out.
    pub unit: usize,
    /// Which of the county's payees is paid.
    pub payee: usize,
}

/// A project under way.
#[derive(Debug)]
pub struct Site<'c> {
    /// Its county.
    pub county: &'c County,
    /// Its id.
    pub id: String,
    /// What it is to be.
    pub outline: Outline,
    /// How far it has come.
    pub thread: Thread,
    /// What is committed and not yet paid.
    pub committed: Vec<Share>,
    /// What its unit has to account for.
    pub advanced: Vec<Share>,
    /// What the first payment drew on.
    pub paid: Vec<Share>,
    /// What was declared surplus.
    pub surplus: Vec<Share>,
    /// The last advance.
    pub advance: Option<EventId>,
    /// What it was approved for, in fen; 0 before.
    pub approved_fen: i64,
}

/// How money leaves the bank.
#[derive(Clone, Debug)]
pub struct Payment {
    /// `payment`, `subsidy_batch` or `fee`.
    pub kind: &'static str,
    /// To whom.
    pub payee: String,
    /// `transfer`, `treasury`, `card` or `cash`.
    pub method: &'static str,
    /// What it rests on; none: the project's contract.
    pub basis: Option<Value>,
}

impl<'c> Site<'c> {
    /// The project enters the library 入库.
    pub fn admit(diary: &mut Diary, county: &'c County, outline: Outline, from: Date) -> Site<'c> {
        let id =
            format!("P{}-{:03}", county.code, diary.number(&format!("project/{}", county.code)));
        let mut thread = Thread::from(from);
        let villages: Vec<&str> = outline.village.iter().map(|village| village.code).collect();
        let place = outline.village.as_ref().map_or(county.name, |village| village.name);
        let data = json!({
            "project": id, "name": format!("{place}{}{MARK}", outline.what),
            "category": outline.category, "village_codes": villages,
            "unit": county.units[outline.unit].org, "estimate_fen": outline.estimate_fen,
            "households": outline.households,
            "goals": format!("受益建档立卡户 {} 户{MARK}", outline.households),
        });
        diary.write(&mut thread, Act::new(&county.poverty, "project_admitted", data));
        Site {
            county,
            id,
            outline,
            thread,
            committed: Vec::new(),
            advanced: Vec::new(),
            paid: Vec::new(),
            surplus: Vec::new(),
            advance: None,
            approved_fen: 0,
        }
    }

    /// The project is shown on a board or a site for so many days, and what hung there is recorded.
    pub fn disclose(&mut self, diary: &mut Diary, level: &str, days: i64) {
        let subject = json!({ "kind": "project", "id": self.id });
        self.show(diary, subject, level, days);
    }

    /// The acceptance is shown in the village.
    pub fn disclose_acceptance(&mut self, diary: &mut Diary, accepted: EventId) {
        let subject = json!({ "kind": "acceptance", "id": accepted.to_string() });
        self.show(diary, subject, "village", 10);
    }

    fn show(&mut self, diary: &mut Diary, subject: Value, level: &str, days: i64) {
        let county = self.county;
        let desk = match level {
            "county" => &county.poverty,
            _ if self.outline.unit == 0 => &county.units[0],
            _ => &county.poverty,
        };
        let (channel, place) = match level {
            "county" => ("website", "县政府门户网站扶贫专栏"),
            "township" => ("board", "乡镇政务公开栏"),
            _ => ("board", "村务公开栏"),
        };
        let from = plus(self.thread.day, 1);
        self.thread.pass(days + 1);
        let content = diary.file(&format!("notice/{}/{level}/{from}", self.id));
        let data = json!({
            "subject": subject, "level": level, "channel": channel,
            "place": format!("{place}{MARK}"), "from": from, "until": plus(from, days - 1),
            "content_sha256": content,
        });
        diary.write(&mut self.thread, Act::new(desk, "disclosure_published", data));
    }

    /// The poverty office approves the project with a sum and the funds that may pay it.
    pub fn approve(&mut self, diary: &mut Diary, approved_fen: i64, sources: &[&str]) {
        let mut sources = sources.to_vec();
        sources.sort_unstable();
        sources.dedup();
        self.approved_fen = approved_fen;
        let data = json!({ "project": self.id, "approved_fen": approved_fen, "sources": sources });
        diary.write(&mut self.thread, Act::new(&self.county.poverty, "project_approved", data));
    }

    /// Money is arranged for it, an event for each source that it comes from.
    pub fn commit(&mut self, diary: &mut Diary, desk: &Desk, shares: &[Share]) {
        self.commit_as(diary, desk, shares, |act| act);
    }

    /// As [`Site::commit`], each event made what it is by `made`.
    pub fn commit_as(
        &mut self,
        diary: &mut Diary,
        desk: &Desk,
        shares: &[Share],
        made: impl Fn(Act<'_>) -> Act<'_>,
    ) {
        let mut plans: Vec<&Option<String>> = shares.iter().map(|share| &share.plan).collect();
        plans.dedup();
        for plan in plans {
            let from_plan: Vec<Share> =
                shares.iter().filter(|share| share.plan == *plan).cloned().collect();
            for share in &from_plan {
                self.thread.wait(share.known);
            }
            let mut data =
                json!({ "project": self.id, "from": "available", "lots": lots(&from_plan) });
            if let Some(plan) = plan {
                data["from"] = json!("consolidated");
                data["plan"] = json!(plan);
            }
            diary.write(&mut self.thread, made(Act::new(desk, "funds_committed", data)));
            put_back(&mut self.committed, &from_plan);
        }
    }

    /// What is committed goes back to its sources.
    pub fn release(&mut self, diary: &mut Diary) {
        for share in std::mem::take(&mut self.committed) {
            let of_lot = lots(std::slice::from_ref(&share));
            let mut data = json!({ "project": self.id, "to": "available", "lots": of_lot });
            if let Some(plan) = &share.plan {
                data["to"] = json!("consolidated");
                data["plan"] = json!(plan);
            }
            let act = Act::new(&self.county.finance, "commitment_released", data);
            diary.write(&mut self.thread, act);
        }
    }

    /// The project is given up.
    pub fn cancel(&mut self, diary: &mut Diary, reason: &str) {
        let data = json!({ "project": self.id, "reason": reason });
        diary.write(&mut self.thread, Act::new(&self.county.poverty, "project_cancelled", data));
    }

    /// The poverty office approves another sum.
    pub fn change(&mut self, diary: &mut Diary, approved_fen: i64, reason: &str) {
        self.approved_fen = approved_fen;
        let data = json!({
            "project": self.id, "changes": { "approved_fen": approved_fen }, "reason": reason,
        });
        diary.write(&mut self.thread, Act::new(&self.county.poverty, "project_changed", data));
    }

    /// The unit gets money in advance 预拨.
    pub fn advance(&mut self, diary: &mut Diary, fen: i64) -> EventId {
        self.advance_as(diary, fen, |act| act)
    }

    /// As [`Site::advance`], the event made what it is by `made`.
    pub fn advance_as(
        &mut self,
        diary: &mut Diary,
        fen: i64,
        made: impl Fn(Act<'_>) -> Act<'_>,
    ) -> EventId {
        let desk = &self.county.finance;
        let shares = take(&mut self.committed, fen);
        let data = json!({
            "project": self.id, "kind": "advance", "payee": self.unit(), "method": "transfer",
            "bank_ref": diary.bank_reference(desk), "basis": self.contract(diary),
            "lots": lots(&shares),
        });
        let id = diary.write(&mut self.thread, made(Act::new(desk, "disbursement_made", data)));
        put_back(&mut self.advanced, &shares);
        self.advance = Some(id);
        id
    }

    /// The unit accounts for part of its advances with an invoice or two 报账.
    pub fn reimburse(&mut self, diary: &mut Diary, fen: i64) {
        let shares = take(&mut self.advanced, fen);
        let whole = sum(&shares);
        if whole == 0 {
            return;
        }
        let first = if whole > 1000 { whole * 3 / 5 } else { whole };
        let parts = [first, whole - first];
        let vouchers: Vec<Value> = parts
            .iter()
            .filter(|fen| **fen > 0)
            .map(|fen| {
                let number = format!("13000173-{:08}", diary.number("invoice"));
                let sha256 = diary.file(&number);
                json!({ "kind": "invoice", "number": number, "sha256": sha256, "amount_fen": fen })
            })
            .collect();
        let data = json!({
            "project": self.id, "unit": self.unit(), "lots": lots(&shares), "vouchers": vouchers,
        });
        diary.write(
            &mut self.thread,
            Act::new(&self.county.finance, "reimbursement_accepted", data),
        );
    }

    /// What is left of the last advance comes back.
    pub fn give_back_advance(&mut self, diary: &mut Diary) {
        let Some(advance) = self.advance else { return };
        let shares = std::mem::take(&mut self.advanced);
        if shares.is_empty() {
            return;
        }
        self.returned(diary, advance, &shares, "预拨结余缴回");
    }

    /// Part of a disbursement comes back.
    pub fn returned(
        &mut self,
        diary: &mut Diary,
        reverses: EventId,
        shares: &[Share],
        reason: &str,
    ) {
        let desk = &self.county.finance;
        let data = json!({
            "reverses": reverses.to_string(), "project": self.id, "lots": lots(shares),
            "reason": reason, "bank_ref": diary.bank_reference(desk),
        });
        diary.write(&mut self.thread, Act::new(desk, "disbursement_returned", data));
        put_back(&mut self.committed, shares);
    }

    /// The contractor is paid by the contract.
    pub fn pay(&mut self, diary: &mut Diary, fen: i64) -> EventId {
        let payee = self.county.payees[self.outline.payee].clone();
        let payment = Payment { kind: "payment", payee, method: "treasury", basis: None };
        self.pay_as(diary, &self.county.finance, fen, payment, |act| act).0
    }

    /// Households get a batch of subsidies on their cards 一卡通.
    pub fn subsidise(&mut self, diary: &mut Diary, fen: i64) -> EventId {
        let number = format!("{}-L{:02}", self.id, diary.number(&format!("list/{}", self.id)));
        let basis =
            json!({ "kind": "household_list", "number": number, "sha256": diary.file(&number) });
        let payee = self.county.payees[2].clone();
        let payment = Payment { kind: "subsidy_batch", payee, method: "card", basis: Some(basis) };
        self.pay_as(diary, &self.county.finance, fen, payment, |act| act).0
    }

    /// Money leaves the bank, the event made what it is by `made`; gives its id and what it paid.
    pub fn pay_as(
        &mut self,
        diary: &mut Diary,
        desk: &Desk,
        fen: i64,
        payment: Payment,
        made: impl Fn(Act<'_>) -> Act<'_>,
    ) -> (EventId, Vec<Share>) {
        let shares = take(&mut self.committed, fen);
        assert!(!shares.is_empty(), "the story pays what is committed to {}", self.id);
        let mut data = json!({
            "project": self.id, "kind": payment.kind, "payee": payment.payee,
            "method": payment.method,
            "bank_ref": diary.bank_reference(desk),
            "basis": payment.basis.unwrap_or_else(|| self.contract(diary)), "lots": lots(&shares),
        });
        if payment.kind == "subsidy_batch" {
            data["recipients"] = json!({
                "count": self.outline.households, "paid_through": "县农村信用联社(示例)",
                "list_sha256": diary.file(&format!("recipients/{}", data["bank_ref"])),
            });
        }
        let id = diary.write(&mut self.thread, made(Act::new(desk, "disbursement_made", data)));
        if self.paid.is_empty() {
            self.paid.clone_from(&shares);
        }
        (id, shares)
    }

    /// The line department certifies how far the works have come.
    pub fn certify(&mut self, diary: &mut Diary, progress_bp: i64) {
        let line = self.line();
        let data = json!({ "project": self.id, "progress_bp": progress_bp, "certifier": line.org });
        diary.write(&mut self.thread, Act::new(line, "progress_certified", data));
    }

    /// The works are accepted; a retention stays behind until its day.
    pub fn accept(&mut self, diary: &mut Diary, retention: Option<(i64, Date)>) -> EventId {
        let line = self.line();
        let mut data =
            json!({ "project": self.id, "acceptors": [line.org, self.county.poverty.org] });
        if let Some((fen, until)) = retention {
            data["retention_fen"] = json!(fen);
            data["retention_until"] = json!(working(until));
        }
        diary.write(&mut self.thread, Act::new(line, "project_accepted", data))
    }

    /// What will not be needed is surplus 结余.
    pub fn declare_surplus(&mut self, diary: &mut Diary) {
        let shares = std::mem::take(&mut self.committed);
        if !shares.is_empty() {
            let data = json!({ "project": self.id, "lots": lots(&shares) });
            diary.write(&mut self.thread, Act::new(&self.county.finance, "surplus_declared", data));
            self.surplus = shares;
        }
    }

    /// The books of the project are closed.
    pub fn close(&mut self, diary: &mut Diary) {
        let data = json!({ "project": self.id });
        diary.write(&mut self.thread, Act::new(&self.county.poverty, "project_closed", data));
    }

    /// The organization that carries it out.
    pub fn unit(&self) -> &'c str {
        &self.county.units[self.outline.unit].org
    }

    /// The department in whose line it is.
    pub fn line(&self) -> &'c Desk {
        let line = match self.outline.category {
            "infrastructure" | "relocation" => 0,
            "industry" | "ecology" | "finance" => 1,
            "drinking_water" => 2,
            _ => 3,
        };
        &self.county.lines[line]
    }

    /// What it was declared to have left over, since when it is known.
    pub fn left_over(&self) -> Vec<Share> {
        self.surplus.iter().map(|share| Share { known: self.thread, ..share.clone() }).collect()
    }

    fn contract(&self, diary: &Diary) -> Value {
        let number = format!("HT-{}", self.id);
        json!({ "kind": "contract", "number": number, "sha256": diary.file(&number) })
    }
}
