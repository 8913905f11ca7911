//! Home: the province at a glance, for citizens and journalists (pages design, 5.1).

use super::charts::{self, Chart, Step};
use super::figures::{self, Wan};
use super::frame::{Crumb, Frame, Here};
use super::head::Block;
use super::lang::Lang;
use super::marks::State;
use super::picture::{self, Picture};
use super::ranking::{self, Sort, Table};
use super::reply::Reply;
use super::social::{self, Social};
use super::visit::Visit;
use super::years::{self, Choice};
use crate::access::Register;
use crate::ledger::live::Views;
use crate::projections::Level;
use crate::projections::balances::{Asked, Row};
use crate::service::Problem;
use askama::Template;

/// How many counties home shows.
const COUNTIES: usize = 12;

#[derive(Template)]
#[template(path = "home.html", config = "src/web/askama.toml")]
struct Home {
    frame: Frame,
    years: Vec<Choice>,
    words: String,
    fiscal: Fiscal,
    social: Option<Gifts>,
    table: Table,
    csv: String,
    all: String,
    picture: Picture,
    pictured: String,
    cities: Vec<Choice>,
    flows_csv: String,
    head: Block,
}

/// What is shown of fiscal money.
struct Fiscal {
    about: String,
    exact: String,
    chart: Chart,
}

/// What is shown of social money.
struct Gifts {
    about: String,
    exact: String,
    withheld: Option<&'static str>,
    chart: Option<Chart>,
    by_fund: Vec<String>,
}

/// The page.
pub fn page(visit: &Visit) -> Result<Reply, Problem> {
    let lang = visit.lang;
    let title = lang.t("全省扶贫资金一览", "The province’s poverty-alleviation money");
    let head = Block::of(visit);
    let frame = Frame::new(visit, Here::Home, title);
    let views = visit.live().views();
    let years = views.balances.years();
    let year = years::asked(&visit.query, &years)?;
    let city = picture::city(visit, &views)?;
    let fiscal = fiscal(&views, year, lang);
    let asked = Asked { level: Some(Level::Province), year, ..Asked::default() };
    let social = gifts(&Social::of(&views, (visit.service(), &visit.viewer), &asked, lang), lang);
    let rows = ranking::counties(&views, year);
    let columns = picture::columns(city);
    let picture = Picture::of(&views, (city, year), columns, lang);
    let kept = year.map(|year| format!("year={year}&")).unwrap_or_default();
    let cities = cities(&views, city, &kept, lang);
    let pictured = cities.iter().find(|one| one.here).map(|one| one.text.clone());
    drop(views);
    let sort = Sort::asked(&visit.query);
    let of_city = city.map(|city| format!("city={city}&")).unwrap_or_default();
    let page = Home {
        frame,
        years: years::switch(visit, &years, year),
        words: years::words(year, lang),
        fiscal,
        social,
        table: Table::new(rows, COUNTIES, sort, ("/", &kept), lang),
        csv: format!("/counties.csv?{kept}{}", sort.query()),
        all: format!("/counties?{kept}{}", sort.query()),
        picture,
        pictured: pictured.unwrap_or_default(),
        cities,
        flows_csv: format!("/flows.csv?{of_city}{kept}"),
        head,
    };
    Reply::page(&page)
}

/// Fiscal money of all places: how much came, and how far it has come.
fn fiscal(views: &Views<Register>, year: Option<u16>, lang: Lang) -> Fiscal {
    let asked = Asked { year, by_year: year.is_some(), ..Asked::default() };
    let (mut county, mut above) = (Row::default(), 0);
    let (mut received, mut gone) = (0, 0);
    for row in views.balances.answer(&asked).rows.iter().filter(|row| row.class == "fiscal") {
        let level = crate::base::Code::parse(&row.jurisdiction)
            .and_then(|code| views.flows.ground.level(code));
        received += row.received_fen;
        gone += row.withdrawn_fen + row.refunded_fen;
        match level {
            Some(Level::County) => stand(&mut county, row),
            _ => above += row.standing(),
        }
    }
    let arranged = ranking::arranged(&county);
    let waiting = [county.available_fen, county.consolidated_fen, county.surplus_fen];
    let unpaid = [county.committed_fen, county.advanced_fen, county.reclaim_fen];
    let amounts = [received, county.standing(), arranged, county.spent_fen, above, gone];
    let wan = Wan::fitting(amounts.into_iter().chain(waiting).chain(unpaid));
    let lacks = |parts: &[(i128, &str, &str)]| -> Vec<String> {
        let parts = parts.iter().filter(|(fen, ..)| *fen != 0);
        parts.map(|(fen, zh, en)| format!("{} {}", wan.text(*fen), lang.t(zh, en))).collect()
    };
    let step =
        |zh, en, class, fen, lacks| Step { name: lang.t(zh, en).to_owned(), class, fen, lacks };
    let steps = [
        step(
            "收到",
            "Received",
            "f-spent",
            received,
            lacks(&[
                (above, "还在省、市", "still with province and cities"),
                (gone, "已收回、上缴", "withdrawn or returned"),
            ]),
        ),
        step(
            "到县",
            "In counties",
            "f-spent",
            county.standing(),
            lacks(&[
                (waiting[0], "待安排", "not yet arranged"),
                (waiting[1], "已整合待安排", "consolidated, not yet arranged"),
                (waiting[2], "结余", "left over"),
            ]),
        ),
        step(
            "已安排到项目",
            "Committed",
            "f-advanced",
            arranged,
            lacks(&[
                (unpaid[0], "已安排未支付", "committed, unpaid"),
                (unpaid[1], "预拨待报账", "advanced"),
                (unpaid[2], "应追回", "to reclaim"),
            ]),
        ),
        step("已支出", "Spent", "f-spent", county.spent_fen, Vec::new()),
    ];
    let says = lang.t(
        "财政资金从收到到支出的四级对比，数字在图内",
        "Fiscal money in four steps from received to spent; figures in the drawing",
    );
    Fiscal {
        about: figures::about_yi(received),
        exact: wan.text(received),
        chart: charts::descent(&steps, wan, says.to_owned(), false),
    }
}

