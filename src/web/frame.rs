//! The frame of every page: name, way around, how far the figures go, who vouches for them.

use super::assets;
use super::figures;
use super::lang::Lang;
use super::marks::{Chip, Mark, State};
use super::visit::Visit;
use crate::access::{Role, Viewer, sessions};
use crate::base::Digest;
use crate::service::door;
use base64::{Engine, prelude::BASE64_STANDARD};

/// Which place of the main way around a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Here {
    /// The province.
    Home,
    /// Counties and what lies in them.
    Counties,
    /// The donor's page.
    Gift,
    /// Checking a file.
    Check,
    /// A page of a desk, by its address.
    Desk(&'static str),
    /// None of them.
    Nowhere,
}

/// A link to a place above.
#[derive(Clone, Debug)]
pub struct Crumb {
    /// Where to.
    pub href: String,
    /// What it is called.
    pub text: String,
}

/// The bar of those who are signed in.
#[derive(Clone, Debug)]
pub struct DeskBar {
    /// The desk's name.
    pub name: &'static str,
    /// Its pages: address, name, is it this one?
    pub links: Vec<(&'static str, &'static str, bool)>,
    /// Who one is, and for whom.
    pub who: String,
    /// The token of its forms.
    pub form_token: String,
    /// How long the session lasts if nobody uses it, in milliseconds.
    pub left_ms: i64,
}

/// The frame.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The language.
    pub lang: Lang,
    /// The page's title.
    pub title: String,
    /// Where in the main way around it is.
    pub here: Here,
    /// Places above it.
    pub crumbs: Vec<Crumb>,
    /// Is the ledger a demo?
    pub demo: bool,
    /// The page's address, with `?` or `&` behind it, for the switch of language.
    pub switch: String,
    /// The bar of those who are signed in.
    pub desk: Option<DeskBar>,
    /// The last business day; none before the first.
    pub as_of: Option<String>,
    /// How many records.
    pub records: u64,
    /// The last record, as it is printed; none before the first.
    pub last: Option<String>,
    /// Who has signed.
    pub signed: Chip,
    /// The root, as the lines to save print it.
    pub root: String,
    /// What stands against the figures: damage, each once, in the words of the program.
    pub damage: Vec<String>,
}

impl Frame {
    /// The frame of a page.
    pub fn new(visit: &Visit, here: Here, title: impl Into<String>) -> Frame {
        let (live, lang) = (visit.live(), visit.lang);
        let mut damage = live.faults();
        damage.dedup();
        let views = live.views();
        let records = views.size();
        let sign = if visit.target.contains('?') { '&' } else { '?' };
        Frame {
            lang,
            title: title.into(),
            here,
            crumbs: Vec::new(),
            demo: visit.service().is_demo,
            switch: format!("{}{sign}lang={}", visit.target, lang.other().code()),
            desk: desk_bar(visit, here),
            as_of: views.dues.last_day().map(|day| day.to_string()),
            records,
            last: records.checked_sub(1).map(figures::count),
            signed: signed(visit, damage.is_empty()),
            root: BASE64_STANDARD.encode(views.root().0),
            damage,
        }
    }

    /// The same below some places.
    pub fn below(mut self, crumbs: Vec<Crumb>) -> Frame {
        self.crumbs = crumbs;
        self
    }

    /// The address of a file that the page loads.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }

    /// The mark beside damage.
    pub fn refuted(&self) -> Mark {
        State::Refuted.mark()
    }

    /// Is this place of the main way around the page's?
    pub fn is_here(&self, here: &str) -> bool {
        matches!(
            (self.here, here),
            (Here::Home, "home")
                | (Here::Counties, "counties")
                | (Here::Gift, "gift")
                | (Here::Check, "check")
        )
    }
}

/// Whether witnesses have signed: the server's word, so never green and no verdict.
fn signed(visit: &Visit, sound: bool) -> Chip {
    let (live, lang) = (visit.live(), visit.lang);
    if !sound {
        return State::Refuted.chip(lang.t("这本账停止记账", "This ledger has stopped"));
    }
    let prover = live.prover();
    let witnessed = prover.witnessed().map(|head| {
        let own = format!("— {} ", head.checkpoint.origin);
        let lines = head.note.lines().filter(|line| line.starts_with("— "));
        lines.filter(|line| !line.starts_with(&own)).count()
    });
    match witnessed.unwrap_or(0) {
        0 => State::Wait.chip(lang.t("还没有见证人签", "Not signed by a witness yet")),
        1 if !lang.is_zh() => State::Plain.chip("signed by 1 witness"),
        count => State::Plain.chip(match lang {
            Lang::Zh => format!("{count} 位见证人已签"),
            Lang::En => format!("signed by {count} witnesses"),
        }),
    }
}

fn desk_bar(visit: &Visit, here: Here) -> Option<DeskBar> {
    let Viewer::Principal(one) = &visit.viewer else { return None };
    let secret = visit.session.as_deref()?;
    let lang = visit.lang;
    let (name, pages): (_, &[(&str, &str, &str)]) = match one.role {
        Role::Auditor | Role::Inspector | Role::Operator => {
            let pages = &[("/audit", "查账", "Search and lists"), ("/desk", "记账", "Post")];
            (lang.t("监督台", "Supervision"), pages)
        }
        Role::Bureau
        | Role::Custodian
        | Role::PovertyOffice
        | Role::LineDepartment
        | Role::Unit => (
            lang.t("记账台", "Desk"),
            &[
                ("/desk", "记账", "Post"),
                ("/desk/import", "导入表格", "Import a sheet"),
                ("/desk/feedback", "待反馈", "Feedback due"),
            ],
        ),
        Role::Donor | Role::HelperUnit | Role::Mirror | Role::Observer => {
            (lang.t("已登录", "Signed in"), &[])
        }
    };
    let links =
        pages.iter().map(|(href, zh, en)| (*href, lang.t(zh, en), here == Here::Desk(href)));
    let org = visit.live().views().names.organizations.get(&*one.org).cloned();
    let org = org.unwrap_or_else(|| one.org.to_string());
    let maker = visit.service().sessions.maker(secret);
    Some(DeskBar {
        name,
        links: links.collect(),
        who: match (maker, lang) {
            (Some(maker), Lang::Zh) => format!("{org} · 经办 {maker}"),
            (Some(maker), Lang::En) => format!("{org} · maker {maker}"),
            (None, _) => format!("{} · {org}", one.name),
        },
        form_token: sessions::form_token(secret),
        left_ms: visit.service().sessions.left_ms(secret, door::now()).unwrap_or_default(),
    })
}

/// The three lines of a head that a reader may save.
pub fn head_lines(origin: &str, size: u64, root: Digest) -> String {
    format!("{origin}\n{size}\n{}\n", BASE64_STANDARD.encode(root.0))
}
