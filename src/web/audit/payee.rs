//! From a payee back to the sources: payment, lot, each body above it, its document; fiscal and
//! social money apart, each with its own sum.

use super::{Tab, check, frame, tabs};
use crate::base::Code;
use crate::ledger::lookups::Key;
use crate::projections::excerpt::Excerpt;
use crate::projections::path::Spot;
use crate::service::{Problem, projects};
use crate::web::figures;
use crate::web::frame::Frame;
use crate::web::reply::Reply;
use crate::web::visit::Visit;
use askama::Template;
use std::collections::{BTreeMap, BTreeSet};

/// The most payments of one payee that its page tells of.
const PAYMENTS_MAX: usize = 500;

/// The most projects whose returns are looked through.
const PROJECTS_MAX: usize = 50;

/// A lot's part of a payment, led back to its origin.
struct Leaf {
    lot: String,
    fund: String,
    way: String,
    papers: String,
    amount: String,
}

/// A payment, or what was brought back of one.
struct Branch {
    seq: u64,
    on: String,
    label: &'static str,
    project: Option<(String, String)>,
    amount: String,
    memo: bool,
    leaves: Vec<Leaf>,
}

/// Money of one class.
struct Class {
    name: &'static str,
    social: bool,
    branches: Vec<Branch>,
    net: String,
}

#[derive(Template)]
#[template(path = "audit_payee.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    payee: String,
    classes: Vec<Class>,
    more: bool,
}

/// A lot's chain, as the views tell it.
type Chains = BTreeMap<(String, Code), (String, bool, Vec<u64>)>;

/// The page.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    check(visit)?;
    let payee = visit.path.get("payee").unwrap_or_default().to_owned();
    let mut seqs = visit.live().numbers(Key::Payee(&payee), 0, PAYMENTS_MAX + 1)?;
    let more = seqs.len() > PAYMENTS_MAX;
    seqs.truncate(PAYMENTS_MAX);
    if seqs.is_empty() {
        return Err(Problem::NotFound("payee"));
    }
    let mut entries = projects::excerpts(visit.live(), seqs)?;
    entries.extend(brought_back(visit, &entries)?);
    entries.sort_by_key(|one| (one.on, one.seq));
    let (chains, name) = {
        let views = visit.live().views();
        (chains(visit, &views, &entries), views.names.organizations.get(&payee).cloned())
    };
    let steps: BTreeSet<u64> = chains.values().flat_map(|one| one.2.clone()).collect();
    let steps = projects::excerpts(visit.live(), steps)?;
    let steps: BTreeMap<u64, &Excerpt> = steps.iter().map(|one| (one.seq, one)).collect();
    let classes = [false, true].map(|social| class(visit, &entries, &chains, &steps, social));
    let classes = classes.into_iter().filter(|class| !class.branches.is_empty());
    let name = name.unwrap_or_else(|| payee.clone());
    Reply::page(&Page {
        frame: frame(visit, name),
        tabs: tabs(visit, ""),
        classes: classes.collect(),
        payee,
        more,
    })
}

/// Returns and reversals of these payments, found in the projects that they were made for.
fn brought_back(visit: &Visit, entries: &[Excerpt]) -> Result<Vec<Excerpt>, Problem> {
    let ids: BTreeSet<u128> = entries.iter().map(|one| one.id.0).collect();
    let own: BTreeSet<&str> = entries.iter().filter_map(|one| one.project.as_deref()).collect();
    let mut back = Vec::new();
    for project in own.into_iter().take(PROJECTS_MAX) {
        let (all, _) = projects::entries(visit.live(), project)?;
        back.extend(
            all.into_iter().filter(|one| one.reverses.is_some_and(|id| ids.contains(&id.0))),
        );
    }
    Ok(back)
}

fn chains(
    visit: &Visit,
    views: &crate::ledger::live::Views<crate::access::Register>,
    entries: &[Excerpt],
) -> Chains {
    let mut chains = Chains::new();
    for one in entries.iter().flat_map(|one| &one.moves) {
        let Some(code) = money_of(&one.from, &one.to) else { continue };
        chains.entry((one.lot.clone(), code)).or_insert_with(|| {
            let facts = views.ages.ground.lots.get(&one.lot);
            let fund = facts
                .map(|facts| format!("{} {}", visit.lang.label(facts.fund.label()), facts.year));
            let steps = views.origins.chain(&one.lot, code);
            let steps = steps.iter().map(|step| step.seq).collect();
            (fund.unwrap_or_default(), views.works.is_social(&one.lot), steps)
        });
    }
    chains
}

/// Whose money a movement in a project was.
fn money_of(from: &str, to: &str) -> Option<Code> {
    let code = |path| Spot::parse(path).and_then(|spot: Spot<'_>| spot.code);
    code(from).or_else(|| code(to))
}

fn class(
    visit: &Visit,
    entries: &[Excerpt],
    chains: &Chains,
    steps: &BTreeMap<u64, &Excerpt>,
    social: bool,
) -> Class {
    let lang = visit.lang;
    let views = visit.live().views();
    let (mut net, mut branches) = (0_i128, Vec::new());
    for one in entries {
        let Some(project) = one.project.as_deref() else { continue };
        let (parts, memo) = one.paid(project);
        let mut leaves = Vec::new();
        let mut sum = 0_i128;
        for (lot, fen) in parts {
            let of = one.moves.iter().find(|it| it.lot == lot);
            let code = of.and_then(|it| money_of(&it.from, &it.to));
            let chain = code.and_then(|code| chains.get(&(lot.to_owned(), code)));
            let Some((fund, _, seqs)) = chain.filter(|chain| chain.1 == social) else { continue };
            sum += i128::from(fen);
            let told = || seqs.iter().filter_map(|seq| steps.get(seq));
            let bodies = told().map(|it| {
                views.names.organizations.get(&it.org).cloned().unwrap_or_else(|| it.org.clone())
            });
            let papers = told().flat_map(|it| it.papers.iter().map(|it| it.number.clone()));
            leaves.push(Leaf {
                lot: lot.to_owned(),
                fund: fund.clone(),
                way: bodies.collect::<Vec<_>>().join(" ← "),
                papers: papers.collect::<Vec<_>>().join(" ← "),
                amount: figures::yuan(fen),
            });
        }
        if leaves.is_empty() {
            continue;
        }
        net += if memo { 0 } else { sum };
        let name = views.names.projects.get(project);
        let name = name.cloned().unwrap_or_else(|| project.to_owned());
        let amount = figures::yuan(sum);
        branches.push(Branch {
            seq: one.seq,
            on: one.on.to_string(),
            label: lang.label(one.label),
            project: Some((project.to_owned(), name)),
            amount: if memo { format!("({amount})") } else { amount },
            memo,
            leaves,
        });
    }
    let name = match social {
        false => lang.t("财政资金", "Fiscal money"),
        true => lang.t("社会帮扶资金", "Social money"),
    };
    Class { name, social, branches, net: figures::yuan(net) }
}