/// Adds what stands in one row to another.
fn stand(sum: &mut Row, row: &Row) {
    sum.available_fen += row.available_fen;
    sum.consolidated_fen += row.consolidated_fen;
    sum.committed_fen += row.committed_fen;
    sum.advanced_fen += row.advanced_fen;
    sum.spent_fen += row.spent_fen;
    sum.surplus_fen += row.surplus_fen;
    sum.reclaim_fen += row.reclaim_fen;
}

fn gifts(social: &Social, lang: Lang) -> Option<Gifts> {
    let wan = Wan::fitting(social.amounts());
    if !social.is_any() {
        return None;
    }
    let by_fund = social::line(social, wan, lang);
    let Some(row) = &social.open else {
        let withheld = social.withheld;
        let (about, exact) = (String::new(), String::new());
        return Some(Gifts { about, exact, withheld, chart: None, by_fund });
    };
    let lacks = |parts: &[(i128, &str, &str)]| -> Vec<String> {
        let parts = parts.iter().filter(|(fen, ..)| *fen != 0);
        parts.map(|(fen, zh, en)| format!("{} {}", lang.t(zh, en), wan.text(*fen))).collect()
    };
    let step =
        |zh, en, class, fen, lacks| Step { name: lang.t(zh, en).to_owned(), class, fen, lacks };
    let steps = [
        step(
            "收到",
            "Received",
            "g-used",
            row.received_fen,
            lacks(&[
                (row.refunded_fen, "退回捐赠人", "refunded"),
                (row.withdrawn_fen, "退回、上缴", "returned"),
                (social::left(row), "待使用", "not yet used"),
            ]),
        ),
        step(
            "已安排",
            "Committed",
            "g-committed",
            ranking::arranged(row),
            lacks(&[
                (social::unpaid(row), "已安排未使用", "committed, not yet used"),
                (row.reclaim_fen, "应追回", "to reclaim"),
            ]),
        ),
        step("已使用", "Used", "g-used", row.spent_fen, Vec::new()),
    ];
    let says = lang.t(
        "社会帮扶资金收到、安排、使用对比，数字在图内",
        "Social money received, committed, used; figures in the drawing",
    );
    Some(Gifts {
        about: figures::about_yi(row.received_fen),
        exact: wan.text(row.received_fen),
        withheld: None,
        chart: Some(charts::descent(&steps, wan, says.to_owned(), true)),
        by_fund,
    })
}

/// The cities whose counties the picture may open, and the province.
fn cities(
    views: &Views<Register>,
    asked: Option<crate::base::Code>,
    kept: &str,
    lang: Lang,
) -> Vec<Choice> {
    let all = Choice {
        href: format!("/?{kept}#flows"),
        text: lang.t("全省", "Province").to_owned(),
        here: asked.is_none(),
    };
    let cities = views.flows.ground.jurisdictions.iter();
    let cities = cities.filter(|(_, place)| place.level == Level::City);
    let city =
        |(code, place): (&crate::base::Code, &crate::projections::ground::Jurisdiction)| Choice {
            href: format!("/?{kept}city={code}#flows"),
            text: place.name.clone(),
            here: asked == Some(*code),
        };
    std::iter::once(all).chain(cities.map(city)).collect()
}

/// The crumbs of a place below the province.
pub fn crumbs(views: &Views<Register>, city: Option<crate::base::Code>, lang: Lang) -> Vec<Crumb> {
    let province = Crumb { href: "/".to_owned(), text: lang.t("全省", "Province").to_owned() };
    let city = city.map(|city| Crumb {
        href: format!("/?city={city}#flows"),
        text: views.flows.ground.name(city).to_owned(),
    });
    std::iter::once(province).chain(city).collect()
}
