//! Irregular money: late entries, cash, takings back, fees, wishes not kept, money not paid back.

use super::Scene;
use crate::demo::calendar::{day, plus, working};
use crate::demo::diary::{Act, Thread};
use crate::demo::purse::{Share, WAN, lots, sum};
use crate::demo::site::Payment;
use crate::demo::supervision::{Course, Matter, finding, transfer};
use serde_json::{Value, json};

impl Scene<'_, '_> {
    pub(super) fn backdated(&mut self) {
        let shares = self.one("infrastructure", 40, 90);
        let mut site = self.supplied("infrastructure", "太阳能路灯", &shares, day(2017, 6, 19));
        site.thread.wait(Thread::from(day(2017, 8, 7)));
        let payment = self.by_contract(&site);
        site.pay_as(self.diary, &self.county.finance, sum(&shares), payment, |act| act.late(58));
    }

    pub(super) fn cash(&mut self) {
        let shares = self.one("industry", 20, 40);
        let from = self.spring();
        let mut site = self.supplied("industry", "零星用工", &shares, from);
        for _ in 0..4 {
            site.thread.pass(9);
            let fen = self.random.between(120, 490) * 10_000;
            let payee = format!("p-{:08x}", self.random.next() >> 32);
            let payment = Payment { payee, method: "cash", ..self.by_contract(&site) };
            site.pay_as(self.diary, &self.county.finance, fen, payment, |act| act);
        }
    }

    pub(super) fn reversed_after_finding(&mut self) {
        let shares = self.one("infrastructure", 50, 110);
        let from = self.spring();
        let mut site = self.supplied("infrastructure", "安全饮水入户", &shares, from);
        site.thread.pass(15);
        let paid = site.pay(self.diary, sum(&shares));
        site.thread.pass(12);
        let matter = Matter {
            rule: "R14",
            project: &site.id,
            severity: "risk",
            amount_fen: sum(&shares),
            evidence: vec![paid],
            text: "收款单位与中标单位不一致",
        };
        let found = finding(self.diary, self.cast, self.county, site.thread, &matter, Course::Open);
        site.thread.wait(found.thread).pass(6);
        let data = json!({ "reverses": paid.to_string(), "reason": "收款单位有误" });
        let act = Act::new(&self.county.finance, "entry_reversed", data);
        self.diary.write(&mut site.thread, act);
        site.committed = shares;
        site.thread.pass(3);
        let payment = Payment { payee: self.county.payees[1].clone(), ..self.by_contract(&site) };
        let whole = sum(&site.committed);
        site.pay_as(self.diary, &self.county.finance, whole, payment, |act| act);
    }

    pub(super) fn management_fee(&mut self) {
        let fen = self.random.between(2_000, 4_500) * 30_000;
        let shares = self.purse.draw_fund(fen, "central_special", day(2017, 5, 1));
        let from = self.spring();
        let mut site = self.supplied("project_management", "项目管理费", &shares, from);
        site.thread.pass(10);
        site.pay(self.diary, sum(&shares));
    }

    pub(super) fn cash_for_industry(&mut self) {
        let shares = self.one("industry", 60, 120);
        let from = self.spring();
        let mut site = self.supplied("industry", "产业到户资金", &shares, from);
        for _ in 0..2 {
            site.thread.pass(20);
            site.subsidise(self.diary, sum(&shares) / 2);
        }
    }

    pub(super) fn year_end_rush(&mut self) {
        let shares = self.one("infrastructure", 260, 420);
        let mut site = self.supplied("infrastructure", "村内巷道及排水", &shares, day(2017, 9, 4));
        site.thread.wait(Thread::from(day(2017, 12, 20)));
        let each = sum(&shares) / 10;
        for payment in 0..10 {
            site.pay(self.diary, each);
            site.thread.pass(i64::from(payment % 2 == 1));
        }
    }

