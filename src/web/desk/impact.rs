//! What a trial would change, as tables of now and after: places, the project, the jurisdiction.
//!
//! A table is of one class; percentages are the ledger's own floors, never rounded here.

use crate::access::Register;
use crate::ledger::live::Views;
use crate::projections::balances::Row;
use crate::projections::{Class, PlaceKind};
use crate::service::effect::{Effect, Moved, OfPlace, OfProject};
use crate::service::{Problem, Served};
use crate::web::desk::trial::place;
use crate::web::figures::{self, Wan};
use crate::web::lang::Lang;
use std::collections::BTreeMap;

/// How many lines a table shows at most; a sheet may touch very many places.
const LINES_MAX: usize = 60;

/// The money of one class, now and after.
pub struct Impact {
    /// Whose money it is.
    pub class: &'static str,
    /// Each figure: what it is, now, after.
    pub lines: Vec<[String; 3]>,
    /// How many more would change.
    pub more: usize,
}

/// A figure that would change.
struct Change {
    name: String,
    now: i128,
    after: i128,
    is_rate: bool,
}

/// Where money would stand: each place of each lot, now and after.
pub fn places(live: &Served, moved: &[Moved], lang: Lang) -> Result<Vec<[String; 3]>, Problem> {
    let ledger = live.ledger().ok_or(Problem::ReadOnly)?;
    let mut changes: BTreeMap<(&str, &str), i128> = BTreeMap::new();
    for one in moved {
        let fen = i128::from(one.amount_fen);
        for (path, fen) in [(&one.from, -fen), (&one.to, fen)] {
            if path != "outside" {
                *changes.entry((&one.lot, path)).or_default() += fen;
            }
        }
    }
    let spots: Vec<(&str, &str)> = changes.keys().copied().collect();
    let now = ledger.standing(&spots);
    let rows = changes.iter().zip(now).map(|(((lot, path), change), now)| {
        let now = i128::from(now.get());
        let name = format!("{lot} · {}", place(path, lang));
        [name, figures::yuan(now), figures::yuan(now + change)]
    });
    Ok(rows.collect())
}

/// What would change in the project and the jurisdictions, a table a class.
pub fn of(effect: &Effect, views: &Views<Register>, lang: Lang) -> Vec<Impact> {
    let changes = |class: Class| {
        let projects = effect.projects.iter().filter(|one| one.class == class);
        let mut changes: Vec<Change> = projects.flat_map(|one| of_project(one, lang)).collect();
        let places = effect.places.iter().filter(|one| one.class == class);
        changes.extend(places.flat_map(|one| of_place(one, &name(views, one), true, lang)));
        changes
    };
    let tables =
        [Class::Fiscal, Class::Social].map(|class| table(class, changes(class), true, lang));
    tables.into_iter().flatten().collect()
}

/// The places of jurisdictions before and after, a table a class, in yuan.
pub fn before_and_after(effect: &Effect, views: &Views<Register>, lang: Lang) -> Vec<Impact> {
    let changes = |class: Class| {
        let places = effect.places.iter().filter(|one| one.class == class);
        places.flat_map(|one| of_place(one, &name(views, one), false, lang)).collect()
    };
    let tables =
        [Class::Fiscal, Class::Social].map(|class| table(class, changes(class), false, lang));
    tables.into_iter().flatten().collect()
}

fn name(views: &Views<Register>, one: &OfPlace) -> String {
    views.names.jurisdictions.get(&one.code).cloned().unwrap_or_else(|| one.code.to_string())
}

/// A class without a change has no table.
fn table(class: Class, mut changes: Vec<Change>, in_wan: bool, lang: Lang) -> Option<Impact> {
    let more = changes.len().saturating_sub(LINES_MAX);
    changes.truncate(LINES_MAX);
    let amounts = changes.iter().filter(|one| !one.is_rate);
    let wan = Wan::fitting(amounts.flat_map(|one| [one.now, one.after]));
    let text = |change: &Change, figure: i128| match (change.is_rate, in_wan) {
        (true, _) => figures::percent(Some(figure)),
        (false, true) => wan.text(figure),
        (false, false) => figures::yuan(figure),
    };
    let line = |one: &Change| [one.name.clone(), text(one, one.now), text(one, one.after)];
    (!changes.is_empty()).then(|| Impact {
        class: lang.label(class.label()),
        lines: changes.iter().map(line).collect(),
        more,
    })
}

fn of_project(one: &OfProject, lang: Lang) -> Vec<Change> {
    let (now, after) = (&one.now, &one.after);
    let lines = [
        ("本项目已安排", "Project: arranged", now.arranged_fen(), after.arranged_fen()),
        ("本项目已支出", "Project: spent", now.spent_fen, after.spent_fen),
        (
            "本项目预拨未报账",
            "Project: advanced, not cleared",
            now.advanced_fen,
            after.advanced_fen,
        ),
        ("本项目未支付", "Project: committed, unpaid", now.committed_fen, after.committed_fen),
        ("本项目待追回", "Project: to be paid back", now.reclaim_fen, after.reclaim_fen),
    ];
    let changed = lines.into_iter().filter(|(.., now, after)| now != after);
    let change = |(zh, en, now, after): (&str, &str, i128, i128)| Change {
        name: lang.t(zh, en).to_owned(),
        now,
        after,
        is_rate: false,
    };
    changed.map(change).collect()
}

/// The places of a jurisdiction that change; in short those outside of projects, with the rates.
fn of_place(one: &OfPlace, name: &str, in_short: bool, lang: Lang) -> Vec<Change> {
    let (now, after) = (&one.now, &one.after);
    let said = |text: &str| match lang {
        Lang::Zh => format!("{name}{text}"),
        Lang::En => format!("{name}: {text}"),
    };
    let mut changes = Vec::new();
    let mut push = |text: &str, figures: [Option<i128>; 2], is_rate: bool| {
        // A rate may stay as it is where its sums change: that is told too.
        if let [Some(now), Some(after)] = figures
            && (is_rate || now != after)
        {
            changes.push(Change { name: said(text), now, after, is_rate });
        }
    };
    let whole = [Some(now.standing()), Some(after.standing())];
    push(lang.t("资金合计", "all money"), whole, false);
    for (kind, text) in KINDS.iter().map(|kind| (*kind, kind_name(*kind, lang))) {
        if !in_short || matches!(kind, PlaceKind::Available | PlaceKind::Consolidated) {
            push(text, [Some(now.place(kind)), Some(after.place(kind))], false);
        }
    }
    if in_short {
        let rates = |rate: fn(&Row) -> Option<i128>| [rate(now), rate(after)];
        if now.spent_fen != after.spent_fen || now.standing() != after.standing() {
            push(lang.t("支出进度", "share spent"), rates(|row| row.execution_bp), true);
        }
        if now.passed_on_bp != after.passed_on_bp {
            push(lang.t("下达进度", "share passed on"), rates(|row| row.passed_on_bp), true);
        }
    }
    changes
}

/// The places in the order of their tables.
const KINDS: [PlaceKind; 7] = [
    PlaceKind::Available,
    PlaceKind::Consolidated,
    PlaceKind::Committed,
    PlaceKind::Advanced,
    PlaceKind::Spent,
    PlaceKind::Surplus,
    PlaceKind::Reclaim,
];

fn kind_name(kind: PlaceKind, lang: Lang) -> &'static str {
    match kind {
        PlaceKind::Available => lang.t("待安排", "not yet arranged"),
        PlaceKind::Committed => lang.t("已安排未支付", "committed, unpaid"),
        other => lang.label(other.label()),
    }
}
