//! Irregular projects: not shown, approved too late or for too little, split, doubled, stalled.

use super::Scene;
use crate::base::Date;
use crate::demo::calendar::{day, plus};
use crate::demo::purse::{Share, WAN, sum};
use crate::demo::site::{Outline, Payment, Site};
use crate::demo::supervision::{Course, Matter, finding};
use serde_json::json;

impl<'c> Scene<'_, 'c> {
    pub(super) fn undisclosed(&mut self) {
        let shares = self.one("infrastructure", 60, 140);
        let from = self.spring();
        let mut site = self.admitted("infrastructure", "护村坝工程", sum(&shares), from);
        self.approve_and_commit(&mut site, &shares);
        site.thread.pass(20);
        site.certify(self.diary, 10_000);
        site.thread.pass(4);
        site.pay(self.diary, sum(&shares));
        site.thread.pass(10);
        site.accept(self.diary, None);
        let matter = Matter {
            rule: "R20",
            project: &site.id,
            severity: "violation",
            amount_fen: sum(&shares),
            evidence: Vec::new(),
            text: "项目安排、验收均未公示",
        };
        finding(self.diary, self.cast, self.county, site.thread, &matter, Course::Rectified);
    }

    pub(super) fn paid_before_approval(&mut self) {
        let shares = self.one("infrastructure", 30, 90);
        let from = self.spring();
        let mut site = self.admitted("infrastructure", "水毁道路抢修", sum(&shares), from);
        site.thread.pass(3);
        let reason = "汛期抢修,先行实施";
        site.commit_as(self.diary, &self.county.finance, &shares, |act| {
            act.exception(&["wrong_stage"], reason)
        });
        site.thread.pass(6);
        let payment = self.by_contract(&site);
        let half = sum(&shares) / 2;
        let (paid, _) = site.pay_as(self.diary, &self.county.finance, half, payment, |act| {
            act.exception(&["wrong_stage"], reason)
        });
        let matter = Matter {
            rule: "R07",
            project: &site.id,
            severity: "violation",
            amount_fen: half,
            evidence: vec![paid],
            text: "未批先付",
        };
        let mut thread = site.thread;
        thread.pass(30);
        finding(self.diary, self.cast, self.county, thread, &matter, Course::Answered);
        let funds: Vec<&str> = shares.iter().map(|share| share.fund).collect();
        site.thread.pass(25);
        site.approve(self.diary, sum(&shares), &funds);
    }

    pub(super) fn above_approved(&mut self) {
        let shares = self.one("infrastructure", 80, 160);
        let from = self.spring();
        let mut site = self.admitted("infrastructure", "通村公路拓宽", sum(&shares), from);
        site.disclose(self.diary, "village", 10);
        site.thread.pass(3);
        site.approve(self.diary, sum(&shares) * 4 / 5, &[shares[0].fund]);
        site.thread.pass(9);
        site.commit_as(self.diary, &self.county.finance, &shares, |act| {
            act.exception(&["above_approved"], "工程变更,批复待调整")
        });
        site.thread.pass(40);
        site.certify(self.diary, 10_000);
        site.pay(self.diary, sum(&shares));
    }

    pub(super) fn advance_above_cap(&mut self) {
        let shares = self.one("industry", 60, 120);
        let from = self.spring();
        let mut site = self.supplied("industry", "扶贫车间", &shares, from);
        site.thread.pass(5);
        site.advance_as(self.diary, sum(&shares) * 3 / 5, |act| {
            act.exception(&["advance_above_cap"], "设备订金须一次付清")
        });
    }

    pub(super) fn split(&mut self) {
        let from = self.spring();
        let villages = &self.county.villages;
        for part in 0..3 {
            let fen = self.random.between(4_920, 4_990) * 10_000;
            let shares = self.exactly("infrastructure", fen);
            let mut site = self.admitted_in(
                "infrastructure",
                "巷道硬化",
                fen,
                plus(from, part * 9),
                villages.first(),
            );
            site.disclose(self.diary, "village", 10);
            self.approve_and_commit(&mut site, &shares);
            site.thread.pass(12);
            site.pay(self.diary, sum(&shares));
        }
    }

    pub(super) fn admitted_twice(&mut self) {
        let fen = self.random.between(2_600, 5_200) * 10_000;
        let from = self.spring();
        let villages = &self.county.villages;
        for (part, days) in [(fen, 0), (fen - fen / 40, 33)] {
            let shares = self.exactly("drinking_water", part);
            let from = plus(from, days);
            let mut site =
                self.admitted_in("drinking_water", "机井配套", part, from, villages.last());
            site.disclose(self.diary, "village", 10);
            self.approve_and_commit(&mut site, &shares);
            site.thread.pass(30);
            site.pay(self.diary, sum(&shares) * 9 / 10);
        }
    }

    pub(super) fn claimed_twice(&mut self) {
        let from = self.spring();
        let villages = &self.county.villages;
        let sites = [0, 3].map(|days| {
            let shares = self.exactly("industry", 42 * WAN);
            let mut site = self.admitted_in(
                "industry",
                "种苗发放",
                42 * WAN,
                plus(from, days),
                villages.get(1),
            );
            site.disclose(self.diary, "village", 10);
            self.approve_and_commit(&mut site, &shares);
            site
        });
        for mut site in sites {
            site.thread.pass(15);
            let number = format!("13000174-{:08}", self.diary.number("invoice"));
            let sha256 = self.diary.file(&number);
            let payment = Payment {
                payee: self.county.payees[3].clone(),
                basis: Some(json!({ "kind": "invoice", "number": number, "sha256": sha256 })),
                ..self.by_contract(&site)
            };
            let fen = sum(&site.committed).min(38 * WAN);
            site.pay_as(self.diary, &self.county.finance, fen, payment, |act| act);
        }
    }

    pub(super) fn stalled(&mut self) {
        let shares = self.one("industry", 90, 220);
        let mut site = self.supplied("industry", "冷库项目", &shares, day(2017, 3, 20));
        site.thread.pass(6);
        site.advance(self.diary, sum(&shares) / 5);
    }

    pub(super) fn ahead_of_progress(&mut self) {
        let shares = self.one("infrastructure", 70, 150);
        let from = self.spring();
        let mut site = self.supplied("infrastructure", "小型蓄水池", &shares, from);
        site.thread.pass(20);
        site.certify(self.diary, 3000);
        site.thread.pass(3);
        site.pay(self.diary, sum(&shares) * 19 / 20);
    }

    pub(super) fn retention_overdue(&mut self) {
        let shares = self.one("infrastructure", 60, 130);
        let mut site = self.supplied("infrastructure", "排水渠工程", &shares, day(2017, 4, 17));
        let whole = sum(&shares);
        site.thread.pass(40);
        site.certify(self.diary, 10_000);
        site.pay(self.diary, whole - whole / 20);
        site.thread.pass(10);
        site.accept(self.diary, Some((whole / 20, day(2018, 1, 10))));
    }

    /// Exactly so much, as far as there is enough; more lots if need be.
    fn exactly(&mut self, category: &str, fen: i64) -> Vec<Share> {
        self.purse.draw(fen, category, day(2017, 5, 1))
    }

    fn admitted_in(
        &mut self,
        category: &'static str,
        what: &'static str,
        fen: i64,
        from: Date,
        village: Option<&crate::demo::cast::Village>,
    ) -> Site<'c> {
        let outline = Outline {
            category,
            what,
            village: village.cloned(),
            estimate_fen: fen,
            households: 40,
            unit: 1,
            payee: 0,
        };
        Site::admit(self.diary, self.county, outline, from)
    }

    pub(super) fn by_contract(&self, site: &Site<'_>) -> Payment {
        let payee = self.county.payees[site.outline.payee].clone();
        Payment { kind: "payment", payee, method: "transfer", basis: None }
    }
}
