//! What waits at a county outside of projects, and how long: in bands for everybody, lot by lot for
//! those who may see lots there.

use crate::access::Register;
use crate::base::Code;
use crate::ledger::live::Views;
use crate::projections::{Class, Fund, PlaceKind, PolicyKey};
use crate::web::charts::{self, Band, Chart};
use crate::web::figures::{self, Wan};
use crate::web::lang::Lang;
use crate::web::ranking::is_waiting;

/// How many lots one page shows.
const LOTS_MAX: usize = 50;

/// What waits.
pub struct Waiting {
    pub total: String,
    /// The drawing; none where nothing waits.
    pub chart: Option<Chart>,
    /// The bands: their days and amounts.
    pub bands: Vec<(String, String)>,
    /// What has waited for more than a year, its share of all, and the parts by place; none where
    /// nothing has.
    pub long: Option<(String, String, Vec<String>)>,
    /// The lots, the oldest first; none where the reader may not see them.
    pub lots: Option<Vec<Lot>>,
    /// The days from which on waiting is a warning, and serious.
    pub warn_days: i32,
    pub serious_days: i32,
}

/// A lot that waits, or a part of it.
pub struct Lot {
    pub lot: String,
    pub fund: String,
    pub year: u16,
    pub place: String,
    pub amount: String,
    pub reached: String,
    pub days: String,
}

/// The first day of each band.
const FROM: [i32; 6] = [0, 31, 91, 181, 366, 731];

/// What waits at a county, of fiscal money.
pub fn of(
    views: &Views<Register>,
    code: Code,
    (year, with_lots): (Option<u16>, bool),
    lang: Lang,
) -> Waiting {
    let on = views.dues.last_day();
    let dwell = on.map_or(Vec::new(), |on| views.ages.dwell_of_year(on, Some(code), year));
    let dwell: Vec<_> = dwell
        .into_iter()
        .filter(|row| row.class == Class::Fiscal && is_waiting(row.place))
        .collect();
    let mut bands = [0; 6];
    for row in &dwell {
        bands.iter_mut().zip(row.bands_fen).for_each(|(sum, fen)| *sum += fen);
    }
    let total: i128 = bands.iter().sum();
    let long: Vec<(PlaceKind, i128)> =
        dwell.iter().map(|row| (row.place, row.bands_fen[4] + row.bands_fen[5])).collect();
    let over: i128 = long.iter().map(|(_, fen)| fen).sum();
    let wan =
        Wan::fitting(bands.iter().copied().chain([total, over]).chain(long.iter().map(|it| it.1)));
    let days = |key| on.map_or(0, |on| views.ages.ground.policies.days(key, code, on));
    let (warn_days, serious_days) =
        (days(PolicyKey::IdleWarnDays), days(PolicyKey::IdleSeriousDays));
    let drawn: Vec<Band> = (0..6)
        .map(|at| Band {
            name: name(at, lang).to_owned(),
            class: match FROM[at] {
                from if from > serious_days => "f-bad",
                from if from > warn_days => "f-exc",
                _ if at == 0 => "f-consolidated",
                _ => "f-committed",
            },
            fen: bands[at],
        })
        .collect();
    let says = lang.t(
        "等着用的钱按等待天数分六档，数字在图内",
        "Money that waits, in six bands of days; figures in the drawing",
    );
    let parts = long.iter().filter(|(_, fen)| *fen != 0);
    let parts = parts.map(|(place, fen)| match lang {
        Lang::Zh => format!("{} {}", place.label().zh, wan.text(*fen)),
        Lang::En => format!("{} {}", place.label().en.to_lowercase(), wan.text(*fen)),
    });
    Waiting {
        total: wan.text(total),
        bands: drawn.iter().map(|band| (band.name.clone(), wan.text(band.fen))).collect(),
        chart: (total != 0).then(|| charts::dwell(&drawn, wan, says.to_owned())),
        long: (over != 0).then(|| (wan.text(over), figures::share(over, total), parts.collect())),
        lots: with_lots.then(|| lots(views, code, year, lang)),
        warn_days,
        serious_days,
    }
}

fn lots(views: &Views<Register>, code: Code, year: Option<u16>, lang: Lang) -> Vec<Lot> {
    let Some(on) = views.dues.last_day() else { return Vec::new() };
    let rows = views.ages.waiting(on, Some(code)).into_iter();
    let rows = rows.filter(|row| {
        row.class == Class::Fiscal
            && is_waiting(row.place)
            && year.is_none_or(|year| year == row.fiscal_year)
    });
    let fund = |fund: Fund| lang.label(fund.label()).to_owned();
    rows.take(LOTS_MAX)
        .map(|row| Lot {
            lot: row.lot,
            fund: fund(row.fund),
            year: row.fiscal_year,
            place: lang.label(row.place.label()).to_owned(),
            amount: figures::yuan(row.amount_fen),
            reached: row.reached_on.to_string(),
            days: figures::span(row.days, lang),
        })
        .collect()
}

/// The days of a band.
fn name(at: usize, lang: Lang) -> &'static str {
    let zh = ["30 天内", "31–90 天", "91–180 天", "181–365 天", "1–2 年", "2 年以上"];
    let en =
        ["to 30 days", "31–90 days", "91–180 days", "181–365 days", "1–2 years", "over 2 years"];
    lang.t(zh[at], en[at])
}
