//! The money of a project on its page: three figures, lot by lot, payment by payment; fiscal and
//! social never in one sum, and of social money only what `service::projects` lets the reader see.

use crate::base::Digest;
use crate::projections::excerpt::Excerpt;
use crate::projections::path::Spot;
use crate::projections::projects::Project;
use crate::projections::works::Stands;
use crate::service::Problem;
use crate::service::projects::{self, Social};
use crate::web::figures::{self, NONE, Wan};
use crate::web::lang::Lang;
use crate::web::visit::Visit;
use std::collections::{BTreeMap, BTreeSet};

/// A part of a bar, in thousandths of it.
pub struct Part {
    pub class: &'static str,
    pub x: i128,
    pub width: i128,
}

/// A figure with its name.
pub struct Figure {
    pub name: &'static str,
    pub amount: String,
}

/// A lot in the project.
pub struct LotRow {
    pub name: String,
    pub lot: String,
    pub way: String,
    pub arranged: String,
    pub spent: String,
    pub unpaid: String,
    pub bar: Vec<Part>,
}

/// A payment, or what brought one back.
pub struct Paid {
    pub seq: u64,
    pub on: String,
    pub kind: &'static str,
    pub payee: String,
    pub why: String,
    pub split: String,
    pub amount: String,
    pub memo: bool,
    pub papers: Vec<(String, String)>,
    pub excused: bool,
}

/// A table of payments of one class.
pub struct Payments {
    pub social: bool,
    pub rows: Vec<Paid>,
    pub net: String,
    pub sum: String,
}

/// All of it.
pub struct Money {
    pub wan: Wan,
    pub fiscal: Vec<Figure>,
    pub bar: Vec<Part>,
    pub share: String,
    pub lots: Vec<LotRow>,
    pub total: Option<[String; 3]>,
    pub social: Social,
    pub social_figures: Vec<Figure>,
    pub tables: Vec<Payments>,
    pub social_payees: Vec<String>,
    pub sees_lots: bool,
    unpaid_fen: i128,
    told: BTreeSet<u64>,
}

/// What the views tell of lots and bodies, taken while they stood still.
struct Names {
    funds: BTreeMap<String, String>,
    lots: BTreeMap<String, Stands>,
    social: BTreeSet<String>,
    bodies: BTreeMap<String, String>,
    ways: BTreeMap<String, Vec<u64>>,
}

impl Money {
    /// The money of a project, out of the records that moved it.
    pub fn of(visit: &Visit, row: &Project, entries: &[Excerpt]) -> Result<Money, Problem> {
        let (fiscal, social, sees_lots, names) = {
            let views = visit.live().views();
            let at = row.jurisdiction;
            let work = views.works.rows.get(&row.project).cloned().unwrap_or_default();
            let social = projects::social(&visit.viewer, &views, &row.project, at);
            let sees_lots = projects::sees_lots(&visit.viewer, &views, at);
            let mut names = Names {
                funds: BTreeMap::new(),
                lots: BTreeMap::new(),
                social: BTreeSet::new(),
                bodies: BTreeMap::new(),
                ways: BTreeMap::new(),
            };
            for (lot, stands) in &work.lots {
                if let Some(facts) = views.ages.ground.lots.get(&**lot) {
                    let fund = visit.lang.label(facts.fund.label());
                    names.funds.insert(lot.to_string(), format!("{fund} {}", facts.year));
                }
                if views.works.is_social(lot) {
                    names.social.insert(lot.to_string());
                }
                names.lots.insert(lot.to_string(), *stands);
                let from = entries.iter().find_map(|one| source(one, lot, &row.project));
                let chain = from.map(|(code, _)| views.origins.chain(lot, code));
                let chain = chain.unwrap_or_default();
                let seqs = chain.iter().rev().map(|step| step.seq).collect();
                names.ways.insert(lot.to_string(), seqs);
            }
            for payee in entries.iter().filter_map(|one| one.payee.as_ref()) {
                if let Some(name) = views.names.organizations.get(payee) {
                    names.bodies.insert(payee.clone(), name.clone());
                }
            }
            (work.fiscal, social, sees_lots, names)
        };
        let wan = Wan::fitting(amounts(entries).chain(every(&fiscal)));
        let mut money = Money {
            wan,
            fiscal: headline(visit.lang, &fiscal, wan),
            bar: bar(&fiscal),
            share: figures::share(fiscal.spent_fen, fiscal.arranged_fen()),
            lots: Vec::new(),
            total: None,
            social,
            social_figures: Vec::new(),
            tables: Vec::new(),
            social_payees: Vec::new(),
            sees_lots,
            unpaid_fen: fiscal.committed_fen,
            told: BTreeSet::new(),
        };
        money.fill_lots(visit, row, entries, &names, &fiscal)?;
        money.fill_payments(visit.lang, row, entries, &names);
        if let Social::Open(stands) = social {
            money.social_figures = headline(visit.lang, &stands, Wan::fitting(every(&stands)));
        }
        Ok(money)
    }