    pub(super) fn recovery(&mut self) {
        let shares = self.one("industry", 60, 110);
        let from = self.spring();
        let mut site = self.supplied("industry", "合作社奖补", &shares, from);
        site.thread.pass(12);
        let paid = site.pay(self.diary, sum(&shares));
        site.thread.pass(30);
        let finance = &self.county.finance;
        let share = &shares[0];
        let matter = Matter {
            rule: "R11",
            project: &site.id,
            severity: "violation",
            amount_fen: share.fen / 2,
            evidence: vec![paid],
            text: "虚报养殖规模套取奖补",
        };
        let found =
            finding(self.diary, self.cast, self.county, site.thread, &matter, Course::Transferable);
        let thread = &mut site.thread;
        thread.wait(found.thread).pass(10);
        let of = |fen: i64| lots(&[share.part(fen)]);
        let data = json!({
            "finding": found.id, "project": site.id, "debtor": self.county.payees[0],
            "from": "spent", "lots": of(share.fen / 2),
        });
        let order =
            self.diary.write(thread, Act::new(finance, "recovery_ordered", data)).to_string();
        thread.pass(40);
        let reference = self.diary.bank_reference(finance);
        let data = json!({ "reverses": order, "lots": of(share.fen / 5), "bank_ref": reference });
        self.diary.write(thread, Act::new(finance, "funds_recovered", data));
        thread.pass(5);
        let data = json!({
            "lot": format!("{}-late-{}", share.lot, self.county.code), "fund": "recovered",
            "fiscal_year": 2017, "amount_fen": share.fen / 500, "provider": "违约金(示例)",
            "purpose": [], "of_lot": share.lot,
        });
        self.diary.write(thread, Act::new(finance, "funds_received", data));
        thread.pass(20);
        let data =
            json!({ "reverses": order, "lots": of(share.fen / 20), "reason": "uncollectible" });
        self.diary.write(thread, Act::new(finance, "recovery_reduced", data));
    }

    pub(super) fn received_past_the_province(&mut self) {
        let mut thread = Thread::from(day(2017, 7, 10));
        let lot = format!("2017-{}-direct", self.county.code);
        let fen = self.random.between(60, 180) * WAN;
        let data = json!({
            "lot": lot, "fund": "central_special", "fiscal_year": 2017, "amount_fen": fen,
            "provider": "上级部门(示例)", "purpose": [],
        });
        self.diary.write(&mut thread, Act::new(&self.county.finance, "funds_received", data));
        let fund = "central_special";
        self.purse.add(Share { lot, fund, fen, plan: None, purpose: &[], known: thread });
    }

    pub(super) fn paid_before_money(&mut self) {
        let fen = self.random.between(30, 70) * WAN;
        let mut shares = self.purse.draw_lot(fen, "2017-province-02");
        let Some(share) = shares.first_mut() else { return };
        // The day is before the money came, the entry after it.
        share.known.day = working(plus(share.known.day, -12));
        let mut site = self.admitted("infrastructure", "护坡工程", fen, day(2017, 7, 3));
        site.disclose(self.diary, "village", 10);
        self.approve_and_commit(&mut site, &shares);
        site.thread.pass(3);
        site.pay(self.diary, sum(&shares));
    }

    pub(super) fn gift_outside_intent(&mut self) {
        let intent =
            json!({ "categories": ["housing"], "text": "危房改造(示例)", "fallback": "ask" });
        let (lot, mut thread, fen) = self.odd_gift(intent);
        let desk = &self.county.charity;
        let data = json!({
            "project": self.target.project(), "from": "available",
            "lots": [{ "lot": lot, "amount_fen": fen }],
        });
        let act = Act::new(desk, "funds_committed", data);
        let act = act.exception(&["intent_violated"], "捐赠人失联,先行使用");
        self.diary.write(&mut thread, act);
        thread.pass(8);
        let data = self.gift_payment("payment", &lot, fen);
        self.diary.write(&mut thread, Act::new(desk, "disbursement_made", data));
    }

    pub(super) fn gift_fee(&mut self) {
        let (lot, mut thread, fen) = self.odd_gift(json!({ "fallback": "ask" }));
        let desk = &self.county.charity;
        let data = json!({
            "project": self.target.project(), "from": "available",
            "lots": [{ "lot": lot, "amount_fen": fen }],
        });
        self.diary.write(&mut thread, Act::new(desk, "funds_committed", data));
        thread.pass(5);
        let data = self.gift_payment("fee", &lot, fen / 10);
        let act = Act::new(desk, "disbursement_made", data);
        self.diary.write(&mut thread, act.exception(&["fee_above_cap"], "管理成本列支"));
    }

