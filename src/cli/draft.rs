//! `draft`: writes a body for you, ready for `post`: ids, lots, look-up codes, figures.

use super::compose::{self, Envelope, Opening, Staff};
use super::{Context, Failure, print};
use crate::base::lookup::{lookup_code, lookup_sha256};
use crate::base::{Amount, Digest};
use crate::domain::State;
use crate::domain::fund::Fund;
use crate::domain::place::Place;
use crate::domain::state::{LotId, OrganizationId, Principal};
use crate::interchange::draft::{Rule, Source, draw};
use crate::interchange::money::{self, Unit};
use crate::ledger::{Clock, LotFigures, SystemClock};
use serde_json::{Value, json};
use std::process::ExitCode;

/// Write a body.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Arrange money for a project: draws the lots.
    Commitment(Commitment),
    /// Pay money out of a project: draws the lots.
    Disbursement(Disbursement),
    /// A gift that arrived: makes its look-up code.
    Donation(Donation),
    /// A letter to a donor: fills in the figures that stand.
    Feedback(Feedback),
}

/// What every draft says.
#[derive(clap::Args)]
struct Common {
    /// The principal that will post it.
    #[arg(long = "as", value_name = "PRINCIPAL")]
    posted_by: String,
    #[command(flatten)]
    staff: Staff,
    /// The business date; today where it is left out.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::balances::parse_date)]
    date: Option<crate::base::Date>,
    /// The document's number and the SHA-256 of its file, as NUMBER=SHA256.
    #[arg(long, value_name = "NUMBER=SHA256", value_parser = parse_document)]
    doc: Vec<(String, Digest)>,
    #[command(flatten)]
    opening: Opening,
}

/// Which lots a sum is drawn from.
#[derive(clap::Args)]
struct Drawing {
    /// The sum, such as 1234.56 (yuan), 12万元, 500分.
    #[arg(long, value_parser = parse_amount)]
    amount: Amount,
    /// Only lots of this fund.
    #[arg(long, value_parser = parse_fund)]
    fund: Option<Fund>,
    /// Only these lots.
    #[arg(long, value_delimiter = ',', value_name = "LOT")]
    lots: Vec<String>,
    /// fifo, or pro-rata with the largest remainder.
    #[arg(long, value_parser = parse_rule, default_value = "fifo")]
    rule: Rule,
}

#[derive(clap::Args)]
struct Commitment {
    /// The project.
    #[arg(long)]
    project: String,
    /// The plan, for consolidated money; without it the money is available money.
    #[arg(long)]
    plan: Option<String>,
    #[command(flatten)]
    drawing: Drawing,
    #[command(flatten)]
    common: Common,
}

#[derive(clap::Args)]
struct Disbursement {
    /// The project.
    #[arg(long)]
    project: String,
    /// advance, payment, subsidy_batch or fee.
    #[arg(long)]
    kind: String,
    /// Who is paid.
    #[arg(long)]
    payee: String,
    /// transfer, treasury, card or cash.
    #[arg(long, default_value = "transfer")]
    method: String,
    /// The bank's reference.
    #[arg(long)]
    bank_ref: String,
    /// The paper it rests on, as KIND:NUMBER=SHA256, such as contract:HT-1=….
    #[arg(long, value_name = "KIND:NUMBER=SHA256", value_parser = parse_basis)]
    basis: (String, String, Digest),
    #[command(flatten)]
    drawing: Drawing,
    #[command(flatten)]
    common: Common,
}

#[derive(clap::Args)]
struct Donation {
    /// The new lot's id.
    #[arg(long)]
    lot: String,
    /// The donor's opaque reference.
    #[arg(long)]
    donor: String,
    /// person, company, organization, government or crowd.
    #[arg(long, default_value = "person")]
    donor_kind: String,
    /// The sum, such as 1234.56 (yuan) or 12万元.
    #[arg(long, value_parser = parse_amount)]
    amount: Amount,
    /// The wish in the donor's words.
    #[arg(long)]
    wish: Option<String>,
    /// Villages that the wish names.
    #[arg(long, value_delimiter = ',')]
    villages: Vec<String>,
    /// public, alias or anonymous.
    #[arg(long, default_value = "anonymous")]
    anonymity: String,
    /// ask, refund or redirect_same_category.
    #[arg(long, default_value = "ask")]
    fallback: String,
    /// The bank's reference.
    #[arg(long)]
    bank_ref: Option<String>,
    /// Make no look-up code: the gift may then be moved together with others.
    #[arg(long)]
    without_code: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(clap::Args)]