    /// Is the record's payment told on this page?
    pub fn tells(&self, seq: u64) -> bool {
        self.told.contains(&seq)
    }

    /// What stands between the project and its end.
    pub fn open_text(&self, lang: Lang) -> String {
        let amount = Wan::fitting([self.unpaid_fen]).text(self.unpaid_fen);
        match (self.unpaid_fen, lang) {
            (0, Lang::Zh) => "还没有结清".to_owned(),
            (0, Lang::En) => "not yet".to_owned(),
            (_, Lang::Zh) => format!("还有 {amount} 万元未付"),
            (_, Lang::En) => format!("{amount} × 10,000 yuan unpaid"),
        }
    }

    fn fill_lots(
        &mut self,
        visit: &Visit,
        row: &Project,
        entries: &[Excerpt],
        names: &Names,
        total: &Stands,
    ) -> Result<(), Problem> {
        for (lot, stands) in names.lots.iter().filter(|(lot, _)| !names.social.contains(*lot)) {
            let seqs = names.ways.get(lot).cloned().unwrap_or_default();
            let told = projects::excerpts(visit.live(), seqs)?;
            let papers = told.iter().filter_map(|one| one.papers.first());
            let mut way: Vec<String> = papers.map(|paper| paper.number.clone()).collect();
            let plan = entries.iter().find_map(|one| source(one, lot, &row.project)?.1);
            way.extend(plan.map(|plan| match visit.lang {
                Lang::Zh => format!("整合方案 {plan}"),
                Lang::En => format!("plan {plan}"),
            }));
            self.lots.push(LotRow {
                name: names.funds.get(lot).cloned().unwrap_or_default(),
                lot: lot.clone(),
                way: way.join(" → "),
                arranged: self.wan.text(stands.arranged_fen()),
                spent: self.wan.text(stands.spent_fen),
                unpaid: self.wan.text(stands.committed_fen),
                bar: bar(stands),
            });
        }
        let sums = [total.arranged_fen(), total.spent_fen, total.committed_fen];
        self.total = (!self.lots.is_empty()).then(|| sums.map(|fen| self.wan.text(fen)));
        Ok(())
    }

    fn fill_payments(&mut self, lang: Lang, row: &Project, entries: &[Excerpt], names: &Names) {
        let classes: &[bool] = if self.sees_lots { &[false, true] } else { &[false] };
        for social in classes {
            let mut table = Payments {
                social: *social,
                rows: Vec::new(),
                net: String::new(),
                sum: String::new(),
            };
            let (mut net, mut terms) = (0_i128, Vec::new());
            for entry in entries {
                let (parts, memo) = entry.paid(&row.project);
                let own =
                    parts.into_iter().filter(|(lot, _)| names.social.contains(*lot) == *social);
                let own: Vec<(&str, i64)> = own.collect();
                if own.is_empty() {
                    continue;
                }
                self.told.insert(entry.seq);
                let fen: i128 = own.iter().map(|(_, fen)| i128::from(*fen)).sum();
                if !memo {
                    net += fen;
                    terms.push(fen);
                }
                table.rows.push(self.paid(lang, entry, &own, memo, (entries, names)));
            }
            table.net = self.wan.text(net);
            table.sum = equation(&terms, self.wan);
            if !table.rows.is_empty() {
                self.tables.push(table);
            }
        }
        if !self.sees_lots {
            let social = entries.iter().filter(|one| {
                let (parts, _) = one.paid(&row.project);
                !one.is_person && parts.iter().any(|(lot, _)| names.social.contains(*lot))
            });
            let bodies: BTreeSet<String> =
                social.filter_map(|one| names.bodies.get(one.payee.as_ref()?).cloned()).collect();
            self.social_payees = bodies.into_iter().collect();
        } else {
            self.told.extend(entries.iter().map(|one| one.seq));
        }
        // Money that is arranged under an exception pays nobody yet and is told all the same.
        let fiscal = |one: &&Excerpt| one.moves.iter().all(|it| !names.social.contains(&it.lot));
        self.told.extend(entries.iter().filter(fiscal).map(|one| one.seq));
    }

    fn paid(
        &self,
        lang: Lang,
        entry: &Excerpt,
        own: &[(&str, i64)],
        memo: bool,
        (entries, names): (&[Excerpt], &Names),
    ) -> Paid {
        let fen: i128 = own.iter().map(|(_, fen)| i128::from(*fen)).sum();
        let amount = self.wan.text(fen);
        let split = |(lot, fen): &(&str, i64)| format!("{lot} {}", self.wan.text(*fen));
        let split: Vec<String> = own.iter().map(split).collect();
        Paid {
            seq: entry.seq,
            on: entry.on.to_string(),
            kind: lang.label(entry.label),
            payee: payee(lang, original(entry, entries), names),
            why: why(lang, entry),
            split: split.join(" · "),
            amount: if memo { format!("({amount})") } else { amount },
            memo,
            papers: entry
                .papers
                .iter()
                .map(|paper| (paper.number.clone(), short(paper.sha256)))
                .collect(),
            excused: !entry.excused.is_empty(),
        }
    }
}