    /// A gift without a code, and the thread in which it is used.
    fn odd_gift(&mut self, intent: Value) -> (String, Thread, i64) {
        let desk = &self.county.charity;
        let lot = format!("G{}-odd-{}", self.county.code, self.diary.number("odd"));
        let fen = self.random.between(3, 12) * WAN;
        let mut thread = Thread::from(day(2017, 6, 5));
        let data = json!({
            "lot": lot, "donor": format!("d-{:08x}", self.random.next() >> 32),
            "donor_kind": "company", "custodian": desk.org, "amount_fen": fen, "intent": intent,
            "anonymity": "public", "bank_ref": self.diary.bank_reference(desk),
        });
        self.diary.write(&mut thread, Act::new(desk, "donation_received", data));
        thread.wait(self.target.known()).pass(20);
        (lot, thread, fen)
    }

    fn gift_payment(&mut self, kind: &str, lot: &str, fen: i64) -> Value {
        let contract = format!("HT-{}", self.target.project());
        let sha256 = self.diary.file(&contract);
        json!({
            "project": self.target.project(), "kind": kind, "payee": self.county.payees[3],
            "method": "transfer", "bank_ref": self.diary.bank_reference(&self.county.charity),
            "basis": { "kind": "contract", "number": contract, "sha256": sha256 },
            "lots": [{ "lot": lot, "amount_fen": fen }],
        })
    }

    pub(super) fn purpose_violated(&mut self) {
        let by = day(2017, 5, 1);
        let fen = self.random.between(30, 60) * WAN;
        let tied = ["relocation", "bond", "work_relief"];
        let drawn = tied.iter().map(|fund| self.purse.draw_fund(fen, fund, by));
        let Some(shares) = drawn.into_iter().find(|shares| !shares.is_empty()) else { return };
        let from = self.spring();
        let mut site = self.admitted("education", "寄宿生补助", sum(&shares), from);
        site.disclose(self.diary, "village", 10);
        site.approve(self.diary, sum(&shares), &[shares[0].fund]);
        site.thread.pass(5);
        site.commit_as(self.diary, &self.county.finance, &shares, |act| {
            act.exception(&["purpose_violated"], "资金未及时到位,先行调剂")
        });
        site.thread.pass(10);
        site.subsidise(self.diary, sum(&shares));
    }

    pub(super) fn personal_account(&mut self) {
        let shares = self.one("infrastructure", 30, 60);
        let from = self.spring();
        let mut site = self.supplied("infrastructure", "文化广场", &shares, from);
        site.thread.pass(10);
        let payee = format!("p-{:08x}", self.random.next() >> 32);
        let payment = Payment { payee, ..self.by_contract(&site) };
        site.pay_as(self.diary, &self.county.finance, sum(&shares), payment, |act| act);
        transfer(self.diary, self.cast, self.county, &site.id, site.thread);
    }

    pub(super) fn substituted(&mut self) {
        let fen = self.random.between(30, 60) * WAN;
        let by = day(2017, 5, 1);
        let own = self.purse.draw_fund(fen, "municipal_special", by);
        let whole = sum(&own);
        let upper = self.purse.draw_fund(whole, "central_special", by);
        if sum(&upper) != whole {
            return;
        }
        let mut site = self.admitted("infrastructure", "应急供水", whole, day(2017, 4, 24));
        site.disclose(self.diary, "village", 10);
        site.approve(self.diary, whole, &["municipal_special", "central_special"]);
        site.thread.pass(4);
        site.commit(self.diary, &self.county.finance, &own);
        site.thread.pass(9);
        site.pay(self.diary, whole);
        for share in &upper {
            site.thread.wait(share.known);
        }
        site.thread.pass(45);
        let data = json!({ "project": site.id, "out": lots(&own), "in": lots(&upper) });
        let act = Act::new(&self.county.finance, "spending_substituted", data);
        self.diary.write(&mut site.thread, act);
    }
}