struct Feedback {
    /// The gift or paired lot.
    #[arg(long)]
    lot: String,
    /// receipt, use, periodic, final or reply.
    #[arg(long)]
    kind: String,
    /// letter, phone, message, page or public_notice.
    #[arg(long, default_value = "letter")]
    channel: String,
    /// SHA-256 of what was sent.
    #[arg(long, value_parser = parse_digest)]
    content_sha256: Digest,
    #[command(flatten)]
    common: Common,
}

/// A sum with its unit, or in yuan without one.
fn parse_amount(text: &str) -> Result<Amount, String> {
    let bare = text.bytes().all(|byte| byte.is_ascii_digit() || b".,".contains(&byte));
    money::amount(text, bare.then_some(Unit::YUAN)).map_err(|error| error.to_string())
}

fn parse_fund(text: &str) -> Result<Fund, String> {
    Fund::parse(text)
        .ok_or_else(|| "there is no such fund; see `balances` for those there are".to_owned())
}

fn parse_rule(text: &str) -> Result<Rule, String> {
    Rule::parse(text).ok_or_else(|| "the rules are fifo and pro-rata".to_owned())
}

fn parse_digest(text: &str) -> Result<Digest, String> {
    Digest::parse(text).ok_or_else(|| "a SHA-256 has 64 lower-case hexadecimal digits".to_owned())
}

fn parse_document(text: &str) -> Result<(String, Digest), String> {
    let (number, sha256) = text.rsplit_once('=').ok_or("a document is NUMBER=SHA256")?;
    Ok((number.to_owned(), parse_digest(sha256)?))
}

fn parse_basis(text: &str) -> Result<(String, String, Digest), String> {
    let (kind, rest) = text.split_once(':').ok_or("a basis is KIND:NUMBER=SHA256")?;
    let (number, sha256) = parse_document(rest)?;
    Ok((kind.to_owned(), number, sha256))
}

/// Writes the bodies, one line each, as `post` reads them.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let common = match &args.command {
        Command::Commitment(args) => &args.common,
        Command::Disbursement(args) => &args.common,
        Command::Donation(args) => &args.common,
        Command::Feedback(args) => &args.common,
    };
    let ledger = compose::open(context, &common.opening)?;
    let today = SystemClock::new(true).now().map_err(Failure::other)?.hebei_date();
    let bodies = ledger.with_state(|state| {
        let grant = state.principals.get(common.posted_by.as_str()).ok_or_else(|| {
            Failure::usage(format!("the ledger knows no principal {}", common.posted_by))
        })?;
        let desk = Desk { state, grant, common, date: common.date.unwrap_or(today).to_string() };
        match &args.command {
            Command::Commitment(args) => desk.commitment(args),
            Command::Disbursement(args) => desk.disbursement(args),
            Command::Donation(args) => desk.donation(args),
            Command::Feedback(args) => desk.feedback(args).map(|body| vec![body]),
        }
    })?;
    for body in bodies {
        print::json(&json!({ "as": common.posted_by, "event": body }))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What a draft is written from.
struct Desk<'d> {
    state: &'d State,
    grant: &'d Principal,
    common: &'d Common,
    date: String,
}

