//! A giver is told what became of the gift 使用反馈 (Article 28), with the figures that stand.
//!
//! The figures are those of the ledger or the feedback is refused: a letter that was overtaken by a
//! payment is written again. The letter itself stays outside the chain.

use crate::base::{
    Amount, Digest, EventId, Fen, Name,
    words::{Label, vocabulary},
};
use crate::domain::case::Case;
use crate::domain::event::{Family, Kind, Spec};
use crate::domain::fund::Class;
use crate::domain::movement::Movements;
use crate::domain::parts::{By, List, Misshapen, present};
use crate::domain::refusal::{Check, Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{Campaign, Lot, LotId};
use schemars::JsonSchema;
use serde::Deserialize;

vocabulary! {
    /// Which duty a feedback meets (design section 5, feedback duties).
    pub enum FeedbackKind {
        Receipt "receipt" "到账反馈" "Receipt",
        Use "use" "使用反馈" "Use",
        Periodic "periodic" "定期反馈" "Periodic",
        Final "final" "最终反馈" "Final",
        Reply "reply" "异议答复" "Reply",
    }
}

vocabulary! {
    /// How the giver was told.
    pub enum FeedbackChannel {
        Letter "letter" "信函" "Letter",
        Phone "phone" "电话" "Phone",
        Message "message" "短信或网络消息" "Message",
        Page "page" "查询页面" "Page",
        PublicNotice "public_notice" "公告" "Public notice",
    }
}

/// A giver is told what became of the gift.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackSent<'a> {
    /// The newest event that the feedback knew of.
    pub as_of: EventId,
    /// All gifts of this campaign in the poster's custody, instead of lots.
    #[serde(borrow, default, deserialize_with = "present")]
    pub campaign: Option<Name<'a>>,
    /// How the giver was told.
    pub channel: FeedbackChannel,
    /// SHA-256 of what was sent.
    pub content_sha256: Digest,
    /// Which duty it meets.
    pub kind: FeedbackKind,
    /// The lots that it is about, instead of a campaign.
    #[serde(borrow, default)]
    pub lots: List<Name<'a>>,
    /// What came in.
    pub received_fen: Amount,
    /// What was refunded or withdrawn; absent: nothing.
    #[serde(default, deserialize_with = "present")]
    pub refunded_fen: Option<Fen>,
    /// What remains: received less used and refunded.
    pub remaining_fen: Fen,
    /// What is spent.
    pub used_fen: Fen,
}