fn short(digest: Digest) -> String {
    figures::short(&digest.to_string())
}

/// Whom a page names: registered organizations, households by number, never a person.
fn payee(lang: Lang, entry: &Excerpt, names: &Names) -> String {
    if let Some(paid) = &entry.households {
        return match lang {
            Lang::Zh => format!("补贴到户 {} 户", figures::count(paid.count)),
            Lang::En => format!("{} households", figures::count(paid.count)),
        };
    }
    match &entry.payee {
        Some(_) if entry.is_person => lang.t("个人（不列姓名）", "A person (not named)").to_owned(),
        Some(payee) => names.bodies.get(payee).cloned().unwrap_or_else(|| {
            lang.t("未登记的收款方", "A payee that is not registered").to_owned()
        }),
        None => NONE.to_owned(),
    }
}

/// The payment that an entry brings back, or the entry itself.
fn original<'e>(entry: &'e Excerpt, entries: &'e [Excerpt]) -> &'e Excerpt {
    let undone = entry.reverses.and_then(|id| entries.iter().find(|one| one.id == id));
    undone.filter(|one| one.payee.is_some()).unwrap_or(entry)
}

fn why(lang: Lang, entry: &Excerpt) -> String {
    let mut parts: Vec<String> = Vec::new();
    if let Some((kind, number)) = &entry.basis {
        parts.push(format!("{} {number}", lang.label(*kind)));
    } else if !entry.references.is_empty() && entry.kind == "reimbursement_accepted" {
        parts.push(match lang {
            Lang::Zh => format!("凭证 {}，核销预拨", entry.references.join("、")),
            Lang::En => format!("vouchers {}, clear an advance", entry.references.join(", ")),
        });
    }
    if let Some(paid) = &entry.households {
        parts.push(match lang {
            Lang::Zh => format!("名单校验值 {}，{}", short(paid.list_sha256), paid.paid_through),
            Lang::En => format!("list {}, through {}", short(paid.list_sha256), paid.paid_through),
        });
    }
    if !entry.says.is_empty() {
        parts.push(entry.says.clone());
    }
    parts.join(lang.t("，", ", "))
}

/// From where, and under which plan, money of a lot came into the project.
fn source(
    entry: &Excerpt,
    lot: &str,
    project: &str,
) -> Option<(crate::base::Code, Option<String>)> {
    let own = entry.moves.iter().filter(|one| one.lot == lot);
    own.filter_map(|one| Spot::parse(&one.to))
        .find(|spot| spot.project == Some(project))
        .and_then(|spot| Some((spot.code?, spot.plan.map(str::to_owned))))
}

fn amounts(entries: &[Excerpt]) -> impl Iterator<Item = i128> {
    entries.iter().flat_map(|one| one.moves.iter().map(|one| i128::from(one.fen)))
}

fn every(stands: &Stands) -> [i128; 4] {
    [stands.committed_fen, stands.advanced_fen, stands.spent_fen, stands.reclaim_fen]
}

fn headline(lang: Lang, stands: &Stands, wan: Wan) -> Vec<Figure> {
    let figure = |zh, en, fen: i128| Figure { name: lang.t(zh, en), amount: wan.text(fen) };
    let mut all = vec![
        figure("已安排", "Committed", stands.arranged_fen()),
        figure("已支出", "Spent", stands.spent_fen),
        figure("未支付", "Unpaid", stands.committed_fen),
    ];
    if stands.advanced_fen != 0 {
        all.push(figure("已预拨待报账", "Advanced", stands.advanced_fen));
    }
    if stands.reclaim_fen != 0 {
        all.push(figure("应追回", "To be paid back", stands.reclaim_fen));
    }
    all
}

fn bar(stands: &Stands) -> Vec<Part> {
    let whole = stands.arranged_fen();
    let parts = [
        ("f-spent", stands.spent_fen),
        ("f-advanced", stands.advanced_fen),
        ("f-committed", stands.committed_fen),
        ("f-reclaim", stands.reclaim_fen),
    ];
    let (mut x, mut bar) = (0, Vec::new());
    for (class, fen) in parts {
        if fen > 0 && whole > 0 {
            let width = fen * 1000 / whole;
            bar.push(Part { class, x, width });
            x += width;
        }
    }
    bar
}

/// The net total written out: `140 − 10 + 190`.
fn equation(terms: &[i128], wan: Wan) -> String {
    if terms.len() < 2 || terms.len() > 8 {
        return String::new();
    }
    let mut text = String::new();
    for (at, fen) in terms.iter().enumerate() {
        let sign = if *fen < 0 { "−" } else { "+" };
        match at {
            0 if *fen >= 0 => {}
            0 => text.push('−'),
            _ => text += &format!(" {sign} "),
        }
        text += &wan.text(fen.abs());
    }
    text
}