impl Desk<'_> {
    fn body(&self, kind: &str, data: &Value) -> Value {
        let jurisdiction = self.grant.scope.to_string();
        let envelope = Envelope {
            kind,
            jurisdiction: &jurisdiction,
            org: &self.grant.org,
            staff: &self.common.staff,
            date: self.date.clone(),
        };
        let mut body = compose::body(&envelope, data);
        let docs = self
            .common
            .doc
            .iter()
            .map(|(number, sha256)| json!({ "number": number, "sha256": sha256 }));
        body["docs"] = docs.collect();
        body
    }

    fn commitment(&self, args: &Commitment) -> Result<Vec<Value>, Failure> {
        let place = match &args.plan {
            None => Place::Available(self.grant.scope),
            Some(plan) => {
                let id = self.state.plan_id(plan);
                let id = id.ok_or_else(|| Failure::usage(format!("no plan {plan} was filed")))?;
                Place::Consolidated(self.grant.scope, id)
            }
        };
        let pieces = self.draw(&args.drawing, |one| one == place)?;
        let from = if args.plan.is_some() { "consolidated" } else { "available" };
        Ok(pieces
            .into_iter()
            .map(|lots| {
                let mut data = json!({ "project": args.project, "from": from, "lots": lots });
                if let Some(plan) = &args.plan {
                    data["plan"] = json!(plan);
                }
                self.body("funds_committed", &data)
            })
            .collect())
    }

    fn disbursement(&self, args: &Disbursement) -> Result<Vec<Value>, Failure> {
        let project = self.state.project_id(&args.project);
        let project = project
            .ok_or_else(|| Failure::usage(format!("no project {} was admitted", args.project)))?;
        let pieces = self.draw(
            &args.drawing,
            |one| matches!(one, Place::Committed(other, _) if other == project),
        )?;
        let several = pieces.len() > 1;
        let (kind, number, sha256) = &args.basis;
        Ok(pieces
            .into_iter()
            .map(|lots| {
                let mut data = json!({
                    "project": args.project, "kind": args.kind, "payee": args.payee,
                    "method": args.method, "bank_ref": args.bank_ref, "lots": lots,
                    "basis": { "kind": kind, "number": number, "sha256": sha256 },
                });
                if several {
                    // One bank transfer pays several events: each states the whole of it.
                    data["transfer_fen"] = json!(args.drawing.amount);
                }
                self.body("disbursement_made", &data)
            })
            .collect())
    }

    /// Draws the sum; each gift that has a code makes an event of its own.
    fn draw(&self, args: &Drawing, from: impl Fn(Place) -> bool) -> Result<Vec<Value>, Failure> {
        let own = self.state.organization_id(&self.grant.org);
        let custodian = self.grant.role == crate::domain::role::Role::Custodian;
        let mut sources: Vec<Source> = Vec::new();
        for ((id, place), fen) in self.state.cells.iter() {
            if fen.is_zero() || !from(*place) || !self.may_draw(*id, args, own, custodian) {
                continue;
            }
            let name = self.state.lot_name(*id);
            match sources.iter_mut().find(|one| one.lot == name) {
                Some(known) => {
                    known.available = known.available.plus(*fen).unwrap_or(known.available)
                }
                None => sources.push(Source {
                    lot: name.to_owned(),
                    received_on: self.state.lot(*id).received_on,
                    order: id.index() as u64,
                    available: *fen,
                    alone: self.state.lot(*id).had_code,
                }),
            }
        }
        let pieces = draw(&sources, args.amount, args.rule).map_err(Failure::usage)?;
        let line = |(at, amount): &(usize, Amount)| json!({ "lot": sources[*at].lot, "amount_fen": amount });
        let (alone, together): (Vec<_>, Vec<_>) =
            pieces.into_iter().partition(|(at, _)| sources[*at].alone);
        let mut events: Vec<Value> = alone.iter().map(|piece| json!([line(piece)])).collect();
        if !together.is_empty() {
            events.push(together.iter().map(line).collect());
        }
        Ok(events)
    }

    fn may_draw(
        &self,
        id: LotId,
        args: &Drawing,
        own: Option<OrganizationId>,
        custodian: bool,
    ) -> bool {
        let lot = self.state.lot(id);
        let held = if lot.is_social() { custodian && lot.custodian == own } else { !custodian };
        let name = self.state.lot_name(id);
        held && args.fund.is_none_or(|fund| fund == lot.fund)
            && (args.lots.is_empty() || args.lots.iter().any(|one| one == name))
    }

    fn donation(&self, args: &Donation) -> Result<Vec<Value>, Failure> {
        let mut intent = json!({ "fallback": args.fallback });
        if let Some(wish) = &args.wish {
            intent["text"] = json!(wish);
        }
        if !args.villages.is_empty() {
            intent["villages"] = json!(args.villages);
        }
        let mut data = json!({
            "lot": args.lot, "donor": args.donor, "donor_kind": args.donor_kind,
            "custodian": self.grant.org, "amount_fen": args.amount, "intent": intent,
            "anonymity": args.anonymity,
        });
        if let Some(reference) = &args.bank_ref {
            data["bank_ref"] = json!(reference);
        }
        if !args.without_code {
            let mut random = [0; 26];
            getrandom::fill(&mut random).map_err(Failure::other)?;
            let code = lookup_code(&random);
            data["lookup_sha256"] = json!(lookup_sha256(&code));
            eprintln!("Look-up code for the donor, shown once and kept nowhere: {code}");
        }
        Ok(vec![self.body("donation_received", &data)])
    }

    fn feedback(&self, args: &Feedback) -> Result<Value, Failure> {
        let id = self.state.lot_id(&args.lot);
        let id = id.ok_or_else(|| Failure::usage(format!("no lot {} was received", args.lot)))?;
        let lot = self.state.lot(id);
        let last = self.state.ids.id(self.state.size() - 1);
        let as_of = last.expect("a ledger holds at least its opening");
        let figures = LotFigures::of(lot, as_of);
        let mut data = json!({
            "lots": [args.lot], "kind": args.kind, "channel": args.channel, "as_of": as_of,
            "received_fen": figures.received, "used_fen": figures.used,
            "remaining_fen": figures.remaining, "content_sha256": args.content_sha256,
        });
        if !figures.gone.is_zero() {
            data["refunded_fen"] = json!(figures.gone);
        }
        Ok(self.body("feedback_sent", &data))
    }
}