impl<'a> Kind<'a> for FeedbackSent<'a> {
    const SPEC: Spec = Spec {
        name: "feedback_sent",
        label: Label { zh: "使用反馈", en: "Feedback sent" },
        family: Family::Donation,
        articles: &[28],
        posters: &[(Role::Bureau, Reach::Own), (Role::Custodian, Reach::Own)],
        document: false,
        flows: &[],
        refuses: &[
            Refused::UnknownLot,
            Refused::UnknownEvent,
            Refused::NotHolder,
            Refused::FiguresDiffer,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @G1 | when kb-charity feedback_sent lots=[\"G1\"] kind=receipt as_of=#last received_fen=500 used_fen=0 remaining_fen=500 content_sha256=@digest channel=letter docs=none | then ok
        given @given | when kb-charity feedback_sent lots=[\"G1\"] kind=use as_of=#last received_fen=500 used_fen=200 refunded_fen=0 remaining_fen=300 content_sha256=@digest channel=phone | then ok
        given @given | when kb-charity feedback_sent lots=[\"G1\"] kind=use as_of=#last received_fen=500 used_fen=201 remaining_fen=299 content_sha256=@digest channel=letter | then refused figures_differ asked 201 left 200
        given @given | when kb-charity feedback_sent lots=[\"G1\"] kind=use as_of=#last received_fen=500 used_fen=199 remaining_fen=301 content_sha256=@digest channel=letter | then refused figures_differ asked 199 left 200
        given @given | when kb-charity feedback_sent lots=[\"G1\"] kind=use as_of=#last received_fen=501 used_fen=200 remaining_fen=301 content_sha256=@digest channel=letter | then refused figures_differ asked 501 left 500
        given @given | when kb-charity feedback_sent lots=[\"G1\"] kind=use as_of=#last received_fen=500 used_fen=200 remaining_fen=299 content_sha256=@digest channel=letter | then refused figures_differ asked 299 left 300
        given @G1 @gifted | when kb-charity feedback_sent lots=[\"G1\"] kind=use as_of=#last received_fen=500 used_fen=0 remaining_fen=500 content_sha256=@digest channel=letter | then ok
        given @G1 @refunded | when kb-charity feedback_sent lots=[\"G1\"] kind=periodic as_of=#last received_fen=500 used_fen=0 refunded_fen=100 remaining_fen=400 content_sha256=@digest channel=message | then ok
        given @G1 @refunded | when kb-charity feedback_sent lots=[\"G1\"] kind=periodic as_of=#last received_fen=500 used_fen=0 remaining_fen=500 content_sha256=@digest channel=message | then refused figures_differ asked 0 left 100
        given @G1 @refunded; kb-charity entry_reversed reverses=#last reason=x | when kb-charity feedback_sent lots=[\"G1\"] kind=periodic as_of=#last received_fen=500 used_fen=0 remaining_fen=500 content_sha256=@digest channel=page | then ok
        given @given | when kb-charity feedback_sent lots=[\"G1\"] kind=use as_of=#commit received_fen=500 used_fen=200 remaining_fen=300 content_sha256=@digest channel=letter | then refused figures_differ
        given @given @G2 | when kb-charity feedback_sent lots=[\"G1\"] kind=use as_of=#last received_fen=500 used_fen=200 remaining_fen=300 content_sha256=@digest channel=letter | then ok
        given @given @G2 | when kb-charity feedback_sent lots=[\"G1\",\"G2\"] kind=use as_of=#last received_fen=1000 used_fen=200 remaining_fen=800 content_sha256=@digest channel=letter | then ok
        given @given @G2 | when kb-charity feedback_sent lots=[\"G1\",\"G2\"] kind=use as_of=#paid received_fen=1000 used_fen=200 remaining_fen=800 content_sha256=@digest channel=letter | then refused figures_differ
        given @G1 | when kb-charity feedback_sent lots=[\"G1\",\"G9\"] kind=use as_of=#last received_fen=500 used_fen=0 remaining_fen=500 content_sha256=@digest channel=letter | then refused unknown_lot
        given @G1 | when kb-charity feedback_sent lots=[\"G1\"] kind=use as_of=00000000-0000-0000-0000-00000000ffff received_fen=500 used_fen=0 remaining_fen=500 content_sha256=@digest channel=letter | then refused unknown_event
        given @G1 | when zb-charity feedback_sent lots=[\"G1\"] kind=use as_of=#last received_fen=500 used_fen=0 remaining_fen=500 content_sha256=@digest channel=letter | then refused not_holder
        given @G1 | when kb-finance feedback_sent lots=[\"G1\"] kind=use as_of=#last received_fen=500 used_fen=0 remaining_fen=500 content_sha256=@digest channel=letter | then refused not_holder
        given @paired | when kb-finance feedback_sent lots=[\"L7\"] kind=receipt as_of=#last received_fen=50 used_fen=0 remaining_fen=50 content_sha256=@digest channel=letter | then ok
        given @paired; kb-finance funds_withdrawn lot=L7 from=available amount_fen=20 reason=returned_to_provider bank_ref=W1 | when kb-finance feedback_sent lots=[\"L7\"] kind=final as_of=#last received_fen=50 used_fen=0 refunded_fen=20 remaining_fen=30 content_sha256=@digest channel=letter | then ok
        given @paired; kb-finance funds_withdrawn lot=L7 from=available amount_fen=20 reason=returned_to_provider bank_ref=W1; kb-finance entry_reversed reverses=#last reason=x | when kb-finance feedback_sent lots=[\"L7\"] kind=final as_of=#last received_fen=50 used_fen=0 remaining_fen=50 content_sha256=@digest channel=letter | then ok
        given @paired | when kb-charity feedback_sent lots=[\"L7\"] kind=receipt as_of=#last received_fen=50 used_fen=0 remaining_fen=50 content_sha256=@digest channel=letter | then refused not_holder
        given @paired | when hb-finance feedback_sent lots=[\"L7\"] kind=receipt as_of=#last received_fen=50 used_fen=0 remaining_fen=50 content_sha256=@digest channel=letter | then refused not_holder
        given @L1 | when hb-finance feedback_sent lots=[\"L1\"] kind=use as_of=#last received_fen=1000 used_fen=0 remaining_fen=1000 content_sha256=@digest channel=letter | then refused not_holder
        given @G1; kb-charity funds_received lot=I1 fund=interest of_lot=G1 custodian=kb-charity fiscal_year=2017 amount_fen=5 provider=x purpose=[] | when kb-charity feedback_sent lots=[\"I1\"] kind=use as_of=#last received_fen=5 used_fen=0 remaining_fen=5 content_sha256=@digest channel=letter | then refused not_holder
        given @G1; kb-charity entry_reversed reverses=#last reason=x | when kb-charity feedback_sent lots=[\"G1\"] kind=use as_of=#last received_fen=500 used_fen=0 remaining_fen=500 content_sha256=@digest channel=letter | then refused not_holder
        given @campaign | when kb-charity feedback_sent campaign=spring kind=use as_of=#last received_fen=12 used_fen=0 remaining_fen=12 content_sha256=@digest channel=public_notice | then ok
        given @campaign @P1; kb-charity funds_committed project=P1 from=available lots=C1:4; kb-charity disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=GB9 basis=@contract lots=C1:3; kb-charity donation_refunded lot=C2 amount_fen=2 reason=error bank_ref=GB8 | when kb-charity feedback_sent campaign=spring kind=use as_of=#last received_fen=12 used_fen=3 refunded_fen=2 remaining_fen=7 content_sha256=@digest channel=public_notice | then ok
        given @campaign; kb-charity donation_refunded lot=C2 amount_fen=2 reason=error bank_ref=GB8; kb-charity entry_reversed reverses=#last reason=x | when kb-charity feedback_sent campaign=spring kind=use as_of=#last received_fen=12 used_fen=0 remaining_fen=12 content_sha256=@digest channel=public_notice | then ok
        given @campaign; kb-charity entry_reversed reverses=#last reason=x | when kb-charity feedback_sent campaign=spring kind=use as_of=#last received_fen=5 used_fen=0 remaining_fen=5 content_sha256=@digest channel=public_notice | then ok
        given @campaign | when kb-charity feedback_sent campaign=spring kind=use as_of=#before received_fen=12 used_fen=0 remaining_fen=12 content_sha256=@digest channel=public_notice | then refused figures_differ
        given @campaign | when kb-charity feedback_sent campaign=spring kind=use as_of=#last received_fen=11 used_fen=0 remaining_fen=11 content_sha256=@digest channel=public_notice | then refused figures_differ asked 11 left 12
        given @campaign | when kb-charity feedback_sent campaign=autumn kind=use as_of=#last received_fen=12 used_fen=0 remaining_fen=12 content_sha256=@digest channel=public_notice | then refused unknown_lot
        given @campaign | when zb-charity feedback_sent campaign=spring kind=use as_of=#last received_fen=12 used_fen=0 remaining_fen=12 content_sha256=@digest channel=public_notice | then refused unknown_lot
        given @campaign | when kb-charity feedback_sent campaign=spring lots=[\"C1\"] kind=use as_of=#last received_fen=12 used_fen=0 remaining_fen=12 content_sha256=@digest channel=letter | then refused malformed
        given @G1 | when kb-charity feedback_sent kind=use as_of=#last received_fen=500 used_fen=0 remaining_fen=500 content_sha256=@digest channel=letter | then refused malformed
        given @G1 | when kb-charity feedback_sent lots=[] kind=use as_of=#last received_fen=500 used_fen=0 remaining_fen=500 content_sha256=@digest channel=letter | then refused malformed
        given @G1 | when kb-charity feedback_sent lots=[\"G1\",\"G1\"] kind=use as_of=#last received_fen=1000 used_fen=0 remaining_fen=1000 content_sha256=@digest channel=letter | then refused malformed
        given @G1 | when kb-charity feedback_sent lots=[\"G1\"] kind=use as_of=#last received_fen=500 used_fen=0 remaining_fen=500 content_sha256=@digest channel=radio | then refused malformed
        given @G1 | when kb-charity feedback_sent lots=[\"G1\"] kind=use as_of=#last received_fen=0 used_fen=0 remaining_fen=0 content_sha256=@digest channel=letter | then refused amount_out_of_range
        given @G1 | when kb-charity feedback_sent lots=[\"G1\"] kind=use as_of=#last received_fen=500 used_fen=-1 remaining_fen=500 content_sha256=@digest channel=letter | then refused amount_out_of_range
    ";

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        let lots = self.lots.as_slice();
        Misshapen::unless(
            lots.is_empty() == self.campaign.is_some(),
            "feedback is about lots or about a campaign, not both and not none",
        )?;
        let twice = lots.iter().enumerate().any(|(at, lot)| lots[..at].contains(lot));
        Misshapen::unless(!twice, "lots names a lot twice")
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let lots: Vec<(LotId, &Lot)> =
            self.lots.iter().map(|name| case.lot(*name)).collect::<Result<_, _>>()?;
        let campaign = self.campaign.map(|name| self.campaign_of(case, name)).transpose()?;
        let as_of = case.event_seq(self.as_of)?;
        for (id, lot) in &lots {
            reports(case, *id, lot)?;
        }
        for (id, lot) in &lots {
            let name = case.state.lot_name(*id);
            not_moved_after(case, as_of, lot.last_moved, format_args!("lot {name}"))?;
        }
        let mut figures = Figures::default();
        lots.iter().for_each(|(_, lot)| figures.add_lot(lot));
        if let Some((name, campaign)) = campaign {
            not_moved_after(case, as_of, campaign.last_moved, format_args!("campaign {name}"))?;
            figures.add_campaign(campaign);
        }
        self.agrees(case, &figures)?;
        Ok(Movements::none())
    }
}

/// What came in, went out and remains over all lots; sums of many lots may pass the bound of one.
#[derive(Clone, Copy, Debug, Default)]
struct Figures {
    received: i128,
    used: i128,
    refunded: i128,
}

impl Figures {
    fn add_lot(&mut self, lot: &Lot) {
        let fen = |fen: Fen| i128::from(fen.get());
        self.received += fen(lot.received);
        self.used += fen(lot.spent);
        self.refunded += fen(lot.refunded) + fen(lot.withdrawn);
    }

    fn add_campaign(&mut self, campaign: &Campaign) {
        self.received += campaign.received;
        self.used += campaign.spent;
        self.refunded += campaign.refunded;
    }
}

impl<'a> FeedbackSent<'a> {
    /// The sums of a campaign's gifts in the poster's custody (`unknown_lot`: it has none there).
    fn campaign_of<'c>(
        &self,
        case: &Case<'c>,
        name: Name<'a>,
    ) -> Result<(Name<'a>, &'c Campaign), Refusal> {
        let id = case.state.campaign_id(name, case.event.by.org.as_str());
        match id {
            Some(id) => Ok((name, case.state.campaign(id))),
            None => Err(case.refuse(Refused::UnknownLot).about(format_args!("campaign {name}"))),
        }
    }

    /// Each figure is the one that stands now (`figures_differ`).
    fn agrees(&self, case: &Case<'_>, standing: &Figures) -> Check {
        let remaining = standing.received - standing.used - standing.refunded;
        let refunded = self.refunded_fen.unwrap_or_default();
        for (name, stated, standing) in [
            ("received_fen", self.received_fen.fen(), standing.received),
            ("used_fen", self.used_fen, standing.used),
            ("refunded_fen", refunded, standing.refunded),
            ("remaining_fen", self.remaining_fen, remaining),
        ] {
            match i64::try_from(standing).ok().and_then(Fen::new) {
                Some(standing) => case.require_equal(stated, standing, name)?,
                None => {
                    return Err(case
                        .refuse(Refused::FiguresDiffer)
                        .about(format_args!("{name}: {standing} fen, more than a figure holds")));
                }
            }
        }
        Ok(())
    }
}

/// The poster owes the giver of this lot its feedback (`not_holder`): the custodian of social
/// money, of fiscal money the bureau that received it. A reversed receipt ends the duties.
fn reports(case: &Case<'_>, id: LotId, lot: &Lot) -> Check {
    let here = case.organization_here();
    let own = match lot.class {
        Class::Social => case.is_custodian() && lot.custodian == here,
        Class::Fiscal => !case.is_custodian() && lot.received_by == here,
    };
    let owed = lot.fund.owes_feedback() && !lot.reversed;
    let name = case.state.lot_name(id);
    case.require_of(Refused::NotHolder, owed && own && here.is_some(), format_args!("lot {name}"))
}

/// Nothing moved it after the event that the feedback knew of; else the later event is named.
fn not_moved_after(
    case: &Case<'_>,
    as_of: u64,
    last_moved: u64,
    what: std::fmt::Arguments<'_>,
) -> Check {
    let later = case.state.ids.id(last_moved).expect("what moved a lot is recorded");
    case.require_of(
        Refused::FiguresDiffer,
        last_moved <= as_of,
        format_args!("{what} was moved after as_of, by event {later}"),
    )
}
